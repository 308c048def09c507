"""The only bridge between long tables and arrays: key checks, the cube of cells, and back.

Kernels see numpy arrays in the symbols of `agglometrics.notation`; users see long frames.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import AgglometricsWarning, InputError

Array = NDArray[np.float64]
Missing = Literal["raise", "zero", "drop_industry"]

NAMED = 5  # how many offenders an error names


@runtime_checkable
class HasToPandas(Protocol):
    """A table of another library that knows its pandas form (Arrow, polars, DuckDB via Arrow)."""

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas frame."""


def to_frame(data: object) -> pd.DataFrame:
    """Return `data` as a pandas frame, without copying one that already is.

    Raises
    ------
    InputError
        If `data` is no table.
    """
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, HasToPandas):
        return data.to_pandas()
    raise InputError(
        f"data must be a table (pandas, polars or Arrow); found {type(data).__name__}. "
        "Wrap it in pandas.DataFrame(...)."
    )


def listed(items: Iterable[object], most: int = NAMED) -> str:
    """Return the first `most` items for an error message, and how many more there are."""
    found = list(items)
    shown = ", ".join(
        repr(getattr(item, "item", lambda item=item: item)()) for item in found[:most]
    )
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"


def require_columns(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise `InputError` naming the columns that `frame` lacks and those that it has."""
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise InputError(
            f"columns {lacking} are not in the table, which has {list(map(str, frame.columns))}. "
            "Name your columns with the keyword arguments."
        )


def require_keys(frame: pd.DataFrame, keys: Sequence[str]) -> None:
    """Raise `InputError` unless `keys` are known in every row and identify each row."""
    for key in keys:
        unknown = int(frame[key].isna().sum())
        if unknown:
            raise InputError(
                f"key {key!r} is missing in {unknown} of {len(frame)} rows. "
                "Fill it in, or drop these rows yourself."
            )
    repeated = frame.duplicated(subset=list(keys))
    if repeated.any():
        first = frame.loc[repeated, list(keys)].iloc[0].to_dict()
        raise InputError(
            f"keys {sorted(keys)} do not identify rows: {int(repeated.sum())} repeats, "
            f"first {first}. Sum them first with collapse()."
        )


def numeric(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return `column` as floats; raise `InputError` if it holds text or infinite values."""
    values = frame[column]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise InputError(
            f"column {column!r} must be numeric; found dtype {values.dtype}. "
            "Convert it with pandas.to_numeric(...)."
        )
    floats = values.astype("float64")
    infinite = int(np.isinf(floats.to_numpy()).sum())
    if infinite:
        raise InputError(f"column {column!r} is infinite in {infinite} rows. Set or drop them.")
    return floats


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
    require_keys(frame, keys)
    values = numeric(frame, value)
    if missing == "raise":
        _refuse_unknown(frame, values, keys, value)
    elif missing == "drop_industry":
        stay = _drop_unknown_industries(frame, values, industry, time)
        frame, values = frame.loc[stay], values.loc[stay]
    elif missing != "zero":
        raise InputError(
            f"missing={missing!r} is not known; choose 'raise', 'zero' or 'drop_industry'."
        )
    if not allow_negative:
        _refuse_negative(frame, values, keys, value)
    known: Array = np.asarray(values.fillna(0.0), dtype=np.float64)
    return _fill(frame, known, region, industry, time)


def _fill(frame: pd.DataFrame, values: Array, region: str, industry: str, time: str | None) -> Cube:
    r, regions = pd.factorize(frame[region], sort=True)
    i, industries = pd.factorize(frame[industry], sort=True)
    if time is None:
        t, times = np.zeros(len(frame), dtype=np.intp), pd.Index([0])
    else:
        t, times = pd.factorize(frame[time], sort=True)
    cube = np.zeros((len(times), len(regions), len(industries)))
    cube[t, r, i] = values
    return Cube(
        cube, pd.Index(regions), pd.Index(industries), pd.Index(times), region, industry, time
    )


def ratio(numerator: Any, denominator: Any) -> Array:
    """Return numerator / denominator, NaN where the denominator is zero, without a warning."""
    top, bottom = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    out: Array = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0)
    return out
