"""`ShiftShareDesign.fit`: from columns to `Estimates`, with its first stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.linalg.groups import cluster_sums, effective_number
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import (
    SPAN_TOLERANCE,
    AlignedDesign,
    HasAligned,
)
from agglometrics.shiftshare.alignment.location_regression import solve
from agglometrics.shiftshare.alignment.partialling import Partialler
from agglometrics.shiftshare.alignment.specification import (
    Specification,
    names_of,
    specification,
)
from agglometrics.shiftshare.inference.defaults import FEW, default_covariance
from agglometrics.shiftshare.inference.design_fit import DesignFit, design_fit
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class Request:
    """What one `fit` holds fixed, for its first stage and for other covariances."""

    design: AlignedDesign
    space: Partialler
    shock_controls: tuple[str, ...]
    rule: SmallSample


def estimate(
    design: AlignedDesign,
    outcome: str,
    treatments: tuple[str, ...],
    spec: Specification,
    cov: Any,
    rule: SmallSample | None = None,
) -> Estimates:
    """See `ShiftShareDesign.fit`."""
    _assert_instrument(design)
    chosen = SmallSample() if rule is None else rule
    request = Request(design, design.space(spec), spec.shock_controls or (), chosen)
    return _estimate(request, outcome, treatments, cov)


def _estimate(request: Request, outcome: str, treatments: tuple[str, ...], cov: Any) -> Estimates:
    design = request.design
    y = design.location_values(outcome)
    columns = [design.location_values(name) for name in treatments]
    X = np.column_stack(columns) if columns else None
    solved = solve(request.space, y, X, design.z)
    terms = treatments or design.instrument_names
    of = design_fit(solved, design, terms, request.shock_controls)
    recompute = partial(covariance_of, fit=of, rule=request.rule.of(solved.reduced_form))
    return Estimates(
        terms=terms,
        params=by_term(solved.beta, terms),
        covariance=recompute(cov),
        outcome=outcome,
        method="shift-share 2SLS" if treatments else "shift-share reduced form",
        n_obs=len(y),
        statistics={"n_shocks": float(design.W.shape[1])},
        notes=design.notes + _few_shocks(design, request.space.root**2),
        recompute=recompute,
        first=partial(_first_stage, request, treatments) if treatments else None,
    )


def covariance_of(spec: Any, fit: DesignFit, rule: SmallSample) -> Covariance:
    """Return the covariance under a specification, which it names."""
    return replace(covariance(spec, fit, rule), spec=spec)


def _few_shocks(design: AlignedDesign, weights: Array) -> tuple[str, ...]:
    """Return a note where the effective number of shocks is too small for normal theory."""
    groups = design.shock_groups(None)
    effective = effective_number(cluster_sums(design.exposures(weights)[:, None], groups)[:, 0])
    if effective >= FEW:
        return ()
    what = "shocks" if groups is None else f"clusters of shocks ({design.keys.sector})"
    return (
        f"few {what}: their effective number is {effective:.3g}, below {FEW:g}. ShockLevel and "
        "AKM then undercover; use ShockJackknife (the default), impose the null (ShockLevel0, "
        "AKM0) or use randomization_test()",
    )


def _first_stage(
    request: Request, treatments: tuple[str, ...], treatment: str | None, cov: Any
) -> Estimates:
    """Return the reduced form of a treatment with its F statistic under `cov`."""
    if treatment is None and len(treatments) > 1:
        raise InputError(f"name one of the treatments {list(treatments)} in first_stage(...).")
    name = treatments[0] if treatment is None else treatment
    if name not in treatments:
        raise InputError(
            f"{name!r} is not among the treatments {list(treatments)}. Choose one of these."
        )
    stage = _estimate(request, name, (), cov)
    return replace(
        stage,
        method="shift-share first stage",
        covariance=_with_f(stage, stage.covariance),
        recompute=partial(_recomputed_f, stage),
    )


def _recomputed_f(stage: Estimates, spec: Any) -> Covariance:
    assert stage.recompute is not None
    return _with_f(stage, stage.recompute(spec))


def _with_f(stage: Estimates, cov: Covariance) -> Covariance:
    """Return `cov` with F, the Wald statistic of all instruments over their number."""
    if cov.p_values is not None:  # a test with the null imposed
        f = cov.statistics["score_statistic"] ** 2
    else:
        f = float(stage.params @ np.linalg.solve(cov.matrix, stage.params)) / len(stage.params)
    return replace(cov, statistics={**cov.statistics, "F": f})


def _assert_instrument(design: AlignedDesign) -> None:
    """Raise unless z is still the sum of shares times shocks: the tables may have been edited."""
    if design.g is None or design.local is not None:
        return
    gap = np.abs(design.W @ design.g - design.z).max()
    if gap > SPAN_TOLERANCE * np.abs(design.z).max():
        raise InputError(
            f"the instrument is off the sum of shares times shocks by {gap:.3g}: the arrays of "
            "the design were changed. Make the design again from its tables."
        )


@checked
def fit(
    self: HasAligned,
    outcome: str,
    treatment: str | Sequence[str] | None = None,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    shock_controls: str | Sequence[str] = (),
    fixed_effects: str | Sequence[str] = (),
    cov: Any = None,
    rule: SmallSample | None = None,
) -> Estimates:
    """Estimate the effect of `treatment` by 2SLS, or of the instrument itself without one.

    Parameters
    ----------
    outcome : column of the locations
    treatment : column(s) of the locations instrumented by z; None for the reduced form
    controls : columns of the locations, taken out with a constant
    weights : column of the locations with regression weights
    shock_controls : columns of the shocks, taken out of the shocks with a constant where
        standard errors are shock-level; keys and text become effects. Their exposure belongs among
        the controls (`with_exposure`)
    fixed_effects : columns of the locations whose groups get an intercept each
    cov : `ShockJackknife` (default for an effective number of shocks below fifty),
        `ShockLevel` (default for more; `AKM` where the shocks are unknown), `ShockLevel0`,
        `AKM`, `AKM0`, or any covariance of `panel`: `Cluster`, `Robust`, `Conley`, ...
    rule : the small-sample rule of the latter, as in `panel` (`ShiftShareSERules()` for the
        convention of that program); exposure-robust covariances have none

    Returns
    -------
    Estimates
        One term per treatment (per instrument in the reduced form). `interval` gives the
        confidence set, `first_stage` the first stage with the same covariance, whose
        statistic ``F`` is exposure-robust if the covariance is.

    Raises
    ------
    InputError
        For columns that are unknown or hold a NaN, and where the location-level and the
        shock-level estimate differ.
    IdentificationError
        With more treatments than instruments, collinear controls, or shares that do not
        support AKM.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> from agglometrics.shiftshare.inference.akm0 import AKM0
    >>> from agglometrics.shiftshare.inference.shock_level import ShockLevel
    >>> fit = design.fit("y", "x", controls=["q"], cov=ShockLevel("cluster"))
    >>> fit.terms, fit.covariance.name
    (('x',), 'shock-level, cluster (cluster)')
    >>> len(fit.with_cov(AKM0("cluster")).interval(0.95).pieces)
    1
    """
    spec = specification(controls, fixed_effects, weights, shock_controls)
    if cov is None:
        cov = default_covariance(self.aligned, self.aligned.location_weights(weights))
    return estimate(self.aligned, outcome, names_of(treatment), spec, cov, rule)
