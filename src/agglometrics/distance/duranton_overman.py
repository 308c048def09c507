"""Density of bilateral distances (Duranton and Overman 2005), of one industry or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.distance.adjustments import Adjustment, BenjaminiHochberg
from agglometrics.distance.density.bands import Bands, ExtremeRankBands
from agglometrics.distance.density.bandwidths import (
    Bandwidth,
    Lengths,
    SheatherJones,
    Silverman,
    as_bandwidth,
)
from agglometrics.distance.density.curves import DensityCurve, density_curve
from agglometrics.distance.density.industries import IndustryCurves, frozen
from agglometrics.distance.density.simulating import (
    Plants,
    density,
    nested_null_curves,
    null_curves,
    shares_grid,
)
from agglometrics.distance.envelopes import check_distances, check_level
from agglometrics.distance.points import Points, read_points, require_two
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical_order
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked

TWO_SIDED, FALSE_DISCOVERIES = ExtremeRankBands(), BenjaminiHochberg()

STEPS = 100
"""Equal steps from zero to the median distance, where no distances are given."""

MOST_FOR_MEDIAN = 20_000
"""Plants between which the median distance is taken; of more, so many in order of coordinates."""

FARTHEST = 1e9
"""Times the middle range of coordinates from their median: no place, but a no-data value."""


@checked
def duranton_overman(
    points: object,
    *,
    target: object = None,
    distances: object = None,
    x: str = "x",
    y: str = "y",
    industry: str = "industry",
    weight: str | None = None,
    bandwidth: float | Silverman | SheatherJones | None = None,
    simulations: int = 0,
    level: float = 0.95,
    bands: Bands = TWO_SIDED,
    adjustment: Adjustment = FALSE_DISCOVERIES,
    least: int = 10,
    seed: Seed = 0,
) -> DensityCurve | IndustryCurves:
    """Density K_d of the distances between the plants of an industry, or of every industry.

    K_d(d) = 1 / (h n (n - 1) / 2) sum over pairs k < l of f((d - d_kl) / h), f Gaussian, reflected
    at zero; with weights the pairs count w_k w_l, and their sum takes the place of n (n - 1) / 2
    (Duranton and Overman 2005).

    The null puts the plants of the industry, with their weights, on random sites of all industries
    (their counterfactual). For several industries without weights it is nested: one permutation of
    all sites per simulation, of which an industry of n plants takes the first n. Each industry's
    draws are those of a call for it alone with the same seed, so that its bands and p-value are as
    exact; across industries draws are correlated.

    Gamma is max(K_d - upper global band, 0), Psi is max(lower global band - K_d, 0) where nothing
    is localised; the indices integrate them over distance (the article adds up 1-km steps).

    Pairs are counted on a grid of distances, h / 160 up to 1,000 plants and h / 20 above, and then
    smoothed: the error is about 1e-5 of the curve's peak, and below 1e-4 where all distances lie on
    a lattice.
    The cost is that of the pairs within the last distance and six bandwidths, O(n^2) at worst, per
    curve and simulation; that of a nested set is that of its largest industry.

    Parameters
    ----------
    points : table
        One row per plant: plane coordinates (projected, not degrees) in the unit of the distances.
    target : label, list of labels, optional
        The industry to measure, or several; by default every one with at least `least` plants.
    distances : (D,) list of numbers, optional
        Where to evaluate, ascending; by default 101 from zero to the median distance between all
        plants of the table (of 20,000 of them, evenly spaced by coordinates, if there are more).
    x, y, industry, weight : str
        Column names; without `weight` every pair counts once.
    bandwidth : float, Silverman or SheatherJones, optional
        h, or a rule; by default `Silverman()` on the distances between all pairs of the industry,
        whatever the distances asked for.
    simulations : int
        Draws B of the null; 0 for none.
    level : float
        Of the local (pointwise) and the global bands.
    bands : DurantonOvermanBands, DroppedSimulationBands or ExtremeRankBands
        Which bands, and which test `p_value` is of.
    adjustment : BenjaminiHochberg or WestfallYoung
        Of the p-values of several industries.
    least : int
        Plants that an industry needs to be measured if no `target` is given.
    seed : int or numpy.random.Generator
        The same seed gives the same answer on any number of threads and in any order of rows.

    Returns
    -------
    DensityCurve or IndustryCurves
        `.curve`, `.bandwidth`, `.localized`, `.dispersed`, `.gamma_index`, `.psi_index`,
        `.p_value`, `.plot()` of one industry; `.summary`, `.curve`, ``[industry]``, `.plot()` of
        several.

    Raises
    ------
    InputError
        For faulty columns, distances or arguments, a target that is not there, and coordinates that
        are no place (no-data values).
    IdentificationError
        With fewer than two plants, or if all distances are equal and no bandwidth is given.

    References
    ----------
    Duranton, G. and Overman, H. G. (2005), Testing for localization using micro-geographic data,
    Review of Economic Studies 72(4), 1077-1106. Its abstract was read, its text could not be; the
    definitions are those of the documentation of dbmss 2.9 (K_d, reflection, the median distance as
    the range, the bandwidth) and of McSpatial 2.0 (global bands).

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0.0, 0, 3], "y": [0.0, 4, 0], "industry": "A"})
    >>> kd = duranton_overman(plants, target="A", distances=[0, 3, 5], bandwidth=1.0)
    >>> kd.curve["observed"].round(4).tolist()
    [0.003, 0.2316, 0.2316]
    """
    data = read_points(points, x, y, industry, weight)
    _refuse_no_data(data, x, y)
    check_level(level, simulations)
    rule, d = as_bandwidth(bandwidth), _distances(distances, data)
    question = Question(data, d, weight is not None, rule, simulations, level, bands, root(seed))
    if target is None or isinstance(target, list | tuple | set | np.ndarray | pd.Series | pd.Index):
        return question.industries(target, least, adjustment)
    return question.industry(target)


@dataclass(frozen=True)
class Question:
    """What is asked of each industry.

    Attributes
    ----------
    data : all plants
    d : (D,)
    weighted : whether pairs count the product of weights
    rule, simulations, level, bands, seed : as of `duranton_overman`
    """

    data: Points
    d: Array
    weighted: bool
    rule: Bandwidth
    simulations: int
    level: float
    bands: Bands
    seed: int

    def plants(self, target: object) -> Plants:
        """Return the plants of an industry, which has at least two."""
        own = self.data.of(target)
        require_two(int(own.sum()), target)
        return Plants.of(self.data.xy[own], self.data.w[own] if self.weighted else None)

    def industry(self, target: object) -> DensityCurve:
        """Return the curve of one industry."""
        plants = self.plants(target)
        h = self.rule.bandwidth(plants.xy, target)
        return self._curve(target, plants, h, self._alone(plants, h))

    def _alone(self, plants: Plants, h: float) -> Array | None:
        if not self.simulations:
            return None
        return null_curves(self.data.xy, plants, self.d, h, self.simulations, self.seed)

    def _curve(
        self, target: object, plants: Plants, h: float, curves: Array | None
    ) -> DensityCurve:
        return density_curve(
            self.d,
            density(plants, self.d, h),
            curves,
            self.level,
            self.bands,
            target=target,
            n=len(plants.xy),
            h=h,
            bandwidth_rule=self.rule.rule,
            null="plants of the industry on random sites of all industries",
        )

    def industries(self, targets: Any, least: int, adjustment: Adjustment) -> IndustryCurves:
        """Return the curves of several industries, in the order of their names."""
        sizes = self.data.industry.value_counts()
        labels = _labels(sizes, targets, least)
        plants = [self.plants(label) for label in labels]
        h = np.array(
            [self.rule.bandwidth(p.xy, label) for p, label in zip(plants, labels, strict=True)]
        )
        null = self._null(plants, h)
        curves = {
            label: self._curve(label, plants[k], float(h[k]), null[k])
            for k, label in enumerate(labels)
        }
        few = sizes[sizes < least] if targets is None else sizes.iloc[:0]
        name = "plants of the industry on random sites of all industries" + (
            "" if self.weighted else ", the first n of one permutation per simulation (nested)"
        )
        return IndustryCurves(
            frozen(curves), few, name, adjustment, self.simulations, self.level, self.seed
        )

    def _null(self, plants: list[Plants], h: Array) -> list[Array | None]:
        """Return the simulated curves, (B, D), of each industry: nested where that is possible."""
        found: list[Array | None] = [None] * len(plants)
        if not self.simulations:
            return found
        sizes = np.array([len(p.xy) for p in plants])
        shared = shares_grid(h, float(self.d[-1])) & (not self.weighted)
        nested = np.flatnonzero(shared)[np.argsort(sizes[shared], kind="stable")]
        if nested.size:
            together = nested_null_curves(
                self.data.xy, sizes[nested], self.d, h[nested], self.simulations, self.seed
            )
            for place, k in enumerate(nested):
                found[k] = together[place]
        for k in np.flatnonzero(~shared):
            found[k] = self._alone(plants[k], float(h[k]))
        return found


def _labels(sizes: pd.Series, targets: Any, least: int) -> list[Any]:
    """Return which industries are measured, in the order of their names."""
    if targets is None:
        labels = list(sizes.index[sizes >= max(least, 2)])
        if not labels:
            raise InputError(
                f"no industry has {least} plants; the largest has {int(sizes.max())}. Pass least= "
                "for fewer, or target=."
            )
    else:
        labels = list(dict.fromkeys(targets))
        if not labels:
            raise InputError("target is an empty list. Name an industry, or leave it out for all.")
    return [labels[k] for k in canonical_order(labels)]


def _distances(given: object, data: Points) -> Array:
    """Return the distances asked for, or equal steps to the median one between all plants."""
    if given is not None:
        return check_distances(given)
    ordered = data.xy[np.lexsort((data.xy[:, 1], data.xy[:, 0]))]
    if len(ordered) > MOST_FOR_MEDIAN:
        ordered = ordered[np.linspace(0, len(ordered) - 1, MOST_FOR_MEDIAN).round().astype(int)]
    median = float(Lengths.of(ordered).quartiles[1]) if len(ordered) > 1 else 0.0
    if not median > 0:
        raise IdentificationError(
            "the median distance between plants is zero: more than half of all pairs are on one "
            "site. Pass distances=."
        )
    return np.linspace(0.0, median, STEPS + 1)


def _refuse_no_data(data: Points, x: str, y: str) -> None:
    """Raise `InputError` for a coordinate so far out that it is a code for no data."""
    with np.errstate(over="ignore", invalid="ignore"):
        middle = np.median(data.xy, axis=0)
        span = float(np.ptp(np.quantile(data.xy, [0.1, 0.9], axis=0), axis=0).max())
        far = np.abs(data.xy - middle)
        wrong = ~(far <= FARTHEST * span) if span > 0 else ~(far < np.inf)
    if wrong.any():
        row, axis = (int(place) for place in np.argwhere(wrong)[0])
        count = int(wrong.any(axis=1).sum())
        raise InputError(
            f"column {(x, y)[axis]!r} holds a value that is no place, first in row {data.row[row]} "
            f"({count} in all): it lies a thousand million times as far out as most plants are "
            "apart. It may be a no-data code; drop these rows or correct them."
        )
