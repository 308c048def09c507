"""Weights on the simplex, compiled: two solvers of one problem, and the proof of their answer.

Both solve ``min u'(D'D + r I)u / 2 - 1'u`` over ``u >= 0``, whose minimum is proportional to the
weights, so that no row of ones spoils the condition of the problem. `by_columns` is the active-set
method of Lawson and Hanson (1974, NNLS) on normal equations, for few donors of weight. `by_rows`
is Newton's method for the dual, for many: with ``rho = D u`` the minimum has
``r u_j = max(0, 1 - D_j'rho)``, so that rho minimises
``|rho|^2 / 2 + sum_j max(0, 1 - D_j'rho)^2 / (2 r)``, in as many unknowns as D has rows.

Both say so when normal equations would lose digits; the caller then takes a slower way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.notation import Array, Codes

Truth = np.ndarray[Any, np.dtype[np.bool_]]

TOLERANCE = 1e-14
"""Gradient above which a column enters, where that of no weights at all is one."""

PIVOT = 1e-7
"""Squared pivot, as a share of the squared column, below which a factorisation is given up."""


WIDE = 100
"""Donors from which on Newton's method is quicker."""

ROWS = 1e-6
"""Ridge, in units of the mean squared column, from which on Newton's method has its digits."""


@njit(cache=True, nogil=True)
def certified(A: Array, b: Array, ridge: float, tie: float) -> tuple[Array, bool, float]:
    """Return weights (J,), whether they are found, and their gap over the largest squared column.

    A : (T, J)    b : (T,)    ridge : in units of A squared    tie : the least ridge, as a share of
    the mean squared column of ``A - b``
    """
    T, J = A.shape
    Dt, squares = np.empty((J, T)), np.zeros(J)
    for j in range(J):
        for t in range(T):
            Dt[j, t] = A[t, j] - b[t]
            squares[j] += Dt[j, t] ** 2
    mean = squares.sum() / J
    scale = mean if mean > 0.0 else 1.0
    r = ridge / scale + tie
    Dt *= 1.0 / np.sqrt(scale)
    w, found = by_columns(Dt, r)
    if not found:
        return w, False, np.inf
    w *= 1.0 / w.sum()
    gap = _gap(Dt, w, r)
    return w, True, gap / (squares.max() / scale) if gap > 0.0 else gap


@njit(cache=True, nogil=True)
def _gap(Dt: Array, w: Array, r: float) -> float:
    """Return the `optimality_gap`, compiled."""
    J, T = Dt.shape
    fitted = np.zeros(T)
    for j in range(J):
        if w[j] != 0.0:
            fitted += w[j] * Dt[j]
    g = np.dot(Dt, fitted)
    mean, least = 0.0, np.inf
    for j in range(J):
        g[j] += r * w[j]
        mean += g[j] * w[j]
        least = min(least, g[j])
    return mean - least


def optimality_gap(D: Array, w: Array, r: float = 0.0) -> float:
    """Return how far ``|D w|^2 + r |w|^2`` can be above its minimum over the simplex.

    The gap of Frank and Wolfe (1956), ``g'w - min(g)`` with g half the gradient: not below the
    distance to the minimum, and zero at it. D : (T, J)    w : (J,)
    """
    g = (D @ w) @ D + r * w
    return float(g @ w - g.min())


