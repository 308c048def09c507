"""Cells looked at as bytes, all at once: what is seen there need not be matched cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

MINUS, POINT, ZERO = b"-.0"
LONGEST = 18
"""Digits that a whole number of 64 bits holds, whatever they are."""


@dataclass(frozen=True)
class Bytes:
    """The bytes of a column of known texts, one after the other, and where each begins.

    signs : (B,), uint8
    starts : (N,), places among `signs`
    lengths : (N,), in bytes
    """

    signs: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @cached_property
    def negative(self) -> NDArray[np.bool_]:
        """Which texts begin with a minus: (N,)."""
        return np.asarray(self.signs[self.starts] == MINUS)

    def are_of(self, allowed: bytes) -> bool:
        """Return whether no byte is another than `allowed`."""
        return not self.signs.tobytes().translate(None, allowed)

    def is_whole(self) -> bool:
        """Return whether every text is a whole number without leading zeros."""
        if not self.are_of(b"0123456789-"):
            return False
        digits = self._digits()
        if digits is None or digits.max() > LONGEST:
            return False
        zero = self.signs[self.starts + self.negative] == ZERO
        return not (zero & (digits > 1)).any()

    def is_plain(self) -> bool:
        """Return whether every text is a number of digits and at most one point, as 0.5 or -12."""
        if not self.are_of(b"0123456789-."):
            return False
        length = self._digits()
        if length is None:
            return False
        points = self.signs == POINT
        each = np.add.reduceat(points, self.starts, dtype=np.uint8)
        if each.max() > 1 or each.sum(dtype=np.int64) != np.count_nonzero(points):
            return False  # the second is not so where 256 points count as none
        first = self.starts + self.negative
        zero = (self.signs[first] == ZERO) & (length > 1)
        follows = self.signs[np.minimum(first + 1, len(self.signs) - 1)]
        alone = points[first] & (length == 1)
        return not (alone | (zero & (follows != POINT))).any()

    def _digits(self) -> NDArray[np.int64] | None:
        """Return the length of each text behind its minus; None if one is odd."""
        behind = self.lengths - self.negative
        if behind.min() < 1:
            return None
        minus = int(np.count_nonzero(self.signs == MINUS))
        return behind if minus == np.count_nonzero(self.negative) else None


def scanned(cells: Any) -> Bytes | None:
    """Return the bytes of an Arrow array of large texts; None if it is empty or one of them is."""
    known = cells.drop_null() if cells.null_count else cells
    if not len(known):
        return None
    ends = _offsets(known)
    lengths = np.diff(ends)
    if not lengths.min():
        return None
    signs = np.frombuffer(known.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
    return Bytes(signs, ends[:-1] - ends[0], lengths)


def has_empty(cells: Any) -> bool:
    """Return whether a text of an Arrow array of large texts without gaps is empty."""
    return bool(len(cells)) and not np.diff(_offsets(cells)).min()


def may_hold(cells: Any, words: Iterable[str]) -> bool:
    """Return whether a text may be one of `words`: whether each of their bytes stands anywhere."""
    held = bytes_of(cells)
    return any(all(sign in held for sign in {*word.encode()}) for word in words)


def bytes_of(cells: Any) -> bytes:
    """Return the bytes of an Arrow array of large texts."""
    if not len(cells) or cells.buffers()[2] is None:
        return b""
    ends = _offsets(cells)
    return bytes(cells.buffers()[2][int(ends[0]) : int(ends[-1])])


def _offsets(cells: Any) -> NDArray[np.int64]:
    """Return where each text begins and the last ends: (N + 1,)."""
    ends = np.frombuffer(cells.buffers()[1], dtype=np.int64)
    return ends[cells.offset : cells.offset + len(cells) + 1]
