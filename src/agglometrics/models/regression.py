"""`Regression`: estimates with the arrays they came from, for tests and other covariances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import Cluster, Robust
from agglometrics.inference.wald import wald_test
from agglometrics.models.design import Design, refuse_class
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked
from agglometrics.tables.sample import Sample

Extended = TypeVar("Extended", bound="Regression")


@dataclass(frozen=True, repr=False)
class Regression(Estimates):
    """`Estimates` of a regression, with the arrays that tests and covariances are made of.

    Attributes
    ----------
    fit : the `LinearFit`: transformed regressors (N, K), residuals (N,), bread (K, K)
    rule : the small-sample rule of its covariances
    design : the `Design` of `panel` by least squares, for `predict` and `avg_slopes`
    """

    fit: LinearFit | None = field(default=None, repr=False, compare=False)
    rule: SmallSample = field(default_factory=SmallSample, repr=False, compare=False)
    design: Design | None = field(default=None, repr=False, compare=False)

    def residuals(self) -> pd.Series[float]:
        """Return the (N,) residuals, on the index of the table.

        They are those of the equation that was estimated: of differences, of unit means, of
        quasi-differences; for Poisson (y - mu) / mu.
        """
        fit = fitted(self)
        u = fit.u if fit.sqrt_w is None else fit.u / fit.sqrt_w
        return pd.Series(u, index=fit.sample.frame.index[fit.sample.rows], name="residual")

    @checked
    def wald(self, *terms: str) -> pd.DataFrame:
        """Return the Wald test that the coefficients of `terms` (default: all) are zero.

        Columns: statistic (F, or chi2 / q where t statistics are normal), df_num, df_denom,
        p_value.
        """
        return wald_test(self, terms or self.terms)


def fitted(estimates: Estimates) -> LinearFit:
    """Return the arrays of `estimates`, or raise `InputError` if it keeps none."""
    fit = estimates.fit if isinstance(estimates, Regression) else None
    if fit is None:
        raise InputError(
            f"this needs a regression that keeps its residuals; found {estimates.method!r}. "
            "Estimate it with panel(), poisson() or iv()."
        )
    return fit


def assemble(
    fit: LinearFit,
    params: Array,
    *,
    outcome: str,
    method: str,
    cov: Any,
    rule: SmallSample,
    statistics: Mapping[str, float],
    notes: tuple[str, ...],
    effects: tuple[str, ...] = (),
) -> Regression:
    """Return the `Regression` of a fit, its covariance computed as in `cov`."""
    refuse_class("rule", rule)
    recompute = partial(_covariance, fit, rule)
    return Regression(
        terms=fit.terms,
        params=by_term(params, fit.terms),
        covariance=recompute(cov),
        outcome=outcome,
        method=method,
        n_obs=len(fit.u),
        statistics=statistics,
        notes=notes,
        recompute=recompute,
        effects=effects,
        fit=fit,
        rule=rule,
    )


def extended(kind: type[Extended], base: Regression, **more: Any) -> Extended:
    """Return `base` as another kind of `Regression`, with `more` of its fields."""
    kept = {each.name: getattr(base, each.name) for each in fields(base)}
    return kind(**{**kept, **more})


def _covariance(fit: LinearFit, rule: SmallSample, spec: Any) -> Covariance:
    if not fit.terms:
        return Covariance(np.empty((0, 0)), "no coefficient's", spec=spec)
    return replace(covariance(spec, fit, rule.of(fit.least_squares)), spec=spec)


def default_covariance(sample: Sample, effect_names: tuple[str, ...]) -> Cluster | Robust:
    """Return the default covariance: by unit, else by first effect, else robust."""
    if sample.entity is not None:
        return Cluster(sample.entity)
    return Cluster(effect_names[0]) if effect_names else Robust()
