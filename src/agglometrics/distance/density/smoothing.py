"""From coordinates to a smoothed density of distances: grid, counts, kernel."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agglometrics.distance.density.counting import ROWS, count_within, empty, row_starts
from agglometrics.notation import Array

BINS_PER_BANDWIDTH, MORE_BINS, FEW = 20, 160, 1_000
"""Pairs are counted on a grid of h / 20, up to 1,000 points of h / 160, before smoothing."""

TAIL = 6.0
"""Bandwidths beyond the last distance within which pairs count: the kernel is 1e-8 there."""

SINGLE = 100_000
"""Bins across up to which single precision resolves a hundredth of one."""

THREADED = 2_000
"""Points from which one curve is counted in threads."""

DENSE = 2_000_000
"""Entries up to which a smoothing matrix is kept in full."""

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """Points in rows, and by x within a row, in units of a bin.

    Attributes
    ----------
    x, y : (N,) coordinates about their median, in single precision where that resolves a bin
    row : (N,) grid row; rows out of reach of each other are close together, so that far points
        take no memory
    order : (N,) where each came from
    bins : reach, in bins
    height : of a row, in bins
    """

    x: NDArray[np.floating]
    y: NDArray[np.floating]
    row: Index
    order: Index
    bins: int
    height: float

    @classmethod
    def of(cls, xy: Array, bin_width: float, bins: int) -> Grid:
        """Return points xy (N, 2) for counting pairs up to ``bins * bin_width``."""
        u = (xy - np.median(xy, axis=0)) / bin_width
        height = bins / ROWS
        levels, place = np.unique(np.floor((u[:, 1] - u[:, 1].min()) / height), return_inverse=True)
        steps = np.minimum(np.diff(levels, prepend=levels[0]), ROWS + 2).astype(np.int64)
        row = np.cumsum(steps)[place]
        order = np.lexsort((u[:, 0], row))
        kind = np.float32 if np.abs(u).max() < SINGLE else np.float64
        x, y = u[order].T.astype(kind).copy()
        return cls(x, y, row[order], order, bins, height)


def bins_for(h: float, last: float, n: int) -> tuple[float, int]:
    """Return the width of a bin, and how many reach six bandwidths h beyond the last distance."""
    width = h / (MORE_BINS if n <= FEW else BINS_PER_BANDWIDTH)
    return width, int(np.ceil((last + TAIL * h) / width))


def pair_counts(xy: Array, bin_width: float, bins: int) -> Array:
    """Return the pairs of points xy, (N, 2), at the distances 0, ..., bins times `bin_width`.

    A pair is shared between the two distances around its own; those beyond the last are left out.
    """
    grid = Grid.of(xy, bin_width, bins)
    n, starts = len(xy), row_starts(grid.row, int(grid.row[-1]) + 1)

    def part(first: int, last: int) -> Array:
        out, h = np.zeros(bins + 1), np.zeros((4, bins + 1), np.int64)
        count_within(grid.x, grid.y, starts, float(bins), grid.height, first, last, h, out)
        empty(h, out)
        return out

    threads = min(os.cpu_count() or 1, 8)
    if n < THREADED or threads == 1:
        return part(0, n)
    bounds = np.linspace(0, n, 4 * threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:  # whole numbers and their parts: sums are exact
        return np.asarray(sum(pool.map(part, bounds[:-1], bounds[1:])))


def pair_sums(xy: Array, w: Array, bin_width: float, bins: int) -> Array:
    """Return the sums of w_k w_l over pairs, as `pair_counts`."""
    from agglometrics.distance.pairs import pair_weights

    grid = Grid.of(xy, bin_width, bins)
    sums = pair_weights(grid.x, grid.y, w[grid.order], grid.row, float(bins), bins)
    return np.asarray(sums)


@njit(cache=True)
def _kernel(d: Any, h: float, tail: float, rows: int) -> tuple[Any, Any, Any]:
    """Return the entries of `smoothing_matrix`, in bins and without its scale."""
    most = 2 * int(np.ceil(tail * h)) + 4
    at, to, value = (
        np.empty(2 * most * d.size, np.int64),
        np.empty(2 * most * d.size, np.int64),
        np.empty(2 * most * d.size),
    )
    n = 0
    for k in range(d.size):
        for sign in (1.0, -1.0):  # a distance and its mirror image
            low = max(int(np.floor(sign * d[k] - tail * h)), 0)
            for j in range(low, min(int(np.ceil(sign * d[k] + tail * h)) + 1, rows)):
                at[n], to[n] = j, k
                value[n] = np.exp(-0.5 * ((j - sign * d[k]) / h) ** 2)
                n += 1
    return at[:n], to[:n], value[:n]


def smoothing_matrix(d: Array, bin_width: float, bins: int, h: float) -> Any:
    """Gaussian kernel of bandwidth h from grid distances to distances d, reflected at zero.

    d : (D,)    answer : (bins + 1, D), sparse if it is large

    Sharing pairs between two distances adds a sixth of a squared bin to the kernel's variance
    (for pairs anywhere in a bin), which is taken off here.
    """
    from scipy.sparse import coo_array

    narrower = float(np.sqrt((h / bin_width) ** 2 - 1 / 6))
    at, to, value = _kernel(d / bin_width, narrower, TAIL, bins + 1)
    value /= narrower * bin_width * np.sqrt(2 * np.pi)
    matrix = coo_array((value, (at, to)), shape=(bins + 1, d.size))
    return matrix.tocsr() if (bins + 1) * d.size > DENSE else matrix.toarray()
