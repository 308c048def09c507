"""From a covariance specification to a `Covariance`: bread, meat, and the small-sample rule."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch
from itertools import combinations
from typing import Any

import numpy as np

from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.models.conley import conley_meat, unit_vectors
from agglometrics.models.covariance import (
    CR3,
    Cluster,
    Conley,
    DriscollKraay,
    Homoskedastic,
    NeweyWest,
    Robust,
    ShiftShare,
    WildBootstrap,
)
from agglometrics.models.design import combine
from agglometrics.models.estimates import Covariance
from agglometrics.models.jackknife import leave_one_out
from agglometrics.models.linear import LinearFit
from agglometrics.models.rules import (
    Codes,
    SmallSample,
    factor,
    n_levels,
    nested_in,
    parameters,
    residual_df,
)
from agglometrics.tables import Array

FEW_CLUSTERS = 10


@singledispatch
def covariance(spec: Any, fit: LinearFit, rule: SmallSample) -> Covariance:
    """Return the covariance of the coefficients of `fit` that `spec` describes.

    Raises
    ------
    InputError
        If `spec` is no covariance, or names columns that the data lack.
    """
    raise InputError(
        f"cov must be a covariance; found {spec!r}. Say for example Robust(), Cluster('region'), "
        "DriscollKraay(2) or Conley(km=200)."
    )


@covariance.register
def _(spec: Homoskedastic, fit: LinearFit, rule: SmallSample) -> Covariance:
    K = parameters(rule, fit.counts)
    left = residual_df(fit.counts, K)
    known = fit.dispersion
    adjust = (fit.counts.n - 1) / left if rule.observations else 1.0
    variance = fit.u @ fit.u / left if known is None else known * adjust
    return Covariance(variance * fit.bread, "homoskedastic", _df(fit, rule, left))


@covariance.register
def _(spec: Robust, fit: LinearFit, rule: SmallSample) -> Covariance:
    K = parameters(rule, fit.counts)
    meat = fit.scores.T @ fit.scores * factor(rule, fit.counts, K, None)
    left = residual_df(fit.counts, K)
    return Covariance(fit.bread @ meat @ fit.bread, "robust", _df(fit, rule, left))


@covariance.register
def _(spec: Cluster, fit: LinearFit, rule: SmallSample) -> Covariance:
    if not spec.columns:
        raise InputError("Cluster needs at least one column, for example Cluster('region').")
    codes = [fit.sample.codes(name) for name in spec.columns]
    groups = _count_clusters(spec.columns, codes)
    _refuse_nested(spec.columns, codes)
    _warn_of_few(spec.columns, groups)
    return _clustered(spec.columns, codes, fit, rule)


def _clustered(
    columns: Sequence[str], codes: Sequence[Codes], fit: LinearFit, rule: SmallSample
) -> Covariance:
    groups = [n_levels(c) for c in codes]
    K = parameters(rule, fit.counts, codes)
    meat = _multiway_meat(fit.scores, codes) * factor(rule, fit.counts, K, min(groups))
    matrix, fixed = nearest_psd(fit.bread @ meat @ fit.bread)
    sizes = " x ".join(map(str, groups))
    name = f"cluster ({', '.join(columns)}), {sizes}" + fixed
    return Covariance(
        matrix, name, _df(fit, rule, min(groups) - 1), {"n_clusters": float(min(groups))}
    )


def _multiway_meat(scores: Array, codes: Sequence[Codes]) -> Array:
    """Return the meat of Cameron, Gelbach and Miller (2011, eq. 2.13): odd sets add, even subtract.

    scores : (N, K)    codes : a list of (N,)
    """
    K = scores.shape[1]
    meat = np.zeros((K, K))
    for size in range(1, len(codes) + 1):
        for chosen in combinations(codes, size):
            sums = cluster_sums(scores, combine(chosen))
            meat += (-1) ** (size + 1) * sums.T @ sums
    return meat


def cluster_sums(values: Array, codes: Codes) -> Array:
    """Return the sums of `values` (N, K) over the rows of each group, (G, K)."""
    return np.column_stack([np.bincount(codes, column) for column in values.T])


def _count_clusters(columns: Sequence[str], codes: Sequence[Codes]) -> list[int]:
    groups = [n_levels(c) for c in codes]
    for name, G in zip(columns, groups, strict=True):
        if G < 2:
            raise IdentificationError(
                f"clustering by {name!r} needs at least two clusters; found {G}. "
                "Cluster by a finer column."
            )
    return groups


def _warn_of_few(columns: Sequence[str], groups: Sequence[int]) -> None:
    for name, G in zip(columns, groups, strict=True):
        if G < FEW_CLUSTERS:
            warnings.warn(
                f"{G} clusters in {name!r}: normal approximations are poor below about "
                f"{FEW_CLUSTERS}. Consider CR3({name!r}) or WildBootstrap({name!r}).",
                AgglometricsWarning,
                stacklevel=2,
            )


def _refuse_nested(columns: Sequence[str], codes: Sequence[Codes]) -> None:
    pairs = [(i, j) for i in range(len(codes)) for j in range(len(codes)) if i != j]
    for i, j in pairs:
        if nested_in(codes[i], codes[j]):
            raise InputError(
                f"clusters of several ways must cross, and {columns[i]!r} is nested in "
                f"{columns[j]!r}. Cluster by {columns[j]!r} alone: it covers both."
            )


@covariance.register
def _(spec: CR3, fit: LinearFit, rule: SmallSample) -> Covariance:
    if not fit.least_squares:
        raise InputError("CR3 is defined for panel() by least squares. Use Cluster here.")
    codes = fit.sample.codes(spec.column)
    G = _count_clusters([spec.column], [codes])[0]
    beta = fit.bread @ (fit.X.T @ fit.y)
    away = leave_one_out(fit, codes) - beta
    matrix = (G - 1) / G * away.T @ away
    name = f"jackknife ({spec.column}), {G}"
    return Covariance(matrix, name, _df(fit, rule, G - 1), {"n_clusters": float(G)})


@covariance.register
def _(spec: NeweyWest, fit: LinearFit, rule: SmallSample) -> Covariance:
    entity = spec.entity or fit.sample.entity
    if entity is None:
        raise InputError("NeweyWest needs the column of units. Say entity=... .")
    unit, period = fit.sample.codes(entity), fit.sample.periods(spec.time)
    T = len(np.unique(period))
    _check_bandwidth(spec.bandwidth, T)
    K = parameters(rule, fit.counts)
    meat = serial_meat(fit.scores, unit, period, spec.bandwidth)
    meat = meat * factor(rule, fit.counts, K, T)
    name = f"Newey-West ({entity}), {spec.bandwidth} lags"
    return Covariance(fit.bread @ meat @ fit.bread, name, _df(fit, rule, T - 1))


@covariance.register
def _(spec: DriscollKraay, fit: LinearFit, rule: SmallSample) -> Covariance:
    period = fit.sample.periods(spec.time)
    T = len(np.unique(period))
    _check_bandwidth(spec.bandwidth, T)
    _warn_of_few_periods(T)
    K = parameters(rule, fit.counts)
    sums = cluster_sums(fit.scores, period)
    one = np.zeros(len(sums), dtype=np.intp)
    meat = serial_meat(sums, one, np.arange(len(sums)), spec.bandwidth)
    meat = meat * factor(rule, fit.counts, K, T)
    name = f"Driscoll-Kraay, {spec.bandwidth} lags, {T} periods"
    return Covariance(fit.bread @ meat @ fit.bread, name, _df(fit, rule, T - 1))


def _warn_of_few_periods(T: int) -> None:
    if T < FEW_CLUSTERS:
        warnings.warn(
            f"{T} periods: Driscoll-Kraay errors are right for many periods and too small for "
            "few. Consider Cluster or Conley.",
            AgglometricsWarning,
            stacklevel=2,
        )


def _check_bandwidth(bandwidth: int, T: int) -> None:
    if not (isinstance(bandwidth, (int, np.integer)) and 0 <= bandwidth < T):
        raise InputError(
            f"bandwidth must be whole, from 0 to the number of periods less one ({T - 1}); "
            f"found {bandwidth!r}. A usual choice is {int(np.floor(T**0.25))}."
        )


def serial_meat(scores: Array, unit: Codes, period: Codes, lags: int) -> Array:
    """Return the Bartlett-weighted meat over the periods of each unit.

    scores : (N, K)    unit, period : (N,), at most one row a unit and period
    """
    span = int(period.max(initial=0)) + 1 + lags
    key = unit.astype(np.int64) * span + period
    order = np.argsort(key)
    key, S = key[order], scores[order]
    meat = np.asarray(S.T @ S)
    for lag in range(1, lags + 1):
        place = np.searchsorted(key, key - lag).clip(max=len(key) - 1)
        match = key[place] == key - lag
        cross = S[match].T @ S[place[match]]
        meat = meat + (1 - lag / (lags + 1)) * (cross + cross.T)
    return meat


@covariance.register
def _(spec: Conley, fit: LinearFit, rule: SmallSample) -> Covariance:
    lon, lat = fit.sample.numbers(spec.lon), fit.sample.numbers(spec.lat)
    _check_coordinates(spec, lon, lat)
    place, where = _places(lon, lat)
    P = len(where)
    xyz = unit_vectors(where[:, 0], where[:, 1])
    reach = (spec.km / spec.radius, type(spec.kernel).__name__ == "Bartlett")
    K = parameters(rule, fit.counts)
    if spec.time is None:
        sums = cluster_sums(fit.scores, place)
        meat = conley_meat(sums[:, None, :], xyz, *reach)
    else:
        meat = _conley_panel_meat(fit, spec, place, xyz, reach)
    meat = meat * factor(replace(rule, clusters=False), fit.counts, K, None)
    matrix, fixed = nearest_psd(fit.bread @ meat @ fit.bread)
    name = f"Conley, {spec.km:g} km, {P} places" + fixed
    left = residual_df(fit.counts, K)
    return Covariance(matrix, name, _df(fit, rule, left), {"n_places": float(P)})


def _conley_panel_meat(
    fit: LinearFit, spec: Conley, place: Codes, xyz: Array, reach: tuple[float, bool]
) -> Array:
    """Return Hsiang's (2010) meat: near places within a period, and each place over its lags."""
    period = fit.sample.periods(spec.time)
    T, P = n_levels(period), len(xyz)
    cell = place * T + period
    cube: Array = np.zeros((P * T, fit.scores.shape[1]))
    for k, column in enumerate(fit.scores.T):
        cube[:, k] = np.bincount(cell, column, minlength=P * T)
    meat = conley_meat(cube.reshape(P, T, -1), xyz, *reach)
    if not spec.lags:
        return meat
    unit, when = np.divmod(np.arange(P * T), T)
    return meat + serial_meat(cube, unit, when, spec.lags) - cube.T @ cube


