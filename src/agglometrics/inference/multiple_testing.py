"""P-values of several tests at once."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array


def holm(p_value: Array) -> Array:
    """Holm's (1979) adjusted p-values over all known cells: family-wise, any dependence."""
    known = ~np.isnan(p_value)
    p = p_value[known]
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, steps)
    out = np.full(p_value.shape, np.nan)
    out[known] = adjusted
    return out


def benjamini_hochberg(p_value: Array) -> Array:
    """Adjust p-values for the false discovery rate over all known cells (Benjamini, Hochberg 1995).

    min over j >= i of K p_(j) / j, at most 1.
    """
    known = ~np.isnan(p_value)
    p = p_value[known]
    order = np.argsort(p, kind="stable")[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    out = np.full(p_value.shape, np.nan)
    out[known] = np.minimum(1.0, adjusted)
    return out
