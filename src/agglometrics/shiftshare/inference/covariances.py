"""Standard errors of shift-share regressions, as values, and how each becomes a covariance.

The caller fixes one beforehand. Locations with similar shares have similar residuals whatever
their distance, so that errors from `Homoskedastic`, `Robust` or `Cluster` are usually too small;
`ShockLevel` (the default), `ShockLevel0`, `AKM` and `AKM0` are not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.estimates import Covariance, Interval
from agglometrics.inference.sets import score_set
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.linalg.groups import effective_number
from agglometrics.notation import Array, Codes
from agglometrics.shiftshare.alignment.aligned_design import SPAN_TOLERANCE, AlignedDesign
from agglometrics.shiftshare.alignment.location_regression import Regression
from agglometrics.shiftshare.alignment.share_projection import (
    cluster_sums,
    project_on_shares,
    sandwich,
    scale_rows,
)
from agglometrics.shiftshare.alignment.shock_side import ShockSide, shock_side
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0

EXPOSURE_ROBUST = (AKM, AKM0, ShockLevel, ShockLevel0)


@dataclass(frozen=True)
class Setting:
    """What a covariance is computed from."""

    regression: Regression
    design: AlignedDesign
    shock_controls: tuple[str, ...]
    terms: tuple[str, ...]


def default_covariance(design: AlignedDesign) -> AKM | ShockLevel:
    """Return `ShockLevel`; `AKM` where the shocks are not known."""
    return AKM() if design.g is None else ShockLevel()


def covariance(spec: Any, setting: Setting) -> Covariance:
    """Return the `Covariance` of the coefficients that `spec` describes."""
    return replace(_covariance(spec, setting), spec=spec)


@singledispatch
def _covariance(spec: Any, setting: Setting) -> Covariance:
    """Return the covariance without its specification.

    Raises
    ------
    InputError
        If `spec` is no covariance that this estimator knows.
    """
    raise InputError(
        f"cov={spec!r} is not known here. Choose ShockLevel(), ShockLevel0(), AKM(), AKM0(), "
        "Cluster('column'), Robust() or Homoskedastic()."
    )


@_covariance.register
def _homoskedastic(spec: Homoskedastic, setting: Setting) -> Covariance:
    fit = setting.regression
    half = np.linalg.solve(fit.A, fit.instrument.T)
    variance = fit.residual @ fit.residual / _degrees(fit)
    return Covariance(variance * half @ half.T, "homoskedastic")


@_covariance.register
def _robust(spec: Robust, setting: Setting) -> Covariance:
    fit = setting.regression
    scores = fit.instrument * fit.residual[:, None]
    return Covariance(
        sandwich(fit.A, scores, len(fit.y) / _degrees(fit)), "heteroskedasticity-robust"
    )


@_covariance.register
def _cluster(spec: Cluster, setting: Setting) -> Covariance:
    if len(spec.columns) != 1:
        raise InputError(f"Cluster takes one column here; found {list(spec.columns)}.")
    fit, (column,) = setting.regression, spec.columns
    groups = setting.design.location_groups(column)
    count = int(groups.max()) + 1
    scores = cluster_sums(fit.instrument * fit.residual[:, None], groups)
    n = len(fit.y)
    factor = count / (count - 1) * (n - 1) / _degrees(fit) if fit.reduced_form else 1.0
    return Covariance(
        sandwich(fit.A, scores, factor), f"cluster ({column})", statistics={"n_clusters": count}
    )


def _degrees(fit: Regression) -> int:
    """Return N - K in least squares and N in 2SLS, as Adao, Kolesar and Morales do."""
    return len(fit.y) - (fit.n_parameters if fit.reduced_form else 0)


@_covariance.register
def _akm(spec: AKM, setting: Setting) -> Covariance:
    fit = setting.regression
    shocks, statistics = _implied_shocks(setting)
    groups = setting.design.sector_groups(spec.cluster)
    exposed = _exposed(setting, fit.residual)
    scores = cluster_sums(shocks * exposed[:, None], groups)
    return Covariance(
        sandwich(fit.A, scores),
        _named("AKM", spec.cluster),
        statistics=statistics | _counts(setting, groups),
    )


@_covariance.register
def _akm0(spec: AKM0, setting: Setting) -> Covariance:
    fit = _one_coefficient(setting, "AKM0")
    shocks, statistics = _implied_shocks(setting)
    groups = setting.design.sector_groups(spec.cluster)
    moment = cluster_sums(shocks * _exposed(setting, fit.y)[:, None], groups)
    slope = cluster_sums(shocks * _exposed(setting, fit.X[:, 0])[:, None], groups)
    z = fit.instrument[:, 0]
    total = (float(z @ fit.y), float(z @ fit.X[:, 0]))
    statistics = statistics | _counts(setting, groups)
    return _null_imposed(moment[:, 0], slope[:, 0], total, _named("AKM0", spec.cluster), statistics)


def _implied_shocks(setting: Setting) -> tuple[Array, dict[str, float]]:
    """Return the (I, K) shocks behind the residual instrument, and the condition number."""
    fit, W = setting.regression, setting.design.W
    root = fit.space.root
    known_only_as_z = setting.design.z * root[:, None]
    weighted = scale_rows(W, root)
    both = np.column_stack([fit.instrument, known_only_as_z])
    shocks, condition = project_on_shares(weighted, both)
    K = fit.X.shape[1]
    _refuse_outside_span(known_only_as_z, weighted @ shocks[:, K:])
    return shocks[:, :K], {"condition_number": condition}


def _refuse_outside_span(z: Array, projected: Array) -> None:
    gap = np.abs(z - projected).max(axis=0) / np.abs(z).max(axis=0)
    if (gap > SPAN_TOLERANCE).any():
        raise InputError(
            "the instrument is not a sum of shares times shocks, whatever the shocks: it is off "
            f"by {gap.max():.2g} of its largest value. Check that location labels of the shares "
            "and of the instrument agree, and that no sector is missing; with shocks that leave "
            "the own location out use cov=ShockLevel()."
        )


def _exposed(setting: Setting, v: Array) -> Array:
    """Return sum_l omega_l w_ln v_l (I,) of a root-weighted variable."""
    return np.asarray(setting.design.W.T @ (setting.regression.space.root * v))


@_covariance.register
def _shock_level(spec: ShockLevel, setting: Setting) -> Covariance:
    side, _, groups = _shock_side(setting, spec.cluster)
    A, scores = _shock_scores(setting, side)
    matrix = sandwich(A, cluster_sums(scores, groups))
    _refuse_disagreement(setting, side, np.sqrt(np.diag(matrix)))
    return Covariance(
        matrix, _named("shock-level", spec.cluster), statistics=_counts(setting, groups, side)
    )


@_covariance.register
def _shock_level0(spec: ShockLevel0, setting: Setting) -> Covariance:
    fit = _one_coefficient(setting, "ShockLevel0")
    side, Pi, groups = _shock_side(setting, spec.cluster)
    root = fit.space.root
    moment = side.moments(fit.y, root) @ Pi
    slope = side.moments(fit.X[:, 0], root) @ Pi
    total = (float(moment.sum()), float(slope.sum()))
    out = _null_imposed(
        cluster_sums(moment, groups)[:, 0],
        cluster_sums(slope, groups)[:, 0],
        total,
        _named("shock-level, null imposed", spec.cluster),
        _counts(setting, groups, side),
    )
    _refuse_disagreement(setting, side, np.sqrt(np.diag(out.matrix)))
    return out


def _shock_side(setting: Setting, cluster: str | None) -> tuple[ShockSide, Array, Codes | None]:
    fit = setting.regression
    side = shock_side(setting.design, fit.space.root**2, setting.shock_controls)
    groups = setting.design.sector_groups(cluster)
    if groups is not None:
        groups = np.asarray(pd.factorize(groups[side.used])[0], dtype=np.intp)
    return side, fit.Pi, groups


def _shock_scores(setting: Setting, side: ShockSide) -> tuple[Array, Array]:
    """Return A (K, K) and the scores (M, K) of the shock-level regression."""
    fit = setting.regression
    root = fit.space.root
    columns = [(side.moments(x, root) @ fit.Pi).sum(axis=0) for x in fit.X.T]
    return np.column_stack(columns), side.moments(fit.residual, root) @ fit.Pi


def shock_level_beta(setting: Setting, side: ShockSide) -> Array:
    """Return the coefficients (K,) of the shock-level regression."""
    fit = setting.regression
    root = fit.space.root
    A, _ = _shock_scores(setting, side)
    b = (side.moments(fit.y, root) @ fit.Pi).sum(axis=0)
    return np.asarray(np.linalg.solve(A, b), dtype=np.float64)


def _refuse_disagreement(setting: Setting, side: ShockSide, errors: Array) -> None:
    """Raise unless locations and shocks give the same coefficients."""
    here, there = setting.regression.beta, shock_level_beta(setting, side)
    room = 1e-6 * np.abs(here) + 1e-4 * np.where(np.isfinite(errors), errors, 0.0)
    if (np.abs(here - there) <= room).all():
        return
    sums = setting.design.sums_of_shares
    controls = list(setting.shock_controls)
    raise InputError(
        f"the location-level estimate {_digits(here)} and the shock-level estimate "
        f"{_digits(there)} differ: the locations' exposure to a constant and to the shock "
        f"controls {controls} is not among the controls (shares add up to between "
        f"{sums.min():.4g} and {sums.max():.4g}). Either design.with_missing_sector() completes "
        f"the shares, or design.with_exposure({controls}) adds the sums of shares as columns of "
        "the locations: name them in controls=. Who argues from exogenous shares instead fits "
        "with cov=Robust() or Cluster('column')."
    )


def _digits(values: Array) -> str:
    return ", ".join(f"{value:.6g}" for value in values)


def _one_coefficient(setting: Setting, name: str) -> Regression:
    if len(setting.terms) != 1:
        raise IdentificationError(
            f"{name} inverts a test of one coefficient; found {list(setting.terms)}. "
            f"Use {name.rstrip('0')}(), or fit one treatment at a time."
        )
    return setting.regression


def _null_imposed(
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

    def confidence_set(term: str, level: float) -> Interval:
        critical = float(special.ndtri(0.5 + level / 2))
        return Interval(score_set(moment, slope, total, critical), level, name)

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


def _named(name: str, cluster: str | None) -> str:
    return name if cluster is None else f"{name}, cluster ({cluster})"


def _counts(
    setting: Setting, groups: Codes | None, side: ShockSide | None = None
) -> dict[str, float]:
    """Return the number of independent groups of shocks and their effective number."""
    s = side.s if side is not None else setting.design.exposures(setting.regression.space.root**2)
    sums = cluster_sums(s[:, None], groups)[:, 0]
    sums = sums[sums > 0]
    return {"n_shock_groups": float(len(sums)), "effective_shocks": effective_number(sums)}
