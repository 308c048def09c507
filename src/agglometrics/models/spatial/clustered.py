"""Clustered (sandwich) covariances of spatial panels: scores of the likelihood, region by region.

Quasi maximum likelihood with the full score of (b, rho, sigma^2). In residuals e (T, N),
with G = W inv(I - rho W) (J G J where period effects go) and p the part of the lag that is not
noise (`Solution.pull`), the score of rho is

    p'e / sigma^2 + sum_ij G_ij e_i'e_j / sigma^2 - T tr G,    e_i : region i's residuals (T,).

The quadratic form joins pairs of regions. If errors of different clusters are independent,
its terms are uncorrelated between pairs of clusters, and with the terms of single clusters
(the central limit theorem is that of Kelejian and Prucha 2001, J. Econometrics 104, for such
linear-quadratic forms). So the meat is a sum over clusters and over pairs of them,

    meat = sum_g a_g a_g' + sum_{g<h} b_gh b_gh',

    a_g  = clusters' own parts of the score, minus their mean,
    b_gh = (0, sum_{i in g, j in h} (G_ij + G_ji) e_i'e_j / sigma^2, 0).

With errors of one variance that are independent over time too, the expectation of the pairs is
that of the information, T tr(G G + G'G). Scores summed region by region without the pairs
would leave tr(G G) out. Own derivation: no article on clustered errors in this model was found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from agglometrics.errors import InputError, caution
from agglometrics.inference.clusters import FEW_CLUSTERS, count_clusters
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.small_sample import Counts, SmallSample, factor, parameters
from agglometrics.inference.specifications import Cluster, Homoskedastic
from agglometrics.linalg.demeaning import extra_components
from agglometrics.linalg.groups import cluster_sums
from agglometrics.models.design import Design, refuse_class
from agglometrics.models.spatial.layout import Layout
from agglometrics.models.spatial.likelihood import Solution
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed
from agglometrics.tables.codes import n_levels


def spatial_covariance(
    spec: Any, at: Layout, found: Solution, design: Design, order: Codes
) -> Covariance:
    """Return the covariance of a spatial panel's coefficients that `spec` describes.

    `order` sorts the rows of `design` by period, then region.
    """
    refuse_class("cov", spec)
    if isinstance(spec, Homoskedastic):
        P = len(found.params)
        return Covariance(found.bread[:P, :P], "maximum likelihood", spec=spec)
    if not isinstance(spec, Cluster) or len(spec.columns) != 1:
        raise InputError(
            "cov of a spatial panel must be Homoskedastic() (maximum likelihood) or Cluster of "
            f"one column; found {spec!r}. For example Cluster({design.sample.entity!r})."
        )
    return replace(_clustered(spec, at, found, design, order), spec=spec)


def _clustered(
    spec: Cluster, at: Layout, found: Solution, design: Design, order: Codes
) -> Covariance:
    name, P = spec.columns[0], len(found.params)
    rows = design.sample.codes(name)
    G = count_clusters([name], [rows])[0]
    codes = _of_regions(name, rows[order].reshape(at.y.shape), design)
    if G < FEW_CLUSTERS:
        caution(
            f"{G} clusters in {name!r}: clustered standard errors of spatial panels are too small "
            f"below about {FEW_CLUSTERS}, even with {G - 1} degrees of freedom. Cluster by a finer "
            "column, if errors allow it."
        )
    rule = SmallSample()
    extra = extra_components(design.effects)
    counts = Counts(at.y.size, P, design.effects, extra)
    scale = factor(rule, counts, parameters(rule, counts, [rows]), G)
    V = found.bread @ meat(at, found, codes) @ found.bread * scale
    title, statistics = f"cluster ({name}), {G}", {"n_clusters": float(G)}
    return Covariance(V[:P, :P], title, float(G - 1), statistics)


def _of_regions(name: str, codes: Codes, design: Design) -> Codes:
    """Return the cluster of each region, (N,), from codes (T, N)."""
    moving = (codes != codes[0]).any(axis=0)
    if moving.any():
        regions = sorted(design.sample.column(str(design.sample.entity)).unique())
        raise InputError(
            f"each region of a spatial panel lies in one cluster in all periods; {name!r} changes "
            f"within {listed(np.array(regions, dtype=object)[moving])}. Cluster by the region or "
            "by groups of regions."
        )
    first: Codes = codes[0]
    return first


def meat(at: Layout, found: Solution, codes: Codes) -> Array:
    """Return the meat (P + 1, P + 1) of the score of coefficients and sigma^2.

    codes : (N,) clusters of the regions
    """
    e, s2, K = found.residuals, found.sigma2, found.regressors.shape[2]
    own = np.einsum("tnk,tn->nk", found.regressors, e) / s2
    spread = (e * e).sum(axis=0) / (2 * s2**2) - at.n / at.y.shape[1] / (2 * s2)
    if len(found.params) == K:
        scores = cluster_sums(np.column_stack([own, spread]), codes)
        return np.asarray(scores.T @ scores)
    pairs, diagonal = _pairs(at, found, codes)
    lag = (found.pull * e).sum(axis=0) / s2 - at.periods * diagonal
    scores = cluster_sums(np.column_stack([own, lag, spread]), codes)
    scores[:, K] += np.diag(pairs) / (2 * s2)
    out: Array = scores.T @ scores
    np.fill_diagonal(pairs, 0.0)
    out[K, K] += np.sum(pairs * pairs) / (2 * s2**2)
    return out


def _pairs(at: Layout, found: Solution, codes: Codes) -> tuple[Array, Array]:
    """Return sum_{i in g, j in h} (G_ij + G_ji) e_i'e_j, (Gr, Gr), and the diagonal of G (N,)."""
    e, N = found.residuals, len(codes)
    member = sparse.csr_array((np.ones(N), (np.arange(N), codes)), shape=(N, n_levels(codes)))
    pairs, diagonal = np.zeros((n_levels(codes), n_levels(codes))), np.empty(N)
    for b, C, R in at.blocks(float(found.params[-1])):
        diagonal[b] = np.diag(C[b])
        by_group = member.T @ ((C + R) * (e.T @ e[:, b]))
        pairs += np.asarray(by_group @ member[b])
    return pairs, diagonal
