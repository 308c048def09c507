"""Bounds on relative magnitudes: trends after treatment against the worst one before it.

Rambachan and Roth (2023): with ``D_t = delta_t - delta_{t-1}`` the violation between two periods,

    |D_t| <= Mbar max over s before treatment of |D_s|        for t after the reference.

The restriction is a union, over s and the sign of D_s, of linear inequalities
``A (b - tau) <= 0`` in expectation; each is tested by the conditional least-favourable hybrid of
Andrews, Roth and Pakes (2023), and a value is in the confidence set if some member accepts it. As
in HonestDiD's default only inequalities with periods after the reference are used.

The nuisance parameters (the other effects) leave few vertices of the dual problem, found here in
closed form: with ``l'tau`` the target and ``L_t = sum of l from t on``, multipliers must net to
``c L_t``, so that a vertex is the pair of both inequalities of one t, or takes one side of each t
in proportion to abs(L_t), for either sign of c. No linear program is solved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from agglometrics.notation import Array

DRAWS = 10_000
"""Draws of the least-favourable critical value, from one seed: equal questions, equal answers."""
GRID = 801


@dataclass(frozen=True)
class Vertices:
    """The vertices of one member of the union, as moments that are linear in b and theta.

    Attributes
    ----------
    rows : (V, P + Q) moment v is ``rows[v] b + slope[v] theta``
    slope : (V,)
    C : (V, V) covariance of the moments
    """

    rows: Array
    slope: Array
    C: Array


def steps(P: int, Q: int) -> Array:
    """Return D_t as rows (P + Q, P + Q) that multiply the coefficients, delta_0 = 0 left out."""
    full = np.zeros((P + Q, P + Q + 1))
    at = np.arange(P + Q)
    full[at, at], full[at, at + 1] = -1.0, 1.0
    return np.delete(full, P, axis=1)


def vertices(S: Array, P: int, loading: Array, Mbar: float, s: int, sign: int) -> Vertices:
    """Return the vertices of the member whose worst violation is `sign` times D_s, s < P.

    S : (P + Q, P + Q) covariance of b    loading : (Q,) l
    """
    Q = len(loading)
    D = steps(P, Q)
    up = D[P:] - Mbar * sign * D[s]
    down = -D[P:] - Mbar * sign * D[s]
    sd = [np.sqrt(np.einsum("tk,kl,tl->t", side, S, side).clip(min=0)) for side in (up, down)]
    L = np.cumsum(loading[::-1])[::-1]
    rows = list((up + down) / (sd[0] + sd[1])[:, None])
    slope = [0.0] * Q
    for c in (1.0, -1.0):
        above = c * L > 0
        side, scale = np.where(above[:, None], up, down), np.where(above, sd[0], sd[1])
        total = np.abs(L) @ scale
        rows.append(np.abs(L) @ side / total)
        slope.append(-c / total)
    R = np.array(rows)
    return Vertices(R, np.array(slope), R @ S @ R.T)


def least_favourable(member: Vertices, noise: Array, kappa: float) -> float:
    """Return the 1 - kappa quantile of the largest moment when all are binding.

    noise : (B, P + Q) draws from N(0, S)
    """
    return float(np.quantile((noise @ member.rows.T).max(axis=1), 1 - kappa))


def accepts(member: Vertices, b: Array, theta: Array, cut: float, alpha: float) -> Array:
    """Return which values theta (G,) the hybrid test of size alpha accepts, as (G,) True or False.

    With eta the largest moment, j the vertex where it is, and S_v the part of moment v that is
    independent of it, eta is normal truncated to [lo, up]: the values at which j stays the vertex.
    """
    moments = member.rows @ b + np.multiply.outer(theta, member.slope)
    j = moments.argmax(axis=1)
    eta, variance = moments.max(axis=1), member.C[j, j]
    size = (alpha - alpha / 10) / (1 - alpha / 10)
    known = variance > 1e-14 * member.C.diagonal().max()
    share = member.C[j] / np.where(known, variance, 1.0)[:, None]
    rest = moments - share * eta[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = rest / (1 - share)
    lo = np.where(share < 1 - 1e-9, bound, -np.inf).max(axis=1)
    up = np.minimum(np.where(share > 1 + 1e-9, bound, np.inf).min(axis=1), cut)
    sd = np.sqrt(np.where(known, variance, 1.0))
    p = _upper_tail(eta / sd, lo / sd, up / sd)
    conditional = known & (eta > 0) & (p < size)
    return np.asarray((eta <= cut) & ~conditional)


def _upper_tail(z: Array, lo: Array, up: Array) -> Array:
    """Return P(Z > z | lo <= Z <= up), in logarithms so that far tails keep their digits."""
    above = [special.log_ndtr(-x) for x in (z, lo, up)]
    with np.errstate(invalid="ignore", divide="ignore"):
        top = -np.expm1(np.minimum(above[2] - above[0], 0.0))
        whole = -np.expm1(np.minimum(above[2] - above[1], 0.0))
        p = np.exp(np.minimum(above[0] - above[1], 0.0)) * top / whole
    return np.asarray(np.where(np.isnan(p), 1.0, p))


@dataclass(frozen=True)
class RelativeSet:
    """The confidence set for one Mbar, asked point by point.

    Attributes
    ----------
    members : the union's `Vertices`, each with its least-favourable critical value
    b : (P + Q,) coefficients
    alpha : one minus the level
    """

    members: tuple[tuple[Vertices, float], ...]
    b: Array
    alpha: float

    def holds(self, theta: Array) -> Array:
        """Return which values theta (G,) are in the set."""
        found = [accepts(each, self.b, theta, cut, self.alpha) for each, cut in self.members]
        return np.asarray(np.any(found, axis=0))


def relative_set(
    b: Array, S: Array, P: int, loading: Array, Mbar: float, alpha: float
) -> RelativeSet:
    """Return the confidence set of l'tau under relative magnitudes Mbar."""
    root = np.linalg.svd(S)
    noise = np.random.default_rng(0).standard_normal((DRAWS, len(b)))
    noise = noise * np.sqrt(root[1]) @ root[0].T
    members = []
    for s in range(P):
        for sign in (1, -1):
            member = vertices(S, P, loading, Mbar, s, sign)
            members.append((member, least_favourable(member, noise, alpha / 10)))
    return RelativeSet(tuple(members), b, alpha)


def hull(found: RelativeSet, center: float, width: float) -> tuple[float, float]:
    """Return the lowest and the highest value in the set; `width` is a first guess of its half."""
    while True:
        grid = np.linspace(center - width, center + width, GRID)
        inside = found.holds(grid)
        if not (inside[0] or inside[-1]):
            break
        width *= 2
    at = np.flatnonzero(inside)
    if not len(at):
        return float("nan"), float("nan")
    low, high = (
        _edge(found, float(grid[at[0]]), float(grid[at[0] - 1])),
        _edge(found, float(grid[at[-1]]), float(grid[at[-1] + 1])),
    )
    return low, high


def _edge(found: RelativeSet, inside: float, outside: float) -> float:
    """Return where the set ends between a value in it and one outside, by bisection."""
    for _ in range(30):
        middle = (inside + outside) / 2
        if found.holds(np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return inside
