"""Answers become data whatever they are: nothing a student holds can raise, run or flood."""

import datetime
import json

import numpy as np
import pandas as pd
import pytest

from claimbook.answers import MAX_CELLS, to_plain


class Hostile:
    def __eq__(self, other):
        raise RuntimeError("compared")

    def __repr__(self):
        raise RuntimeError("printed")

    def __len__(self):
        raise RuntimeError("measured")

    __hash__ = None


class Quitter:
    """Ends the program as soon as it is compared, measured or turned into a number."""

    def __eq__(self, other):
        raise SystemExit

    __len__ = __iter__ = __float__ = __index__ = __bool__ = lambda self: exit()
    __hash__ = None


class Frame(pd.DataFrame):
    @property
    def shape(self):
        raise SystemExit


def nested(depth):
    value = ()
    for _ in range(depth):
        value = (value,)
    return value


class Sly(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    "value, kind",
    [
        (..., "missing"), (None, "missing"), (6, "number"), (6.0, "number"), (np.int64(6), "number"),
        (np.float32(0.5), "number"), (True, "truth"), (np.bool_(True), "truth"), ("six", "text"),
        (datetime.date(2023, 3, 17), "date"), (pd.Timestamp("2023-03-17"), "date"), (np.datetime64("2023-03-17"), "date"),
        ([1, 2], "list"), ((1, 2), "list"), ({1, 2}, "list"), (np.array([1, 2]), "list"), (pd.Index([1, 2]), "list"),
        (np.array(6), "number"), ({}.keys(), "list"), (pd.Series([1, 2]).unique(), "list"),
        (pd.Series([1, 2]), "series"), (pd.DataFrame({"a": [1]}), "table"),
        (pd.Series(["a", "b"]).array, "list"), (pd.Categorical(["a"]), "list"), (pd.DatetimeIndex(["2023-03-17"]), "list"),
        (float("nan"), "number"), (float("inf"), "number"), (pd.NA, "number"), (pd.NaT, "number"),
        (len, "other"), (Hostile(), "other"), (Sly("x"), "other"), (object, "other"), (np.zeros((2, 2)), "other"),
        (Quitter(), "other"), ([Quitter()], "list"), (pd.Series([Hostile()]), "series"), (pd.DataFrame({"a": [Hostile()]}), "table"),
        (Frame({"a": [1]}), "other"), (1j, "other"), (np.array([1j]), "list"), ((n for n in range(3)), "other"), (pd.Categorical([np.nan]), "list"),
        (pd.MultiIndex.from_tuples([(1, 2)]), "list"), (pd.DataFrame(), "table"), (pd.DataFrame([[1, 2]], columns=["a", "a"]), "table"),
        pytest.param(nested(10**5), "other", id="nested"), pytest.param(10**400, "too large", id="401 digits"), (10**300, "number"), (-0.0, "number"),
        pytest.param(10**5000, "too large", id="5001 digits"), pytest.param("x" * 10**6, "too large", id="a million letters"), (range(3), "other"), ([Hostile(), [1]], "list"),
    ],
)  # fmt: skip
def test_any_value_becomes_json_safe_data(value, kind):
    plain = to_plain(value)
    assert plain["type"] == kind
    json.dumps(plain, allow_nan=False)


def test_ten_million_rows_are_not_copied():
    frame = pd.DataFrame({"a": np.zeros(10_000_000, dtype="int8")})
    assert to_plain(frame) == {"type": "too large", "size": 10_000_000}
    assert to_plain(list(range(MAX_CELLS + 1)))["type"] == "too large"


def test_a_list_that_holds_itself_ends():
    loop = []
    loop.append(loop)
    json.dumps(to_plain(loop))


def test_missing_and_dated_cells():
    frame = pd.DataFrame({"day": pd.to_datetime(["2023-03-17", None]), "n": [1.0, None]})
    assert to_plain(frame)["rows"] == [["2023-03-17", 1.0], [None, None]]
