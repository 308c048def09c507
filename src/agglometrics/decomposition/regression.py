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

from agglometrics.decomposition.growth import Growth
from agglometrics.errors import IdentificationError
from agglometrics.notation import Array
from agglometrics.tables import listed
from agglometrics.tables.rounding import without_dust

Mask = NDArray[np.bool_]
SINGULAR = 1e-7  # standard deviation of an effect given the others, in its own
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
    K : (R + I, R + I) covariance of the effects where Var(e) = 1 / B
    """

    B: Array
    score: Array
    mu: float
    effects: Array
    K: Array

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
        joint = np.zeros((len(self.K) + 1, len(self.K) + 1))
        joint[0, 0], joint[1:, 1:] = 1 / self.B.sum(), self.K  # mu is independent of the rest
        return joint * (self.rss / self.df)

    def robust(self) -> Array:
        """(1 + R + I, 1 + R + I) covariance with (e / (1 - h))^2 for the variance of e, HC3.

        h is the leverage of the cell (MacKinnon and White 1985): with few cells per region HC1 is
        far too small.

        Raises
        ------
        IdentificationError
            If a cell is fitted by its own effect, so that its residual is zero by construction.
        """
        alone = int((self.leverage() > 1 - LEVERAGE_SLACK).sum())
        if alone:
            raise IdentificationError(
                "robust standard errors take squared residuals for variances, but "
                f"{alone} cells are fitted exactly, being the only ones of their region "
                "or industry. Use Homoskedastic(), or leave these regions or industries out."
            )
        V, total = (self.score / (1 - self.leverage())) ** 2, self.B.sum()
        first = np.concatenate([[V.sum() / total**2], self.K @ _margins(V) / total])
        return np.vstack([first, np.column_stack([first[1:], self.K @ _cross(V) @ self.K])])

    def variance_test(self) -> tuple[float, float]:
        """Return Koenker's (1981) statistic that Var(e) B does not depend on B, and its p-value.

        n times the R squared of B e^2 / (1 - h) on log B, chi-square with one degree of freedom:
        it sees variances that fall with the base faster or slower than 1 / B. NaN where all
        bases are equal or the model fits exactly.
        """
        from scipy import stats

        h = self.leverage()
        used = (self.B > 0) & (h < 1 - LEVERAGE_SLACK)
        base = np.log(self.B[used])
        squares = self.score[used] ** 2 / self.B[used] / (1 - h[used])
        if np.ptp(base) <= 1e-12 or np.ptp(squares) <= 1e-12 * squares.max():
            return float("nan"), float("nan")
        statistic = len(base) * float(np.corrcoef(base, squares)[0, 1] ** 2)
        return statistic, float(stats.chi2.sf(statistic, 1))

    def leverage(self) -> Array:
        """(R, I) weight of each cell's growth in its own fitted value, zero without a base."""
        R, variances = len(self.B), np.diag(self.K)
        fitted = variances[:R, None] + variances[R:] + 2 * self.K[:R, R:] + 1 / self.B.sum()
        return np.asarray(self.B * fitted, dtype=np.float64)


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


def unit_covariance(B: Array) -> Array:
    """(R + I, R + I) covariance K of the restricted effects where Var(e) = 1 / B.

    The normal equations of R + I dummies, with the matrix M, are singular by one: M n = 0 with
    n = (1, -1). Adding c c', c = (0, B_i) / sqrt(B), mends this. Region effects are then
    eliminated, which leaves a system S of the industries. The inverse that results belongs to
    the restriction on alpha alone; taking off (n n' + h h') / B, h = (1, 0), adds that on beta.
    """
    B_r, B_i, total = B.sum(axis=1), B.sum(axis=0), B.sum()
    A = B / B_r[:, None]
    S_inv = np.linalg.inv(np.diag(B_i) + np.outer(B_i, B_i) / total - B.T @ A)
    across = -A @ S_inv
    regions = np.diag(1 / B_r) - across @ A.T - 2 / total
    across += 1 / total
    return np.block([[regions, across], [across.T, S_inv - 1 / total]])


def two_way(B: Array, D: Array) -> TwoWay:
    """Fit the model by weighted least squares to cells with B > 0; B and D (R, I), all linked.

    Costs R I^2 + R^2 I operations, and (R + I)^2 numbers of memory.
    """
    D = np.where(B > 0, D, 0.0)
    mu = float(D.sum() / B.sum())
    K = unit_covariance(B)
    # Growth rates are measured by the activity they are of: less than its rounding error is none.
    effects = without_dust(K @ _margins(without_dust(D - mu * B, B + np.abs(D))))
    beta, alpha = effects[: len(B)], effects[len(B) :]
    score = without_dust(D - B * (mu + beta[:, None] + alpha), B + np.abs(D))
    return TwoWay(B, score, mu, effects, K)


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
        raise IdentificationError(
            "no cell has activity at the start, so none has a growth rate. Choose another start."
        )
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
    from scipy.linalg import solve_triangular

    contrast = effects[1:] - effects[0]
    V_c = V[1:, 1:] - V[1:, :1] - V[:1, 1:] + V[0, 0]
    scale = np.sqrt(np.diag(V_c))
    L = _cholesky_factor(V_c, scale)
    z = solve_triangular(L, contrast / scale, lower=True)
    return float(z @ z / len(z)), len(z)


def _cholesky_factor(V: Array, scale: Array) -> Array:
    """Return the factor of the correlations of V, refusing a singular V."""
    try:
        if scale.min() > 0:
            L = np.asarray(np.linalg.cholesky(V / np.outer(scale, scale)), dtype=np.float64)
            if L.diagonal().min() > SINGULAR:
                return L
    except np.linalg.LinAlgError:
        pass
    raise IdentificationError(
        "the estimated covariance of the effects is singular, so they cannot be tested: the "
        "model fits without error, or too few cells are left to estimate its variance. "
        "Use finer industries or more regions."
    )
