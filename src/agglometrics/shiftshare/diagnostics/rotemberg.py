"""Rotemberg weights: which sectors' shares drive the estimate.

Goldsmith-Pinkham, Sorkin and Swift (2020, Prop. 3): with x-perp and y-perp the residuals on
controls and w_i the shares of sector i (in a period),

    alpha_i = g_i w_i'xperp / sum_j g_j w_j'xperp,    beta_i = w_i'yperp / w_i'xperp,

the weights add up to one and sum_i alpha_i beta_i is the 2SLS estimate. The same holds for
groups c of shocks with the instruments z_c = sum_(i in c) g_i w_i and weights of one: their
alpha_c is the sum of the alpha_i, their beta_c the mean of the beta_i with these weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.shock_side import shocks_less_controls
from agglometrics.shiftshare.alignment.specification import Specification, specification
from agglometrics.shiftshare.diagnostics.just_identified import errors_of, just_identified
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked


def rotemberg_weights(g: Array, exposed_x: Array, exposed_y: Array) -> tuple[Array, Array]:
    """Return alpha and beta (I,) from shocks g and w_i'xperp, w_i'yperp, all (I,)."""
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
            "Rotemberg weights belong to one instrument with one shock per sector; found shocks "
            f"{list(design.shock_names)}, differing by location: "
            f"{design.local is not None}. Make a design with one of them."
        )


@checked
def rotemberg(
    self: HasAligned,
    outcome: str,
    treatment: str,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
    shock_controls: str | Sequence[str] | None = None,
    by: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the Rotemberg weight of each sector (in each period).

    Parameters
    ----------
    outcome, treatment, controls, weights, fixed_effects : as in `fit`
    shock_controls : None takes the shocks as they are; a list takes a constant and these
        controls out of them first, weighted by exposure ([] for the constant alone). With
        complete shares the estimate is the same, but adding a constant to all shocks then
        changes no weight
    by : column of the shocks (with periods, the sector): weights of groups of shocks, each with
        its part of the instrument in place of a share; None for each shock
    cluster : column of the locations with clusters of dependent errors; None for robust tests
    level : coverage of the Anderson-Rubin sets

    Returns
    -------
    pandas.DataFrame
        Keys (or the group), ``alpha``, ``beta`` (of the sector's share as the only instrument),
        ``shock``, ``f`` (first-stage F of that share), ``conf_low, conf_high, conf_pieces``
        (Anderson-Rubin set of beta; two pieces are rays, and the ends infinite), ``share_sd``
        (weighted standard deviation of the share over the locations of its period). Of a group,
        shock and share_sd are means weighted by alpha. See `rotemberg_panels` for summaries.

    Notes
    -----
    Goldsmith-Pinkham, Sorkin and Swift (2020), Proposition 3.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> weights = design.rotemberg("y", "x", controls=["q"])
    >>> round(float(weights["alpha"].sum()), 10)
    1.0
    >>> estimate = design.fit("y", "x", controls=["q"]).params[0]
    >>> bool(abs((weights["alpha"] * weights["beta"]).sum() - estimate) < 1e-10)
    True
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    return weights_of(self.aligned, (outcome, treatment), spec, level, by, cluster)
