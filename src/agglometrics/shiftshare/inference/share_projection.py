"""The shocks that an instrument implies: its projection on the shares."""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from agglometrics.errors import IdentificationError
from agglometrics.notation import Array

MAX_CONDITION = 1e6  # of the share matrix, its columns scaled to length one
DENSE = 0.15  # filled share above which a dense product beats a sparse one


def scale_rows(W: sparse.csr_array, root: Array) -> sparse.csr_array:
    """Return W (N, I) with each row times root (N,)."""
    data = W.data * np.repeat(root, np.diff(W.indptr))
    return sparse.csr_array((data, W.indices, W.indptr), shape=W.shape)


def gram(W: sparse.csr_array) -> Array:
    """Return the (I, I) cross-product W'W as a dense array."""
    if W.nnz > DENSE * W.shape[0] * W.shape[1]:
        dense = W.toarray()
        return np.asarray(dense.T @ dense, dtype=np.float64)
    return np.asarray((W.T @ W).toarray(), dtype=np.float64)


def project_on_shares(W: sparse.csr_array, z: Array) -> tuple[Array, float]:
    """Return the shocks that the residual instrument implies, and how well they are determined.

    Adao, Kolesar and Morales (2019): the (I,) coefficients of the regression of z on
    the shares W (N, I). Columns are scaled to length one, W'W is factorised by Cholesky, and
    one step of iterative refinement restores what forming W'W cost. The cost grows as
    N (filled sectors per location)^2 + I^3 / 3.

    Returns
    -------
    shocks : (I,) or (I, K); zero for sectors without exposure
    condition : estimated condition number of the scaled W

    Raises
    ------
    IdentificationError
        With as many sectors as locations, or ill-conditioned shares.
    """
    length = np.sqrt(np.asarray((W * W).sum(axis=0)).ravel())
    used = np.flatnonzero(length > 0)
    _refuse_wide(W.shape[0], len(used))
    scaled = sparse.csr_array(W[:, used] @ sparse.diags_array(1 / length[used]))
    product = gram(scaled)
    lower, failed = linalg.lapack.dpotrf(product, lower=True)
    condition = np.inf if failed else _condition(product, lower)
    if condition > MAX_CONDITION:
        _refuse_condition(float(np.linalg.cond(scaled.toarray())))
    coefficients = linalg.cho_solve((lower, True), scaled.T @ z, check_finite=False)
    rest = scaled.T @ (z - scaled @ coefficients)
    coefficients += linalg.cho_solve((lower, True), rest, check_finite=False)
    out = np.zeros((W.shape[1], *z.shape[1:]))
    out[used] = (coefficients.T / length[used]).T
    return out, condition


def _condition(product: Array, lower: Array) -> float:
    """Return the root of the 1-norm condition number of the factorised W'W."""
    reciprocal, _ = linalg.lapack.dpocon(lower, np.abs(product).sum(axis=0).max(), uplo="L")
    return float(np.inf if reciprocal <= 0 else reciprocal**-0.5)


def _refuse_wide(n_locations: int, n_sectors: int) -> None:
    if n_sectors >= n_locations:
        raise IdentificationError(
            f"AKM needs fewer sectors than locations; found {n_sectors} sectors with shares and "
            f"{n_locations} locations: the shares then explain any instrument and the implied "
            "shocks are not determined (condition number inf). Use cov=ShockLevel(), which inverts "
            "nothing, or group the sectors."
        )


def _refuse_condition(condition: float) -> None:
    raise IdentificationError(
        f"the shares are too collinear for AKM: condition number {condition:.3g}, at most "
        f"{MAX_CONDITION:.0e} is accepted (columns scaled to length one). The implied shocks "
        "would be rounding error. Use cov=ShockLevel(), which inverts nothing, or merge the "
        "sectors whose shares move together."
    )
