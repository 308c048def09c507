"""What a reader is told about a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

UNKNOWN_WORDS = (
    "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "#N/A", "<NA>",
)  # fmt: skip
"""Words by which programs write an unknown number. Among texts, NA is Namibia."""


@dataclass(frozen=True)
class Reading:
    """What a reader is told about a file; see `read_table`."""

    text: Sequence[str] = ()
    encoding: str = "utf-8"
    sheet: str | int | None = None
    skip: int = 0
    decimal: str | None = None
    missing: Sequence[str] | None = None
    all_text: bool = False

    def is_text(self, column: str) -> bool:
        """Return whether a column is kept as text whatever it holds."""
        return self.all_text or column in self.text

    @property
    def unknown(self) -> frozenset[str]:
        """Words that mean an unknown number."""
        return frozenset(UNKNOWN_WORDS if self.missing is None else self.missing)
