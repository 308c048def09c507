"""From counts of pairs on a grid of distances to a density of them: the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.errors import InputError
from agglometrics.notation import Array

BINS_PER_BANDWIDTH, MORE_BINS, FEW = 20, 160, 1_000
"""Pairs are counted on a grid of h / 20, up to 1,000 points of h / 160, before smoothing."""

MOST_BINS = 500_000
"""Bins that a distance in parts of a bin can reach in 32 bits."""

TAIL = 6.0
"""Bandwidths beyond the last distance within which pairs count: the kernel is 1e-8 there."""

DENSE = 2_000_000
"""Entries up to which a smoothing matrix is kept in full."""


def bins_for(h: float, last: float, n: int) -> tuple[float, int]:
    """Return the width of a bin, and how many reach six bandwidths h beyond the last distance.

    Raises
    ------
    InputError
        If the bandwidth is too small a part of the last distance to be counted.
    """
    most = MOST_BINS / (last / h + TAIL)
    if most < BINS_PER_BANDWIDTH:
        raise InputError(
            f"the bandwidth must be at least {last / (MOST_BINS / BINS_PER_BANDWIDTH - TAIL):.3g}, "
            f"to be seen up to distance {last:g}; found {h:g}. Pass a larger bandwidth=, or "
            "distances= up to a smaller one."
        )
    width = h / min(MORE_BINS if n <= FEW else BINS_PER_BANDWIDTH, most)
    return width, int(np.ceil((last + TAIL * h) / width))


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


@njit(cache=True)
def _in_full(at: Any, to: Any, value: Any, matrix: Any) -> None:
    """Add the entries of a sparse matrix to a full one."""
    for n in range(value.size):
        matrix[at[n], to[n]] += value[n]


@njit(cache=True)
def _smoothed(counts: Any, d: Any, h: float, tail: float) -> Any:
    """Return the counts, (bins + 1,), smoothed around distances d, (D,), in bins, without scale."""
    total = np.zeros(d.size)
    for k in range(d.size):
        for sign in (1.0, -1.0):
            low = max(int(np.floor(sign * d[k] - tail * h)), 0)
            for j in range(low, min(int(np.ceil(sign * d[k] + tail * h)) + 1, counts.size)):
                if counts[j] != 0.0:
                    total[k] += counts[j] * np.exp(-0.5 * ((j - sign * d[k]) / h) ** 2)
    return total


def smoothed(counts: Array, d: Array, bin_width: float, h: float) -> Array:
    """Return one set of counts, (bins + 1,), times its `smoothing_matrix`, (D,), without this."""
    narrower = _narrower(bin_width, h)
    total = _smoothed(counts, d / bin_width, narrower, TAIL)
    return np.asarray(total / (narrower * bin_width * np.sqrt(2 * np.pi)))


def _narrower(bin_width: float, h: float) -> float:
    """Return the bandwidth, in bins, without what sharing pairs between two distances adds."""
    return float(np.sqrt((h / bin_width) ** 2 - 1 / 6))


def smoothing_matrix(d: Array, bin_width: float, bins: int, h: float) -> Any:
    """Gaussian kernel of bandwidth h from grid distances to distances d, reflected at zero.

    d : (D,)    answer : (bins + 1, D), sparse if it is large

    Sharing pairs between two distances adds a sixth of a squared bin to the kernel's variance
    (for pairs anywhere in a bin), which is taken off here.
    """
    from scipy.sparse import coo_array

    narrower = _narrower(bin_width, h)
    at, to, value = _kernel(d / bin_width, narrower, TAIL, bins + 1)
    value /= narrower * bin_width * np.sqrt(2 * np.pi)
    if (bins + 1) * d.size > DENSE:
        return coo_array((value, (at, to)), shape=(bins + 1, d.size)).tocsr()
    matrix = np.zeros((bins + 1, d.size))
    _in_full(at, to, value, matrix)
    return matrix
