"""K_d of a whole set of industries, with p-values adjusted for their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import pandas as pd

from agglometrics.distance.adjustments import Adjustment, BenjaminiHochberg, WestfallYoung
from agglometrics.distance.answers.curve_set import CurveSet
from agglometrics.distance.density.curves import DensityCurve
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical
from agglometrics.random.seeds import stream


@dataclass(frozen=True)
class IndustryCurves(CurveSet):
    """The curves of a set of industries; ``curves["A"]`` is the `DensityCurve` of one.

    Attributes
    ----------
    summary : one row per industry
        `industry, n, bandwidth, localized, dispersed, gamma_index, psi_index, p_value,
        p_adjusted` (missing without simulations)
    curve : one row per industry and distance: `industry` and the columns of a `DensityCurve`
    left_out : number of plants of the industries that have too few of them
    null : the random experiment; draws of different industries are the same permutations where
        pairs are not weighted
    adjustment : of `p_adjusted`
    note : what the number of simulations allows the adjusted p-values to be
    simulations, level, seed : as asked for
    """

    curves: Mapping[Any, DensityCurve] = field(repr=False)
    left_out: pd.Series
    null: str
    adjustment: Adjustment
    simulations: int
    level: float
    seed: int

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "curves": dict(self.curves)}  # a read-only view is not copied

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({**state, "curves": frozen(state["curves"])})

    def __getitem__(self, industry: Any) -> DensityCurve:
        """Return the curve of one industry."""
        return cast("DensityCurve", super().__getitem__(industry))

    @property
    def _others(self) -> str:
        return "industries with too few plants are in .left_out."

    @property
    def summary(self) -> pd.DataFrame:
        """One row per industry."""
        found, table = list(self.curves.values()), self.verdicts()
        for place, name in ((2, "bandwidth"), (5, "gamma_index"), (6, "psi_index")):
            table.insert(place, name, [getattr(curve, name) for curve in found])
        return table.assign(p_adjusted=self.adjusted(self.adjustment))

    def adjusted(self, adjustment: Adjustment) -> Array:
        """Return p-values adjusted by `BenjaminiHochberg()` or `WestfallYoung()`, (K,).

        The draws of a nested null are the same permutations for all industries, which real
        industries, on different sites, do not share: taken together they would make the smallest of
        many p-values look less remarkable than it is. Each industry's draws are therefore put in a
        random order of its own before minima are taken, as if industries were independent.
        """
        p = np.array([found.p_value for found in self.curves.values()])
        if not self.simulations:
            return p
        null = np.empty((self.simulations, p.size))
        for k, (label, found) in enumerate(self.curves.items()):
            rng = np.random.default_rng(stream(self.seed, f"order of {canonical(label)}"))
            null[:, k] = rng.permutation(found.null_p_values)
        return adjustment.adjusted(p, null)

    @property
    def note(self) -> str:
        """How small the adjusted p-values can be."""
        if not self.simulations:
            return "no simulations: no p-values"
        K, least = len(self.curves), 1 / (self.simulations + 1)
        floors = {
            BenjaminiHochberg: f"{least:.2g} if all {K} industries are at the smallest p-value, "
            f"{min(1.0, K * least):.2g} for one alone",
            WestfallYoung: f"about {1 - (1 - least) ** K:.2g}",
        }
        return (
            f"{self.adjustment.name}: with {self.simulations} simulations the smallest p-value is "
            f"{least:.2g} and the smallest adjusted one {floors[type(self.adjustment)]} (Holm's "
            f"{min(1.0, K * least):.2g})."
        )


def frozen(curves: dict[Any, DensityCurve]) -> Mapping[Any, DensityCurve]:
    """Return the curves so that they cannot be changed."""
    return MappingProxyType(curves)
