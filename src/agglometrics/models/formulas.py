"""From the text of a formula to numbers.

Formulas are formulaic's (``y ~ log(x) + C(group)``), with one addition: ``lag(x)`` and
``lag(x, 2)`` go back by calendar time within the unit, never across units or gaps.

A formula is code: formulaic evaluates its terms as Python. Never pass one that a stranger
wrote. Where names of columns come from outside (a form, a file), build the formula with
`from_columns`, which quotes each name, so that it is looked up and never evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, require_columns
from agglometrics.tables.periods import calendar, lagged

CONSTANT = "Intercept"


def from_columns(outcome: str, regressors: Sequence[str]) -> str:
    """Return the formula of plain columns, whatever characters their names hold.

    Use it for names that come from outside: a formula is code, a quoted name is not.

    Raises
    ------
    InputError
        If there is no regressor, or a name is no text, is empty or holds a backtick.

    Examples
    --------
    >>> from_columns("GDP per head", ["x", "R&D"])
    '`GDP per head` ~ `x` + `R&D`'
    """
    names = [outcome, *([regressors] if isinstance(regressors, str) else regressors)]
    for name in names:
        if not isinstance(name, str) or not name or "`" in name or "\n" in name:
            raise InputError(
                f"the name of a column must be a text without backticks and line ends; found "
                f"{name!r}. Rename the column."
            )
    if len(names) == 1:
        raise InputError("regressors must name at least one column; found none. Pass ['x'].")
    return f"`{outcome}` ~ " + " + ".join(f"`{name}`" for name in names[1:])


def check_formula(formula: str) -> None:
    """Raise `InputError` if `formula` has not two sides, or names effects after a bar."""
    if not isinstance(formula, str) or formula.count("~") != 1:
        raise InputError(
            f"formula must read 'outcome ~ terms'; found {formula!r}. For example 'y ~ x'."
        )
    for side, text in zip(("left", "right"), formula.split("~"), strict=True):
        if not text.strip():
            raise InputError(
                f"formula {formula!r} has an empty {side} side. Name the outcome and at least one "
                "term, for example 'y ~ x' ('y ~ 1' for the constant alone)."
            )
    if "|" in formula:
        raise InputError(
            f"formula {formula!r} has '|': name absorbed effects apart, absorb=['firm', 'year']."
        )


def matrices_of(
    formula: str,
    frame: pd.DataFrame,
    entity: str | None,
    time: str | None,
    absorbed: bool,
    unknown: Literal["drop", "ignore"] = "drop",
) -> tuple[Array, Array, tuple[str, ...], str, Codes, tuple[str, ...]]:
    """Return y, X, their names, the rows without an unknown value, and each column's term."""
    left, right, lag = _read(formula, frame, entity, time, unknown)
    origin = {
        str(right.columns[i]): str(term)
        for term, at in right.model_spec.term_indices.items()
        for i in at
    }
    if left.shape[1] != 1:
        raise InputError(
            f"formula {formula!r} must have one numeric outcome; found {listed(left.columns)}."
        )
    if absorbed and CONSTANT in right.columns:
        right = right.drop(columns=CONSTANT)
    rows = np.asarray(left.index, dtype=np.intp)
    y: Array = np.ascontiguousarray(left.to_numpy(dtype=np.float64)[:, 0])
    X: Array = right.to_numpy(dtype=np.float64)
    finite = ~(np.isnan(y) | np.isnan(X).any(axis=1))
    _refuse_undefined(formula, lag, rows[finite])
    _refuse_infinite(y, X, [str(left.columns[0]), *map(str, right.columns)], rows)
    columns = tuple(map(str, right.columns))
    sources = tuple(origin[column] for column in columns)
    return y, X, columns, str(left.columns[0]), rows, sources


