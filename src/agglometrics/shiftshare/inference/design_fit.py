"""`DesignFit`: a shift-share regression in the form that every covariance reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from agglometrics.errors import IdentificationError, InputError, caution
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.linalg.groups import cluster_sums, effective_number
from agglometrics.linalg.least_squares import inverse_gram
from agglometrics.notation import Array, Codes
from agglometrics.shiftshare.alignment.aligned_design import SPAN_TOLERANCE, AlignedDesign
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.shiftshare.alignment.location_regression import LocationRegression
from agglometrics.shiftshare.inference.share_projection import project_on_shares, scale_rows
from agglometrics.tables.rounding import ROUNDING
from agglometrics.tables.sample import Sample


@dataclass(frozen=True)
class DesignFit(LinearFit):
    """`LinearFit` of a design, with what exposure-robust covariances need besides.

    Attributes
    ----------
    solved : the location-level regression
    design : the design
    shock_controls : columns of the shocks that are taken out of them
    """

    solved: LocationRegression = field(kw_only=True, repr=False)
    design: AlignedDesign = field(kw_only=True, repr=False)
    shock_controls: tuple[str, ...] = field(kw_only=True, default=())

    @cached_property
    def implied_shocks(self) -> tuple[Array, dict[str, float]]:
        """The (I, K) shocks behind the residual instrument, and the condition number."""
        root, K = self.solved.space.root, len(self.terms)
        weighted = scale_rows(self.design.W, root)
        known_only_as_z = self.design.z * root[:, None]
        shocks, condition = project_on_shares(
            weighted, np.column_stack([self.solved.instrument, known_only_as_z])
        )
        _refuse_outside_span(known_only_as_z, weighted @ shocks[:, K:])
        return shocks[:, :K], {"condition_number": condition}

    def exposed(self, v: Array) -> Array:
        """Return sum_n omega_n w_ni v_n (I,) of a root-weighted variable (N,)."""
        return np.asarray(self.design.W.T @ (self.solved.space.root * v))

    def known(self, matrix: Array, scores: Array, name: str) -> Array:
        """Return a covariance (K, K), NaN with a warning if scores (M, K) are rounding errors.

        As many coefficients as shocks fit the shocks' exposures exactly, whatever the outcome is:
        a variance of zero then does not mean that the estimate is certain.
        """
        size = np.abs(self.solved.instrument).T @ np.abs(self.solved.residual)
        if not (np.abs(scores).max(axis=0) <= ROUNDING * size).any() or not (size > 0).all():
            return matrix
        caution(
            f"{name} has no residual to rest on: the constant, the shock controls and the "
            f"treatments fit the exposures of all shocks, {len(scores)} of them, exactly, so that "
            "the standard error is unknown (NaN). Take more sectors or fewer controls; AKM0() and "
            "ShockLevel0() then say that no value is excluded."
        )
        return np.full_like(matrix, np.nan)

    def named(self, name: str, cluster: Columns | None) -> str:
        """Return the name of a covariance and of its clusters of shocks."""
        columns = self.design.clusters(cluster)
        return f"{name}, cluster ({', '.join(columns)})" if columns else name

    def counted(self, groups: Codes | None, s: Array | None = None) -> dict[str, float]:
        """Return the number of independent groups of shocks and their effective number."""
        exposure = self.design.exposures(self.solved.space.root**2) if s is None else s
        sums = cluster_sums(exposure[:, None], groups)[:, 0]
        sums = sums[sums > 0]
        return {"n_shock_groups": float(len(sums)), "effective_shocks": effective_number(sums)}


def _refuse_outside_span(z: Array, projected: Array) -> None:
    gap = np.abs(z - projected).max(axis=0) / np.abs(z).max(axis=0)
    if (gap > SPAN_TOLERANCE).any():
        raise InputError(
            "the instrument is not a sum of shares times shocks, whatever the shocks: it is off "
            f"by {gap.max():.2g} of its largest value. Check that location labels of the shares "
            "and of the instrument agree, and that no sector is missing; with shocks that leave "
            "the own location out use cov=ShockLevel()."
        )


def design_fit(
    solved: LocationRegression,
    design: AlignedDesign,
    terms: tuple[str, ...],
    shock_controls: tuple[str, ...],
) -> DesignFit:
    """Return a solved regression as the fit that covariances read."""
    keys, frame = design.keys, design.tables.locations
    fitted = solved.Z @ least_squares_of(solved.Z, solved.X)
    return DesignFit(
        terms=terms,
        X=fitted,
        u=solved.residual,
        y=solved.y,
        bread=inverse_gram(fitted),
        counts=solved.space.counts(len(terms)),
        sample=Sample(frame, np.arange(len(frame)), keys.location, keys.time),
        sqrt_w=solved.space.root,
        least_squares=False,  # controls are taken out: none can be left out with a cluster
        solved=solved,
        design=design,
        shock_controls=shock_controls,
    )


def least_squares_of(Z: Array, X: Array) -> Array:
    """Return the coefficients (L, K) of X (N, K) on Z (N, L)."""
    return np.asarray(inverse_gram(Z) @ (Z.T @ X), dtype=np.float64)


def require_design(spec: Any, fit: LinearFit) -> DesignFit:
    """Return `fit` as a `DesignFit`, or raise `InputError` for a fit without a design."""
    if not isinstance(fit, DesignFit):
        raise InputError(
            f"cov={spec!r} is for ShiftShareDesign.fit; found an estimate of a table without a "
            "design. Pass cov=ShiftShare(design) here."
        )
    return fit


def one_coefficient(fit: DesignFit, name: str) -> LocationRegression:
    """Return the regression, or raise `IdentificationError` unless it has one coefficient."""
    if len(fit.terms) != 1:
        raise IdentificationError(
            f"{name} inverts a test of one coefficient; found {list(fit.terms)}. "
            f"Use {name.rstrip('0')}(), or fit one treatment at a time."
        )
    return fit.solved
