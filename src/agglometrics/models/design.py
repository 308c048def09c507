"""From a formula and a table to the arrays of a regression, saying what was left out.

Formulas are formulaic's (``y ~ log(x) + C(group)``), with one addition: ``lag(x)`` and
``lag(x, 2)`` go back by calendar time within the unit, never across units or gaps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.models.fixed_effects import keep_without_singletons, recode
from agglometrics.models.rules import Codes
from agglometrics.tables import Array, listed, numeric, require_columns, require_keys, to_frame

CONSTANT = "Intercept"


@dataclass(frozen=True)
class Sample:
    """The rows that a regression used, and the table they came from.

    Attributes
    ----------
    frame : the user's table
    rows : (N,) positions in it
    entity, time : the panel's keys, where the caller named them
    """

    frame: pd.DataFrame = field(repr=False)
    rows: Codes = field(repr=False)
    entity: str | None = None
    time: str | None = None

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column of the table at the rows used; it must be known there."""
        require_columns(self.frame, [name])
        values = self.frame[name].iloc[self.rows]
        unknown = int(values.isna().sum())
        if unknown:
            raise InputError(
                f"column {name!r} is missing in {unknown} of the {len(self.rows)} rows used. "
                "Fill it in, or drop these rows yourself."
            )
        return values

    def codes(self, name: str) -> Codes:
        """Return a column as codes from zero, in the order of its values; ``a^b`` combines two."""
        return combine([pd.factorize(self.column(part))[0] for part in name.split("^")])

    def numbers(self, name: str) -> Array:
        """Return a numeric column at the rows used."""
        return np.asarray(numeric(self.column(name).to_frame(), name), dtype=np.float64)

    def periods(self, name: str | None) -> Codes:
        """Return periods as consecutive integers from zero; whole numbers keep their gaps."""
        column = self.time if name is None else name
        if column is None:
            raise InputError("this needs the column of periods. Say time=... .")
        return calendar(self.column(column))

    def take(self, positions: Codes) -> Sample:
        """Return the sample of some of the rows."""
        return Sample(self.frame, self.rows[positions], self.entity, self.time)


def calendar(values: pd.Series[Any]) -> Codes:
    """Return periods as integers from zero, gaps kept; other types count their sorted values."""
    whole = pd.api.types.is_integer_dtype(values) or (
        pd.api.types.is_float_dtype(values) and bool((values == values.round()).all())
    )
    if whole:
        numbers = values.to_numpy(dtype=np.int64)
        return np.asarray(numbers - numbers.min(), dtype=np.intp)
    return np.asarray(pd.factorize(values, sort=True)[0], dtype=np.intp)


def combine(codes: Sequence[Codes]) -> Codes:
    """Return codes of the combinations of several codes."""
    out = np.asarray(codes[0], dtype=np.int64)
    for other in codes[1:]:
        out = np.asarray(pd.factorize(out * (int(other.max(initial=0)) + 1) + other)[0])
    return np.asarray(out, dtype=np.intp)


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

    def entity(self) -> Codes:
        """Return the codes of the units, or raise `InputError` if the caller named none."""
        if self.sample.entity is None:
            raise InputError("this estimator needs the column of units. Say entity=... .")
        return self.sample.codes(self.sample.entity)


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
    _check_formula(formula)
    parts = [part for name in names for part in name.split("^")]
    require_columns(frame, [*parts, *filter(None, [weights, entity, time]), *extra])
    _check_panel(frame, entity, time)
    context = {"lag": _Lag(frame, entity, time)}
    y, X, terms, outcome, rows, sources = _matrices(formula, frame, context, bool(names))
    needed = [*parts, *filter(None, [weights]), *extra]
    known = np.ones(len(rows), dtype=bool)
    for column in needed:
        known &= frame[column].iloc[rows].notna().to_numpy()
    keep = np.flatnonzero(known)
    sample = Sample(frame, rows[keep], entity, time)
    notes = _unknown_note(len(frame), len(keep))
    effects = tuple(sample.codes(name) for name in names)
    singles = keep_without_singletons(effects) if effects else np.ones(len(keep), dtype=bool)
    if not singles.all():
        notes += (f"{int((~singles).sum())} singleton rows left out (alone in {list(names)})",)
        keep, sample = keep[singles], sample.take(np.flatnonzero(singles))
        effects = tuple(recode(codes[singles]) for codes in effects)
    if not len(keep):
        raise InputError(f"no row is left for {formula!r}: {'; '.join(notes) or 'empty table'}.")
    w = None if weights is None else _weights(sample, weights)
    if len(keep) < len(y):
        y, X = y[keep], X[keep]
    return Design(y, X, terms, outcome, w, effects, names, sample, notes, sources)


def from_columns(outcome: str, regressors: Sequence[str]) -> str:
    """Return the formula of plain columns, whatever characters their names hold.

    Examples
    --------
    >>> from_columns("GDP per head", ["x", "R&D"])
    '`GDP per head` ~ `x` + `R&D`'
    """
    return f"`{outcome}` ~ " + " + ".join(f"`{name}`" for name in regressors)


