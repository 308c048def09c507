"""Pairs of points on random sites: one industry, one with weights, or a nested set (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.density.counting import count, row_starts
from agglometrics.distance.density.tallies import empty, histograms, picked
from agglometrics.distance.pairs import random_sites


@njit(cache=True, nogil=True)
def count_random(
    sites: Any, row: Any, where: Any, n: int, w: Any, scale: Any, seed: Any, first: int, out: Any
) -> None:  # fmt: skip
    """Write the pairs, (B, bins + 1), of n points on random sites, of streams first, first + 1, ...

    sites : x, y, z, (N,) each, in the order of the grid, in bins    where : (N,) place in it of
    each site, in an order that depends on coordinates alone (so that a draw does not depend on
    rows)    w : (n,) weights of the points, which they carry along
    """
    (x, y, z), rows, h = sites, row[-1] + 1, histograms(out.shape[1] - 1, w)
    for b in range(out.shape[0]):
        drawn = where[random_sites(n, x.size, seed, first + b)]
        order = np.argsort(drawn)
        at = drawn[order]
        these, starts = (x[at], y[at], picked(z, at), picked(w, order)), row_starts(row[at], rows)
        out[b] = 0.0
        count(these, starts, 0, n, these, starts, True, scale, h, out[b])
        empty(h, w, out[b])


@njit(cache=True, nogil=True)
def merged(a: Any, b: Any) -> Any:
    """Return two sorted arrays as one."""
    both, i, j = np.empty(a.size + b.size, a.dtype), 0, 0
    for k in range(both.size):
        if j == b.size or (i < a.size and a[i] <= b[j]):
            both[k] = a[i]
            i += 1
        else:
            both[k] = b[j]
            j += 1
    return both


@njit(cache=True, nogil=True)
def coarsened(fine: Any, factor: int, out: Any) -> None:
    """Share counts on a fine grid, (bins + 1,), between the distances of one `factor` as wide."""
    for c in range(out.size - 1):
        for r in range(min(factor, fine.size - c * factor)):
            count = fine[c * factor + r]
            upper = count * r / factor
            out[c] += count - upper
            out[c + 1] += upper


@njit(cache=True, nogil=True)
def count_nested(
    sites: Any, row: Any, where: Any, size: Any, near: Any, scale: Any, bins: int, factor: Any,
    offset: Any, seed: Any, first: int, out: Any,
) -> None:  # fmt: skip
    """Write the pairs of a whole set of industries, each on the first n sites of a permutation.

    size, near, factor : (K,) industries in ascending order of their number of points, how far
    their pairs and those of larger ones count, in bins and straight, and by how much their grid is
    coarser    offset : (K + 1,) where the distances of each begin in out, (B, offset[K])

    The pairs of a larger industry are those of the next smaller one, and those of its further
    points with each other and with the earlier ones: the set costs no more than its largest.
    """
    (x, y, z), (_, height, diameter), rows = sites, scale, row[-1] + 1
    h = histograms(bins, None)
    for b in range(out.shape[0]):
        drawn = where[random_sites(size[-1], x.size, seed, first + b)]
        earlier, total = drawn[:0], np.zeros(bins + 1)
        out[b] = 0.0
        for k in range(size.size):
            new = np.sort(drawn[earlier.size : size[k]])
            if new.size:
                here, n = (near[k], height, diameter), new.size
                one = (x[new], y[new], picked(z, new), None)
                other = (x[earlier], y[earlier], picked(z, earlier), None)
                begins, starts = row_starts(row[new], rows), row_starts(row[earlier], rows)
                count(one, begins, 0, n, other, starts, False, here, h, total)
                count(one, begins, 0, n, one, begins, True, here, h, total)
                empty(h, None, total)
                earlier = merged(earlier, new)
            coarsened(total, factor[k], out[b, offset[k] : offset[k + 1]])
