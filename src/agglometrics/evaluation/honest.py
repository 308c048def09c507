"""Honest bounds: an effect when trends need not be parallel (Rambachan and Roth 2023).

What the trend would have done is bounded by what it did before treatment: `RelativeMagnitudes`
(module `event.relative_magnitudes`) or `Smoothness` (module `event.smoothness`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import special

from agglometrics.errors import InputError
from agglometrics.evaluation.coefficients import EventCoefficients, event_coefficients
from agglometrics.evaluation.pictures.bounds import draw_bounds
from agglometrics.evaluation.restrictions import RelativeMagnitudes, Restriction
from agglometrics.evaluation.results.events import EventStudy
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked

MOST = 1024.0
"""Multiple of the grid's unit beyond which a breakdown value is reported as infinite."""


@dataclass(frozen=True)
class HonestBounds:
    """Confidence sets of an effect, one for each bound on the trend.

    Attributes
    ----------
    restriction : `RelativeMagnitudes` or `Smoothness`
    target : the effect, "average after treatment" or "event 0"
    estimate : its estimate under parallel trends
    table : one row per m: m, conf_low, conf_high
    breakdown : largest m whose set excludes zero; zero if none does, infinite if all do
    level : of the sets
    std_error : of the estimate
    """

    restriction: Restriction
    target: str
    estimate: float
    table: pd.DataFrame = field(repr=False)
    breakdown: float
    level: float
    std_error: float

    def tidy(self) -> pd.DataFrame:
        """Return one row per bound: restriction, m, estimate, conf_low, conf_high."""
        frame = self.table.copy()
        frame.insert(0, "restriction", self.restriction.name)
        frame.insert(2, "estimate", self.estimate)
        return frame

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the confidence sets against the bound m, the one under parallel trends beside them.

        Bounds stand at equal distances; a dashed line marks the largest m that excludes zero.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        half = float(special.ndtri(0.5 + self.level / 2)) * self.std_error
        return draw_bounds(
            self.table["m"].to_numpy(), self.table[["conf_low", "conf_high"]].to_numpy(),
            (self.estimate - half, self.estimate + half), estimate=self.estimate,
            breakdown=self.breakdown, restriction=self.restriction.name, level=self.level,
            unit=unit, lang=lang, labels=labels,
        )  # fmt: skip


@checked
def honest_bounds(
    fit: EventStudy,
    restriction: Restriction | None = None,
    *,
    event_time: int | None = None,
    level: float = 0.95,
) -> HonestBounds:
    """Return confidence sets of an effect that allow for trends that are not parallel.

    Simulated with treated units that drift apart in a line, 8 periods (300 samples): at the
    restriction that holds, 95 percent sets of the first effect cover .997 with
    `RelativeMagnitudes` (m = 1) and .937 with `Smoothness` (m = 0) where 40 of 80 units are treated
    (Monte Carlo errors .003, .014). Where 6 of 12 are, the standard errors by unit are too small:
    1.000 and .827 (.022).

    Parameters
    ----------
    fit : an `event_study` by `CallawaySantAnna`, `SunAbraham` or `TwoWay`
    restriction : `RelativeMagnitudes()` (default) or `Smoothness()`
    event_time : of the effect; default the mean over event times from zero on, each counted once
    level : of the sets

    Returns
    -------
    HonestBounds
        A set for each m, and the largest m that still excludes zero.

    Raises
    ------
    InputError
        For event studies without one reference period, an event time that was not estimated, or
        `Smoothness` and `RelativeMagnitudes` with unusable m.
    IdentificationError
        Without a coefficient before the reference.

    References
    ----------
    Rambachan and Roth (2023), A more credible approach to parallel trends; Andrews, Roth and Pakes
    (2023), Inference for linear conditional moment inequalities.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Smoothness, event_study, honest_bounds
    >>> data = pd.DataFrame([(i, t) for i in range(60) for t in range(6)], columns=["i", "t"])
    >>> data["pilot"] = ((data["i"] < 20) & (data["t"] >= 4)).astype(int)
    >>> noise = np.random.default_rng(1).normal(size=360)
    >>> data["y"] = 5 * data["pilot"] + 0.5 * noise
    >>> fit = event_study(data, outcome="y", unit="i", time="t", treated="pilot")
    >>> honest_bounds(fit, Smoothness(m=[0, 0.5])).tidy().round(1)
      restriction    m  estimate  conf_low  conf_high
    0  smoothness  0.0       5.0       4.6        5.4
    1  smoothness  0.5       5.0       3.7        7.0
    """
    chosen = RelativeMagnitudes() if restriction is None else restriction
    known = event_coefficients(fit)
    loading, target = _target(known, event_time)
    P = known.P
    sd = float(np.sqrt(loading @ known.S[P:, P:] @ loading))
    grid, unit = chosen.grid(sd)
    rows = [(m, *chosen.interval(known, loading, float(m), level)) for m in grid]
    table = pd.DataFrame(rows, columns=["m", "conf_low", "conf_high"])
    return HonestBounds(
        chosen, target, float(loading @ known.b[P:]), table,
        _breakdown(chosen, known, loading, level, unit), level, sd,
    )  # fmt: skip


def _target(known: EventCoefficients, event_time: int | None) -> tuple[Array, str]:
    """Return l (Q,) over the coefficients after the reference, and what it is."""
    after = known.events[known.P :]
    if event_time is None:
        chosen, name = after >= 0, "average after treatment"
    else:
        chosen, name = after == event_time, f"event {event_time}"
        if not chosen.any():
            raise InputError(
                f"event_time {event_time} was not estimated after the reference. Choose one "
                f"of {listed(after.tolist(), 20)}."
            )
    return chosen / chosen.sum(), name


def _breakdown(
    chosen: Restriction, known: EventCoefficients, loading: Array, level: float, unit: float
) -> float:
    """Return the largest m that excludes zero, to a thousandth of `unit` (or of itself)."""
    if not chosen.excludes_zero(known, loading, 0.0, level):
        return 0.0
    low, high = 0.0, unit
    while chosen.excludes_zero(known, loading, high, level):
        low, high = high, 2 * high
        if high > MOST * unit:
            return float("inf")
    while high - low > 1e-3 * max(unit, low):
        middle = (low + high) / 2
        if chosen.excludes_zero(known, loading, middle, level):
            low = middle
        else:
            high = middle
    return low
