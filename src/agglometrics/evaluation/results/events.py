"""`EventStudy`: effects by event time, with bands, weights, size and a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import AgglometricsError, caution
from agglometrics.evaluation.event.bands import critical_value
from agglometrics.evaluation.event.calibration import (
    FEWEST,
    calibrate,
    placements,
    size_text,
)
from agglometrics.evaluation.event.cohorts import Pieces
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.pictures.events import draw_events
from agglometrics.evaluation.synthetic.assignments import by_content
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import without_noise

DRAWS = 199
"""Placements of the starts among the never treated."""

FEW = 10
"""Treated (or control) units below which it is given with a warning."""


@dataclass(frozen=True, repr=False)
class EventStudy(Estimates):
    """`Estimates` by event time, and their average over treated unit-periods, the term ``att``.

    Attributes
    ----------
    panel : the `TreatedPanel` that was read
    X : (K, N, T) controls
    estimator : the value that was asked for
    pieces : weights, influences and cells behind the numbers
    """

    panel: TreatedPanel | None = field(default=None, repr=False, compare=False)
    X: Array | None = field(default=None, repr=False, compare=False)
    estimator: Any = None
    pieces: Pieces | None = field(default=None, repr=False, compare=False)

    @checked
    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per event time, then ``att``; `event_time` is missing in the last."""
        frame = Estimates.tidy(self, level)
        times = pd.Series([*self._pieces.events, None], dtype="Int64")
        frame.insert(1, "event_time", times)
        return frame

    @property
    def _pieces(self) -> Pieces:
        assert self.pieces is not None
        return self.pieces

    @property
    def _panel(self) -> TreatedPanel:
        assert self.panel is not None
        return self.panel

    @property
    def weights(self) -> pd.DataFrame:
        """Each observation's weight in the ATT: unit, period, treated, weight.

        ``att = sum of weight * outcome``. Weights of treated observations add up to one, those of
        all observations of a unit, and of a period, to zero.
        """
        panel = self._panel
        N, T = panel.Y.shape
        return pd.DataFrame(
            {
                panel.unit: panel.units.repeat(T),
                panel.time: np.tile(panel.periods, N),
                "treated": panel.on.ravel(),
                "weight": self._pieces.W[-1].ravel(),
            }
        )

    @property
    def cells(self) -> pd.DataFrame:
        """Effects by cohort and period: cohort, period, event_time, estimate, weight (in the ATT).

        Empty for `TwoWay`, whose coefficients are not averages of such effects.
        """
        panel, pieces = self._panel, self._pieces
        g, t = pieces.cells.T
        return pd.DataFrame(
            {
                "cohort": panel.periods[g],
                panel.time: panel.periods[t],
                "event_time": t - g,
                "estimate": pieces.effects,
                "weight": pieces.shares,
            }
        )

    @cached_property
    def size(self) -> pd.DataFrame:
        """Size and power of the 5 percent test of the ATT on this panel: `calibrate()`."""
        return self.calibrate()

    @cached_property
    def placebos(self) -> pd.DataFrame:
        """The placements behind `size`: reassigned, estimate (of the ATT), std_error, true.

        The truth first, then draws of as many never treated units, which are given the starts of
        the treated; those are left out, so that no placebo has an effect in it. With one or two
        treated units there is no standard error by unit, and it is missing.

        Raises
        ------
        InputError
            If there are fewer never treated units than treated ones plus two.
        """
        assert self.X is not None
        panel = self._panel
        at, found = placements(panel, self.X, self.estimator, DRAWS, 0)
        errors = found[:, 1] if panel.ever.sum() >= FEWEST else np.full(len(found), np.nan)
        sets = [np.flatnonzero(panel.ever), *at]
        return pd.DataFrame({
            "reassigned": [", ".join(map(str, panel.units[row])) for row in sets],
            "estimate": np.r_[self.params[-1], found[:, 0]],
            "std_error": np.r_[self.std_errors[-1], errors],
            "true": np.arange(len(sets)) == 0,
        })  # fmt: skip

    def __str__(self) -> str:
        """Return the table, and below it the size and power of the test of the ATT."""
        try:
            said = size_text(self.size)
        except AgglometricsError as found:
            said = f"size unknown: {found}"
        return f"{self!r}\n{said}"

    @checked
    def calibrate(
        self, *, level: float = 0.95, power: float = 0.8, draws: int = DRAWS, seed: Seed = 0
    ) -> pd.DataFrame:
        """Calibrate the test of the ATT on the panel's own never treated units.

        Parameters
        ----------
        level : one minus the nominal size
        power : probability with which `detectable_effect` would be found
        draws : placements of the starts among the never treated
        seed : of the placements

        Returns
        -------
        pandas.DataFrame
            One row: donors, treated (units), placements (how many there are), draws, nominal,
            size (share of draws that reject), mc_error (its Monte Carlo standard error),
            placebo_sd (standard deviation of the ATT over draws), detectable_effect, power, and
            smallest_p_value (of a permutation test over all placements). With one or two treated
            units there is no test by clusters: size and detectable_effect are missing.

        Raises
        ------
        InputError
            If there are fewer never treated units than treated ones plus two.
        """
        assert self.X is not None
        return calibrate(
            self._panel, self.X, self.estimator, level=level, power=power, draws=draws, seed=seed
        )

    @checked
    def bands(self, level: float = 0.95, *, draws: int = 9999, seed: Seed = 0) -> pd.DataFrame:
        """Return bands that hold for all event times together, by the multiplier bootstrap.

        Intervals in `tidy` hold one by one: of ten, one misses more often than its level says.
        These hold together with probability `level` (Callaway and Sant'Anna 2021).

        Parameters
        ----------
        level : of the band
        draws, seed : of the multipliers of units

        Returns
        -------
        pandas.DataFrame
            Rows and columns of `tidy` for the event times, with band_low, band_high and critical
            (standard errors to each side; missing where standard errors are refused).
        """
        frame = self.tidy(level).iloc[:-1]
        errors, pieces = frame["std_error"].to_numpy(dtype=np.float64), self._pieces
        critical = np.nan
        if not np.isnan(errors).any():
            order, found = by_content(self._panel.Y), errors > 0
            one = float(((frame["conf_high"] - frame["estimate"]) / frame["std_error"]).max())
            psi = pieces.influence[order, :-1][:, found]
            critical = critical_value(psi, one, level, draws, seed) if found.any() else one
        half = critical * errors
        return frame.assign(
            band_low=frame["estimate"] - half, band_high=frame["estimate"] + half, critical=critical
        )

    @checked
    def plot(  # type: ignore[override]
        self,
        *,
        level: float = 0.95,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the coefficients by event time, the reference at zero.

        Thick lines are the intervals of `tidy`, thin ones the `bands` that hold together.

        Parameters
        ----------
        level : of intervals and bands
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        return draw_events(
            self.bands(level), reference=-1 - self.estimator.anticipation, outcome=self.outcome,
            level=level, unit=unit, lang=lang, labels=labels,
        )  # fmt: skip


def assemble(panel: TreatedPanel, X: Array, estimator: Any, pieces: Pieces) -> EventStudy:
    """Return the result of `pieces`, its covariance refused or warned of where units are few."""
    terms = (*(f"event {e}" for e in pieces.events), "att")
    treated, controls = int(panel.ever.sum()), int((~panel.ever).sum())
    note = _few(panel)
    matrix = pieces.covariance
    if note is not None and note.startswith("no standard errors"):
        matrix = np.full_like(matrix, np.nan)
    if note is not None:
        caution(note)
    name = f"cluster ({panel.unit}), {len(panel.units)}"
    params = without_noise(pieces.params, float(np.abs(panel.Y).max()), panel.Y.shape[1])
    return EventStudy(
        terms, by_term(params, terms), Covariance(matrix, name, pieces.df), panel.outcome,
        f"event study, {estimator.method}", panel.Y.size,
        {"treated_units": float(treated), "control_units": float(controls)},
        pieces.notes + (() if note is None else (note,)),
        panel=panel, X=X, estimator=estimator, pieces=pieces,
    )  # fmt: skip


def _few(panel: TreatedPanel) -> str | None:
    """Return what must be said where few units are treated, or few are controls."""
    counts = {"treated": int(panel.ever.sum())}
    if not panel.ever.all():
        counts["never treated"] = int((~panel.ever).sum())
    kind = min(counts, key=lambda each: counts[each])
    n = counts[kind]
    if n < FEWEST:
        return (
            f"no standard errors: {n} {'unit is' if n == 1 else 'units are'} {kind}, and clusters "
            "by unit then reject a true null most of the time. Use permutation_test."
        )
    if n < FEW:
        return (
            f"{n} units are {kind}: standard errors by unit are too small below about {FEW}. "
            "See .size, and compare with permutation_test."
        )
    return None
