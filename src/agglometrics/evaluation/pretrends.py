"""What a test of pre-trends would have found, and what passing it does (Roth 2022).

With event-study estimates ``b ~ N(tau + delta, S)`` the usual pre-test passes if no coefficient
before treatment is significant, ``|b_k| <= z s_k`` for all k before the reference. Against a trend
``delta_k = slope (k - reference)`` its power is one minus the normal probability of that box, and
among studies that pass the coefficients after treatment have the mean ::

    delta_post + S_post,pre S_pre^-1 (E[b_pre | pass] - delta_pre)

with ``E[b_pre | pass]`` the mean of a normal truncated to the box (Tallis 1961).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import optimize, special, stats

from agglometrics.errors import InputError
from agglometrics.evaluation.coefficients import EventCoefficients, event_coefficients
from agglometrics.evaluation.pictures.events import draw_pretrends
from agglometrics.evaluation.results.events import EventStudy
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


def pass_probability(mean: Array, S: Array, half: Array) -> float:
    """Return the probability that N(mean, S) lies in the box of half-widths `half`, all (P,).

    Units are standard errors; the integration is seeded, so that equal questions have equal
    answers.
    """
    s = np.sqrt(np.diag(S))
    upper, lower = (half - mean) / s, (-half - mean) / s
    if len(s) == 1:
        return float(special.ndtr(upper[0]) - special.ndtr(lower[0]))
    R = S / s[:, None] / s
    found = stats.multivariate_normal.cdf(
        upper, cov=R, lower_limit=lower, allow_singular=True, abseps=1e-5, releps=1e-5,
        maxpts=20_000 * len(s), rng=np.random.default_rng(0),
    )  # fmt: skip
    return float(found)


def truncated_mean(mean: Array, S: Array, half: Array) -> Array:
    """Return E[b | b in the box] of N(mean, S), (P,): Tallis (1961).

    ``E[b] = mean + S (F(-half) - F(half)) / P(box)``, with ``F_k(x)`` the density of b_k at x times
    the probability that the others lie in their box given ``b_k = x``.
    """
    s2 = np.diag(S)
    gradient = np.empty(len(mean))
    for k in range(len(mean)):
        others = np.arange(len(mean)) != k
        slope = S[others, k] / s2[k]
        left = S[np.ix_(others, others)] - np.outer(slope, S[k, others])
        faces = []
        for x in (-half[k], half[k]):
            density = stats.norm.pdf(x, mean[k], np.sqrt(s2[k]))
            there = mean[others] + slope * (x - mean[k])
            faces.append(
                density * (pass_probability(there, left, half[others]) if len(there) else 1)
            )
        gradient[k] = faces[0] - faces[1]
    return np.asarray(mean + S @ gradient / pass_probability(mean, S, half))


@dataclass(frozen=True)
class PretrendPower:
    """What the pre-test would have found of a linear trend, and the bias among studies that pass.

    Attributes
    ----------
    slope : of the trend, per period
    power : probability that the pre-test finds it
    false_alarm : the same without a trend: the size of the pre-test
    bayes_factor : probability of passing with the trend over that without
    likelihood_ratio : of the coefficients before treatment, with the trend over without
    table : one row per event time: event_time, estimate, std_error, trend, mean_after_pass
    """

    slope: float
    power: float
    false_alarm: float
    bayes_factor: float
    likelihood_ratio: float
    table: pd.DataFrame = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """Return the table by event time."""
        return self.table

    @checked
    def plot(
        self,
        *,
        level: float = 0.95,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the estimates, the trend, and the estimates' mean under it if the pre-test passes.

        Parameters
        ----------
        level : of the intervals
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        return draw_pretrends(
            self.table, power=self.power, level=level, unit=unit, lang=lang, labels=labels
        )


@checked
def pretrend_power(
    fit: EventStudy, *, slope: float | None = None, power: float = 0.5, level: float = 0.95
) -> PretrendPower:
    """Return the power of an event study's pre-test against a linear trend (Roth 2022).

    Parameters
    ----------
    fit : an `event_study` by `CallawaySantAnna`, `SunAbraham` or `TwoWay`
    slope : of the trend per period; default the one (above zero) found with probability `power`
    power : see there; above one minus `level`
    level : one minus the nominal size of each t test of the pre-test

    Returns
    -------
    PretrendPower
        `table` sets the trend beside the estimates: where they look alike, a pre-test that was
        passed says little.

    Raises
    ------
    InputError
        For event studies without one reference period, or a power below the pre-test's own size.
    IdentificationError
        Without coefficients before the reference.

    References
    ----------
    Roth (2022), Pretest with caution: event-study estimates after testing for parallel trends.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import event_study, pretrend_power
    >>> data = pd.DataFrame([(i, t) for i in range(40) for t in range(5)], columns=["i", "t"])
    >>> data["pilot"] = ((data["i"] < 12) & (data["t"] >= 3)).astype(int)
    >>> data["y"] = np.random.default_rng(1).normal(size=200)
    >>> fit = event_study(data, outcome="y", unit="i", time="t", treated="pilot")
    >>> found = pretrend_power(fit, power=0.8)
    >>> round(found.power, 3), round(found.slope, 1)
    (0.8, 0.6)
    """
    return power_against(event_coefficients(fit), slope, power, level)


def power_against(
    known: EventCoefficients, slope: float | None, power: float, level: float
) -> PretrendPower:
    """Return `pretrend_power` of coefficients and their covariance."""
    P = known.P
    S = known.S[:P, :P]
    half = special.ndtri(0.5 + level / 2) * np.sqrt(np.diag(S))
    trend = _slope(known, half, power) if slope is None else float(slope)
    delta = trend * known.at
    passed = pass_probability(delta[:P], S, half)
    alone = pass_probability(np.zeros(P), S, half)
    b = known.b[:P]
    ratio = _log_density(b, delta[:P], S) - _log_density(b, np.zeros(P), S)
    table = pd.DataFrame(
        {
            "event_time": known.events,
            "estimate": known.b,
            "std_error": np.sqrt(np.diag(known.S)),
            "trend": delta,
            "mean_after_pass": _mean_after_pass(known, delta, half),
        }
    )
    return PretrendPower(trend, 1 - passed, 1 - alone, passed / alone, float(np.exp(ratio)), table)


def _slope(known: EventCoefficients, half: Array, power: float) -> float:
    """Return the slope above zero that the pre-test finds with probability `power`."""
    P = known.P
    S = known.S[:P, :P]

    def gap(slope: float) -> float:
        return 1 - pass_probability(slope * known.at[:P], S, half) - power

    if gap(0.0) >= 0:
        raise InputError(
            f"power must lie above the pre-test's own size, {gap(0.0) + power:.3f}; found "
            f"{power}. For example power=0.5."
        )
    top = float((half / -known.at[:P]).min())
    while gap(top) < 0:
        top *= 2
    return float(optimize.brentq(gap, 0.0, top, xtol=1e-10 * top))


def _log_density(b: Array, mean: Array, S: Array) -> float:
    """Return the log density of N(mean, S) at b, but for a constant; S regular."""
    s = np.sqrt(np.diag(S))
    left = (b - mean) / s
    return float(-0.5 * left @ np.linalg.solve(S / s[:, None] / s, left))


def _mean_after_pass(known: EventCoefficients, delta: Array, half: Array) -> Array:
    """Return the mean (P + Q,) of the coefficients among studies that pass, with effects zero."""
    P = known.P
    S = known.S
    before = truncated_mean(delta[:P], S[:P, :P], half)
    s = np.sqrt(np.diag(S[:P, :P]))
    shift = np.linalg.solve(S[:P, :P] / s[:, None] / s, (before - delta[:P]) / s) / s
    return np.concatenate([before, delta[P:] + S[P:, :P] @ shift])
