"""The covariance of the shock-level regression of Borusyak, Hull and Jaravel (2022)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.linalg.groups import cluster_sums, sandwich
from agglometrics.notation import Array, Codes
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.shiftshare.alignment.shock_side import ShockSide, shock_side
from agglometrics.shiftshare.inference.akm import residualize
from agglometrics.shiftshare.inference.design_fit import DesignFit, require_design
from agglometrics.tables.arguments import checked


@checked
def shock_level_std_error(
    outcome: Array, exposure: Array, controls: Array, shares: Array, shocks: Array
) -> float:
    """Return the robust standard error of the equivalent regression of shocks.

    Borusyak, Hull and Jaravel (2022, Prop. 1 and 5), without weights: with y, x the residuals on
    the controls, s_i = sum_n w_ni, ybar_i and xbar_i their averages weighted by w_ni, and g the
    shocks minus their s-weighted mean,

        se^2 = sum_i s_i^2 g_i^2 ebar_i^2 / (sum_i s_i g_i xbar_i)^2,    ebar = ybar - b xbar,

    with b the coefficient of `exposure`, and ebar minus its s-weighted mean. The controls must
    span the sums of shares (a constant where shares add up to one).

    Parameters
    ----------
    outcome, exposure, controls, shares : as in `akm_std_error`, any number of sectors
    shocks : (I,) g, exposure = shares @ shocks

    Examples
    --------
    >>> import numpy as np
    >>> shares = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0, 0.5]])
    >>> outcome, shocks = np.array([1.0, 0, 5, 2]), np.array([0.0, 1, 2])
    >>> error = shock_level_std_error(outcome, shares @ shocks, np.ones((4, 1)), shares, shocks)
    >>> round(error, 4)
    0.7071
    """
    y, x = residualize(outcome, controls), residualize(exposure, controls)
    s = shares.sum(axis=0)
    b = (x @ y) / (x @ x)
    g = shocks - s @ shocks / s.sum()
    exposed = shares.T @ (y - b * x)
    score = g * (exposed - s * exposed.sum() / s.sum())
    return float(np.sqrt(score @ score) / abs(g @ (shares.T @ x)))


@checked
@dataclass(frozen=True)
class ShockLevel:
    """Borusyak, Hull and Jaravel (2022): robust or clustered covariance of the shock regression.

    No correction for degrees of freedom. It inverts nothing, so that any number of sectors will
    do; shock controls given to `fit` are taken out of the shocks.

    Attributes
    ----------
    cluster : column(s) of the shocks with groups of sectors; None for each sector on its own,
        its periods together (``[sector, time]`` for each shock on its own)
    """

    cluster: Columns | None = None


@covariance.register
def _shock_level(spec: ShockLevel, fit: LinearFit, rule: SmallSample) -> Covariance:
    of = require_design(spec, fit)
    side, _, groups = shock_side_of(of, spec.cluster)
    A, scores = shock_scores(of, side)
    matrix = sandwich(A, cluster_sums(scores, groups))
    refuse_disagreement(of, side, np.sqrt(np.diag(matrix)))
    name = of.named("shock-level", spec.cluster)
    return Covariance(
        of.known(matrix, scores, "ShockLevel"), name, statistics=of.counted(groups, side.s)
    )


def shock_side_of(fit: DesignFit, cluster: Columns | None) -> tuple[ShockSide, Array, Codes | None]:
    """Return the design seen from its shocks, Pi (L, K), and the shocks' clusters (M,)."""
    side = shock_side(fit.design, fit.solved.space.root**2, fit.shock_controls)
    groups = fit.design.shock_groups(cluster)
    if groups is not None:
        groups = np.asarray(pd.factorize(groups[side.used])[0], dtype=np.intp)
    return side, fit.solved.Pi, groups


def shock_scores(fit: DesignFit, side: ShockSide) -> tuple[Array, Array]:
    """Return A (K, K) and the scores (M, K) of the shock-level regression."""
    solved = fit.solved
    root = solved.space.root
    columns = [(side.moments(x, root) @ solved.Pi).sum(axis=0) for x in solved.X.T]
    return np.column_stack(columns), side.moments(solved.residual, root) @ solved.Pi


def shock_level_beta(fit: DesignFit, side: ShockSide) -> Array:
    """Return the coefficients (K,) of the shock-level regression."""
    solved = fit.solved
    A, _ = shock_scores(fit, side)
    b = (side.moments(solved.y, solved.space.root) @ solved.Pi).sum(axis=0)
    return np.asarray(np.linalg.solve(A, b), dtype=np.float64)


def refuse_disagreement(fit: DesignFit, side: ShockSide, errors: Array) -> None:
    """Raise unless locations and shocks give the same coefficients."""
    here, there = fit.solved.beta, shock_level_beta(fit, side)
    room = 1e-6 * np.abs(here) + 1e-4 * np.where(np.isfinite(errors), errors, 0.0)
    if (np.abs(here - there) <= room).all():
        return
    sums = fit.design.sums_of_shares
    controls = list(fit.shock_controls)
    raise InputError(
        f"the location-level estimate {_digits(here)} and the shock-level estimate "
        f"{_digits(there)} differ: the locations' exposure to a constant and to the shock "
        f"controls {controls} is not among the controls (shares add up to between "
        f"{sums.min():.4g} and {sums.max():.4g}). Either design.with_missing_sector() completes "
        f"the shares, or design.with_exposure({controls}) adds the sums of shares as columns of "
        "the locations: name them in controls=. If you argue from exogenous shares, fit "
        "with cov=Robust() or Cluster('column')."
    )


def _digits(values: Array) -> str:
    return ", ".join(f"{value:.6g}" for value in values)
