"""Partialling out: residuals on controls and fixed effects, never an N x N projector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from agglometrics.errors import IdentificationError
from agglometrics.inference.small_sample import Counts
from agglometrics.linalg.demeaning import demean, extra_components
from agglometrics.notation import Array, Codes
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
    effects : codes of the fixed effects, each (N,)
    n_controls : number of controls
    """

    root: Array
    groups: Codes
    basis: Array
    effects: tuple[Codes, ...]
    n_controls: int

    @property
    def rank(self) -> int:
        """Number of parameters that were taken out."""
        return int(self.groups.max()) + 1 + int(self.basis.shape[1])

    def counts(self, n_terms: int) -> Counts:
        """Return the counts of a regression of `n_terms` terms on this space."""
        constant = 0 if self.effects else 1
        lost = extra_components(self.effects)
        return Counts(len(self.root), n_terms + self.n_controls + constant, self.effects, lost)

    def __call__(self, values: Array) -> Array:
        """Return root-weighted residuals of (N,) or (N, M) `values`."""
        columns = values.reshape(len(values), -1)
        raw = demean(columns, [self.groups], self.root**2) * self.root[:, None]
        rest = raw - self.basis @ (self.basis.T @ raw)
        small = np.linalg.norm(rest, axis=0) < KEPT * np.linalg.norm(raw, axis=0)
        if small.any():  # a second round removes what rounding left of the controls
            rest[:, small] -= self.basis @ (self.basis.T @ rest[:, small])
        return rest.reshape(values.shape)


def partial_out(
    controls: Array, names: Sequence[str], effects: Sequence[Codes], weights: Array
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
    raw = np.hstack([*dummies, controls])
    length = np.linalg.norm(raw * root[:, None], axis=0)
    within = demean(raw, [groups], weights) * root[:, None]
    scaled = within / np.where(length > 0, length, 1.0)
    n_dummies = raw.shape[1] - controls.shape[1]
    basis = _basis(scaled, n_dummies, names)
    return Partialler(root, groups, basis, tuple(effects), controls.shape[1])


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
