"""Whether a label is the sum of others: in every figure, and not by chance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agglometrics.notation import Array, Codes
from agglometrics.tables.rounding import ROUNDING
from agglometrics.tables.totals.codes import CLOSE
from agglometrics.tables.totals.groups import combinations, subsets

BITS = 6.0
MOST = 150
DIGITS = 13  # significant digits of the largest figure, to which figures may be rounded


def decimal_unit(figures: Array) -> float:
    """Return the largest power of ten of which all figures are multiples; 0 if there is none."""
    some = figures[figures > 0]
    if not some.size:
        return 0.0
    top = int(np.floor(np.log10(some.max())))
    for digits in range(-top, DIGITS - top):
        scaled = some * 10.0**digits
        if (np.abs(scaled - np.rint(scaled)) <= np.clip(1e-9 * scaled, 1e-9, 1e-2)).all():
            return float(10.0**-digits)
    return 0.0


class Parts:
    """The figures of the labels of one axis, and whether one is the sum of others.

    X : (K, ...) figures, not negative    size : (K,) their sums
    said : (K,) whether the label is a word for totals
    """

    def __init__(self, X: Array, size: Array, said: NDArray[np.bool_]) -> None:
        self.X, self.size, self.said, self._step = X, size, said, -1.0

    @property
    def step(self) -> float:
        """The unit in which all figures are whole numbers; 0 if there is none."""
        if self._step < 0:
            some = np.arange(0, self.X.size, max(1, self.X.size // 5000))
            self._step = decimal_unit(self.X[np.unravel_index(some, self.X.shape)])
        return self._step

    def of_all(self) -> Iterator[tuple[int, int]]:
        """Yield (k, m) where the whole table is m times label k: k is the sum of all others.

        With m - 1 levels beside it, each of them adds up to k.
        """
        whole, active = self.size.sum(), int((self.size > 0).sum())
        for m in (2, 3, 4):
            for k in np.flatnonzero(np.abs(m * self.size - whole) <= CLOSE * whole):
                others = (self.X.sum(axis=0) - self.X[k]) / (m - 1)
                if active > 2 * (m - 1) and self._believed(int(k), others, active, BITS):
                    yield int(k), m

    def adds_up(self, k: int, members: Codes, bits: float = BITS) -> bool:
        """Return whether label k is the sum of `members`, in figures of at least so many bits."""
        active = members[self.size[members] > 0]
        if len(active) < 2 or abs(self.size[k] - self.size[active].sum()) > CLOSE * self.size[k]:
            return False
        return self._believed(k, self.X[active].sum(axis=0), len(active), bits)

    def _believed(self, k: int, parts: Array, n: int, bits: float) -> bool:
        """Return whether label k is the sum of n parts within rounding, and not by chance."""
        total = self.X[k]
        gap = np.abs(total - parts)
        exact = (gap <= ROUNDING * total).all()
        slack = 0.0 if exact else (self.step * n + decimal_unit(total)) / 2
        if (gap > np.maximum(slack, ROUNDING * total)).any():
            return False
        resolution = max(self.step, ROUNDING * float(total.max())) + 2 * slack
        known = float(np.log2(1 + total / resolution).sum())
        return known >= (1.0 if self.said[k] else bits)

    def groups(self, known: Codes) -> Iterator[tuple[int, Codes]]:
        """Yield (k, members) for labels that are a sum of smaller ones without a code for it."""
        keys = np.flatnonzero(self.size > 0)
        keys = keys[~np.isin(keys, known)]
        keys = keys[np.argsort(self.size[keys], kind="stable")]
        if not 3 <= len(keys) <= MOST:
            return
        figures = self.X.reshape(len(self.X), -1)[keys]
        if figures.shape[1] < 2:
            return  # one figure each: some subset adds up by chance
        search = combinations if figures.shape[1] > len(keys) else subsets
        for place, members in search(figures):
            if self.adds_up(int(keys[place]), keys[members], BITS + len(keys)):
                yield int(keys[place]), keys[members]
