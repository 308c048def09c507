"""The stochastic shift-share model: growth of a cell on industry and region effects, weighted.

Kernel of `stochastic_shift_share` and of the method `Stochastic`. The model is Patterson's
(1991), y_ri = mu + beta_r + alpha_i + e_ri for the growth rate y = D / B, with the weights B and
the error model Var(e_ri) = sigma^2 / B_ri of the weighted analogues that followed (Berzeg 1978,
Knudsen and Barff 1991): a cell is a mean over B units of independent growth. The restrictions
sum_r B_r beta_r = 0 and sum_i B_i alpha_i = 0 make mu the growth of the whole, as in Dunn (1960).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agglometrics.errors import IdentificationError
from agglometrics.shiftshare.decomposition_growth import Growth
from agglometrics.tables import Array, listed

Mask = NDArray[np.bool_]
ILL_CONDITIONED = 1e12
LEVERAGE_SLACK = 1e-9


@dataclass(frozen=True)
class TwoWay:
    """A fitted two-way model of R regions and I industries.

    Attributes
    ----------
    B : (R, I) weights, zero where a cell has no growth rate
    score : (R, I) weighted residual, B e
    mu : growth of the whole
    effects : (R + I,) region effects beta, then industry effects alpha
    bread : (R + I, R + I) inverse of the restricted weighted cross product
    """

    B: Array
    score: Array
    mu: float
    effects: Array
    bread: Array

    @property
    def n_obs(self) -> int:
        """Number of cells with a growth rate."""
        return int((self.B > 0).sum())

    @property
    def df(self) -> int:
        """Residual degrees of freedom: cells less 1 + (R - 1) + (I - 1) parameters."""
        return self.n_obs - len(self.effects) + 1

    @property
    def rss(self) -> float:
        """Weighted sum of squared residuals, sum of B e^2."""
        used = self.B > 0
        return float((self.score[used] ** 2 / self.B[used]).sum())

    def homoskedastic(self) -> Array:
        """(1 + R + I, 1 + R + I) covariance of (mu, beta, alpha) if Var(e) = sigma^2 / B."""
        return self._covariance(self.B * (self.rss / self.df))

    def robust(self) -> Array:
        """(1 + R + I, 1 + R + I) covariance with e^2 n / df for the variance of e (HC1).

        Raises
        ------
        IdentificationError
            If a cell is fitted by its own effect, so that its residual is zero by construction.
        """
        alone = int((self.leverage() > 1 - LEVERAGE_SLACK).sum())
        if alone:
            raise IdentificationError(
                "robust errors take squared residuals for variances, but "
                f"{alone} cells are fitted exactly, being the only ones to tell of their region "
                "or industry. Use Homoskedastic(), or leave these regions or industries out."
            )
        return self._covariance(self.score**2 * (self.n_obs / self.df))

    def leverage(self) -> Array:
        """(R, I) weight of each cell's growth in its own fitted value, zero without a base."""
        R, C = len(self.B), self._covariance(self.B)
        beta, alpha = np.diag(C)[1 : R + 1, None], np.diag(C)[None, R + 1 :]
        fitted: Array = C[0, 0] + beta + alpha + 2 * C[1 : R + 1, R + 1 :]
        return self.B * fitted

    def _covariance(self, V: Array) -> Array:
        """Covariance if the weighted errors B e have the variances V, (R, I)."""
        m, total = _margins(self.B), self.B.sum()
        meat, v = _cross(V), _margins(V)
        centred = meat - np.outer(m, v) / total - np.outer(v, m) / total
        centred += np.outer(m, m) * (V.sum() / total**2)
        with_mu = self.bread @ (v - m * (V.sum() / total)) / total
        lower = np.column_stack([with_mu, self.bread @ centred @ self.bread])
        first = np.concatenate([[V.sum() / total**2], with_mu])
        return np.vstack([first, lower])


def _margins(A: Array) -> Array:
    """(R + I,) row sums, then column sums."""
    return np.concatenate([A.sum(axis=1), A.sum(axis=0)])


def _cross(A: Array) -> Array:
    """(R + I, R + I) cross product of region and industry dummies with cell weights A."""
    rows, columns = np.diag(A.sum(axis=1)), np.diag(A.sum(axis=0))
    return np.block([[rows, A], [A.T, columns]])


def linked(B: Array) -> Mask:
    """(R,) whether a region is linked to the first one through industries that both have."""
    used = B > 0
    reached: Mask = np.arange(len(B)) == 0
    while True:
        industries = used[reached].any(axis=0)
        wider = reached | used[:, industries].any(axis=1)
        if (wider == reached).all():
            return reached
        reached = wider


def two_way(B: Array, D: Array) -> TwoWay:
    """Fit the model by weighted least squares to cells with B > 0; B and D (R, I), all linked.

    The normal equations are those of R + I dummies. They are singular by one, which adding the
    outer product of the restriction on beta mends without changing the solution:
    the restriction holds at it. The restriction on alpha then follows from them.
    """
    D = np.where(B > 0, D, 0.0)
    total = B.sum()
    mu = float(D.sum() / total)
    restriction = np.concatenate([B.sum(axis=1), np.zeros(B.shape[1])]) / np.sqrt(total)
    cross = _cross(B) + np.outer(restriction, restriction)
    bread = np.asarray(np.linalg.inv(cross), dtype=np.float64)
    effects = bread @ _margins(D - mu * B)
    beta, alpha = effects[: len(B)], effects[len(B) :]
    score = D - B * (mu + beta[:, None] + alpha)
    return TwoWay(B, score, mu, effects, bread)


def fit_growth(growth: Growth) -> tuple[TwoWay, Mask, Mask]:
    """Fit the model to a growth; return it, and which regions and industries have a base.

    Raises
    ------
    IdentificationError
        If nothing has a base, or the cells fall into groups without a common industry.
    """
    B, D = growth.start, growth.end - growth.start
    rows, columns = B.sum(axis=1) > 0, B.sum(axis=0) > 0
    if not rows.any():
        raise IdentificationError("no cell has activity at the start, so none has a growth rate.")
    used = B[rows][:, columns]
    _require_linked(used, growth.regions[rows])
    return two_way(used, D[rows][:, columns]), rows, columns


def _require_linked(B: Array, regions: Any) -> None:
    apart = ~linked(B)
    if apart.any():
        raise IdentificationError(
            "region effects are comparable only if industries link the regions; "
            f"{listed(regions[apart])} share none with {listed(regions[~apart])}. "
            "Decompose the groups apart."
        )


def wald(effects: Array, V: Array) -> tuple[float, int]:
    """F statistic of equal effects, and its numerator degrees of freedom, R - 1.

    Invariant to the restriction that identifies the effects: it tests their differences.

    Raises
    ------
    IdentificationError
        If the covariance of the differences is singular.
    """
    contrast = effects[1:] - effects[0]
    V_c = V[1:, 1:] - V[1:, :1] - V[:1, 1:] + V[0, 0]
    if np.linalg.cond(V_c) > ILL_CONDITIONED:
        raise IdentificationError(
            "the estimated covariance of the effects is singular, so they cannot be tested: the "
            "model fits without error, or too few cells are left to estimate errors from. "
            "Use finer industries or more regions."
        )
    return float(contrast @ np.linalg.solve(V_c, contrast) / len(contrast)), len(contrast)
