"""The likelihoods of spatial panels: kernels on a balanced panel, effects absorbed.

Own likelihoods: the log-likelihood that spreg 1.9 prints for its fixed-effects lag model is
wrong. Cost: the eigenvalues of W once, N^3; then T N^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agglometrics.linalg.least_squares import least_squares
from agglometrics.notation import Array


@dataclass(frozen=True)
class Layout:
    """A balanced panel on a map, effects absorbed.

    Attributes
    ----------
    y : (T, N) outcome    X : (T, N, K) regressors, both demeaned
    Wy : (T, N) spatial lag of the outcome, demeaned
    W : (N, N) weights    roots : (N,) its eigenvalues
    periods : number of periods that carry information: T, less one if unit effects go
    both : whether period effects go, which takes the root 1 of W out of the likelihood
    spatial_lag : from (T, N, ...) to its demeaned spatial lag
    """

    y: Array
    X: Array
    Wy: Array
    W: Array
    roots: np.ndarray[Any, Any]
    periods: int
    both: bool
    spatial_lag: Callable[[Array], Array] = field(repr=False)

    @property
    def n(self) -> int:
        """Number of independent observations in the likelihood."""
        return self.periods * (len(self.W) - self.both)

    def log_det(self, rho: float) -> float:
        """Return the logarithm of the Jacobian of all periods."""
        value = float(np.log(np.abs(1 - rho * self.roots)).sum())
        return float(self.periods * (value - (np.log(1 - rho) if self.both else 0.0)))

    def log_likelihood(self, rho: float, ssr: float) -> float:
        """Return the log-likelihood at rho with sigma^2 = ssr / n."""
        value = self.log_det(rho) - self.n / 2 * (np.log(2 * np.pi * ssr / self.n) + 1)
        return float(value)

    def traces(self, rho: float) -> tuple[float, float]:
        """Return tr(G) and tr(G G + G'G) over periods, G = W inv(I - rho W), projected."""
        N = len(self.W)
        G = self.W @ np.linalg.inv(np.eye(N) - rho * self.W)
        if self.both:
            G = G - G.mean(axis=0)
            G = G - G.mean(axis=1, keepdims=True)
        return self.periods * float(np.trace(G)), self.periods * float(np.sum(G * (G.T + G)))

    def bounds(self) -> tuple[float, float]:
        """Return the interval of rho around zero where I - rho W is regular."""
        real = self.roots[np.abs(self.roots.imag) < 1e-9].real
        low = 1 / real.min() if real.size and real.min() < 0 else -1.0
        return low + 1e-6, 1 / real.max() - 1e-6


@dataclass(frozen=True)
class Solution:
    """Maximum likelihood: coefficients (K,), spatial parameter, covariance of both, sigma^2."""

    beta: Array
    rho: float
    V: Array
    sigma2: float
    log_likelihood: float
    residuals: Array


def _maximize(value: Callable[[float], float], bounds: tuple[float, float]) -> float:
    from scipy.optimize import minimize_scalar

    # a coarse grid first: the likelihood may have several peaks
    grid = np.linspace(*bounds, 41)[1:-1]
    best = int(np.argmax([value(rho) for rho in grid]))
    step = grid[1] - grid[0]
    near = (max(bounds[0], grid[best] - step), min(bounds[1], grid[best] + step))
    found = minimize_scalar(
        lambda rho: -value(rho), bounds=near, method="bounded", options={"xatol": 1e-11}
    )
    return float(found.x)


def fit_lag(at: Layout) -> Solution:
    """Return the lag model y = rho W y + X b + e (Ord 1975; Elhorst 2003, eq. 12-14)."""
    K = at.X.shape[2]
    X, y, Wy = at.X.reshape(-1, K), at.y.ravel(), at.Wy.ravel()
    b0, e0, _ = least_squares(X, y)
    bL, eL, _ = least_squares(X, Wy)

    def ssr(rho: float) -> float:
        return float(((e0 - rho * eL) ** 2).sum())

    rho = _maximize(lambda r: at.log_likelihood(r, ssr(r)), at.bounds())
    beta, sigma2 = b0 - rho * bL, ssr(rho) / at.n
    N = len(at.W)
    inverse = np.linalg.inv(np.eye(N) - rho * at.W)
    pull = at.spatial_lag((at.X @ beta) @ inverse.T).ravel()
    tr, tr2 = at.traces(rho)
    info = np.zeros((K + 2, K + 2))
    info[:K, :K] = X.T @ X / sigma2
    info[:K, K] = info[K, :K] = X.T @ pull / sigma2
    info[K, K] = tr2 + pull @ pull / sigma2
    info[K, K + 1] = info[K + 1, K] = tr / sigma2
    info[K + 1, K + 1] = at.n / (2 * sigma2**2)
    V = np.linalg.inv(info)[: K + 1, : K + 1]
    return Solution(beta, rho, V, sigma2, at.log_likelihood(rho, ssr(rho)), e0 - rho * eL)


def fit_error(at: Layout) -> Solution:
    """Return the error model y = X b + u, u = lambda W u + e (Anselin 1988; Elhorst 2003)."""
    K = at.X.shape[2]
    WX, Wy = at.spatial_lag(at.X).reshape(-1, K), at.Wy.ravel()
    X, y = at.X.reshape(-1, K), at.y.ravel()

    def gls(lam: float) -> tuple[Array, Array, Array]:
        return least_squares(X - lam * WX, y - lam * Wy)

    def value(lam: float) -> float:
        e = gls(lam)[1]
        return at.log_likelihood(lam, float(e @ e))

    lam = _maximize(value, at.bounds())
    beta, e, bread = gls(lam)
    ssr = float(e @ e)
    sigma2 = ssr / at.n
    tr, tr2 = at.traces(lam)
    info = np.array([[tr2, tr / sigma2], [tr / sigma2, at.n / (2 * sigma2**2)]])
    V = np.zeros((K + 1, K + 1))
    V[:K, :K] = sigma2 * bread
    V[K, K] = np.linalg.inv(info)[0, 0]
    return Solution(beta, lam, V, sigma2, at.log_likelihood(lam, ssr), e)
