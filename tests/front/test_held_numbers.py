"""Tables as databases hand them out: decimals held as objects, an index named like a key.

Every public function that takes a table gives the answer of plain floats and a plain index.
"""

from __future__ import annotations

import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from tests.front.calls import calls

TABLES = {"cells", "data", "points", "plants", "flows", "outputs", "sectors", "regions",
          "locations", "shares", "shocks", "scores", "frame"}  # fmt: skip
HANDED_ON = ("lbm_gls", "ShiftShareDesign")
"""Answers that hold the columns of the table themselves, decimals too."""

CALLS = {
    name: (function, call)
    for name, (function, call) in calls().items()
    if any(key in TABLES and isinstance(value, pd.DataFrame) for key, value in call.items())
    and not name.startswith("plot_") and not name.startswith("to_")
}  # fmt: skip


def decimals(frame: pd.DataFrame) -> pd.DataFrame:
    floats = frame.select_dtypes("float64").columns
    held = {c: [Decimal(repr(float(v))) for v in frame[c]] for c in floats}
    return frame.assign(**{c: pd.Series(v, frame.index, dtype=object) for c, v in held.items()})


def index_named_like_keys(frame: pd.DataFrame) -> pd.DataFrame:
    names = [c for c in ("region", "industry", "i", "t", "time", "location") if c in frame][:2]
    if len(names) < 2:
        return frame
    places = np.arange(len(frame))
    return frame.set_axis(pd.MultiIndex.from_arrays([places, places], names=names))


def numbers(answer: object) -> np.ndarray:
    """Return every number of an answer's table, in its order."""
    for name in ("tidy", "summary", "curve", "locations"):
        if not isinstance(answer, (pd.DataFrame, pd.Series)) and hasattr(answer, name):
            part = getattr(answer, name)
            return numbers(part() if callable(part) else part)
    if isinstance(answer, dict):
        return np.concatenate([numbers(part) for part in answer.values()])
    if isinstance(answer, pd.Series):
        answer = answer.to_frame()
    if not isinstance(answer, pd.DataFrame):
        return np.atleast_1d(getattr(answer, "statistic", 0.0))
    return answer.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan).ravel()


@pytest.mark.parametrize("held", [decimals, index_named_like_keys])
@pytest.mark.parametrize("name", CALLS)
def test_the_answer_is_that_of_a_plain_table(name: str, held) -> None:
    function, call = CALLS[name]
    moved = {
        key: held(value) if key in TABLES and isinstance(value, pd.DataFrame) else value
        for key, value in call.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        expected, found = numbers(function(**call)), numbers(function(**moved))
    assert len(expected)
    if name not in HANDED_ON:
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
