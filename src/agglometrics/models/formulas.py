"""From the text of a formula to numbers.

Formulas are formulaic's (``y ~ log(x) + C(group)``), with one addition: ``lag(x)`` and
``lag(x, 2)`` go back by calendar time within the unit, never across units or gaps; and
``i(event, treated, ref=-1)`` makes a dummy of each value of `event` but one, times `treated`.

A formula is code: formulaic evaluates its terms as Python. Never pass one that a stranger
wrote. Where names of columns come from outside (a form, a file), build the formula with
`from_columns`, which quotes each name, so that it is looked up and never evaluated.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Number
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.models.terms import habits
from agglometrics.models.terms.event_dummies import event_dummies
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, require_columns
from agglometrics.tables.advice.numbers import as_numbers, not_numeric
from agglometrics.tables.arguments import checked
from agglometrics.tables.periods import calendar, lagged

CONSTANT = "Intercept"

QUOTED = re.compile(r"`[^`]*`")
CALL = re.compile(r"[A-Za-z_][A-Za-z_0-9.]*\s*\([^()]*\)")
POWER = re.compile(r"(?:\((?P<group>[^()]*)\)|[A-Za-z_][A-Za-z_0-9.]*)\s*(?:\*\*|\^)\s*\d+")
ONE = "1\u2060"  # stands for a column named 1, which formulaic reads as the constant


@checked
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
    odd = [name for name in names if not isinstance(name, str) or "`" in name or not name.strip()]
    if not names[1:]:
        raise InputError("regressors must name at least one column; found none. Pass ['x'].")
    if odd:
        raise InputError(
            f"from_columns takes the names of columns as texts without a backtick; found "
            f"{odd!r}. Pass an outcome and a list of names, and rename columns "
            "that are numbers."
        )
    return f"`{outcome}` ~ " + " + ".join(f"`{name}`" for name in names[1:])


def check_formula(formula: str) -> None:
    """Raise `InputError` if `formula` has not two sides, effects after a bar, or a lone power."""
    if isinstance(formula, str) and "|" in bare(formula):
        habits.refuse_bars(formula)
    if not isinstance(formula, str) or bare(formula).count("~") != 1:
        raise InputError(
            f"formula must read 'outcome ~ terms', with one '~'; found {formula!r}. "
            f"{_one_tilde(formula)}"
        )
    for side, text in zip(("left", "right"), bare(formula).split("~"), strict=True):
        if not text.strip():
            raise InputError(
                f"formula {formula!r} has an empty {side} side. Name the outcome and at least one "
                "term, for example 'y ~ x' ('y ~ 1' for the constant alone)."
            )
    power = lone_power(formula)
    if power:
        raise InputError(
            f"{power!r} in formula {formula!r} means the interactions of one term with itself, "
            f"which is the term alone. Write I({power.replace('^', '**')}) for that power of it."
        )


def _one_tilde(formula: object) -> str:
    """Return what to write for a formula without '~', or with one too many."""
    if isinstance(formula, str) and re.search(r"\[[^\[\]]*~[^\[\]]*\]", formula):
        return f"A bracket of instruments is for iv(): call iv({formula!r}, data)."
    meant = habits.translated(formula) if isinstance(formula, str) and "~" not in formula else None
    if meant and "[" in meant:
        return f"Write iv({meant!r}, data)."
    return f"Write {meant!r}." if meant else "For example 'y ~ x + log(z)'."


def bare(formula: str) -> str:
    """Return the formula with a word for each quoted name, whatever characters it holds."""
    return QUOTED.sub(lambda found: "q" * len(found.group()), formula)


def lone_power(formula: str) -> str | None:
    """Return the first ``x^2`` or ``x**2`` of one term outside function calls, or None.

    A power of several terms in brackets, ``(a + b)**2``, asks for their interactions.
    """
    text = bare(formula)
    while True:  # arguments of functions are Python, where ** is a power: blank them out
        shorter = CALL.sub(lambda found: "f" * len(found.group()), text)
        if shorter == text:
            break
        text = shorter
    for found in POWER.finditer(text):
        inside = found.group("group")
        if inside is None or not re.search(r"[+*/:-]", inside):
            return formula[found.start() : found.end()]
    return None


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
            f"formula {formula!r} must have one numeric outcome; found {listed(left.columns)}. "
            "Write one numeric column, or a function of one, left of '~'; for several outcomes "
            "call panels()."
        )
    if absorbed and CONSTANT in right.columns:
        right = right.drop(columns=CONSTANT)
    rows = np.asarray(left.index, dtype=np.intp)
    y: Array = np.ascontiguousarray(left.to_numpy(dtype=np.float64)[:, 0])
    X: Array = right.to_numpy(dtype=np.float64)
    finite = ~(np.isnan(y) | np.isnan(X).any(axis=1))
    _refuse_undefined(formula, lag, rows[finite])
    _refuse_infinite(y, X, [str(left.columns[0]), *map(str, right.columns)], rows)
    sources = tuple(origin[str(column)] for column in right.columns)
    columns = tuple(str(column).replace(ONE, "1") for column in right.columns)
    return y, X, columns, str(left.columns[0]).replace(ONE, "1"), rows, sources


def _read(
    formula: str, frame: pd.DataFrame, entity: str | None, time: str | None, unknown: str
) -> tuple[Any, Any, _Lag]:
    """Return formulaic's two matrices, rows numbered from zero, and what lags there were."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    whole = plain = frame.set_axis(pd.RangeIndex(len(frame)), axis=0).rename(columns={"1": ONE})
    called = set(re.findall(r"([A-Za-z_]\w*)\s*\(", bare(formula))) & set(plain.columns)
    habits.refuse_habits(formula, list(map(str, plain.columns)))
    try:
        parsed = Formula(literal_names(formula))
        plain = _numbers_as_numbers(plain, parsed, formula)
        _refuse_hidden_functions(formula, called)
        plain = plain.drop(columns=list(called))
        names = _named_columns(parsed, plain)
        _check_outcome(formula, plain, names)
        lag = _Lag(whole, entity, time, plain[names].notna().all(axis=1).to_numpy())
        # what is infinite or undefined is refused afterwards, in words
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            matrices = parsed.get_model_matrix(
                plain[names], na_action=unknown, context={"lag": lag, "i": event_dummies()}
            )
    except FormulaicError as error:
        if isinstance(error.__cause__, InputError):
            raise error.__cause__ from None
        words = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]", "", str(error)).split("\n")[0]
        way = habits.way_out(formula, words, list(map(str, plain.columns)))
        raise InputError(
            f"formula {formula!r} cannot be read: {words.rstrip('.')}. {way}"
        ) from error
    except SyntaxError as error:
        way = habits.way_out(formula, "", list(map(str, plain.columns)))
        raise InputError(f"formula {formula!r} cannot be read: {error.msg}. {way}") from error
    return matrices.lhs, matrices.rhs, lag


