"""Several shocks with the same shares as instruments, and the test that they agree.

Borusyak, Hull and Jaravel (2022): with exposure-robust variance, the efficient two-step estimate
and Hansen's J.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from agglometrics.errors import IdentificationError
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.shock_side import shock_side
from agglometrics.shiftshare.alignment.specification import Specification, specification
from agglometrics.shiftshare.fitting import estimate
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.tables.arguments import checked


def gmm(moment: Array, slope: Array, start: float) -> tuple[float, float, float]:
    """Return the efficient two-step estimate, its standard error, and Hansen's J.

    moment, slope : (G, L) parts of z'y and z'x of independent groups of shocks
    start : the estimate at which the moments' variance is taken
    """
    score = moment - start * slope
    B, A = moment.sum(axis=0), slope.sum(axis=0)
    weighted_A, weighted_B = np.linalg.solve(score.T @ score, np.column_stack([A, B])).T
    beta = float(A @ weighted_B / (A @ weighted_A))
    rest = B - beta * A
    return beta, float((A @ weighted_A) ** -0.5), float(rest @ (weighted_B - beta * weighted_A))


def overidentified_shocks(
    design: AlignedDesign,
    names: tuple[str, str],
    spec: Specification,
    cluster: str | None,
) -> pd.DataFrame:
    """See `ShiftShareDesign.shock_overidentification`."""
    L = len(design.shock_names)
    if L < 2:
        raise IdentificationError(
            f"over-identification takes at least two shocks; found {list(design.shock_names)}. "
            "Name them with shock=[...]."
        )
    outcome, treatment = names
    first = estimate(design, outcome, (treatment,), spec, ShockLevel(cluster))
    space = design.space(spec)
    side = shock_side(design, space.root**2, spec.shock_controls or ())
    groups = design.shock_groups(cluster)
    kept = None if groups is None else groups[side.used]
    moment, slope = (
        cluster_sums(side.moments(space(design.location_values(name)), space.root), kept)
        for name in names
    )
    beta, error, j = gmm(moment, slope, float(first.params[0]))
    return pd.DataFrame(
        {
            "estimator": ["tsls", "gmm"],
            "estimate": [first.params[0], beta],
            "std_error": [first.std_errors[0], error],
            "statistic": [np.nan, j],
            "df": [np.nan, L - 1],
            "p_value": [np.nan, special.chdtrc(L - 1, j)],
        }
    )


@checked
def shock_overidentification(
    self: HasAligned,
    outcome: str,
    treatment: str,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
    shock_controls: str | Sequence[str] = (),
    cluster: str | None = None,
) -> pd.DataFrame:
    """Test that several shocks with the same shares agree.

    Parameters
    ----------
    outcome, treatment, controls, weights, fixed_effects, shock_controls : as in `fit`
    cluster : column of the shocks with groups that are independent of one another

    Returns
    -------
    pandas.DataFrame
        ``estimator`` (``tsls``; ``gmm``, efficient under exposure-robust variance), ``estimate,
        std_error``, and of the latter Hansen's J as ``statistic, df, p_value``. The null is that
        every shock is as good as random and effects are constant.

    Notes
    -----
    Borusyak, Hull and Jaravel (2022).

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> from dataclasses import replace
    >>> two = replace(design, shock=["shock", "age"])
    >>> two.shock_overidentification("y", "x", cluster="cluster")["estimator"].tolist()
    ['tsls', 'gmm']
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    return overidentified_shocks(self.aligned, (outcome, treatment), spec, cluster)
