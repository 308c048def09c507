"""Observed and simulated curves K_d, of one industry or of a nested set."""

from __future__ import annotations

from typing import Any

import numpy as np

from agglometrics.distance.answers.envelopes import simulate_in_threads
from agglometrics.distance.density.grids import Grid, Index, pair_counts
from agglometrics.distance.density.plants import Plants, pairs_of, weights_or_ones
from agglometrics.distance.density.smoothing import (
    BINS_PER_BANDWIDTH,
    TAIL,
    Smoothing,
    beyond,
    bins_for,
)
from agglometrics.distance.density.tallies import picked
from agglometrics.distance.nulls import Marks, Null
from agglometrics.distance.points import Points
from agglometrics.notation import Array

ENTRIES = 2_000_000
"""Counts that are held at a time, in a thread, before they are smoothed."""

FINEST = 500
"""Bandwidths in the last distance up to which an industry shares the grid of a nested set."""


def density(plants: Plants, d: Array, h: float, others: Plants | None = None) -> Array:
    """Return K_d, (D,), of plants, within or to others, at distances d, (D,), with bandwidth h."""
    n = len(plants) + (0 if others is None else len(others))
    width, bins = bins_for(h, float(d[-1]), n)
    counts = pair_counts(plants, width, bins, others)
    curve = Smoothing.of(d, width, bins, h).curves(counts[None])[0]
    return np.asarray(curve / plants.pairs(others))


def null_curves(sites: Plants, plants: Plants, d: Array, h: float, draws: int, seed: int) -> Array:
    """Return K_d, (B, D), of plants, with their weights, on random ones of the sites."""
    from agglometrics.distance.density.placements import count_random

    n = len(plants)
    width, bins = bins_for(h, float(d[-1]), n)
    smooth, pairs = Smoothing.of(d, width, bins, h), plants.pairs()
    grid, where = _canonical(sites, width, bins)
    curves: Array = np.empty((draws, d.size))
    start: Any = np.uint64(seed % 2**64)
    block = max(1, ENTRIES // (bins + 1))

    def part(first: int, last: int) -> None:
        for b in range(first, last, block):
            out = np.empty((min(block, last - b), bins + 1))
            count_random(grid.sites, grid.row, where, n, plants.w, grid.scale, start, b, out)
            curves[b : b + len(out)] = smooth.curves(out) / pairs

    simulate_in_threads(part, draws, (3e-10 * n**2 + 1e-9 * len(sites)) * draws)
    return curves


def drawn_curves(
    points: Points, own: Marks, counted: Marks, weighted: bool, null: Null, d: Array, h: float,
    draws: int, seed: int,
) -> Array:  # fmt: skip
    """Return K_d, (B, D), of one industry, or of one to another, in a random experiment.

    own, counted : (N,) which points are of the industry, and of the one it is measured to
    """
    intra = bool((own == counted).all())
    sites = Plants.of(points, np.ones(own.size, dtype=bool), weighted=False)
    width, bins = bins_for(h, float(d[-1]), int((own | counted).sum()))
    smooth = Smoothing.of(d, width, bins, h)
    grid = Grid.of(sites.xyz, width, bins, sites.space)
    curves: Array = np.empty((draws, d.size))

    def part(first: int, last: int) -> None:
        for b in range(first, last):
            labels, weights = null.places(own, intra, np.random.default_rng([seed, b]))
            w = points.w[weights][grid.order] if weighted else None
            one = np.flatnonzero(own[labels][grid.order])
            other = None if intra else np.flatnonzero(counted[labels][grid.order])
            curves[b] = smooth.curves(_share_of_pairs(grid, one, other, w)[None])[0]

    n = float(own.sum()) * float(counted.sum())
    simulate_in_threads(part, draws, (1e-9 * n + 3e-8 * own.size) * draws)
    return curves


def _share_of_pairs(grid: Grid, one: Index, other: Index | None, w: Array | None) -> Array:
    """Return the pairs of sites, within one set or with another, as shares of all, (bins + 1,)."""
    own, mass = picked(w, one), weights_or_ones(one.size, picked(w, one))
    if other is None:
        return grid.within(one, own, 0, one.size) / pairs_of(mass, None)
    far = picked(w, other)
    counts = grid.across(one, other, (own, far), 0, one.size)
    return counts / pairs_of(mass, weights_or_ones(other.size, far))


def _canonical(
    sites: Plants, width: float, bins: int, rows_for: int | None = None
) -> tuple[Grid, Any]:
    """Return sites in a grid, and the place in it of each in the order given."""
    grid = Grid.of(sites.xyz, width, bins, sites.space, rows_for)
    where = np.empty(len(sites), dtype=np.int64)
    where[grid.order] = np.arange(len(sites))
    return grid, where


def shares_grid(h: Array, last: float) -> Any:
    """Return which bandwidths, (K,), are wide enough for the common grid of a nested set, (K,)."""
    return h * FINEST >= last


def nested_null_curves(
    sites: Plants, sizes: Array, d: Array, h: Array, draws: int, seed: int
) -> Array:
    """Return K_d, (K, B, D), of industries of n plants and bandwidth h, (K,) each, ascending in n.

    One permutation of all sites per draw; each industry takes the first n.
    """
    from agglometrics.distance.density.placements import count_nested

    last, fine = float(d[-1]), float(h.min()) / BINS_PER_BANDWIDTH
    factor = 2 ** np.floor(np.log2(h / h.min() * (1 + 1e-12))).astype(np.int64)
    coarse = beyond((last + TAIL * h) / (fine * factor))
    reach = np.maximum.accumulate((coarse * factor)[::-1])[::-1].astype(np.float64)
    offset = np.concatenate([[0], np.cumsum(coarse + 1)])
    bins = int(reach[0])
    smooth = [Smoothing.of(d, fine * factor[k], int(coarse[k]), float(h[k])) for k in range(h.size)]
    pairs = sizes * (sizes - 1) / 2
    grid, where = _canonical(sites, fine, bins, int(reach[-1]))
    near = sites.space.chord(reach * fine) / fine
    curves: Array = np.empty((h.size, draws, d.size))
    start: Any = np.uint64(seed % 2**64)
    block = max(1, ENTRIES // int(offset[-1]))

    def part(first: int, last: int) -> None:
        for b in range(first, last, block):
            out = np.empty((min(block, last - b), int(offset[-1])))
            count_nested(
                grid.sites, grid.row, where, sizes, near, grid.scale, bins, factor, offset,
                start, b, out,
            )  # fmt: skip
            for k in range(h.size):
                counts = out[:, offset[k] : offset[k + 1]]
                curves[k, b : b + len(out)] = smooth[k].curves(counts) / pairs[k]

    work = 4e-10 * float(sizes[-1]) ** 2 + 3e-5 * h.size + 1e-9 * len(sites)
    simulate_in_threads(part, draws, work * draws)
    return curves
