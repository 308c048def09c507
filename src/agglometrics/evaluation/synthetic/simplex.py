"""Least squares on the simplex, exactly: the weights of every synthetic control.

With ``1'w = 1`` the problem ``min |A w - b|^2`` is ``min |D w|^2`` with ``D = A - b 1'``: the point
of a convex hull that is nearest to the origin. Its conditions for an optimum are those of
``min |D u|^2 + s^2 (1'u - 1)^2`` over ``u >= 0`` with ``w = u / 1'u``, which the active-set method
of Lawson and Hanson (1974, NNLS) solves in finitely many steps. `active_set` does so on normal
equations, compiled; where these would lose digits (ties), reflections take over.
"""

from __future__ import annotations

import numpy as np

from agglometrics.errors import ConvergenceError
from agglometrics.evaluation.synthetic.active_set import (
    ROWS,
    WIDE,
    by_rows,
    certified,
    optimality_gap,
)
from agglometrics.notation import Array
from agglometrics.tables.rounding import without_noise

TIE = 1e-12
"""Ridge, as a share of the mean squared column of D, that chooses among weights that fit alike."""

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
    A, b = np.ascontiguousarray(A, dtype=np.float64), np.ascontiguousarray(b, dtype=np.float64)
    size = float(max(np.abs(A).max(), np.abs(b).max()))
    if not without_noise(A - b[:, None], size, len(b)).any():
        return np.full(A.shape[1], 1.0 / A.shape[1])  # all fit alike: the shortest
    w, found, gap = np.empty(0), False, np.inf
    if A.shape[1] < WIDE or ridge == 0:
        w, found, gap = certified(A, b, float(ridge), TIE)
    if not found:
        w, gap = _with_care(A, b, ridge)
    if gap > GAP:
        raise ConvergenceError(
            f"the weights of {A.shape[1]} donors are not optimal: a gap of {gap:.1e} of the "
            "largest squared distance is left. Check the outcome for values of very different size."
        )
    return np.asarray(w)


def _with_care(A: Array, b: Array, ridge: float) -> tuple[Array, float]:
    """Return the weights (J,) and their gap where donors are many, or nearly tied."""
    D = A - b[:, None]
    T, J = D.shape
    scale = np.sqrt((D * D).sum() / J) or 1.0
    D, r = D / scale, ridge / scale**2 + TIE
    u, found = by_rows(D, r) if r >= ROWS and T < J else (D[0], False)
    w = u / u.sum() if found else _by_reflections(D, r)
    return w, optimality_gap(D, w, r) / max(float((D * D).sum(axis=0).max()), 1e-300)


def _by_reflections(D: Array, r: float) -> Array:
    """Return the weights by NNLS, whose reflections keep the digits of ties, (J,)."""
    from scipy.optimize import nnls

    J = D.shape[1]
    stacked = np.vstack([D, np.sqrt(r) * np.eye(J), np.ones((1, J))])
    target = np.zeros(len(stacked))
    target[-1] = 1.0
    try:
        u = nnls(stacked, target, maxiter=100 * J)[0]
    except RuntimeError as failure:
        raise ConvergenceError(
            f"the weights of {J} donors did not settle: {failure}. Drop donors that copy another."
        ) from None
    return np.asarray(u / u.sum(), dtype=np.float64)
