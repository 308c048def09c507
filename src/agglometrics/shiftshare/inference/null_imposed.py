"""Covariances whose confidence set inverts a score test with the null imposed."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import special

from agglometrics.inference.estimates import Covariance, Interval
from agglometrics.inference.sets import score_set
from agglometrics.notation import Array


def null_imposed(
    moment: Array,
    slope: Array,
    total: tuple[float, float],
    name: str,
    statistics: dict[str, float],
) -> Covariance:
    """Return the covariance whose set inverts the score test.

    The standard error is half the length of the 95 % set over 1.96 (infinite when the set is
    unbounded), the p-value that of the test of zero.
    """
    confidence_set = partial(_inverted, moment, slope, total, name)
    pieces = confidence_set("", 0.95).pieces
    low, high = pieces[0][0], pieces[-1][1]
    error = (high - low) / (2 * special.ndtri(0.975))
    score = total[0] / float(np.sqrt(moment @ moment))
    return Covariance(
        np.array([[error**2]]),
        name,
        statistics={**statistics, "score_statistic": score},
        p_values=np.array([2 * special.ndtr(-abs(score))]),
        confidence_set=confidence_set,
    )


def _inverted(
    moment: Array, slope: Array, total: tuple[float, float], name: str, term: str, level: float
) -> Interval:
    critical = float(special.ndtri(0.5 + level / 2))
    return Interval(score_set(moment, slope, total, critical), level, name)
