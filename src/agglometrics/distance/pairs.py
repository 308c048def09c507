"""Sites in the order of a grid, and random ones of them: what the kernels of M and K walk through.

Points are sorted into rows of a grid and by x within a row; a point meets only those in rows and
x-windows within reach, so that the cost is that of the pairs nearby.
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


@njit(cache=True, nogil=True)
def row_starts(row: Any, rows: int) -> Any:
    """Return where each grid row starts in sorted points, (rows + 1,)."""
    starts = np.zeros(rows + 1, np.int64)
    for r in row:
        starts[r + 1] += 1
    for r in range(rows):
        starts[r + 1] += starts[r]
    return starts


@njit(cache=True, nogil=True)
def first_from(values: Any, low: int, high: int, least: float) -> int:
    """Return the first place in ascending values[low:high] that is not below `least`, or high."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def first_beyond(values: Any, low: int, high: int, most: float) -> int:
    """Return the first place in ascending values[low:high] that is above `most`, or high."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] <= most:
            low = middle + 1
        else:
            high = middle
    return low


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
def by_site(drawn: Any, N: int) -> Any:
    """Return the places, in n different ones of N sites, of these in ascending order, (n,).

    As np.argsort, in one pass over the sites, and quick to compile.
    """
    place = np.empty(N, np.int64)
    for site in range(N):
        place[site] = -1
    for k in range(drawn.size):
        place[drawn[k]] = k
    order, n = np.empty(drawn.size + 1, np.int64), 0
    for site in range(N):
        order[n] = place[site]  # written over unless the site was drawn
        n += place[site] >= 0
    return order[: drawn.size]


@njit(cache=True, nogil=True)
def levels(sizes: Any) -> Any:
    """Return, for each place, the smallest of the nested sets that it is in, (n,)."""
    level, first = np.empty(sizes[-1], np.int64), 0
    for k in range(sizes.size):
        for place in range(first, sizes[k]):
            level[place] = k
        first = sizes[k]
    return level