@njit(cache=True, nogil=True)
def by_columns(Dt: Array, r: float) -> tuple[Array, bool]:
    """Return u (J,) and whether it is the minimum. Dt : (J, T), the transpose of D."""
    J = len(Dt)
    u, z = np.zeros(J), np.zeros(J)
    P, s = np.empty(J, dtype=np.intp), 0
    L, barred = np.empty((J, J)), np.zeros(J, dtype=np.bool_)
    residual = np.zeros(Dt.shape[1])
    for _ in range(20 * J):
        at = _largest(np.dot(Dt, residual), barred)
        if at < 0:
            return u, True
        P[s] = at
        if not _factored(Dt, r, P, s, L):
            return u, False
        _solve(L, s + 1, z)
        barred[at] = True
        if z[s] <= 0.0:
            continue
        s += 1
        while z[:s].min() <= 0.0:
            s, kept = _without(u, z, P, s, barred)
            for k in range(kept, s):
                if not _factored(Dt, r, P, k, L):
                    return u, False
            _solve(L, s, z)
        u[:], residual[:], barred[:] = 0.0, 0.0, False
        for k in range(s):
            u[P[k]], barred[P[k]] = z[k], True
            residual += z[k] * Dt[P[k]]
    return u, False


@njit(cache=True, nogil=True)
def _largest(fitted: Array, barred: Truth) -> int:
    """Return the column that enters, minus one if none does; gradients are one minus `fitted`."""
    at, best = -1, TOLERANCE
    for j in range(len(fitted)):
        if 1.0 - fitted[j] > best and not barred[j]:
            at, best = j, 1.0 - fitted[j]
    return at


@njit(cache=True, nogil=True)
def _factored(Dt: Array, r: float, P: Codes, k: int, L: Array) -> bool:
    """Write row k of the Cholesky factor of ``D_P'D_P + r I``; return whether it has its digits."""
    d = Dt[P[k]]
    square = np.dot(d, d) + r
    pivot = square
    for i in range(k):
        value = np.dot(d, Dt[P[i]])
        for h in range(i):
            value -= L[k, h] * L[i, h]
        L[k, i] = value / L[i, i]
        pivot -= L[k, i] ** 2
    if pivot <= PIVOT * square:
        return False
    L[k, k] = np.sqrt(pivot)
    return True


@njit(cache=True, nogil=True)
def _solve(L: Array, s: int, z: Array) -> None:
    """Write z with ``L L'z = 1`` for the first s columns."""
    for k in range(s):
        value = 1.0
        for i in range(k):
            value -= L[k, i] * z[i]
        z[k] = value / L[k, k]
    for k in range(s - 1, -1, -1):
        value = z[k]
        for i in range(k + 1, s):
            value -= L[i, k] * z[i]
        z[k] = value / L[k, k]


@njit(cache=True, nogil=True)
def _without(u: Array, z: Array, P: Codes, s: int, barred: Truth) -> tuple[int, int]:
    """Step from u to z until a column is zero, and drop it; return s and the first that moved."""
    step, out = 2.0, -1
    for k in range(s):
        if z[k] <= 0.0:
            share = u[P[k]] / (u[P[k]] - z[k])
            if share < step:
                step, out = share, k
    for k in range(s):
        u[P[k]] += step * (z[k] - u[P[k]])
    u[P[out]], barred[P[out]] = 0.0, False
    for k in range(out, s - 1):
        P[k] = P[k + 1]
    return s - 1, out


def by_rows(D: Array, r: float) -> tuple[Array, bool]:
    """Return u (J,) and whether it is the minimum. D : (T, J).

    Few steps on large arrays: nothing to compile.
    """
    rho, slack = np.zeros(len(D)), np.ones(D.shape[1])
    for _ in range(100):
        on = slack > 0
        A = D[:, on]
        move = np.linalg.solve(r * np.eye(len(D)) + A @ A.T, A.sum(axis=1)) - rho
        shift = move @ D
        step, value = 1.0, r * rho @ rho + slack[on] @ slack[on]
        slope = 2.0 * (r * rho @ move - slack[on] @ shift[on])
        while step > 1e-8:
            tried, left = rho + step * move, slack - step * shift
            if r * tried @ tried + np.sum(left[left > 0] ** 2) <= value + 1e-4 * step * slope:
                break
            step /= 2
        rho, slack = tried, left
        if step == 1.0 and np.array_equal(slack > 0, on):
            return np.maximum(slack, 0.0) / r, True
    return slack, False
