"""Least squares without each cluster in turn, and the variance that follows (CR3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.cluster_leverage import warn_of_concentrated
from agglometrics.inference.clusters import count_clusters
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance, t_df
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CR3
from agglometrics.linalg.demeaning import demean
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels, nested_in, recode


def without_each_cluster(fit: LinearFit, codes: Codes) -> Array:
    """Return the coefficients without each cluster, (G, K)."""
    inside = all(nested_in(effect, codes) for effect in fit.counts.absorbed)
    one = _without_by_sums if inside else _without_by_refit
    return np.stack([one(fit, codes == g) for g in range(n_levels(codes))])


def _without_by_sums(fit: LinearFit, out: np.ndarray[Any, Any]) -> Array:
    X, y = fit.X[out], fit.y[out]
    gram = np.linalg.inv(fit.bread) - X.T @ X
    moment = fit.X.T @ fit.y - X.T @ y
    return np.asarray(np.linalg.lstsq(gram, moment, rcond=1e-12)[0])


def _without_by_refit(fit: LinearFit, out: np.ndarray[Any, Any]) -> Array:
    """Demean what is left again: effects across clusters change when one cluster goes."""
    stay = ~out
    w = np.ones(int(stay.sum())) if fit.sqrt_w is None else fit.sqrt_w[stay]
    effects = [recode(effect[stay]) for effect in fit.counts.absorbed]
    values = np.column_stack([fit.y, fit.X])[stay] / w[:, None]
    values = demean(values, effects, w**2) * w[:, None]
    return np.asarray(np.linalg.lstsq(values[:, 1:], values[:, 0], rcond=1e-12)[0])


@covariance.register
def _cr3(spec: CR3, fit: LinearFit, rule: SmallSample) -> Covariance:
    if not fit.least_squares:
        raise InputError("CR3 is defined for panel() by least squares. Use Cluster here.")
    codes = fit.sample.codes(spec.column)
    G = count_clusters([spec.column], [codes])[0]
    warn_of_concentrated([spec.column], [codes], fit)
    beta = fit.bread @ (fit.X.T @ fit.y)
    away = without_each_cluster(fit, codes) - beta
    matrix = (G - 1) / G * away.T @ away
    name = f"jackknife ({spec.column}), {G}"
    return Covariance(matrix, name, t_df(fit, rule, G - 1), {"n_clusters": float(G)})
