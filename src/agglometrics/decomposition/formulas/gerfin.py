"""The indices of Gerfin (1964)."""

from __future__ import annotations

import numpy as np

from agglometrics.decomposition.formulas.rates import (
    Parts,
    industry_rates,
)
from agglometrics.notation import Array


def gerfin(E0: Array, E1: Array, N0: Array, N1: Array) -> Parts:
    """Return the indices of Gerfin (1964): growth factor = national x structure x location.

    With f_i = N1_i / N0_i, f = N1 / N0 and E*_r = sum over i of E0_ri f_i, the structure
    index is E*_r / (E0_r f) and the location index is E1_r / E*_r. All (R,).
    """
    f = N1.sum(axis=-1, keepdims=True) / N0.sum(axis=-1, keepdims=True)
    f_i = industry_rates(N0, N1, f)
    E0_r, E1_r = E0.sum(axis=1), E1.sum(axis=1)
    expected = (E0 * f_i).sum(axis=1)
    national = np.broadcast_to(f[:, 0], E0_r.shape)
    structure, location = expected / E0_r / national, E1_r / expected
    return {
        "growth": E1_r / E0_r,
        "national": national,
        "structure": structure,
        "location": location,
        "net_total": structure * location,
    }
