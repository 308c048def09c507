"""The estimate without the shock of each sector, or of each group of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.shock_side import shocks_less_controls
from agglometrics.shiftshare.alignment.specification import Specification, specification
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked


def shock_parts(design: AlignedDesign, g: Array, v: Array) -> Array:
    """Return each shock's part (I,) in sum_n z_n v_n."""
    if design.local is not None:
        return np.asarray(design.local[0].T @ v)
    return np.asarray(g * (design.W.T @ v))


def without_each(
    design: AlignedDesign,
    outcome: str,
    treatment: str | None,
    spec: Specification,
    by: str | None,
) -> pd.DataFrame:
    """See `ShiftShareDesign.leave_one_out`."""
    if len(design.shock_names) != 1:
        raise InputError(
            f"leave_one_out() needs one known shock per sector; found {list(design.shock_names)}. "
            "Give the design one shock per sector that is the same for all locations."
        )
    space, g = design.space(spec), shocks_less_controls(design, spec)
    y, x = (
        shock_parts(design, g, space.root * space(values))
        for values in (design.location_values(outcome), design.regressor(treatment))
    )
    labels = design.sectors[design.keys.of_sectors]
    if by is not None:
        groups, names = pd.factorize(design.sector_values(by), sort=True)
        y, x = cluster_sums(np.column_stack([y, x]), groups).T
        labels = pd.DataFrame({by: names})
    estimate = ratio(y.sum() - y, x.sum() - x)
    return labels.assign(estimate=estimate, change=estimate - y.sum() / x.sum(), alpha=x / x.sum())


@checked
def leave_one_out(
    self: HasAligned,
    outcome: str,
    treatment: str | None = None,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
    shock_controls: str | Sequence[str] | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Estimate again without the shock of each sector, or of each group of them.

    The instrument loses the sector's part; its share stays where it is a control.

    Parameters
    ----------
    outcome, treatment, controls, weights, fixed_effects : as in `fit`
    shock_controls : as in `rotemberg`
    by : column of the shocks with groups that are left out together

    Returns
    -------
    pandas.DataFrame
        Keys (or the group), ``estimate`` without it, ``change`` from the full estimate,
        ``alpha`` its Rotemberg weight.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> len(design.leave_one_out("y", "x", by="cluster"))
    20
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    return without_each(self.aligned, outcome, treatment, spec, by)
