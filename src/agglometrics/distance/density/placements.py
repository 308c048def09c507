"""Pairs of points on random sites: one industry, one with weights, or a nested set (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.density.counting import count
from agglometrics.distance.density.tallies import empty, histograms, picked
from agglometrics.distance.pairs import by_site, levels, random_sites, row_starts


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
        order = by_site(drawn, x.size)
        at = drawn[order]
        these = (x[at], y[at], z[at] if z.size else z, picked(w, order))
        starts = row_starts(row[at], rows)
        for c in range(out.shape[1]):
            out[b, c] = 0.0
        count(these, starts, np.int64(0), n, these, starts, np.bool_(True), scale, h, out[b])
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
def _by_level(drawn: Any, order: Any, level: Any, size: Any) -> Any:
    """Return sites, (n,), by the smallest industry that they are in, each in ascending order.

    order : (n,) places of sites in ascending order    level : (n,) industry of each place
    """
    placed, free = np.empty_like(drawn), np.zeros_like(size)
    for k in range(1, size.size):
        free[k] = size[k - 1]
    for place in order:
        k = level[place]
        placed[free[k]] = drawn[place]
        free[k] += 1
    return placed


@njit(cache=True, nogil=True)
def _at(x: Any, y: Any, z: Any, row: Any, these: Any, rows: int) -> Any:
    """Return x, y, z and no weights of some sites, and where their rows start."""
    point = (x[these], y[these], z[these] if z.size else z, None)
    return point, row_starts(row[these], rows)


@njit(cache=True, nogil=True)
def count_nested(
    sites: Any, row: Any, where: Any, size: Any, near: Any, scale: Any, bins: int, factor: Any,
    offset: Any, seed: Any, first: int, out: Any,
) -> None:  # fmt: skip
    """Write the pairs of a whole set of industries, each on the first n sites of a permutation.

    size, near, factor : (K,) industries in ascending order of their number of points, how far
    their pairs and those of larger ones count, in bins and straight, and by how much their grid is
    coarser    offset : (K + 1,) where the distances of each begin in out, (B, offset[K])

    Flags and zeros are variables: a constant would have `count` compiled once more for each.

    The pairs of a larger industry are those of the next smaller one, and those of its further
    points with each other and with the earlier ones: the set costs no more than its largest.
    """
    (x, y, z), (_, height, diameter), rows = sites, scale, row[-1] + 1
    h, n, level = histograms(bins, None), size[-1], levels(size)
    for b in range(out.shape[0]):
        drawn = where[random_sites(n, x.size, seed, first + b)]
        placed = _by_level(drawn, by_site(drawn, x.size), level, size)
        earlier, total = drawn[:0], np.zeros(bins + 1)
        for c in range(out.shape[1]):
            out[b, c] = 0.0
        for k in range(size.size):
            new = placed[earlier.size : size[k]]
            if new.size:
                here = (near[k], height, diameter)
                one, begins = _at(x, y, z, row, new, rows)
                other, starts = _at(x, y, z, row, earlier, rows)
                for same in (False, True):
                    those, ends = (one, begins) if same else (other, starts)
                    count(one, begins, np.int64(0), new.size, those, ends, same, here, h, total)
                empty(h, None, total)
                earlier = merged(earlier, new)
            coarsened(total, factor[k], out[b, offset[k] : offset[k + 1]])
