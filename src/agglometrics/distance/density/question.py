"""What is asked of the plants of each industry, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.distance.adjustments import Adjustment
from agglometrics.distance.density.bands import Bands
from agglometrics.distance.density.bandwidths import Bandwidth
from agglometrics.distance.density.curves import DensityCurve, density_curve
from agglometrics.distance.density.industries import IndustryCurves, frozen
from agglometrics.distance.density.plants import Plants
from agglometrics.distance.density.simulating import (
    density,
    drawn_curves,
    nested_null_curves,
    null_curves,
    shares_grid,
)
from agglometrics.distance.nulls import (
    Marks,
    Null,
    PopulationIndependence,
    RandomLocation,
    ShuffledLabels,
    check_null,
)
from agglometrics.distance.points import Points, require_two
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical_order

ON_RANDOM_SITES = "plants of the industry on random sites of all industries"


@dataclass(frozen=True)
class Question:
    """What is asked of each industry.

    Attributes
    ----------
    data : all plants
    d : (D,)
    weighted : whether pairs count the product of weights
    null : the random experiment; None for the usual one
    rule, simulations, level, bands, seed : as in `duranton_overman`
    """

    data: Points
    d: Array
    weighted: bool
    rule: Bandwidth
    null: Null | None
    simulations: int
    level: float
    bands: Bands
    seed: int

    def industry(self, target: object, neighbor: object) -> DensityCurve:
        """Return the curve of one industry, or from one to another."""
        own = self.data.of(target)
        counted = own if neighbor is None else self.data.of(neighbor)
        if (own == counted).all():
            return self._within(target, own)
        plants, others = (Plants.of(self.data, which, self.weighted) for which in (own, counted))
        h = self.rule.bandwidth(plants, f"{target} to {neighbor}", others)
        null, curves = check_null(self.null, PopulationIndependence()), None
        if self.simulations:
            curves = self._drawn(own, counted, null, h)
        return self._curve((target, neighbor), plants, h, curves, null.name, others)

    def _within(self, target: object, own: Marks) -> DensityCurve:
        require_two(int(own.sum()), target)
        plants = Plants.of(self.data, own, self.weighted)
        h = self.rule.bandwidth(plants, target)
        return self._curve(target, plants, h, self._alone(own, plants, h), self._name)

    @property
    def _on_random_sites(self) -> bool:
        """Whether the null puts plants with their weights on random sites: what is compiled."""
        null = check_null(self.null, RandomLocation())
        same = isinstance(null, ShuffledLabels) and not self.weighted
        return same or isinstance(null, RandomLocation)

    @property
    def _name(self) -> str:
        """What the null of an industry does."""
        named = check_null(self.null, RandomLocation()).name
        return ON_RANDOM_SITES if self._on_random_sites else named

    @property
    def _sites(self) -> Plants:
        return Plants.of(self.data, slice(None), weighted=False)

    def _alone(self, own: Marks, plants: Plants, h: float) -> Array | None:
        if not self.simulations:
            return None
        if not self._on_random_sites:
            return self._drawn(own, own, check_null(self.null, RandomLocation()), h)
        return null_curves(self._sites, plants, self.d, h, self.simulations, self.seed)

    def _drawn(self, own: Marks, counted: Marks, null: Null, h: float) -> Array:
        return drawn_curves(
            self.data, own, counted, self.weighted, null, self.d, h, self.simulations, self.seed
        )

    def _curve(
        self, target: object, plants: Plants, h: float, curves: Array | None, null: str,
        others: Plants | None = None,
    ) -> DensityCurve:  # fmt: skip
        return density_curve(
            self.d,
            density(plants, self.d, h, others),
            curves,
            self.level,
            self.bands,
            target=target,
            n=len(plants),
            h=h,
            bandwidth_rule=self.rule.rule,
            null=null,
            unit=self.data.space.unit,
        )

    def industries(self, targets: Any, least: int, adjustment: Adjustment) -> IndustryCurves:
        """Return the curves of several industries, in the order of their names."""
        sizes = self.data.industry.value_counts()
        labels = _labels(sizes, targets, least)
        marks = [self.data.of(label) for label in labels]
        for label, own in zip(labels, marks, strict=True):
            require_two(int(own.sum()), label)
        plants = [Plants.of(self.data, own, self.weighted) for own in marks]
        h = np.array(
            [self.rule.bandwidth(p, label) for p, label in zip(plants, labels, strict=True)]
        )
        null = self._null(marks, plants, h)
        curves = {
            label: self._curve(label, plants[k], float(h[k]), null[k], self._name)
            for k, label in enumerate(labels)
        }
        few = sizes[sizes < least] if targets is None else sizes.iloc[:0]
        nested = self._on_random_sites and not self.weighted
        name = self._name + (
            ", the first n of one permutation per simulation (nested)" if nested else ""
        )
        return IndustryCurves(
            frozen(curves), few, name, adjustment, self.simulations, self.level, self.seed
        )

    def _null(self, marks: list[Marks], plants: list[Plants], h: Array) -> list[Array | None]:
        """Return the simulated curves, (B, D), of each industry: nested where that is possible."""
        found: list[Array | None] = [None] * len(plants)
        if not self.simulations:
            return found
        sizes = np.array([len(p) for p in plants])
        may = self._on_random_sites and not self.weighted
        shared = shares_grid(h, float(self.d[-1])) & may
        nested = np.flatnonzero(shared)[np.argsort(sizes[shared], kind="stable")]
        if nested.size:
            together = nested_null_curves(
                self._sites, sizes[nested], self.d, h[nested], self.simulations, self.seed
            )
            for place, k in enumerate(nested):
                found[k] = together[place]
        for k in np.flatnonzero(~shared):
            found[k] = self._alone(marks[k], plants[k], float(h[k]))
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
