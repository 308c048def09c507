"""Counting pairs of points by distance, every pair once: the compiled kernels of K_d.

A pair is shared between the two grid distances around its own, in proportion (linear binning), so
that the mean distance is kept. Without weights this takes integers alone: the count of a bin and
the sum of the fractions within it travel in one 64-bit word, a pair costs one addition, and sums
do not depend on their order or on threads. Coordinates come in units of a bin, so that no answer
depends on the unit of length.

Points are sorted into rows of a grid and by x within a row; a point meets only those in rows and
x-windows within reach. The place of a pair is cut off *before* it becomes an integer (the loop
vectorises), and four histograms take turns (runs of the same bin do not wait for each other).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

ROWS = 5
"""Rows of the grid within reach."""

BLOCK = 1024
BITS = np.uint32(12)
PARTS = 4096
"""A distance is resolved to this part of a bin."""

FRACTION = np.uint32(PARTS - 1)
ONE = np.int64(1 << 40)
"""A pair counts this much in a word, and its fraction of a bin, in parts, below."""

FULL = 1 << 21
"""Pairs after which words are emptied: counts take 23 bits, sums of fractions 40."""


@njit(cache=True, fastmath=True, nogil=True)
def _add_run(xi: Any, yi: Any, x: Any, y: Any, top: Any, place: Any, h: Any) -> None:
    """Add the pairs of a point with a run of others to four histograms of words, h (4, bins + 1).

    place : (BLOCK,) scratch; the last column takes what is out of reach
    """
    parts = x.dtype.type(PARTS)
    for begin in range(0, x.size, BLOCK):
        xs, ys = x[begin : begin + BLOCK], y[begin : begin + BLOCK]
        for j in range(xs.size):
            dx, dy = xi - xs[j], yi - ys[j]
            place[j] = np.int32(min(np.sqrt(dx * dx + dy * dy) * parts, top))
        whole = xs.size - xs.size % 4
        for j in range(0, whole, 4):
            a, b = np.uint32(place[j]), np.uint32(place[j + 1])
            c, d = np.uint32(place[j + 2]), np.uint32(place[j + 3])
            h[0, a >> BITS] += ONE + np.int64(a & FRACTION)
            h[1, b >> BITS] += ONE + np.int64(b & FRACTION)
            h[2, c >> BITS] += ONE + np.int64(c & FRACTION)
            h[3, d >> BITS] += ONE + np.int64(d & FRACTION)
        for j in range(whole, xs.size):
            a = np.uint32(place[j])
            h[0, a >> BITS] += ONE + np.int64(a & FRACTION)


@njit(cache=True, nogil=True)
def empty(h: Any, out: Any) -> None:
    """Move the words of four histograms to the grid distances, out (bins + 1,)."""
    for k in range(4):
        for b in range(out.size - 1):
            count = h[k, b] >> 40
            upper = (h[k, b] - (count << 40)) / PARTS
            out[b] += count - upper
            out[b + 1] += upper
    h[:] = 0


@njit(cache=True, nogil=True)
def row_starts(row: Any, rows: int) -> Any:
    """Return where each grid row starts in sorted points, (rows + 1,)."""
    starts = np.zeros(rows + 1, np.int64)
    for r in row:
        starts[r + 1] += 1
    return np.cumsum(starts)


@njit(cache=True, nogil=True)
def _half_width(a: int, b: int, reach: float, height: float) -> float:
    """Half the x-window, in row b, of the points within reach of one in row a."""
    gap = max(abs(b - a) - 1, 0) * height
    half: float = np.sqrt(max(reach * reach - gap * gap, 0.0)) * (1.0 + 1e-6)
    return half  # a little more, so that rounding loses no pair


@njit(cache=True, nogil=True)
def count_within(
    x: Any,
    y: Any,
    starts: Any,
    reach: float,
    height: float,
    first: int,
    last: int,
    h: Any,
    out: Any,
) -> None:
    """Add the pairs of sorted points first, ..., last - 1 with later ones.

    x, y : (N,), in bins    starts : (rows + 1,)    reach, height of a row : in bins
    h, out : (4, bins + 1) words, which the caller empties last, and (bins + 1,) pairs
    """
    place = np.empty(BLOCK, np.int32)
    top, done, rows = x.dtype.type((out.size - 1) * PARTS), 0, starts.size - 1
    span = int(np.ceil(reach / height))
    for a in range(rows):
        begin, end = max(starts[a], first), min(starts[a + 1], last)
        for b in range(a, min(a + span + 1, rows) if begin < end else a):
            wide = x.dtype.type(_half_width(a, b, reach, height))
            low = high = starts[b]
            for i in range(begin, end):
                if b == a:
                    low = i + 1
                while low < starts[b + 1] and x[low] < x[i] - wide:
                    low += 1
                high = max(high, low)
                while high < starts[b + 1] and x[high] <= x[i] + wide:
                    high += 1
                _add_run(x[i], y[i], x[low:high], y[low:high], top, place, h)
                done += high - low
                if done > FULL:
                    empty(h, out)
                    done = 0


@njit(cache=True, nogil=True)
def count_across(
    x: Any,
    y: Any,
    row: Any,
    px: Any,
    py: Any,
    starts: Any,
    reach: float,
    height: float,
    h: Any,
    out: Any,
) -> None:
    """Add the pairs of points (x, y) with sorted others (px, py), as `count_within`.

    x, y, row : (n,)    px, py : (N,)    starts : (rows + 1,) of the others
    """
    place = np.empty(BLOCK, np.int32)
    top, done, rows = x.dtype.type((out.size - 1) * PARTS), 0, starts.size - 1
    span = int(np.ceil(reach / height))
    for i in range(x.size):
        for b in range(max(row[i] - span, 0), min(row[i] + span + 1, rows)):
            wide = x.dtype.type(_half_width(row[i], b, reach, height))
            run = px[starts[b] : starts[b + 1]]
            low = starts[b] + np.searchsorted(run, x[i] - wide)
            high = starts[b] + np.searchsorted(run, x[i] + wide, side="right")
            _add_run(x[i], y[i], px[low:high], py[low:high], top, place, h)
            done += high - low
            if done > FULL:
                empty(h, out)
                done = 0


@njit(cache=True, nogil=True)
def sum_of_distances(x: Any, y: Any) -> float:
    """Return the sum of distances over the pairs of points x, y (N,)."""
    total = 0.0
    for i in range(x.size):
        for j in range(i):
            total += np.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2)
    return total
