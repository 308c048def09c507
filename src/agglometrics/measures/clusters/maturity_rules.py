"""Thresholds that separate crowds of firms from growing and mature clusters, and the stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import above, at_least

STAGES = ("none", "crowding", "growing", "mature")
UNDECIDED = "undecided"
MEASURES = ["size", "lq", "growth", "local_supply", "supporting"]


@checked
@dataclass(frozen=True)
class MaturityRules:
    """Thresholds of `cluster_maturity`, each reached from its value on.

    Attributes
    ----------
    size : the region's share of the industry, in multiples of an even share 1 / R
    lq : location quotient
    growth : growth of that share over the period; beyond it, not at it
    local_supply : share of the industry's inputs that the region supplies
    supporting : supporting firms among all firms, where plants are known
    """

    size: float = 1.0
    lq: float = 1.0
    growth: float = 0.0
    local_supply: float = 0.5
    supporting: float = 0.3

    @checked
    def around(self, relative: float = 0.2, growth: float = 0.1) -> tuple[MaturityRules, ...]:
        """Return the 81 rules with size, lq, local_supply and growth each lower, equal, higher.

        Parameters
        ----------
        relative : how far the first three move, as a share of themselves
        growth : how far the threshold of growth moves, in its own unit
        """
        factors = (1 - relative, 1.0, 1 + relative)
        return tuple(
            replace(
                self,
                size=self.size * a,
                lq=self.lq * b,
                local_supply=self.local_supply * c,
                growth=self.growth + d,
            )
            for a, b, c, d in product(factors, factors, factors, (-growth, 0.0, growth))
        )


def require_rules(rules: object) -> None:
    """Raise `InputError` unless `rules` are `MaturityRules`."""
    if not isinstance(rules, MaturityRules):
        raise InputError(
            f"rules must be MaturityRules(...), such as MaturityRules(lq=1.25); found {rules!r}. "
            "Pass such an object."
        )


def stages(
    size: Array, lq: Array, growth: Array, local_supply: Array, supporting: Array,
    rules: MaturityRules,
) -> Array:  # fmt: skip
    """Return the stage of each cell, as a position in `STAGES`: any one shape.

    An unknown `supporting` share does not rule out maturity; other unknowns fail their rule.
    """
    large, special = at_least(size, rules.size), at_least(lq, rules.lq)
    gathered = large | special
    complete = np.isnan(supporting) | at_least(supporting, rules.supporting)
    mature = large & special & at_least(local_supply, rules.local_supply) & complete
    return np.select([~gathered, mature, above(growth, rules.growth)], [0, 3, 2], default=1)


def stage_names(table: pd.DataFrame, rules: MaturityRules) -> Array:
    """Name the stage; undecided where an unknown local supply would decide it."""
    size, lq, growth, local, supporting = (
        np.asarray(table[name], dtype=np.float64) for name in MEASURES
    )
    worst, best = (
        stages(size, lq, growth, np.where(np.isnan(local), fill, local), supporting, rules)
        for fill in (-np.inf, np.inf)
    )
    return np.where(worst == best, np.asarray(STAGES)[best], UNDECIDED)
