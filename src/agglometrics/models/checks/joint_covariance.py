"""The joint covariance of the coefficients of several equations."""

from __future__ import annotations

from typing import Any

import numpy as np

from agglometrics.errors import InputError, caution
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import Counts, SmallSample, parameters, residual_df
from agglometrics.inference.specifications import Homoskedastic, WildBootstrap
from agglometrics.linalg.least_squares import inverse_gram
from agglometrics.linalg.symmetric import REPAIRED
from agglometrics.models.systems import System
from agglometrics.notation import Array


def joint_covariance(
    system: System, targets: Array, Z: Array, spec: Any, rule: SmallSample
) -> tuple[Array, Array, float | None]:
    """Return the coefficients of several targets on Z, their joint covariance, and its df.

    targets : (N, M)    Z : (N, L)    returns (M, L), (M L, M L)

    Homoskedastic: Sigma x inv(Z'Z). Otherwise the sandwich of the stacked scores Z e_m, with
    the same clusters, distances and small-sample rule as any regression.
    """
    bread = inverse_gram(Z)
    pi = (bread @ (Z.T @ targets)).T
    errors = targets - Z @ pi.T
    counts = system.counts(Z.shape[1] + system.W.shape[1])
    if isinstance(spec, WildBootstrap):
        raise InputError(
            "this needs a covariance matrix: pass cov=Cluster(...), not WildBootstrap."
        )
    if isinstance(spec, Homoskedastic):
        left = residual_df(counts, parameters(rule, counts))
        V = np.asarray(np.kron(errors.T @ errors / left, bread), dtype=np.float64)
        return pi, V, float(left)
    found = covariance(spec, _stacked(system, Z, errors, bread, counts), rule)
    if REPAIRED in found.name:
        caution(
            f"the joint covariance of the instruments' coefficients, {found.name}: tests use what "
            "is left. Cluster by one column to compare."
        )
    return pi, found.matrix, found.df


def _stacked(system: System, Z: Array, errors: Array, bread: Array, counts: Counts) -> LinearFit:
    """Return the fit whose scores are Z e_m, one equation m after the other; errors : (N, M)."""
    M, L = errors.shape[1], Z.shape[1]
    ones = np.ones(len(Z))
    return LinearFit(
        tuple(f"{m}:{j}" for m in range(M) for j in range(L)),
        np.column_stack([Z * e[:, None] for e in errors.T]),
        ones,
        ones,
        np.asarray(np.kron(np.eye(M), bread), dtype=np.float64),
        counts,
        system.design.sample,
        system.sqrt_w,
        least_squares=False,
    )
