"""Rotemberg weights: which sectors' shares drive the estimate.

Goldsmith-Pinkham, Sorkin and Swift (2020, Prop. 3): with x-perp and y-perp the residuals on
controls and w_k the shares of sector k (in a period),

    alpha_k = g_k w_k'xperp / sum_j g_j w_j'xperp,    beta_k = w_k'yperp / w_k'xperp,

the weights add up to one and sum_k alpha_k beta_k is the 2SLS estimate. The same holds for
groups c of shocks with the instruments z_c = sum_(k in c) g_k w_k and weights of one: their
alpha_c is the sum of the alpha_k, their beta_c the mean of the beta_k with these weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.shock_side import shocks_less_controls
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.shiftshare.diagnostics.just_identified import errors_of, just_identified
from agglometrics.tables import ratio, require_columns
from agglometrics.tables.arguments import checked


def rotemberg_weights(g: Array, exposed_x: Array, exposed_y: Array) -> tuple[Array, Array]:
    """Return alpha and beta (I,) from shocks g and w_k'xperp, w_k'yperp, all (I,)."""
    parts = g * exposed_x
    return parts / parts.sum(), ratio(exposed_y, exposed_x)


def share_spread(design: AlignedDesign, weights: Array) -> Array:
    """Return (I,) standard deviations of a sector's share over the locations of its period."""
    time = design.keys.time
    mass = np.full(design.W.shape[1], weights.sum())
    if time is not None:
        of_period = pd.Series(weights).groupby(design.tables.locations[time]).sum()
        mass = design.sectors[time].map(of_period).fillna(weights.sum()).to_numpy()
    mean, square = (design.W.T @ weights) / mass, ((design.W * design.W).T @ weights) / mass
    return np.asarray(np.sqrt(np.maximum(square - mean**2, 0.0)))


@dataclass(frozen=True)
class Instruments:
    """What weights are given to: the shares of each shock, or the parts of groups in z.

    Attributes
    ----------
    Z : (N, M) instruments, with `loading` (M,) in z = Z loading
    labels : (M, ...) frame that names them
    member : (M, I) ones where a shock is in a group; None if each is on its own
    """

    Z: sparse.csr_array
    loading: Array
    labels: pd.DataFrame
    member: sparse.csr_array | None

    def average(self, values: Array, parts: Array) -> Array:
        """Return (M,) means of `values` (I,) weighted by `parts` (I,) of the weights."""
        if self.member is None:
            return values
        return ratio(self.member @ (parts * values), self.member @ parts)


def instruments_of(design: AlignedDesign, g: Array, by: str | None) -> Instruments:
    """Return the shares as instruments, or with `by` the parts of groups of shocks in z."""
    if by is None:
        return Instruments(design.W, g, design.sectors[design.keys.of_sectors].copy(), None)
    codes, names = pd.factorize(design.sector_values(by), sort=True)
    member = sparse.csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    Z = sparse.csr_array(design.W @ sparse.diags_array(g) @ member.T)
    return Instruments(Z, np.ones(len(names)), pd.DataFrame({by: names}), member)


def weights_of(
    design: AlignedDesign,
    names: tuple[str, str],
    spec: Specification,
    level: float,
    by: str | None = None,
    cluster: str | None = None,
) -> pd.DataFrame:
    """See `ShiftShareDesign.rotemberg`; `names` are the outcome and the treatment."""
    _refuse_several(design)
    space = design.space(spec)
    y, x = (space(design.location_values(name)) for name in names)
    g = shocks_less_controls(design, spec)
    parts = g * (design.W.T @ (space.root * x))
    if parts.sum() == 0:
        raise IdentificationError(
            "the shocks do not move the treatment: weights are not defined. "
            "Check the treatment and the shocks, or leave out controls that explain either."
        )
    made = instruments_of(design, g, by)
    exposed_x, exposed_y = (made.Z.T @ (space.root * v) for v in (x, y))
    alpha, beta = rotemberg_weights(made.loading, exposed_x, exposed_y)
    groups = None if cluster is None else design.location_groups(cluster)
    f, low, high, pieces = just_identified(made.Z, space, x, y, errors_of(groups, space, level))
    return made.labels.assign(
        alpha=alpha,
        beta=beta,
        shock=made.average(g, parts),
        f=f,
        conf_low=low,
        conf_high=high,
        conf_pieces=pieces.astype(int),
        share_sd=made.average(share_spread(design, space.root**2), parts),
    )


