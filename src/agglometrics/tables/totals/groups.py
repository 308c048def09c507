"""Labels that may be the sum of smaller ones, where no code shows which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import gt, le, neg, sub

import numpy as np

from agglometrics.notation import Array, Codes
from agglometrics.tables.rounding import ROUNDING

NODES = 3000  # of the search for groups where figures are fewer than keys
APART = 0.05  # of a row, that revised figures may leave it from a sum; and their weights from 0, 1
UNSURE = 0.2

Believed = Callable[[int, Codes], bool]


def combinations(figures: Array, believed: Believed) -> None:
    """Ask of the rows that may be sums of smaller ones, with these: by linear algebra.

    figures : (K, D) rows in order of size, D > K    believed : whether a row is the sum of these:
    it is no part of others then
    """
    A = _folded(figures, 3 * len(figures))
    A = A / np.maximum(A.max(axis=0), np.finfo(float).tiny)  # each figure counts alike
    left, length = np.abs(np.diag(np.linalg.qr(A.T, mode="r"))), np.linalg.norm(A, axis=1)
    if (left[2:] > 2 * APART * length[2:]).all():
        return  # no row is near the span of the smaller ones
    basis: list[int] = []
    Q = np.zeros((0, A.shape[1]))
    for place, row in enumerate(A):
        rest = row - (Q @ row) @ Q
        rest -= (Q @ rest) @ Q
        norm, size = float(np.linalg.norm(rest)), float(np.linalg.norm(row))
        if norm <= APART * size and len(basis) > 1:
            weights = _weights(A[basis], Q, row, norm <= 1e-3 * size)
            near = weights > 0.5
            if (np.abs(weights - near) < UNSURE).all() and believed(place, np.array(basis)[near]):
                continue
        if norm > 1e-12 * size:
            basis.append(place)
            Q = np.vstack([Q, rest / norm])


def _weights(basis: Array, Q: Array, row: Array, exact: bool) -> Array:
    """Return the weights of rows of a basis, which Q spans, in what comes nearest to a row."""
    if exact:
        return np.asarray(np.linalg.lstsq(basis.T, row, rcond=None)[0])
    return np.asarray(np.linalg.solve(Q @ basis.T, Q @ row))


def subsets(figures: Array, believed: Believed) -> None:
    """Ask of the rows that are sums of smaller ones, with these: by search, at most `NODES` steps.

    figures : (K, D) rows in order of size, 1 < D <= K
    """
    left = [NODES]
    within = figures * (1 + ROUNDING)
    # a part that is larger in any figure is none; and all that are left must reach the row
    fits = np.tril(np.all(figures[None, :, :] <= within[:, None, :], axis=2), -1)
    reached = np.all(fits.astype(np.float64) @ within >= figures * (1 - ROUNDING), axis=1)
    for place in np.flatnonzero(reached[2:])[::-1] + 2:
        slack = ROUNDING * figures[place]
        at = np.flatnonzero(fits[place])[::-1]
        parts = figures[at]
        beyond = np.vstack([np.cumsum(parts[::-1], axis=0)[::-1], np.zeros(parts.shape[1])])
        search = _Search(parts.tolist(), (beyond + slack).tolist(), slack.tolist(), left)
        members = search.members(figures[place].tolist(), 0)
        if members is not None and figures.shape[1] > 1:
            believed(place, at[np.array(members, dtype=np.intp)])


@dataclass(frozen=True)
class _Search:
    """The search for parts that add up to a row, in lists: a step looks at a figure or two.

    Attributes
    ----------
    parts : the candidates, largest first
    reach : for each, what it and those after it can add up to, rounding included
    slack : rounding allowed in each figure
    left : the steps that are left, of one element
    """

    parts: list[list[float]]
    reach: list[list[float]]
    slack: list[float]
    left: list[int]

    def members(self, rest: list[float], start: int) -> list[int] | None:
        """Return the places, from `start` on, that add up to `rest`; None if not found."""
        self.left[0] -= 1
        if all(map(le, map(abs, rest), self.slack)):
            return []
        if self.left[0] <= 0 or start == len(self.parts) or any(map(gt, rest, self.reach[start])):
            return None
        taken = list(map(sub, rest, self.parts[start]))
        if not any(map(gt, map(neg, taken), self.slack)):
            found = self.members(taken, start + 1)
            if found is not None:
                return [start, *found]
        return self.members(rest, start + 1)


def _folded(figures: Array, columns: int) -> Array:
    """Return figures (K, D) as sums over at most `columns` groups of columns: sums stay sums."""
    K, D = figures.shape
    if columns >= D:
        return figures
    padded = np.zeros((K, -(-D // columns) * columns))
    padded[:, :D] = figures
    return np.asarray(padded.reshape(K, -1, columns).sum(axis=1))
