"""The scan over circles of regions (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def log_terms(N: int) -> Any:
    """Return k log k for k = 0, ..., N, zero at zero."""
    terms = np.zeros(N + 1)
    for k in range(2, N + 1):
        terms[k] = k * np.log(k)
    return terms


@njit(cache=True, nogil=True)
def best_of_centres(cases: Any, total: Any, order: Any, last: Any, terms: Any, out: Any) -> None:
    """Write, for each centre, the largest log-likelihood ratio of its circles, and where it is.

    cases, total : (R,) plants of the industry and of all    order : (R, K) regions by distance
    last : (R, K) whether a circle ends after this region    out : (R, 2) statistic and size
    """
    C, N = cases.sum(), total.sum()
    base = terms[C] + terms[N - C] - terms[N]
    for r in range(order.shape[0]):
        c, n = 0, 0
        out[r, 0], out[r, 1] = 0.0, 0.0
        for k in range(order.shape[1]):
            if order[r, k] < 0:
                break
            c += cases[order[r, k]]
            n += total[order[r, k]]
            if not last[r, k] or n == N or c * (N - n) <= (C - c) * n:
                continue
            inside = terms[c] + terms[n - c] - terms[n]
            outside = terms[C - c] + terms[N - n - C + c] - terms[N - n]
            if inside + outside - base > out[r, 0]:
                out[r, 0], out[r, 1] = inside + outside - base, k + 1.0
