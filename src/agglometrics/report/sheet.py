"""What a printed table is to its writers: text in rows and columns, nothing left to format."""

from __future__ import annotations

from typing import Literal, Protocol

Align = Literal["left", "center", "right"]
MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
WRAP = 24  # characters from which a column of words is broken into lines


class Sheet(Protocol):
    """A table of text; see `agglometrics.report.printed.Table`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings."""

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells, as many in each row as there are headings."""

    @property
    def align(self) -> tuple[Align, ...]:
        """Alignment of each column."""

    @property
    def rules(self) -> tuple[int, ...]:
        """Numbers of the rows above which a thin rule stands."""

    @property
    def caption(self) -> str:
        """The caption above the table."""

    @property
    def label(self) -> str:
        """How a text refers to it."""

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes below it."""


def wrapped(table: Sheet) -> dict[int, float]:
    """Return the weight of each column whose words are too long for one line.

    A column's weight is the square root of the geometric mean of its mean and longest cell:
    between the width that a single long cell needs and the one that most cells need.
    """
    lengths = [[len(cell) for cell in column] for column in zip(*table.rows, strict=True)]
    return {
        n: (sum(cells) / len(cells) * max(cells)) ** 0.25
        for n, cells in enumerate(lengths)
        if table.align[n] == "left" and max(cells) > WRAP
    }
