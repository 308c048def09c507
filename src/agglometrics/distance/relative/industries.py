"""The curves of M or m of several industries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.distance.answers.curve_set import CurveSet
from agglometrics.inference.multiple_testing import benjamini_hochberg

LEAST = 10
"""Plants that an industry needs to be taken where all are asked for (Duranton and Overman 2005)."""


@dataclass(frozen=True)
class RelativeCurves(CurveSet):
    """The curves of several industries; ``curves["A"]`` is the `DistanceCurve` of one.

    Attributes
    ----------
    curves : by industry
    adjustment : of the p-values for the number of industries

    Draws are shared by all industries where the null leaves weights on their sites: each curve
    has its own null distribution exactly, and curves of different industries are correlated
    across draws.
    """

    adjustment: str = "Benjamini-Hochberg"

    @property
    def _others(self) -> str:
        return f"others, of fewer than {LEAST} plants, are to be named in target=[...]."

    @property
    def summary(self) -> pd.DataFrame:
        """One row per industry: `industry, n, localized, dispersed, p_value, p_adjusted`.

        Without simulations the last four are missing.
        """
        table = self.verdicts()
        p_values = np.asarray(table["p_value"], dtype=np.float64)
        return table.assign(p_adjusted=benjamini_hochberg(p_values))
