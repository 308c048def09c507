"""The search for the importance of predictors, compiled: the gap it leaves, and a descent.

Theta are logarithms of V, the importance of K predictors, up to a constant; within `width` of the
largest they count, below it they are at the bound. For given V the weights are those of
`active_set.certified`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from agglometrics.evaluation.synthetic.active_set import certified
from agglometrics.notation import Array

GAIN = 1e-9
"""Share of the gap that a step must gain to be taken."""


@njit(cache=True, nogil=True)
def shares_of(theta: Array, width: float) -> Array:
    """Return V, (K,), which sums to one and whose logarithms span at most `width`."""
    v, top, total = np.empty_like(theta), theta.max(), 0.0
    for k in range(len(theta)):
        v[k] = np.exp(max(theta[k] - top, -width))
        total += v[k]
    for k in range(len(v)):
        v[k] /= total
    return v


@njit(cache=True, nogil=True)
def mean_gap(
    X: Array, x: Array, Z: Array, z: Array, theta: Array, width: float, tie: float
) -> float:
    """Return the mean squared gap of the outcome at W(V), infinite where W(V) needs more care.

    X : (K, J), x : (K,) predictors    Z : (T, J), z : (T,) outcomes before treatment
    """
    v, scaled, target = shares_of(theta, width), np.empty_like(X), np.empty_like(x)
    for k in range(len(v)):
        root = np.sqrt(v[k])
        target[k] = root * x[k]
        for j in range(X.shape[1]):
            scaled[k, j] = root * X[k, j]
    w, found, _ = certified(scaled, target, 0.0, tie)
    if not found:
        return np.inf
    total = 0.0
    for t in range(len(z)):
        total += (z[t] - np.dot(Z[t], w)) ** 2
    return total / len(z)


@njit(cache=True, nogil=True)
def descended(
    X: Array, x: Array, Z: Array, z: Array, theta: Array, width: float, tie: float, fine: int
) -> Array:
    """Return theta (K,) from which no step along one predictor gains, steps halved to width / fine.

    The compass search: the largest importances and the bound are reached exactly, where the
    simplex of Nelder and Mead shrinks before it is there.
    """
    theta = theta.copy()
    least, step = mean_gap(X, x, Z, z, theta, width, tie), width / 2
    while step > width / fine:
        moved = False
        for k in range(2 * len(theta)):
            tried = theta.copy()
            tried[k // 2] += step if k % 2 else -step
            _bounded(tried, width)
            found = mean_gap(X, x, Z, z, tried, width, tie)
            if found < least * (1.0 - GAIN):
                theta, least, moved = tried, found, True
        if not moved:
            step /= 2
    return theta


@njit(cache=True, nogil=True)
def _bounded(theta: Array, width: float) -> None:
    """Shift and clip theta, in place, so that the largest is zero and none is below -width."""
    top = theta.max()
    for k in range(len(theta)):
        theta[k] = max(theta[k] - top, -width)
