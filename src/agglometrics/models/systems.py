"""The equations of an instrumental-variable regression, and two-stage least squares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.small_sample import Counts
from agglometrics.linalg.demeaning import demean, extra_components
from agglometrics.linalg.least_squares import (
    inverse_gram,
    judge,
    least_squares,
    residualize,
)
from agglometrics.models.design import Design
from agglometrics.models.estimators import dropped_notes, imprecise_notes, level_of
from agglometrics.models.formulas import literal_names
from agglometrics.models.terms.habits import refuse_bars, translated
from agglometrics.models.terms.texts import without_calls
from agglometrics.notation import Array

Notes = tuple[str, ...]


SIGNS = re.compile(r"-|(?<![\w.])[01](?![\w.])")
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
        both = residualize(both, self.W)
        K = self.X.shape[1]
        return both[:, 0], both[:, 1 : K + 1], both[:, K + 1 :]

    def counts(self, k: int) -> Counts:
        """Return the counts of a regression with k terms on these rows."""
        effects = self.design.effects
        return Counts(len(self.y), k, effects, extra_components(effects))


@dataclass(frozen=True)
class InstrumentedFit(LinearFit):
    """`LinearFit` of two stages, with the system that a bootstrap draws from."""

    system: System = field(kw_only=True, repr=False)


def split(formula: str) -> tuple[str, str, str]:
    """Return the formula of all terms, the endogenous part and the instruments part."""
    found = BRACKET.findall(formula)
    if len(found) != 1:
        raise InputError(
            f"formula must hold one bracket, 'y ~ controls + [x ~ z1 + z2]'; found {formula!r}. "
            f"{_one_bracket(formula)}"
        )
    endogenous, instruments = (part.strip() for part in found[0])
    if not endogenous or not instruments:
        raise InputError(
            f"the bracket of {formula!r} must name endogenous terms and instruments. Write "
            "'y ~ controls + [x ~ z1 + z2]'."
        )
    _refuse_signs(formula, endogenous, instruments)
    _refuse_repeated(formula, endogenous, instruments)
    return BRACKET.sub(f"{endogenous} + {instruments}", formula), endogenous, instruments


def _one_bracket(formula: str) -> str:
    """Return what to write for a formula with instruments in the syntax of another program."""
    parts = [part.strip() for part in formula.split("|")]
    if len(parts) == 2 and "~" in parts[0] and "~" not in parts[1]:
        outcome, right = (side.strip() for side in parts[0].split("~", 1))
        names = [{t.strip() for t in side.split("+")} for side in (right, parts[1])]
        controls, treated, excluded = names[0] & names[1], names[0] - names[1], names[1] - names[0]
        if treated and excluded:
            bracket = f"[{' + '.join(sorted(treated))} ~ {' + '.join(sorted(excluded))}]"
            return f"Write '{outcome} ~ {' + '.join([*sorted(controls), bracket])}'."
    if len(parts) > 1:
        refuse_bars(formula)
    meant = translated(formula) if "~" not in formula else None
    return f"Write {meant!r}." if meant else "Write one bracket with all endogenous terms."


def _terms_of(part: str) -> set[str]:
    """Return the terms of a right-hand side, the constant aside."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        return {str(term) for term in Formula(literal_names(f"0 + {part}"))}
    except FormulaicError as error:
        words = str(error).split("\n")[0].rstrip(".")
        raise InputError(
            f"{part!r} cannot be read as terms: {words}. Write terms and '+', as in 'x1 + x2'."
        ) from error


def _refuse_signs(formula: str, endogenous: str, instruments: str) -> None:
    """Raise `InputError` for a 0, a 1 or a minus in the bracket: they would act on the controls."""
    from formulaic import Formula

    outside = BRACKET.sub("`[]`", formula).split("~", 1)[1]
    for part in (endogenous, instruments):
        signs = set(SIGNS.findall(without_calls(part)))
        # where the equation has no constant, a constant may stand in the bracket
        if signs == {"1"} and "1" not in {str(term) for term in Formula(literal_names(outside))}:
            continue
        if signs:
            raise InputError(
                f"{sorted(signs)[0]!r} in the bracket of {formula!r} would act on the constant or "
                "on terms outside it. Exogenous terms and the constant instrument themselves: "
                "write terms and '+' alone in the bracket, and 0 or 1 outside it."
            )


def _refuse_repeated(formula: str, endogenous: str, instruments: str) -> None:
    """Raise `InputError` if a term has two roles: exogenous, endogenous, instrument."""
    outside = BRACKET.sub("0", formula).split("~", 1)[1]
    parts = {"exogenous": outside, "endogenous": endogenous, "an instrument": instruments}
    terms = {role: _terms_of(part) - {"1", "0"} for role, part in parts.items()}
    for one, other, remedy in (
        (
            "exogenous",
            "an instrument",
            "Exogenous terms instrument themselves: leave it out of the "
            "bracket to control for it, or out of the controls to exclude it",
        ),
        ("exogenous", "endogenous", "Name it in the bracket alone"),
        (
            "endogenous",
            "an instrument",
            "Name it once: exogenous terms are outside the bracket",
        ),
    ):
        both = sorted(terms[one] & terms[other])
        if both:
            raise InputError(
                f"term {both[0]!r} of {formula!r} is both {one} and {other}. {remedy}."
            )


def _columns(design: Design, part: str) -> list[int]:
    """Return the columns of the design that come from the terms of `part`."""
    terms = _terms_of(part)
    return [k for k, source in enumerate(design.sources) if source in terms]


def build_system(design: Design, endogenous: str, instruments: str) -> tuple[System, Notes]:
    """Return the identified system, and notes on the terms that were left out.

    Exogenous terms come first: other terms that repeat them are left out.

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
    level = level_of(design, raw[:, :-1], w)
    before = raw if design.effects else None
    times = np.ones(design.X.shape[1])
    W, X, why_x = _kept(rest, x, within, before, level, times)
    _, Z, why_z = _kept(rest, z, within, before, level, times)
    reasons = {design.terms[k]: why for k, why in sorted({**why_x, **why_z}.items())}
    _require_identified(design.terms, x, X, Z, reasons)
    names = [tuple(design.terms[k] for k in part) for part in (X, W, Z)]
    arrays = [np.ascontiguousarray(within[:, part]) for part in (X, W, Z)]
    every = [*X, *W, *Z]
    notes = dropped_notes(reasons) + imprecise_notes([design.terms[k] for k in every], times[every])
    y: Array = np.ascontiguousarray(within[:, -1])
    return System(
        y, arrays[0], arrays[1], arrays[2], names[0], names[1], names[2], design, w
    ), notes


def _kept(
    rest: list[int],
    own: list[int],
    within: Array,
    raw: Array | None,
    level: Array | None,
    times: Array,
) -> tuple[list[int], list[int], dict[int, str]]:
    """Return the columns of `rest` and of `own` that are identified in that order, and why not.

    Their `times` are filled in as `judge` finds them.
    """
    at = [*rest, *own]
    found = judge(within[:, at], None if raw is None else raw[:, at], level)
    times[at] = found.times
    chosen = [at[k] for k in found.kept]
    reasons = {at[k]: reason for k, reason in found.why.items()}
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
        regressors=regressors,
        system=system,
    )
    return beta, fit
