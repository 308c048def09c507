"""Weights that match predictors, the importance V of each found from many starts.

Abadie, Diamond and Hainmueller (2010): for given V the weights ``W(V)`` minimise
``(X1 - X0 W)' V (X1 - X0 W)`` over the simplex, and V minimises the mean squared gap of the
outcome, before treatment, that W(V) leaves. The outer problem has many local minima, most with some
predictors at the bound, and one start finds one of them: a fixed set of starts is evaluated, a
compiled search descends from the best, and the best of what it finds are polished.

Without a bound the search runs into corners where one predictor decides and the others break its
ties. `spread` keeps every predictor in play.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from agglometrics.evaluation.synthetic.importance_search import descended, mean_gap, shares_of
from agglometrics.evaluation.synthetic.simplex import TIE, simplex_weights
from agglometrics.linalg.least_squares import shortest_solution
from agglometrics.notation import Array

DESCENTS = 64
"""Starts from which the search descends, the best of all."""

POLISHED = 3
"""Ends of the search that are polished, the best of them."""

FINE = 64
"""The last step of the search, as a share of the width of logarithms of V: one over this."""

GRID = 63
"""Points of the grid of starts besides equal weights, regression weights, predictors and pairs."""


def predictor_weights(
    X: Array, x: Array, Z: Array, z: Array, spread: float
) -> tuple[Array, Array, float]:
    """Return weights (J,), V (K,) that sums to one, and the mean squared gap of the outcome.

    X : (K, J) predictors of donors, x : (K,) of the treated unit, each divided by its standard
    deviation over all units    Z : (T, J), z : (T,) outcomes before treatment    spread : the
    largest importance over the smallest, at most
    """
    width = float(np.log(spread))
    X, x, Z, z = (np.ascontiguousarray(each, dtype=np.float64) for each in (X, x, Z, z))

    def loss(theta: Array) -> float:
        found = mean_gap(X, x, Z, z, theta, width, TIE)
        if np.isfinite(found):
            return float(found)
        gap = z - Z @ _matched(X, x, shares_of(theta, width))
        return float(gap @ gap) / len(z)

    starts = _best(loss, _starts(X, x, Z, z, width), DESCENTS)
    ends = [descended(X, x, Z, z, start, width, TIE, FINE) for start in starts]
    polished = [_polished(loss, end) for end in _best(loss, ends, POLISHED)]
    theta, least = min(polished, key=lambda each: each[1])
    v = np.asarray(shares_of(theta, width))
    return _matched(X, x, v), v, least


def _best(loss: Callable[[Array], float], points: list[Array], keep: int) -> list[Array]:
    """Return the points of the least loss."""
    order = np.argsort([loss(point) for point in points], kind="stable")
    return [points[k] for k in order[:keep].tolist()]


def _matched(X: Array, x: Array, v: Array) -> Array:
    """Return W(V), (J,)."""
    root = np.sqrt(v)
    return simplex_weights(root[:, None] * X, root * x)


def _starts(X: Array, x: Array, Z: Array, z: Array, width: float) -> list[Array]:
    """Return logarithms of V to start from: equal, by regression, one or two predictors, a grid."""
    from scipy.stats import qmc

    K = len(X)
    points = qmc.Sobol(K, scramble=False).random(GRID + 1)[1:]
    few = [[k] for k in range(K)] + [list(pair) for pair in combinations(range(K), 2)]
    corners = np.full((len(few), K), -width)
    for corner, high in zip(corners, few, strict=True):
        corner[high] = 0.0
    return [np.zeros(K), _by_regression(X, x, Z, z), *corners, *(width * (points - 1))]


def _by_regression(X: Array, x: Array, Z: Array, z: Array) -> Array:
    """Return log V from regressions of the outcomes on the predictors: the sum of b^2."""
    every = np.column_stack([x, X]).T
    design = np.column_stack([np.ones(len(every)), every])
    outcomes = np.column_stack([z, Z])
    b = np.array([shortest_solution(design, row)[1:] for row in outcomes])
    v = (b**2).sum(axis=0)
    return np.asarray(np.log(np.maximum(v / (v.max() or 1.0), 1e-12)))


def _polished(loss: Callable[[Array], float], theta: Array) -> tuple[Array, float]:
    """Return a local minimum by the simplex search of Nelder and Mead (1965)."""
    from scipy.optimize import minimize

    first = np.vstack([theta, theta + np.eye(len(theta))])
    options: Any = {"initial_simplex": first, "adaptive": True, "maxfev": 50 * len(theta),
               "xatol": 1e-3, "fatol": 1e-8 * max(loss(theta), 1e-300)}  # fmt: skip
    found = minimize(loss, theta, method="Nelder-Mead", options=options)
    return np.asarray(found.x), float(found.fun)
