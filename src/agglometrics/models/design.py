"""From a formula and a table to the arrays of a regression, with notes on what was left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.linalg.demeaning import keep_without_singletons
from agglometrics.models.formulas import CONSTANT, check_formula, matrices_of
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, require_columns, require_keys, to_frame
from agglometrics.tables.periods import read_calendar
from agglometrics.tables.sample import Sample

LAGS = re.compile(r"\blag\s*\(")


@dataclass(frozen=True)
class Design:
    """The arrays of a regression.

    Attributes
    ----------
    y : (N,) outcome
    X : (N, K) regressors, the constant first where there is one
    terms, outcome : their names
    weights : (N,) positive weights, or None
    effects : codes of the absorbed effects, each (N,); `effect_names` their names
    sample : the rows used
    notes : what was left out, and why
    sources : for each column of X, the term of the formula that it came from
    formula : the formula; `slopes` the absorbed slopes, as the caller wrote them
    hidden : terms of X that are not reported (the slopes of each group)
    """

    y: Array
    X: Array
    terms: tuple[str, ...]
    outcome: str
    weights: Array | None
    effects: tuple[Codes, ...]
    effect_names: tuple[str, ...]
    sample: Sample
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    formula: str = ""
    slopes: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()

    def entity(self) -> Codes:
        """Return the codes of the units, or raise `InputError` if the caller named none."""
        if self.sample.entity is None:
            raise InputError("this estimator needs the column of units. Pass entity=... .")
        return self.sample.codes(self.sample.entity)

    def named(self, method: str) -> str:
        """Return the name of a method with that of the absorbed effects."""
        return f"{method}, {' and '.join(self.effect_names)} effects" if self.effects else method


def build(
    formula: str,
    data: object,
    *,
    absorb: Sequence[str] | str | None = None,
    weights: str | None = None,
    entity: str | None = None,
    time: str | None = None,
    extra: Sequence[str] = (),
) -> Design:
    """Return the `Design` of a formula; rows with an unknown value are left out and noted.

    `extra` names further columns that must be known (instruments of `iv`).
    """
    frame = to_frame(data)
    names = _as_tuple(absorb)
    check_formula(formula)
    parts = [part for name in names for part in name.split("^")]
    _refuse_slopes(parts, frame)
    require_columns(frame, [*parts, *filter(None, [weights, entity, time]), *extra])
    _check_panel(frame, entity, time)
    y, X, terms, outcome, rows, sources = matrices_of(formula, frame, entity, time, bool(names))
    needed = [*parts, *filter(None, [weights]), *extra]
    known = np.ones(len(rows), dtype=bool)
    for column in needed:
        there = frame[column].notna().to_numpy()
        known &= there if len(rows) == len(there) else there[rows]
    keep = np.flatnonzero(known)
    sample = Sample(frame, rows[keep], entity, time)
    notes = _unknown_note(len(frame), len(keep)) + _calendar_note(formula, frame, time)
    effects = tuple(sample.codes(name) for name in names)
    singles = keep_without_singletons(effects) if effects else np.ones(len(keep), dtype=bool)
    if not singles.all():
        notes += (f"{int((~singles).sum())} singleton rows left out (alone in {list(names)})",)
        keep, sample = keep[singles], sample.take(np.flatnonzero(singles))
        effects = tuple(sample.codes(name) for name in names)
    if not len(keep):
        raise InputError(
            f"no row is left for {formula!r}: {'; '.join(notes) or 'empty table'}. "
            f"{_way_out(formula, frame, time)}"
        )
    w = None if weights is None else _weights(sample, weights)
    if len(keep) < len(y):
        y, X = y[keep], X[keep]
    _refuse_itself(outcome, terms)
    _refuse_constant(outcome, y, terms)
    return Design(y, X, terms, outcome, w, effects, names, sample, notes, sources, formula)


def _refuse_itself(outcome: str, terms: Sequence[str]) -> None:
    """Raise `InputError` if the outcome is to explain itself: a perfect fit, and no other term."""
    if outcome in terms:
        raise InputError(
            f"{outcome!r} stands on both sides of the formula: it explains itself. Leave it out "
            f"on the right, or write lag({outcome}) for its past."
        )


def _refuse_constant(outcome: str, y: Array, terms: Sequence[str]) -> None:
    """Raise `IdentificationError` if the outcome does not vary and terms are to explain it."""
    if len(y) > 1 and set(terms) - {CONSTANT} and y[1] == y[0] and (y == y[0]).all():
        raise IdentificationError(
            f"the outcome {outcome!r} is {y[0]:g} in all {len(y)} rows used: there is nothing to "
            "explain. Check the rows that were kept, or name another outcome."
        )


def _as_tuple(names: Sequence[str] | str | None) -> tuple[str, ...]:
    if names is None:
        return ()
    out = (names,) if isinstance(names, str) else tuple(names)
    twice = sorted({name for name in out if out.count(name) > 1})
    if twice:
        raise InputError(f"absorb= names {twice} more than once. Name each effect once.")
    return out


def _check_panel(frame: pd.DataFrame, entity: str | None, time: str | None) -> None:
    if entity is not None and time is not None:
        require_keys(frame, [entity, time])


def _unknown_note(total: int, kept: int) -> tuple[str, ...]:
    left_out = total - kept
    return (f"{left_out} of {total} rows left out: a value is unknown",) if left_out else ()


def _way_out(formula: str, frame: pd.DataFrame, time: str | None) -> str:
    """Return what to do where no row is left: fill in, or number the periods that lags need."""
    if time is not None and LAGS.search(formula):
        steps = np.diff(np.unique(read_calendar(frame[time]).codes))
        if len(steps) and steps.min() > 1:
            return (
                f"lag() found no row one period earlier: those of {time!r} are {steps.min()} to "
                f"{steps.max()} steps apart. Number the periods 1, 2, 3, ..."
            )
    return "Fill the unknown values in, or absorb fewer effects."


def _calendar_note(formula: str, frame: pd.DataFrame, time: str | None) -> tuple[str, ...]:
    """Return what was taken for a period, where the formula has lags."""
    if time is None or not LAGS.search(formula):
        return ()
    note = read_calendar(frame[time]).note
    return (note,) if note else ()


def _refuse_slopes(parts: Sequence[str], frame: pd.DataFrame) -> None:
    for part in parts:
        found = re.fullmatch(r"(.+)\[(.+)\]", part)
        if found and part not in frame.columns:
            unit, slope = found.groups()
            raise InputError(
                f"absorb= takes slopes in panel() by least squares, in iv(), and in poisson() "
                f"without instruments; found {part!r}. Write slopes of each group as a term of the "
                f"formula, C({unit}):{slope}."
            )


def _weights(sample: Sample, name: str) -> Array:
    values = sample.numbers(name)
    bad = np.flatnonzero(values <= 0)
    if len(bad):
        raise InputError(
            f"weights {name!r} must be positive; found {len(bad)} rows with zero or less, first "
            f"at positions {listed(sample.rows[bad])}. Leave these rows out, and report it."
        )
    return values


def refuse_class(argument: str, value: object) -> None:
    """Raise `InputError` if a class is passed in place of one of its values."""
    if isinstance(value, type):
        name = value.__name__
        raise InputError(f"{argument}={name} is a class, not a value. Write {argument}={name}().")


def refuse_no_terms(design: Design) -> None:
    """Raise `IdentificationError` if the formula has no term beside the absorbed effects."""
    if not design.terms:
        raise IdentificationError(
            f"the formula of {design.outcome!r} has no term beside the effects of "
            f"{list(design.effect_names)}, which take up the constant. Add a term that varies "
            "within them; for the outcome minus its effects write them as C(...) in the formula "
            "and take residuals()."
        )


def refuse_empty(terms: Sequence[str], dropped: Mapping[str, str]) -> None:
    """Raise `IdentificationError` if no term is left."""
    if not terms:
        reasons = "; ".join(f"{name!r} {why}" for name, why in dropped.items()) or "none was given"
        raise IdentificationError(f"no term is identified: {reasons}. Add one that varies.")
