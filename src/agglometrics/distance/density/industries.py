"""K_d of a whole set of industries, with p-values adjusted for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.distance.adjustments import Adjustment, BenjaminiHochberg, WestfallYoung
from agglometrics.distance.density.curves import DensityCurve
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical
from agglometrics.random.seeds import stream
from agglometrics.tables import listed

PANELS = 30
"""Small multiples that are drawn unless industries are named."""


@dataclass(frozen=True)
class IndustryCurves:
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
        if industry not in self.curves:
            raise InputError(
                f"no curve of industry {industry!r}; found {listed(list(self.curves))}. Choose "
                "one of these; industries with too few plants are in .left_out."
            )
        return self.curves[industry]

    def __len__(self) -> int:
        return len(self.curves)

    @property
    def curve(self) -> pd.DataFrame:
        """The curves below each other."""
        parts = [found.curve.assign(industry=label) for label, found in self.curves.items()]
        together = pd.concat(parts, ignore_index=True)
        return together[["industry", *together.columns.drop("industry")]]

    @property
    def summary(self) -> pd.DataFrame:
        """One row per industry."""
        found, simulated = list(self.curves.values()), self.simulations > 0
        verdicts = {
            name: pd.array(
                [getattr(c, name) if simulated else None for c in found], dtype="boolean"
            )
            for name in ("localized", "dispersed")
        }
        return pd.DataFrame(
            {
                "industry": list(self.curves),
                "n": [c.n_points for c in found],
                "bandwidth": [c.bandwidth for c in found],
                **verdicts,
                "gamma_index": [c.gamma_index for c in found],
                "psi_index": [c.psi_index for c in found],
                "p_value": [c.p_value for c in found],
                "p_adjusted": self.adjusted(self.adjustment),
            }
        )

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

    def plot(self, industries: Sequence[Any] | None = None, columns: int = 5) -> Any:
        """Draw small multiples, by default of the 30 industries with the smallest p-values.

        Returns the matplotlib figure.
        """
        from matplotlib import pyplot as plt

        if industries is None:
            order = np.argsort([c.p_value for c in self.curves.values()], kind="stable")
            industries = [list(self.curves)[k] for k in order[:PANELS]]
        wide = min(columns, len(industries))
        rows = -(-len(industries) // wide)
        figure, axes = plt.subplots(
            rows, wide, figsize=(2.4 * wide, 1.9 * rows), sharex=True, squeeze=False
        )
        for panel, label in zip(axes.flat, industries, strict=False):
            self[label].plot(panel)
            panel.get_legend().remove()
            panel.set(title=f"{label} ({self[label].n_points})", xlabel="", ylabel="")
        for panel in axes.flat[len(industries) :]:
            panel.set_visible(False)
        unit = next(iter(self.curves.values())).unit
        figure.supxlabel(f"distance ({unit})")
        figure.supylabel("Duranton-Overman K_d")
        return figure


def frozen(curves: dict[Any, DensityCurve]) -> Mapping[Any, DensityCurve]:
    """Return the curves so that they cannot be changed."""
    return MappingProxyType(curves)
