"""The dartboard null of Ellison and Glaeser (1997), tested by simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.plants.inference.experiment import Observed
from agglometrics.measures.plants.inference.monte_carlo import (
    Alternative,
    monte_carlo_p,
)
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables.arguments import checked

NORMAL_5 = 1.6448536269514722
"""The z beyond which a one-sided test of the normal distribution rejects at 5 percent."""


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
        from agglometrics.measures.plants.inference.simulate import urn

        seed = stream(root(self.seed), industry.label)
        G = industry.simulated(urn, 0.0, self.draws, seed)
        normal = (G - industry.expected_g) / np.sqrt(industry.variance_g)
        return {
            "p_value": monte_carlo_p(G, industry.G, self.alternative),
            "z_size": float(np.mean(normal > NORMAL_5)),
        }