def _refuse_several(design: AlignedDesign) -> None:
    if design.shock_values.shape[1] != 1 or design.local is not None:
        raise InputError(
            "Rotemberg weights belong to one instrument with one shock a sector; found shocks "
            f"{list(design.shock_names)}, differing by location: "
            f"{design.local is not None}. Make a design with one of them."
        )


@dataclass(frozen=True)
class RotembergPanels:
    """The five panels in which Goldsmith-Pinkham, Sorkin and Swift report the weights.

    Attributes
    ----------
    signs : A; sum, mean and share of absolute weight of negative and positive weights
    correlations : B; of alpha, shock, beta, f and share_sd over sectors
    periods : C; sum and mean of the weights of each period (of all, without periods)
    sectors : D; alpha, shock, beta, its confidence set and share_sd, largest alpha first
    estimates : E; beta by sign of the weight: alpha-weighted sum, its share, mean
    """

    signs: pd.DataFrame
    correlations: pd.DataFrame
    periods: pd.DataFrame
    sectors: pd.DataFrame
    estimates: pd.DataFrame


MEASURES = ["alpha", "shock", "beta", "f", "share_sd"]


@checked
def rotemberg_panels(
    weights: pd.DataFrame,
    by_period: pd.DataFrame | None = None,
    *,
    sector: str = "sector",
    time: str = "time",
) -> RotembergPanels:
    """Summarise what `ShiftShareDesign.rotemberg` returns, in panels A to E.

    Parameters
    ----------
    weights : one row per sector. In a design with periods that is ``rotemberg(..., by="sector")``:
        Goldsmith-Pinkham, Sorkin and Swift add up over periods before they summarise
    by_period : one row per sector and period, for panel C
    sector, time : names of the key columns

    Raises
    ------
    InputError
        If a sector comes in several rows of `weights`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "sector": ["s", "t"], "alpha": [1.5, -0.5], "beta": [2.0, 4.0],
    ...     "shock": [1.0, 2.0], "f": [10.0, 3.0], "share_sd": [0.1, 0.2],
    ... })
    >>> rotemberg_panels(frame).signs["sum"].tolist()
    [-0.5, 1.5]
    """
    require_columns(weights, [sector, *MEASURES])
    _refuse_periods(weights, sector)
    sign = np.where(weights["alpha"] < 0, "negative", "positive")
    parts = weights.assign(part=weights["alpha"] * weights["beta"].fillna(0.0), sign=sign)
    by_sign = parts.groupby("sign")
    signs = by_sign["alpha"].agg(["sum", "mean", "size"]).reset_index()
    signs["share"] = signs["sum"].abs() / weights["alpha"].abs().sum()
    estimates = by_sign.agg(alpha_weighted_sum=("part", "sum"), mean=("beta", "mean")).reset_index()
    estimates["share"] = estimates["alpha_weighted_sum"] / parts["part"].sum()
    return RotembergPanels(
        signs=signs,
        correlations=weights[MEASURES].corr(),
        periods=_periods(weights if by_period is None else by_period, time),
        sectors=weights.sort_values("alpha", ascending=False, ignore_index=True),
        estimates=estimates,
    )


def _refuse_periods(weights: pd.DataFrame, sector: str) -> None:
    repeats = int(weights[sector].duplicated().sum())
    if repeats:
        raise InputError(
            f"panels A, B, D and E have one row per sector; {repeats} rows repeat one. Add up over "
            f"periods with design.rotemberg(..., by={sector!r}), and give the weights by period "
            "as by_period=."
        )


def _periods(by_period: pd.DataFrame, time: str) -> pd.DataFrame:
    labels = by_period[time] if time in by_period else pd.Series("all", by_period.index, name=time)
    return by_period.groupby(labels)["alpha"].agg(["sum", "mean"]).reset_index()
