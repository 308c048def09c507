"""The empirical covariogram of residuals, and the distance at which it first vanishes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array

BINS = 40  # of distance, up to half of the largest
MOST = 3000  # places whose pairs are looked at; more are thinned by a seeded draw


@dataclass(frozen=True)
class Covariogram:
    """Covariances of residuals by distance.

    Attributes
    ----------
    km : the cut-off: upper edge of the last bin before the covariance is first zero or negative,
        at least that of the first bin
    table : one row per bin: km_from, km_to, covariance, n_pairs
    """

    km: float
    table: pd.DataFrame = field(repr=False)


def covariogram(residuals: Array, xyz: Array, radius: float) -> Covariogram:
    """Return C(b), the mean of sum_t u_pt u_qt over the pairs of places b apart, and its range.

    The distance at which it first vanishes stands for the range of correlation beyond which
    Conley's kernel need not reach. It is an estimate: noise may end it too early in small samples,
    and in residuals that a trend in space is left in it ends late. Bins without pairs are skipped.

    residuals : (P, T)    xyz : (P, 3), in an order that ignores that of the table
    """
    if len(xyz) > MOST:
        chosen = np.sort(np.random.default_rng(0).choice(len(xyz), MOST, replace=False))
        residuals, xyz = residuals[chosen], xyz[chosen]
    first, second = np.triu_indices(len(xyz), 1)
    chord = np.sqrt(sum((axis[first] - axis[second]) ** 2 for axis in xyz.T))
    km = 2 * np.arcsin(np.minimum(chord / 2, 1)) * radius
    largest = float(km.max(initial=0.0))
    if not largest > 0:
        raise InputError("a cut-off from the data needs two places apart. Pass km=... .")
    width = largest / 2 / BINS
    bin_of = np.minimum(km / width, BINS).astype(np.intp)
    products = (residuals @ residuals.T)[first, second]
    pairs = np.bincount(bin_of, minlength=BINS + 1)[:BINS]
    with np.errstate(invalid="ignore"):
        value = np.bincount(bin_of, products, minlength=BINS + 1)[:BINS] / pairs
    gone = np.flatnonzero(value <= 0)
    last = int(gone[0]) if len(gone) else BINS
    edges = width * np.arange(BINS + 1)
    columns = {"km_from": edges[:-1], "km_to": edges[1:], "covariance": value, "n_pairs": pairs}
    return Covariogram(float(edges[max(last, 1)]), pd.DataFrame(columns))
