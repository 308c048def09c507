"""Least squares without each cluster in turn."""

from __future__ import annotations

from typing import Any

import numpy as np

from agglometrics.models.fixed_effects import demean, recode
from agglometrics.models.linear import LinearFit
from agglometrics.models.rules import Codes, n_levels, nested_in
from agglometrics.tables import Array


def leave_one_out(fit: LinearFit, codes: Codes) -> Array:
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
