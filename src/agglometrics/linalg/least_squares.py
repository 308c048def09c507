"""The least-squares kernel: identified terms, coefficients, and the parts a covariance needs.

Every decision is taken on columns that are centred, where the model has a constant, and scaled:
no unit of measurement and no constant added to a regressor changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.notation import Array, Codes

COLLINEAR = 1e-10  # share of a centred column's sum of squares that the others must leave
ABSORBED = 1e-16  # share of a centred column's sum of squares that absorbed effects must leave
FLAT = 1e-26  # share of a column's sum of squares below which its spread is rounding error
PIVOT = 1e-6  # squared pivot of the scaled normal equations below which QR takes over
PRECISE = 3e6  # a column may be this many times its spread before a loss of precision is noted


def centred(X: Array, level: Array | None) -> Array:
    """Return X (N, K) less its projection on the constant `level` (N,), twice for accuracy."""
    if level is None:
        return X
    unit = level / np.sqrt(level @ level)
    # a constant of one value is the same in every row, and needs no matrix of its own
    step = unit[:1] if len(unit) and (unit == unit[0]).all() else unit[:, None]
    out = X - step * (unit @ X)
    out -= step * (unit @ out)
    return np.asarray(out)


def _squares(X: Array) -> Array:
    return np.asarray(np.einsum("nk,nk->k", X, X), dtype=np.float64)


@dataclass(frozen=True)
class Judged:
    """Which columns of X (N, K) are identified, and how precisely.

    Attributes
    ----------
    kept : columns that earlier ones do not explain
    why : why others go
    times : (K,) how many times its spread each column is: what rounding is multiplied by
    """

    kept: Codes
    why: dict[int, str]
    times: Array


def identified(
    X: Array, raw: Array | None = None, level: Array | None = None
) -> tuple[Codes, dict[int, str]]:
    """Return the columns of X (N, K) that earlier ones do not explain, and why others go.

    The arguments are those of `judge`.
    """
    found = judge(X, raw, level)
    return found.kept, found.why


def judge(X: Array, raw: Array | None = None, level: Array | None = None) -> Judged:
    """Return which columns of X (N, K) are identified, and how many digits they keep.

    raw : (N, K) X before effects were absorbed, None without: what they explain is
    distinguished from collinearity. level : (N,) the constant in the units of X (ones, or
    sqrt(w)) where the model has one. Cost N K^2.
    """
    before = _squares(X if raw is None else raw)
    moved = centred(X, level) if raw is None else X
    scale = _squares(moved)
    why: dict[int, str] = {}
    flat = scale <= FLAT * before
    times = np.sqrt(np.where(flat, 1.0, before / np.where(flat, 1.0, scale)))
    small = np.flatnonzero(scale <= ABSORBED * before)
    if raw is not None and len(small):  # centring only takes away: others leave more than that
        flat[small] |= scale[small] <= ABSORBED * _squares(centred(raw[:, small], level))
    constants: list[int] = []
    for k in map(int, np.flatnonzero(flat)):
        if before[k] == 0:
            why[k] = "is zero"
        elif raw is not None:
            why[k] = "is explained by absorbed effects"
        elif constants:
            why[k] = "is collinear with other terms"
        else:
            constants.append(k)
    kept, collinear = _pivots(moved, scale, [k for k in range(len(scale)) if not flat[k]])
    why |= dict.fromkeys(collinear, "is collinear with other terms")
    return Judged(np.array(sorted(constants + kept), dtype=np.intp), why, times)


def _pivots(X: Array, scale: Array, candidates: list[int]) -> tuple[list[int], list[int]]:
    """Return which candidates a Cholesky decomposition, in order, keeps, and which it drops."""
    root = np.sqrt(np.where(scale > 0, scale, 1.0))
    G = (X.T @ X) / root[:, None] / root
    L = np.zeros_like(G)
    kept: list[int] = []
    dropped: list[int] = []
    for k in candidates:
        row = np.zeros(len(kept))
        for m, j in enumerate(kept):
            row[m] = (G[k, j] - row[:m] @ L[m, :m]) / L[m, m]
        rest = G[k, k] - row @ row
        if rest < COLLINEAR:
            dropped.append(k)
            continue
        L[len(kept), : len(kept)] = row
        L[len(kept), len(kept)] = np.sqrt(rest)
        kept.append(k)
    return kept, dropped


def inverse_gram(X: Array) -> Array:
    """Return inv(X' X), columns scaled first. X : (N, K), every column identified.

    Normal equations. Where columns are so nearly collinear (a constant beside a regressor far
    from zero, a year beside its square) that products would lose what distinguishes them, the
    column closest to the others is partialled out of them first, and QR takes the rest.
    """
    scale = 1 / np.sqrt(_squares(X))
    G = (X.T @ X) * scale[:, None] * scale
    if well_conditioned(G):
        return np.asarray(np.linalg.inv(G) * scale[:, None] * scale)
    p = int(np.argmax((G * G).sum(axis=0) > (G * G).sum(axis=0).max() * (1 - 1e-6)))
    return _partitioned(X * scale, p) * scale[:, None] * scale


def _partitioned(X: Array, p: int) -> Array:
    """Return inv(X' X) by partialling column p, of length one, out of the others.

    With R the others, m = R'x and S = inv of the product of R - x m' with itself, the blocks are
    S, -S m and 1 + m'S m: exact to rounding, so that products with X cancel as they should.
    """
    x, R = X[:, p], np.delete(X, p, axis=1)
    m = x @ R
    left = R - x[:, None] * m
    extra = x @ left
    left, m = left - x[:, None] * extra, m + extra
    size = np.sqrt(_squares(left))
    half = np.linalg.inv(np.linalg.qr(left / size, mode="r")) / size[:, None]
    S = half @ half.T
    at = np.delete(np.arange(X.shape[1]), p)
    out = np.empty((X.shape[1], X.shape[1]))
    out[np.ix_(at, at)] = S
    out[p, at] = out[at, p] = -(S @ m)
    out[p, p] = 1 / (x @ x) + m @ S @ m
    return out


def well_conditioned(gram: Array) -> bool:
    """Return whether normal equations with ones on the diagonal keep their digits."""
    return bool(np.linalg.eigvalsh(gram)[0] > PIVOT) if len(gram) else True


def least_squares(X: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return coefficients (K,), residuals (N,) and inv(X' X) of y on X.

    Normal equations with a step of refinement: the accuracy of QR at half its cost.
    """
    bread = inverse_gram(X)
    beta = bread @ (X.T @ y)
    beta = beta + bread @ (X.T @ (y - X @ beta))
    return beta, y - X @ beta, bread


def residualize(values: Array, on: Array) -> Array:
    """Return the residuals of `values`, (N,) or (N, M), on `on` (N, C), columns scaled first."""
    if not on.shape[1]:
        return values
    Q = np.linalg.qr(on / np.sqrt(_squares(on)))[0]
    once = values - Q @ (Q.T @ values)
    return np.asarray(once - Q @ (Q.T @ once))


def shortest_solution(X: Array, y: Array, cut: float = 1e-10) -> Array:
    """Return least squares of y (N,) on X (N, K), shortest where columns are not identified.

    Columns are scaled to length one first, so that what counts as singular, and which solution
    is shortest, does not depend on units; a column of zeros has coefficient zero. Normal
    equations where they are well conditioned, as in `least_squares`, and singular values elsewhere.
    """
    G = X.T @ X
    size = np.sqrt(np.diag(G))
    size = np.where(size > 0, size, 1.0)
    scaled = G / size[:, None] / size
    if well_conditioned(scaled):
        bread = np.linalg.inv(scaled) / size[:, None] / size
        beta = bread @ (X.T @ y)
        return np.asarray(beta + bread @ (X.T @ (y - X @ beta)))
    return np.asarray(np.linalg.lstsq(X / size, y, rcond=cut)[0] / size)


def shortest_of_moments(gram: Array, moment: Array, units: Array, cut: float = 1e-10) -> Array:
    """Return the shortest b with gram b = moment, in units (K,) of the regressors.

    gram : (K, K)    moment : (K,)
    """
    scaled = gram / units[:, None] / units
    return np.asarray(np.linalg.lstsq(scaled, moment / units, rcond=cut)[0] / units)
