"""`ShiftShareDesign.ols`: least squares, to compare with the instrument's estimate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from agglometrics.errors import InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.location_regression import solve
from agglometrics.shiftshare.alignment.specification import (
    Specification,
    specification,
)
from agglometrics.shiftshare.fitting import covariance_of
from agglometrics.shiftshare.inference.defaults import EXPOSURE_ROBUST
from agglometrics.shiftshare.inference.design_fit import DesignFit, design_fit
from agglometrics.tables.arguments import checked


def _plain_covariance(spec: Any, treatment: str, fit: DesignFit) -> Covariance:
    if isinstance(spec, EXPOSURE_ROBUST):
        raise InputError(
            f"cov={spec!r} belongs to the instrument; {treatment!r} is not a sum of shares times "
            "shocks. Use Robust(), Cluster('column') or Homoskedastic(), or fit(...)."
        )
    return covariance_of(spec, fit, SmallSample())


def least_squares(
    design: AlignedDesign, outcome: str, treatment: str, spec: Specification, cov: Any
) -> Estimates:
    """See `ShiftShareDesign.ols`."""
    space = design.space(spec)
    x = design.location_values(treatment)[:, None]
    solved = solve(space, design.location_values(outcome), None, x)
    of = design_fit(solved, design, (treatment,), ())
    recompute = partial(_plain_covariance, treatment=treatment, fit=of)
    return Estimates(
        terms=(treatment,),
        params=by_term(solved.beta, (treatment,)),
        covariance=recompute(cov),
        outcome=outcome,
        method="least squares",
        n_obs=len(x),
        recompute=recompute,
    )


@checked
def ols(
    self: HasAligned,
    outcome: str,
    treatment: str,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
    cov: Homoskedastic | Robust | Cluster = Robust(),  # noqa: B008 (frozen)
) -> Estimates:
    """Regress `outcome` on `treatment` by least squares, to compare with `fit`.

    Exposure-robust standard errors do not apply: the treatment is not a sum of shares times
    shocks.
    """
    spec = specification(controls, fixed_effects, weights, ())
    return least_squares(self.aligned, outcome, treatment, spec, cov)
