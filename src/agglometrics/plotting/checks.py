"""What a table must be before it is drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import numeric, require_columns, require_keys
from agglometrics.tables.advice.columns import TIMES


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
    """Raise `InputError` if the rows of a picture differ in their period, and name one of them."""
    if not frame.duplicated(subset=keys).any():
        return
    for column in frame.columns.difference(keys, sort=False):
        period = str(column).lower() in TIMES
        if period and not frame.duplicated(subset=[*keys, column]).any():
            last = frame[column].max()
            raise InputError(
                f"a picture has one row per {row}; found {frame[column].nunique()} values of "
                f"{column!r}. Choose one: frame[frame[{column!r}] == {_plain(last)!r}]."
            )


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def require_order(frame: pd.DataFrame, keys: list[str], low: str, high: str) -> None:
    """Raise `InputError` where `low` exceeds `high`."""
    wrong = frame[low] > frame[high]
    if wrong.any():
        first = frame.loc[wrong, keys].iloc[0].to_dict()
        raise InputError(
            f"{low!r} exceeds {high!r} in {int(wrong.sum())} rows, first {first}. "
            "Exchange the two there."
        )
