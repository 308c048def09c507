"""The columns that a formula names: present, numeric, and not functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import require_columns
from agglometrics.tables.advice.numbers import as_numbers, not_numeric
from agglometrics.tables.checks import floats_of

WHOLE = re.compile(r"(?<![\w.])(?:C|i)\s*\(|[&|^~]|<<|>>")  # asks for categories or bits


def variables(parsed: Any) -> list[Any]:
    """Return the variables of a formula that are not functions."""
    return [v for v in parsed.required_variables if "callable" not in {r.value for r in v.roles}]


def numbers_as_numbers(frame: pd.DataFrame, parsed: Any, formula: str) -> pd.DataFrame:
    """Return the table with numbers held as objects as floats; numbers held as text are an error.

    Either would silently become a dummy for each value. ``C(x)`` asks for dummies.
    """
    plain = {str(v) for v in variables(parsed)} | set(_dotted(parsed, frame))
    plain &= set(map(str, frame.columns))
    held = [c for c in plain if frame[c].dtype == object or frame[c].dtype == "string"]
    changed = {}
    for name in held:
        known = frame[name].dropna()
        if len(known) and all(isinstance(v, (Decimal, Number)) for v in known):
            if not any(isinstance(v, (bool, np.bool_, complex)) for v in known):
                changed[name] = floats_of(frame[name])
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
        kinds = [isinstance(v, (Decimal, Number)) for v in known]
        if bare_use and any(kinds) and any(isinstance(v, str) for v in known):
            word = next(v for v in known if isinstance(v, str))
            raise InputError(
                f"column {name!r} of {formula!r} holds numbers and texts (first {word!r}), and "
                "would become a dummy for each value. Make it numbers, with pandas.to_numeric(..., "
                f"errors='coerce'), or write C({name}) for dummies."
            )
        texts = bare_use and len(known) and all(isinstance(v, str) for v in known)
        if texts and as_numbers(known):
            raise InputError(
                f"{not_numeric(known, name)} As they stand they would become a dummy for each "
                f"value; write C({name}) if that is meant."
            )
    return frame.assign(**changed, **roomy(frame, parsed, sorted(plain)))


def roomy(frame: pd.DataFrame, parsed: Any, names: Sequence[str]) -> dict[str, pd.Series[Any]]:
    """Return the columns of whole numbers that a formula computes with, as floats.

    A number of 8 bits (files of Stata hold them) squared in I(x**2) wraps round at 127, one of
    64 bits at 9e18. Where categories or bits are asked for they stay whole, of 64 bits.
    """
    used = _expressions(parsed)
    whole = [name for name in names if pd.api.types.is_integer_dtype(frame.dtypes[name])]
    out = {}
    for name in whole:
        held = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        inside = [text for text in used if held.search(text)]
        if any(WHOLE.search(text) for text in inside):
            if isinstance(frame.dtypes[name], np.dtype) and frame.dtypes[name].itemsize < 8:
                out[name] = frame[name].astype(np.int64)
        elif inside:
            values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            out[name] = pd.Series(values, index=frame.index)
    return out


def refuse_hidden_functions(formula: str, called: set[str]) -> None:
    """Refuse a formula that takes one name for a column and for a function."""
    used = set(re.findall(r"\w+", re.sub(r"\b\w+\s*\(", "(", formula)))
    both = sorted(called & used)
    if both:
        raise InputError(
            f"column {both[0]!r} has the name of a function that {formula!r} calls. "
            "Rename the column."
        )


def check_outcome(formula: str, frame: pd.DataFrame, names: list[str]) -> None:
    """Refuse an outcome of dates."""
    outcome = formula.partition("~")[0].strip().strip("`")
    if outcome in names and pd.api.types.is_datetime64_any_dtype(frame[outcome]):
        raise InputError(
            f"the outcome {outcome!r} must be numeric; found {frame[outcome].dtype}. Convert it "
            "to a number, such as the days since a date."
        )


def named_columns(parsed: Any, frame: pd.DataFrame) -> list[str]:
    """Return the columns that a formula names; one that is not there is an error.

    formulaic cuts ```first.treat``` at its point, as if it were an attribute of ``first``.
    """
    named = list(dict.fromkeys([*map(str, variables(parsed)), *_inside_transforms(parsed, frame)]))
    dotted = _dotted(parsed, frame)
    cut = {column[:at] for column in dotted for at in range(len(column)) if column[at] == "."}
    lacking = [name for name in named if name not in frame.columns]
    require_columns(frame, [name for name in lacking if name not in cut])
    return list(dict.fromkeys([name for name in named if name not in lacking] + dotted))


def _dotted(parsed: Any, frame: pd.DataFrame) -> list[str]:
    """Return the columns with a point in their name that a formula holds as a term or inside."""
    text = " ".join(_expressions(parsed))
    names = [name for name in map(str, frame.columns) if "." in name]
    return [n for n in names if re.search(rf"(?<![\w.]){re.escape(n)}(?![\w.(])", text)]


def _expressions(parsed: Any) -> list[str]:
    return [
        factor.expr for side in (parsed.lhs, parsed.rhs) for term in side for factor in term.factors
    ]


def refuse_no_numbers(frame: pd.DataFrame, parsed: Any, formula: str) -> None:
    """Raise `InputError` for a term of dates, durations, complex numbers or lists.

    A column named like the constant is refused, too.
    """
    for name in dict.fromkeys(_expressions(parsed)):
        if name == "Intercept" and name in frame.columns:
            raise InputError(
                f"column {name!r} of {formula!r} has the name of the constant. Rename the column."
            )
        if name in frame.columns and _no_number(frame[name]):
            raise InputError(
                f"column {name!r} of {formula!r} must be numeric or text; found "
                f"{_found(frame[name])}. Convert it to a number, such as the days since a date, or "
                f"write C({name}) for dummies."
            )


def _no_number(values: pd.Series[Any]) -> bool:
    kind = values.dtype
    if isinstance(kind, pd.PeriodDtype) or pd.api.types.is_complex_dtype(kind):
        return True
    if pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_timedelta64_dtype(kind):
        return True
    return bool(pd.api.types.is_object_dtype(kind)) and any(
        isinstance(v, (list, dict, set, tuple, np.ndarray, date)) for v in values.dropna()
    )


def _found(values: pd.Series[Any]) -> str:
    known = values.dropna()
    held = values.dtype == object and len(known)
    return type(known.iloc[0]).__name__ if held else str(values.dtype)


def _inside_transforms(parsed: Any, frame: pd.DataFrame) -> list[str]:
    """Return the columns inside factors, which formulaic overlooks in ``center(x)``, ``bs(x)``."""
    found: list[str] = []
    for text in _expressions(parsed):
        try:
            tree = ast.parse(text, mode="eval")
        except SyntaxError:  # a quoted name: formulaic finds it by itself
            continue
        found += [each.id for each in ast.walk(tree) if isinstance(each, ast.Name)]
    return [name for name in found if name in frame.columns]
