"""What a rule for a bandwidth needs to know of the distances between points."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from agglometrics.distance.density.counting import moments
from agglometrics.distance.density.grids import pair_counts
from agglometrics.distance.density.plants import Plants
from agglometrics.distance.places import Globe
from agglometrics.notation import Array

EXACT, FINE = 1_500, 4_096
"""Points up to which a rule sees every distance; bins of the histogram it sees above."""


@dataclass(frozen=True)
class Lengths:
    """What a rule needs to know of the distances between points.

    Attributes
    ----------
    n : number of distances
    deviation : their standard deviation
    quartiles : (3,) first quartile, median, third quartile
    step : between two values of `counts`
    held : (n,) all distances, or their counts if they are binned
    binned : whether they are
    """

    n: float
    deviation: float
    quartiles: Array
    step: float
    held: Array
    binned: bool

    @property
    def counts(self) -> Array:
        """Distances at 0, step, 2 step, ..., each shared between two, (FINE + 1,)."""
        if self.binned:
            return self.held
        place = np.minimum(self.held / self.step, FINE * (1 - 1e-15))
        low = place.astype(np.int64)
        upper = np.bincount(low, place - low, FINE + 1)
        return np.bincount(low, minlength=FINE + 1).astype(np.float64) - upper + np.roll(upper, 1)

    @classmethod
    def of(
        cls, plants: Plants, within: float | None = None, others: Plants | None = None
    ) -> Lengths:
        """Return the distances between plants, or from them to others; up to `within` if given."""
        pairs = replace(plants, w=None).pairs(None if others is None else replace(others, w=None))
        if pairs <= EXACT * (EXACT - 1) / 2:
            lengths = plants.lengths(others)
            return cls.exactly(lengths if within is None else lengths[lengths <= within])
        return cls._counted(plants, within, others, pairs)

    @classmethod
    def _counted(
        cls, plants: Plants, within: float | None, others: Plants | None, pairs: float
    ) -> Lengths:
        """Return the distances in a histogram."""
        xyz = plants.xyz if others is None else np.vstack([plants.xyz, others.xyz])
        most = 2.001 * np.sqrt(((xyz - np.median(xyz, axis=0)) ** 2).sum(axis=1))
        ends = plants.space.arc(np.array([most.max(), 2 * np.quantile(most, 0.9)]))
        farthest, core = (float(end) for end in ends)  # few far points make no coarse grid
        wide = min(farthest, core) or 1.0  # all on one site: any grid
        step = (wide if within is None else within) / FINE
        alone = None if others is None else replace(others, w=None)
        counts = pair_counts(replace(plants, w=None), step, FINE, alone)
        at = np.arange(FINE + 1) * step
        n = float(counts.sum()) if within is not None else pairs
        quartiles = np.interp([0.25, 0.5, 0.75], np.cumsum(counts) / max(n, 1.0), at + step / 2)
        if within is not None or farthest <= core:
            mean = float(counts @ at / max(n, 1.0))
            spread = float(counts @ (at - mean) ** 2 / max(n - 1, 1.0)) - step**2 / 6
        else:
            total, squares = _moments(plants, others)
            spread = (squares - total**2 / n) / (n - 1)
        return cls(n, float(np.sqrt(max(spread, 0.0))), quartiles, step, counts, True)

    @classmethod
    def exactly(cls, lengths: Array) -> Lengths:
        """Return what a rule needs of distances that are all there, (n,)."""
        if not lengths.size:
            return cls(0.0, 0.0, np.zeros(3), 1.0, lengths, False)
        step = float(lengths.max() / FINE) or 1.0
        deviation = float(lengths.std(ddof=1)) if lengths.size > 1 else 0.0
        quartiles = np.quantile(lengths, [0.25, 0.5, 0.75])
        return cls(float(lengths.size), deviation, quartiles, step, lengths, False)

    def scale(self, normal: float) -> float:
        """Return min(sd, IQR / normal), of the two the one that is not zero; 0 if both are."""
        spread = float(self.quartiles[2] - self.quartiles[0]) / normal
        known = [s for s in (self.deviation, spread) if s > 1e-9 * self.quartiles[2]]
        return min(known) if known else 0.0


def _moments(plants: Plants, others: Plants | None) -> tuple[float, float]:
    """Return the sums of distances and of squared distances over all pairs."""
    end = plants if others is None else others
    one, other = (
        (p.xyz[:, 0].copy(), p.xyz[:, 1].copy(), p.xyz[:, 2:].ravel()) for p in (plants, end)
    )
    diameter = 2 * plants.space.radius if isinstance(plants.space, Globe) else 0.0
    total, squares = moments(*one, *other, diameter, others is None)
    return float(total), float(squares)
