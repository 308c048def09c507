"""The distribution of the shocks, weighted by exposure, and their effective number.

Borusyak, Hull and Jaravel (2022), Table 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.linalg.groups import cluster_sums, effective_number
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.shock_side import shock_side
from agglometrics.shiftshare.alignment.specification import Specification, distinct, specification
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked


def summary(design: AlignedDesign, spec: Specification, clusters: Sequence[str]) -> pd.DataFrame:
    """See `ShiftShareDesign.shock_summary`."""
    omega = design.location_weights(spec.weights)
    side = shock_side(design, omega, spec.shock_controls or ())
    shocks = design.shock_values[side.used]
    if spec.shock_controls is not None:
        shocks = side.g / side.space.root[:, None]
    rows = []
    for name, g in zip(design.shock_names, shocks.T, strict=True):
        row = {"shock": name, "n_shocks": len(g), **weighted_moments(g, side.s)}
        row |= {"effective_shocks": effective_number(side.s)}
        row |= {"largest_exposure": side.s.max() / side.s.sum()}
        for column in clusters:
            groups = design.sector_groups(column)
            assert groups is not None
            row |= _cluster_row(column, g, side.s, groups[side.used])
        rows.append(row)
    return pd.DataFrame(rows)


def _cluster_row(column: str, g: Array, s: Array, groups: NDArray[np.intp]) -> dict[str, float]:
    sums = cluster_sums(s[:, None], groups)[:, 0]
    sums = sums[sums > 0]
    return {
        f"n_{column}": len(sums),
        f"effective_{column}": effective_number(sums),
        f"largest_{column}": float(sums.max() / sums.sum()),
        f"icc_{column}": intraclass_correlation(g, s, groups),
    }


def weighted_moments(g: Array, s: Array) -> dict[str, float]:
    """Return mean, standard deviations and interquartile range of g (I,) weighted by s (I,).

    The variance of ``sd`` divides by the sum of s; that of ``sd_sample`` is I / (I - 1) times
    larger, which is Stata's for analytic weights.
    """
    mean = float(s @ g / s.sum())
    variance = float(s @ (g - mean) ** 2 / s.sum())
    sample = ratio(variance * len(g), len(g) - 1)
    low, high = (weighted_quantile(g, s, q) for q in (0.25, 0.75))
    return {
        "mean": mean,
        "sd": float(np.sqrt(variance)),
        "sd_sample": float(np.sqrt(sample)),
        "iqr": high - low,
    }


def weighted_quantile(g: Array, s: Array, q: float) -> float:
    """Return the smallest value at which the weighted distribution function exceeds q.

    Where it equals q exactly, the midpoint to the next value, as Stata's ``pctile`` does.
    """
    order = np.argsort(g, kind="stable")
    cumulative = np.cumsum(s[order]) / s.sum()
    k = int(np.searchsorted(cumulative, q * (1 + 1e-14), side="right"))
    if k > 0 and abs(cumulative[k - 1] - q) < 1e-14:
        return float(g[order][k - 1 : k + 1].mean())
    return float(g[order][min(k, len(g) - 1)])


def intraclass_correlation(g: Array, s: Array, groups: NDArray[np.intp]) -> float:
    """Return the exposure-weighted correlation of shocks within groups.

    With g in deviation from its weighted mean, over pairs i != j in one group c,

        icc = [sum s_i s_j g_i g_j / sum s_i s_j] / [sum s_i g_i^2 / sum s_i].
    """
    d = g - s @ g / s.sum()
    total, mass = np.bincount(groups, s * d), np.bincount(groups, s)
    pairs = (total @ total) - ((s * d) @ (s * d))
    weight = (mass @ mass) - (s @ s)
    return float(ratio(pairs / weight if weight > 0 else np.nan, s @ d**2 / s.sum()))


@checked
def shock_summary(
    self: HasAligned,
    *,
    weights: str | None = None,
    clusters: str | Sequence[str] = (),
    shock_controls: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the distribution of the shocks, weighted by exposure.

    Parameters
    ----------
    weights : column of the locations with regression weights
    clusters : columns of the shocks with groups
    shock_controls : None describes the shocks as they are; a list describes what a
        constant and these controls leave

    Returns
    -------
    pandas.DataFrame
        One row per shock: ``n_shocks, mean, sd, sd_sample, iqr, effective_shocks`` (inverse
        Herfindahl index of exposure), ``largest_exposure``, and for each cluster column c: ``n_c,
        effective_c, largest_c, icc_c`` (intra-class correlation: of pairs of shocks in a
        group, weighted by exposure; a moment estimate, not the mixed model of the paper).

    Notes
    -----
    Borusyak, Hull and Jaravel (2022), Table 1, which prints ``sd_sample``: Stata multiplies a
    weighted variance by I / (I - 1), with I shocks, and ``sd`` does not.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> row = design.shock_summary(clusters=["cluster"]).iloc[0]
    >>> int(row["n_shocks"]), int(row["n_cluster"])
    (60, 20)
    """
    spec = specification((), (), weights, shock_controls)
    return summary(self.aligned, spec, distinct(clusters, "clusters"))
