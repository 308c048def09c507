"""Linear panel regressions: pooled, fixed effects, random effects, Mundlak, between, differences.

Cost: demeaning (see `fixed_effects`) plus N K^2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.models.covariance import CovarianceSpec
from agglometrics.models.design import Design, build, refuse_class, refuse_empty
from agglometrics.models.fixed_effects import demean, extra_components, group_mean
from agglometrics.models.formulas import CONSTANT
from agglometrics.models.linear import ABSORBED, LinearFit, identified, least_squares
from agglometrics.models.periods import lagged
from agglometrics.models.regression import Regression, assemble, default_covariance
from agglometrics.models.rules import Codes, Counts, SmallSample, n_levels
from agglometrics.tables import Array


@dataclass(frozen=True)
class Fitted:
    """What an estimator hands back: coefficients (K,), their arrays, statistics, notes."""

    params: Array
    fit: LinearFit
    statistics: dict[str, float]
    notes: tuple[str, ...]


class Estimator(Protocol):
    """A way to estimate a linear panel: a frozen value with a name and a rule."""

    @property
    def method(self) -> str:
        """The name that a reader sees."""

    def fit(self, design: Design) -> Fitted:
        """Return the estimate of `design`."""


@dataclass(frozen=True)
class LeastSquares:
    """Least squares, after absorbing the effects that `absorb=` names."""

    method: str = "least squares"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of the demeaned outcome on the demeaned regressors."""
        w = None if design.weights is None else np.sqrt(design.weights)
        raw = np.column_stack([design.y, design.X])
        within = demean(raw, design.effects, design.weights)
        scaled = within if w is None else within * w[:, None]
        kept, why = identified(scaled[:, 1:], raw[:, 1:] if w is None else raw[:, 1:] * w[:, None])
        reasons = {design.terms[k]: reason for k, reason in why.items()}
        terms = tuple(design.terms[k] for k in kept)
        refuse_empty(terms, reasons)
        X, y = np.ascontiguousarray(scaled[:, 1:][:, kept]), np.ascontiguousarray(scaled[:, 0])
        beta, u, bread = least_squares(X, y)
        lost = extra_components(design.effects)
        counts = Counts(len(y), len(terms), design.effects, lost)
        fit = LinearFit(terms, X, u, y, bread, counts, design.sample, w)
        return Fitted(beta, fit, _fit_statistics(design, fit), _dropped_notes(reasons))


def _dropped_notes(reasons: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"term {name!r} left out: it {why}" for name, why in reasons.items())


def _fit_statistics(design: Design, fit: LinearFit) -> dict[str, float]:
    weights = np.ones(len(design.y)) if design.weights is None else design.weights
    centred = design.y - np.average(design.y, weights=weights)
    constant = bool(design.effects) or CONSTANT in design.terms
    total = weights @ (centred if constant else design.y) ** 2
    left = float(fit.u @ fit.u)
    out = {"r2": 1 - left / float(total) if total > 0 else np.nan}
    if design.effects:
        out["r2_within"] = 1 - left / _within_total(design, fit)
    for name, codes in zip(design.effect_names, design.effects, strict=True):
        out[f"n_{name}"] = float(n_levels(codes))
    return out


def _within_total(design: Design, fit: LinearFit) -> float:
    """Return the outcome's sum of squares that effects leave; none left is an error."""
    w = 1.0 if fit.sqrt_w is None else fit.sqrt_w
    total = float(fit.y @ fit.y)
    if total <= ABSORBED * float(((w * design.y) ** 2).sum()):
        raise IdentificationError(
            f"outcome {design.outcome!r} does not vary beyond the effects of "
            f"{list(design.effect_names)}. Absorb fewer effects."
        )
    return total


