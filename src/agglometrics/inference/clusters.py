"""Clustered covariances: one way and several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from agglometrics.errors import IdentificationError, InputError, caution
from agglometrics.inference.cluster_leverage import warn_of_coarser, warn_of_concentrated
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance, t_df
from agglometrics.inference.small_sample import SmallSample, factor, parameters
from agglometrics.inference.specifications import Cluster
from agglometrics.linalg.groups import cluster_sums
from agglometrics.linalg.symmetric import nearest_psd
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import combine, n_levels, nested_in

FEW_CLUSTERS = 10


@covariance.register
def _cluster(spec: Cluster, fit: LinearFit, rule: SmallSample) -> Covariance:
    if not spec.columns:
        raise InputError("Cluster needs at least one column, for example Cluster('region').")
    codes = [fit.sample.codes(name) for name in spec.columns]
    groups = count_clusters(spec.columns, codes)
    _refuse_nested(spec.columns, codes)
    _warn_of_few(spec.columns, groups)
    warn_of_concentrated(spec.columns, codes, fit)
    if len(codes) == 1:
        warn_of_coarser(spec.columns[0], codes[0], fit)
    return clustered(spec.columns, codes, fit, rule)


def clustered(
    columns: Sequence[str], codes: Sequence[Codes], fit: LinearFit, rule: SmallSample
) -> Covariance:
    """Return the covariance by clusters of one way or several, (N,) codes each."""
    groups = [n_levels(c) for c in codes]
    K = parameters(rule, fit.counts, codes)
    meat, summed = _multiway_meat(fit.influence, codes)
    scale = factor(rule, fit.counts, K, min(groups))
    matrix, fixed = nearest_psd(scale * meat, np.sqrt(scale * np.diag(summed)))
    sizes = " x ".join(map(str, groups))
    name = f"cluster ({', '.join(columns)}), {sizes}" + fixed
    return Covariance(
        matrix, name, t_df(fit, rule, min(groups) - 1), {"n_clusters": float(min(groups))}
    )


def _multiway_meat(influence: Array, codes: Sequence[Codes]) -> tuple[Array, Array]:
    """Return the meat of Cameron, Gelbach and Miller (2011, eq. 2.13): odd sets add, even subtract.

    The second answer adds all of them: the size of what is subtracted.

    influence : (N, K)    codes : a list of (N,)    returns (K, K) twice
    """
    K = influence.shape[1]
    meat, summed = np.zeros((K, K)), np.zeros((K, K))
    for size in range(1, len(codes) + 1):
        for chosen in combinations(codes, size):
            sums = cluster_sums(influence, combine(chosen))
            own = sums.T @ sums
            meat += (-1) ** (size + 1) * own
            summed += own
    return meat, summed


def count_clusters(columns: Sequence[str], codes: Sequence[Codes]) -> list[int]:
    """Return the number of clusters in each column; fewer than two are an error."""
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
            caution(
                f"{G} clusters in {name!r}: normal approximations are poor below about "
                f"{FEW_CLUSTERS}. Consider CR3({name!r}) or WildBootstrap({name!r})."
            )


def _refuse_nested(columns: Sequence[str], codes: Sequence[Codes]) -> None:
    pairs = [(i, j) for i in range(len(codes)) for j in range(len(codes)) if i != j]
    for i, j in pairs:
        if nested_in(codes[i], codes[j]):
            raise InputError(
                f"clusters of several ways must cross, and {columns[i]!r} is nested in "
                f"{columns[j]!r}. Cluster by {columns[j]!r} alone: it covers both."
            )
