"""Sums over groups of rows."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array, Codes


def cluster_sums(values: Array, codes: Codes | None) -> Array:
    """Return the sums of `values` (N, K) over the rows of each group, (G, K).

    Without codes every row is a group of its own.
    """
    if codes is None:
        return values
    return np.column_stack([np.bincount(codes, column) for column in values.T])


def sandwich(A: Array, scores: Array) -> Array:
    """Return A^-1 (sum of score score') A^-T, with A (K, K) and scores (M, K)."""
    half = np.linalg.solve(A, scores.T)
    return np.asarray(half @ half.T, dtype=np.float64)


def effective_number(weights: Array) -> float:
    """Return the inverse Herfindahl index of weights, which need not add up to one."""
    total = weights.sum()
    return float(total**2 / (weights @ weights))
