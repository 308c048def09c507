"""Cells as an array, and back: the crossing between long tables and kernels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.notation import Array
from agglometrics.tables.checks import (
    NAMED,
    listed,
    numeric,
    require_columns,
    require_keys,
    require_known,
    to_frame,
)

Missing = Literal["raise", "zero", "drop_industry"]


@dataclass(frozen=True)
class Cube:
    """Cells as an array: ``values[t, r, i]``, with the labels of its three axes.

    Attributes
    ----------
    values : (T, R, I) activity; zero where the table had no row
    regions, industries, times : labels of length R, I, T, sorted
    region, industry, time : the names of the key columns (``time`` is None for one period)
    """

    values: Array
    regions: pd.Index
    industries: pd.Index
    times: pd.Index
    region: str
    industry: str
    time: str | None

    def keys(self, *axes: Literal["region", "industry"]) -> pd.DataFrame:
        """Return the key columns of a tidy frame over `axes` (and time), in array order."""
        parts: list[tuple[str, pd.Index]] = []
        if self.time is not None:
            parts.append((self.time, self.times))
        if "region" in axes:
            parts.append((self.region, self.regions))
        if "industry" in axes:
            parts.append((self.industry, self.industries))
        index = pd.MultiIndex.from_product([labels for _, labels in parts])
        return index.to_frame(index=False, name=[name for name, _ in parts])

    def tidy(self, *axes: Literal["region", "industry"], **statistics: Array) -> pd.DataFrame:
        """Return `statistics`, arrays over (T,) and `axes`, as columns beside their keys.

        Raises
        ------
        InputError
            If a key column has the name of a statistic, which would overwrite it.
        """
        frame = self.keys(*axes)
        taken = sorted(set(frame.columns) & set(statistics))
        if taken:
            raise InputError(
                f"key columns {taken} have the names of statistics of the answer. Rename them "
                "before the call."
            )
        for name, values in statistics.items():
            frame[name] = np.asarray(values).reshape(-1)
        return frame


def _refuse_unknown(
    frame: pd.DataFrame, values: pd.Series[float], keys: list[str], value: str
) -> None:
    unknown = frame.loc[values.isna().to_numpy(), keys]
    if len(unknown):
        cells = listed(unknown.head(NAMED + 1).to_dict("records"), NAMED)
        raise InputError(
            f"value {value!r} is NaN (unknown) in {len(unknown)} cells: {cells}. "
            "Say missing='zero' if no row means none, or missing='drop_industry' to leave out, "
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
            "and say so."
        )


def _drop_unknown_industries(
    frame: pd.DataFrame, values: pd.Series[float], industry: str, time: str | None
) -> pd.Series[bool]:
    """Return which rows stay, warning which industries go (in which periods)."""
    keys = [industry] if time is None else [time, industry]
    touched = frame.loc[values.isna().to_numpy(), keys].drop_duplicates()
    if touched.empty:
        return pd.Series(True, index=frame.index)
    warnings.warn(
        f"left out because a cell is unknown: {listed(touched.to_dict('records'))}",
        AgglometricsWarning,
        stacklevel=4,
    )
    stay = ~pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(touched))
    return pd.Series(stay, index=frame.index)


def to_cube(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    missing: Missing = "raise",
    allow_negative: bool = False,
) -> Cube:
    """Check a long table of cells and return it as a `Cube`.

    A row that is not there is zero activity. A NaN is unknown, and `missing` says what it
    becomes: ``"raise"`` an error that names the cells, ``"zero"`` no activity, or
    ``"drop_industry"`` the whole industry left out in that period, with a warning.

    Raises
    ------
    InputError
        For unknown columns, repeated or missing keys, text, infinite, unknown or
        negative values, and an empty table.
    """
    frame = to_frame(cells)
    keys = [region, industry] if time is None else [region, industry, time]
    require_columns(frame, [*keys, value])
    if len({*keys, value}) != len(keys) + 1:
        raise InputError(f"key and value columns must differ; found {[*keys, value]}.")
    if frame.empty:
        raise InputError("the table of cells has no rows.")
    require_known(frame, keys)
    axes = [_factorized(frame, key) for key in keys]
    _refuse_repeats(frame, keys, axes)
    values = numeric(frame, value)
    if missing == "raise":
        _refuse_unknown(frame, values, keys, value)
    elif missing == "drop_industry":
        stay = _drop_unknown_industries(frame, values, industry, time)
        frame, values = frame.loc[stay], values.loc[stay]
        axes = [_factorized(frame, key) for key in keys]
    elif missing != "zero":
        raise InputError(
            f"missing={missing!r} is not known; choose 'raise', 'zero' or 'drop_industry'."
        )
    if not allow_negative:
        _refuse_negative(frame, values, keys, value)
    known: Array = np.asarray(values.fillna(0.0), dtype=np.float64)
    if time is None:
        axes.append((np.zeros(len(frame), dtype=np.intp), pd.Index([0])))
    (r, regions), (i, industries), (t, times) = axes
    cube = np.zeros((len(times), len(regions), len(industries)))
    cube[t, r, i] = known
    return Cube(cube, regions, industries, times, region, industry, time)


def _factorized(frame: pd.DataFrame, key: str) -> tuple[NDArray[np.intp], pd.Index]:
    """Return the place of every row on one axis, and the labels of the axis in order."""
    codes, labels = pd.factorize(frame[key], sort=True)
    return codes, pd.Index(labels)


def _refuse_repeats(
    frame: pd.DataFrame, keys: list[str], axes: list[tuple[NDArray[np.intp], pd.Index]]
) -> None:
    """Raise if two rows fall on one cell; counting cells is faster than comparing rows."""
    shape = tuple(len(labels) for _, labels in axes)
    filled = np.zeros(shape, dtype=np.bool_)
    filled[tuple(codes for codes, _ in axes)] = True
    if filled.sum() < len(frame):
        require_keys(frame, keys)
