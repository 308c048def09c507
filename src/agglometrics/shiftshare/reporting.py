"""What to report beside a shift-share estimate: the methods of `ShiftShareDesign` for it.

Each is a function of a design; the class lends it its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from agglometrics.shiftshare.alignment.aligned_design import HasAligned
from agglometrics.shiftshare.alignment.specification import distinct, specification
from agglometrics.shiftshare.diagnostics.balance import balance_tests, summary, without_each
from agglometrics.shiftshare.diagnostics.guide import checklist
from agglometrics.shiftshare.diagnostics.overidentification import (
    overidentified,
    overidentified_shocks,
)
from agglometrics.shiftshare.diagnostics.rotemberg import weights_of
from agglometrics.shiftshare.inference.defaults import default_covariance
from agglometrics.tables.arguments import checked


@checked
def rotemberg(
    design: HasAligned,
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
        moves no weight
    by : column of the shocks (with periods, the sector): weights of groups of shocks, each with
        its part of the instrument in place of a share; None for each shock
    cluster : column of the locations within which errors are dependent; None for robust errors
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
    return weights_of(design.aligned, (outcome, treatment), spec, level, by, cluster)


@checked
def overidentification(
    design: HasAligned,
    outcome: str,
    treatment: str,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
) -> pd.DataFrame:
    """Return estimates with all shares as instruments, and tests that they agree.

    Returns
    -------
    pandas.DataFrame
        ``estimator`` (``bartik``, ``tsls``, ``mbtsls``, ``liml``), ``estimate``,
        ``std_error`` (robust), and ``statistic, df, p_value`` of the test that all shares
        are valid instruments where there is one (Sargan for tsls; Anderson and Rubin's
        likelihood ratio for liml; both homoskedastic).

    Notes
    -----
    Goldsmith-Pinkham, Sorkin and Swift (2020): estimates far apart speak against
    the shares. The null is that every share is exogenous and effects are constant.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> design.overidentification("y", "x")["estimator"].tolist()
    ['bartik', 'tsls', 'mbtsls', 'liml']
    """
    spec = specification(controls, fixed_effects, weights, None)
    return overidentified(design.aligned, outcome, treatment, spec)


@checked
def shock_overidentification(
    design: HasAligned,
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
    return overidentified_shocks(design.aligned, (outcome, treatment), spec, cluster)


@checked
def shock_summary(
    design: HasAligned,
    *,
    weights: str | None = None,
    clusters: str | Sequence[str] = (),
    shock_controls: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the distribution of the shocks, weighted by exposure.

    Parameters
    ----------
    weights : column of the locations with regression weights
    clusters : columns of the shocks with groups
    shock_controls : None describes the shocks as they are; a list describes what a
        constant and these controls leave

    Returns
    -------
    pandas.DataFrame
        One row per shock: ``n_shocks, mean, sd, sd_sample, iqr, effective_shocks`` (inverse
        Herfindahl index of exposure), ``largest_exposure``, and for each cluster column c: ``n_c,
        effective_c, largest_c, icc_c`` (intra-class correlation: of pairs of shocks in a
        group, weighted by exposure; a moment estimate, not the mixed model of the paper).

    Notes
    -----
    Borusyak, Hull and Jaravel (2022), Table 1, which prints ``sd_sample``: Stata multiplies a
    weighted variance by I / (I - 1), with I shocks, and ``sd`` does not.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> row = design.shock_summary(clusters=["cluster"]).iloc[0]
    >>> int(row["n_shocks"]), int(row["n_cluster"])
    (60, 20)
    """
    spec = specification((), (), weights, shock_controls)
    return summary(design.aligned, spec, distinct(clusters, "clusters"))


@checked
def balance(
    design: HasAligned,
    variables: str | Sequence[str] = (),
    shock_variables: str | Sequence[str] = (),
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    shock_controls: str | Sequence[str] = (),
    fixed_effects: str | Sequence[str] = (),
    cov: Any = None,
) -> pd.DataFrame:
    """Test that what was there before is unrelated to the instrument and to the shocks.

    Parameters
    ----------
    variables : columns of the locations (earlier characteristics; earlier outcomes, for
        a pre-trend test), each regressed on the instrument as in `fit`
    shock_variables : columns of the shocks, each regressed on the shocks, weighted by
        exposure, with errors clustered as `cov` says
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
        design.aligned,
        distinct(variables, "variables"),
        distinct(shock_variables, "shock_variables"),
        spec,
        default_covariance(design.aligned, design.aligned.location_weights(weights))
        if cov is None
        else cov,
    )


@checked
def check(
    design: HasAligned,
    outcome: str,
    treatment: str | None = None,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    shock_controls: str | Sequence[str] = (),
    fixed_effects: str | Sequence[str] = (),
    cluster: str | None = None,
) -> pd.DataFrame:
    """Walk the two roads of the practical guide; say what the user leans on.

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
    >>> roads = design.check("y", "x", cluster="cluster")
    >>> roads["path"].unique().tolist()
    ['shocks', 'shares']
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    return checklist(design.aligned, (outcome, treatment), spec, cluster)


@checked
def leave_one_out(
    design: HasAligned,
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
    return without_each(design.aligned, outcome, treatment, spec, by)
