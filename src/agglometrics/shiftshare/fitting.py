"""`ShiftShareDesign.fit`: from columns to `Estimates`, with its first stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.models.estimates import Covariance, Estimates
from agglometrics.shiftshare.alignment import SPAN_TOLERANCE
from agglometrics.shiftshare.inference import Setting, covariance
from agglometrics.shiftshare.partialling import Partialler
from agglometrics.shiftshare.regression import solve

if TYPE_CHECKING:
    from agglometrics.shiftshare.design import ShiftShareDesign


@dataclass(frozen=True)
class Request:
    """What one `fit` holds fixed, for its first stage and for other covariances."""

    design: ShiftShareDesign
    space: Partialler
    shock_controls: tuple[str, ...]


def fit(
    design: ShiftShareDesign,
    outcome: str,
    treatments: tuple[str, ...],
    *,
    controls: Sequence[str],
    weights: str | None,
    shock_controls: tuple[str, ...],
    fixed_effects: Sequence[str],
    cov: Any,
) -> Estimates:
    """See `ShiftShareDesign.fit`."""
    _assert_instrument(design)
    omega = design.location_weights(weights)
    request = Request(design, design.space(controls, fixed_effects, omega), shock_controls)
    return _estimate(request, outcome, treatments, cov)


def _estimate(request: Request, outcome: str, treatments: tuple[str, ...], cov: Any) -> Estimates:
    design = request.design
    y = design.location_values(outcome)
    columns = [design.location_values(name) for name in treatments]
    X = np.column_stack(columns) if columns else None
    solved = solve(request.space, y, X, design.aligned.z)
    terms = treatments or design.instrument_names
    setting = Setting(solved, design, request.shock_controls, terms)
    recompute = partial(covariance, setting=setting)
    return Estimates(
        terms=terms,
        params=solved.beta,
        covariance=recompute(cov),
        outcome=outcome,
        method="shift-share 2SLS" if treatments else "shift-share reduced form",
        n_obs=len(y),
        statistics={"n_shocks": float(design.aligned.W.shape[1])},
        notes=design.aligned.notes,
        recompute=recompute,
        first=partial(_first_stage, request, treatments) if treatments else None,
    )


def _first_stage(
    request: Request, treatments: tuple[str, ...], treatment: str | None, cov: Any
) -> Estimates:
    """Return the reduced form of a treatment with its F statistic under `cov`."""
    if treatment is None and len(treatments) > 1:
        raise InputError(f"name one of the treatments {list(treatments)} in first_stage(...).")
    name = treatments[0] if treatment is None else treatment
    if name not in treatments:
        raise InputError(f"{name!r} is not among the treatments {list(treatments)}.")
    stage = _estimate(request, name, (), cov)
    recompute = stage.recompute
    assert recompute is not None

    def with_f(spec: Any) -> Covariance:
        return _with_f(stage, recompute(spec))

    return replace(
        stage,
        method="shift-share first stage",
        covariance=_with_f(stage, stage.covariance),
        recompute=with_f,
    )


def _with_f(stage: Estimates, cov: Covariance) -> Covariance:
    """Return `cov` with F, the Wald statistic of all instruments over their number."""
    if cov.p_values is not None:
        from scipy import stats

        f = float(stats.norm.isf(cov.p_values[0] / 2) ** 2)
    else:
        f = float(stage.params @ np.linalg.solve(cov.matrix, stage.params)) / len(stage.params)
    return replace(cov, statistics={**cov.statistics, "F": f})


def _assert_instrument(design: ShiftShareDesign) -> None:
    """Raise unless z is still the sum of shares times shocks: the tables may have been edited."""
    aligned = design.aligned
    if aligned.g is None or aligned.local is not None:
        return
    gap = np.abs(aligned.W @ aligned.g - aligned.z).max()
    if gap > SPAN_TOLERANCE * np.abs(aligned.z).max():
        raise InputError(
            f"the instrument is off the sum of shares times shocks by {gap:.3g}: the arrays of "
            "the design were changed. Make the design anew from its tables."
        )