def literal_names(text: str) -> str:
    """Return a formula in which the quoted name `1` is a column, not the constant."""
    return text.replace("`1`", f"`{ONE}`")


def _values(parsed: Any) -> list[Any]:
    """Return the variables of a formula that are no functions."""
    return [v for v in parsed.required_variables if "callable" not in {r.value for r in v.roles}]


def _numbers_as_numbers(frame: pd.DataFrame, parsed: Any, formula: str) -> pd.DataFrame:
    """Return the table with numbers held as objects as floats; numbers held as text are an error.

    Either would become a dummy for each value without a word. ``C(x)`` asks for dummies.
    """
    plain = {str(v) for v in _values(parsed)} & set(map(str, frame.columns))
    held = [c for c in plain if frame[c].dtype == object or frame[c].dtype == "string"]
    changed = {}
    for name in held:
        known = frame[name].dropna()
        if len(known) and all(isinstance(v, (Decimal, Number)) for v in known):
            if not any(isinstance(v, (bool, np.bool_, complex)) for v in known):
                changed[name] = frame[name].astype("float64")
            continue
        bare_use = any(
            factor.expr == name
            for side in (parsed.lhs, parsed.rhs)
            for t in side
            for factor in t.factors
        )
        if bare_use and len(known) and pd.to_numeric(known, errors="coerce").notna().all():
            raise InputError(
                f"column {name!r} of {formula!r} holds numbers as text (first {known.iloc[0]!r}), "
                "which would become a dummy for each value. Convert it with pandas.to_numeric(...) "
                f"or write C({name}) for dummies."
            )
        texts = bare_use and len(known) and all(isinstance(v, str) for v in known)
        if texts and as_numbers(known):
            raise InputError(
                f"{not_numeric(known, name)} As they stand they would become a dummy for each "
                f"value; write C({name}) if that is meant."
            )
    return frame.assign(**changed)


