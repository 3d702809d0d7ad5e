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
