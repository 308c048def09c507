"""Pairs of points on random sites: one industry, one with weights, or a nested set (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.density.counting import count_across, count_within, empty, row_starts
from agglometrics.distance.pairs import pair_weights, random_sites


@njit(cache=True, nogil=True)
def count_random(
    x: Any,
    y: Any,
    row: Any,
    where: Any,
    n: int,
    reach: float,
    height: float,
    seed: Any,
    first: int,
    out: Any,
) -> None:
    """Write the pairs, (B, bins + 1), of n points on random sites, of streams first, first + 1, ...

    x, y, row : (N,) sites in the order of the grid, in bins    where : (N,) place in it of each
    site, in an order that depends on coordinates alone (so that a draw does not depend on rows)
    """
    rows, h = row[-1] + 1, np.zeros((4, out.shape[1]), np.int64)
    for b in range(out.shape[0]):
        sites = np.sort(where[random_sites(n, x.size, seed, first + b)])
        starts = row_starts(row[sites], rows)
        out[b] = 0.0
        count_within(x[sites], y[sites], starts, reach, height, 0, n, h, out[b])
        empty(h, out[b])


@njit(cache=True, nogil=True)
def weigh_random(
    x: Any, y: Any, row: Any, where: Any, w: Any, reach: float, seed: Any, first: int, out: Any
) -> None:
    """Write the pair weights, (B, bins + 1), of points with weights w, (n,), on random sites."""
    for b in range(out.shape[0]):
        sites = where[random_sites(w.size, x.size, seed, first + b)]
        order = np.argsort(sites)
        sites = sites[order]
        out[b] = pair_weights(x[sites], y[sites], w[order], row[sites], reach, out.shape[1] - 1)


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
    for j in range(min(fine.size, (out.size - 1) * factor)):
        c, upper = j // factor, fine[j] * (j % factor) / factor
        out[c] += fine[j] - upper
        out[c + 1] += upper


@njit(cache=True, nogil=True)
def count_nested(
    x: Any,
    y: Any,
    row: Any,
    where: Any,
    size: Any,
    reach: Any,
    height: float,
    bins: int,
    factor: Any,
    offset: Any,
    seed: Any,
    first: int,
    out: Any,
) -> None:
    """Write the pairs of a whole set of industries, each on the first n sites of a permutation.

    size, reach, factor : (K,) industries in ascending order of their number of points, how far
    their pairs and those of larger ones count, in bins, and by how much their grid is coarser
    offset : (K + 1,) where the distances of each begin in out, (B, offset[K])

    The pairs of a larger industry are those of the next smaller one, and those of its further
    points with each other and with the earlier ones: the set costs no more than its largest.
    """
    rows, h = row[-1] + 1, np.zeros((4, bins + 1), np.int64)
    for b in range(out.shape[0]):
        drawn = where[random_sites(size[-1], x.size, seed, first + b)]
        earlier, total = drawn[:0], np.zeros(bins + 1)
        out[b] = 0.0
        for k in range(size.size):
            new = np.sort(drawn[earlier.size : size[k]])
            if new.size:
                own, near = row[new], reach[k]
                nx, ny, px, py = x[new], y[new], x[earlier], y[earlier]
                starts = row_starts(row[earlier], rows)
                count_across(nx, ny, own, px, py, starts, near, height, h, total)
                count_within(nx, ny, row_starts(own, rows), near, height, 0, new.size, h, total)
                empty(h, total)
                earlier = merged(earlier, new)
            coarsened(total, factor[k], out[b, offset[k] : offset[k + 1]])
