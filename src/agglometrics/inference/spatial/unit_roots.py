"""Point-optimal tests of spatial unit roots and of stationarity (Mueller and Watson 2024).

Both are likelihood-ratio tests of one covariance against another, made from q averages over
space z = R'y, invariant to level and scale. The spatial unit root is Levy's Brownian motion,
Cov(y_l, y_m) = (d_l + d_m - d_lm) / 2, whose demeaned covariance does not depend on the origin::

    LR = z' Omega_0^{-1} z / z' Omega_1^{-1} z,    Omega = R' M Sigma M R

Null and alternative, with Sigma(c) = exp(-c d) and d in shares of the largest distance:

    unit root       Levy's motion against Sigma(c)
    stationarity    Sigma(c_.001) against Sigma(c_.001) + g Levy; the p-value is the largest over
                    nulls of average correlation .0001 to .03

In residuals of a regression M leaves out all regressors, and the unit root is Sigma(c_.999). The
alternative is the one that a 5 percent test finds half of the time. The article could not be read;
rules that are not in its abstract follow the authors' programs (SPUR in Stata, R, Python).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agglometrics.errors import ConvergenceError
from agglometrics.inference.spatial.exponential import (
    decay_between,
    demeaned,
    leading_vectors,
    pairs_of,
)
from agglometrics.notation import Array

FASTEST = 1e4  # decay at which a search for an average correlation ends
UNIT_ROOT = 0.999  # average correlation that stands for a unit root in residuals
STATIONARY = 0.001
NULLS = np.linspace(1e-4, 0.03, 30)
ATTEMPTS = 200
TOLERANCE = 0.01  # of a power of one half


@dataclass(frozen=True)
class RatioTest:
    """A likelihood-ratio test.

    Attributes
    ----------
    statistic : LR; large values speak against the null
    p_value : simulated
    critical_values : at 1, 5 and 10 percent
    alternative : its parameter: the decay c, or the weight g of the unit root
    """

    statistic: float
    p_value: float
    critical_values: tuple[float, float, float]
    alternative: float


def lbm_gls_matrix(distances: Array) -> Array:
    """Return the transformation (M Sigma M)^{-1/2} of Mueller and Watson (2024), (P, P).

    M Sigma M = -M d M / 2 for Levy's covariance Sigma; the constant is mapped to zero.
    """
    values, vectors = np.linalg.eigh(demeaned(-0.5 * distances))
    keep = values > 1e-10
    return np.asarray(vectors[:, keep] / np.sqrt(values[keep]) @ vectors[:, keep].T)


def residual_maker(X: Array) -> Array:
    """Return M = I - X X', (P, P); X : (P, K) an orthonormal basis of the regressors."""
    return np.asarray(np.eye(len(X)) - X @ X.T)


@dataclass(frozen=True)
class Field:
    """Distances of P places and what is left out of their covariances.

    Attributes
    ----------
    d : (P, P) as shares of the largest distance
    M : (P, P) residual maker
    regressors : whether M leaves out more than the mean
    """

    d: Array
    M: Array
    regressors: bool

    def fading(self, average: float) -> float:
        """Return the decay at which the average pairwise correlation is `average`."""
        return decay_between(average, pairs_of(self.d), FASTEST)

    def averages(self, c: float, R: Array) -> Array:
        """Return R' M exp(-c d) M R for weights R (P, q) with M R = R, (q, q)."""
        return np.asarray(R.T @ (np.exp(-c * self.d) @ R))

    def unit_root(self) -> Array:
        """Return the covariance under a spatial unit root, M Sigma M."""
        root = np.exp(-self.fading(UNIT_ROOT) * self.d) if self.regressors else -0.5 * self.d
        return np.asarray(self.M @ root @ self.M)


def forms(omega: Array, z: Array) -> Array:
    """Return z' Omega^{-1} z for each column of z (q, B), (B,)."""
    return np.asarray((np.linalg.solve(np.linalg.cholesky(omega), z) ** 2).sum(axis=0))


def ratios(null: Array, alternative: Array, z: Array) -> Array:
    """Return the likelihood ratios of each column of z (q, B)."""
    return forms(null, z) / forms(alternative, z)


def power(null: Array, alternative: Array, e: Array) -> float:
    """Return the simulated power of the 5 percent test; e : (q, B) standard normal draws."""
    critical = np.quantile(ratios(null, alternative, np.linalg.cholesky(null) @ e), 0.95)
    found = ratios(null, alternative, np.linalg.cholesky(alternative) @ e)
    return float(np.mean(found > critical))


def half_power(at: Callable[[float], float], weak: float, strong: float, step: float) -> float:
    """Return the parameter at which the power is one half to .01, by bisection.

    `weak` is divided by `step` until the power is below one half, `strong` multiplied until it
    is above.
    """
    low, _ = _until(at, weak, 1 / step, below=True)
    high, p = _until(at, strong, step, below=False)
    middle = high
    for _ in range(21):
        if abs(p - 0.5) <= TOLERANCE:
            break
        middle = (low + high) / 2
        p = at(middle)
        low, high = (low, middle) if p > 0.5 else (middle, high)
    return middle


def _until(
    at: Callable[[float], float], value: float, step: float, below: bool
) -> tuple[float, float]:
    for _ in range(ATTEMPTS):
        p = at(value)
        if (p <= 0.5) if below else (p >= 0.5):
            return value, p
        value *= step
    raise ConvergenceError(
        "no alternative has power one half: the places or q do not tell the hypotheses apart. "
        "Change q."
    )


def unit_root_test(y: Array, field: Field, q: int, e: Array) -> RatioTest:
    """Return the test of a spatial unit root; y : (P,), e : (q, B) standard normal draws."""
    sigma = field.unit_root()
    R = leading_vectors(sigma, q)
    null: Array = R.T @ sigma @ R
    weak, strong = field.fading(0.95), field.fading(0.01)
    c = half_power(lambda c: power(null, field.averages(c, R), e), weak, strong, 2)
    alternative = field.averages(c, R)
    z = R.T @ (y - y.mean())
    statistic = float(ratios(null, alternative, z[:, None])[0])
    simulated = ratios(null, alternative, np.linalg.cholesky(null) @ e)
    critical = np.quantile(simulated, [0.99, 0.95, 0.9])
    return RatioTest(statistic, float(np.mean(simulated > statistic)), _three(critical), c)


def stationarity_test(y: Array, field: Field, q: int, e: Array) -> RatioTest:
    """Return the test of stationarity; arguments as `unit_root_test`."""
    sigma = field.unit_root()
    R = leading_vectors(sigma, q)
    root, null = R.T @ sigma @ R, field.averages(field.fading(STATIONARY), R)
    g = half_power(lambda g: power(null, null + g * root, e), 1, 30, 2)
    alternative = null + g * root
    z = R.T @ (y - y.mean())
    statistic = float(ratios(null, alternative, z[:, None])[0])
    cases = [
        ratios(null, alternative, np.linalg.cholesky(field.averages(field.fading(r), R)) @ e)
        for r in NULLS
    ]
    critical = np.max([np.quantile(case, [0.99, 0.95, 0.9]) for case in cases], axis=0)
    p = max(float(np.mean(case > statistic)) for case in cases)
    return RatioTest(statistic, p, _three(critical), g)


def _three(values: Array) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
