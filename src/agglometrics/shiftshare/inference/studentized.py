"""Test statistics of randomisation inference: recentred, and over its standard error or not.

With e = W'(omega y_perp - b omega x_perp) (I,), the residuals under the null by shock, and
mu the mean of the shocks over the draws, the actual one among them, the recentred statistic of
Borusyak and Hull (2023) is T = sum_i (g_i - mu_i) e_i. Its draws are its distribution only if
the draws are as likely as the actual shocks. `Studentized` divides it by

    V = sum_c (sum_{i in c} (g_i - mu_i) (e_i - ebar_i))^2,

with c the clusters and ebar_i the mean of e over the places among which a permutation moves the
shock of i (zero without a permutation). Where shocks are not exchangeable because their variance
differs, T over root V is still standard normal in large samples, and so is its permutation
distribution, since the permuted shocks are unrelated to e (DiCiccio and Romano 2017 for
correlations, of whom only the abstract could be read; Alvarez, Ferman and Wuthrich 2022 for
shift-share designs, of whom only the abstract and the opening of the introduction). V is written
out from the null-imposed variance of `ShockLevel0`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array, Codes
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.shiftshare.inference.blocks import blocks
from agglometrics.shiftshare.inference.counterfactuals import (
    Counterfactual,
    Permutation,
    SignFlips,
)
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class ShockDraws:
    """The actual and the counterfactual shocks, and the exposed outcome and treatment.

    Attributes
    ----------
    design : the shares and clusters    source : where the draws come from
    centred : (B, I) draws minus their mean, the actual shocks first
    exposed : (I, 2) W'y and W'x, exposure-weighted sums over locations
    """

    design: AlignedDesign
    source: Counterfactual | pd.DataFrame
    centred: Array
    exposed: Array


@runtime_checkable
class Statistic(Protocol):
    """What a randomisation test compares over the draws."""

    def variances(self, shocks: ShockDraws) -> Array:
        """Return V's coefficients of 1, -2 b and b^2 (B, 3)."""


@checked
@dataclass(frozen=True)
class Studentized:
    """The recentred statistic over its standard error: valid if variances of shocks differ.

    Attributes
    ----------
    cluster : column(s) of the shocks within whose groups they are dependent; None for the
        clusters of the counterfactuals, and without those for each sector on its own, its
        periods together
    """

    cluster: Columns | None = None

    def variances(self, shocks: ShockDraws) -> Array:
        """Return V's coefficients of 1, -2 b and b^2 (B, 3)."""
        design, source, exposed = shocks.design, shocks.source, shocks.exposed
        own = source.cluster if isinstance(source, Permutation | SignFlips) else None
        groups = design.shock_groups(self.cluster or own)
        if isinstance(source, Permutation):
            exposed = _less_means(exposed, blocks(design, source.within, source.cluster).places)
        return squares(shocks.centred, exposed, groups)


@checked
@dataclass(frozen=True)
class Unstudentized:
    """The recentred statistic itself (Borusyak and Hull 2023): valid if the draws are correct."""

    def variances(self, shocks: ShockDraws) -> Array:
        """Return ones for V, whatever b."""
        return np.tile([1.0, 0.0, 0.0], (len(shocks.centred), 1))


def squares(centred: Array, exposed: Array, groups: Codes | None) -> Array:
    """Return sums over clusters of m_y^2, m_y m_x and m_x^2 (B, 3), m = (g - mu) e by cluster.

    centred : (B, I)    exposed : (I, 2) for y and x    groups : (I,) codes
    """
    y, x = (cluster_sums((centred * e).T, groups) for e in exposed.T)
    return np.column_stack([(y * y).sum(axis=0), (y * x).sum(axis=0), (x * x).sum(axis=0)])


def _less_means(values: Array, codes: Codes) -> Array:
    return np.asarray(values - (cluster_sums(values, codes).T / np.bincount(codes)).T[codes])
