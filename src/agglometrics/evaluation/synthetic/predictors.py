"""Weights that match predictors, the importance V of each found from several starts.

Abadie, Diamond and Hainmueller (2010): for given V the weights ``W(V)`` minimise
``(X1 - X0 W)' V (X1 - X0 W)`` over the simplex, and V minimises the mean squared gap of the
outcome, before treatment, that W(V) leaves. The outer problem has many local minima, and one start
finds one of them: a fixed grid of starts is evaluated, and the best are polished.

Without a bound the search runs into corners where one predictor decides and the others break its
ties. `spread` keeps every predictor in play.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from agglometrics.evaluation.synthetic.simplex import simplex_weights
from agglometrics.linalg.least_squares import shortest_solution
from agglometrics.notation import Array

POLISHED = 3
"""Starts that are polished, the best of the grid."""

GRID = 63
"""Points of the grid of starts besides equal weights, regression weights and single predictors."""


def predictor_weights(
    X: Array, x: Array, Z: Array, z: Array, spread: float
) -> tuple[Array, Array, float]:
    """Return weights (J,), V (K,) that sums to one, and the mean squared gap of the outcome.

    X : (K, J) predictors of donors, x : (K,) of the treated unit, each divided by its standard
    deviation over all units    Z : (T, J), z : (T,) outcomes before treatment    spread : the
    largest importance over the smallest, at most
    """
    width = float(np.log(spread))

    def shares(theta: Array) -> Array:
        v = np.exp(np.clip(theta - theta.max(), -width, 0))
        return np.asarray(v / v.sum())

    def loss(theta: Array) -> float:
        gap = z - Z @ _matched(X, x, shares(theta))
        return float(gap @ gap) / len(z)

    starts = _starts(X, x, Z, z, width)
    values = [loss(start) for start in starts]
    best = [starts[k] for k in np.argsort(values, kind="stable")[:POLISHED]]
    theta, least = min((_polished(loss, start) for start in best), key=lambda each: each[1])
    return _matched(X, x, shares(theta)), shares(theta), least


def _matched(X: Array, x: Array, v: Array) -> Array:
    """Return W(V), (J,)."""
    root = np.sqrt(v)
    return simplex_weights(root[:, None] * X, root * x)


def _starts(X: Array, x: Array, Z: Array, z: Array, width: float) -> list[Array]:
    """Return logarithms of V to start from: equal, by regression, single predictors, a grid."""
    from scipy.stats import qmc

    K = len(X)
    points = qmc.Sobol(K, scramble=False).random(GRID + 1)[1:]
    singles = np.where(np.eye(K) > 0, 0.0, -width)
    return [np.zeros(K), _by_regression(X, x, Z, z), *singles, *(width * (points - 1))]


def _by_regression(X: Array, x: Array, Z: Array, z: Array) -> Array:
    """Return log V from regressions of the outcomes on the predictors: the sum of b^2."""
    every = np.column_stack([x, X]).T
    design = np.column_stack([np.ones(len(every)), every])
    outcomes = np.column_stack([z, Z])
    b = np.array([shortest_solution(design, row)[1:] for row in outcomes])
    v = (b**2).sum(axis=0)
    return np.asarray(np.log(np.maximum(v / (v.max() or 1.0), 1e-12)))


def _polished(loss: Callable[[Array], float], start: Array) -> tuple[Array, float]:
    """Return a local minimum by the simplex search of Nelder and Mead (1965), restarted once."""
    from scipy.optimize import minimize

    theta = np.asarray(start)
    for _ in range(2):
        first = np.vstack([theta, theta + np.eye(len(theta))])
        options: Any = {"initial_simplex": first, "adaptive": True, "maxfev": 50 * len(theta),
                   "xatol": 1e-3, "fatol": 1e-8 * max(loss(theta), 1e-300)}  # fmt: skip
        theta = minimize(loss, theta, method="Nelder-Mead", options=options).x
    return theta, loss(theta)
