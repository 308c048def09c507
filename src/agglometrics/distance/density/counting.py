"""Counting pairs of points by distance, every pair once: the compiled kernels of K_d.

A pair is shared between the two grid distances around its own, in proportion (linear binning), so
that the mean distance is kept. Without weights this takes integers alone: the count of a bin and
the sum of the fractions within it travel in one 64-bit word, a pair costs one addition, and sums
do not depend on their order or on threads. Coordinates come in units of a bin, so that no answer
depends on the unit of length.

Points are sorted into rows of a grid and by x within a row; a point meets only those in rows and
x-windows within reach. The place of a pair is cut off *before* it becomes an integer (the loop
vectorises), and four histograms take turns (runs of the same bin do not wait for each other). On
the globe the windows are those of chords, and the distances are arcs; in the plane the array of
third coordinates is empty, so that both are one type and every kernel is compiled once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.density.tallies import FULL, PARTS, add, empty, part, picked

ROWS = 4
"""Rows of the grid within reach."""

BLOCK = 1024

EDGE = 1e-3
"""Parts of a bin by which a pair is taken to be farther than it is: lengths of whole parts, which
plants on a grid have, come out a little less or a little more, as the unit has it."""

TERMS = 8
"""Terms of the arcsine's series, of arguments up to a half: to 3e-8."""


@njit(fastmath=True)
def _series(square: Any) -> Any:
    """Return asin(u) / u of u^2, u up to a half: 1 + u^2 1/6 (1 + u^2 9/20 (1 + u^2 25/42 ...))."""
    kind = type(square)
    total = kind(1)
    for k in range(TERMS, 0, -1):
        total = kind(1) + square * kind((2 * k - 1) ** 2 / (2 * k * (2 * k + 1))) * total
    return total


@njit(fastmath=True)
def _arc(chord: Any, diameter: Any) -> Any:
    """Return the great-circle distance of a chord, diameter * asin(chord / diameter).

    Beyond a half asin(u) = pi / 2 - 2 asin(sqrt((1 - u) / 2)). Nothing branches: loops vectorise.
    """
    kind = type(chord)
    half = kind(0.5)
    u = min(chord / diameter, kind(1))
    small = u <= half
    square = u * u if small else half - half * u
    angle = _series(square) * (u if small else np.sqrt(square))
    return diameter * (angle if small else kind(np.pi / 2) - kind(2) * angle)


@njit(cache=True, fastmath=True, nogil=True)
def _measure(
    xi: Any, yi: Any, zi: Any, x: Any, y: Any, z: Any, diameter: Any, top: Any, place: Any
) -> None:
    """Write how far a run of points is from another one, in parts of a bin, cut off at top.

    Up to a sixth of a half circle the series alone is exact, and too large beyond: cut off.
    """
    parts, edge = x.dtype.type(PARTS), x.dtype.type(EDGE)
    if z.size == 0:
        for j in range(x.size):
            dx, dy = xi - x[j], yi - y[j]
            place[j] = np.int32(min(np.sqrt(dx * dx + dy * dy) * parts + edge, top))
    elif top * 6 < np.pi * parts * diameter:
        unit = x.dtype.type(1) / (diameter * diameter)
        for j in range(x.size):
            dx, dy, dz = xi - x[j], yi - y[j], zi - z[j]
            square = dx * dx + dy * dy + dz * dz
            arc = np.sqrt(square) * _series(square * unit)
            place[j] = np.int32(min(arc * parts + edge, top))
    else:
        for j in range(x.size):
            dx, dy, dz = xi - x[j], yi - y[j], zi - z[j]
            arc = _arc(np.sqrt(dx * dx + dy * dy + dz * dz), diameter)
            place[j] = np.int32(min(arc * parts + edge, top))


@njit(cache=True, nogil=True)
def _add_run(
    xi: Any, yi: Any, zi: Any, wi: Any, x: Any, y: Any, z: Any, w: Any, diameter: Any, top: Any,
    place: Any, h: Any,
) -> None:  # fmt: skip
    """Add the pairs of a point with a run of others to four histograms; place : (BLOCK,)."""
    for low in range(0, x.size, BLOCK):
        high = min(low + BLOCK, x.size)
        _measure(xi, yi, zi, x[low:high], y[low:high], z[low:high], diameter, top, place)
        add(place, high - low, wi, part(w, low, high), h)


@njit(cache=True, nogil=True)
def _half_width(a: int, b: int, reach: float, height: float) -> float:
    """Half the x-window, in row b, of the points within reach of one in row a."""
    gap = max(abs(b - a) - 1, 0) * height
    half: float = np.sqrt(max(reach * reach - gap * gap, 0.0)) * (1.0 + 1e-6)
    return half  # a little more, so that rounding loses no pair


@njit(cache=True, nogil=True)
def count(
    one: Any, begins: Any, first: Any, last: Any, other: Any, starts: Any, same: Any, scale: Any,
    h: Any, out: Any,
) -> None:  # fmt: skip
    """Add the pairs of sorted points first, ..., last - 1 with others; with later ones if `same`.

    one, other : x, y, z, w of each, (n,) and (N,), coordinates in bins    begins, starts :
    (rows + 1,) where the rows of each begin    scale : straight reach, height of a row, diameter,
    in bins (0 in the plane)    h, out : four histograms, which the caller empties last, and
    (bins + 1,) pairs
    """
    (x, y, z, w), (px, py, pz, pw), (reach, height, diameter) = one, other, scale
    place = np.empty(BLOCK, np.int32)
    top, done, rows = x.dtype.type((out.size - 1) * PARTS), 0, starts.size - 1
    span = int(np.ceil(reach / height))
    for a in range(rows):
        begin, end = max(begins[a], first), min(begins[a + 1], last)
        for b in range(a if same else max(a - span, 0), min(a + span + 1, rows)):
            if begin >= end:
                break
            wide = x.dtype.type(_half_width(a, b, reach, height))
            low = high = starts[b]
            for i in range(begin, end):
                if same and b == a:
                    low = i + 1
                while low < starts[b + 1] and px[low] < x[i] - wide:
                    low += 1
                high = max(high, low)
                while high < starts[b + 1] and px[high] <= x[i] + wide:
                    high += 1
                _add_run(
                    x[i], y[i], z[i] if z.size else x[i], picked(w, i), px[low:high], py[low:high],
                    pz[low:high], part(pw, low, high), diameter, top, place, h,
                )  # fmt: skip
                done += high - low
                if done > FULL:
                    empty(h, w, out)
                    done = 0


@njit(cache=True, nogil=True)
def moments(
    x: Any, y: Any, z: Any, px: Any, py: Any, pz: Any, diameter: Any, same: bool
) -> Any:  # fmt: skip
    """Return the sums of distances, and of squared ones, over the pairs of two sets of points.

    x, y, z : (n,), z empty in the plane    px, py, pz : (N,)    same : whether the two are one,
    whose pairs count once
    """
    total, squares = 0.0, 0.0
    for i in range(x.size):
        for j in range(i if same else px.size):
            square = (x[i] - px[j]) ** 2 + (y[i] - py[j]) ** 2
            if z.size:
                square = _arc(np.sqrt(square + (z[i] - pz[j]) ** 2), diameter) ** 2
            total += np.sqrt(square)
            squares += square
    return total, squares
