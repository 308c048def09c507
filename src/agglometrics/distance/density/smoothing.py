"""From counts of pairs on a grid of distances to a density of them: the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.rounding import ROUNDING

BINS_PER_BANDWIDTH, MORE_BINS, FEW = 20, 160, 1_000
"""Pairs are counted on a grid of h / 20, up to 1,000 points of h / 160, before smoothing."""

MOST_BINS = 500_000
"""Bins that a distance in parts of a bin can reach in 32 bits."""

TAIL = 6.0
"""Bandwidths beyond the last distance within which pairs count: the kernel is 1e-8 there."""


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
    return width, int(beyond((last + TAIL * h) / width))


def beyond(length: Any) -> NDArray[np.int64]:
    """Return the first whole numbers above lengths, in bins: a pair exactly there is within."""
    return np.asarray(np.floor(np.asarray(length) * (1 + ROUNDING)) + 1, dtype=np.int64)


@njit(cache=True)
def _write_bands(d: Any, h: float, tail: float, first: Any, band: Any) -> None:
    """Write each distance's part of the kernel, and its mirror image's, in bins, without scale."""
    for k in range(d.size):
        for j in range(band.shape[1]):
            place = first[k] + j
            for sign in (1.0, -1.0):
                centre = sign * d[k]
                if np.floor(centre - tail * h) <= place <= np.ceil(centre + tail * h):
                    band[k, j] += np.exp(-0.5 * ((place - centre) / h) ** 2)


@njit(cache=True, fastmath=True, nogil=True)
def _product(counts: Any, first: Any, band: Any, out: Any) -> None:
    """Write counts, (B, bins + 1), times the kernel, (B, D)."""
    for k in range(first.size):
        weights = band[k, : counts.shape[1] - first[k]]
        for b in range(counts.shape[0]):
            near, total = counts[b, first[k] : first[k] + weights.size], 0.0
            for j in range(weights.size):
                total += near[j] * weights[j]
            out[b, k] = total


@dataclass(frozen=True)
class Smoothing:
    """Gaussian kernel of bandwidth h from grid distances to distances d, reflected at zero.

    Attributes
    ----------
    first : (D,) the first grid distance within six bandwidths of each
    band : (D, W) the kernel there and at the next ones

    Sharing pairs between two distances adds a sixth of a squared bin to the kernel's variance
    (for pairs anywhere in a bin), which is taken off here. The product with counts is compiled: it
    does not depend on threads, and does not start any.
    """

    first: NDArray[np.int64]
    band: Array

    @classmethod
    def of(cls, d: Array, bin_width: float, bins: int, h: float) -> Smoothing:
        """Return the kernel of distances d, (D,), on ``bins + 1`` grid distances."""
        narrower = float(np.sqrt((h / bin_width) ** 2 - 1 / 6))
        first = np.floor(np.maximum(d / bin_width - TAIL * narrower, 0.0)).astype(np.int64)
        band = np.zeros((d.size, min(2 * int(np.ceil(TAIL * narrower)) + 3, bins + 1)))
        _write_bands(d / bin_width, narrower, TAIL, first, band)
        return cls(first, band / (narrower * bin_width * np.sqrt(2 * np.pi)))

    def curves(self, counts: Array) -> Array:
        """Return the curves, (B, D), of counts, (B, bins + 1)."""
        out: Array = np.empty((len(counts), self.first.size))
        _product(np.ascontiguousarray(counts), self.first, self.band, out)
        return out
