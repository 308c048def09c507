"""What a table of plants must offer, on any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

Labels = Mapping[int, str]
"""The powers of the value that are summed, and the column each sum is written to."""


class Source(Protocol):
    """A table of plants on some engine."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of its columns."""

    def is_number(self, column: str) -> bool:
        """Whether `column` holds numbers (not text, dates or truth values)."""

    def kind(self, column: str) -> str:
        """Return the type of `column`, for a message."""

    def check_labels(self, by: Sequence[str]) -> None:
        """Raise `InputError` if a key holds values that cannot be labels."""

    def faults(self, by: Sequence[str], value: str | None) -> dict[str, int]:
        """Count rows; rows whose value is unknown, infinite, negative, zero; missing keys."""

    def first(self, by: Sequence[str], value: str | None, fault: str) -> dict[str, object]:
        """Return the keys of the first row with `fault`."""

    def cells(self, by: Sequence[str], value: str | None, powers: Labels) -> Any:
        """Sum powers of the value and count plants over `by`, sorted by it."""

    def rows(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return `columns` of the plants themselves, in memory."""
