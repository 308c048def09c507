"""Is a curve one of its null's? Tests of the whole curve by one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.distance.answers.envelopes import DistanceCurve
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import at_least, without_dust


@checked
@dataclass(frozen=True)
class IntegratedSquare:
    """Diggle's statistic: the integral of the squared deviation from the mean curve.

    Examples
    --------
    >>> import numpy as np
    >>> IntegratedSquare().of(np.array([[1.0, 2.0]]), np.array([0.0, 3.0])).tolist()
    [7.5]
    """

    def of(self, deviations: Array, d: Array) -> Array:
        """Return the statistic, (C,), of deviations (C, D) at distances (D,); by trapezoids."""
        return np.asarray(np.trapezoid(deviations**2, d, axis=1))


@checked
@dataclass(frozen=True)
class MaximumDeviation:
    """The largest absolute deviation from the mean curve, in its standard deviations.

    Examples
    --------
    >>> import numpy as np
    >>> MaximumDeviation().of(np.array([[1.0, -2.0], [-1.0, 2.0]]), np.array([0.0, 3.0])).tolist()
    [1.0, 1.0]
    """

    def of(self, deviations: Array, d: Array) -> Array:
        """Return the statistic, (C,), of deviations (C, D)."""
        spread = np.sqrt((deviations**2).mean(axis=0))
        moving = spread > 0
        return np.asarray((np.abs(deviations[:, moving]) / spread[moving]).max(axis=1, initial=0.0))


@dataclass(frozen=True)
class GoodnessOfFit:
    """A test that a curve is one of its null's.

    Attributes
    ----------
    statistic : of the observed curve
    p_value : share of all curves, observed and simulated, at least as far from their mean
    simulations, distances : draws, and how many distances counted
    """

    statistic: float
    p_value: float
    simulations: int
    distances: int


@checked
def goodness_of_fit(
    curve: DistanceCurve, statistic: IntegratedSquare | MaximumDeviation = IntegratedSquare()
) -> GoodnessOfFit:  # fmt: skip
    """Test a whole curve against its simulated null by one number (Diggle 1983).

    The observed and the B simulated curves are compared with the mean of all B + 1, in the same
    way, so that under the null they are exchangeable and the p-value, (1 + how many simulated
    statistics are as large) / (B + 1), is exact. (dbmss 2.11 divides the sum of B curves by B - 1,
    leaves the last distance out, and may answer zero.) Distances where any curve is unknown do
    not count.

    Parameters
    ----------
    curve : DistanceCurve
        With simulations.
    statistic : IntegratedSquare or MaximumDeviation
        What is large if a curve is not of the null.

    Returns
    -------
    GoodnessOfFit

    Raises
    ------
    InputError
        Without simulations.
    IdentificationError
        If no distance is known in all curves, or for the integral only one.

    References
    ----------
    Diggle, P. J. (1983), Statistical Analysis of Spatial Point Patterns, Academic Press (not read;
    the statistic as in dbmss, GoFtest).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import ripley
    >>> near = pd.DataFrame(np.random.default_rng(0).uniform(0, 1, (30, 2)), columns=["x", "y"])
    >>> k = ripley(near, distances=[0.5, 1, 2], window=(0, 9, 0, 9), simulations=99)
    >>> goodness_of_fit(k).p_value
    0.01
    """
    if curve.simulated is None:
        raise InputError(
            "no test without a simulated null: call the measure with simulations=999, for example."
        )
    together = np.vstack([curve.curve["observed"].to_numpy(), curve.simulated])
    known = ~np.isnan(together).any(axis=0)
    least = 2 if isinstance(statistic, IntegratedSquare) else 1
    if known.sum() < least:
        raise IdentificationError(
            f"the test needs {least} distances at which all curves are known; found "
            f"{int(known.sum())}. Take larger or more distances."
        )
    curves = together[:, known]
    deviations = without_dust(curves - curves.mean(axis=0), np.abs(curves).max(axis=0))
    values = statistic.of(deviations, curve.curve["distance"].to_numpy()[known])
    above = int(at_least(values[1:], values[0]).sum())
    B = len(curve.simulated)
    return GoodnessOfFit(float(values[0]), (1 + above) / (B + 1), B, int(known.sum()))
