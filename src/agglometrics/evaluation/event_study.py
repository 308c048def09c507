"""`event_study`: the effect of a policy by time since it began, and on average.

The estimators are values: `TwoWay`, `SunAbraham`, `CallawaySantAnna`, `Imputation`. With a balanced
panel and no covariates each is a few means or one small regression, so that they are written here
in linear algebra, on one screen each, and share their weights, their influence by unit and their
calibration; other programs serve as references in the tests.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.evaluation.event.bands import critical_value
from agglometrics.evaluation.event.calibration import FEWEST, calibrate
from agglometrics.evaluation.event.cells import CallawaySantAnna
from agglometrics.evaluation.event.cohorts import EventEstimator, Pieces
from agglometrics.evaluation.panel import TreatedPanel, read_panel, require_balanced
from agglometrics.evaluation.pictures.events import draw_events
from agglometrics.evaluation.synthetic.assignments import by_content
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked

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

    @property
    def size(self) -> pd.DataFrame:
        """Size and power of the 5 percent test of the ATT on this panel: `calibrate()`."""
        return self.calibrate()

    @checked
    def calibrate(
        self, *, level: float = 0.95, power: float = 0.8, draws: int = 199, seed: Seed = 0
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


@checked
def event_study(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    estimator: EventEstimator | None = None,
    controls: Sequence[str] = (),
) -> EventStudy:
    """Estimate the effect of a policy that starts at different times, by time since its start.

    Parameters
    ----------
    data : long table, one row per unit and period, balanced
    outcome : column of the outcome
    unit, time : key columns; periods without gaps
    treated : column that is 1 in treated unit-periods and 0 elsewhere
    estimator : `CallawaySantAnna()` (default), `SunAbraham()`, `Imputation()` or `TwoWay()`;
        controls (`NeverTreated()`, `NotYetTreated()`) and anticipation are set there
    controls : columns of further regressors; for `CallawaySantAnna` covariates of its doubly
        robust cells, read in the base period

    Returns
    -------
    EventStudy
        One term per event time (``"event -2"``) and ``"att"``, the average over treated
        unit-periods; standard errors by unit. With one or two treated (or control) units
        standard errors are refused (NaN, with a warning): use `permutation_test`.

    Raises
    ------
    InputError
        For bad keys, values or unbalanced units, which are named, and for gaps between periods.
    IdentificationError
        Without controls, or without a period before treatment (and anticipation).

    References
    ----------
    Borusyak, Jaravel and Spiess (2024), Revisiting event-study designs; Callaway and Sant'Anna
    (2021), Difference-in-differences with multiple time periods; Sant'Anna and Zhao (2020), Doubly
    robust difference-in-differences estimators; Sun and Abraham (2021), Estimating dynamic
    treatment effects in event studies with heterogeneous treatment effects.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import event_study
    >>> data = pd.DataFrame([(i, t) for i in range(30) for t in range(5)], columns=["i", "t"])
    >>> data["pilot"] = ((data["i"] < 12) & (data["t"] >= 3)).astype(int)
    >>> noise = np.random.default_rng(1).normal(size=150)
    >>> data["y"] = data["i"] + data["t"] ** 2 + 2 * data["pilot"] + 0.1 * noise
    >>> event_study(data, outcome="y", unit="i", time="t", treated="pilot").tidy()[
    ...     ["term", "event_time", "estimate"]].round(2)
           term  event_time  estimate
    0  event -3          -3     -0.03
    1  event -2          -2     -0.04
    2   event 0           0      1.97
    3   event 1           1      1.94
    4       att        <NA>      1.95
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_no_gaps(panel)
    chosen = CallawaySantAnna() if estimator is None else estimator
    X = _controls(panel, controls)
    pieces = chosen.fit(panel.Y, panel.first, X)
    return assemble(panel, X, chosen, pieces)


def require_no_gaps(panel: TreatedPanel) -> None:
    """Raise `InputError` if periods lack between the first and the last one."""
    steps = np.diff(panel.calendar)
    if (steps > 1).any():
        k = int(np.argmax(steps > 1))
        raise InputError(
            f"event time needs periods without gaps; none lies between "
            f"{listed([panel.periods[k]])} and {listed([panel.periods[k + 1]])}. Add the periods "
            "that are missing, or number the periods without gaps."
        )


def _controls(panel: TreatedPanel, names: Sequence[str]) -> Array:
    """Return the columns of `names` as (K, N, T), all known."""
    X = np.empty((len(names), *panel.Y.shape))
    for k, name in enumerate(names):
        X[k] = panel.column(name)
        if np.isnan(X[k]).any():
            n, t = map(int, np.argwhere(np.isnan(X[k]))[0])
            raise InputError(
                f"control {name!r} is unknown in {int(np.isnan(X[k]).sum())} unit-periods, first "
                f"{panel.units[n]!r} in {panel.periods[t]!r}. Fill it in, or leave it out."
            )
    return X


def assemble(panel: TreatedPanel, X: Array, estimator: Any, pieces: Pieces) -> EventStudy:
    """Return the result of `pieces`, its covariance refused or warned of where units are few."""
    terms = (*(f"event {e}" for e in pieces.events), "att")
    treated, controls = int(panel.ever.sum()), int((~panel.ever).sum())
    note = _few(panel)
    matrix = pieces.covariance
    if note is not None and note.startswith("no standard errors"):
        matrix = np.full_like(matrix, np.nan)
    if note is not None:
        warnings.warn(note, AgglometricsWarning, stacklevel=3)
    name = f"cluster ({panel.unit}), {len(panel.units)}"
    return EventStudy(
        terms, pieces.params, Covariance(matrix, name, pieces.df), panel.outcome,
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
