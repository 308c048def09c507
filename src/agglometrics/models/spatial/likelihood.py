"""The likelihoods of spatial panels: kernels on a balanced panel, effects absorbed.

Own likelihoods: the log-likelihood that spreg 1.9 prints for its fixed-effects lag model is
wrong. Cost: a determinant for each of about 70 rho (see `jacobian`) and T N K arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from agglometrics.errors import ConvergenceError, IdentificationError
from agglometrics.linalg.least_squares import least_squares
from agglometrics.models.spatial.layout import Layout
from agglometrics.notation import Array

GRID = 41
POLISH = 1e-6  # half the width, in units of rho, in which the peak is located exactly
EDGE = 1e-5  # distance to the end of the interval, in units of rho, that is no maximum
DOUBLINGS = 30
SINGULAR = 1e-11  # smallest eigenvalue of an information matrix scaled to a unit diagonal
PERFECT = 1e-24  # residual share of the outcome's sum of squares that is rounding error


@dataclass(frozen=True)
class Solution:
    """Maximum likelihood of a spatial panel.

    Attributes
    ----------
    params : (P,) coefficients b, and the spatial parameter where there is one
    bread : (P + 1, P + 1) inverse information of params and sigma^2
    sigma2, log_likelihood : of the maximum
    residuals : (T, N) e
    regressors : (T, N, K) X of the score of b, ``X'e / sigma^2``
    pull : (T, N) the part of the spatial lag that is not noise: W inv(I - rho W) X b; zero in
        the error model
    """

    params: Array
    bread: Array = field(repr=False)
    sigma2: float
    log_likelihood: float
    residuals: Array = field(repr=False)
    regressors: Array = field(repr=False)
    pull: Array = field(repr=False)


def _maximize(
    value: Callable[[float], float], slope: Callable[[float], float], at: Layout
) -> float:
    """Return the rho of the highest likelihood in the interval where I - rho W is regular.

    `slope` is the derivative of `value`: its zero is known to more digits than the peak.

    Raises
    ------
    ConvergenceError
        If the likelihood still rises at the end of the interval.
    """
    from scipy.optimize import minimize_scalar

    unit, (low, high) = at.jacobian.unit, at.jacobian.bounds()
    reach = 1.0
    for _ in range(DOUBLINGS):
        a, b = max(low / unit, -reach), min(high / unit, reach)
        # a coarse grid first: the likelihood may have several peaks
        grid = np.linspace(a, b, GRID)[1:-1]
        best = int(np.argmax([value(float(r) * unit) for r in grid]))
        step = grid[1] - grid[0]
        found = minimize_scalar(
            lambda r: -value(r * unit),
            bounds=(max(a, grid[best] - step), min(b, grid[best] + step)),
            method="bounded",
            options={"xatol": 1e-11},
        )
        r = float(found.x)
        if a + EDGE < r < b - EDGE:
            return _polished(slope, r - POLISH, r + POLISH, unit) or r * unit
        if (r > 0 and b * unit >= high) or (r < 0 and a * unit <= low):
            break
        reach *= 2
    raise ConvergenceError(
        f"the likelihood still rises at {r * unit:.6g}, the end of the interval ({low:.6g}, "
        f"{high:.6g}) in which I - rho W is regular: no maximum, and no standard error. Add "
        "effects or regressors that carry the common movement, or use fewer neighbours."
    )


def _polished(
    slope: Callable[[float], float], low: float, high: float, unit: float
) -> float | None:
    """Return the zero of `slope` between low and high (in units of rho); None if there is none."""
    from scipy.optimize import brentq

    ends = slope(low * unit), slope(high * unit)
    if not ends[0] > 0 > ends[1]:
        return None
    return float(brentq(lambda r: slope(r * unit), low, high, xtol=1e-14)) * unit


def _inverse(info: Array) -> Array:
    """Return the inverse of an information matrix, scaled to a unit diagonal first."""
    scale = 1 / np.sqrt(np.diag(info))
    scaled = info * np.outer(scale, scale)
    if not np.isfinite(scaled).all() or np.linalg.eigvalsh(scaled)[0] < SINGULAR:
        raise IdentificationError(
            "the information matrix is singular: the spatial parameter is not identified "
            "beside the regressors and the variance (as where all regions are neighbours of all "
            "others, or the weights are all zero). Use other weights."
        )
    inverse: Array = np.linalg.inv(scaled) * np.outer(scale, scale)
    return inverse


def _refuse_perfect(ssr: float, y: Array) -> None:
    if ssr <= PERFECT * float(y @ y):
        raise IdentificationError(
            "the residuals are zero: the terms and effects explain the outcome exactly, and the "
            "likelihood has no maximum. Use fewer terms or effects."
        )


def _refuse_no_lag(lag: Array, y: Array) -> None:
    if float(lag @ lag) <= PERFECT * float(y @ y):
        raise IdentificationError(
            "the spatial parameter is not identified: after effects and terms nothing is left of "
            "the spatial lag (are the weights all zero?). Use other weights or fewer effects."
        )


def fit_none(at: Layout) -> Solution:
    """Return the model without spatial dependence, y = X b + e."""
    K = at.X.shape[2]
    X, y = at.X.reshape(-1, K), at.y.ravel()
    beta, e, bread = least_squares(X, y)
    ssr = float(e @ e)
    _refuse_perfect(ssr, y)
    sigma2 = ssr / at.n
    V = np.zeros((K + 1, K + 1))
    V[:K, :K], V[K, K] = sigma2 * bread, 2 * sigma2**2 / at.n
    u = e.reshape(at.y.shape)
    return Solution(beta, V, sigma2, at.log_likelihood(0.0, ssr), u, at.X, np.zeros_like(u))


def fit_lag(at: Layout) -> Solution:
    """Return the lag model y = rho W y + X b + e (Ord 1975; Elhorst 2003, eq. 12-14)."""
    K = at.X.shape[2]
    X, y, Wy = at.X.reshape(-1, K), at.y.ravel(), at.Wy.ravel()
    b0, e0, _ = least_squares(X, y)
    bL, eL, _ = least_squares(X, Wy)
    _refuse_perfect(float(e0 @ e0), y)
    _refuse_no_lag(eL * at.jacobian.unit, y)

    def ssr(rho: float) -> float:
        return float(((e0 - rho * eL) ** 2).sum())

    def slope(rho: float) -> float:
        return at.n * float(eL @ (e0 - rho * eL)) / ssr(rho) - at.trace(rho)

    rho = _maximize(lambda r: at.log_likelihood(r, ssr(r)), slope, at)
    beta, sigma2 = b0 - rho * bL, ssr(rho) / at.n
    _refuse_perfect(ssr(rho), y)
    solve = at.jacobian.solver(rho)
    pull = at.spatial_lag(solve((at.X @ beta).T, "N").T)
    info = _lag_information(at, X, pull.ravel(), rho, sigma2)
    e = (e0 - rho * eL).reshape(at.y.shape)
    value = at.log_likelihood(rho, ssr(rho))
    return Solution(np.append(beta, rho), _inverse(info), sigma2, value, e, at.X, pull)


def _lag_information(at: Layout, X: Array, pull: Array, rho: float, sigma2: float) -> Array:
    """Return the information (K + 2, K + 2) of b, rho and sigma^2 (Elhorst 2003, eq. 14)."""
    K = X.shape[1]
    tr, tr2 = at.traces(rho)
    info = np.zeros((K + 2, K + 2))
    info[:K, :K] = X.T @ X / sigma2
    info[:K, K] = info[K, :K] = X.T @ pull / sigma2
    info[K, K] = tr2 + pull @ pull / sigma2
    info[K, K + 1] = info[K + 1, K] = tr / sigma2
    info[K + 1, K + 1] = at.n / (2 * sigma2**2)
    return info


def fit_error(at: Layout) -> Solution:
    """Return the error model y = X b + u, u = lambda W u + e (Anselin 1988; Elhorst 2003)."""
    K = at.X.shape[2]
    WX, Wy = at.spatial_lag(at.X).reshape(-1, K), at.Wy.ravel()
    X, y = at.X.reshape(-1, K), at.y.ravel()
    e0 = least_squares(X, y)[1]
    _refuse_perfect(float(e0 @ e0), y)
    We = at.spatial_lag(e0.reshape(at.y.shape)).ravel()
    _refuse_no_lag(We * at.jacobian.unit, y)

    def gls(lam: float) -> tuple[Array, Array, Array]:
        return least_squares(X - lam * WX, y - lam * Wy)

    def value(lam: float) -> float:
        e = gls(lam)[1]
        return at.log_likelihood(lam, float(e @ e))

    def slope(lam: float) -> float:  # b is at its best: its change has no effect (envelope)
        beta, e, _ = gls(lam)
        return at.n * float((Wy - WX @ beta) @ e) / float(e @ e) - at.trace(lam)

    lam = _maximize(value, slope, at)
    beta, e, bread = gls(lam)
    ssr = float(e @ e)
    sigma2 = ssr / at.n
    tr, tr2 = at.traces(lam)
    V = np.zeros((K + 2, K + 2))
    V[:K, :K] = sigma2 * bread
    V[K:, K:] = _inverse(
        np.array([[tr2, tr / sigma2], [tr / sigma2, at.n / (2 * sigma2**2)]], dtype=np.float64)
    )
    u, Xs = e.reshape(at.y.shape), (X - lam * WX).reshape(at.X.shape)
    params, peak = np.append(beta, lam), at.log_likelihood(lam, ssr)
    return Solution(params, V, sigma2, peak, u, Xs, np.zeros_like(u))
