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
from agglometrics.linalg.least_squares import (
    least_squares,
    shortest_of_moments,
    shortest_solution,
    well_conditioned,
)
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels, nested_in, recode

DUST = 1e-12  # of a column's length: less is left of it by rounding alone


def without_each_cluster(fit: LinearFit, codes: Codes) -> Array:
    """Return the coefficients without each cluster, (G, K).

    By sums over clusters, in units of the regressors' lengths, so that a regressor's unit of
    measurement moves no other coefficient; by estimating again where effects lie across
    clusters, or where sums would lose what tells two regressors apart.
    """
    inside = all(nested_in(effect, codes) for effect in fit.counts.absorbed)
    gram, units = fit.X.T @ fit.X, _lengths(fit.X)
    sums = inside and well_conditioned(gram / units[:, None] / units)
    one = _without_by_sums if sums else _without_by_refit
    return np.stack([one(fit, codes == g) for g in range(n_levels(codes))])


def _without_by_sums(fit: LinearFit, out: np.ndarray[Any, Any]) -> Array:
    X, y = fit.X[out], fit.y[out]
    gram = fit.X.T @ fit.X - X.T @ X
    moment = fit.X.T @ fit.y - X.T @ y
    return shortest_of_moments(gram, moment, _lengths(fit.X))


def _lengths(X: Array) -> Array:
    return np.asarray(np.sqrt(np.einsum("nk,nk->k", X, X)), dtype=np.float64)


def _without_by_refit(fit: LinearFit, out: np.ndarray[Any, Any]) -> Array:
    values = left_without(fit, out)
    return shortest_solution(values[:, 1:], values[:, 0])


def left_without(fit: LinearFit, out: np.ndarray[Any, Any]) -> Array:
    """Return y and X (n, 1 + K) of the rows that stay, demeaned again.

    Effects across clusters change when one cluster goes.
    """
    stay = ~out
    w = np.ones(int(stay.sum())) if fit.sqrt_w is None else fit.sqrt_w[stay]
    effects = [recode(effect[stay]) for effect in fit.counts.absorbed]
    values = np.column_stack([fit.y, fit.X])[stay] / w[:, None]
    within = demean(values, effects, w**2)
    # what effects take up whole is zero, not its rounding error
    within[:, _lengths(within) <= DUST * _lengths(values)] = 0.0
    return within * w[:, None]


@covariance.register
def _cr3(spec: CR3, fit: LinearFit, rule: SmallSample) -> Covariance:
    if not fit.least_squares:
        raise InputError("CR3 is defined for panel() by least squares. Use Cluster here.")
    codes = fit.sample.codes(spec.column)
    G = count_clusters([spec.column], [codes])[0]
    warn_of_concentrated([spec.column], [codes], fit)
    beta = least_squares(fit.X, fit.y)[0]
    away = without_each_cluster(fit, codes) - beta
    matrix = (G - 1) / G * away.T @ away
    name = f"jackknife ({spec.column}), {G}"
    return Covariance(matrix, name, t_df(fit, rule, G - 1), {"n_clusters": float(G)})
