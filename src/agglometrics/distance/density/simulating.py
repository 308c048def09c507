"""Observed and simulated curves K_d, of one industry or of a nested set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.distance.density.smoothing import (
    BINS_PER_BANDWIDTH,
    TAIL,
    Grid,
    bins_for,
    pair_counts,
    pair_sums,
    smoothing_matrix,
)
from agglometrics.distance.envelopes import simulate_in_threads
from agglometrics.notation import Array

ENTRIES = 2_000_000
"""Counts that are held at a time, in a thread, before they are smoothed."""

FINEST = 500
"""Bandwidths in the last distance up to which an industry shares the grid of a nested set."""


@dataclass(frozen=True)
class Plants:
    """The plants of an industry, in an order that depends on coordinates and weights alone.

    Attributes
    ----------
    xy : (n, 2)
    w : (n,) weights; None where every pair counts once
    """

    xy: Array
    w: Array | None

    @classmethod
    def of(cls, xy: Array, w: Array | None) -> Plants:
        """Return points xy, (n, 2), with weights w, about their own median."""
        keys = (xy[:, 1], xy[:, 0])
        order = np.lexsort(keys if w is None else (w, *keys))
        return cls((xy - np.median(xy, axis=0))[order], None if w is None else w[order])

    @property
    def pairs(self) -> float:
        """The number of pairs, or the sum of w_k w_l over them."""
        if self.w is None:
            return len(self.xy) * (len(self.xy) - 1) / 2
        return float((self.w.sum() ** 2 - (self.w**2).sum()) / 2)


def density(plants: Plants, d: Array, h: float) -> Array:
    """Return K_d, (D,), of plants at distances d, (D,), with bandwidth h."""
    width, bins = bins_for(h, float(d[-1]), len(plants.xy))
    if plants.w is None:
        counts = pair_counts(plants.xy, width, bins)
    else:
        counts = pair_sums(plants.xy, plants.w, width, bins)
    return np.asarray(counts @ smoothing_matrix(d, width, bins, h) / plants.pairs)


def null_curves(sites: Array, plants: Plants, d: Array, h: float, draws: int, seed: int) -> Array:
    """Return K_d, (B, D), of plants, with their weights, on random ones of the sites (N, 2)."""
    from agglometrics.distance.density.placements import count_random, weigh_random

    n = len(plants.xy)
    width, bins = bins_for(h, float(d[-1]), n)
    smooth = smoothing_matrix(d, width, bins, h) / plants.pairs
    grid, where = _canonical(sites, width, bins)
    curves: Array = np.empty((draws, d.size))
    start: Any = np.uint64(seed % 2**64)
    block = max(1, ENTRIES // (bins + 1))

    def part(first: int, last: int) -> None:
        for b in range(first, last, block):
            out = np.empty((min(block, last - b), bins + 1))
            if plants.w is None:
                count_random(
                    grid.x, grid.y, grid.row, where, n, float(bins), grid.height, start, b, out
                )
            else:
                weigh_random(grid.x, grid.y, grid.row, where, plants.w, float(bins), start, b, out)
            curves[b : b + len(out)] = out @ smooth

    simulate_in_threads(part, draws, (3e-10 * n**2 + 1e-9 * len(sites)) * draws)
    return curves


def _canonical(sites: Array, width: float, bins: int) -> tuple[Grid, Any]:
    """Return sites in a grid, and the place in it of each in the order of coordinates."""
    ordered = sites[np.lexsort((sites[:, 1], sites[:, 0]))]
    grid = Grid.of(ordered, width, bins)
    where = np.empty(len(sites), dtype=np.int64)
    where[grid.order] = np.arange(len(sites))
    return grid, where


def shares_grid(h: Array, last: float) -> Any:
    """Return which bandwidths, (K,), are wide enough for the common grid of a nested set, (K,)."""
    return h * FINEST >= last


def nested_null_curves(
    sites: Array, sizes: Array, d: Array, h: Array, draws: int, seed: int
) -> Array:
    """Return K_d, (K, B, D), of industries of n plants and bandwidth h, (K,) each, ascending in n.

    One permutation of all sites (N, 2) per draw; each industry takes the first n.
    """
    from agglometrics.distance.density.placements import count_nested

    last, fine = float(d[-1]), float(h.min()) / BINS_PER_BANDWIDTH
    factor = 2 ** np.floor(np.log2(h / h.min() * (1 + 1e-12))).astype(np.int64)
    coarse = np.ceil((last + TAIL * h) / (fine * factor)).astype(np.int64)
    reach = np.maximum.accumulate((coarse * factor)[::-1])[::-1].astype(np.float64)
    offset = np.concatenate([[0], np.cumsum(coarse + 1)])
    bins = int(reach[0])
    smooth = [
        smoothing_matrix(d, fine * factor[k], int(coarse[k]), float(h[k]))
        / (sizes[k] * (sizes[k] - 1) / 2)
        for k in range(h.size)
    ]
    grid, where = _canonical(sites, fine, bins)
    curves: Array = np.empty((h.size, draws, d.size))
    start: Any = np.uint64(seed % 2**64)
    block = max(1, ENTRIES // int(offset[-1]))

    def part(first: int, last: int) -> None:
        for b in range(first, last, block):
            out = np.empty((min(block, last - b), int(offset[-1])))
            count_nested(
                grid.x, grid.y, grid.row, where, sizes, reach, grid.height, bins, factor, offset,
                start, b, out,
            )  # fmt: skip
            for k in range(h.size):
                counts = out[:, offset[k] : offset[k + 1]]
                curves[k, b : b + len(out)] = counts @ smooth[k]

    work = 4e-10 * float(sizes[-1]) ** 2 + 3e-5 * h.size + 1e-9 * len(sites)
    simulate_in_threads(part, draws, work * draws)
    return curves
