"""Formulas of plain numeric columns, read without evaluating anything.

Most regressions are ``y ~ x + w`` on columns that hold numbers. What formulaic would return for
them is the columns themselves, where no value is unknown: the tests hold the two ways equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.models.terms.texts import ONE, literal_names
from agglometrics.notation import Array, Codes


@dataclass(frozen=True)
class PlainColumns:
    """What a formula of plain columns names.

    Attributes
    ----------
    outcome, regressors : the names, as formulaic writes them; `constant` whether 1 comes first
    """

    outcome: str
    regressors: tuple[str, ...]
    constant: bool


@lru_cache(maxsize=256)
def parse(formula: str) -> Any:
    """Return formulaic's reading of a formula; parsing the same text twice takes no time."""
    from formulaic import Formula

    return Formula(literal_names(formula))


@lru_cache(maxsize=256)
def plain_columns(formula: str) -> PlainColumns | None:
    """Return the columns of a formula in which each term is one; None for any other formula.

    None too for a formula that cannot be parsed: whoever reads it next says why.
    """
    from formulaic.errors import FormulaicError

    try:
        parsed = parse(formula)
    except (FormulaicError, SyntaxError):
        return None
    if not hasattr(parsed, "lhs") or len(parsed.lhs) != 1:
        return None
    terms = [*parsed.lhs, *parsed.rhs]
    if not all(hasattr(term, "factors") and len(term.factors) == 1 for term in terms):
        return None
    outcome, *factors = [term.factors[0] for term in terms]
    constant = bool(factors) and factors[0].expr == "1"
    columns = factors[1:] if constant else factors
    if not all(each.eval_method.value == "lookup" for each in (outcome, *columns)):
        return None
    if "Intercept" in {each.expr for each in columns}:  # the constant's name: refused in words
        return None
    return PlainColumns(outcome.expr, tuple(each.expr for each in columns), constant)


def numbers_of(
    named: PlainColumns, frame: pd.DataFrame, unknown: Literal["drop", "ignore"]
) -> tuple[Array, Array, Codes] | None:
    """Return y (N,), X (N, K) and the rows kept; None unless each column is there and of numbers.

    A column of texts, truth values, dates or objects is left to formulaic and its checks.
    """
    names = [_column(name) for name in (named.outcome, *named.regressors)]
    if not _all_numeric(names, frame):
        return None
    columns = [frame[name].to_numpy(dtype=np.float64) for name in names]
    rows = np.arange(len(frame))
    if unknown == "drop" and not all(map(surely_finite, columns)):
        known = ~np.logical_or.reduce([np.isnan(column) for column in columns])
        columns, rows = [column[known] for column in columns], rows[known]
    y, *regressors = columns
    regressors = [np.ones(len(rows)), *regressors] if named.constant else regressors
    X = np.array(regressors).reshape(len(regressors), len(rows)).T  # each column in one piece
    return y.copy(), X, rows


def surely_finite(values: Array) -> bool:
    """Return True, after one pass, if no value is infinite or unknown; False if one may be."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()))


def _column(name: str) -> str:
    return name.replace(ONE, "1")


def _all_numeric(names: Sequence[str], frame: pd.DataFrame) -> bool:
    if not frame.columns.is_unique:
        return False
    dtypes = [frame.dtypes[name] if name in frame.columns else None for name in names]
    return all(isinstance(dtype, np.dtype) and dtype.kind in "fiu" for dtype in dtypes)
