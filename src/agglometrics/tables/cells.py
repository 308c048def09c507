"""Cells as a checked list: the codes of their keys and their values, not yet an array."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError, caution
from agglometrics.notation import Array, Codes
from agglometrics.tables.checks import (
    NAMED,
    listed,
    numeric,
    require_columns,
    require_keys,
    require_known,
    to_frame,
)
from agglometrics.tables.codes import coded
from agglometrics.tables.periods import by_value

Missing = Literal["raise", "zero", "drop_industry"]

MASKED = 20_000_000
MARKS = 40
"""Places of a grid, in all or for each row, up to which repeated keys are looked for by marking
them: the faster way."""


@dataclass(frozen=True)
class Cells:
    """Cells as they are in the table, one by one, with the labels of the three axes.

    Attributes
    ----------
    t, r, i : (N,) places on the axes of period, region and industry
    values : (N,) activity
    regions, industries, times, region, industry, time : as in `Cube`
    """

    t: Codes
    r: Codes
    i: Codes
    values: Array
    regions: pd.Index
    industries: pd.Index
    times: pd.Index
    region: str
    industry: str
    time: str | None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(T, R, I)."""
        return len(self.times), len(self.regions), len(self.industries)

    def keys(self) -> pd.DataFrame:
        """Return the key columns, one row per cell."""
        when = {} if self.time is None else {self.time: self.times[self.t]}
        own = {self.region: self.regions[self.r], self.industry: self.industries[self.i]}
        return pd.DataFrame(when | own)


def _refuse_unknown(
    frame: pd.DataFrame, values: pd.Series[float], keys: list[str], value: str
) -> None:
    missing = values.isna().to_numpy()
    if missing.any():
        unknown = frame.loc[missing, keys]
        cells = listed(unknown.head(NAMED + 1).to_dict("records"), NAMED)
        raise InputError(
            f"value {value!r} is NaN (unknown) in {len(unknown)} cells: {cells}. "
            "Pass missing='zero' if no row means none, or missing='drop_industry' to leave out, "
            "in each period, the industries with an unknown cell."
        )


def _refuse_negative(
    frame: pd.DataFrame, values: pd.Series[float], keys: list[str], value: str
) -> None:
    below = values.to_numpy() < 0
    if below.any():
        cells = listed(frame.loc[below, keys].head(NAMED + 1).to_dict("records"), NAMED)
        raise InputError(
            f"value {value!r} must not be negative; found {int(below.sum())} negative cells: "
            f"{cells}. Shares are undefined with negative activity: correct or mask these cells, "
            "and report it."
        )


def _drop_unknown_industries(
    frame: pd.DataFrame, values: pd.Series[float], industry: str, time: str | None
) -> pd.Series[bool]:
    """Return which rows stay, warning which industries are left out (in which periods)."""
    keys = [industry] if time is None else [time, industry]
    touched = frame.loc[values.isna().to_numpy(), keys].drop_duplicates()
    if touched.empty:
        return pd.Series(True, index=frame.index)
    caution(f"left out because a cell is unknown: {listed(touched.to_dict('records'))}")
    stay = ~pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(touched))
    return pd.Series(stay, index=frame.index)


def read_cells(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    missing: Missing = "raise",
    allow_negative: bool = False,
) -> Cells:
    """Check a long table of cells and return it as `Cells`; the rules are those of `to_cube`."""
    frame = to_frame(cells)
    keys = [region, industry] if time is None else [region, industry, time]
    require_columns(frame, [*keys, value])
    if len({*keys, value}) != len(keys) + 1:
        raise InputError(
            f"key and value columns must differ; found {[*keys, value]}. "
            "Name a different column for each."
        )
    if frame.empty:
        raise InputError("the table of cells has no rows. Pass one row per cell.")
    require_known(frame, keys)
    frame = frame if time is None else _timed(frame, time)
    axes = [coded(frame[key]) for key in keys]
    _refuse_repeats(frame, keys, axes)
    values = numeric(frame, value)
    if missing == "raise":
        _refuse_unknown(frame, values, keys, value)
    elif missing == "drop_industry":
        stay = _drop_unknown_industries(frame, values, industry, time)
        frame, values = frame.loc[stay], values.loc[stay]
        axes = [coded(frame[key]) for key in keys]
    elif missing != "zero":
        raise InputError(
            f"missing={missing!r} is unknown; choose 'raise', 'zero' or 'drop_industry'."
        )
    if not allow_negative:
        _refuse_negative(frame, values, keys, value)
    known: Array = np.asarray(values.fillna(0.0), dtype=np.float64)
    if time is None:
        axes.append((np.zeros(len(frame), dtype=np.intp), pd.Index([0])))
    (r, regions), (i, industries), (t, times) = axes
    return Cells(t, r, i, known, regions, industries, times, region, industry, time)


def _timed(frame: pd.DataFrame, time: str) -> pd.DataFrame:
    """Return the table with periods that sort as time runs."""
    if not isinstance(frame[time].dtype, pd.CategoricalDtype):
        return frame
    return frame.assign(**{time: by_value(frame[time])})


def _refuse_repeats(
    frame: pd.DataFrame, keys: list[str], axes: list[tuple[NDArray[np.intp], pd.Index]]
) -> None:
    """Raise if two rows fall on one cell; marking cells is faster than comparing rows."""
    shape = tuple(len(labels) for _, labels in axes)
    if math.prod(shape) > max(MASKED, MARKS * len(frame)):
        require_keys(frame, keys)
        return
    filled = np.zeros(shape, dtype=np.bool_)
    filled[tuple(codes for codes, _ in axes)] = True
    if filled.sum() < len(frame):
        require_keys(frame, keys)
