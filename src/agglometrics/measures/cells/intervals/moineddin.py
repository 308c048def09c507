"""The interval of a location quotient by the delta method: Moineddin, Beyene and Boyle (2003)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.measures.cells.intervals.proportions import (
    delta_std_error,
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
class Moineddin:
    """Asymptotic interval of a location quotient (Moineddin, Beyene and Boyle 2003).

    Every region draws its E_r units independently, and a unit is of industry i with
    probability q_ri; the nation is the sum of the regions, so its share is drawn too.
    LQ +- z se by the delta method, and the p-value of LQ = 1 from the normal. Where
    E_ri is 0 or E_r the method has no variance, and the answer is NaN: use `Exact` there. It needs
    many units: in three regions of 80 to 90 plants, with an expected count of 60, intervals of 95
    percent cover .939 (800 samples, Monte Carlo error .008), with one of 6 in regions of 8 or 9
    plants .874 (.012).

    Parameters
    ----------
    unit : what is drawn, ``"plants"`` or ``"persons"``: a statement that the answer repeats
    level : nominal coverage, 0.95 by default
    """

    unit: Stated
    level: float = 0.95

    def __post_init__(self) -> None:
        check_unit(self.unit)

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return f"delta method, {self.unit} drawn within regions"

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        from scipy.special import ndtr, ndtri

        if reference.name != "including":
            raise wrong_reference(self, reference, "'including'")
        require_counts(cube, self)
        E = cube.values[t]
        E_r = E.sum(axis=1, keepdims=True)
        lq = ratio(ratio(E, E_r), reference.shares(t, E))
        se = np.where((E > 0) & (E_r > E), delta_std_error(E), np.nan)
        half = ndtri(0.5 + self.level / 2) * se
        p_value = 2 * ndtr(-np.abs(lq - 1) / se)
        return {
            "std_error": se,
            "conf_low": lq - half,
            "conf_high": lq + half,
            "p_value": p_value,
        }
