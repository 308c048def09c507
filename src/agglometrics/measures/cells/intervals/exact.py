"""The exact binomial interval of a location quotient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.measures.cells.intervals.proportions import (
    binomial_limits,
    binomial_p_value,
)
from agglometrics.measures.cells.intervals.requirements import (
    check_unit,
    require_counts,
    wrong_reference,
)
from agglometrics.measures.cells.references import Reference
from agglometrics.notation import Array
from agglometrics.tables import Cube, ratio
from agglometrics.tables.argument.kinds import Stated
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class Exact:
    """Exact binomial interval of a location quotient, given the reference shares.

    With the regions' shares x of the total as reference, every one of the industry's E_i
    units chooses a region by itself, region r with probability s_r: E_ri is binomial
    (E_i, s_r) and LQ = s_r / x_r. With a nation's table as reference, every one of the
    region's E_r units is of industry i with probability q_i, and LQ = q_i / p_i. The
    reference is held fixed; so with the default reference the industry should be a small
    part of the total. The interval is Clopper and Pearson's (1934), which covers at least
    at its level; the p-value of LQ = 1 (the dartboard of Ellison and Glaeser 1997; Guimaraes,
    Figueiredo and Woodward 2009) is twice the smaller tail.

    Parameters
    ----------
    unit : what is drawn, ``"plants"`` or ``"persons"``: a statement that the answer repeats
        Persons of one plant do not choose alone: taking them as units makes the interval
        too short wherever plants are large.
    level : coverage, 0.95 by default
    """

    unit: Stated
    level: float = 0.95

    def __post_init__(self) -> None:
        check_unit(self.unit)

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return f"exact binomial, {self.unit} drawn, reference given"

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        require_counts(cube, self)
        E = cube.values[t]
        if reference.name == "including":
            total = E.sum()
            n, base = E.sum(axis=0, keepdims=True), E.sum(axis=1, keepdims=True) / total
        elif reference.outside == "industry":
            n, base = E.sum(axis=1, keepdims=True), np.atleast_2d(reference.shares(t, E))
        else:
            raise wrong_reference(self, reference, "'including' or a table of national totals")
        n, base = np.broadcast_to(n, E.shape), np.broadcast_to(base, E.shape)
        share = ratio(E, n)
        low, high = binomial_limits(E, n, self.level)
        known = (n > 0) & (base > 0)
        found = {
            "std_error": ratio(np.sqrt(ratio(share * (1 - share), n)), base),
            "conf_low": ratio(low, base),
            "conf_high": ratio(high, base),
            "p_value": binomial_p_value(E, n, base),
        }
        return {name: np.where(known, values, np.nan) for name, values in found.items()}