def _refuse_hidden_functions(formula: str, called: set[str]) -> None:
    """Refuse a formula that takes one name for a column and for a function."""
    used = set(re.findall(r"\w+", re.sub(r"\b\w+\s*\(", "(", formula)))
    both = sorted(called & used)
    if both:
        raise InputError(
            f"column {both[0]!r} has the name of a function that {formula!r} calls. "
            "Rename the column."
        )


def _check_outcome(formula: str, frame: pd.DataFrame, names: list[str]) -> None:
    """Refuse an outcome of dates."""
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
    named = list(dict.fromkeys([*map(str, _values(parsed)), *_inside_transforms(parsed, frame)]))
    dotted = {v: [c for c in map(str, frame.columns) if c.startswith(f"{v}.")] for v in named}
    require_columns(frame, [v for v in named if v not in frame.columns and not dotted[v]])
    return [c for v in named for c in ([v] if v in frame.columns else dotted[v])]


def _inside_transforms(parsed: Any, frame: pd.DataFrame) -> list[str]:
    """Return the columns inside factors, which formulaic overlooks in ``center(x)``, ``bs(x)``."""
    expressions = [
        factor.expr for side in (parsed.lhs, parsed.rhs) for term in side for factor in term.factors
    ]
    found: list[str] = []
    for text in expressions:
        try:
            tree = ast.parse(text, mode="eval")
        except SyntaxError:  # a quoted name: formulaic finds it by itself
            continue
        found += [each.id for each in ast.walk(tree) if isinstance(each, ast.Name)]
    return [name for name in found if name in frame.columns]


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


def reader(
    formula: str, frame: pd.DataFrame, entity: str | None, time: str | None
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return what reads the right side of `formula` from another table, as it was from `frame`.

    Categories, and what functions learnt from their column (centres, knots), are those of
    `frame`. A row with an unknown value gives NaN.
    """
    from formulaic.errors import DataMismatchWarning

    spec = _read(formula, frame, entity, time, "drop")[1].model_spec

    def read(table: pd.DataFrame) -> pd.DataFrame:
        plain = table.set_axis(pd.RangeIndex(len(table)), axis=0).rename(columns={"1": ONE})
        require_columns(plain, [str(v) for v in _values(spec)])
        context = {"lag": _Lag(plain, entity, time, np.zeros(len(plain), dtype=bool))}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", DataMismatchWarning)
            try:
                matrix = spec.get_model_matrix(
                    plain, na_action="ignore", context=context | {"i": event_dummies()}
                )
            except DataMismatchWarning as strange:
                raise InputError(
                    f"the new table has categories that the sample of {formula!r} has not: "
                    f"{strange}. Leave these rows out."
                ) from None
        return pd.DataFrame(matrix).rename(columns=lambda name: str(name).replace(ONE, "1"))

    return read


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
                "lag() in a formula needs the panel's keys. Pass entity=..., time=... ."
            )
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)):
            raise InputError(
                f"lag(x, k) goes back one whole number of periods; found k={k!r}. Write "
                "lag(x, 1) + lag(x, 2) for several."
            )
        values: Array = np.array(x, dtype=np.float64)
        _refuse_rows("lag(...)", np.flatnonzero(np.isnan(values) & self.known & ~self.absent))
        unit = pd.factorize(self.frame[self.entity])[0]
        out = lagged(values, unit, calendar(self.frame[self.time]), k)
        self.absent[np.isnan(out)] = True
        return pd.Series(out)
