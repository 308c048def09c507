"""Rows that are not data: empty ones are dropped, notes are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError


def without_empty_rows(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table without its empty rows.

    Raises
    ------
    InputError
        If the table has no row, or one with a single cell of three or more: a note, or a heading
        that stands among the rows.
    """
    if len(frame) and not any(column.hasnans for _, column in frame.items()):
        return frame
    filled = frame.notna().to_numpy().sum(axis=1)
    if not filled.any():
        raise InputError(
            f"{name!r} has headings {list(map(str, frame.columns))[:12]} and no row below them. "
            "Check how it was written."
        )
    notes = np.flatnonzero(filled == 1)
    if frame.shape[1] > 2 and len(notes):
        row = frame.iloc[notes[0]].dropna()
        raise InputError(
            f"row {notes[0] + 1} of {name!r} below the headings holds one cell of "
            f"{frame.shape[1]}, {str(row.iloc[0])[:60]!r}: a note or a heading among the rows "
            f"(rows like it: {len(notes)}). Delete it in the file, or pass a frame without it."
        )
    return frame if filled.all() else frame[filled > 0].reset_index(drop=True)
