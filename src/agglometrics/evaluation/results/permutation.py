"""`PermutationTest`: a difference in differences with its reassignments, size and picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.permuting.calibration import of_permutation
from agglometrics.evaluation.permuting.over import Over
from agglometrics.evaluation.permuting.statistics import (
    accepted_effects,
    differences,
    p_value,
    treatment,
)
from agglometrics.evaluation.pictures.ranks import draw_reassignments, effect_axis
from agglometrics.evaluation.size import Size, attainable
from agglometrics.inference.estimates import Interval
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class PermutationTest:
    """A difference in differences with the rank test of its reassignments.

    Attributes
    ----------
    panel : what was read
    tau : (B,) statistics, the true one first
    kappa : (B,) the same of the true treatment: what a constant effect of one adds to tau
    labels : (B,) what was reassigned to
    enumerated : whether every reassignment is there
    over : the value that chose them
    level : of the set in `tidy`
    """

    panel: TreatedPanel = field(repr=False)
    tau: Array = field(repr=False)
    kappa: Array = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    enumerated: bool
    over: Over
    level: float

    @property
    def estimate(self) -> float:
        """The difference in differences."""
        return float(self.tau[0])

    @property
    def p_value(self) -> float:
        """The share of reassignments that are at least as large in absolute value."""
        return p_value(self.tau, self.kappa, 0.0)

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that the number of reassignments allows."""
        return 1 / len(self.tau)

    def interval(self, level: float | None = None) -> Interval:
        """Return the constant effects that the test does not reject."""
        level = self.level if level is None else level
        pieces = accepted_effects(self.tau, self.kappa, 1 - level + 1e-12)
        return Interval(pieces, level, "inverted permutation test")

    def tidy(self) -> pd.DataFrame:
        """Return one row: term att, estimate, std_error, conf_low, conf_high, p_value, level.

        Where the level asked for cannot be attained, the set is at the highest that can, and
        `level` says so. std_error is the root mean square of the reassignments' statistics.
        """
        level = attainable(self.level, self.smallest_p)
        pieces = self.interval(level).pieces or ((np.nan, np.nan),)
        return pd.DataFrame([{
            "term": "att", "estimate": self.estimate,
            "std_error": float(np.sqrt(np.mean(self.tau[1:] ** 2))),
            "conf_low": pieces[0][0], "conf_high": pieces[-1][1],
            "p_value": self.p_value, "level": level,
        }])  # fmt: skip

    @property
    def weights(self) -> pd.DataFrame:
        """Unit weights of the comparison, uniform: unit, weight."""
        never = self.panel.units[~self.panel.ever]
        return pd.DataFrame({"unit": never, "weight": np.full(len(never), 1 / len(never))})

    @property
    def placebos(self) -> pd.DataFrame:
        """Return every reassignment: reassigned to, estimate, true."""
        true = np.arange(len(self.tau)) == 0
        return pd.DataFrame({"reassigned": self.labels, "estimate": self.tau, "true": true})

    @cached_property
    def size(self) -> Size:
        """How often the test errs at pseudo-dates and on donors, and what it would find."""
        return of_permutation(self.panel, self.tau, self.over, self.level)

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the distribution of the reassignments, and the estimate with its p-value.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names

        Raises
        ------
        InputError
            If there are fewer than two reassignments besides the true one.
        """
        axis = effect_axis(self.panel.outcome, unit, lang, labels)
        return draw_reassignments(
            self.tau, axis, self.p_value, "_reassigned", lang=lang, labels=labels
        )

    def __str__(self) -> str:
        row = self.tidy().iloc[0]
        return (
            f"att {row.estimate:.6g}, p {row.p_value:.4g} of {len(self.tau)} reassignments, "
            f"{row.level:.3g} set {self.interval(row.level)}\n{self.size}"
        )


def of_assignments(
    panel: TreatedPanel, first: Codes, enumerated: bool, over: Over, level: float
) -> PermutationTest:
    """Return the test of first treated periods (B, N), the truth first."""
    T = panel.Y.shape[1]
    tau = differences(panel.Y, first)
    kappa = differences(treatment(panel.first, T), first)
    names = panel.units.astype(str).to_numpy(dtype=object)
    labels = tuple(", ".join(names[row < T]) for row in first)
    return PermutationTest(panel, tau, kappa, labels, enumerated, over, level)
