"""A confidence interval for gamma under a declared model of how plants choose regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.plants.inference.experiment import Observed
from agglometrics.measures.plants.inference.monte_carlo import monte_carlo_p
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import above, at_least

BISECTIONS = 14
"""Halvings of [0, 1] for the ends of a confidence interval: to 6e-5."""


@checked
@dataclass(frozen=True)
class NaturalAdvantage:
    """Regions have random advantages: probabilities Dirichlet(x (1 - gamma) / gamma).

    Their mean is x and their variance gamma x (1 - x), as Ellison and Glaeser (1997, section
    II.B) require. The same locations arise from spillovers that bind plants into many clusters
    (the urn scheme of Blackwell and MacQueen 1973): location data cannot distinguish the two.
    """

    name: str = "natural advantage"

    def simulated_g(self, industry: Observed, gamma: float, draws: int, seed: int) -> Array:
        """Return G, (B,), of plants that choose under this model."""
        from agglometrics.measures.plants.inference.simulate import urn

        return industry.simulated(urn, gamma, draws, seed)


@checked
@dataclass(frozen=True)
class Spillover:
    """Each plant joins one common place with probability sqrt(gamma); the rest choose from x.

    Any two plants are then bound together with probability gamma, as Ellison and Glaeser (1997,
    section II.B) require of spillovers, all in one cluster.
    """

    name: str = "spillover, one cluster"

    def simulated_g(self, industry: Observed, gamma: float, draws: int, seed: int) -> Array:
        """Return G, (B,), of plants that choose under this model."""
        from agglometrics.measures.plants.inference.simulate import one_cluster

        return industry.simulated(one_cluster, gamma, draws, seed)


@checked
@dataclass(frozen=True)
class LocationChoice:
    """A confidence interval for gamma under a declared model of how plants choose regions.

    The interval holds every gamma in [0, 1] that two one-sided Monte Carlo tests at half the
    level accept: it covers at least nominally *in that model*, plant sizes and x held fixed, for
    an industry that is outside its reference (``reference="excluding"``, totals from outside, or
    a small own share: see the notes of `ellison_glaeser`). Its ends are found by bisection with
    common random numbers. If the plants are more even than any gamma >= 0 makes likely, the set is
    empty and the ends are NaN.

    Parameters
    ----------
    draws : number B of simulations at each gamma tried
    level : coverage
    mechanism : `NaturalAdvantage` or `Spillover`
    seed : an integer, a numpy Generator, or None for a fresh one
    """

    draws: int = 999
    level: float = 0.95
    mechanism: NaturalAdvantage | Spillover = NaturalAdvantage()
    seed: Seed = 0

    def __post_init__(self) -> None:
        if not at_least((self.draws + 1) * (1 - self.level) / 2, 1):
            raise InputError(
                f"{self.draws} draws cannot give an interval of level {self.level}: "
                f"take at least {int(np.ceil(2 / (1 - self.level) - 1e-9)) - 1}."
            )

    @property
    def model(self) -> str:
        """The model, its level and draws."""
        return f"{self.mechanism.name}, level {self.level:g}, {self.draws} draws"

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics that it gives."""
        return ("std_error", "conf_low", "conf_high")

    @property
    def evaluations(self) -> int:
        """How often every plant is placed, at most."""
        return self.draws * (2 * BISECTIONS + 4)

    def with_root(self) -> LocationChoice:
        """Return the same model with an integer seed."""
        return LocationChoice(self.draws, self.level, self.mechanism, root(self.seed))

    def statistics(self, industry: Observed) -> dict[str, float]:
        """Return `std_error` at the estimate, and the interval `conf_low`, `conf_high`."""
        seed = stream(root(self.seed), industry.label)

        def simulated(gamma: float) -> Array:
            return self.mechanism.simulated_g(industry, gamma, self.draws, seed)

        at_estimate = simulated(float(np.clip(industry.gamma(industry.G), 0.0, 1.0)))
        low, high = self._ends(simulated, industry.G)
        return {
            "std_error": float(np.std(industry.gamma(at_estimate), ddof=1)),
            "conf_low": low,
            "conf_high": high,
        }

    def _ends(self, simulated: Any, G: float) -> tuple[float, float]:
        half = (1 - self.level) / 2

        def too_low(gamma: float) -> bool:
            return not above(monte_carlo_p(simulated(gamma), G, "greater"), half)

        def too_high(gamma: float) -> bool:
            return not above(monte_carlo_p(simulated(gamma), G, "less"), half)

        if too_high(0.0):
            return float("nan"), float("nan")
        low = _last(too_low) if too_low(0.0) else 0.0
        high = _last(lambda gamma: not too_high(gamma)) if too_high(1.0) else 1.0
        return low, high


def _last(holds: Any) -> float:
    """Return the largest gamma in [0, 1] at which a condition that holds at 0 still holds."""
    below, above = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (below + above) / 2
        below, above = (middle, above) if holds(middle) else (below, middle)
    return below
