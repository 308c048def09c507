"""What a table must be before it is used: columns, keys and numbers, with the errors."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.advice.columns import absent
from agglometrics.tables.advice.complaint import ComplaintError
from agglometrics.tables.advice.no_table import no_table
from agglometrics.tables.advice.numbers import not_numeric

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

    An index that is named like a column loses its name: the column counts.

    Raises
    ------
    InputError
        If `data` is not a table.
    """
    if isinstance(data, pd.DataFrame):
        clash = any(name is not None and name in data.columns for name in data.index.names)
        return data.set_axis(data.index.set_names([None] * data.index.nlevels)) if clash else data
    if isinstance(data, HasToPandas) and not isinstance(data, type):
        return to_frame(data.to_pandas())
    if isinstance(data, HasCollect):
        return to_frame(data.collect())
    raise ComplaintError(no_table(data))


def listed(items: Iterable[object], most: int = NAMED) -> str:
    """Return the first `most` items for an error message, and how many more there are."""
    found = list(items)
    shown = ", ".join(
        repr(getattr(item, "item", lambda item=item: item)()) for item in found[:most]
    )
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"


def require_columns(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise `InputError` naming the columns that `frame` lacks and those that it has."""
    wanted = list(columns)
    for column in wanted:
        require_name(column)
    if frame.columns.nlevels > 1:
        _refuse_levels(frame)
    lacking = [column for column in wanted if column not in frame.columns]
    if lacking:
        raise ComplaintError(absent(lacking, frame))
    require_once(frame, wanted)


def _refuse_levels(frame: pd.DataFrame) -> None:
    first = frame.columns[0]
    raise InputError(
        f"the table's columns have {frame.columns.nlevels} levels, the first is {first!r}; a "
        "column must have one name. Join the levels with frame.columns = "
        "['_'.join(map(str, c)) for c in frame.columns], or make the table long with "
        "frame.stack(...).reset_index()."
    )


def require_name(column: object) -> None:
    """Raise `InputError` unless `column` can be the name of one column."""
    if not isinstance(column, Hashable) or isinstance(column, type):
        raise InputError(
            f"the name of a column must be one text; found {type(column).__name__} {column!r}. "
            "Name one column for each argument, as in value='output'."
        )


def require_once(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise `InputError` naming the columns that `frame` has more than once."""
    if frame.columns.is_unique:
        return
    twice = [column for column in dict.fromkeys(columns) if list(frame.columns).count(column) > 1]
    if twice:
        raise InputError(
            f"columns {twice} are in the table more than once. Keep one of each: "
            "frame.loc[:, ~frame.columns.duplicated()] keeps the first."
        )


def require_known(frame: pd.DataFrame, keys: Sequence[str]) -> None:
    """Raise `InputError` unless `keys` are known in every row."""
    for key in keys:
        unknown = int(frame[key].isna().sum())
        if unknown:
            raise InputError(
                f"key {key!r} is missing in {unknown} of {len(frame)} rows. "
                f"Fill it in, or drop these rows yourself: frame.dropna(subset=[{key!r}])."
            )
        require_labels(frame[key], key)


def require_labels(labels: pd.Series[Any], key: str) -> None:
    """Raise `InputError` unless the values of a key can be ordered and compared."""
    kind = labels.dtype
    if pd.api.types.is_object_dtype(kind) and pd.api.types.infer_dtype(labels).startswith("mixed"):
        _refuse_nested(labels, key)
        if all(isinstance(each, tuple) for each in labels):
            raise InputError(
                f"key {key!r} must hold one label per row; found tuples, first {labels.iloc[0]!r}. "
                "Make one text of each: .map(lambda parts: '-'.join(map(str, parts)))."
            )
        raise InputError(
            f"key {key!r} mixes text and numbers, so that 1 and '01' would be two labels. "
            "Convert it with .astype(str), or to numbers."
        )
    if isinstance(kind, np.dtype) and kind.kind == "c":
        raise InputError(
            f"key {key!r} holds complex numbers, which have no order; found dtype {kind}. "
            "Convert it with .astype(str), or to real numbers."
        )
    if pd.api.types.is_float_dtype(kind) and np.isinf(labels.to_numpy(dtype=np.float64)).any():
        raise InputError(
            f"key {key!r} is infinite in {int(np.isinf(labels.to_numpy(dtype=np.float64)).sum())} "
            f"of {len(labels)} rows. Correct these labels, or drop these rows yourself."
        )


def _refuse_nested(labels: pd.Series[Any], key: str) -> None:
    nested = [each for each in labels if not isinstance(each, Hashable)]
    if nested:
        raise InputError(
            f"key {key!r} must hold one label per row; found {type(nested[0]).__name__} "
            f"{nested[0]!r} in {len(nested)} rows. Convert it with .astype(str)."
        )


def require_keys(frame: pd.DataFrame, keys: Sequence[str]) -> None:
    """Raise `InputError` unless `keys` are known in every row and identify each row."""
    require_known(frame, keys)
    repeated = frame.duplicated(subset=list(keys))
    if repeated.any():
        first = first_of(frame, repeated, keys)
        raise InputError(
            f"keys {sorted(keys)} do not identify rows: {int(repeated.sum())} repeats, "
            f"first {first}. Sum them first with collapse(), if they are parts of one cell; name "
            "the period with time=, if they are periods."
        )


def first_of(frame: pd.DataFrame, where: Any, columns: Sequence[str]) -> dict[str, Any]:
    """Return the first row of those chosen, in plain values that read well in a message.

    >>> first_of(pd.DataFrame({"year": [1996, 2001]}), [False, True], ["year"])
    {'year': 2001}
    """
    row = frame.loc[np.asarray(where, dtype=bool), list(columns)].iloc[0]
    return {
        str(name): value.item() if isinstance(value, np.generic) else value
        for name, value in row.items()
    }


def held_numbers(values: pd.Series[Any]) -> bool:
    """Return whether a column is one of objects, decimals or other real numbers only."""
    if values.dtype != object:
        return False
    known = values.dropna()
    return bool(len(known)) and all(
        isinstance(v, (Decimal, Real)) and not isinstance(v, (bool, np.bool_)) for v in known
    )


def floats_of(values: pd.Series[Any]) -> pd.Series[float]:
    """Return a column for which `held_numbers` is true as floats, NaN where it is unknown."""
    return values.where(values.notna(), np.nan).astype("float64")


def numeric(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return `column` as floats; raise `InputError` if it holds text or infinite values.

    Numbers held as objects, such as the decimals of a database, are numbers.
    """
    values = frame[column]
    if held_numbers(values):
        values = floats_of(values)
    plain = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_complex_dtype(values)
    if not plain or pd.api.types.is_bool_dtype(values):
        raise InputError(not_numeric(values, column))
    floats = values.astype("float64")
    infinite = int(np.isinf(floats.to_numpy()).sum())
    if infinite:
        raise InputError(f"column {column!r} is infinite in {infinite} rows. Correct or drop them.")
    return floats


def ratio(numerator: Any, denominator: Any) -> Array:
    """Return numerator / denominator, NaN where the denominator is zero, without a warning."""
    top, bottom = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    if bottom.all():
        return np.asarray(top / bottom)
    top, bottom = np.broadcast_arrays(top, bottom)
    out: Array = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0)
    return out