def _places(lon: Array, lat: Array) -> tuple[Codes, Array]:
    """Return codes of the different places, in order of latitude, and their coordinates (P, 2)."""
    pairs = lat + 1j * lon
    where, place = np.unique(pairs, return_inverse=True)
    return place, np.column_stack([where.imag, where.real])


def _check_coordinates(spec: Conley, lon: Array, lat: Array) -> None:
    if np.abs(lat).max() > 90 or np.abs(lon).max() > 360:
        raise InputError(
            f"Conley needs degrees: {spec.lat!r} within 90 and {spec.lon!r} within 360; found "
            f"up to {np.abs(lat).max():g} and {np.abs(lon).max():g}. Project back to longitude and "
            "latitude, and check their order."
        )


@covariance.register
def _(spec: WildBootstrap, fit: LinearFit, rule: SmallSample) -> Covariance:
    from agglometrics.models.bootstrap import wild_covariance
    from agglometrics.models.bootstrap_iv import wild_iv_covariance
    from agglometrics.models.iv import InstrumentedFit

    codes = fit.sample.codes(spec.column)
    _count_clusters([spec.column], [codes])
    base = _clustered([spec.column], [codes], fit, rule)
    if isinstance(fit, InstrumentedFit) and fit.system is not None:
        return wild_iv_covariance(spec, fit.terms, fit.system, base)
    return wild_covariance(spec, fit, base)


