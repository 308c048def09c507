"""Counts of pairs within radii, weighted for what the window hides (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.pairs import ROWS_IN_REACH, first_beyond, first_from, row_starts
from agglometrics.distance.windows import (
    distance_to_border,
    isotropic_weight,
    overlap,
    share_of_circle,
)


@njit(cache=True, nogil=True)
def _near(
    i: Any,
    x: Any,
    y: Any,
    row: Any,
    starts: Any,
    counted: Any,
    most: float,
    which: Any,
    square: Any,
) -> int:
    """Write the marked points within the square root of `most` of point i, and how far squared.

    which, square : (N,) of which as many are written as is returned
    """
    n, reach = 0, np.sqrt(most) * (1 + 1e-12)
    low = max(row[i] - ROWS_IN_REACH - 1, 0)
    for r in range(low, min(row[i] + ROWS_IN_REACH + 2, starts.size - 1)):
        first = first_from(x, starts[r], starts[r + 1], x[i] - reach)
        last = first_beyond(x, first, starts[r + 1], x[i] + reach)
        for j in range(first, last):
            away = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
            if j != i and counted[j] and away <= most:
                which[n], square[n] = j, away
                n += 1
    return n


@njit(cache=True, nogil=True)
def isotropic_counts(
    x: Any, y: Any, row: Any, centre: Any, counted: Any, edges: Any, radii: Any, cap: float
) -> Any:
    """Sum 1 / (share of the pair's circle in the window) over pairs within each radius.

    x, y, row, centre, counted : (N,) sorted    edges : (E, 4)    radii : (D,) ascending
    answer : (D,) sums, and how many pairs had the largest weight, `cap`

    A pair goes from a point marked centre to another one marked counted. Where the circle lies
    within the window, which the distance from point to border tells, the share is one and is not
    computed.
    """
    starts, out, capped = row_starts(row, row[-1] + 1), np.zeros(radii.size), 0
    squares, angles = radii * radii * (1 + 1e-12), np.empty(3 * edges.shape[0])
    which, square = np.empty(x.size, np.int64), np.empty(x.size)
    for i in np.flatnonzero(centre):
        border = distance_to_border(x[i], y[i], edges)
        near = _near(i, x, y, row, starts, counted, squares[-1], which, square)
        for k in range(near):
            d, weight = np.sqrt(square[k]), 1.0
            if d > border and d > 0.0:
                share = share_of_circle(x[i], y[i], d, edges, angles)
                weight = isotropic_weight(share, cap)
                capped += weight >= cap
            out[first_from(squares, 0, squares.size, square[k])] += weight
    return np.cumsum(out), capped


@njit(cache=True, nogil=True)
def translated_counts(
    x: Any, y: Any, row: Any, centre: Any, counted: Any, edges: Any, radii: Any, cap: float
) -> Any:
    """Sum area / (area that the window has in common with itself moved from i to j) over pairs.

    Arguments and answer as in `isotropic_counts`.
    """
    starts, out, capped = row_starts(row, row[-1] + 1), np.zeros(radii.size), 0
    squares, places = radii * radii * (1 + 1e-12), np.empty(edges.shape[0] + 2)
    which, square = np.empty(x.size, np.int64), np.empty(x.size)
    size = max(np.ptp(edges[:, 0]), np.ptp(edges[:, 1]))
    area = overlap(0.0, 0.0, edges, places, size)
    for i in np.flatnonzero(centre):
        near = _near(i, x, y, row, starts, counted, squares[-1], which, square)
        for k in range(near):
            j = which[k]
            common = overlap(x[j] - x[i], y[j] - y[i], edges, places, size)
            weight = isotropic_weight(common / area, cap)
            capped += weight >= cap
            out[first_from(squares, 0, squares.size, square[k])] += weight
    return np.cumsum(out), capped


@njit(cache=True, nogil=True)
def plain_counts(x: Any, y: Any, row: Any, centre: Any, counted: Any, radii: Any) -> Any:
    """Count pairs within each radius, (D,); arguments as in `isotropic_counts`."""
    starts, out, squares = (
        row_starts(row, row[-1] + 1),
        np.zeros(radii.size),
        radii * radii * (1 + 1e-12),
    )
    which, square = np.empty(x.size, np.int64), np.empty(x.size)
    for i in np.flatnonzero(centre):
        near = _near(i, x, y, row, starts, counted, squares[-1], which, square)
        for k in range(near):
            out[first_from(squares, 0, squares.size, square[k])] += 1.0
    return np.cumsum(out)
