"""Counting pairs of points by distance: the compiled kernels of the distance-based measures.

Points are sorted into rows of a grid and by x within a row; a point meets only those in rows and
x-windows within reach, so that the cost is that of the pairs nearby. Two habits make the inner
loop run at the speed of compiled C: the bin number is cut off *before* it becomes an integer (so
that the loop vectorises), and four histograms take turns (so that runs of the same bin, above all
the last one, which takes whatever is out of reach, do not wait for each other).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agglometrics.notation import Array
from agglometrics.random.streams import LOW, S32, STEP, mixed

ROWS_IN_REACH = 5
BLOCK = 1024
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Sites:
    """Points in the order of the grid.

    Attributes
    ----------
    xy : (N, 2) coordinates, sorted by row, then x
    row : (N,) grid row of each
    order : (N,) where each came from: ``xy = given[order]``
    reach : distances up to this are resolved
    height : of a row
    """

    xy: Array
    row: Index
    order: Index
    reach: float
    height: float


def sort_sites(xy: Array, reach: float) -> Sites:
    """Return the points sorted for counting pairs up to distance `reach`.

    Empty rows that no pair can span are left out: a far point costs no memory.
    """
    height = reach / ROWS_IN_REACH
    rows, place = np.unique(np.floor(xy[:, 1] / height), return_inverse=True)
    steps = np.minimum(np.diff(rows, prepend=rows[:1]), ROWS_IN_REACH + 2)
    row = np.cumsum(steps).astype(np.int64)[place]
    order = np.lexsort((xy[:, 0], row))
    return Sites(xy[order], row[order], order, reach, height)


@njit(cache=True)
def row_starts(row: Any) -> Any:
    """Return where each grid row starts in sorted points, (rows + 1,)."""
    starts = np.zeros(row[-1] + 2, np.int64)
    for r in row:
        starts[r + 1] += 1
    return np.cumsum(starts)


@njit(cache=True, fastmath=True, nogil=True)
def _add_run(
    i: int, x: Any, y: Any, w: Any, first: int, last: int, inv: Any, place: Any, h: Any
) -> None:
    """Add the products of weights of point i and a run of others to four histograms, h (4, bins).

    The last but one column takes what is out of reach; the last one keeps it in bounds.
    place : (BLOCK,) scratch; unsigned bins spare a test for negative ones
    """
    xi, yi, wi, top = x[i], y[i], w[i], np.float32(h.shape[1] - 2)
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        xs, ys, ws = x[begin:end], y[begin:end], w[begin:end]  # slices let the loop vectorise
        for j in range(xs.size):
            dx, dy = xi - xs[j], yi - ys[j]
            place[j] = min(np.sqrt(dx * dx + dy * dy) * inv, top)
        for j in range(xs.size):
            bin = np.uint32(place[j])
            product = wi * ws[j]
            upper = product * (place[j] - np.float32(bin))
            turn = np.uint32(j & 3)
            h[turn, bin] += product - upper
            h[turn, bin + np.uint32(1)] += upper


@njit(cache=True, nogil=True)
def pair_weights(x: Any, y: Any, w: Any, row: Any, reach: float, bins: int) -> Any:
    """Sum w_k w_l over the pairs of sorted points, on a grid of distances 0, ..., `reach`.

    A pair is shared between the two grid distances around its own, in proportion (linear binning),
    so that the mean distance is kept, and what is smoothed later is right to second order.

    x, y, w, row : (N,), coordinates in single precision    answer : (bins + 1,)
    """
    starts, h = row_starts(row), np.zeros((4, bins + 3))
    inv, place = np.float32(bins / reach), np.empty(BLOCK, np.float32)
    for i in range(x.size):
        for r in range(row[i], min(row[i] + ROWS_IN_REACH + 2, starts.size - 1)):
            gap = max(r - row[i] - 1, 0) * reach / ROWS_IN_REACH
            wide = np.float32(np.sqrt(max(reach * reach - gap * gap, 0.0)))
            begin = i + 1 if r == row[i] else starts[r]
            run = x[begin : starts[r + 1]]
            first = begin + np.searchsorted(run, x[i] - wide)
            last = begin + np.searchsorted(run, x[i] + wide, side="right")
            _add_run(i, x, y, w, first, last, inv, place, h)
    return h.sum(axis=0)[: bins + 1]


@njit(cache=True, nogil=True)
def random_sites(n: int, N: int, seed: Any, draw: int) -> Any:
    """Return n different sites out of N in random order (Fisher and Yates), of stream `draw`."""
    sites, state = np.arange(N), mixed(seed + np.uint64(draw) * STEP)
    for k in range(n):
        state += STEP
        word = mixed(state)
        # 64 random bits times the range, by halves: the bias is below 2^-32
        span = np.uint64(N - k)
        high = (word >> S32) * span + (((word & LOW) * span) >> S32)
        j = k + np.int64(high >> S32)
        sites[k], sites[j] = sites[j], sites[k]
    return sites[:n]


@njit(cache=True, nogil=True)
def random_weights(
    x: Any, y: Any, row: Any, w: Any, reach: float, seed: Any, first: int, out: Any
) -> None:
    """Write the pair weights, (B, bins + 1), of points with weights w on random sites."""
    for b in range(out.shape[0]):
        sites = random_sites(w.size, x.size, seed, first + b)
        order = np.argsort(sites)
        sites = sites[order]
        out[b] = pair_weights(x[sites], y[sites], w[order], row[sites], reach, out.shape[1] - 1)


@njit(cache=True, nogil=True)
def neighbour_sums(
    x: Any, y: Any, row: Any, w: Any, own: Any, centres: Any, radii: Any, out: Any
) -> None:
    """Write, around each centre, the weight within each radius: of points marked own, and of all.

    x, y, row, w, own : (N,) sorted    centres : (C,) their places    radii : (D,) ascending
    out : (C, D, 2); a point is no neighbour of itself, one exactly at a radius counts
    """
    starts, reach = row_starts(row), radii[-1]
    squares = radii * radii * (1 + 1e-12)  # a distance equal to a radius up to rounding counts
    for c in range(centres.size):
        i = centres[c]
        low = max(row[i] - ROWS_IN_REACH - 1, 0)
        for r in range(low, min(row[i] + ROWS_IN_REACH + 2, starts.size - 1)):
            run = x[starts[r] : starts[r + 1]]
            first = starts[r] + np.searchsorted(run, x[i] - reach)
            last = starts[r] + np.searchsorted(run, x[i] + reach, side="right")
            for j in range(first, last):
                dx, dy = x[i] - x[j], y[i] - y[j]
                square = dx * dx + dy * dy
                if j == i or square > squares[-1]:
                    continue
                d = np.searchsorted(squares, square)
                out[c, d, 1] += w[j]
                if own[j]:
                    out[c, d, 0] += w[j]
        for d in range(1, radii.size):
            out[c, d, 0] += out[c, d - 1, 0]
            out[c, d, 1] += out[c, d - 1, 1]
