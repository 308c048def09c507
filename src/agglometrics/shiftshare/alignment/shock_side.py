"""The regression of shocks that equals the regression of locations.

Borusyak, Hull and Jaravel (2022, Prop. 1): with y-perp and x-perp the location-level residuals,

    s_i = sum_n omega_n w_ni,    ybar_i = sum_n omega_n w_ni yperp_n / s_i,

2SLS of y on x instrumented by z = W g equals 2SLS of ybar on xbar instrumented by g, weighted by
s_i. It still does with a constant and shock controls q_i when the locations' controls contain
their exposure, sum_i w_ni (1, q_i) (their Prop. 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.keys import known
from agglometrics.shiftshare.alignment.partialling import Partialler, partial_out
from agglometrics.shiftshare.alignment.specification import Specification, distinct, specification
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class ShockSide:
    """A design seen from its shocks: exposures, and shocks with their controls taken out.

    Attributes
    ----------
    design : the design
    used : (M,) positions of the sectors with exposure
    s : (M,) exposure, the sum over locations of omega w
    space : what is taken out of shocks: a constant and the shock controls, weighted by s
    g : (M, L) shocks, root-s weighted residuals
    """

    design: AlignedDesign
    used: NDArray[np.intp]
    s: Array
    space: Partialler
    g: Array

    def totals(self, v: Array) -> Array:
        """Return sum_n omega_n w_ni v_n (M, ...) of a root-weighted (N, ...) variable."""
        return np.asarray(self.design.W.T @ v)[self.used]

    def averages(self, v: Array, root: Array) -> Array:
        """Return vbar_i (M, ...) of a root-weighted (N, ...) variable."""
        return ((self.totals((root * v.T).T)).T / self.s).T

    def moments(self, v: Array, root: Array) -> Array:
        """Return each shock's part in sum_n z_n v_n: (M, L) for root-weighted v (N,).

        Shocks that differ by location bring sum_n omega_n w_ni (g_ni - q_i gamma) v_n.
        """
        local = self.design.local
        if local is None:
            return self.g * self.space(self.averages(v, root))[:, None]
        own = np.column_stack([np.asarray(P.T @ (root * v))[self.used] for P in local])
        shocks = self.design.shock_values[self.used]
        explained = shocks - self.g / self.space.root[:, None]
        return own - explained * self.totals(root * v)[:, None]


def shock_side(design: AlignedDesign, weights: Array, shock_controls: Sequence[str]) -> ShockSide:
    """Return the design seen from its shocks, under location `weights` (N,).

    Raises
    ------
    InputError
        Where only the instrument is known, not the shocks.
    """
    if design.g is None:
        raise InputError(
            "shock-level inference needs the shocks; this design knows only the instrument "
            f"{list(design.instrument_names)}. Pass the table of shocks, or use cov=AKM()."
        )
    exposure = design.exposures(weights)
    below = int((exposure < 0).sum())
    if below:
        raise InputError(
            f"{below} sectors have negative exposure because shares are negative; they cannot "
            "weight a regression of shocks. Use cov=AKM(), or shares that are not negative."
        )
    used = np.flatnonzero(exposure > 0)
    space = shock_space(design, used, exposure[used], shock_controls)
    return ShockSide(design, used, exposure[used], space, space(design.shock_values[used]))


def shock_space(
    design: AlignedDesign, used: NDArray[np.intp], s: Array, shock_controls: Sequence[str]
) -> Partialler:
    """Prepare the partialling of a constant and the shock controls, weighted by s (M,)."""
    columns, effects, names = [], [], []
    for name in shock_controls:
        values = design.sector_values(name).iloc[used]
        if is_effect(values, name, design):
            effects.append(pd.factorize(values, sort=True)[0])
        else:
            columns.append(known(values.to_frame(name), name, "shocks"))
            names.append(name)
    matrix = np.column_stack(columns) if columns else np.empty((len(used), 0))
    return partial_out(matrix, names, effects, s)


def shocks_less_controls(design: AlignedDesign, spec: Specification) -> Array:
    """Return the shocks (I,) as they are, or less their exposure-weighted mean and controls."""
    g: Array = design.shock_values[:, 0].copy()
    if spec.shock_controls is None:
        return g
    side = shock_side(design, design.location_weights(spec.weights), spec.shock_controls)
    g[side.used] = side.g[:, 0] / side.space.root
    return g


def is_effect(values: pd.Series[Any], name: str, design: AlignedDesign) -> bool:
    """Return whether a shock control is a set of effects: a key, or not numeric."""
    boolean = pd.api.types.is_bool_dtype(values)
    return name in design.keys.of_sectors or not (boolean or pd.api.types.is_numeric_dtype(values))


def exposure(design: AlignedDesign, shock_controls: Sequence[str]) -> pd.DataFrame:
    """Return each location's exposure to the constant and the shock controls, as columns.

    ``sum_of_shares`` for the constant (``sum_of_shares_1990`` ... with effects of periods),
    ``exposure_q`` for a control q. They belong among the locations' controls.
    """
    effects = [c for c in shock_controls if is_effect(design.sector_values(c), c, design)]
    columns = {} if effects else {"sum_of_shares": design.sums_of_shares}
    for name in shock_controls:
        values = design.sector_values(name)
        if name in effects:
            columns |= _exposure_to_groups(design, name, values)
        else:
            known_values = known(values.to_frame(name), name, "shocks")
            columns[f"exposure_{name}"] = np.asarray(design.W @ known_values)
    keys = design.tables.locations[design.keys.of_locations].reset_index(drop=True)
    return pd.concat([keys, pd.DataFrame(columns)], axis=1)


def _exposure_to_groups(
    design: AlignedDesign, name: str, values: pd.Series[Any]
) -> dict[str, Array]:
    """Return each location's sum of shares in every group of shocks, by column."""
    codes, labels = pd.factorize(values, sort=True)
    member = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    sums = (design.W @ member).toarray()
    stem = "sum_of_shares" if name == design.keys.time else f"exposure_{name}"
    return {f"{stem}_{label}": sums[:, k] for k, label in enumerate(labels)}


def shock_level_table(
    design: AlignedDesign,
    columns: Sequence[str],
    spec: Specification,
) -> pd.DataFrame:
    """See `ShiftShareDesign.shock_level`."""
    omega = design.location_weights(spec.weights)
    space = design.space(spec)
    side = shock_side(design, omega, ())
    out = design.sectors.iloc[side.used].reset_index(drop=True)
    out["exposure"] = side.s / omega.sum()
    for name in columns:
        out[name] = side.averages(space(design.location_values(name)), space.root)
    return out


@checked
def shock_level(
    self: HasAligned,
    columns: str | Sequence[str],
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
) -> pd.DataFrame:
    """Return exposure-weighted averages of location-level residuals, one row per shock.

    Parameters
    ----------
    columns : columns of the locations (outcome, treatment), or instruments
    controls, weights, fixed_effects : as in `fit`

    Returns
    -------
    pandas.DataFrame
        The table of shocks, ``exposure`` (adds up to the weighted mean sum of shares) and
        one column for each of `columns`. The regression of these rows, weighted by
        ``exposure`` and instrumented by the shock, is the location-level one
        (Borusyak, Hull and Jaravel 2022, Prop. 1).

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> design.shock_level(["y", "x"], controls=["q"]).columns.tolist()
    ['sector', 'shock', 'cluster', 'age', 'exposure', 'y', 'x']
    """
    spec = specification(controls, fixed_effects, weights, ())
    return shock_level_table(self.aligned, distinct(columns, "columns"), spec)
