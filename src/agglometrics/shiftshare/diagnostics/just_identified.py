"""Each share as the only instrument: first-stage F and Anderson-Rubin sets, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from agglometrics.inference.sets import quadratic_set
from agglometrics.notation import Array, Codes
from agglometrics.shiftshare.alignment.partialling import Partialler
from agglometrics.tables import ratio

BLOCK = 256  # instruments that are dense at a time


@dataclass(frozen=True)
class Errors:
    """How residuals of locations may be correlated.

    Attributes
    ----------
    sums : sparse (G, N), adds up the locations of each cluster; None if each is on its own
    scale : correction for degrees of freedom
    critical : critical value of the Anderson-Rubin sets
    """

    sums: sparse.csr_array | None
    scale: float
    critical: float

    def variance(self, a: Array, b: Array) -> Array:
        """Return (M,) covariances of the sums of scores a and b (N, M)."""
        if self.sums is not None:
            a, b = self.sums @ a, self.sums @ b
        return np.asarray(self.scale * (a * b).sum(axis=0))


def errors_of(groups: Codes | None, space: Partialler, level: float) -> Errors:
    """Return robust or clustered variances, corrected as in a regression on one instrument."""
    n = len(space.root)
    slack, critical = n - space.rank - 1, float(special.ndtri(0.5 + level / 2))
    if groups is None:
        return Errors(None, n / slack, critical)
    count = int(groups.max()) + 1
    sums = sparse.csr_array((np.ones(n), (groups, np.arange(n))))
    return Errors(sums, count / (count - 1) * (n - 1) / slack, critical)


def just_identified(
    Z: sparse.csr_array, space: Partialler, x: Array, y: Array, errors: Errors
) -> Array:
    """Return first-stage F and Anderson-Rubin sets with each column of Z (N, M) as instrument.

    x, y : (N,) root-weighted residuals. The cost grows as N M C, with C controls.

    Returns
    -------
    (4, M) : F; low and high end of the set; its number of pieces (two rays reach from -inf to
    inf)
    """
    yx = np.column_stack([y, x])
    return np.hstack([_block(space(dense), yx, errors) for dense in _blocks(Z)])


def _blocks(Z: sparse.csr_array) -> Iterator[Array]:
    columns = Z.tocsc()
    for start in range(0, Z.shape[1], BLOCK):
        yield columns[:, start : start + BLOCK].toarray()


def _block(Z: Array, yx: Array, errors: Errors) -> Array:
    """Return (4, M) statistics of M instruments, given as residuals."""
    total = Z.T @ yx
    coefficients = ratio(total, (Z * Z).sum(axis=0)[:, None])
    uy = Z * (yx[:, :1] - Z * coefficients[:, 0])
    ux = Z * (yx[:, 1:] - Z * coefficients[:, 1])
    ss = [errors.variance(a, b) for a, b in ((uy, uy), (uy, ux), (ux, ux))]
    f = ratio(total[:, 1] ** 2, ss[2])
    rows = zip(*total.T, *ss, strict=True)
    ends = np.array([_hull(row, errors.critical) for row in rows]).reshape(-1, 3)
    return np.vstack([f, ends.T])


def _hull(row: tuple[float, ...], critical: float) -> tuple[float, float, float]:
    """Return the ends of an Anderson-Rubin set, and its number of pieces."""
    B, A, yy, xy, xx = row
    c2 = critical**2
    pieces = quadratic_set(A * A - c2 * xx, A * B - c2 * xy, B * B - c2 * yy)
    if not pieces:
        return (np.nan, np.nan, 0)
    return (pieces[0][0], pieces[-1][1], len(pieces))
