"""Symmetric matrices in any units: every cut-off is taken after the diagonal is scaled to one.

A covariance of coefficients has entries in products of units: with population in persons beside
a share, an absolute cut-off (that of ``numpy.linalg.pinv``) takes the share's variance for zero
or the population's for everything. Here ``S`` becomes ``C = D^-1 S D^-1`` with
``D = diag(S)^(1/2)`` first, so that ``S -> U S U`` with U diagonal changes no decision. Shapes:
S (K, K) symmetric.
"""

from __future__ import annotations

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.notation import Array

SINGULAR = 1e-12  # share of the largest eigenvalue below which one counts as zero
REPAIRED = "negative eigenvalues set to zero"
NEGATIVE = 1e-10  # a smaller negative eigenvalue is rounding error


def units_of(S: Array) -> Array:
    """Return the (K,) square roots of the absolute diagonal; where that is zero, of its row."""
    size = np.sqrt(np.abs(np.diag(S)))
    for k in np.flatnonzero(size == 0):
        others = np.abs(S[k])[size > 0] / size[size > 0]
        size[k] = others.max(initial=0.0)
    return np.asarray(np.where(size > 0, size, 1.0), dtype=np.float64)


def _spectrum(S: Array, units: Array) -> tuple[Array, Array]:
    """Return eigenvalues (K,) and eigenvectors (K, K) of S / (units units')."""
    half = (S + S.T) / 2 / units[:, None] / units
    values, vectors = np.linalg.eigh(half)
    return values, vectors


def positive_pinv(S: Array, cut: float = SINGULAR) -> tuple[Array, int]:
    """Return a generalised inverse of the positive part of S, and its rank.

    ``S^- = D^-1 C^+ D^-1`` with ``C^+`` the Moore-Penrose inverse over the eigenvalues of the
    scaled matrix above `cut` of the largest. Where S is regular it is the inverse. A quadratic
    form in it is never negative.
    """
    if not len(S):
        return S, 0
    units = units_of(S)
    values, vectors = _spectrum(S, units)
    keep = values > cut * max(values[-1], 0.0)
    root = vectors[:, keep] / np.sqrt(values[keep])
    scaled = root / units[:, None]
    return np.asarray(scaled @ scaled.T, dtype=np.float64), int(keep.sum())


def pseudo_inverses(S: Array, cut: float = 1e-10) -> Array:
    """Return the Moore-Penrose inverses of M symmetric matrices S (M, K, K) of scaled columns."""
    return np.asarray(np.linalg.pinv(S, rcond=cut, hermitian=True))


def quadratic_form(b: Array, S: Array) -> tuple[float, int]:
    """Return ``b' S^- b``, not negative, and the rank of S. b : (K,)."""
    units = units_of(S)
    values, vectors = _spectrum(S, units)
    keep = values > SINGULAR * max(values[-1], 0.0)
    z = (vectors[:, keep].T @ (b / units)) / np.sqrt(values[keep])
    return float(z @ z), int(keep.sum())


def scaled_inverse(S: Array, what: str) -> Array:
    """Return the inverse of a positive definite S.

    Raises
    ------
    IdentificationError
        If S is singular after scaling; `what` describes S.
    """
    inverse, rank = positive_pinv(S)
    if rank < len(S):
        raise IdentificationError(
            f"{what} has rank {rank}, not {len(S)}: it is singular whatever the units. Leave out "
            "a term or an instrument that repeats others, or cluster by a column with more groups."
        )
    return inverse


def nearest_psd(S: Array, units: Array | None = None) -> tuple[Array, str]:
    """Return S with its negative eigenvalues set to zero, and a note on it.

    Differences of variances, and uniform kernels, may have negative eigenvalues even where all
    variances are positive; a test would then have a negative statistic. The remedy of Cameron,
    Gelbach and Miller (2011, section 2.3), which reghdfe and fixest apply too; here in `units`
    (K,), such as the square roots of the variances that were subtracted (default: of the absolute
    diagonal), so that no variable's unit of measurement moves the answer.
    """
    symmetric = np.asarray((S + S.T) / 2, dtype=np.float64)
    if not len(S):
        return symmetric, ""
    own = units_of(symmetric) if units is None else np.where(units > 0, units, 1.0)
    values, vectors = _spectrum(symmetric, own)
    if values[0] >= -NEGATIVE * max(values[-1], 0.0):
        return symmetric, ""
    root = vectors * np.sqrt(values.clip(min=0)) * own[:, None]
    return np.asarray(root @ root.T), f", {REPAIRED}"
