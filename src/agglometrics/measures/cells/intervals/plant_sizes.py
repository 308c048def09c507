"""The dartboard interval of a location quotient where plants differ in size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.cells.intervals.proportions import (
    wilson_limits,
)
from agglometrics.measures.cells.intervals.requirements import (
    wrong_reference,
)
from agglometrics.measures.cells.references import Reference, aligned
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, ratio
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class PlantSizes:
    """Dartboard interval of a location quotient where plants choose, and differ in size.

    Each plant of the industry chooses region r with probability s_r, whatever its size; the
    cells hold its employees. With H the plants' Herfindahl index, s_r is estimated with
    variance H s_r (1 - s_r), and LQ = s_r / x_r, x_r given. Under LQ = 1 the standard error is
    sqrt(H (1 - x_r) / x_r) (Guimaraes, Figueiredo and Woodward 2009, "Dartboard tests for the
    location quotient"); ``std_error`` is this one. The interval inverts the same score test
    (Wilson 1927, with 1 / H for the number of draws), so that both agree. Normal
    approximation: it needs many plants, none of them dominant, and is rough for H > 0.05.

    Parameters
    ----------
    herfindahl : the plants' Herfindahl index, in (0, 1]
        Series with the industries as index, or a table of industry (and time) and one column,
        for example ``ellison_glaeser(...)[["industry", "herfindahl"]]``.
    level : nominal coverage, 0.95 by default
    """

    herfindahl: object
    level: float = 0.95

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return "plants of their sizes drawn by the dartboard, reference given"

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        from scipy.special import ndtr, ndtri

        if reference.name != "including":
            raise wrong_reference(self, reference, "'including'")
        H = self._indices(cube)[t]
        E = cube.values[t]
        s, x = ratio(E, E.sum(axis=0)), E.sum(axis=1, keepdims=True) / E.sum()
        se = np.sqrt(ratio(H * (1 - x), x))
        low, high = wilson_limits(s, H, ndtri(0.5 + self.level / 2))
        return {
            "std_error": np.where(np.isnan(s), np.nan, se),
            "conf_low": ratio(low, x),
            "conf_high": ratio(high, x),
            "p_value": 2 * ndtr(-np.abs(ratio(ratio(s, x) - 1, se))),
        }

    def _indices(self, cube: Cube) -> Array:
        """Return H of each period and industry: (T, I)."""
        table = aligned(cube, self.herfindahl, "industry", "the Herfindahl table")
        H = table[cube.industries].to_numpy(dtype=np.float64)
        wrong = np.asarray(~((H > 0) & (H <= 1)).all(axis=0))
        if wrong.any():
            raise InputError(
                f"a plant Herfindahl index lies in (0, 1]; found others in {cube.industry} "
                f"{listed(cube.industries[wrong])}. Compute it as the sum of squared plant shares."
            )
        return H
