"""The Jacobian I - rho W of a spatial model: its determinant, its inverse applied, its interval.

Small and dense maps use the eigenvalues of W, large sparse ones a sparse factorisation for
each rho. Eigenvectors are never used: the weights of nearest neighbours often have too few of
them. The eigenvalues are those of the strongly connected parts of the map, which makes the
others (one-way chains) exactly zero instead of noise of rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from scipy import sparse

from agglometrics.notation import Array

DENSE = 400  # regions up to which eigenvalues cost less than sparse factors
FILLED = 0.1  # share of links from which a larger map is treated as dense
NEAR_REAL = 1e-6  # imaginary part, relative to the largest root, that may be rounding error
STEP = 1e-20  # of the complex derivative, which has no cancellation

Roots = np.ndarray[Any, np.dtype[np.complex128]]
Solve = Callable[[Array, Literal["N", "T"]], Array]


@dataclass(frozen=True)
class Jacobian:
    """I - rho W for weights W (N, N), not negative, zero on the diagonal.

    Attributes
    ----------
    W : (N, N) weights
    radius : their largest eigenvalue, which is real (Perron and Frobenius); 0 for one-way weights
    roots : (N,) all eigenvalues; None for large sparse maps
    """

    W: sparse.csr_array
    radius: float
    roots: Roots | None = field(repr=False)

    @property
    def unit(self) -> float:
        """What rho is measured in: 1 / radius, or for one-way weights 1 / largest row sum."""
        return 1 / (self.radius or float(self.W.sum(axis=1).max()) or 1.0)

    def bounds(self) -> tuple[float, float]:
        """Return the interval of rho around zero where I - rho W is known to be regular.

        Up to the first real eigenvalue on either side; for large sparse maps |rho| < 1 / radius
        (Kelejian and Prucha 2010, J. Econometrics 157, assumption 2).
        """
        if not self.radius:
            return -np.inf, np.inf
        if self.roots is None:
            return -1 / self.radius, 1 / self.radius
        real = self.roots[np.abs(self.roots.imag) <= NEAR_REAL * self.radius].real
        negative = real[real < -NEAR_REAL * self.radius]
        return (1 / negative.min() if len(negative) else -np.inf), 1 / self.radius

    def log_det(self, rho: float) -> float:
        """Return log|I - rho W|."""
        if self.roots is not None:
            return float(np.log(np.abs(1 - rho * self.roots)).sum())
        return float(np.log(np.abs(_factor(self.W, rho).U.diagonal())).sum())

    def trace(self, rho: float) -> float:
        """Return tr(W inv(I - rho W)) = -d log|I - rho W| / d rho."""
        if self.roots is not None:
            return float((self.roots / (1 - rho * self.roots)).sum().real)
        pivots = _factor(self.W, rho + 1j * STEP).U.diagonal()
        return float(-(pivots.imag / pivots.real).sum() / STEP)

    def solver(self, rho: float) -> Solve:
        """Return the function (B, "N" or "T") to inv(I - rho W) B, or with its transpose."""
        if _sparse(self.W):
            lu = _factor(self.W, rho)
            return lambda B, side: np.asarray(lu.solve(np.ascontiguousarray(B), side))
        from scipy.linalg import lu_factor, lu_solve

        factors = lu_factor(np.eye(self.W.shape[0]) - rho * self.W.toarray())
        return lambda B, side: np.asarray(lu_solve(factors, B, 1 if side == "T" else 0))


def jacobian(W: sparse.csr_array) -> Jacobian:
    """Return the `Jacobian` of weights (N, N). Cost: N^3 for a dense map, once."""
    parts, code = sparse.csgraph.connected_components(W, connection="strong")
    order = np.argsort(code, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(code, minlength=parts))[:-1])
    blocks = [W[rows][:, rows] for rows in members if len(rows) > 1]
    if any(_sparse(block) for block in blocks):
        return Jacobian(W, max(_perron(block) for block in blocks), None)
    roots = np.zeros(W.shape[0], dtype=np.complex128)
    if blocks:
        found = np.concatenate([np.linalg.eigvals(block.toarray()) for block in blocks])
        roots[: len(found)] = found
    return Jacobian(W, float(roots.real.max(initial=0.0)), roots)


def _sparse(W: sparse.csr_array) -> bool:
    N = W.shape[0]
    return bool(N > DENSE and W.nnz < FILLED * N * N)


def _factor(W: sparse.csr_array, rho: complex) -> Any:
    from scipy.sparse.linalg import splu

    return splu(sparse.csc_array(sparse.eye_array(W.shape[0]) - rho * W))


def _perron(block: sparse.csr_array) -> float:
    """Return the largest eigenvalue of the weights of a strongly connected part."""
    from scipy.sparse.linalg import eigs

    if not _sparse(block):
        return float(np.linalg.eigvals(block.toarray()).real.max())
    sums = np.asarray(block.sum(axis=1)).ravel()
    if np.ptp(sums) <= 1e-12 * sums.max():
        return float(sums.mean())
    root = eigs(block, k=1, which="LR", v0=np.ones(len(sums)), return_eigenvectors=False)
    return float(root[0].real)
