"""Inference under a named random experiment: the dartboard, or a location choice with gamma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import ROUNDING

Alternative = Literal["greater", "less", "two-sided"]

NORMAL_5 = 1.6448536269514722
"""The z beyond which a one-sided test of the normal distribution rejects at 5 percent."""

BISECTIONS = 14
"""Halvings of [0, 1] for the ends of a confidence interval: to 6e-5."""


@dataclass(frozen=True)
class Observed:
    """One industry in one period, as an inference sees it.

    Attributes
    ----------
    z : (N,) shares of the plants in the industry, largest first
    x : (R,) reference shares
    origin : (R,) where deviations are measured from: x, or zero
    G : concentration, the sum over regions of (s - origin)^2
    expected_g, variance_g : moments of G under the dartboard
    label : names the industry and period, for its own stream of random numbers
    """

    z: Array
    x: Array
    origin: Array
    G: float
    expected_g: float
    variance_g: float
    label: str

    def gamma(self, G: Any) -> Any:
        """Return the excess of G (or of an array of them) over the dartboard, as a gamma."""
        return (G - self.expected_g) / ((1 - self.z @ self.z) * (1 - self.x @ self.x))

    def simulated(self, kernel: Any, gamma: float, draws: int, seed: int) -> Array:
        """Return G, (B,), of these plants in random locations, by a kernel of `simulate`."""
        from agglometrics.measures.plants.simulate import simulated_g

        return simulated_g(kernel, self.z, self.x, self.origin, gamma, draws, seed)


class Inference(Protocol):
    """A random experiment that turns an industry into statistics."""

    @property
    def model(self) -> str:
        """The experiment and its size, as the answer names it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics that it gives."""

    @property
    def evaluations(self) -> int:
        """How often every plant is placed, at most."""

    def with_root(self) -> Inference:
        """Fix the seed, so that every industry of one call starts from the same."""

    def statistics(self, industry: Observed) -> dict[str, float]:
        """Return the statistics of one industry, by column."""


@checked
@dataclass(frozen=True)
class Dartboard:
    """The dartboard null: plants of the given sizes choose regions at random with probability x.

    The p-value is that of a Monte Carlo test, (1 + number of draws as extreme) / (draws + 1): its
    size is at most nominal whatever the number of plants (Ellison and Glaeser 1997 give the null,
    section II.A; Dwass 1957 and Barnard 1963 the test). Sizes and x are held fixed, so a test of
    G and one of gamma are the same.

    Parameters
    ----------
    draws : number B of random allocations
    seed : an integer, a numpy Generator, or None for a fresh one
    alternative : "greater" (concentration), "less" (dispersion), or "two-sided" (twice the
        smaller tail)
    """

    draws: int = 999
    seed: Seed = 0
    alternative: Alternative = "greater"

    def __post_init__(self) -> None:
        _require_draws(self.draws)
        if self.alternative not in ("greater", "less", "two-sided"):
            raise InputError(
                f"alternative={self.alternative!r} is unknown; "
                "choose 'greater', 'less' or 'two-sided'."
            )

    @property
    def model(self) -> str:
        """The null and its draws."""
        return f"dartboard, {self.draws} draws, {self.alternative}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics that it gives."""
        return ("p_value", "z_size")

    @property
    def evaluations(self) -> int:
        """How often every plant is placed."""
        return self.draws

    def with_root(self) -> Dartboard:
        """Return the same test with an integer seed."""
        return Dartboard(self.draws, root(self.seed), self.alternative)

    def statistics(self, industry: Observed) -> dict[str, float]:
        """Return `p_value`, and `z_size`: how often the 5 percent z-test rejects a true null."""
        from agglometrics.measures.plants.simulate import urn

        seed = stream(root(self.seed), industry.label)
        G = industry.simulated(urn, 0.0, self.draws, seed)
        normal = (G - industry.expected_g) / np.sqrt(industry.variance_g)
        return {
            "p_value": monte_carlo_p(G, industry.G, self.alternative),
            "z_size": float(np.mean(normal > NORMAL_5)),
        }


@checked
@dataclass(frozen=True)
class NaturalAdvantage:
    """Regions have random advantages: probabilities Dirichlet(x (1 - gamma) / gamma).

    Their mean is x and their variance gamma x (1 - x), as Ellison and Glaeser (1997, section
    II.B) ask for. The same locations arise from spillovers that bind plants into many clusters
    (the urn scheme of Blackwell and MacQueen 1973): location data cannot tell the two apart.
    """

    name: str = "natural advantage"

    def simulated_g(self, industry: Observed, gamma: float, draws: int, seed: int) -> Array:
        """Return G, (B,), of plants that choose under this model."""
        from agglometrics.measures.plants.simulate import urn

        return industry.simulated(urn, gamma, draws, seed)


@checked
@dataclass(frozen=True)
class Spillover:
    """Each plant joins one common place with probability sqrt(gamma); the rest choose from x.

    Any two plants are then bound together with probability gamma, as Ellison and Glaeser (1997,
    section II.B) ask of spillovers, all in one cluster.
    """

    name: str = "spillover, one cluster"

    def simulated_g(self, industry: Observed, gamma: float, draws: int, seed: int) -> Array:
        """Return G, (B,), of plants that choose under this model."""
        from agglometrics.measures.plants.simulate import one_cluster

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
        if not 0 < self.level < 1:
            raise InputError(
                f"level must lie between 0 and 1; found {self.level}. For example level=0.95."
            )
        _require_draws(self.draws)
        if (self.draws + 1) * (1 - self.level) / 2 < 1:
            raise InputError(
                f"{self.draws} draws cannot give an interval of level {self.level}: "
                f"take at least {int(np.ceil(2 / (1 - self.level)))}."
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
            return monte_carlo_p(simulated(gamma), G, "greater") <= half

        def too_high(gamma: float) -> bool:
            return monte_carlo_p(simulated(gamma), G, "less") <= half

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


def _require_draws(draws: int) -> None:
    if draws < 1:
        raise InputError(f"draws must be at least 1; found {draws}. For example draws=999.")


def monte_carlo_p(draws: Array, observed: float, alternative: Alternative) -> float:
    """Return the p-value of a Monte Carlo test; draws equal up to rounding count as extreme."""
    tie = ROUNDING * max(float(np.abs(draws).max()), abs(observed))
    above = (1 + np.count_nonzero(draws >= observed - tie)) / (draws.size + 1)
    below = (1 + np.count_nonzero(draws <= observed + tie)) / (draws.size + 1)
    tails = {"greater": above, "less": below, "two-sided": min(1.0, 2 * min(above, below))}
    return float(tails[alternative])
