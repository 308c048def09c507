"""What a table must be before it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from agglometrics.errors import InputError
from agglometrics.tables import numeric, require_columns, require_keys
from agglometrics.tables.advice.columns import is_period
from agglometrics.tables.checks import first_of


def drawn(
    frame: pd.DataFrame, keys: list[str], value: str, *, row: str = "region"
) -> pd.Series[Any]:
    """Return the numbers of a column after checking its keys; `row` describes a row.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no rows, and text or infinite values.
    """
    require_rows(frame, keys, [value], row)
    return numeric(frame, value)


def require_rows(frame: pd.DataFrame, keys: list[str], columns: list[str], row: str) -> None:
    """Raise `InputError` unless the columns are there, keys identify rows, and there is a row."""
    require_columns(frame, [*keys, *columns])
    _require_one_period(frame, keys, row)
    require_keys(frame, keys)
    if frame.empty:
        raise InputError(f"the table to draw has no rows. Pass one row per {row}.")


def _require_one_period(frame: pd.DataFrame, keys: list[str], row: str) -> None:
    """Raise `InputError` if a period, or another key, tells the rows of one key apart."""
    if not frame.duplicated(subset=keys).any():
        return
    rest = list(frame.columns.difference(keys, sort=False))
    periods = [column for column in rest if is_period(str(column))]
    words = [c for c in rest if c not in periods and not is_numeric_dtype(frame[c])]
    singles = [(column,) for column in (*periods, *words)]
    for chosen in [*singles, *combinations((*periods, *words), 2)]:
        if not frame.duplicated(subset=[*keys, *chosen]).any():
            raise InputError(
                f"a picture has one row per {row}; found {_counts(frame, chosen)}. Choose one: "
                f"{_one(frame, chosen)}."
            )


def _counts(frame: pd.DataFrame, columns: Sequence[Any]) -> str:
    return " and ".join(f"{frame[column].nunique()} values of {column!r}" for column in columns)


def _one(frame: pd.DataFrame, columns: Sequence[Any]) -> str:
    """Return which rows are those of the last value of each column."""
    last = {column: _plain(frame[column].dropna().max()) for column in columns}
    tests = [f"(frame[{column!r}] == {value!r})" for column, value in last.items()]
    return f"frame[{' & '.join(tests) if len(tests) > 1 else tests[0][1:-1]}]"


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def require_order(frame: pd.DataFrame, keys: list[str], low: str, high: str) -> None:
    """Raise `InputError` where `low` exceeds `high`."""
    wrong = frame[low] > frame[high]
    if wrong.any():
        first = first_of(frame, wrong, keys)
        raise InputError(
            f"{low!r} exceeds {high!r} in {int(wrong.sum())} rows, first {first}. "
            "Exchange the two there."
        )