@dataclass(frozen=True)
class RandomEffects:
    """Feasible GLS with a random effect per unit, variance components of Swamy and Arora.

    Unbalanced panels follow Baltagi and Chang (1994), as plm and Stata's ``re sa`` do.
    """

    method: str = "random effects"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of y_it - theta_i mean(y_i) on X transformed alike."""
        _refuse_extras(design, self.method)
        unit = design.entity()
        s2_e, s2_u = swamy_arora(design.y, design.X, unit)
        sizes = np.bincount(unit)
        theta = 1 - np.sqrt(s2_e / (sizes * s2_u + s2_e))
        both = np.column_stack([design.y, design.X])
        moved = both - theta[unit][:, None] * group_mean(both, unit)[unit]
        out = LeastSquares().fit(replace(design, y=moved[:, 0], X=moved[:, 1:]))
        share = {"sigma_e": np.sqrt(s2_e), "sigma_u": np.sqrt(s2_u)}
        theta_range = {"theta_min": float(theta.min()), "theta_max": float(theta.max())}
        return replace(out, statistics={**out.statistics, **share, **theta_range})


def swamy_arora(y: Array, X: Array, unit: Codes) -> tuple[float, float]:
    """Return the variances of the idiosyncratic error and of the unit effect.

    Swamy and Arora (1972); unbalanced, Baltagi and Chang (1994, eq. 2.18-2.19):
    ``s2_e = u_w' u_w / (N - n - K_w)`` and
    ``s2_u = (u_b' P u_b - (n - K) s2_e) / (N - tr[(X' P X)^-1 X' Z Z' X])``.

    y : (N,)    X : (N, K), with the constant    unit : (N,)
    """
    n, N = n_levels(unit), len(y)
    means = group_mean(np.column_stack([y, X]), unit)
    within = np.column_stack([y, X]) - means[unit]
    kept, _ = identified(within[:, 1:], X)
    u = least_squares(within[:, 1:][:, kept], within[:, 0])[1] if len(kept) else within[:, 0]
    sizes = np.bincount(unit).astype(float)
    root = np.sqrt(sizes)[:, None]
    B = means[:, 1:] * root
    seen, _ = identified(B, B)
    K = len(seen)
    if n <= K or n + len(kept) >= N:
        raise IdentificationError(
            f"{n} units and {N} rows do not determine the variance components of {K} terms. "
            "Use fewer terms or more units."
        )
    s2_e = float(u @ u) / (N - n - len(kept))
    _, u_b, bread = least_squares(B[:, seen], means[:, 0] * root[:, 0])
    Z = means[:, 1:][:, seen] * sizes[:, None]
    trace = float(np.trace(bread @ (Z.T @ Z)))
    s2_u = (float(u_b @ u_b) - (n - K) * s2_e) / (N - trace)
    return s2_e, max(s2_u, 0.0)


@dataclass(frozen=True)
class Mundlak:
    """Random effects with the unit means of the regressors added (Mundlak 1978).

    The coefficients of the regressors are those of fixed effects (balanced panels); those
    named ``mean(x)`` are zero where random effects are consistent: ``wald(...)`` of them is
    the robust Hausman test.
    """

    method: str = "Mundlak"

    def fit(self, design: Design) -> Fitted:
        """Return random effects of the equation with unit means."""
        unit = design.entity()
        means = group_mean(design.X, unit)[unit]
        varies = np.flatnonzero(np.ptp(design.X - means, axis=0) > 1e-12 * np.abs(means).max(0))
        names = tuple(f"mean({design.terms[k]})" for k in varies)
        wide = np.column_stack([design.X, means[:, varies]])
        return RandomEffects().fit(replace(design, X=wide, terms=design.terms + names))


@dataclass(frozen=True)
class Between:
    """Least squares on the means of each unit, every unit with weight one."""

    method: str = "between"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of unit means."""
        _refuse_extras(design, self.method)
        unit = design.entity()
        means = group_mean(np.column_stack([design.y, design.X]), unit)
        first = np.unique(unit, return_index=True)[1]
        sample = design.sample.take(first)
        return LeastSquares().fit(replace(design, y=means[:, 0], X=means[:, 1:], sample=sample))


