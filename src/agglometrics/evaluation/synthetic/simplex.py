"""Least squares on the simplex, exactly: the weights of every synthetic control.

With ``1'w = 1`` the problem ``min |A w - b|^2`` is ``min |D w|^2`` with ``D = A - b 1'``: the point
of a convex hull that is nearest to the origin. Its conditions for an optimum are those of
``min |D u|^2 + s^2 (1'u - 1)^2`` over ``u >= 0`` with ``w = u / 1'u``, which the active-set method
of Lawson and Hanson (1974, NNLS) solves in finitely many steps.
"""

from __future__ import annotations

import numpy as np

from agglometrics.errors import ConvergenceError
from agglometrics.notation import Array

TIE = 1e-12
"""Ridge, as a share of the sum of squares of D, that chooses among weights that fit alike."""

GAP = 1e-7
"""The optimality gap, as a share of the largest squared column, above which weights are refused."""


def simplex_weights(A: Array, b: Array, ridge: float = 0.0) -> Array:
    """Return the w >= 0 with 1'w = 1 that minimise ``|A w - b|^2 + ridge |w|^2``, (J,).

    A : (T, J) donors    b : (T,) the treated unit

    Where many weights fit equally well, the shortest is taken (a ridge of `TIE`), so that equal
    donors share a weight and no label decides. Every answer is certified: see `optimality_gap`.

    Raises
    ------
    ConvergenceError
        If the optimality gap exceeds `GAP`.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[0.0, 1, 5], [0, 2, 5]])
    >>> simplex_weights(A, np.array([0.5, 1.0])).round(6).tolist()  # halfway between the first two
    [0.5, 0.5, 0.0]
    """
    from scipy.optimize import nnls

    D = A - b[:, None]
    J = D.shape[1]
    scale = np.sqrt(np.mean(D * D) * len(D)) or 1.0
    D = D / scale
    r = ridge / scale**2 + TIE
    stacked = np.vstack([D, np.sqrt(r) * np.eye(J), np.ones((1, J))])
    target = np.zeros(len(stacked))
    target[-1] = 1.0
    try:
        u = nnls(stacked, target, maxiter=100 * J)[0]
    except RuntimeError as failure:
        raise ConvergenceError(
            f"the weights of {J} donors did not settle: {failure}. Drop donors that copy another."
        ) from None
    w = np.asarray(u / u.sum(), dtype=np.float64)
    gap = optimality_gap(D, w, r)
    if gap > GAP * np.max((D * D).sum(axis=0)):
        raise ConvergenceError(
            f"the weights of {J} donors are not optimal: a gap of {gap:.1e} is left. Check the "
            "outcome for values of very different size."
        )
    return w


def optimality_gap(D: Array, w: Array, ridge: float = 0.0) -> float:
    """Return how far ``|D w|^2 + ridge |w|^2`` can be above its minimum over the simplex.

    The gap of Frank and Wolfe (1956), ``g'w - min(g)`` with g half the gradient: not below the
    distance to the minimum, and zero at it.
    """
    g = D.T @ (D @ w) + ridge * w
    return float(g @ w - g.min())
