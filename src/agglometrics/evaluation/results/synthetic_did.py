"""`SyntheticDID`: the estimate with its weights, placebos, size and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.pictures.paths import draw_parallel
from agglometrics.evaluation.pictures.ranks import (
    draw_reassignments,
    draw_weights,
    effect_axis,
)
from agglometrics.evaluation.size import Size
from agglometrics.evaluation.synthetic import did_calibration
from agglometrics.evaluation.synthetic.sdid import METHODS, Block, att, blocks
from agglometrics.evaluation.synthetic.variances import (
    BootstrapVariance,
    JackknifeVariance,
    PlaceboVariance,
)
from agglometrics.inference.estimates import Interval
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked

Variances = PlaceboVariance | BootstrapVariance | JackknifeVariance


@dataclass(frozen=True)
class SyntheticDID:
    """A synthetic difference in differences, with its standard error and placebos.

    Attributes
    ----------
    panel : what was read
    found : one block of weights per start
    variance : the value that made the standard error
    std_error : of the estimate
    placebo_estimates : (B,) estimates with donors in the place of the treated; none where donors
        are fewer than the treated and two more
    enumerated : whether these are all there are
    level : of the interval in `tidy`
    """

    panel: TreatedPanel = field(repr=False)
    found: tuple[Block, ...] = field(repr=False)
    variance: Variances
    std_error: float
    placebo_estimates: Array = field(repr=False)
    enumerated: bool
    level: float

    @property
    def estimate(self) -> float:
        """The mean effect over treated unit-periods."""
        return att(self.found, len(self.panel.periods))

    def tidy(self) -> pd.DataFrame:
        """Return one row: term att, estimate, std_error, conf_low, conf_high, p_value, level.

        Normal tails, as in the article; `rank_test` has none, and `size` says how both err.
        """
        return _row("term", "att", self.estimate, self.std_error, self.level)

    @cached_property
    def methods(self) -> pd.DataFrame:
        """Return the estimate beside difference in differences and synthetic control.

        Columns method, estimate, std_error, conf_low, conf_high, p_value, level; each with the
        variance of this result.
        """
        panel, rows = self.panel, []
        donors, treated, starts = parts(panel)
        for method in METHODS:
            tau = att(blocks(panel.Y, donors, treated, starts, method), len(panel.periods))
            error = self.variance.std_error(panel.Y, donors, treated, starts, method)
            rows.append(_row("method", method, tau, error, self.level))
        return pd.concat(rows, ignore_index=True)

    @property
    def weights(self) -> pd.DataFrame:
        """Weights: start, kind (unit or time), label, weight; they sum to one per start, kind."""
        panel, frames = self.panel, []
        donors = parts(panel)[0]
        for block in self.found:
            start = panel.periods[block.start]
            for kind, labels, w in (
                ("unit", panel.units[donors], block.omega),
                ("time", panel.periods[: block.start], block.lam),
            ):
                frame = {"start": start, "kind": kind, "label": labels, "weight": w}
                frames.append(pd.DataFrame(frame))
        return pd.concat(frames, ignore_index=True)

    @property
    def effects(self) -> pd.DataFrame:
        """Return the estimate of each start: start, units, estimate, share in the total."""
        T = len(self.panel.periods)
        total = sum(block.size(T) for block in self.found)
        return pd.DataFrame([
            {"start": self.panel.periods[b.start], "units": len(b.treated), "estimate": b.tau,
             "share": b.size(T) / total} for b in self.found
        ])  # fmt: skip

    @property
    def placebos(self) -> pd.DataFrame:
        """Return the placebos' estimates: placebo, estimate."""
        return pd.DataFrame({"placebo": np.arange(len(self.placebo_estimates)),
                             "estimate": self.placebo_estimates})  # fmt: skip

    def rank_test(self) -> pd.DataFrame:
        """Return the rank of the estimate among placebos: p_value, smallest_p, conf_low, conf_high.

        ``(1 + number of |placebo| >= |estimate|) / (1 + B)``. Under a constant effect placebos of
        donors stay as they are, so that the effects not rejected are the estimate plus or minus
        one order statistic; infinite where the level is out of reach.
        """
        size = np.sort(np.abs(self.placebo_estimates))[::-1]
        p = (1 + np.sum(size >= abs(self.estimate))) / (1 + len(size))
        allowed = int(np.floor((1 - self.level) * (1 + len(size)) + 1e-9)) - 1
        half = size[allowed] if allowed >= 0 else np.inf
        return pd.DataFrame([{
            "p_value": float(p), "smallest_p": 1 / (1 + len(size)),
            "conf_low": self.estimate - half, "conf_high": self.estimate + half,
            "level": self.level,
        }])  # fmt: skip

    @cached_property
    def size(self) -> Size:
        """How often this test errs on donors without an effect, and what it would find."""
        return did_calibration.of_synthetic_did(
            self.panel, self.variance, self.placebo_estimates, self.level
        )

    def interval(self, level: float | None = None) -> Interval:
        """Return the interval with normal tails."""
        level = self.level if level is None else level
        row = _row("term", "att", self.estimate, self.std_error, level).iloc[0]
        return Interval(((row.conf_low, row.conf_high),), level, type(self.variance).__name__)

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the treated, their weighted donors at their level and time weights, by start.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        donors = parts(self.panel)[0]
        return draw_parallel(self.panel, self.found, donors, unit=unit, lang=lang, labels=labels)

    @checked
    def plot_placebos(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the distribution of the placebos' estimates, and the estimate with its rank test.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names

        Raises
        ------
        InputError
            If there are fewer than two placebos.
        """
        values = np.append(self.estimate, self.placebo_estimates)
        axis = effect_axis(self.panel.outcome, unit, lang, labels)
        p_value = float(self.rank_test()["p_value"].iloc[0])
        return draw_reassignments(values, axis, p_value, "_placebos", lang=lang, labels=labels)

    @checked
    def plot_weights(
        self,
        *,
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the donors' weights; of several starts their mean by treated unit-periods.

        Parameters
        ----------
        lang, labels : language, and what to print for machine names
        """
        T, donors = len(self.panel.periods), self.panel.units[parts(self.panel)[0]]
        share = np.array([block.size(T) for block in self.found], dtype=np.float64)
        mean = share / share.sum() @ np.array([block.omega for block in self.found])
        return draw_weights(pd.Series(mean, donors), lang=lang, labels=labels)

    def __str__(self) -> str:
        row = self.tidy().iloc[0]
        return (
            f"att {row.estimate:.6g}, standard error {row.std_error:.4g}, p {row.p_value:.4g}, "
            f"{row.level:.3g} interval [{row.conf_low:.6g}, {row.conf_high:.6g}]\n{self.size}"
        )


def _row(key: str, name: str, tau: float, error: float, level: float) -> pd.DataFrame:
    from scipy import special

    c = float(special.ndtri(0.5 + level / 2))
    z = abs(tau) / error if error > 0 else np.inf if tau else 0.0
    return pd.DataFrame([{
        key: name, "estimate": tau, "std_error": error, "conf_low": tau - c * error,
        "conf_high": tau + c * error, "p_value": float(2 * special.ndtr(-z)), "level": level,
    }])  # fmt: skip


def parts(panel: TreatedPanel) -> tuple[Codes, Codes, Codes]:
    """Return donors (N0,), treated (N1,) and the starts of these (N1,)."""
    treated = np.flatnonzero(panel.ever)
    return np.flatnonzero(~panel.ever), treated, panel.first[treated]
