"""The rank test of Kleibergen and Paap (2006)."""

from __future__ import annotations

import numpy as np

from agglometrics.linalg.symmetric import quadratic_form
from agglometrics.notation import Array


def kleibergen_paap(pi: Array, V: Array, X: Array, Z: Array) -> float:
    """Return the rk Wald statistic of Kleibergen and Paap (2006, Theorem 1), chi2(L - K + 1).

    It tests that the (L, K) matrix of first-stage coefficients has rank K - 1.

    pi : (K, L)    V : (K L, K L)    X : (N, K)    Z : (N, L), both with controls partialled out
    """
    G, F = np.linalg.cholesky(Z.T @ Z).T, np.linalg.inv(np.linalg.cholesky(X.T @ X))
    theta = G @ pi.T @ F.T
    turn = np.kron(F, G)
    W = turn @ V @ turn.T
    K = X.shape[1]
    U, _, right = np.linalg.svd(theta, full_matrices=True)
    A, b = U[:, K - 1 :], right[K - 1]
    part = A.T @ theta @ b
    pick = np.kron(b, A.T)
    return quadratic_form(part, pick @ W @ pick.T)[0]
