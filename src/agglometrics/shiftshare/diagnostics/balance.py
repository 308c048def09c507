"""What to report beside a shift-share estimate: shocks, balance, leave-one-out.

Borusyak, Hull and Jaravel (2022; 2025): the shocks' distribution and effective
number, and tests of balance at both levels with exposure-robust errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.linalg.groups import cluster_sums, effective_number, sandwich
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.keys import known
from agglometrics.shiftshare.alignment.shock_side import ShockSide, shock_side, shocks_less_controls
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.shiftshare.fitting import fit
from agglometrics.shiftshare.inference.defaults import EXPOSURE_ROBUST
from agglometrics.shiftshare.inference.shock_jackknife import ShockJackknife, shock_controls
from agglometrics.tables import ratio


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

    With g in deviation from its weighted mean, over pairs n != m in one group c,

        icc = [sum s_n s_m g_n g_m / sum s_n s_m] / [sum s_n g_n^2 / sum s_n].
    """
    d = g - s @ g / s.sum()
    total, mass = np.bincount(groups, s * d), np.bincount(groups, s)
    pairs = (total @ total) - ((s * d) @ (s * d))
    weight = (mass @ mass) - (s @ s)
    return float(ratio(pairs / weight if weight > 0 else np.nan, s @ d**2 / s.sum()))


def _cluster_row(column: str, g: Array, s: Array, groups: NDArray[np.intp]) -> dict[str, float]:
    sums = cluster_sums(s[:, None], groups)[:, 0]
    sums = sums[sums > 0]
    return {
        f"n_{column}": len(sums),
        f"effective_{column}": effective_number(sums),
        f"largest_{column}": float(sums.max() / sums.sum()),
        f"icc_{column}": intraclass_correlation(g, s, groups),
    }


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
    rows = [_balance_rows("location", name, fit(design, name, (), spec, cov)) for name in variables]
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
    clustered as `cov` says, without correction for degrees of freedom.
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
        np.asarray(beta, dtype=np.float64),
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


def shock_parts(design: AlignedDesign, g: Array, v: Array) -> Array:
    """Return each shock's part (I,) in sum_l z_l v_l."""
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
            f"leave_one_out() needs one known shock a sector; found {list(design.shock_names)}. "
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
