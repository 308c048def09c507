"""`check`: the two paths of the practical guide, and the assumptions of each.

Borusyak, Hull and Jaravel (2025): a shift-share estimate is identified either by many shocks
that are as good as random (the shares may be endogenous), or by shares that are exogenous one by
one (the shocks only weight them). Each path has its own checklist.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agglometrics.errors import AgglometricsError
from agglometrics.linalg.groups import cluster_sums, effective_number
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.doubts import COMPLETE
from agglometrics.shiftshare.alignment.shock_side import exposure
from agglometrics.shiftshare.alignment.specification import (
    Specification,
    names_of,
    specification,
)
from agglometrics.shiftshare.diagnostics.rotemberg import weights_of
from agglometrics.shiftshare.fitting import estimate
from agglometrics.shiftshare.inference.defaults import FEW
from agglometrics.shiftshare.inference.share_projection import (
    MAX_CONDITION,
    project_on_shares,
    scale_rows,
)
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.tables.arguments import checked

DOMINANT = 0.1  # exposure of one shock above which averages over shocks are doubtful
WEAK = 10.0  # first-stage F

Row = tuple[str, str, float, str, str]
COLUMNS = ["path", "item", "value", "verdict", "meaning"]
ASSUMPTIONS = {
    "shocks": "shocks are as good as random given the shock controls, many, and none dominates; "
    "shares may be endogenous. Argue it, and show balance().",
    "shares": "each sector's share is unrelated to changes in the outcome but through the "
    "treatment; shocks only weight the shares. Argue it, show rotemberg() and the pre-trends of "
    "the sectors with large weights.",
}


def checklist(
    design: AlignedDesign,
    names: tuple[str, str | None],
    spec: Specification,
    cluster: str | None,
) -> pd.DataFrame:
    """See `ShiftShareDesign.check`."""
    rows = [
        _assumption("shocks"),
        *_number_of_shocks(design, spec, cluster),
        _sums_controlled(design, spec),
        _akm_feasible(design, spec),
        *_shock_level_fit(design, names, spec, cluster),
        _assumption("shares"),
        *_concentration(design, names[1], spec),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _assumption(path: str) -> Row:
    return (path, "assumption", np.nan, "argue", ASSUMPTIONS[path])


def _number_of_shocks(design: AlignedDesign, spec: Specification, cluster: str | None) -> list[Row]:
    s = design.exposures(design.location_weights(spec.weights))
    groups = design.shock_groups(cluster)
    sums = cluster_sums(s[:, None], groups)[:, 0]
    unit = "shocks" if cluster is None else f"groups of shocks ({cluster})"
    effective, largest = effective_number(sums), float(sums.max() / sums.sum())
    few = (
        f"inverse Herfindahl index of exposure; below {FEW:g} normal critical values are doubtful: "
        "impose the null (ShockLevel0) or use randomization_test()."
    )
    return [
        ("shocks", f"effective number of {unit}", effective, _good(effective >= FEW), few),
        (
            "shocks",
            f"largest exposure among {unit}",
            largest,
            _good(largest <= DOMINANT),
            "averages over shocks converge only if none dominates.",
        ),
    ]


def _good(holds: bool) -> str:
    return "good" if holds else "doubtful"


def _sums_controlled(design: AlignedDesign, spec: Specification) -> Row:
    """Report whether the locations' controls span the exposure to constant and shock controls."""
    item = "exposure to the constant and shock controls is controlled"
    space = design.space(spec)
    columns = exposure(design, spec.shock_controls or ())
    raw = columns.drop(columns=design.keys.of_locations).to_numpy(dtype=np.float64)
    size = np.linalg.norm(raw * space.root[:, None], axis=0)
    left = float((np.linalg.norm(space(raw), axis=0) / np.where(size > 0, size, 1.0)).max())
    meaning = (
        "largest part of a sum of shares that the controls leave; otherwise use with_exposure() "
        "or with_missing_sector(): locations with larger sums differ in more than their shocks."
    )
    return ("shocks", item, left, "good" if left <= COMPLETE else "wrong", meaning)


def _akm_feasible(design: AlignedDesign, spec: Specification) -> Row:
    weights = design.location_weights(spec.weights)
    scaled = scale_rows(design.W, np.sqrt(weights))
    try:
        _, condition = project_on_shares(scaled, np.zeros(len(weights)))
    except AgglometricsError as error:
        return ("shocks", "AKM is available", np.nan, "no", str(error))
    meaning = f"condition number of the shares; AKM accepts up to {MAX_CONDITION:.0e}."
    return ("shocks", "AKM is available", condition, "yes", meaning)


def _shock_level_fit(
    design: AlignedDesign,
    names: tuple[str, str | None],
    spec: Specification,
    cluster: str | None,
) -> list[Row]:
    """Report whether both levels give one estimate, and how strong the first stage is."""
    outcome, treatment = names
    item = "locations and shocks give the same estimate"
    try:
        estimates = estimate(design, outcome, names_of(treatment), spec, ShockLevel(cluster))
    except AgglometricsError as error:
        return [("shocks", item, np.nan, "no", str(error))]
    value = float(estimates.params[0])
    rows: list[Row] = [("shocks", item, value, "yes", f"estimate: {estimates.covariance.name}.")]
    if treatment is not None:
        f = estimates.first_stage().covariance.statistics["F"]
        weak = f"below {WEAK:g} report sets that impose the null (ShockLevel0, AKM0)."
        rows.append(
            ("shocks", "exposure-robust first-stage F", f, "good" if f >= WEAK else "weak", weak)
        )
    return rows


def _concentration(design: AlignedDesign, treatment: str | None, spec: Specification) -> list[Row]:
    """Report how many sectors' shares drive the estimate."""
    if treatment is None or len(design.shock_names) != 1 or design.local is not None:
        return []
    alpha = weights_of(design, (treatment, treatment), spec, 0.95)["alpha"].to_numpy()
    size = np.sort(np.abs(alpha))[::-1]
    top, negative = float(size[:5].sum() / size.sum()), float(-alpha[alpha < 0].sum())
    return [
        (
            "shares",
            "part of the five largest Rotemberg weights",
            top,
            "concentrated" if top > 0.5 else "spread",
            "concentrated weights are few shares to argue for; spread ones are many: then the "
            "path of the shocks is the natural one.",
        ),
        (
            "shares",
            "sum of negative Rotemberg weights",
            negative,
            _good(negative <= DOMINANT),
            "with heterogeneous effects, negative weights need not average to a causal effect.",
        ),
    ]


@checked
def check(
    self: HasAligned,
    outcome: str,
    treatment: str | None = None,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    shock_controls: str | Sequence[str] = (),
    fixed_effects: str | Sequence[str] = (),
    cluster: str | None = None,
) -> pd.DataFrame:
    """Check the two paths of the practical guide: what identifies the estimate, and how well.

    Returns
    -------
    pandas.DataFrame
        ``path`` ("shocks" or "shares"), ``item, value, verdict, meaning``.

    Notes
    -----
    Borusyak, Hull and Jaravel (2025).

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> found = design.check("y", "x", cluster="cluster")
    >>> found["path"].unique().tolist()
    ['shocks', 'shares']
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    return checklist(self.aligned, (outcome, treatment), spec, cluster)
