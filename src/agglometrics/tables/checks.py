"""What a table must be before it is used: columns, keys, numbers; and the words that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array

NAMED = 5  # how many offenders an error names


@runtime_checkable
class HasToPandas(Protocol):
    """A table of another library that knows its pandas form (Arrow, polars, DuckDB via Arrow)."""

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas frame."""


@runtime_checkable
class HasCollect(Protocol):
    """A query that becomes a table when it is collected (a polars LazyFrame)."""

    def collect(self) -> object:
        """Run the query and return the table."""


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
    if isinstance(data, HasCollect):
        return to_frame(data.collect())
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


def require_known(frame: pd.DataFrame, keys: Sequence[str]) -> None:
    """Raise `InputError` unless `keys` are known in every row."""
    for key in keys:
        unknown = int(frame[key].isna().sum())
        if unknown:
            raise InputError(
                f"key {key!r} is missing in {unknown} of {len(frame)} rows. "
                "Fill it in, or drop these rows yourself."
            )
        if frame[key].dtype == object and pd.api.types.infer_dtype(frame[key]).startswith("mixed"):
            raise InputError(
                f"key {key!r} mixes text and numbers, so that 1 and '01' would be two labels. "
                "Convert it with .astype(str), or to numbers."
            )


def require_keys(frame: pd.DataFrame, keys: Sequence[str]) -> None:
    """Raise `InputError` unless `keys` are known in every row and identify each row."""
    require_known(frame, keys)
    repeated = frame.duplicated(subset=list(keys))
    if repeated.any():
        first = frame.loc[repeated, list(keys)].iloc[0].to_dict()
        raise InputError(
            f"keys {sorted(keys)} do not identify rows: {int(repeated.sum())} repeats, "
            f"first {first}. Sum them first with collapse(), if they are parts of one cell; name "
            "the period with time=, if they are periods."
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


def ratio(numerator: Any, denominator: Any) -> Array:
    """Return numerator / denominator, NaN where the denominator is zero, without a warning."""
    top, bottom = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    out: Array = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0)
    return out
