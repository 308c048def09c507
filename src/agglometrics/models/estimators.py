"""What an estimator of a linear panel is, and the default one: least squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.small_sample import Counts
from agglometrics.linalg.demeaning import demean, extra_components
from agglometrics.linalg.least_squares import (
    ABSORBED,
    PRECISE,
    judge,
    least_squares,
)
from agglometrics.models.design import Design, refuse_empty, refuse_no_terms
from agglometrics.models.formulas import CONSTANT
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels


@dataclass(frozen=True)
class Fitted:
    """What an estimator returns: coefficients (K,), their arrays, statistics, notes."""

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


@checked
@dataclass(frozen=True)
class LeastSquares:
    """Least squares, after absorbing the effects that `absorb=` names."""

    method: str = "least squares"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of the demeaned outcome on the demeaned regressors."""
        w = None if design.weights is None else np.sqrt(design.weights)
        if not design.terms and design.effects:
            return _effects_only(design, w)
        refuse_no_terms(design)
        before = _times(design.X, w)
        y, X = _within(design, w) if design.effects else (_times(design.y, w), before)
        level = level_of(design, before, w)
        found = judge(X, before if design.effects else None, level)
        kept = found.kept
        reasons = {design.terms[k]: reason for k, reason in found.why.items()}
        terms = tuple(design.terms[k] for k in kept)
        refuse_empty(terms, reasons)
        X = np.asfortranarray(X if len(kept) == X.shape[1] else X[:, kept])
        beta, u, bread = least_squares(X, y)
        components = extra_components(design.effects)
        counts = Counts(len(y), len(terms), design.effects, components)
        fit = LinearFit(terms, X, u, y, bread, counts, design.sample, w, nuisance=design.hidden)
        lost = imprecise_notes(terms, found.times[kept])
        return Fitted(beta, fit, _fit_statistics(design, fit), dropped_notes(reasons) + lost)


def _times(values: Array, sqrt_w: Array | None) -> Array:
    """Return values, (N,) or (N, K), times the roots of the weights (N,)."""
    return values if sqrt_w is None else np.asarray((values.T * sqrt_w).T)


def _within(design: Design, sqrt_w: Array | None) -> tuple[Array, Array]:
    """Return the outcome (N,) and regressors (N, K) less their effects, times root weights."""
    together = np.vstack([design.y, design.X.T]).T
    within = _times(demean(together, design.effects, design.weights), sqrt_w)
    return np.ascontiguousarray(within[:, 0]), within[:, 1:]


def _effects_only(design: Design, sqrt_w: Array | None) -> Fitted:
    """Return the fit of the effects alone: no coefficient, the demeaned outcome as residual."""
    u = demean(design.y[:, None], design.effects, design.weights)[:, 0]
    u = u if sqrt_w is None else u * sqrt_w
    counts = Counts(len(u), 0, design.effects, extra_components(design.effects))
    none = np.empty((len(u), 0))
    fit = LinearFit((), none, u, u, np.empty((0, 0)), counts, design.sample, sqrt_w)
    return Fitted(np.empty(0), fit, _fit_statistics(design, fit), ())


def level_of(design: Design, X: Array, sqrt_w: Array | None) -> Array | None:
    """Return the constant of the model in the units of X (N, K), or None if it has none."""
    if CONSTANT in design.terms:
        return np.asarray(X[:, design.terms.index(CONSTANT)])
    if not design.effects:
        return None
    return np.ones(len(X)) if sqrt_w is None else sqrt_w


def dropped_notes(reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Return the notes on terms that were left out."""
    return tuple(f"term {name!r} left out: it {why}" for name, why in reasons.items())


def imprecise_notes(terms: Sequence[str], times: Array) -> tuple[str, ...]:
    """Return notes on terms whose level is so far from zero that their spread is lost to rounding.

    times : (K,) how many times its spread each is, as `judge` finds
    """
    return tuple(
        f"term {name!r} lies {t:.0e} times its spread from zero: about {16 - np.log10(t):.0f} "
        "digits of it are left. Subtract a constant from it before you estimate"
        for name, t in zip(terms, times, strict=True)
        if t > PRECISE
    )


def _fit_statistics(design: Design, fit: LinearFit) -> dict[str, float]:
    outcome = _beyond_constant(design)
    total = float((outcome if design.weights is None else design.weights * outcome) @ outcome)
    left = float(fit.u @ fit.u)
    out = {"r2": 1 - left / total if total > 0 else np.nan}
    if design.effects:
        out["r2_within"] = 1 - left / _within_total(design, fit)
    for name, codes in zip(design.effect_names, design.effects, strict=True):
        out[f"n_{name}"] = float(n_levels(codes))
    return out


def _beyond_constant(design: Design) -> Array:
    """Return the outcome (N,) less its projection on the constant, if the model has one.

    The constant of random effects is not one: it is what the transformation leaves of it.
    """
    if CONSTANT in design.terms:
        level = np.ascontiguousarray(design.X[:, design.terms.index(CONSTANT)])
    elif design.effects:
        level = np.ones(len(design.y))
    else:
        return design.y
    weighted = level if design.weights is None else design.weights * level
    return design.y - level * float(weighted @ design.y / (weighted @ level))


def _within_total(design: Design, fit: LinearFit) -> float:
    """Return the outcome's sum of squares that effects leave; none left is an error."""
    total = float(fit.y @ fit.y)
    spread = _times(design.y - design.y.mean(), fit.sqrt_w)
    if total <= ABSORBED * float(spread @ spread):
        raise IdentificationError(
            f"outcome {design.outcome!r} does not vary beyond the effects of "
            f"{list(design.effect_names)}. Absorb fewer effects."
        )
    return total


def refuse_extras(design: Design, method: str) -> None:
    """Raise `InputError` for weights or effects, which `method` does not take."""
    if design.weights is not None or design.effects:
        raise InputError(
            f"{method} takes neither weights= nor absorb=. Write effects as C(year) in the "
            "formula, or use the default estimator."
        )
