"""Rotemberg weights: which sectors' shares drive the estimate.

Goldsmith-Pinkham, Sorkin and Swift (2020, eq. 3-4 and Prop. 3): with x-perp and y-perp the
residuals on controls and w_k the shares of sector k (in a period),

    alpha_k = g_k w_k'xperp / sum_j g_j w_j'xperp,    beta_k = w_k'yperp / w_k'xperp,

the weights add up to one and sum_k alpha_k beta_k is the 2SLS estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, special

from agglometrics.errors import IdentificationError, InputError
from agglometrics.shiftshare.aligned import AlignedDesign
from agglometrics.shiftshare.kernels import quadratic_set
from agglometrics.shiftshare.partialling import Partialler
from agglometrics.shiftshare.shock_level import shocks_less_controls
from agglometrics.shiftshare.specification import Specification
from agglometrics.tables import Array, ratio

BLOCK = 256  # sectors whose shares are dense at a time


def rotemberg_weights(g: Array, exposed_x: Array, exposed_y: Array) -> tuple[Array, Array]:
    """Return alpha and beta (I,) from shocks g and w_k'xperp, w_k'yperp, all (I,)."""
    parts = g * exposed_x
    return parts / parts.sum(), ratio(exposed_y, exposed_x)


@dataclass(frozen=True)
class JustIdentified:
    """Each sector's share as the only instrument.

    Attributes
    ----------
    f : (I,) heteroskedasticity-robust first-stage F
    low, high : (I,) ends of the Anderson-Rubin set of beta
    pieces : (I,) number of pieces of the set; two rays reach from -inf to inf
    variance : (I,) variance of the share over locations
    """

    f: Array
    low: Array
    high: Array
    pieces: Array
    variance: Array


def just_identified(
    W: sparse.csr_array, space: Partialler, x: Array, y: Array, critical: float
) -> JustIdentified:
    """Return first-stage F and Anderson-Rubin sets with each column of W (N, I) as instrument.

    x, y : (N,) root-weighted residuals. The cost grows as N I C, with C controls.
    """
    slack = len(x) - space.rank - 1
    scale = len(x) / slack
    blocks = [
        _block(dense, space, np.column_stack([y, x]), scale, critical) for dense in _blocks(W)
    ]
    return JustIdentified(*np.hstack(blocks))


def _blocks(W: sparse.csr_array) -> Iterator[Array]:
    columns = W.tocsc()
    for start in range(0, W.shape[1], BLOCK):
        yield columns[:, start : start + BLOCK].toarray()


def _block(dense: Array, space: Partialler, yx: Array, scale: float, critical: float) -> Array:
    """Return (5, M) statistics of M instruments."""
    Z = space(dense)
    size = (Z * Z).sum(axis=0)
    total = Z.T @ yx
    coefficients = ratio(total, size[:, None])
    uy = yx[:, :1] - Z * coefficients[:, 0]
    ux = yx[:, 1:] - Z * coefficients[:, 1]
    squares = Z * Z
    ss = [(squares * a * b).sum(axis=0) * scale for a, b in ((uy, uy), (uy, ux), (ux, ux))]
    f = ratio(total[:, 1] ** 2, ss[2])
    ends = np.array([_hull(row, critical) for row in zip(*total.T, *ss, strict=True)]).reshape(
        -1, 3
    )
    return np.vstack([f, ends.T, dense.var(axis=0)])


def _hull(row: tuple[float, ...], critical: float) -> tuple[float, float, float]:
    """Return the ends of an Anderson-Rubin set, and its number of pieces."""
    B, A, yy, xy, xx = row
    c2 = critical**2
    pieces = quadratic_set(A * A - c2 * xx, A * B - c2 * xy, B * B - c2 * yy)
    if not pieces:
        return (np.nan, np.nan, 0)
    return (pieces[0][0], pieces[-1][1], len(pieces))


def weights_of(
    design: AlignedDesign,
    outcome: str,
    treatment: str,
    spec: Specification,
    level: float,
) -> pd.DataFrame:
    """See `ShiftShareDesign.rotemberg`."""
    if design.shock_values.shape[1] != 1 or design.local is not None:
        raise InputError(
            "Rotemberg weights belong to one instrument with one shock a sector; found shocks "
            f"{list(design.shock_names)}, differing by location: "
            f"{design.local is not None}. Make a design with one of them."
        )
    space = design.space(spec)
    x, y = (space(design.location_values(name)) for name in (treatment, outcome))
    g = shocks_less_controls(design, spec)
    exposed_x, exposed_y = (design.W.T @ (space.root * v) for v in (x, y))
    if g @ exposed_x == 0:
        raise IdentificationError("the shocks do not move the treatment: weights are not defined.")
    alpha, beta = rotemberg_weights(g, exposed_x, exposed_y)
    each = just_identified(design.W, space, x, y, float(special.ndtri(0.5 + level / 2)))
    out = design.sectors[design.keys.of_sectors].copy()
    return out.assign(
        alpha=alpha,
        beta=beta,
        shock=g,
        f=each.f,
        conf_low=each.low,
        conf_high=each.high,
        conf_pieces=each.pieces.astype(int),
        share_variance=each.variance,
    )


@dataclass(frozen=True)
class RotembergPanels:
    """The five panels in which Goldsmith-Pinkham, Sorkin and Swift report the weights.

    Attributes
    ----------
    signs : A; sum, mean and share of absolute weight of negative and positive weights
    correlations : B; of alpha, shock, beta, f and share_variance over shocks
    periods : C; sum and mean of the weights of each period (of all, without periods)
    sectors : D; alpha, beta and mean shock of each sector over periods, largest alpha first
    estimates : E; beta by sign of the weight: alpha-weighted sum, its share, mean
    """

    signs: pd.DataFrame
    correlations: pd.DataFrame
    periods: pd.DataFrame
    sectors: pd.DataFrame
    estimates: pd.DataFrame


def rotemberg_panels(
    weights: pd.DataFrame, *, sector: str = "sector", time: str | None = None
) -> RotembergPanels:
    """Summarise the frame that `ShiftShareDesign.rotemberg` returns, in panels A to E.

    Parameters
    ----------
    weights : frame with the keys and ``alpha, beta, shock, f, share_variance``
    sector, time : names of the key columns

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "sector": ["s", "t"], "alpha": [1.5, -0.5], "beta": [2.0, 4.0],
    ...     "shock": [1.0, 2.0], "f": [10.0, 3.0], "share_variance": [0.1, 0.2],
    ... })
    >>> rotemberg_panels(frame).signs["sum"].tolist()
    [-0.5, 1.5]
    """
    sign = np.where(weights["alpha"] < 0, "negative", "positive")
    parts = weights.assign(part=weights["alpha"] * weights["beta"].fillna(0.0), sign=sign)
    by_sign = parts.groupby("sign")
    signs = by_sign["alpha"].agg(["sum", "mean", "size"]).reset_index()
    signs["share"] = signs["sum"].abs() / weights["alpha"].abs().sum()
    estimates = by_sign.agg(alpha_weighted_sum=("part", "sum"), mean=("beta", "mean")).reset_index()
    estimates["share"] = estimates["alpha_weighted_sum"] / parts["part"].sum()
    columns = ["alpha", "shock", "beta", "f", "share_variance"]
    grouped = parts.groupby(time) if time is not None else parts.groupby(lambda _: "all")
    return RotembergPanels(
        signs=signs,
        correlations=weights[columns].corr(),
        periods=grouped["alpha"].agg(["sum", "mean"]).reset_index(),
        sectors=_by_sector(parts, sector),
        estimates=estimates,
    )


def _by_sector(parts: pd.DataFrame, sector: str) -> pd.DataFrame:
    """Return alpha_k = sum_t alpha_kt and beta_k = sum_t alpha_kt beta_kt / alpha_k."""
    out = parts.groupby(sector).agg(
        alpha=("alpha", "sum"), part=("part", "sum"), shock=("shock", "mean")
    )
    out["beta"] = ratio(out.pop("part"), out["alpha"])
    return out.sort_values("alpha", ascending=False).reset_index()[
        [sector, "alpha", "beta", "shock"]
    ]
