"""From the text of a formula to numbers.

Formulas are formulaic's (``y ~ log(x) + C(group)``), with one addition: ``lag(x)`` and
``lag(x, 2)`` go back by calendar time within the unit, never across units or gaps; and
``i(event, treated, ref=-1)`` makes a dummy of each value of `event` but one, times `treated`.

A formula is code: formulaic evaluates its terms as Python. Never pass one from an untrusted
source. Where names of columns come from outside (a form, a file), build the formula with
`from_columns`, which quotes each name, so that it is looked up and never evaluated.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.models.terms import habits
from agglometrics.models.terms.columns import (
    check_outcome,
    named_columns,
    numbers_as_numbers,
    refuse_hidden_functions,
    refuse_no_numbers,
    roomy,
    variables,
)
from agglometrics.models.terms.event_dummies import event_dummies
from agglometrics.models.terms.lags import Lag, refuse_rows
from agglometrics.models.terms.plain import numbers_of, parse, plain_columns, surely_finite
from agglometrics.models.terms.texts import ONE as ONE
from agglometrics.models.terms.texts import bare as bare
from agglometrics.models.terms.texts import check_formula as check_formula
from agglometrics.models.terms.texts import literal_names as literal_names
from agglometrics.models.terms.texts import lone_power as lone_power
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, require_columns
from agglometrics.tables.arguments import checked

CONSTANT = "Intercept"


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


def matrices_of(
    formula: str,
    frame: pd.DataFrame,
    entity: str | None,
    time: str | None,
    absorbed: bool,
    unknown: Literal["drop", "ignore"] = "drop",
) -> tuple[Array, Array, tuple[str, ...], str, Codes, tuple[str, ...]]:
    """Return y, X, their names, the rows without an unknown value, and each column's term."""
    named = plain_columns(formula)
    numbers = None if named is None else numbers_of(named, frame, unknown)
    if named is None or numbers is None:
        return _evaluated(formula, frame, entity, time, absorbed, unknown)
    y, X, rows = numbers
    terms = named.regressors
    if named.constant and absorbed:
        X = X[:, 1:]
    elif named.constant:
        terms = (CONSTANT, *terms)
    _refuse_infinite(y, X, [named.outcome, *terms], rows)
    sources = tuple("1" if term == CONSTANT else term for term in terms)
    return y, X, _shown(terms), _shown([named.outcome])[0], rows, sources


def _shown(names: Iterable[object]) -> tuple[str, ...]:
    """Return names as the user wrote them: the column `1` carries a mark while it is read."""
    return tuple(str(name).replace(ONE, "1") for name in names)


def _evaluated(
    formula: str,
    frame: pd.DataFrame,
    entity: str | None,
    time: str | None,
    absorbed: bool,
    unknown: Literal["drop", "ignore"],
) -> tuple[Array, Array, tuple[str, ...], str, Codes, tuple[str, ...]]:
    """Do what `matrices_of` does for a formula that must be evaluated."""
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
    return y, X, _shown(right.columns), _shown(left.columns)[0], rows, sources


def _read(
    formula: str, frame: pd.DataFrame, entity: str | None, time: str | None, unknown: str
) -> tuple[Any, Any, Lag]:
    """Return formulaic's two matrices, rows numbered from zero, and what lags there were."""
    from formulaic.errors import FormulaicError

    whole = plain = frame.set_axis(pd.RangeIndex(len(frame)), axis=0).rename(columns={"1": ONE})
    called = set(re.findall(r"([A-Za-z_]\w*)\s*\(", bare(formula))) & set(plain.columns)
    habits.refuse_habits(formula, list(map(str, plain.columns)))
    try:
        parsed = parse(formula)
        plain = numbers_as_numbers(plain, parsed, formula)
        refuse_hidden_functions(formula, called)
        plain = plain.drop(columns=list(called))
        names = named_columns(parsed, plain)
        check_outcome(formula, plain, names)
        refuse_no_numbers(plain, parsed, formula)
        lag = Lag(whole, entity, time, plain[names].notna().all(axis=1).to_numpy())
        # what is infinite or undefined is refused afterwards
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
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"formula {formula!r} cannot be evaluated on this table: {type(error).__name__}, "
            f"{str(error).splitlines()[0] if str(error) else 'without words'}. Check that its "
            "columns hold numbers or text, one value per row."
        ) from error
    return matrices.lhs, matrices.rhs, lag


def _refuse_undefined(formula: str, lag: Lag, defined: Codes) -> None:
    """Raise if a row's variables are known and a term of it is not a number all the same."""
    bad = lag.known & ~lag.absent
    bad[defined] = False
    refuse_rows(formula, np.flatnonzero(bad))


def _refuse_infinite(y: Array, X: Array, names: Sequence[str], rows: Codes) -> None:
    if surely_finite(y) and surely_finite(X):
        return
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

    parsed = parse(formula)
    spec = _read(formula, frame, entity, time, "drop")[1].model_spec

    def read(table: pd.DataFrame) -> pd.DataFrame:
        plain = table.set_axis(pd.RangeIndex(len(table)), axis=0).rename(columns={"1": ONE})
        require_columns(plain, [str(v) for v in variables(spec)])
        plain = plain.assign(**roomy(plain, parsed, [str(v) for v in variables(spec)]))
        context = {"lag": Lag(plain, entity, time, np.zeros(len(plain), dtype=bool))}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", DataMismatchWarning)
            try:
                matrix = spec.get_model_matrix(
                    plain, na_action="ignore", context=context | {"i": event_dummies()}
                )
            except DataMismatchWarning as strange:
                raise InputError(
                    f"the new table has categories that the sample of {formula!r} lacks: "
                    f"{strange}. Leave these rows out."
                ) from None
        return pd.DataFrame(matrix).set_axis(_shown(matrix.columns), axis=1)

    return read


def evaluate(
    formula: str, frame: pd.DataFrame, entity: str, time: str
) -> tuple[Array, Array, tuple[str, ...], tuple[str, ...], str]:
    """Return y (N,), X (N, K), terms, their sources and the outcome's name, NaN kept in place."""
    check_formula(formula)
    y, X, terms, outcome, _, sources = matrices_of(formula, frame, entity, time, True, "ignore")
    return y, X, terms, sources, outcome