def _read(
    formula: str, frame: pd.DataFrame, entity: str | None, time: str | None, unknown: str
) -> tuple[Any, Any, _Lag]:
    """Return formulaic's two matrices, rows numbered from zero, and what lags there were."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    # numbers held as objects are numbers, not categories
    plain = frame.set_axis(pd.RangeIndex(len(frame)), axis=0).infer_objects()
    try:
        parsed = Formula(formula)
        names = _named_columns(parsed, plain)
        _check_functions(formula, plain, names)
        lag = _Lag(plain, entity, time, plain[names].notna().all(axis=1).to_numpy())
        # what is infinite or undefined is refused afterwards, in words
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            matrices = parsed.get_model_matrix(
                plain[names], na_action=unknown, context={"lag": lag}
            )
    except FormulaicError as error:
        if isinstance(error.__cause__, InputError):
            raise error.__cause__ from None
        words = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]", "", str(error)).split("\n")[0]
        raise InputError(f"formula {formula!r} cannot be read: {words}") from error
    return matrices.lhs, matrices.rhs, lag


def _check_functions(formula: str, frame: pd.DataFrame, names: list[str]) -> None:
    """Refuse a column that hides a function of the formula, and an outcome of dates."""
    called = set(re.findall(r"\b(\w+)\s*\(", re.sub(r"`[^`]*`", "", formula)))
    used = set(re.findall(r"\w+", re.sub(r"\b\w+\s*\(", "(", formula)))
    both = sorted(called & used & {*map(str, frame.columns)})
    if both:
        raise InputError(
            f"column {both[0]!r} has the name of a function that {formula!r} calls. "
            "Rename the column."
        )
    outcome = formula.partition("~")[0].strip().strip("`")
    if outcome in names and pd.api.types.is_datetime64_any_dtype(frame[outcome]):
        raise InputError(
            f"the outcome {outcome!r} must be numeric; found {frame[outcome].dtype}. Convert it "
            "to a number, such as the days since a date."
        )


def _named_columns(parsed: Any, frame: pd.DataFrame) -> list[str]:
    """Return the columns that a formula names; one that is not there is an error.

    formulaic cuts ```first.treat``` at its point, as if it were an attribute of ``first``.
    """
    values = [v for v in parsed.required_variables if "callable" not in {r.value for r in v.roles}]
    named = [str(v) for v in values]
    dotted = {v: [c for c in map(str, frame.columns) if c.startswith(f"{v}.")] for v in named}
    require_columns(frame, [v for v in named if v not in frame.columns and not dotted[v]])
    return [c for v in named for c in ([v] if v in frame.columns else dotted[v])]


def _refuse_undefined(formula: str, lag: _Lag, defined: Codes) -> None:
    """Raise if a row's variables are known and a term of it is not a number all the same."""
    bad = lag.known & ~lag.absent
    bad[defined] = False
    _refuse_rows(formula, np.flatnonzero(bad))


def _refuse_rows(formula: str, bad: Codes) -> None:
    if len(bad):
        raise InputError(
            f"{formula!r} gives no number in {len(bad)} rows whose values are known (the "
            f"log of a negative number?), first at positions {listed(bad)}. Correct these rows, "
            "or set them to NaN to leave them out."
        )


def _refuse_infinite(y: Array, X: Array, names: Sequence[str], rows: Codes) -> None:
    for name, column in zip(names, [y, *X.T], strict=True):
        bad = np.flatnonzero(np.isinf(column))
        if len(bad):
            raise InputError(
                f"{name!r} is infinite in {len(bad)} rows (the log of a zero?), first at positions "
                f"{listed(rows[bad])}. Set or drop them, or model the level with poisson()."
            )


def evaluate(
    formula: str, frame: pd.DataFrame, entity: str, time: str
) -> tuple[Array, Array, tuple[str, ...], tuple[str, ...], str]:
    """Return y (N,), X (N, K), terms, their sources and the outcome's name, NaN kept in place."""
    check_formula(formula)
    y, X, terms, outcome, _, sources = matrices_of(formula, frame, entity, time, True, "ignore")
    return y, X, terms, sources, outcome


@dataclass(frozen=True)
class _Lag:
    """The formula function ``lag(x, k)``: x of the same unit, k periods earlier.

    Attributes
    ----------
    frame, entity, time : the table and its keys
    known : (n,) rows of the table where all columns of the formula are known
    absent : (n,) rows where some lag has been found missing, filled in as the formula is read
    """

    frame: pd.DataFrame
    entity: str | None
    time: str | None
    known: np.ndarray[Any, Any]
    absent: np.ndarray[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "absent", np.zeros(len(self.frame), dtype=bool))

    def __call__(self, x: pd.Series[Any], k: int = 1) -> pd.Series[Any]:
        if self.entity is None or self.time is None:
            raise InputError(
                "lag() in a formula needs the panel's keys. Say entity=..., time=... ."
            )
        values: Array = np.array(x, dtype=np.float64)
        _refuse_rows("lag(...)", np.flatnonzero(np.isnan(values) & self.known & ~self.absent))
        unit = pd.factorize(self.frame[self.entity])[0]
        out = lagged(values, unit, calendar(self.frame[self.time]), k)
        self.absent[np.isnan(out)] = True
        return pd.Series(out)
