"""The least-squares kernel: identified terms, coefficients, and the parts a covariance needs."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array, Codes

COLLINEAR = 1e-10  # share of a column's sum of squares that the other columns must leave
ABSORBED = 1e-16  # share of a column's sum of squares that absorbed effects must leave


def identified(X: Array, raw: Array) -> tuple[Codes, dict[int, str]]:
    """Return the columns of X (N, K) that earlier ones do not explain, and why others go.

    `raw` (N, K) is X before effects were absorbed: what they explain is told apart from
    collinearity. Cost N K^2.
    """
    scale = np.einsum("nk,nk->k", X, X)
    before = scale if raw is X else np.einsum("nk,nk->k", raw, raw)
    why: dict[int, str] = {}
    for k in map(int, np.flatnonzero(scale <= ABSORBED * before)):
        why[k] = "is zero" if before[k] == 0 or raw is X else "is explained by absorbed effects"
    kept: list[int] = []
    G = (X.T @ X) / np.sqrt(np.outer(np.where(scale > 0, scale, 1), np.where(scale > 0, scale, 1)))
    L = np.zeros_like(G)
    for k in range(len(scale)):
        if k in why:
            continue
        row = np.zeros(len(kept))
        for m, j in enumerate(kept):
            row[m] = (G[k, j] - row[:m] @ L[m, :m]) / L[m, m]
        rest = G[k, k] - row @ row
        if rest < COLLINEAR:
            why[k] = "is collinear with other terms"
            continue
        L[len(kept), : len(kept)] = row
        L[len(kept), len(kept)] = np.sqrt(rest)
        kept.append(k)
    return np.array(kept, dtype=np.intp), why


def inverse_gram(X: Array) -> Array:
    """Return inv(X' X), columns scaled first. X : (N, K)."""
    scale = 1 / np.sqrt(np.einsum("nk,nk->k", X, X))
    scaled = X * scale
    inverse: Array = np.linalg.inv(scaled.T @ scaled) * np.outer(scale, scale)
    return inverse


def least_squares(X: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return coefficients (K,), residuals (N,) and inv(X' X) of y on X.

    Normal equations with one step of refinement: the accuracy of QR at half its cost.
    """
    bread = inverse_gram(X)
    beta = bread @ (X.T @ y)
    beta = beta + bread @ (X.T @ (y - X @ beta))
    return beta, y - X @ beta, bread
