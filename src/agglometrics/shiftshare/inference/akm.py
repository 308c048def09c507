"""The exposure-robust covariance of Adao, Kolesar and Morales (2019)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.linalg.groups import cluster_sums, sandwich
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.shiftshare.inference.design_fit import require_design
from agglometrics.shiftshare.inference.share_projection import project_on_shares
from agglometrics.tables.arguments import checked


@checked
def akm_std_error(outcome: Array, exposure: Array, controls: Array, shares: Array) -> float:
    """Return the standard error of a shift-share regressor: Adao, Kolesar and Morales (2019).

    Of the coefficient of `exposure` in least squares of `outcome` on it and the controls, without
    weights, shocks independent across sectors (their section IV.A, eq. 34-36). With
    y, x the residuals on the controls, b = x'y / x'x and h the coefficients of x on the shares W,

        se^2 = sum_i h_i^2 (sum_n w_ni e_n)^2 / (x'x)^2,    e = y - b x.

    Parameters
    ----------
    outcome : (N,)
    exposure : (N,) the shift-share regressor W g
    controls : (N, C) with the constant
    shares : (N, I), I < N

    Examples
    --------
    >>> import numpy as np
    >>> shares = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0, 0.5]])
    >>> outcome = np.array([1.0, 0, 5, 2])
    >>> round(akm_std_error(outcome, shares @ [0, 1, 2], np.ones((4, 1)), shares), 4)
    0.7071
    """
    y, x = residualize(outcome, controls), residualize(exposure, controls)
    e = y - (x @ y) / (x @ x) * x
    h = np.linalg.lstsq(shares, x)[0]
    score = h * (shares.T @ e)
    return float(np.sqrt(score @ score) / (x @ x))


def residualize(values: Array, controls: Array) -> Array:
    """Return the residuals of `values` (N,) on `controls` (N, C)."""
    return np.asarray(values - controls @ np.linalg.lstsq(controls, values)[0])


def akm_scores(x: Array, e: Array, W: sparse.csr_array) -> Array:
    """Return the sectors' scores (I, K): each sector's implied shock in x, times W'e.

    x : (N, K) regressors or instruments, residuals on the controls    e : (N,) residual
    W : (N, I) shares    all on the scale of root weights
    """
    implied, _ = project_on_shares(W, x)
    return np.asarray(implied * (W.T @ e)[:, None], dtype=np.float64)


@checked
@dataclass(frozen=True)
class AKM:
    """Adao, Kolesar and Morales (2019): shocks independent across sectors or their clusters.

    The shocks are re-estimated by regressing the residual instrument on the shares, so that
    fewer sectors than locations and well-conditioned shares are needed. With few shocks it
    undercovers; `AKM0` less so.

    Attributes
    ----------
    cluster : column(s) of the shocks with groups of sectors; None for each sector on its own,
        its periods together (``[sector, time]`` for each shock on its own)
    """

    cluster: Columns | None = None


@covariance.register
def _akm(spec: AKM, fit: LinearFit, rule: SmallSample) -> Covariance:
    of = require_design(spec, fit)
    shocks, statistics = of.implied_shocks
    groups = of.design.shock_groups(spec.cluster)
    scores = cluster_sums(shocks * of.exposed(of.u)[:, None], groups)
    return Covariance(
        of.known(sandwich(of.solved.A, scores), scores, "AKM"),
        of.named("AKM", spec.cluster),
        statistics=statistics | of.counted(groups),
    )
