"""Sums over groups of rows."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array, Codes


def cluster_sums(values: Array, codes: Codes) -> Array:
    """Return the sums of `values` (N, K) over the rows of each group, (G, K)."""
    return np.column_stack([np.bincount(codes, column) for column in values.T])


def effective_number(weights: Array) -> float:
    """Return the inverse Herfindahl index of weights, which need not add up to one."""
    total = weights.sum()
    return float(total**2 / (weights @ weights))
