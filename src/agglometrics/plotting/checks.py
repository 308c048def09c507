"""What a table must be before it is drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import numeric, require_columns, require_keys


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
    require_keys(frame, keys)
    if frame.empty:
        raise InputError(f"the table to draw has no rows. Pass one row per {row}.")


def require_order(frame: pd.DataFrame, keys: list[str], low: str, high: str) -> None:
    """Raise `InputError` where `low` exceeds `high`."""
    wrong = frame[low] > frame[high]
    if wrong.any():
        first = frame.loc[wrong, keys].iloc[0].to_dict()
        raise InputError(
            f"{low!r} exceeds {high!r} in {int(wrong.sum())} rows, first {first}. "
            "Exchange the two there."
        )
