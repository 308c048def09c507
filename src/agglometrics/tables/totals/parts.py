"""Whether a label is the sum of others: in nearly every figure, and not by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import lgamma, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agglometrics.notation import Array, Codes
from agglometrics.tables.rounding import ROUNDING
from agglometrics.tables.totals.codes import NEAR
from agglometrics.tables.totals.groups import combinations, subsets

BITS = 6.0
MOST = 150
SINGLE = 2.0**-22  # of a sum of single floats, that it may miss the float of the total by
DIGITS = 13  # significant digits of the largest figure, to which figures may be rounded
DECADES = 290  # below 10 to minus that, a unit has no reciprocal in double precision
NEARLY = 0.8  # share of the figures of a period that agree, if the label is a total there
PATTERNS = 3  # sets of periods, besides all of them, in which groups without a code are sought

Mask = NDArray[np.bool_]


def decimal_unit(figures: Array) -> float:
    """Return the largest power of ten of which all figures are multiples; 0 if there is none."""
    some = figures[figures > 0]
    if not some.size:
        return 0.0
    top = int(np.floor(np.log10(some.max())))
    if top < -DECADES:
        return 0.0
    for digits in range(-top, DIGITS - top):
        scaled = some * 10.0**digits
        if (np.abs(scaled - np.rint(scaled)) <= np.clip(1e-9 * scaled, 1e-9, 1e-2)).all():
            return float(10.0**-digits)
    return 0.0


@dataclass(frozen=True)
class Match:
    """Where a label is the sum of others.

    Attributes
    ----------
    periods : (T,) whether it is in this period
    share : of the figures of these periods, that agree
    every : whether there are no other periods
    """

    periods: Mask
    share: float
    every: bool


class Parts:
    """The figures of the labels of one axis, and whether one is the sum of others.

    X : (K, T, D) figures, not negative    S : (K, T) their sums    size : (K,) the same of all
    said : (K,) whether the label is a word for totals
    """

    def __init__(self, X: Array, said: Mask) -> None:
        self.X, self.S, self.said = X, X.sum(axis=2), said
        self._step = self._grain = -1.0
        self.size = self.S.sum(axis=1)

    def _some(self) -> Array:
        some = np.arange(0, self.X.size, max(1, self.X.size // 5000))
        return np.asarray(self.X[np.unravel_index(some, self.X.shape)])

    @property
    def step(self) -> float:
        """The unit in which all figures are whole numbers; 0 if there is none."""
        if self._step < 0:
            self._step = decimal_unit(self._some())
        return self._step

    @property
    def grain(self) -> float:
        """What single floats lose, relatively; 0 for figures that are more precise or exact."""
        if self._grain < 0:
            some, exact = self._some(), self.step * 2**24
            single = (some == some.astype(np.float32)).all() and self.S.max(initial=0.0) >= exact
            self._grain = SINGLE if single else 0.0
        return self._grain

    def of_all(self) -> Iterator[tuple[int, int, Match]]:
        """Yield (k, m, where) where the whole table is m times label k: the sum of all others.

        With m - 1 levels beside it, each of them adds up to k.
        """
        whole = self.S.sum(axis=0)
        active = (self.S > 0).sum(axis=0)
        bits = BITS + log(len(self.S), 2)  # it is one of many labels
        for m in (2, 3, 4):
            near = (self.S > 0) & (np.abs(m * self.S - whole) <= NEAR * whole)
            near &= active > 2 * (m - 1)
            found = np.flatnonzero(near.any(axis=1))
            together = self.X.sum(axis=0) if found.size else whole
            for k in found:
                others = (together[near[k]] - self.X[k][near[k]]) / (m - 1)
                rest = (whole - self.S[k]) / (m - 1)
                match = self._match(int(k), others, rest, near[k], int(active.max()), bits)
                if match is not None:
                    yield int(k), m, match

    def adds_up(self, k: int, members: Codes, bits: float = BITS) -> Match | None:
        """Return where label k is the sum of `members`, in figures of at least so many bits."""
        active = members[self.size[members] > 0]
        if len(active) < 2:
            return None
        rest = self.S[active].sum(axis=0)
        near = (self.S[k] > 0) & (np.abs(self.S[k] - rest) <= NEAR * self.S[k])
        if not near.any():
            return None
        parts = self.X[active].sum(axis=0)[near]
        return self._match(k, parts, rest, near, len(active), bits)

    def _match(
        self, k: int, parts: Array, rest: Array, near: Mask, n: int, bits: float
    ) -> Match | None:
        """Return where label k is the sum of n parts within rounding, and not by chance.

        parts : (P, D) their sums in the P periods that are `near` (T,)    rest : (T,) of all
        """
        total, T = self.X[k][near], int(((self.S[k] > 0) | (rest > 0)).sum())
        bits = 1.0 if self.said[k] else bits
        match = self._within(0.0, total, parts, T, bits)
        if match is None or match[1] < 1 or match[0].sum() < T:
            step = (self.step * n + decimal_unit(total)) / 2
            slack = max(step, self.grain * float(total.max()))
            rounded = self._within(slack, total, parts, T, bits)
            whole = rounded is not None and rounded[1] == 1 and rounded[0].sum() == T
            match = rounded if whole or match is None else match
        if match is None:
            return None
        periods = near.copy()
        periods[near], share = match
        return Match(periods, share, int(periods.sum()) == T)

    def _within(
        self, slack: float, total: Array, parts: Array, T: int, bits: float
    ) -> tuple[Mask, float] | None:
        """Return in which of P periods figures (P, D) agree but for a slack, and their share.

        T : periods that they could agree in. None if they may agree by chance.
        """
        agrees = np.abs(total - parts) <= np.maximum(slack, ROUNDING * total)
        counted = (total > 0) | (parts > 0)
        agrees &= counted
        good = agrees.sum(axis=1) >= NEARLY * np.maximum(counted.sum(axis=1), 1)
        agrees, counted = agrees[good], counted[good]
        resolution = max(self.step, ROUNDING * float(total.max())) + 2 * slack
        told = np.where(agrees, total[good], 0.0)
        known = np.log2(1 + told / resolution).sum(axis=1)
        chance = _choices(T, len(agrees)) + _choices(int(counted.sum()), int(agrees.sum()))
        if chance > 0:  # what agrees was chosen, for one of many labels
            chance += log(len(self.S), 2)
        if not good.any() or known.sum() < bits + chance:
            return None
        if known[_first_alike(told)[0]].sum() < bits + chance:  # periods alike tell once
            return None
        return good, float(agrees.sum() / counted.sum())

    def groups(self, known: Codes) -> Iterator[tuple[int, Codes, Match]]:
        """Yield (k, members, where) for labels that are a sum of smaller ones without a code."""
        found: set[int] = set(known.tolist())
        for periods in self._patterns():
            S = self.S[:, periods].sum(axis=1)
            keys = np.array([k for k in np.flatnonzero(S > 0) if k not in found], dtype=np.intp)
            keys = keys[np.argsort(S[keys], kind="stable")]
            if not 3 <= len(keys) <= MOST:
                continue
            figures = self.X[np.ix_(keys, np.flatnonzero(periods))].reshape(len(keys), -1)
            if figures.shape[1] < 2:
                continue  # one figure each: some subset adds up by chance
            matches: dict[int, tuple[Codes, Match]] = {}

            def believed(
                place: int, members: Codes, keys: Codes = keys, matches: Any = matches
            ) -> bool:
                k, parts = int(keys[place]), keys[members]
                match = self.adds_up(k, parts, BITS + len(keys))
                if match is not None:
                    matches[k] = parts, match
                return match is not None

            search = combinations if figures.shape[1] > len(keys) else subsets
            search(figures, believed)
            for k, (members, match) in matches.items():
                found.add(k)
                yield k, members, match

    def _patterns(self) -> list[Mask]:
        """Return sets of periods: all of them, and those that some labels are there in."""
        there = self.S[self.size > 0] > 0
        own = there[~there.all(axis=1)]
        first, count = _first_alike(own)
        often = own[first[np.argsort(-count, kind="stable")][:PATTERNS]]
        return [np.ones(self.S.shape[1], dtype=bool), *often]


def _first_alike(rows: Array | Mask) -> tuple[Codes, Codes]:
    """Return the first of each set of equal rows (N, D), and how many they are."""
    key = (rows * np.sqrt(np.arange(1.0, rows.shape[1] + 1))).sum(axis=1)
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    return first, count


def _choices(n: int, k: int) -> float:
    """Return the bits that it takes to say which k of n."""
    return (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(2)
