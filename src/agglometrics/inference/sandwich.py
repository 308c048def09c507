"""From a covariance specification to a `Covariance`: bread, meat, and the small-sample rule.

One function for every estimator of the package. The specifications with a module of their own
(`clusters`, `serial.long_run`, `conley`, `jackknife`, `wild_bootstrap`) register themselves on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import Any

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit, refuse_two_steps
from agglometrics.inference.small_sample import SmallSample, factor, parameters, residual_df
from agglometrics.inference.specifications import Homoskedastic, Robust


@singledispatch
def covariance(spec: Any, fit: LinearFit, rule: SmallSample) -> Covariance:
    """Return the covariance of the coefficients of `fit` that `spec` describes.

    Raises
    ------
    InputError
        If `spec` is not a covariance, or names columns that the data lack.
    """
    raise InputError(
        f"cov must be a covariance; found {spec!r}. Pass for example Robust(), Cluster('region'), "
        "DriscollKraay(2) or Conley(km=200); in a shift-share design also ShockLevel() or AKM()."
    )


@covariance.register
def _homoskedastic(spec: Homoskedastic, fit: LinearFit, rule: SmallSample) -> Covariance:
    refuse_two_steps(fit, "Homoskedastic")
    K = parameters(rule, fit.counts)
    left = residual_df(fit.counts, K)
    known = fit.dispersion
    adjust = (fit.counts.n - 1) / left if rule.observations else 1.0
    divisor = left if rule.residual_df else fit.counts.n
    variance = fit.u @ fit.u / divisor if known is None else known * adjust
    return Covariance(variance * fit.bread, "homoskedastic", t_df(fit, rule, left))


@covariance.register
def _robust(spec: Robust, fit: LinearFit, rule: SmallSample) -> Covariance:
    K = parameters(rule, fit.counts)
    own = fit.influence
    matrix = own.T @ own * factor(rule, fit.counts, K, None)
    left = residual_df(fit.counts, K)
    return Covariance(matrix, "robust", t_df(fit, rule, left))


def t_df(fit: LinearFit, rule: SmallSample, df: int) -> float | None:
    """Return the degrees of freedom; None, for the normal, where the model is not least squares."""
    if not rule.t or fit.dispersion is not None:
        return None
    if rule.df == "clusters":
        return float(df)
    every = replace(rule, absorbed="all")
    return float(residual_df(fit.counts, parameters(every, fit.counts)))
