"""`SyntheticControl`: the estimate with its placebos, sets, size and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.evaluation.matching import Outcomes, Predictors, Ridge
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.pictures.paths import draw_stages
from agglometrics.evaluation.pictures.ranks import draw_placebos, draw_weights
from agglometrics.evaluation.pictures.words import name_sets, worded
from agglometrics.evaluation.results.variations import (
    at_earlier_starts,
    donor_weights,
    importances,
    paths,
    pool_of,
    without_each_donor,
)
from agglometrics.evaluation.size import Size, attainable
from agglometrics.evaluation.synthetic import calibration
from agglometrics.evaluation.synthetic.conformal import conformal_rows
from agglometrics.evaluation.synthetic.fits import (
    Fits,
    Pool,
    Weigher,
    inverted,
    rank_p_value,
    ratio_quadratics,
)
from agglometrics.inference.estimates import Interval
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class SyntheticControl:
    """A synthetic control with its placebos.

    Attributes
    ----------
    panel : what was read
    fits : the assignments, the true one first, with their weights and gaps
    level : of the interval in `tidy`
    enumerated : whether every possible assignment is among the placebos
    weigher, pools : how weights are found, and from which donors
    match, augment : what was matched, and the augmentation
    """

    panel: TreatedPanel = field(repr=False)
    fits: Fits = field(repr=False)
    level: float
    enumerated: bool
    weigher: Weigher = field(repr=False, compare=False)
    pools: Pool = field(repr=False)
    match: Outcomes | Predictors
    augment: Ridge | None

    @property
    def estimate(self) -> float:
        """The mean gap over treated unit-periods."""
        return float(self.fits.att[0])

    @cached_property
    def _quadratics(self) -> Array:
        return ratio_quadratics(self.fits, 0)

    @property
    def p_value(self) -> float:
        """The rank of the ratio of RMSPE after over before treatment among all assignments."""
        return rank_p_value(self._quadratics, 0, 0.0)

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that the number of assignments allows."""
        return 1.0 / len(self.fits.units)

    def interval(self, level: float | None = None) -> Interval:
        """Return the constant effects that the rank test does not reject.

        The whole line, where even the smallest attainable p-value is above ``1 - level``.
        """
        level = self.level if level is None else level
        pieces = inverted(self._quadratics, 0, 1 - level + 1e-12)
        return Interval(pieces, level, "inverted rank test of RMSPE ratios")

    def tidy(self) -> pd.DataFrame:
        """Return one row: term att, estimate, std_error, conf_low, conf_high, p_value, level.

        The p-value is that of the RMSPE ratio; the interval holds the constant effects that this
        test does not reject (its outermost ends where it has gaps). Where the level asked for
        cannot be attained, the interval is at the highest level that can, and `level` says so.
        std_error is the standard deviation of the placebos' effects.
        """
        level = attainable(self.level, self.smallest_p)
        pieces = self.interval(level).pieces or ((np.nan, np.nan),)
        row = {
            "term": "att", "estimate": self.estimate,
            "std_error": float(self.fits.att[1:].std()),
            "conf_low": pieces[0][0], "conf_high": pieces[-1][1],
            "p_value": self.p_value, "level": level,
        }  # fmt: skip
        return pd.DataFrame([row])

    @property
    def weights(self) -> pd.DataFrame:
        """Donor weights: treated, unit, weight, one row per treated unit and donor."""
        return donor_weights(self.panel, self.fits, self.pools)

    @property
    def importance(self) -> pd.DataFrame:
        """V of the predictors: treated, predictor, importance; outcomes have none."""
        if not isinstance(self.match, Predictors):
            raise InputError(
                "matching on outcomes gives all the same importance. Pass "
                "match=Predictors([...]) for an importance of each predictor."
            )
        return importances(self.panel, self.fits, self.pools, self.match)

    @property
    def gaps(self) -> pd.DataFrame:
        """Paths: unit, time, outcome, synthetic, gap, treated, one row per treated unit, period."""
        return paths(self.panel, self.fits)

    @property
    def placebos(self) -> pd.DataFrame:
        """Every assignment, the true one first: units, estimate, RMSPE before, after, ratio, true.

        The ratio is the root of the mean of the units' squared ratios.
        """
        fits = self.fits
        names = [", ".join(map(str, self.panel.units[row])) for row in fits.units]
        return pd.DataFrame({
            "units": names, "estimate": fits.att,
            "rmspe_before": np.sqrt(fits.before_mspe.mean(axis=1)),
            "rmspe_after": np.sqrt(fits.after_mspe.mean(axis=1)),
            "ratio": np.sqrt(self._quadratics[0]),
            "true": np.arange(len(names)) == 0,
        })  # fmt: skip

    def leave_one_out(self) -> pd.DataFrame:
        """Return the estimate without each donor of positive weight: unit, weight, estimate."""
        return without_each_donor(self.panel, self.fits, self.pools, self.weigher)

    def in_time(self, least: int = 2) -> pd.DataFrame:
        """Return placebos in time: start, estimate, ratio, p_value.

        The treatment is moved to each earlier period that leaves `least` periods before it, and
        what comes after the true start is cut off. Sets of units are ranked as in `placebos`.
        """
        return at_earlier_starts(self.panel, self.fits, self.pools, self.weigher, least)

    def conformal(self, level: float | None = None) -> pd.DataFrame:
        """Return conformal p-values and sets, of a constant effect and of each treated period.

        Chernozhukov, Wuthrich and Zhu (2021), with simplex weights on outcomes fitted under the
        null to all periods, and cyclic shifts. A set of one period uses it and the periods before
        treatment. Columns: term (``att`` or the period), p_value of no effect, conf_low,
        conf_high, level (the highest attainable one, if that asked for is not), smallest_p.

        Simulated with a treated unit that is a weighted mean of 4 of 30 donors, 20 periods before
        and 4 after (300 samples), 95 percent sets cover .990 for the mean effect, .970 for the
        first treated period, .960 for the last (Monte Carlo errors .006, .010, .011); with AR(1)
        errors of .8, where one period is not exchangeable with others, .967, .933 and .913 (.010,
        .014, .016).

        Raises
        ------
        InputError
            With several treated units, predictors or an augmentation: the method refits.
        """
        if self.fits.units.shape[1] > 1 or self.match != Outcomes() or self.augment is not None:
            raise InputError(
                "conformal sets are for one treated unit and weights on outcomes alone. Pass "
                "match=Outcomes() and no augment=, one treated unit at a time."
            )
        n, start = int(self.fits.units[0, 0]), int(self.fits.starts[0, 0])
        y, A = self.panel.Y[n], self.panel.Y[pool_of(self.pools, n, self.fits.units[0])].T
        level = self.level if level is None else level
        gaps = self.fits.gaps[0, 0]
        rows = conformal_rows(list(self.panel.periods), y, A, start, gaps, level)
        return pd.DataFrame(rows)

    @cached_property
    def size(self) -> Size:
        """How often the tests err on donors without an effect, and what they would find."""
        return calibration.of_synthetic_control(
            self.panel, self.fits, self.pools, self.weigher, self.level,
            conformal=self.match == Outcomes() and self.augment is None,
        )  # fmt: skip

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the treated beside their synthetic control, and the gap before the placebos' gaps.

        Of several treated units the mean is drawn. The lower axis reaches to 95 percent of the
        placebos' gaps, so that a placebo without a fit hides nothing; 200 placebos are drawn.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        fits = self.fits
        treated, gaps = self.panel.Y[fits.units[0]].mean(axis=0), fits.gaps.mean(axis=1)
        return draw_stages(
            self.panel, treated, gaps, fits.starts[0], unit=unit, lang=lang, labels=labels
        )

    @checked
    def plot_placebos(
        self,
        *,
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the RMSPE ratio of every assignment, the largest first, the true one dark.

        More than forty are drawn as a distribution.

        Parameters
        ----------
        lang, labels : language, and what to print for machine names
        """
        names = name_sets(self.panel, self.fits.units, worded(labels, lang), lang)
        ratios = np.sqrt(self._quadratics[0])
        return draw_placebos(ratios, names, "_ratio", self.p_value, lang=lang, labels=labels)

    @checked
    def plot_weights(
        self,
        *,
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the donors' weights of .0005 or more; with several treated units, their means.

        Parameters
        ----------
        lang, labels : language, and what to print for machine names
        """
        of = self.weights.groupby("unit", sort=False)["weight"].sum() / self.fits.units.shape[1]
        return draw_weights(of, lang=lang, labels=labels)

    def __str__(self) -> str:
        row = self.tidy().iloc[0]
        return (
            f"att {row.estimate:.6g}, p {row.p_value:.4g}, {row.level:.3g} set "
            f"{self.interval(row.level)}\n{self.size}"
        )
