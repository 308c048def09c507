"""The linear GMM of dynamic panels: kernels on stacked units.

Shapes: N units, S equations of a unit (its differenced periods; then, in a system, its levels),
K coefficients, L instruments. Rows of equations that a unit lacks are zero. Cost N S L^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agglometrics.linalg.symmetric import positive_pinv, scaled_inverse
from agglometrics.notation import Array


@dataclass(frozen=True)
class Moments:
    """The equations of a dynamic panel.

    Attributes
    ----------
    y : (N, S)    X : (N, S, K)    Z : (N, S, L)
    H : (S, S) covariance of the errors of a unit, up to scale, if they are independent
    differenced : (S,) whether the equation is a difference
    """

    y: Array
    X: Array
    Z: Array
    H: Array
    differenced: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @cached_property
    def moments_x(self) -> Array:
        """(L, K) sum over units of Z' X."""
        return np.asarray(np.einsum("nsl,nsk->lk", self.Z, self.X, optimize=True))

    @cached_property
    def moments_y(self) -> Array:
        """(L,) sum over units of Z' y."""
        return np.asarray(np.einsum("nsl,ns->l", self.Z, self.y, optimize=True))

    def residual(self, beta: Array) -> Array:
        """(N, S) residuals."""
        return np.asarray(self.y - self.X @ beta)

    def unit_moments(self, u: Array) -> Array:
        """(N, L) each unit's Z' u."""
        return np.asarray(np.einsum("nsl,ns->nl", self.Z, u, optimize=True))


@dataclass(frozen=True)
class Step:
    """One GMM step: coefficients (K,), weight W (L, L), bread inv(X'Z W Z'X), residuals (N, S)."""

    beta: Array
    W: Array
    bread: Array
    u: Array

    def influence(self, m: Moments) -> Array:
        """(K, L) what maps Z'u to the coefficients' error."""
        return np.asarray(self.bread @ m.moments_x.T @ self.W)


def first_step(m: Moments) -> Step:
    """Return the estimate with weight inv(sum Z' H Z) (Arellano and Bond 1991, eq. 9)."""
    ZHZ = np.einsum("nsl,st,ntk->lk", m.Z, m.H, m.Z, optimize=True)
    return _step(m, ZHZ)


def second_step(m: Moments, first: Step) -> Step:
    """Return the estimate with weight inv(sum Z' u u' Z)."""
    g = m.unit_moments(first.u)
    return _step(m, g.T @ g)


def _step(m: Moments, S: Array) -> Step:
    W, _ = positive_pinv(S)
    to_x = m.moments_x
    bread = scaled_inverse(to_x.T @ W @ to_x, "the matrix of instrumented regressors")
    beta = bread @ (to_x.T @ (W @ m.moments_y))
    return Step(beta, W, bread, m.residual(beta))


def robust(m: Moments, step: Step) -> Array:
    """Return the covariance robust to any errors within a unit, (K, K)."""
    g = m.unit_moments(step.u) @ step.influence(m).T
    return np.asarray(g.T @ g)


def overidentifying(m: Moments, u: Array, W: Array) -> float:
    """Return u'Z W Z'u: Hansen's J at the second step, Sargan's (times sigma^2) at the first."""
    g = m.unit_moments(u).sum(axis=0)
    return float(g @ W @ g)


def error_variance(m: Moments, step: Step) -> float:
    """Return sigma^2 of the level errors from the differenced equations: u'u / (2 n)."""
    u = step.u[:, m.differenced]
    used = np.abs(m.X[:, m.differenced]).sum(axis=2) > 0
    return float((u**2).sum() / (2 * used.sum()))


def serial_correlation(m: Moments, step: Step, V: Array, lag: int) -> float:
    """Return m_lag, the test of serial correlation of the differences (Arellano-Bond 1991, eq. 8).

    V is the covariance of the coefficients that is believed.
    """
    u = np.where(m.differenced, step.u, 0.0)
    before = np.zeros_like(u)
    S = int(m.differenced.sum())
    before[:, lag:S] = u[:, : S - lag]
    products = np.einsum("ns,ns->n", before, u)
    toX = np.einsum("ns,nsk->k", before, m.X)
    g = m.unit_moments(step.u)
    cross = step.influence(m) @ (g.T @ products)
    variance = products @ products - 2 * toX @ cross + toX @ V @ toX
    return float(products.sum() / np.sqrt(variance)) if variance > 0 else np.nan
