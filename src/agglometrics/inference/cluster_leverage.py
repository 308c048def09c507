"""How the information on each coefficient is spread over clusters, and warnings where it is not.

MacKinnon, Nielsen and Webb (2023, section 4): leverage of a cluster, partial leverage for one
coefficient, and the effective number of clusters of Carter, Schnepel and Steigerwald (2017).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from agglometrics.errors import caution
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed
from agglometrics.tables.codes import combine, n_levels, nested_in

CONCENTRATED = 3.0  # effective clusters below which one or two decide a coefficient


def leverages(X: Array, bread: Array, codes: Codes) -> Array:
    """Return L_g = tr(X_g inv(X'X) X_g'), (G,); they add up to K. X : (N, K)."""
    own = np.einsum("nk,kl,nl->n", X, bread, X)
    return np.asarray(np.bincount(codes, own), dtype=np.float64)


def partial_leverages(X: Array, bread: Array, codes: Codes) -> Array:
    """Return L_gk = x_gk'x_gk / x_k'x_k, (G, K), with x_k the column given the other columns.

    The residual of column k on the others is X inv(X'X)_k / inv(X'X)_kk.
    """
    own = X @ (bread / np.diag(bread))
    squares = cluster_sums(own**2, codes)
    return np.asarray(squares / squares.sum(axis=0))


def effective_clusters(shares: Array) -> Array:
    """Return G* = G / (1 + Gamma), Gamma the squared coefficient of variation of shares (G, K).

    With rows of a cluster uncorrelated (rho = 0), gamma_g is proportional to the partial
    leverage, so that G* is one over the sum of its squares.
    """
    return np.asarray(shares.sum(axis=0) ** 2 / (shares**2).sum(axis=0))


def warn_of_concentrated(columns: Sequence[str], codes: Sequence[Codes], fit: LinearFit) -> None:
    """Warn of terms whose variation lies in one or two clusters of a column."""
    if not fit.least_squares:
        return
    for name, groups in zip(columns, codes, strict=True):
        G = effective_clusters(partial_leverages(fit.X, fit.bread, groups))
        few = [
            term
            for term, number in zip(fit.terms, G, strict=True)
            if number < CONCENTRATED and term not in fit.nuisance
        ]
        if few and n_levels(groups) > CONCENTRATED:
            caution(
                f"almost all variation of {listed(few)} lies in one or two clusters of {name!r}: "
                "a standard error by cluster is far too small there (with one treated region of 31 "
                "a true null is rejected most of the time), and CR3 and CR2 too. Compare with "
                "placebo regions or times, as permutation_test does; see cluster_diagnostics."
            )


def warn_of_coarser(column: str, codes: Codes, fit: LinearFit) -> None:
    """Warn of terms that, period by period, vary only between groups that hold many clusters."""
    if not fit.least_squares or column not in fit.sample.frame:
        return
    frame = fit.sample.frame
    for name in frame.columns:
        if name == column or pd.api.types.is_float_dtype(frame[name]):
            continue
        coarse = pd.factorize(frame[name].iloc[fit.sample.rows])[0]
        if coarse.min() < 0 or not 1 < n_levels(coarse) <= n_levels(codes) / 2:
            continue
        if not nested_in(codes, coarse):
            continue
        period = _periods(fit, codes)
        cell = coarse if period is None else combine([coarse, period])
        alike = [term for term in fit.terms if _constant(fit, term, cell)]
        if alike:
            caution(
                f"{listed(alike)} varies only between the {n_levels(coarse)} groups of {name!r}, "
                f"and clusters are {column!r}, {n_levels(codes)} of them: errors that a group "
                f"shares are left out (Moulton 1990). Pass cov=Cluster({name!r}) or CR2({name!r})."
            )
            return


def _periods(fit: LinearFit, codes: Codes) -> Codes | None:
    if fit.sample.time is not None:
        return fit.sample.periods(None)
    across = [effect for effect in fit.counts.absorbed if not nested_in(effect, codes)]
    return combine(across) if across else None


def _constant(fit: LinearFit, term: str, cell: Codes) -> bool:
    """Return whether the columns that a term names are constant in each cell."""
    frame = fit.sample.frame
    words = set(re.findall(r"[^\W\d]\w*", term)) & {str(name) for name in frame.columns}
    if not words:
        return False
    for word in words:
        values = pd.factorize(frame[word].iloc[fit.sample.rows])[0]
        if not nested_in(cell, values):
            return False
    return True