@covariance.register
def _(spec: ShiftShare, fit: LinearFit, rule: SmallSample) -> Covariance:
    from agglometrics.models.shift_share_errors import shift_share_covariance

    return shift_share_covariance(spec, fit)


def nearest_psd(matrix: Array) -> tuple[Array, str]:
    """Return `matrix`, repaired if a variance is negative, and the words that say so.

    Differences of variances, and uniform kernels, may give a negative variance. The remedy of
    Cameron, Gelbach and Miller (2011, section 2.3) sets negative eigenvalues to zero, here of
    the matrix in units of its diagonal. Like fixest it leaves a matrix alone whose variances
    are all positive: with more terms than clusters an eigenvalue always is negative.
    """
    symmetric = (matrix + matrix.T) / 2
    variances = np.diag(symmetric)
    if (variances >= -1e-12 * np.abs(symmetric).max()).all():
        return symmetric, ""
    scale = np.sqrt(np.abs(variances))
    values, vectors = np.linalg.eigh(symmetric / np.outer(scale, scale))
    fixed = (vectors * values.clip(min=0)) @ vectors.T * np.outer(scale, scale)
    return fixed, ", negative eigenvalues set to zero"


def _df(fit: LinearFit, rule: SmallSample, df: int) -> float | None:
    """Return the degrees of freedom: none, the normal, where the model is no least squares."""
    if not rule.t or fit.dispersion is not None:
        return None
    if rule.df == "clusters":
        return float(df)
    every = replace(rule, absorbed="all")
    return float(residual_df(fit.counts, parameters(every, fit.counts)))
