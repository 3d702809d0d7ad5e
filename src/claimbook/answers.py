"""Answers as data: whatever a student's variable holds, turned into plain JSON-safe values.

`check` and the grader judge only what this module returns. It looks at exact types (`type(x) is str`),
never compares, prints or calls the student's object, and bounds what it copies. An object with a
hostile `__eq__`, a frame of ten million rows or a NaN is therefore described, not run.

Shape of an answer (a dictionary, JSON-safe):
    {"type": "missing"}                               `...` or None: not attempted
    {"type": "number", "value": 6}                    int or float; NaN and infinities as strings
    {"type": "text", "value": "..."}                  str; a truth value is {"type": "truth", "value": true}
    {"type": "date", "value": "2023-03-17"}           date, datetime, Timestamp
    {"type": "list", "values": [...]}                 list, tuple, set, array, Index, keys: scalar values
    {"type": "series", "index": [...], "values": [...]}
    {"type": "table", "columns": [...], "rows": [[...]], "index_names": [...], "index": [...]}
    {"type": "too large", "size": 10000000}
    {"type": "other", "python": "function"}
"""

from __future__ import annotations

import datetime
import math
import sys
from typing import Any

MAX_CELLS = 200_000  # more than any table of the course; bounds time and memory of a check
MAX_TEXT = 100_000  # characters of one text
MAX_DIGITS = 1_000  # bits of a whole number; a float holds no more, so none can be compared


def to_plain(value: Any) -> dict:
    """Turn a variable into plain data (shape in the module's docstring). Never raises on a value.

    Args:
        value: anything at all.

    Returns:
        Dictionary that `json.dumps` accepts.
    """
    try:
        return _plain(value)
    except Exception as error:  # a broken object is an answer too: a wrong one
        return {"type": "other", "python": f"{_type_name(value)} that cannot be read ({type(error).__name__})"}


def _type_name(value: Any) -> str:
    name = type.__getattribute__(type(value), "__name__")
    return name[:80] if type(name) is str else "object"


def _plain(value: Any) -> dict:
    if value is None or value is ...:
        return {"type": "missing"}
    scalar = _scalar(value)
    if scalar is not None:
        return scalar
    kind = type(value)
    if kind in (list, tuple, set, frozenset, type({}.keys()), type({}.values())):
        return _listed(list(value) if len(value) <= MAX_CELLS else None, len(value))
    pd, np = sys.modules.get("pandas"), sys.modules.get("numpy")
    if np and kind is np.ndarray:
        if value.ndim == 0:
            return _plain(value.item())
        if value.ndim > 1:
            return {"type": "other", "python": f"array with {value.ndim} dimensions"}
        return _listed(value.tolist() if value.size <= MAX_CELLS else None, value.size)
    if pd:
        if kind is pd.DataFrame:
            return _table(value)
        if kind is pd.Series:
            if len(value) > MAX_CELLS:
                return {"type": "too large", "size": len(value)}
            return {"type": "series", "index": _labels(value.index), "values": _cells(value.tolist())}
        if kind.__module__.split(".")[0] == "pandas" and issubclass(kind, (pd.Index, pd.api.extensions.ExtensionArray)):
            return _listed(value.tolist() if len(value) <= MAX_CELLS else None, len(value))
    return {"type": "other", "python": _type_name(value)}


def _scalar(value: Any) -> dict | None:
    kind = type(value)
    if kind is bool:
        return {"type": "truth", "value": value}
    if kind is int:
        return (
            {"type": "number", "value": value}
            if value.bit_length() < MAX_DIGITS
            else {"type": "too large", "size": value.bit_length()}
        )
    if kind is float:
        return {"type": "number", "value": value if math.isfinite(value) else str(value)}
    if kind is str:
        return {"type": "text", "value": value} if len(value) <= MAX_TEXT else {"type": "too large", "size": len(value)}
    if kind in (datetime.date, datetime.datetime):
        return {"type": "date", "value": value.isoformat()[:10]}
    pd, np = sys.modules.get("pandas"), sys.modules.get("numpy")
    if (pd and value is pd.NA) or (pd and value is pd.NaT):
        return {"type": "number", "value": "nan"}
    if pd and kind is pd.Timestamp:
        return {"type": "date", "value": value.date().isoformat()}
    if np and kind.__module__ == "numpy" and isinstance(value, np.generic):
        item = np.datetime64(value, "D").astype(object) if isinstance(value, np.datetime64) else value.item()
        return _scalar(item)
    return None


def _listed(values: list | None, size: int) -> dict:
    if values is None:
        return {"type": "too large", "size": size}
    return {"type": "list", "values": _cells(values)}


def _cells(values: list) -> list:
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    """One cell as a JSON value: missing as None, dates as ISO text, anything odd as its type in «»."""
    if value is None:
        return None
    scalar = _scalar(value)
    if scalar is None:
        if type(value) is tuple:
            return _cells(list(value))
        return f"«{_type_name(value)}»"
    if scalar["type"] == "too large":
        return "«too large»"
    return None if scalar["value"] == "nan" and scalar["type"] == "number" else scalar["value"]


def _labels(index: Any) -> list:
    return _cells(index.tolist())


def _table(frame: Any) -> dict:
    size = frame.shape[0] * max(frame.shape[1], 1)
    if size > MAX_CELLS:
        return {"type": "too large", "size": frame.shape[0]}
    columns = [frame.iloc[:, place].tolist() for place in range(frame.shape[1])]
    return {
        "type": "table",
        "columns": _labels(frame.columns),
        "rows": [_cells(list(row)) for row in zip(*columns, strict=True)] if columns else [],
        "index_names": _cells(list(frame.index.names)),
        "index": _labels(frame.index),
    }
