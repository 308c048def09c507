"""Partialling out: residuals on controls and fixed effects, never an N x N projector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from agglometrics.errors import IdentificationError
from agglometrics.notation import Array
from agglometrics.tables import listed

KEPT = 0.1  # of a variable's length: with less left, rounding is no longer negligible
COLLINEAR = 1e-9  # of a column's length: what is left of it beside the columns before it


@dataclass(frozen=True)
class Partialler:
    """The space that is taken out of every variable, on the scale of root weights.

    Attributes
    ----------
    root : (N,) square roots of the weights
    groups : (N,) codes of the fixed effect that is demeaned; one group for a constant
    basis : (N, C) orthonormal columns of the remaining dummies and controls
    """

    root: Array
    groups: NDArray[np.intp]
    basis: Array

    @property
    def rank(self) -> int:
        """Number of parameters that were taken out."""
        n_groups: int = int(self.groups.max()) + 1
        return n_groups + int(self.basis.shape[1])

    def __call__(self, values: Array) -> Array:
        """Return root-weighted residuals of (N,) or (N, M) `values`."""
        columns = values.reshape(len(values), -1)
        raw = demean(columns * self.root[:, None], self.root, self.groups)
        rest = raw - self.basis @ (self.basis.T @ raw)
        small = np.linalg.norm(rest, axis=0) < KEPT * np.linalg.norm(raw, axis=0)
        if small.any():  # a second round removes what rounding left of the controls
            rest[:, small] -= self.basis @ (self.basis.T @ rest[:, small])
        return rest.reshape(values.shape)


def demean(columns: Array, root: Array, groups: NDArray[np.intp]) -> Array:
    """Return root-weighted (N, M) columns less their weighted group means (times the root)."""
    count = int(groups.max()) + 1
    weight = np.bincount(groups, root**2, count)
    out = np.empty_like(columns)
    for m in range(columns.shape[1]):
        mean = np.bincount(groups, root * columns[:, m], count) / weight
        out[:, m] = columns[:, m] - root * mean[groups]
    return out


def partial_out(
    controls: Array, names: Sequence[str], effects: Sequence[NDArray[np.intp]], weights: Array
) -> Partialler:
    """Prepare residuals on a constant, `controls` (N, C) and fixed `effects`.

    The effect with the most groups is demeaned exactly, the others enter as dummies. Dummies
    that repeat one another are left out; a control that repeats others is an error, for a
    program that inverts it anyway returns nonsense.

    Raises
    ------
    IdentificationError
        Naming the controls that are combinations of the constant, the fixed effects and
        the controls before them.
    """
    root = np.sqrt(weights)
    ordered = sorted(effects, key=lambda codes: int(codes.max()), reverse=True)
    groups = ordered[0] if ordered else np.zeros(len(weights), dtype=np.intp)
    dummies = [np.eye(int(codes.max()) + 1)[codes] for codes in ordered[1:]]
    raw = np.hstack([*dummies, controls]) * root[:, None]
    length = np.linalg.norm(raw, axis=0)
    scaled = demean(raw, root, groups) / np.where(length > 0, length, 1.0)
    n_dummies = raw.shape[1] - controls.shape[1]
    return Partialler(root, groups, _basis(scaled, n_dummies, names))


def _basis(scaled: Array, n_dummies: int, names: Sequence[str]) -> Array:
    if scaled.shape[1] == 0:
        return scaled
    basis, triangle = linalg.qr(scaled, mode="economic", check_finite=False)
    repeats = _dependent(np.asarray(triangle, dtype=np.float64), scaled.shape[1])
    controls = [names[j - n_dummies] for j in repeats if j >= n_dummies]
    if controls:
        raise IdentificationError(
            f"controls {listed(controls)} are linear combinations of the constant, the fixed "
            "effects and the controls before them: their own part is not determined. Leave out "
            "what repeats (one dummy of a full set, a copy, a constant)."
        )
    if repeats:
        kept = np.delete(scaled, repeats, axis=1)
        return _basis(kept, n_dummies - len(repeats), names)
    return np.asarray(basis, dtype=np.float64)


def _dependent(triangle: Array, n_columns: int) -> list[int]:
    """Return the columns of a QR factorisation that add nothing to those before them."""
    diagonal = np.abs(np.diag(triangle))
    small = [int(j) for j in np.flatnonzero(diagonal < COLLINEAR)]
    return small + list(range(len(diagonal), n_columns))