def _as_tuple(names: Sequence[str] | str | None) -> tuple[str, ...]:
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def _check_formula(formula: str) -> None:
    if not isinstance(formula, str) or formula.count("~") != 1:
        raise InputError(f"formula must read 'outcome ~ terms'; found {formula!r}.")
    if "|" in formula:
        raise InputError(
            f"formula {formula!r} has '|': name absorbed effects apart, absorb=['firm', 'year']."
        )


def _check_panel(frame: pd.DataFrame, entity: str | None, time: str | None) -> None:
    if entity is not None and time is not None:
        require_keys(frame, [entity, time])


def _matrices(
    formula: str,
    frame: pd.DataFrame,
    context: Mapping[str, Any],
    absorbed: bool,
    unknown: Literal["drop", "ignore"] = "drop",
) -> tuple[Array, Array, tuple[str, ...], str, Codes, tuple[str, ...]]:
    """Return y, X, their names, the rows without an unknown value, and each column's term."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    plain = frame.set_axis(pd.RangeIndex(len(frame)), axis=0)
    try:
        parsed = Formula(formula)
        absent = [v for v in map(str, parsed.required_variables) if v not in plain.columns]
        if absent:
            require_columns(plain, absent)
        matrices = parsed.get_model_matrix(plain, na_action=unknown, context=dict(context))
    except FormulaicError as error:
        plain_words = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]", "", str(error)).split("\n")[0]
        raise InputError(f"formula {formula!r} cannot be read: {plain_words}") from error
    left, right = matrices.lhs, matrices.rhs
    origin = {
        str(right.columns[i]): str(term)
        for term, at in right.model_spec.term_indices.items()
        for i in at
    }
    if left.shape[1] != 1:
        raise InputError(
            f"formula {formula!r} must have one numeric outcome; found {list(left.columns)}."
        )
    if absorbed and CONSTANT in right.columns:
        right = right.drop(columns=CONSTANT)
    rows = np.asarray(left.index, dtype=np.intp)
    y: Array = np.ascontiguousarray(left.to_numpy(dtype=np.float64)[:, 0])
    X: Array = right.to_numpy(dtype=np.float64)
    _refuse_infinite(y, X, [str(left.columns[0]), *map(str, right.columns)])
    columns = tuple(map(str, right.columns))
    sources = tuple(origin[column] for column in columns)
    return y, X, columns, str(left.columns[0]), rows, sources


def _refuse_infinite(y: Array, X: Array, names: Sequence[str]) -> None:
    for name, column in zip(names, [y, *X.T], strict=True):
        bad = int(np.isinf(column).sum())
        if bad:
            raise InputError(
                f"{name!r} is infinite in {bad} rows (the log of a zero?). Set or drop them, "
                "or model the level with poisson()."
            )


def evaluate(
    formula: str, frame: pd.DataFrame, entity: str, time: str
) -> tuple[Array, Array, tuple[str, ...], tuple[str, ...], str]:
    """Return y (N,), X (N, K), terms, their sources and the outcome's name, NaN kept in place."""
    _check_formula(formula)
    context = {"lag": _Lag(frame, entity, time)}
    y, X, terms, outcome, _, sources = _matrices(formula, frame, context, True, "ignore")
    return y, X, terms, sources, outcome


def _unknown_note(total: int, kept: int) -> tuple[str, ...]:
    left_out = total - kept
    return (f"{left_out} of {total} rows left out: a value is unknown",) if left_out else ()


def _weights(sample: Sample, name: str) -> Array:
    values = sample.numbers(name)
    bad = np.flatnonzero(values <= 0)
    if len(bad):
        raise InputError(
            f"weights {name!r} must be positive; found {len(bad)} rows with zero or less, first "
            f"at positions {listed(sample.rows[bad])}. Leave these rows out yourself, and say so."
        )
    return values


@dataclass(frozen=True)
class _Lag:
    """The formula function ``lag(x, k)``: x of the same unit, k periods earlier."""

    frame: pd.DataFrame
    entity: str | None
    time: str | None

    def __call__(self, x: pd.Series[Any], k: int = 1) -> pd.Series[Any]:
        if self.entity is None or self.time is None:
            raise InputError(
                "lag() in a formula needs the panel's keys. Say entity=..., time=... ."
            )
        values: Array = np.array(x, dtype=np.float64)
        unit = pd.factorize(self.frame[self.entity])[0]
        return pd.Series(lagged(values, unit, calendar(self.frame[self.time]), k))


def lagged(values: Array, unit: Codes, period: Codes, k: int) -> Array:
    """Return values of the same unit k periods earlier, NaN where that row does not exist."""
    span = np.int64(period.max(initial=0)) + 1 + abs(k)
    key = unit.astype(np.int64) * span + period
    order = np.argsort(key)
    wanted = key - k
    place = np.searchsorted(key[order], wanted).clip(max=len(key) - 1)
    found = (key[order][place] == wanted) & (period - k >= 0)
    out: Array = np.where(found, values[order][place], np.nan)
    return out


def refuse_empty(terms: Sequence[str], dropped: Mapping[str, str]) -> None:
    """Raise `IdentificationError` if no term is left."""
    if not terms:
        reasons = "; ".join(f"{name!r} {why}" for name, why in dropped.items()) or "none was given"
        raise IdentificationError(f"no term is identified: {reasons}. Add one that varies.")
