"""The location-level regression of a shift-share design: reduced form, OLS and 2SLS.

With y, X, Z the residuals on controls and fixed effects, times the root weights, the combined
instrument is Z Pi, with Pi the first stage (the identity where as many instruments as treatments
are at hand), A = (Z Pi)'X and beta = A^-1 (Z Pi)'y. The reduced form has X = Z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.partialling import Partialler
from agglometrics.tables.checks import ratio

FLAT = 1e-8  # of an instrument's own length: what must be left of it beside the controls


@dataclass(frozen=True)
class LocationRegression:
    """A solved regression, everything on the scale of root weights.

    Attributes
    ----------
    space : what was partialled out
    y : (N,) outcome, X : (N, K) regressors, Z : (N, L) instruments; residuals
    Pi : (L, K) how the instruments are combined
    A : (K, K) (Z Pi)'X
    beta : (K,)
    reduced_form : whether X is Z
    """

    space: Partialler
    y: Array
    X: Array
    Z: Array
    Pi: Array
    A: Array
    beta: Array
    reduced_form: bool

    @property
    def residual(self) -> Array:
        """(N,) root-weighted residual."""
        return self.y - self.X @ self.beta

    @property
    def instrument(self) -> Array:
        """(N, K) combined instrument."""
        return self.Z @ self.Pi


def solve(
    space: Partialler, outcome: Array, treatments: Array | None, z: Array
) -> LocationRegression:
    """Estimate beta by 2SLS of `outcome` (N,) on `treatments` (N, K), instrumented by `z` (N, L).

    Without treatments, the reduced form on z.

    Raises
    ------
    IdentificationError
        With fewer instruments than treatments, or instruments or treatments that the controls
        explain.
    """
    y, Z = space(outcome), space(z)
    X = Z if treatments is None else space(treatments)
    L, K = Z.shape[1], X.shape[1]
    if K > L:
        raise IdentificationError(
            f"{K} treatments need at least {K} instruments; the design has {L}. Name more shocks "
            "with shock=[...], or fit one treatment at a time."
        )
    _refuse_flat(Z, z * space.root[:, None])
    if treatments is not None:
        _refuse_explained(X, treatments * space.root[:, None])
    Pi = _array(np.eye(K) if L == K else np.linalg.solve(Z.T @ Z, Z.T @ X))
    A = (Z @ Pi).T @ X
    _refuse_singular(A, Z @ Pi, X)
    beta = _array(np.linalg.solve(A, (Z @ Pi).T @ y))
    return LocationRegression(space, y, X, Z, Pi, A, beta, treatments is None)


def _array(values: Any) -> Array:
    return np.asarray(values, dtype=np.float64)


def _share_left(residual: Array, raw: Array) -> Array:
    """Return how much of each column's length the controls leave, (M,)."""
    return _array(ratio(np.linalg.norm(residual, axis=0), np.linalg.norm(raw, axis=0)))


def _refuse_explained(X: Array, raw: Array) -> None:
    left = _share_left(X, raw)
    if not (left > FLAT).all():
        raise IdentificationError(
            "the treatments have no variation of their own beside the controls and fixed effects "
            f"(share left: {np.round(left, 12).tolist()}). Leave out the controls that explain "
            "them: a treatment cannot be among its own controls."
        )


def _refuse_flat(Z: Array, raw: Array) -> None:
    left = _share_left(Z, raw)
    if not (left > FLAT).all() or np.linalg.matrix_rank(Z, rtol=FLAT) < Z.shape[1]:
        raise IdentificationError(
            "the instruments have no variation of their own beside the controls and fixed effects "
            f"(share left: {np.round(left, 12).tolist()}). Leave out the controls that explain "
            "them, or the instruments that repeat one another."
        )


def _refuse_singular(A: Array, Z: Array, X: Array) -> None:
    scale = np.outer(np.linalg.norm(Z, axis=0), np.linalg.norm(X, axis=0))
    smallest = np.linalg.svd(A / np.where(scale > 0, scale, 1.0), compute_uv=False)[-1]
    if not smallest > 1e-12:
        raise IdentificationError(
            "the instruments do not move the treatments (their cross-product is singular: "
            f"smallest singular value {smallest:.3g} of correlations). Two treatments that repeat "
            "one another, or an instrument without a first stage, cannot be estimated. "
            "Drop one of them."
        )
