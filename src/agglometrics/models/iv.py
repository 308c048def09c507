"""Two-stage least squares with absorbed effects and any number of endogenous regressors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import agglometrics.models.wild_iv_bootstrap  # noqa: F401  registers the bootstrap of two stages
from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CovarianceSpec, WildBootstrap
from agglometrics.linalg.least_squares import least_squares
from agglometrics.linalg.symmetric import quadratic_form
from agglometrics.models.absorbed_slopes import build_with_slopes, hide
from agglometrics.models.design import refuse_class
from agglometrics.models.k_class import IVEstimator, TwoStage
from agglometrics.models.regression import Regression, assemble, default_covariance, extended
from agglometrics.models.systems import System, build_system, split
from agglometrics.tables.arguments import checked


@dataclass(frozen=True, repr=False)
class IVRegression(Regression):
    """`Regression` by instruments: adds the system that weak-instrument diagnostics read."""

    system: System | None = field(default=None, repr=False, compare=False)

    @checked
    def first_stage(self, treatment: str | None = None) -> Regression:
        """Return the first stage of an endogenous term (default: the first), same covariance."""
        system = system_of(self)
        return first_stage(system, chosen(system, treatment), self.covariance.spec, self.rule)

    def first_stage_f(self) -> dict[str, float]:
        """Return the F of the excluded instruments by endogenous term, under this covariance.

        ``F = pi' V^-1 pi / L``, the column ``f`` of `weak_instruments`. Empty for a
        `WildBootstrap`, which makes no covariance matrix of the first stage.
        """
        system, found = system_of(self), {}
        if isinstance(self.covariance.spec, WildBootstrap):
            return {}
        for name in system.endogenous:
            stage = self.first_stage(name)
            at = [stage.terms.index(term) for term in system.instruments]
            V = stage.covariance.matrix[np.ix_(at, at)]
            found[name] = quadratic_form(stage.params[at], V)[0] / len(at)
        return found


def system_of(estimates: Estimates) -> System:
    """Return the system of `estimates`, or raise `InputError` if it has no instruments."""
    system = estimates.system if isinstance(estimates, IVRegression) else None
    if system is None:
        raise InputError(f"this needs an iv() estimate; found {estimates.method!r}.")
    return system


def chosen(system: System, treatment: str | None) -> str:
    """Return the endogenous term named, or the first; another one is an error."""
    name = system.endogenous[0] if treatment is None else treatment
    if name not in system.endogenous:
        raise InputError(
            f"{name!r} is not endogenous; these are {list(system.endogenous)}. Choose one of these."
        )
    return name


def first_stage(system: System, treatment: str, cov: Any, rule: SmallSample) -> Regression:
    """Return least squares of an endogenous regressor on instruments and exogenous terms."""
    x = system.X[:, system.endogenous.index(treatment)]
    Z = np.column_stack([system.Z, system.W])
    beta, u, bread = least_squares(Z, x)
    terms = system.instruments + system.exogenous
    counts = system.counts(Z.shape[1])
    fit = LinearFit(terms, Z, u, x, bread, counts, system.design.sample, system.sqrt_w)
    stage = assemble(
        fit,
        beta,
        outcome=treatment,
        method="first stage",
        cov=cov,
        rule=rule,
        statistics={},
        notes=(),
    )
    return hide(stage, system.design.hidden)


@checked
def iv(
    formula: str,
    data: object,
    *,
    absorb: Sequence[str] | str | None = None,
    cov: CovarianceSpec | None = None,
    entity: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    estimator: IVEstimator | None = None,
    rule: SmallSample | None = None,
) -> IVRegression:
    """Estimate a linear regression with instruments, by two-stage least squares or LIML.

    ``absorb=["region[time]"]`` takes the slopes out of the outcome, the regressors and the
    instruments (Frisch, Waugh and Lovell): the answer is that with one term per slope.

    Parameters
    ----------
    formula : ``"y ~ controls + [x1 + x2 ~ z1 + z2 + z3]"``: endogenous regressors and
        excluded instruments are in the bracket
    data, absorb, cov, entity, time, weights, rule : as in `panel`
    estimator : `TwoStage()` (default), `Liml()` or `Fuller(1.0)`

    Returns
    -------
    IVRegression
        Endogenous terms first. ``first_stage("x1")`` is its first stage;
        `weak_instruments`, `anderson_rubin` and `overidentification` take it.

    Raises
    ------
    InputError
        If the formula has no bracket, and as `panel`.
    IdentificationError
        If there are fewer instruments than endogenous regressors.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, iv
    >>> data = pd.DataFrame({"z": [0, 0, 1, 1], "x": [1.0, 2, 3, 4], "y": [1.0, 3, 4, 8]})
    >>> fit = iv("y ~ [x ~ z]", data, cov=Homoskedastic())  # Wald: (6 - 2) / (3.5 - 1.5)
    >>> fit.params.round(4)
    array([ 2., -1.])
    """
    combined, endogenous, instruments = split(formula)
    keys: Any = {"weights": weights, "entity": entity, "time": time}
    design = build_with_slopes(combined, data, absorb=absorb, **keys)
    system, dropped = build_system(design, endogenous, instruments)
    refuse_class("estimator", estimator)
    way = TwoStage() if estimator is None else estimator
    beta, fit, numbers = way.fit(system)
    base = assemble(
        fit,
        beta,
        outcome=design.outcome,
        method=design.named(way.method),
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=SmallSample() if rule is None else rule,
        statistics={"n_instruments": float(len(system.instruments)), **numbers},
        notes=(*design.notes, *dropped),
        effects=(*design.effect_names, *design.slopes),
    )
    return extended(IVRegression, hide(base, design.hidden), system=system)
