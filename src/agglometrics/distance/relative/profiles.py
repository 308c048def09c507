"""How much a pair counts at each distance: within it (M), or near it (m)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.places import Globe, Plane
from agglometrics.notation import Array
from agglometrics.tables.rounding import ROUNDING

CELLS = 4_096
"""Cells in which the bin of a pair is looked up; comparing squares makes it exact."""

FINE = 100
"""Bins of a bandwidth, between which a pair moves by at most half a one."""

TAIL = 6.0
"""Bandwidths within which pairs count: the kernel is 1e-8 there."""


@dataclass(frozen=True)
class Profile:
    """Bins of straight lengths, and what they count at each distance.

    Attributes
    ----------
    reach : straight length up to which pairs count
    cells : cells per length
    lower : (cells + 1,) the first bin that a cell can belong to
    squares : (bins,) upper ends of the bins, squared; the last is infinite
    weights : (bins, D); zero in the last one, which is beyond reach
    edges : (bins,) upper ends as distances, for a matrix of them
    """

    reach: float
    cells: float
    lower: Any
    squares: Array
    weights: Array
    edges: Array

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """The first distance where each bin counts, and the one after the last, (bins, 2)."""
        counts = self.weights > 0
        first = np.where(counts.any(axis=1), counts.argmax(axis=1), 0)
        last = np.where(counts.any(axis=1), counts.shape[1] - counts[:, ::-1].argmax(axis=1), 0)
        return np.column_stack([first, last]).astype(np.int64)

    @property
    def grid(self) -> tuple[float, float, Any, Array]:
        """What the kernels take."""
        return self.reach, self.cells, self.lower, self.squares


def within(radii: Array, space: Plane | Globe) -> Profile:
    """Return the profile of M: 1 at every radius that a pair is within, exactly at it included."""
    D, chords = radii.size, space.chord(radii)
    squares = np.append(chords**2 * (1 + 1e-12), np.inf)
    reach = float(chords[-1]) * (1 + 1e-9)
    ends = np.arange(CELLS) * reach / CELLS * (1 - 1e-9)
    lower = np.append(np.searchsorted(squares, ends**2), D).astype(np.uint32)
    weights = np.vstack([np.triu(np.ones((D, D))), np.zeros(D)])
    edges = np.append(radii * (1 + 1e-12), np.inf)
    return Profile(reach, CELLS / reach, lower, squares, weights, edges)


def near(d: Array, h: float, space: Plane | Globe) -> Profile:
    """Return the profile of m: a Gaussian kernel of bandwidth h around each distance."""
    last = d[-1] + TAIL * h
    reach = float(space.chord(np.array([last]))[0])
    bins = int(np.ceil(FINE * last / h * (1 - ROUNDING)))
    middle = space.arc((np.arange(bins) + 0.5) * reach / bins)
    kernel = np.exp(-0.5 * ((middle[:, None] - d) / h) ** 2)
    weights = np.vstack([np.where(np.abs(middle[:, None] - d) <= TAIL * h, kernel, 0), 0 * d])
    edges = np.append(space.arc((np.arange(bins) + 1.0) * reach / bins), np.inf)
    lower, squares = np.arange(bins + 1, dtype=np.uint32), np.full(bins + 1, np.inf)
    # A pair on the edge of two bins is in the farther one, whatever rounding makes of its length.
    return Profile(reach, bins / reach * (1 + ROUNDING), lower, squares, weights, edges)
