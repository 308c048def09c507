"""How the information on each coefficient is spread over clusters, and warnings where it is not.

MacKinnon, Nielsen and Webb (2023, section 4): leverage of a cluster, partial leverage for one
coefficient, and the effective number of clusters of Carter, Schnepel and Steigerwald (2017).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import caution
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed
from agglometrics.tables.codes import combine, n_levels, nested_in, whole_codes
from agglometrics.tables.sample import Sample

CONCENTRATED = 3.0  # effective clusters below which one or two decide a coefficient
SOME = 1000  # rows looked at before all are


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
    own = (fit.bread / np.diag(fit.bread)).T @ fit.X.T  # (K, N), in which maxima are fast
    widest = np.maximum(own.max(axis=1, initial=0.0), -own.min(axis=1, initial=0.0))
    largest = widest**2 / np.einsum("kn,kn->k", own, own)
    for name, groups in zip(columns, codes, strict=True):
        # 1 / G* is at most the largest share, and no row has more of it than the largest row
        if (CONCENTRATED * largest * np.bincount(groups).max(initial=0) < 1).all():
            continue
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
    first = _first_rows(codes)
    for name in fit.sample.frame.columns:
        coarse = None if name == column else _coarser(fit.sample, name, codes, first)
        if coarse is None:
            continue
        period = _periods(fit, codes)
        cell = coarse if period is None else combine([coarse, period])
        alike = [
            term
            for term in fit.terms
            if _constant(fit, term, cell)
            and (period is None or not _constant(fit, term, period))  # dates differ between none
        ]
        if alike:
            caution(
                f"{listed(alike)} varies only between the {n_levels(coarse)} groups of {name!r}, "
                f"and clusters are {column!r}, {n_levels(codes)} of them: errors that a group "
                f"shares are left out (Moulton 1990). Pass cov=Cluster({name!r}) or CR2({name!r})."
            )
            return


def _coarser(sample: Sample, name: Any, codes: Codes, first: Codes) -> Codes | None:
    """Return a column as codes if each cluster lies in one of its groups, at most half as many."""
    if pd.api.types.is_float_dtype(sample.frame.dtypes[name]):
        return None
    column = sample.frame[name]
    try:
        if not _may_nest(column, sample.rows, codes, first):
            return None
        labels = column.iloc[sample.rows[first]].nunique()  # those of all rows, if nested
        if not 1 < labels <= len(first) / 2:
            return None
        coarse = _codes(sample.at_rows(name))
    except (TypeError, ValueError):  # lists, or two columns of one name: no groups
        return None
    return coarse if coarse.min() >= 0 and nested_in(codes, coarse) else None


def _codes(values: pd.Series[Any]) -> Codes:
    """Return a column as codes, -1 where it is unknown."""
    found = whole_codes(values.to_numpy()) if isinstance(values.dtype, np.dtype) else None
    return np.asarray(pd.factorize(values)[0] if found is None else found[0], dtype=np.intp)


def _first_rows(groups: Codes) -> Codes:
    """Return the first row of each group, (G,)."""
    first = np.zeros(n_levels(groups), dtype=np.intp)
    first[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
    return first


def _may_nest(column: pd.Series[Any], rows: Codes, groups: Codes, first: Codes) -> bool:
    """Return False if some rows show that values differ within a group: most columns do at once."""
    some = np.arange(0, len(groups), max(1, len(groups) // SOME))
    both = column.iloc[rows[np.concatenate([some, first[groups[some]]])]]
    pairs = pd.factorize(both)[0]
    return bool((pairs[: len(some)] == pairs[len(some) :]).all())


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
    first = _first_rows(cell)
    for word in words:
        if not _may_nest(frame[word], fit.sample.rows, cell, first):
            return False
        if not nested_in(cell, _codes(fit.sample.at_rows(word))):
            return False
    return True
