"""`synthetic_control`: the treated unit beside a weighted mean of units that were not treated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.evaluation.matching import Outcomes, Predictors, Ridge
from agglometrics.evaluation.panel import (
    TreatedPanel,
    read_panel,
    require_balanced,
    require_donors,
    require_pre_periods,
)
from agglometrics.evaluation.pictures.paths import draw_stages
from agglometrics.evaluation.pictures.ranks import draw_placebos, draw_weights
from agglometrics.evaluation.pictures.words import name_sets, worded
from agglometrics.evaluation.size import Size, attainable
from agglometrics.evaluation.synthetic import calibration
from agglometrics.evaluation.synthetic.assignments import sets_of_units, staggered_sets
from agglometrics.evaluation.synthetic.conformal import accepted, conformal_p_value
from agglometrics.evaluation.synthetic.donors import Donors, pools_of, require_pools, restricted
from agglometrics.evaluation.synthetic.fits import (
    Fits,
    Pool,
    Weigher,
    fit_assignments,
    inverted,
    rank_p_value,
    ratio_quadratics,
)
from agglometrics.inference.estimates import Interval
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array, Codes
from agglometrics.random.progress import watched
from agglometrics.random.seeds import Seed
from agglometrics.tables import listed
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
        units, names = self.panel.units, self.fits.units[0]
        frames = []
        for k, n in enumerate(names.tolist()):
            donors = self._pool(n, names)
            frames.append(pd.DataFrame({"treated": units[n], "unit": units[donors],
                                        "weight": self.fits.W[0, k, donors]}))  # fmt: skip
        return pd.concat(frames, ignore_index=True)

    def _truth(self) -> tuple[list[int], list[int]]:
        return self.fits.units[0].tolist(), self.fits.starts[0].tolist()

    def _pool(self, unit: int, assigned: Codes) -> Codes:
        pool = self.pools[unit].copy()
        pool[assigned] = False
        return np.flatnonzero(pool)

    @property
    def importance(self) -> pd.DataFrame:
        """V of the predictors: treated, predictor, importance; outcomes have none."""
        if not isinstance(self.match, Predictors):
            raise InputError(
                "matching on outcomes gives all the same importance. Pass "
                "match=Predictors([...]) for an importance of each predictor."
            )
        rule = self.match.importance(self.panel)
        names = [each if isinstance(each, str) else each.column for each in self.match.predictors]
        frames = []
        for n, start in zip(*self._truth(), strict=True):
            pool = np.isin(np.arange(len(self.panel.units)), self._pool(int(n), self.fits.units[0]))
            v = rule(self.panel.Y, int(n), pool, int(start))[1]
            frames.append(pd.DataFrame({"treated": self.panel.units[int(n)], "predictor": names,
                                        "importance": v}))  # fmt: skip
        return pd.concat(frames, ignore_index=True)

    @property
    def gaps(self) -> pd.DataFrame:
        """Paths: unit, time, outcome, synthetic, gap, treated, one row per treated unit, period."""
        at = self.fits.units[0]
        keys = pd.MultiIndex.from_product([self.panel.units[at], self.panel.periods])
        Y, gap = self.panel.Y[at], self.fits.gaps[0]
        frame = keys.to_frame(index=False, name=["unit", "time"])
        return frame.assign(outcome=Y.ravel(), synthetic=(Y - gap).ravel(), gap=gap.ravel(),
                            treated=self.fits.after[0].ravel())  # fmt: skip

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
        used = np.flatnonzero(np.abs(self.fits.W[0]).max(axis=0) > 1e-6)
        rows = []
        for n in used.tolist():
            keep = self.pools.copy()
            keep[:, n] = False
            again = self._refit(self.fits.units[:1], self.fits.starts[:1], keep)
            weight = float(self.fits.W[0][:, n].max())
            rows.append({"unit": self.panel.units[n], "weight": weight, "estimate": again.att[0]})
        return pd.DataFrame(rows)

    def in_time(self, least: int = 2) -> pd.DataFrame:
        """Return placebos in time: start, estimate, ratio, p_value.

        The treatment is moved to each earlier period that leaves `least` periods before it, and
        what comes after the true start is cut off. Sets of units are ranked as in `placebos`.
        """
        starts = np.unique(self.fits.starts[0])
        if len(starts) > 1:
            raise InputError(
                f"placebos in time need one start; found {listed(self.panel.periods[starts])}. "
                "Keep the units of one start."
            )
        rows = []
        for start in range(least, int(starts[0])):
            moved = np.full_like(self.fits.starts, start)
            fits = self._refit(self.fits.units, moved, self.pools, int(starts[0]))
            q = ratio_quadratics(fits, 0)
            p = rank_p_value(q, 0, 0.0)
            rows.append({"start": self.panel.periods[start], "estimate": fits.att[0],
                         "ratio": np.sqrt(q[0, 0]), "p_value": p})  # fmt: skip
        return pd.DataFrame(rows, columns=["start", "estimate", "ratio", "p_value"])

    def _refit(self, units: Codes, starts: Codes, pools: Pool, end: int | None = None) -> Fits:
        return fit_assignments(
            self.panel.Y[:, :end], units, starts, lambda n: pools[n], self.weigher, self.fits.moves
        )

    def conformal(self, level: float | None = None) -> pd.DataFrame:
        """Return conformal p-values and sets, of a constant effect and of each treated period.

        Chernozhukov, Wuthrich and Zhu (2021), with simplex weights on outcomes fitted under the
        null to all periods, and cyclic shifts. A set of one period uses it and the periods before
        treatment. Columns: term (``att`` or the period), p_value of no effect, conf_low,
        conf_high, level (the highest attainable one, if that asked for is not), smallest_p.

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
        y, A = self.panel.Y[n], self.panel.Y[self._pool(n, self.fits.units[0])].T
        level = self.level if level is None else level
        rows = [_conformal_row("att", y, A, start, self.estimate, level)]
        for t in range(start, len(y)):
            keep = np.r_[:start, t]
            gap = float(self.fits.gaps[0, 0, t])
            row = _conformal_row(self.panel.periods[t], y[keep], A[keep], start, gap, level)
            rows.append(row)
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
        return draw_stages(self.panel, self.fits, unit=unit, lang=lang, labels=labels)

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
        """Draw the donors' weights, of several treated units their mean; those below .0005 not.

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


def _conformal_row(
    term: object, y: Array, A: Array, start: int, centre: float, level: float
) -> dict[str, object]:
    smallest = 1 / len(y)
    level = attainable(level, smallest)
    size = 1 - level + 1e-12

    def p(c: float) -> float:
        return conformal_p_value(y, A, start, c)

    scale = 5 * float(np.abs(y - A.mean(axis=1)).max()) + abs(centre)
    pieces = accepted(p, centre, scale, size) or ((np.nan, np.nan),)
    return {"term": term, "p_value": p(0.0), "conf_low": pieces[0][0], "conf_high": pieces[-1][1],
            "level": level, "smallest_p": smallest}  # fmt: skip


@checked
def synthetic_control(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    match: Outcomes | Predictors = Outcomes(),  # noqa: B008
    augment: Ridge | None = None,
    donors: Donors = None,
    level: float = 0.95,
    seed: Seed = 0,
) -> SyntheticControl:
    """Estimate the effect of a policy on one or a few units by synthetic control.

    The counterfactual of a treated unit is a mean of donors with weights ``w >= 0, 1'w = 1``
    (Abadie, Diamond and Hainmueller 2010); the estimate is the mean gap over treated
    unit-periods. Inference compares the ratio of the RMSPE after treatment to that before it with
    the ratios of all other assignments: every set of as many units (a seeded draw of 1,999 where
    there are more than 2,000). Where all start at once, the treated unit moves into the pool of
    the placebos, so that the rank is exact if every set was equally likely to be treated; where
    starts differ, placebo sets are made of donors.

    Parameters
    ----------
    data : long table, one row per unit and period
    outcome, unit, time, treated : columns; treated is 1 in treated unit-periods, 0 elsewhere
    match : `Outcomes` or `Predictors`
    augment : `Ridge` for augmented synthetic control (Ben-Michael, Feller and Rothstein 2021)
    donors : the allowed donors, or a mapping from treated unit to its own; None for all that are
        never treated
    level : of the interval
    seed : of the draw of placebo sets, where they are too many to enumerate

    Raises
    ------
    InputError
        See `read_panel`; for an unbalanced panel and unknown donors.
    IdentificationError
        For fewer than two periods before treatment, and fewer than two donors.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import synthetic_control
    >>> city, year = np.divmod(np.arange(12 * 10), 10)
    >>> trend = np.array([1, 3, 2, 4, 3, 5, 4, 6, 5, 7.0])
    >>> gdp = city + trend[year] * (1 + city / 4) + 2.0 * ((city == 5) & (year >= 7))
    >>> data = pd.DataFrame({"city": city, "year": 2000 + year, "gdp": gdp,
    ...                      "pilot": ((city == 5) & (year >= 7)).astype(int)})
    >>> fit = synthetic_control(data, outcome="gdp", unit="city", time="year", treated="pilot")
    >>> round(fit.estimate, 6)
    2.0
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_pre_periods(panel)
    panel = restricted(panel, donors)
    require_donors(panel)
    pools = pools_of(panel, donors)
    weigher = match.weigher(panel)
    weigher = weigher if augment is None else augment.around(weigher)
    units, starts, every, moves = _assignments(panel, seed)
    pools = pools if moves else pools & ~panel.ever
    require_pools(panel, pools)

    def watch(items: Iterable[int]) -> Iterable[int]:
        slow = not isinstance(match, Outcomes) or augment is not None
        return watched(items, len(units), "placebos", slow=slow and len(units) > 20)

    fits = fit_assignments(panel.Y, units, starts, lambda n: pools[n], weigher, moves, watch)
    return SyntheticControl(panel, fits, level, every, weigher, pools, match, augment)


def _assignments(panel: TreatedPanel, seed: Seed) -> tuple[Codes, Codes, bool, bool]:
    """Return units and starts (M, m), whether all are there, whether the treated are donors."""
    truth = np.flatnonzero(panel.ever)
    starts = panel.first[truth]
    if len(np.unique(starts)) == 1:
        units, every = sets_of_units(truth, np.arange(len(panel.units)), panel.Y, seed)
        return units, np.full(units.shape, starts[0]), every, True
    units, every = staggered_sets(truth, np.flatnonzero(~panel.ever), panel.Y, seed)
    return units, np.tile(starts, (len(units), 1)), every, False
