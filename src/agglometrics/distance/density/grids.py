"""Points in rows of a grid, and the pairs of some of them by distance."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.density.counting import ROWS, count
from agglometrics.distance.density.plants import PLANE, Plants
from agglometrics.distance.density.tallies import empty, histograms, picked
from agglometrics.distance.pairs import row_starts
from agglometrics.distance.places import Globe, Plane
from agglometrics.notation import Array

SINGLE = 100_000
"""Bins across up to which single precision resolves a hundredth of one."""

THREADED, PIECES = 2_000, 16
"""Points from which one curve is counted in threads, and the parts it is counted in."""

Index = NDArray[np.int64]
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Grid:
    """Points in rows, and by x within a row, in units of a bin.

    Attributes
    ----------
    sites : x, y, z, (N,) each, about their median, in single precision where that resolves a bin;
        z is empty in the plane
    row : (N,) grid row; rows out of reach of each other are close together, so that far points
        take no memory
    order : (N,) where each came from
    bins : reach, in bins
    scale : straight reach, height of a row and diameter of the globe (0 in the plane), in bins
    """

    sites: tuple[Floats, Floats, Floats]
    row: Index
    order: Index
    bins: int
    scale: tuple[float, float, Any]

    @classmethod
    def of(
        cls, xyz: Array, bin_width: float, bins: int, space: Plane | Globe = PLANE,
        rows_for: int | None = None,
    ) -> Grid:  # fmt: skip
        """Return points xyz, (N, 2 or 3), for counting pairs up to ``bins * bin_width``.

        rows_for : the reach, in bins, that most pairs are counted to; by default `bins`
        """
        u = (xyz - np.median(xyz, axis=0)) / bin_width
        reach, usual = space.chord(np.array([bins, rows_for or bins]) * bin_width) / bin_width
        height = float(usual) / ROWS
        span = int(np.ceil(reach / height))
        levels, place = np.unique(np.floor((u[:, 1] - u[:, 1].min()) / height), return_inverse=True)
        steps = np.minimum(np.diff(levels, prepend=levels[0]), span + 2).astype(np.int64)
        row = np.cumsum(steps)[place]
        order = np.lexsort((u[:, 0], row))
        diameter = 2 * space.radius / bin_width if isinstance(space, Globe) else None
        # arcs of nearly a half circle need chords in double precision
        single = np.abs(u).max() < SINGLE and (diameter is None or reach < 0.7 * diameter)
        kind: Any = np.float32 if single else np.float64
        x, y, *z = u[order].T.astype(kind).copy()
        scale = float(reach), height, kind(diameter or 0)
        return cls((x, y, z[0] if z else x[:0]), row[order], order, bins, scale)

    def within(self, at: Index, w: Array | None, first: int, last: int) -> Array:
        """Return the pairs, (bins + 1,), of sites first, ..., last - 1 with later ones of at.

        at : (n,) places in the grid, ascending    w : (n,) their weights
        """
        out, h = np.zeros(self.bins + 1), histograms(self.bins, w)
        these, starts = self._sorted(at, w)
        count(these, starts, first, last, these, starts, True, self.scale, h, out)
        empty(h, w, out)
        return out

    def across(
        self, one: Index, other: Index, weights: tuple[Array, Array] | tuple[None, None],
        first: int, last: int,
    ) -> Array:  # fmt: skip
        """Return the pairs of sites first, ..., last - 1 of one set with all of another."""
        out, h = np.zeros(self.bins + 1), histograms(self.bins, weights[0])
        these, begins = self._sorted(one, weights[0])
        those, starts = self._sorted(other, weights[1])
        count(these, begins, first, last, those, starts, False, self.scale, h, out)
        empty(h, weights[0], out)
        return out

    def _sorted(self, at: Index, w: Array | None) -> tuple[Any, Index]:
        """Return x, y, z, w of sites, (n,), in ascending order, and where their rows start."""
        (x, y, z), rows = self.sites, int(self.row[-1]) + 1
        return (x[at], y[at], z[at] if z.size else z, w), row_starts(self.row[at], rows)


def pair_counts(plants: Plants, bin_width: float, bins: int, others: Plants | None = None) -> Array:
    """Return the pairs of plants, within or with others, at 0, ..., bins times `bin_width`.

    A pair, or the product of its weights, is shared between the two distances around its own;
    those beyond the last are left out.
    """
    xyz = plants.xyz if others is None else np.vstack([plants.xyz, others.xyz])
    grid, n = Grid.of(xyz, bin_width, bins, plants.space), len(plants)
    own = np.flatnonzero(grid.order < n)
    w = picked(plants.w, grid.order[own])
    if others is None:
        return _in_parts(lambda a, b: grid.within(own, w, a, b), n)
    far = np.flatnonzero(grid.order >= n)
    v = picked(others.w, grid.order[far] - n)
    return _in_parts(lambda a, b: grid.across(own, far, (w, v), a, b), n)


def _in_parts(counts: Any, n: int) -> Array:
    """Add up counts(first, last) of all n points, in threads; parts do not depend on these."""
    if n < THREADED:
        return np.asarray(counts(0, n))
    bounds = np.linspace(0, n, PIECES + 1).astype(int)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        return np.asarray(sum(pool.map(counts, bounds[:-1], bounds[1:])))