@dataclass(frozen=True)
class FirstDifference:
    """Least squares on changes from the period before; a gap gives no change.

    The constant, where the formula has one, is a common trend (as in plm); write ``- 1`` for
    none (as in linearmodels).
    """

    method: str = "first differences"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of differences."""
        _refuse_extras(design, self.method)
        unit, period = design.entity(), design.sample.periods(None)
        both = np.column_stack([design.y, design.X])
        change = both - np.column_stack([lagged(v, unit, period, 1) for v in both.T])
        stay = np.flatnonzero(~np.isnan(change[:, 0]))
        if not len(stay):
            raise IdentificationError("no unit is seen in two consecutive periods.")
        if CONSTANT in design.terms:
            change[:, 1 + design.terms.index(CONSTANT)] = 1.0
        firsts = n_levels(unit)
        gaps = len(both) - firsts - len(stay)
        moved = replace(
            design, y=change[stay, 0], X=change[stay, 1:], sample=design.sample.take(stay)
        )
        out = LeastSquares().fit(moved)
        note = (f"{gaps} rows follow a gap and give no difference",) if gaps else ()
        return replace(out, notes=out.notes + note)


def _refuse_extras(design: Design, method: str) -> None:
    if design.weights is not None or design.effects:
        raise InputError(
            f"{method} takes neither weights= nor absorb=. Write effects as C(year) in the "
            "formula, or use the default estimator."
        )


def panel(
    formula: str,
    data: object,
    *,
    absorb: Sequence[str] | str | None = None,
    cov: CovarianceSpec | None = None,
    entity: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    estimator: Estimator | None = None,
    rule: SmallSample | None = None,
) -> Regression:
    """Estimate a linear panel regression.

    Parameters
    ----------
    formula : ``"y ~ x1 + log(x2) + C(group) + lag(x3)"``
    data : a long table, one row a unit and period
    absorb : columns whose effects are absorbed, any number; ``"industry^year"`` combines two
    cov : a covariance: `Homoskedastic`, `Robust`, `Cluster`, `CR3`, `NeweyWest`,
        `DriscollKraay`, `Conley`, `WildBootstrap`. Default: clusters of `entity`, else of the
        first absorbed effect, else robust
    entity, time : the panel's keys
    weights : a column of positive (analytic) weights
    estimator : `LeastSquares()` (default), `RandomEffects()`, `Mundlak()`, `Between()`,
        `FirstDifference()`
    rule : the small-sample rule (default `SmallSample()`; see `agglometrics.models.rules`)

    Returns
    -------
    Regression
        `Estimates` whose ``notes`` name the rows and terms that were left out.

    Raises
    ------
    InputError
        For columns that are not there, keys that repeat, weights of zero, infinite values.
    IdentificationError
        If no term is identified, or no degree of freedom is left.

    References
    ----------
    Correia (2015), Singletons, cluster-robust standard errors and fixed effects; Baltagi
    (2021), Econometric Analysis of Panel Data, chapters 2-3.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics.models import Homoskedastic, panel
    >>> data = pd.DataFrame({"firm": [1, 1, 1, 2, 2, 2], "year": [1, 2, 3, 1, 2, 3],
    ...                      "x": [1.0, 2, 4, 2, 5, 9], "y": [3.0, 5, 8, 9, 16, 23]})
    >>> fit = panel("y ~ x", data, absorb=["firm"], cov=Homoskedastic())
    >>> fit.tidy()[["term", "estimate", "std_error"]].round(4)
      term  estimate  std_error
    0    x    1.9318     0.1166
    """
    design = build(formula, data, absorb=absorb, weights=weights, entity=entity, time=time)
    refuse_class("estimator", estimator)
    chosen = LeastSquares() if estimator is None else estimator
    out = chosen.fit(design)
    effects = f", {' and '.join(design.effect_names)} effects" if design.effects else ""
    return assemble(
        out.fit,
        out.params,
        outcome=design.outcome,
        method=chosen.method + effects,
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=SmallSample() if rule is None else rule,
        statistics=out.statistics,
        notes=design.notes + out.notes,
    )
