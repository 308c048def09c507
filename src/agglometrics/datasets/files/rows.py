"""Rows that are not data: empty ones are dropped, notes are refused."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from agglometrics.errors import InputError

NOTE = re.compile(
    r"\s*(sources?|notes?|quellen?|(资料|数据)?来源|注释?|说明)\s*\d*\s*[:：]", re.IGNORECASE
)
"""How a note below a table begins; with a comma in it, it is a row as long as the others."""


def without_empty_rows(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table without its empty rows.

    Raises
    ------
    InputError
        If the table has no row, one with a single cell of three or more (a note, or a heading
        that stands among the rows), or one that opens like a note on the source.
    """
    if len(frame) and not any(column.hasnans for _, column in frame.items()):
        _refuse_source(name, frame)
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
    _refuse_source(name, frame)
    return frame if filled.all() else frame[filled > 0].reset_index(drop=True)


def _refuse_source(name: str, frame: pd.DataFrame) -> None:
    """Raise if one of the last rows opens like a note on the source."""
    last = frame.iloc[-5:, 0].tolist()
    note = next((cell for cell in last if isinstance(cell, str) and NOTE.match(cell)), None)
    if note is not None:
        raise InputError(
            f"a row of {name!r} begins {note[:60]!r}: a note below the table, not a row of it. "
            "Delete it in the file, or pass a frame without it."
        )
