"""Weights around points by distance: the compiled kernels of M and m.

A pair's distance is found in three steps: its square for a whole run of points at once, a cell of
a fine grid, and from there the exact bin by comparing squares. In the plane the array of third
coordinates is empty; on the globe the three are coordinates in space, and distances are chords.
Both are one type, so that every kernel is compiled once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.pairs import (
    BLOCK,
    ROWS_IN_REACH,
    by_site,
    first_beyond,
    first_from,
    levels,
    random_sites,
    row_starts,
)


@njit(cache=True, nogil=True)
def _window(i: int, r: int, x: Any, row: Any, starts: Any, reach: float) -> Any:
    """Return the first and the last place, in grid row r, that can be within reach of point i."""
    gap = max(abs(r - row[i]) - 1, 0) * reach / ROWS_IN_REACH * (1 - 1e-9)
    wide = np.sqrt(max(reach * reach - gap * gap, 0.0))
    first = first_from(x, starts[r], starts[r + 1], x[i] - wide)
    return first, first_beyond(x, first, starts[r + 1], x[i] + wide)


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def _squares(
    i: int, x: Any, y: Any, z: Any, begin: int, end: int, inv: float, square: Any, cell: Any
) -> None:
    """Write squared distances from point i to a run of points, and their cells, cut off at top."""
    xi, yi, top = x[i], y[i], float(cell[-1])
    xs, ys = x[begin:end], y[begin:end]
    if z.size == 0:
        for k in range(xs.size):
            dx, dy = xi - xs[k], yi - ys[k]
            square[k] = dx * dx + dy * dy
    else:
        zi, zs = z[i], z[begin:end]
        for k in range(xs.size):
            dx, dy, dz = xi - xs[k], yi - ys[k], zi - zs[k]
            square[k] = dx * dx + dy * dy + dz * dz
    for k in range(xs.size):
        place = np.sqrt(square[k]) * inv
        cell[k] = np.int32(place if place < top else top)


@njit(cache=True, nogil=True)
def _add(begin: int, end: int, square: Any, cell: Any, kind: Any, w: Any, wanted: int, bins: Any
) -> None:  # fmt: skip
    """Add the weights of a run to four histograms that take turns, h (bins, 4), and to own."""
    lower, squares, h, own = bins
    ks, ws = kind[begin:end], w[begin:end]
    for k in range(ks.size):
        b = lower[cell[k]]
        while square[k] > squares[b]:
            b += np.uint32(1)
        h[b, np.uint32(k & 3)] += ws[k]
        if ks[k] == wanted:
            own[b] += ws[k]


@njit(cache=True, nogil=True)
def _project(h: Any, profile: Any, span: Any, out: Any) -> None:
    """Write what the bins count at each distance, (D, 2); h : (bins, 2)."""
    for d in range(out.shape[0]):
        out[d, 0] = out[d, 1] = 0.0
    for b in range(h.shape[0] - 1):
        if h[b, 1] > 0.0:
            for d in range(span[b, 0], span[b, 1]):
                out[d, 0] += h[b, 0] * profile[b, d]
                out[d, 1] += h[b, 1] * profile[b, d]


@njit(cache=True, nogil=True)
def weights_around(
    x: Any, y: Any, z: Any, row: Any, w: Any, kind: Any, centres: Any, wanted: Any, grid: Any,
    profile: Any, span: Any, out: Any,
) -> None:  # fmt: skip
    """Write, around each centre at each distance, the weight of the wanted kind, and of all.

    x, y, z, row, w, kind : (N,) sorted    centres, wanted : (C,) places and kinds
    grid : reach, cells per length, lower (cells + 1,) first bin of each cell, squares (bins,)
    profile : (bins, D) what each bin counts at each distance; the last bin is beyond reach
    span : (bins, 2) the first distance where each bin counts and the one after the last
    out : (C, D, 2); a point is not its own neighbour
    """
    reach, inv, lower, squares = grid
    starts, h = row_starts(row, row[-1] + 1), np.empty((squares.size, 4))
    own, both = np.empty(squares.size), np.empty((squares.size, 2))
    square, cell = np.empty(BLOCK), np.empty(BLOCK + 1, np.int32)
    cell[-1] = lower.size - 1
    for c in range(centres.size):
        i = centres[c]
        for b in range(own.size):
            h[b, 0] = h[b, 1] = h[b, 2] = h[b, 3] = own[b] = 0.0
        low = max(row[i] - ROWS_IN_REACH - 1, 0)
        for r in range(low, min(row[i] + ROWS_IN_REACH + 2, starts.size - 1)):
            first, last = _window(i, r, x, row, starts, reach)
            begin = first
            while begin < last:
                end = min(begin + BLOCK, last)
                if begin == i:
                    begin += 1
                    continue
                if begin < i < end:
                    end = i
                _squares(i, x, y, z, begin, end, inv, square, cell)
                _add(begin, end, square, cell, kind, w, wanted[c], (lower, squares, h, own))
                begin = end
        for b in range(own.size):
            both[b, 0], both[b, 1] = own[b], (h[b, 0] + h[b, 1]) + (h[b, 2] + h[b, 3])
        _project(both, profile, span, out[c])


@njit(cache=True, nogil=True)
def matrix_weights(
    matrix: Any, w: Any, kind: Any, centres: Any, wanted: Any, edges: Any, profile: Any,
    span: Any, out: Any,
) -> None:  # fmt: skip
    """As `weights_around`, from distances that are given, (N, N); edges : (bins,) upper ends."""
    h = np.empty((edges.size, 2))
    for c in range(centres.size):
        i = centres[c]
        for b in range(edges.size):
            h[b, 0] = h[b, 1] = 0.0
        for j in range(w.size):
            if j != i:
                b = first_from(edges, 0, edges.size, matrix[i, j])
                h[b, 1] += w[j]
                if kind[j] == wanted[c]:
                    h[b, 0] += w[j]
        _project(h, profile, span, out[c])


@njit(cache=True, nogil=True)
def _pairs_of(
    x: Any, y: Any, z: Any, row: Any, w: Any, level: Any, inverse: Any, grid: Any, profile: Any,
    span: Any, acc: Any,
) -> None:  # fmt: skip
    """Add, for each pair of drawn points, w_j / W_i + w_i / W_j to the level that has both.

    level : (n,) the smallest industry that each point is in    inverse : (n, D) 1 / W
    profile : (bins, D) how much a pair of each bin counts at each distance    acc : (I, D)
    """
    reach, inv, lower, squares = grid
    starts = row_starts(row, row[-1] + 1)
    square, cell = np.empty(BLOCK), np.empty(BLOCK + 1, np.int32)
    cell[-1] = lower.size - 1
    for i in range(x.size):
        for r in range(row[i], min(row[i] + ROWS_IN_REACH + 2, starts.size - 1)):
            first, last = _window(i, r, x, row, starts, reach)
            for begin in range(max(first, i + 1), last, BLOCK):
                end = min(begin + BLOCK, last)
                _squares(i, x, y, z, begin, end, inv, square, cell)
                for k in range(end - begin):
                    b, j = lower[cell[k]], begin + k
                    while square[k] > squares[b]:
                        b += 1
                    if b == squares.size - 1:
                        continue
                    to, wi, wj = max(level[i], level[j]), w[i], w[j]
                    for d in range(span[b, 0], span[b, 1]):
                        acc[to, d] += profile[b, d] * (wj * inverse[i, d] + wi * inverse[j, d])


@njit(cache=True, nogil=True)
def nested_draws(
    x: Any, y: Any, z: Any, row: Any, w: Any, inverse: Any, sizes: Any, grid: Any, profile: Any,
    span: Any, seed: Any, first: int, out: Any,
) -> None:  # fmt: skip
    """Write the curves, (B, I, D), of industries on random sites: each on the first n of an order.

    One random order of sites for a draw: every industry of n plants takes its first n. So the
    pairs of the largest industry give all others, and each has the distribution of its own null.

    x, y, z, row, w : (N,) sorted, z empty in the plane    inverse : (N, D) 1 / W, zero where a
    site has no neighbour
    sizes : (I,) plants, ascending
    """
    I, D, n, total = sizes.size, profile.shape[1], sizes[-1], 0.0  # noqa: E741 (the notation's I)
    for weight in w:
        total += weight
    inv, nested = np.empty((n, D)), levels(sizes)
    for b in range(out.shape[0]):
        drawn = random_sites(n, x.size, seed, first + b)
        order = by_site(drawn, x.size)
        sites, level = drawn[order], nested[order]
        ws = w[sites]
        acc, known, loss, mass = np.zeros((I, D)), np.zeros((I, D)), np.zeros((I, D)), np.zeros(I)
        for i in range(n):
            mass[level[i]] += ws[i]
            for d in range(D):
                inv[i, d] = inverse[sites[i], d]
                if inv[i, d] > 0.0:
                    known[level[i], d] += 1.0 / (total - ws[i])
                    loss[level[i], d] += ws[i] / (total - ws[i])
        zs = z[sites] if z.size else z
        _pairs_of(x[sites], y[sites], zs, row[sites], ws, level, inv, grid, profile, span, acc)
        for s in range(I):
            mass[s] += mass[s - 1] if s else 0.0
            for d in range(D):
                if s:
                    acc[s, d] += acc[s - 1, d]
                    known[s, d] += known[s - 1, d]
                    loss[s, d] += loss[s - 1, d]
                expected = mass[s] * known[s, d] - loss[s, d]
                out[b, s, d] = acc[s, d] / expected if known[s, d] > 0.0 else np.nan
