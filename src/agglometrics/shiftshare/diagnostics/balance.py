"""Balance: predetermined variables are unrelated to the instrument and to the shocks.

Borusyak, Hull and Jaravel (2022; 2025): tests at both levels with exposure-robust standard errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.linalg.groups import cluster_sums, sandwich
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.keys import known
from agglometrics.shiftshare.alignment.shock_side import ShockSide, shock_side
from agglometrics.shiftshare.alignment.specification import Specification, distinct, specification
from agglometrics.shiftshare.fitting import estimate
from agglometrics.shiftshare.inference.defaults import EXPOSURE_ROBUST, default_covariance
from agglometrics.shiftshare.inference.shock_jackknife import ShockJackknife, shock_controls
from agglometrics.tables.arguments import checked


def balance_tests(
    design: AlignedDesign,
    variables: Sequence[str],
    shock_variables: Sequence[str],
    spec: Specification,
    cov: Any,
) -> pd.DataFrame:
    """See `ShiftShareDesign.balance`."""
    if not variables and not shock_variables:
        raise InputError("name location variables or shock variables that should be unrelated.")
    rows = [
        _balance_rows("location", name, estimate(design, name, (), spec, cov)) for name in variables
    ]
    if shock_variables:
        omega = design.location_weights(spec.weights)
        side = shock_side(design, omega, spec.shock_controls or ())
        for name in shock_variables:
            estimates = shock_regression(design, side, name, cov)
            rows.append(_balance_rows("shock", name, estimates))
    return pd.concat(rows, ignore_index=True)


def shock_regression(design: AlignedDesign, side: ShockSide, variable: str, cov: Any) -> Estimates:
    """Regress a variable of the shocks on the shocks, weighted by exposure.

    Standard errors come from the jackknife where `cov` is one; otherwise they are robust, or
    clustered as in `cov`, without correction for degrees of freedom.
    """
    cluster = cov.cluster if isinstance(cov, EXPOSURE_ROBUST) else None
    values = known(design.sector_values(variable).to_frame(variable), variable, "shocks")
    y = side.space(values[side.used])
    A = side.g.T @ side.g
    beta = np.linalg.solve(A, side.g.T @ y)
    scores = side.g * (y - side.g @ beta)[:, None]
    groups = design.shock_groups(cluster)
    if groups is not None:
        groups = np.asarray(np.unique(groups[side.used], return_inverse=True)[1], dtype=np.intp)
    clusters = design.clusters(cluster)
    name = f"cluster ({', '.join(clusters)})" if clusters else "robust"
    covariance = Covariance(sandwich(A, cluster_sums(scores, groups)), name)
    if isinstance(cov, ShockJackknife):
        covariance = jackknife_of_rows(
            side, values[side.used], np.asarray(beta, np.float64), groups
        )
    return Estimates(
        design.shock_names,
        by_term(np.asarray(beta, dtype=np.float64), design.shock_names),
        covariance,
        variable,
        "exposure-weighted shock regression",
        len(y),
    )


def jackknife_of_rows(
    side: ShockSide, values: Array, beta: Array, groups: NDArray[np.intp] | None
) -> Covariance:
    """Return the jackknife variance of the regression of `values` (M,) on the shocks.

    Everything is estimated again without each group: the constant and the shock controls too.
    """
    root, L = side.space.root, side.g.shape[1]
    X = np.hstack([side.design.shock_values[side.used], shock_controls(side)]) * root[:, None]
    scale = np.linalg.norm(X, axis=0)
    codes = np.arange(len(values)) if groups is None else groups
    without = [
        np.linalg.lstsq(X[codes != c] / scale, (root * values)[codes != c])[0][:L] / scale[:L]
        for c in range(int(codes.max()) + 1)
    ]
    away, G = np.stack(without) - beta, len(without)
    return Covariance((G - 1) / G * away.T @ away, "jackknife over shocks", float(G - 1))


def _balance_rows(level: str, variable: str, estimates: Estimates) -> pd.DataFrame:
    frame = estimates.tidy()
    frame.insert(0, "variable", variable)
    frame.insert(0, "level", level)
    return frame


@checked
def balance(
    self: HasAligned,
    variables: str | Sequence[str] = (),
    shock_variables: str | Sequence[str] = (),
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    shock_controls: str | Sequence[str] = (),
    fixed_effects: str | Sequence[str] = (),
    cov: Any = None,
) -> pd.DataFrame:
    """Test that predetermined variables are unrelated to the instrument and to the shocks.

    Parameters
    ----------
    variables : columns of the locations (earlier characteristics; earlier outcomes, for
        a pre-trend test), each regressed on the instrument as in `fit`
    shock_variables : columns of the shocks, each regressed on the shocks, weighted by
        exposure, with standard errors clustered as in `cov`
    controls, weights, shock_controls, fixed_effects, cov : as in `fit`

    Returns
    -------
    pandas.DataFrame
        ``level`` ("location" or "shock"), ``variable, term, estimate, std_error, statistic,
        p_value, conf_low, conf_high``. The null is a coefficient of zero.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> tests = design.balance(["q"], ["age"])
    >>> tests[["level", "variable"]].to_numpy().tolist()
    [['location', 'q'], ['shock', 'age']]
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    return balance_tests(
        self.aligned,
        distinct(variables, "variables"),
        distinct(shock_variables, "shock_variables"),
        spec,
        default_covariance(self.aligned, self.aligned.location_weights(weights))
        if cov is None
        else cov,
    )
