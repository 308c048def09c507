"""What the sums of squares of all splits of a sample need, in running sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.least_squares import identified
from agglometrics.linalg.symmetric import pseudo_inverses
from agglometrics.notation import Array, Codes


@dataclass(frozen=True)
class Splits:
    """What the sums of squares of M splits need of the regressors; rows in the order of q.

    Attributes
    ----------
    order : (N,) rows in the order of q
    last : (M,) position of the last row at or below each candidate
    unit : (N,) codes of the effect with most levels, or None
    basis : (N, J) orthonormal, of the null model: other effects, controls, regressors
    x : (N, K) regressors that change
    inverse : (M, K, K) inverse of H'M H, with H = x where q is at or below the candidate
    """

    order: Codes
    last: Codes
    unit: Codes | None
    basis: Array
    x: Array
    inverse: Array

    def null(self, Y: Array) -> Array:
        """Return the residuals (N, B) of Y (N, B), rows in the order of q, without a threshold."""
        r = demean(Y, () if self.unit is None else (self.unit,))
        return np.asarray(r - self.basis @ (self.basis.T @ r))

    def gains(self, r: Array) -> Array:
        """Return what each split takes off the sum of squares of null residuals r: (M, B).

        By Frisch, Waugh and Lovell it is ``h' inv(H'M H) h`` with ``h = H'r``, a running sum.
        """
        h = np.stack([np.cumsum(x[:, None] * r, axis=0)[self.last] for x in self.x.T], axis=1)
        return np.asarray(np.einsum("mkb,mkl,mlb->mb", h, self.inverse, h))


def prepare(fixed: Array, X: Array, q: Array, candidates: Array, unit: Codes | None) -> Splits:
    """Return the `Splits` of X (N, K) by q (N,), at candidates (M,) that are values of q.

    fixed : (N, J) what does not change: other effects, controls and X itself

    Costs N K (J + K) once, and N K for every outcome: every value of q can be tried.
    """
    order = np.argsort(q, kind="stable")
    last = np.searchsorted(q[order], candidates, side="right") - 1
    fixed, x = fixed[order], X[order]
    codes = None if unit is None else unit[order]
    within = demean(fixed, () if codes is None else (codes,))
    basis = np.linalg.qr(within[:, identified(within, fixed)[0]])[0]
    own = np.cumsum(x[:, :, None] * x[:, None, :], axis=0)[last]
    if codes is not None:
        own = own - _explained_by_units(x, codes)[last]
    shared = np.cumsum(basis[:, :, None] * x[:, None, :], axis=0)[last]
    gram = own - np.einsum("mjk,mjl->mkl", shared, shared)
    scale = 1 / np.sqrt(np.einsum("nk,nk->k", x, x))
    scaled = gram * np.outer(scale, scale)
    inverse = pseudo_inverses(scaled) * np.outer(scale, scale)
    return Splits(order, last, codes, basis, x, inverse)


def _explained_by_units(x: Array, unit: Codes) -> Array:
    """Return, after each row, the running sum over units of s s' / T with s the unit's sum of x.

    One row adds (s + x)(s + x)' - s s' = s x' + x s' + x x' to its unit's term. (N, K, K)
    """
    by_unit = np.argsort(unit, kind="stable")
    sizes = np.bincount(unit)
    running = np.cumsum(x[by_unit], axis=0)
    before = np.concatenate([np.zeros((1, x.shape[1])), running])[np.cumsum(sizes) - sizes]
    s = np.empty_like(x)
    s[by_unit] = running - np.repeat(before, sizes, axis=0)
    s -= x
    cross = s[:, :, None] * x[:, None, :]
    step = cross + cross.transpose(0, 2, 1) + x[:, :, None] * x[:, None, :]
    return np.asarray(np.cumsum(step / sizes[unit][:, None, None], axis=0))
