"""The gains of a map: the mean own cell and row sum of W inv(I - rho W), for many rho.

Both are smooth in rho, so that many draws are read off a Chebyshev interpolant, whose points
are doubled until it no longer moves. In ``u = log(1 - rho / rho_max)`` the poles of every real
eigenvalue beyond rho_max lie at a distance of pi from the real axis, however near rho_max the
draws and however large the map: few points suffice.
"""

from __future__ import annotations

import numpy as np

from agglometrics.models.spatial.jacobian import Jacobian
from agglometrics.notation import Array

FEW = 16  # draws up to which each is computed by itself
POINTS = (9, 17, 33, 65, 129, 257)
TOLERANCE = 1e-11  # relative to the largest value


def gains_at(jacobian: Jacobian, rho: float) -> tuple[float, float]:
    """Return tr(G) / N and 1'G1 / N, G = W inv(I - rho W): one determinant, one linear system."""
    N = jacobian.W.shape[0]
    row_sums = jacobian.W @ jacobian.solver(rho)(np.ones((N, 1)), "N")
    return jacobian.trace(rho) / N, float(row_sums.sum()) / N


def gains(jacobian: Jacobian, rho: Array) -> tuple[Array, Array]:
    """Return tr(G) / N and 1'G1 / N, (B,) each, G = W inv(I - rho W), of rho (B,)."""
    values = None if len(rho) <= FEW else _interpolated(jacobian, rho)
    if values is None:
        values = np.array([gains_at(jacobian, float(r)) for r in rho])
    return values[:, 0], values[:, 1]


def _interpolated(jacobian: Jacobian, rho: Array) -> Array | None:
    """Return the gains (B, 2) by interpolation; None where it does not settle."""
    s = jacobian.radius
    u = np.log1p(-s * rho) if s else rho
    middle, half = (u.max() + u.min()) / 2, (u.max() - u.min()) / 2
    if half == 0:
        return np.repeat([gains_at(jacobian, float(rho[0]))], len(rho), axis=0)
    known: dict[int, Array] = {}
    before: Array | None = None
    for points in POINTS:
        # the points of each step are among those of the next: numbered on the finest
        numbers = np.arange(points) * ((POINTS[-1] - 1) // (points - 1))
        x = np.cos(np.pi * numbers / (POINTS[-1] - 1))
        for number, node in zip(numbers.tolist(), x.tolist(), strict=True):
            if number not in known:
                known[number] = _tamed(jacobian, middle + half * node)
        found = barycentric(x, np.array([known[n] for n in numbers.tolist()]), (u - middle) / half)
        if before is not None and _settled(found, before):
            return np.asarray(found / np.exp(u)[:, None]) if s else found
        before = found
    return None


def barycentric(x: Array, values: Array, at: Array) -> Array:
    """Return the polynomial through values (n, 2) at Chebyshev's extreme points x (n,), at (B,).

    With the weights of Salzer (1972, Computer J. 15), ``(-1)^j``, halved at both ends: known
    beforehand, so that equal questions have equal answers to the last bit. (scipy's class takes
    the points in an order drawn anew at each call.) Added point by point: memory is linear in B,
    and no sum depends on the number of threads.
    """
    weights = (-1.0) ** np.arange(len(x))
    weights[[0, -1]] /= 2
    above, below = np.zeros((values.shape[1], len(at))), np.zeros(len(at))
    with np.errstate(divide="ignore", invalid="ignore"):
        for node, weight, value in zip(x, weights, values, strict=True):
            share = weight / (at - node)
            below += share
            for sums, one in zip(above, value, strict=True):
                sums += share * one
        found = np.asarray((above / below).T)
    for b in np.flatnonzero(~np.isfinite(below)):  # on a point itself
        found[b] = values[np.argmin(np.abs(x - at[b]))]
    return found


def _tamed(jacobian: Jacobian, u: float) -> Array:
    """Return the gains (2,) at u times 1 - rho / rho_max, which is bounded up to rho_max."""
    s = jacobian.radius
    if not s:
        return np.array(gains_at(jacobian, u))
    tamed: Array = np.array(gains_at(jacobian, float(-np.expm1(u)) / s)) * float(np.exp(u))
    return tamed


def _settled(found: Array, before: Array) -> bool:
    moved = np.abs(found - before).max(axis=0)
    return bool((moved <= TOLERANCE * np.abs(found).max(axis=0)).all())
