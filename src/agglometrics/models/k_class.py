"""Estimators of an instrumental-variable regression: two-stage least squares, LIML and Fuller.

All are of the k-class (Theil 1953): with M the residual maker of all instruments and the exogenous
terms, and V = [X, W] the regressors::

    b = inv(V'(I - k M) V) V'(I - k M) y

k = 1 is two-stage least squares. LIML takes the smallest root k of |R - k S| = 0, with R and S
the cross products of [y, X] given the exogenous terms alone and given the instruments too
(Anderson and Rubin 1949); Fuller (1977) takes k - a / (n - L), L counting instruments, exogenous
terms and absorbed effects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.small_sample import SmallSample, parameters, residual_df
from agglometrics.linalg.least_squares import inverse_gram, least_squares
from agglometrics.models.systems import System, two_stage
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked

EXPLAINED = 1e-14  # of columns of length one: a sum of squares that is rounding error


class IVEstimator(Protocol):
    """A way to estimate a system with instruments: a frozen value with a name and a rule."""

    @property
    def method(self) -> str:
        """The name that a reader sees."""

    def fit(self, system: System) -> tuple[Array, LinearFit, dict[str, float]]:
        """Return coefficients (endogenous terms first), their arrays and further numbers."""


@dataclass(frozen=True)
class TwoStage:
    """Two-stage least squares, the k-class with k = 1."""

    method: str = "two-stage least squares"

    def fit(self, system: System) -> tuple[Array, LinearFit, dict[str, float]]:
        """Return two-stage least squares."""
        return *two_stage(system), {}


@dataclass(frozen=True)
class Liml:
    """Limited-information maximum likelihood: less biased than 2SLS with many weak instruments.

    It has no moments: with weak instruments some estimates are far off. Its t statistics need
    strong instruments as those of 2SLS do; with one instrument per endogenous term the two agree.
    """

    method: str = "LIML"

    def fit(self, system: System) -> tuple[Array, LinearFit, dict[str, float]]:
        """Return the k-class at LIML's kappa."""
        kappa = liml_kappa(system)
        return *k_class(system, kappa), {"kappa": kappa}


@checked
@dataclass(frozen=True)
class Fuller:
    """LIML with Fuller's (1977) correction, which has moments.

    Attributes
    ----------
    a : 1 for nearly unbiased estimates; 4 for a small mean squared error
    """

    a: float = 1.0
    method: str = "Fuller's LIML"

    def __post_init__(self) -> None:
        if not self.a > 0:
            raise InputError(
                f"Fuller: a must be positive; found {self.a}. For example Fuller(1) or Fuller(4)."
            )

    def fit(self, system: System) -> tuple[Array, LinearFit, dict[str, float]]:
        """Return the k-class at LIML's kappa minus a / (n - L)."""
        counts = system.counts(system.Z.shape[1] + system.W.shape[1])
        left = residual_df(counts, parameters(SmallSample(absorbed="all"), counts))
        kappa = liml_kappa(system) - self.a / left
        return *k_class(system, kappa), {"kappa": kappa}


def liml_kappa(system: System) -> float:
    """Return the smallest root k of |R - k S| = 0, at least one."""
    from scipy.linalg import eigh

    if len(system.instruments) == len(system.endogenous):
        return 1.0  # exactly: the structural residual is orthogonal to every instrument
    y, X, Z = system.partial()
    both = np.column_stack([y, X])
    both = both / np.sqrt(np.einsum("nk,nk->k", both, both))
    left = both - Z @ least_squares_columns(Z, both)
    if (np.linalg.eigvalsh(left.T @ left)[0]) <= EXPLAINED:
        raise IdentificationError(
            f"the instruments explain a combination of the outcome and {list(system.endogenous)} "
            "exactly, so that LIML's root does not exist. Look for a column made of the outcome, "
            "or use estimator=TwoStage()."
        )
    return float(eigh(both.T @ both, left.T @ left, eigvals_only=True)[0])


def least_squares_columns(Z: Array, Y: Array) -> Array:
    """Return coefficients (L, M) of each column of Y (N, M) on Z (N, L)."""
    return np.column_stack([least_squares(Z, y)[0] for y in Y.T])


def k_class_bread(system: System, kappa: float) -> Array:
    """Return inv(V'(I - k M) V), endogenous terms first, W partialled out of X on the way.

    With X~ and Z~ the residuals of X and Z on W, m the coefficients of X on W, and E those of X~
    on Z~, the blocks are S = inv(X~'X~ - k E'E), -S m' and inv(W'W) + m S m'. A regressor far
    from zero, beside the constant in W, keeps its digits.
    """
    _, X, Z = system.partial()
    E = X - Z @ least_squares_columns(Z, X)
    scale = 1 / np.sqrt(np.einsum("nk,nk->k", X, X))
    inside = scale[:, None] * (X.T @ X - kappa * E.T @ E) * scale
    S = np.linalg.inv(inside) * np.outer(scale, scale)
    if not system.W.shape[1]:
        return np.asarray((S + S.T) / 2)
    m = least_squares_columns(system.W, system.X)
    corner = inverse_gram(system.W) + m @ S @ m.T
    bread = np.block([[S, -S @ m.T], [-m @ S, corner]])
    return np.asarray((bread + bread.T) / 2)  # symmetric but for rounding


def k_class(system: System, kappa: float) -> tuple[Array, LinearFit]:
    """Return the k-class coefficients (endogenous terms first) and the fit covariances read.

    The score is that of an instrument X - k M X, so robust and clustered covariances have the
    form of any other; its bread is inv(V'(I - k M) V). (Not of Bekker's many instruments.)
    """
    first = np.column_stack([system.W, system.Z])
    hats = np.column_stack([first @ least_squares(first, x)[0] for x in system.X.T])
    moved = np.column_stack([kappa * hats + (1 - kappa) * system.X, system.W])
    V = np.column_stack([system.X, system.W])
    bread = k_class_bread(system, kappa)
    beta = bread @ (moved.T @ system.y)
    beta = beta + bread @ (moved.T @ (system.y - V @ beta))
    fit = LinearFit(
        system.endogenous + system.exogenous,
        moved,
        system.y - V @ beta,
        system.y,
        bread,
        system.counts(moved.shape[1]),
        system.design.sample,
        system.sqrt_w,
        least_squares=False,
    )
    return beta, fit
