"""Two-stage least squares with absorbed effects and any number of endogenous regressors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.models.covariance import CovarianceSpec
from agglometrics.models.design import Design, build
from agglometrics.models.estimates import Estimates
from agglometrics.models.fixed_effects import demean, extra_components
from agglometrics.models.linear import LinearFit, identified, inverse_gram, least_squares
from agglometrics.models.regression import Regression, assemble, default_covariance
from agglometrics.models.rules import Counts, SmallSample
from agglometrics.tables import Array

Notes = tuple[str, ...]

BRACKET = re.compile(r"\[([^\[\]~]+)~([^\[\]~]+)\]")


@dataclass(frozen=True)
class System:
    """The equations of an instrumental-variable regression, effects absorbed, times sqrt(w).

    Attributes
    ----------
    y : (N,) outcome
    X : (N, K) endogenous regressors
    W : (N, C) exogenous regressors
    Z : (N, L) excluded instruments, L >= K
    endogenous, exogenous, instruments : their names
    design : the rows and effects
    sqrt_w : (N,) or None
    """

    y: Array
    X: Array
    W: Array
    Z: Array
    endogenous: tuple[str, ...]
    exogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    design: Design
    sqrt_w: Array | None

    def partial(self) -> tuple[Array, Array, Array]:
        """Return y (N,), X (N, K) and Z (N, L) with W partialled out."""
        if not self.W.shape[1]:
            return self.y, self.X, self.Z
        both = np.column_stack([self.y, self.X, self.Z])
        both = both - self.W @ np.linalg.lstsq(self.W, both)[0]
        K = self.X.shape[1]
        return both[:, 0], both[:, 1 : K + 1], both[:, K + 1 :]

    def counts(self, k: int) -> Counts:
        """Return the counts of a regression with k terms on these rows."""
        effects = self.design.effects
        return Counts(len(self.y), k, effects, extra_components(effects))


@dataclass(frozen=True)
class InstrumentedFit(LinearFit):
    """`LinearFit` of two stages, with the system that a bootstrap draws from."""

    system: System | None = field(default=None, repr=False)


@dataclass(frozen=True, repr=False)
class IVRegression(Regression):
    """`Regression` by instruments: adds the system that weak-instrument diagnostics read."""

    system: System | None = field(default=None, repr=False, compare=False)

    def first_stage(self, treatment: str | None = None) -> Regression:
        """Return the first stage of an endogenous term (default: the first), same covariance."""
        system = system_of(self)
        name = system.endogenous[0] if treatment is None else treatment
        if name not in system.endogenous:
            raise InputError(f"{name!r} is not endogenous; these are {list(system.endogenous)}.")
        return first_stage(system, name, self.covariance.spec, self.rule)


def system_of(estimates: Estimates) -> System:
    """Return the system of `estimates`, or raise `InputError` if it has no instruments."""
    system = estimates.system if isinstance(estimates, IVRegression) else None
    if system is None:
        raise InputError(f"this needs an iv() estimate; found {estimates.method!r}.")
    return system


def split(formula: str) -> tuple[str, str, str]:
    """Return the formula of all terms, the endogenous part and the instruments part."""
    found = BRACKET.findall(formula)
    if len(found) != 1:
        raise InputError(
            f"formula must hold one bracket, 'y ~ controls + [x ~ z1 + z2]'; found {formula!r}."
        )
    endogenous, instruments = (part.strip() for part in found[0])
    return BRACKET.sub(f"{endogenous} + {instruments}", formula), endogenous, instruments


def _columns(design: Design, part: str) -> list[int]:
    """Return the columns of the design that come from the terms of `part`."""
    from formulaic import Formula

    terms = {str(term) for term in Formula(f"0 + {part}")}
    return [k for k, source in enumerate(design.sources) if source in terms]


def build_system(design: Design, endogenous: str, instruments: str) -> tuple[System, Notes]:
    """Return the identified system, and notes on the terms that were left out.

    Exogenous terms come first: what repeats them is left out of the others.

    Raises
    ------
    IdentificationError
        If an endogenous term is explained by the exogenous ones, or instruments are too few.
    """
    w = None if design.weights is None else np.sqrt(design.weights)
    raw = np.column_stack([design.X, design.y])
    within = demean(raw, design.effects, design.weights)
    if w is not None:
        within, raw = within * w[:, None], raw * w[:, None]
    x, z = _columns(design, endogenous), _columns(design, instruments)
    if set(x) & set(z):
        raise InputError("a term is both endogenous and an instrument. Name it once.")
    rest = [k for k in range(design.X.shape[1]) if k not in {*x, *z}]
    W, X, why_x = _kept(rest, x, within, raw)
    _, Z, why_z = _kept(rest, z, within, raw)
    reasons = {design.terms[k]: why for k, why in sorted({**why_x, **why_z}.items())}
    _require_identified(design.terms, x, X, Z, reasons)
    names = [tuple(design.terms[k] for k in part) for part in (X, W, Z)]
    arrays = [np.ascontiguousarray(within[:, part]) for part in (X, W, Z)]
    notes = tuple(f"term {name!r} left out: it {why}" for name, why in reasons.items())
    y: Array = np.ascontiguousarray(within[:, -1])
    return System(
        y, arrays[0], arrays[1], arrays[2], names[0], names[1], names[2], design, w
    ), notes


def _kept(
    rest: list[int], own: list[int], within: Array, raw: Array
) -> tuple[list[int], list[int], dict[int, str]]:
    """Return the columns of `rest` and of `own` that are identified in that order, and why not."""
    at = [*rest, *own]
    kept, why = identified(within[:, at], raw[:, at])
    chosen = [at[k] for k in kept]
    reasons = {at[k]: reason for k, reason in why.items()}
    return [k for k in chosen if k in rest], [k for k in chosen if k in own], reasons


def _require_identified(
    terms: Sequence[str], x: list[int], X: list[int], Z: list[int], reasons: dict[str, str]
) -> None:
    lost = [terms[k] for k in x if k not in X]
    if lost:
        raise IdentificationError(
            f"endogenous {lost[0]!r} is not identified: it {reasons[lost[0]]}. Leave it out."
        )
    if len(Z) < len(X):
        raise IdentificationError(
            f"{len(X)} endogenous terms need at least as many instruments; {len(Z)} are left, "
            f"{[terms[k] for k in Z]} (left out: {reasons or 'none'}). Add instruments."
        )


def two_stage(system: System) -> tuple[Array, LinearFit]:
    """Return 2SLS coefficients (endogenous terms first) and the fit that covariances read."""
    first = np.column_stack([system.W, system.Z])
    regressors = np.column_stack([system.X, system.W])
    projected = np.column_stack([first @ least_squares(first, x)[0] for x in system.X.T])
    hats = np.column_stack([projected, system.W])
    bread = inverse_gram(hats)
    beta = bread @ (hats.T @ system.y)
    beta = beta + bread @ (hats.T @ (system.y - regressors @ beta))
    u = system.y - regressors @ beta
    fit = InstrumentedFit(
        system.endogenous + system.exogenous,
        hats,
        u,
        system.y,
        bread,
        system.counts(hats.shape[1]),
        system.design.sample,
        system.sqrt_w,
        least_squares=False,
        system=system,
    )
    return beta, fit


def first_stage(system: System, treatment: str, cov: Any, rule: SmallSample) -> Regression:
    """Return least squares of an endogenous regressor on instruments and exogenous terms."""
    x = system.X[:, system.endogenous.index(treatment)]
    Z = np.column_stack([system.Z, system.W])
    beta, u, bread = least_squares(Z, x)
    terms = system.instruments + system.exogenous
    counts = system.counts(Z.shape[1])
    fit = LinearFit(terms, Z, u, x, bread, counts, system.design.sample, system.sqrt_w)
    return assemble(
        fit,
        beta,
        outcome=treatment,
        method="first stage",
        cov=cov,
        rule=rule,
        statistics={},
        notes=(),
    )


def iv(
    formula: str,
    data: object,
    *,
    absorb: Sequence[str] | str | None = None,
    cov: CovarianceSpec | None = None,
    entity: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    rule: SmallSample | None = None,
) -> IVRegression:
    """Estimate a linear regression by two-stage least squares.

    Parameters
    ----------
    formula : ``"y ~ controls + [x1 + x2 ~ z1 + z2 + z3]"``: endogenous regressors and
        excluded instruments stand in the bracket
    data, absorb, cov, entity, time, weights, rule : as in `panel`

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
    >>> from agglometrics.models import Homoskedastic, iv
    >>> data = pd.DataFrame({"z": [0, 0, 1, 1], "x": [1.0, 2, 3, 4], "y": [1.0, 3, 4, 8]})
    >>> fit = iv("y ~ [x ~ z]", data, cov=Homoskedastic())  # Wald: (6 - 2) / (3.5 - 1.5)
    >>> fit.params.round(4)
    array([ 2., -1.])
    """
    combined, endogenous, instruments = split(formula)
    design = build(combined, data, absorb=absorb, weights=weights, entity=entity, time=time)
    system, dropped = build_system(design, endogenous, instruments)
    beta, fit = two_stage(system)
    chosen = SmallSample() if rule is None else rule
    effects = f", {' and '.join(design.effect_names)} effects" if design.effects else ""
    base = assemble(
        fit,
        beta,
        outcome=design.outcome,
        method="two-stage least squares" + effects,
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=chosen,
        statistics={"n_instruments": float(len(system.instruments))},
        notes=(*design.notes, *dropped),
    )
    kept = {f.name: getattr(base, f.name) for f in fields(base)}
    return IVRegression(**kept, system=system)
