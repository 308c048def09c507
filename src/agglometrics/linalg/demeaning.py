"""Absorbing fixed effects: demeaning by any number of them, singletons, and their rank.

The projections are pyfixest's compiled kernels: one pass for one effect; LSMR with an additive
Schwarz preconditioner for several. (Alternating projections, the other kernel, stop early where
units seldom move between groups: 1.3e-7 off with their tolerance at 1e-8.) Cost grows with
rows x columns, and with the square root of the condition of the graph of effects.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agglometrics.errors import ConvergenceError
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels

TOLERANCE = 1e-11
ITERATIONS = 10_000
STEPS = 3  # from level to level before a graph is built
SOME = 1000  # rows looked at before all are


def group_mean(values: Array, codes: Codes, weights: Array | None = None) -> Array:
    """Return the (weighted) mean of `values` (N, K) in each group, shape (G, K)."""
    weighted = values.T if weights is None else weights * values.T
    sums = np.column_stack([np.bincount(codes, column) for column in weighted])
    return np.asarray(sums / np.bincount(codes, weights)[:, None])


def demean(
    values: Array,
    effects: Sequence[Codes],
    weights: Array | None = None,
    tolerance: float = TOLERANCE,
) -> Array:
    """Return the residuals of `values` (N, K) on dummies of all `effects`.

    Parameters
    ----------
    values : (N, K)
    effects : codes from zero, each (N,)
    weights : (N,), positive
    tolerance : relative error of the iterations that several effects need

    Raises
    ------
    ConvergenceError
        If the effects are so weakly connected that the iterations run out.
    """
    if not effects or not values.shape[1]:
        return values
    values = _near_zero(values)
    if len(effects) == 1:
        return values - group_mean(values, effects[0], weights)[effects[0]]
    from pyfixest.core.demean import demean_within

    flist = np.asfortranarray(np.column_stack(effects).astype(np.uint32))
    # the kernel takes columns one after another in memory
    out, converged, _ = demean_within(
        np.asfortranarray(values), flist, weights, tolerance, ITERATIONS
    )
    if not converged:
        raise ConvergenceError(
            f"demeaning by {len(effects)} effects did not reach {tolerance:g} in {ITERATIONS} "
            "iterations: their levels are hardly connected. Merge levels, or absorb fewer effects."
        )
    return np.asarray(out, dtype=np.float64)


def _near_zero(values: Array) -> Array:
    """Return values (N, K) less a round number near the mean of columns far from zero.

    Effects absorb a constant. Taken out first it costs no digits, and the iterations' tolerance
    is relative to the spread, not to the level. The number has few digits, so that the
    difference is exact.
    """
    some = values[:: max(1, len(values) // SOME)]
    if not len(some) or (np.abs(some[0]) <= 99 * np.ptp(some, axis=0)).all():
        return values  # |mean| is at most |a value| + spread, and spread at least that of some
    mean = values.mean(axis=0)
    spread = np.array([np.ptp(column) for column in values.T])  # by column: ten times as fast
    far = np.abs(mean) > 100 * spread
    if not far.any():
        return values
    step = np.exp2(np.floor(np.log2(np.abs(np.where(far, mean, 1.0)))) - 20)
    return np.asarray(values - np.where(far, np.round(mean / step) * step, 0.0))


def keep_without_singletons(effects: Sequence[Codes]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows stay when levels seen once are left out, again and again (Correia 2015)."""
    keep = np.ones(len(effects[0]) if effects else 0, dtype=bool)
    while True:
        before = int(keep.sum())
        for codes in effects:
            left = codes if keep.all() else codes[keep]
            seen = np.bincount(left, minlength=n_levels(codes)) > 1
            if not seen.all():
                keep &= seen[codes]
        if int(keep.sum()) == before:
            return keep


def extra_components(effects: Sequence[Codes]) -> int:
    """Return the connected components of the first two effects, minus one (Abowd et al. 2002)."""
    if len(effects) < 2:
        return 0
    a, b = effects[0], effects[1]
    A, B = n_levels(a), n_levels(b)
    if _soon_connected(a, b, A, B):
        return 0
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = coo_matrix((np.ones(len(a), dtype=np.int8), (a, A + b)), shape=(A + B, A + B))
    return int(connected_components(edges, directed=False)[0]) - 1


def _soon_connected(a: Codes, b: Codes, A: int, B: int) -> bool:
    """Return whether `STEPS` steps from one level reach all: so where units share periods.

    A step goes from the levels of b that are reached to all rows of theirs, and on by a. It costs
    less than building the graph, whose edges are the rows.
    """
    if not len(a):
        return False
    from_a, from_b = np.zeros(A, dtype=np.bool_), np.zeros(B, dtype=np.bool_)
    from_b[b[0]] = True
    for _ in range(STEPS):
        from_a[a[from_b[b]]] = True
        if from_a.all():
            return True  # each level of b has a row, and so a level of a
        from_b[b[from_a[a]]] = True
    return False
