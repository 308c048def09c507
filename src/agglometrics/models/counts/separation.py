"""Which zeros terms and effects predict perfectly: their means would run to zero (separation)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agglometrics.errors import ConvergenceError
from agglometrics.linalg.demeaning import demean, keep_without_singletons
from agglometrics.linalg.least_squares import identified, residualize
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels, recode

Rows = np.ndarray[tuple[int], np.dtype[np.bool_]]

SEPARATED = 1e-5  # what counts as positive in the iterative rectifier


def keep_without_zero_groups(
    y: Array, effects: Sequence[Codes]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows stay when groups whose outcomes are all zero, and singletons, go."""
    keep = np.ones(len(y), dtype=bool)
    while effects:
        before = int(keep.sum())
        for codes in effects:
            totals = np.bincount(codes[keep], y[keep], minlength=n_levels(codes))
            keep &= totals[codes] > 0
        if keep.any():
            keep[keep] = keep_without_singletons([recode(codes[keep]) for codes in effects])
        if int(keep.sum()) == before:
            break
    return keep


def separated_rows(y: Array, X: Array, effects: Sequence[Codes]) -> Rows:
    """Return rows with y = 0 that a combination of terms and effects predicts perfectly.

    If no term is collinear where y > 0, terms have no part in it: one effect cannot separate
    (its groups all have a positive outcome), two effects can, which a graph shows. Otherwise,
    and with three effects, the iterative rectifier of Correia, Guimaraes and Zylkin (2021).
    """
    positive = y > 0
    nothing: Rows = np.zeros(len(y), dtype=bool)
    if positive.all():
        return nothing
    if len(effects) < 3 and _terms_vary(
        X[positive], [recode(codes[positive]) for codes in effects]
    ):
        return separated_by_effects(positive, effects) if len(effects) == 2 else nothing
    return rectified(positive, X, effects)


def _terms_vary(X: Array, effects: Sequence[Codes]) -> bool:
    """Return whether no combination of terms (N, K) and effects is zero in all of these rows."""
    if not X.shape[1]:
        return True
    within = demean(X, effects)
    constant = bool(effects) or bool((X == 1).all(axis=0).any())
    level = np.ones(len(X)) if constant else None
    kept, _ = identified(within, X if effects else None, level)
    return bool(len(kept) == X.shape[1])


def separated_by_effects(positive: Rows, effects: Sequence[Codes]) -> Rows:
    """Return the rows with y = 0 that two effects alone predict perfectly: exact, no iterations.

    A combination a_i + b_j that is zero where y > 0 has one constant c in each connected
    component of the positive rows (a = c, b = -c); a row with y = 0 from component p to q then
    has c_p - c_q, which must not be negative. It can be positive, so that the row's mean tends to
    zero, unless the row lies on a directed cycle of such rows (a circulation; Correia, Guimaraes
    and Zylkin 2021, proposition 1, by Gordan's theorem).

    positive : (N,) y > 0; every level has such a row
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = effects
    A, B = n_levels(a), n_levels(b)

    def graph(start: Any, end: Any, size: int) -> Any:
        return coo_matrix((np.ones(len(start)), (start, end)), shape=(size, size))

    _, part = connected_components(graph(a[positive], A + b[positive], A + B), directed=False)
    start, end = part[a], part[A + b]
    zeros = graph(start[~positive], end[~positive], A + B)
    _, cycle = connected_components(zeros, directed=True, connection="strong")
    return np.asarray(~positive & (cycle[start] != cycle[end]))


def rectified(positive: Rows, X: Array, effects: Sequence[Codes]) -> Rows:
    """Return the separated rows by the iterative rectifier (section 3.2).

    Raises
    ------
    ConvergenceError
        If it has not settled after 1000 iterations.
    """
    u, heavy = (~positive).astype(float), np.where(positive, 1e6, 1.0)
    for _ in range(1000):
        within = demean(np.column_stack([u, X]), effects, heavy)
        root = np.sqrt(heavy)[:, None]
        residual = residualize(within[:, 0] * root[:, 0], within[:, 1:] * root) / root[:, 0]
        fitted = u - residual
        if np.abs(residual).max() < SEPARATED:
            return ~positive & (fitted > 10 * SEPARATED)
        u = np.where(positive, 0.0, fitted.clip(min=0))
    raise ConvergenceError(
        "the search for rows that terms and effects predict perfectly did not settle in 1000 "
        "iterations. Absorb fewer effects, or leave out a term that is nearly zero where y > 0."
    )
