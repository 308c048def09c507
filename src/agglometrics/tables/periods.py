"""Periods as whole numbers, and lags along them: never across units or gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import whole_codes
from agglometrics.tables.packed import unpack

LONGEST = 1_000_000
"""Steps that a calendar may have: beyond, as with seconds, its unit is not that of the panel."""


@dataclass(frozen=True)
class Calendar:
    """Periods on a line.

    Attributes
    ----------
    codes : (n,) from zero, one apart for neighbours, gaps kept
    note : what was taken for the period where it is not the unit itself; empty otherwise
    """

    codes: Codes
    note: str = ""


def read_calendar(values: pd.Series[Any]) -> Calendar:
    """Return periods with their distances, the largest step that reaches them all as the unit.

    Whole numbers (also as text), pandas periods, dates, numbers of an even step (2000.25), and
    ordered categories, by their place. Whole numbers that are packed dates (200003, 20001,
    20000331) are read as what they are. A step of two years, or of three months, is the period,
    and the note reports it. The step is that of `values`: pass a whole column, not the rows left.

    Raises
    ------
    InputError
        For text and unordered categories: the alphabet puts wave10 before wave2. For numbers as
        categories in falling order, years of two digits about 2000, and more than `LONGEST` steps.
    """
    name = str(values.name) if values.name is not None else "time"
    found = _from_labels(values, name) or _calendar_of(values, name)
    steps = int(found.codes.max(initial=0)) + 1
    if steps > LONGEST:
        raise InputError(
            f"periods {name!r} span {steps} steps, the largest that reaches all of them, and only "
            f"{values.nunique()} have rows. Name the period that is meant, a year or a month, or "
            "number the periods 1, 2, 3, ..."
        )
    return found


def _from_labels(values: pd.Series[Any], name: str) -> Calendar | None:
    """Return the calendar of whole numbers from their labels, which are few; None for others."""
    found = whole_codes(values.to_numpy()) if isinstance(values.dtype, np.dtype) else None
    if found is None:
        return None
    codes, labels = found
    of_labels = _calendar_of(pd.Series(labels, name=values.name), name)
    return Calendar(of_labels.codes[codes], of_labels.note)


def _calendar_of(values: pd.Series[Any], name: str) -> Calendar:
    if isinstance(values.dtype, pd.CategoricalDtype):
        if values.cat.ordered and not _rising_numbers(values.cat.categories):
            _refuse_falling(values.cat.categories, name)
            return Calendar(
                np.asarray(values.cat.codes, dtype=np.intp) - int(values.cat.codes.min())
            )
        values = values.astype(values.cat.categories.dtype)
    if isinstance(values.dtype, pd.PeriodDtype):
        return _stepped(
            np.asarray(values.astype("int64")), f"{values.dtype.freq.freqstr} units", name
        )
    if pd.api.types.is_datetime64_any_dtype(values):
        return _dates(values)
    if values.dtype == object and pd.api.types.infer_dtype(values) in ("date", "datetime"):
        return _dates(pd.to_datetime(values))
    return _of_numbers(_numbers(values, name), name)


def calendar(values: pd.Series[Any]) -> Codes:
    """Return the codes of `read_calendar`."""
    return read_calendar(values).codes


def _rising_numbers(categories: pd.Index[Any]) -> bool:
    """Return whether categories are numbers, dates or periods in ascending order."""
    plain = pd.api.types.is_numeric_dtype(categories) or not (
        isinstance(categories.dtype, pd.StringDtype) or categories.dtype == object
    )
    return bool(plain and categories.is_monotonic_increasing)


def _refuse_falling(categories: pd.Index[Any], name: str) -> None:
    """Raise `InputError` for numbers or dates as categories that run backwards in time."""
    if len(categories) > 1 and _rising_numbers(categories[::-1]):
        raise InputError(
            f"periods {name!r} are ordered categories that fall from {categories[0]} to "
            f"{categories[-1]}: time would run backwards. Order them as time runs, or pass the "
            "numbers or dates themselves."
        )


def _numbers(values: pd.Series[Any], name: str) -> Array:
    """Return periods as numbers, or raise `InputError` if they are text."""
    numbers = pd.to_numeric(values, errors="coerce")
    odd = values[numbers.isna() | np.isinf(numbers.astype(float))]
    if len(odd):
        raise InputError(
            f"periods {name!r} must be numbers, dates, pandas periods or ordered categories, so "
            f"that their order and gaps are known; found {odd.iloc[0]!r}. Convert them with "
            "pandas.to_datetime(...) or pandas.PeriodIndex(...), or give their order with "
            "pandas.Categorical(..., categories=[...], ordered=True)."
        )
    return np.asarray(numbers, dtype=np.float64)


def _of_numbers(numbers: Array, name: str) -> Calendar:
    if not len(numbers):
        return Calendar(np.zeros(0, dtype=np.intp))
    if (numbers != np.round(numbers)).any():
        return _even(numbers, name)
    whole = numbers.astype(np.int64)
    found = unpack(whole, name)
    if found is None:
        return _stepped(whole, "", name)
    if isinstance(found, pd.Series):
        dates = _dates(found)
        return Calendar(dates.codes, f"periods {name!r} are read as dates (yyyymmdd)")
    counts, unit = found
    step = _stepped(counts, "", name)
    return Calendar(step.codes, f"periods {name!r} are read as {unit}, {_each(counts)} apart")


def _each(counts: Codes) -> int:
    return max(int(np.gcd.reduce(counts - counts.min())), 1)


def _stepped(counts: Codes, unit: str, name: str) -> Calendar:
    """Return counts over their greatest common step, which the note names if it is not one."""
    from_first = counts - counts.min()
    step = _each(counts)
    words = f" {unit}" if unit else ""
    note = f"a period is {step}{words} of {name!r}: all are that far apart" if step > 1 else ""
    return Calendar(np.asarray(from_first // step, dtype=np.intp), note)


def _even(numbers: Array, name: str) -> Calendar:
    """Return numbers that are not whole over their smallest distance, if it divides all others."""
    unique = np.unique(numbers)
    step = float(np.diff(unique).min(initial=np.inf))
    counts = (numbers - unique[0]) / step
    if not np.isfinite(step) or np.abs(counts - np.round(counts)).max() > 1e-6:
        raise InputError(
            f"periods {name!r} are not whole numbers and not evenly spaced; found {unique[0]:g} "
            f"and {unique[-1]:g}. Number them 1, 2, 3, ..., or use dates."
        )
    note = f"a period is {step:g} of {name!r}: all are a multiple of it apart"
    return Calendar(np.asarray(np.round(counts), dtype=np.intp), note)


def _dates(dates: pd.Series[Any]) -> Calendar:
    """Return dates over their greatest common step: months where the day is one, else time."""
    at = dates.dt
    if at.day.nunique() == 1 or at.is_month_end.all():
        count = np.asarray(12 * at.year + at.month, dtype=np.int64)
    else:
        since = dates - dates.min()
        count = np.asarray(since.dt.as_unit("ns").astype("int64"), dtype=np.int64)
    return Calendar(np.asarray((count - count.min()) // _each(count), dtype=np.intp))


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


def in_order(values: pd.Series[Any]) -> pd.Index[Any]:
    """Return the different periods of a column, sorted: unordered categories by their values.

    Which category comes first then says in what order they were met, not which was earlier.

    >>> in_order(pd.Series(pd.Categorical([2015, 2010], categories=[2015, 2010]))).tolist()
    [2010, 2015]
    """
    found: pd.Index[Any] = pd.Index(by_value(values).dropna().unique()).sort_values()
    return found


def by_value(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return periods that sort as time runs: unordered categories as the values they stand for."""
    kind = values.dtype
    if not isinstance(kind, pd.CategoricalDtype) or kind.ordered:
        return values
    return values.astype(kind.categories.dtype)


def require_order(times: pd.Index[Any], key: str) -> None:
    """Raise `InputError` if periods are text whose alphabetical order may not be that of time.

    Text is in order where it is a number of one length, an ISO date, or ends in a number after the
    same words and sorts as the numbers do; ordered categories are in their stated order.
    """
    if isinstance(times, pd.CategoricalIndex) and times.ordered:
        return
    labels = [str(label) for label in times if isinstance(label, str)]
    if not labels or len(labels) < 2 or _sorts_as_numbers(labels):
        return
    raise InputError(
        f"periods {key!r} are text, which sorts alphabetically: {labels[:5]}. Make them numbers "
        f"or dates, or state their order: pandas.Categorical(frame[{key!r}], categories=[...], "
        "ordered=True)."
    )


def _sorts_as_numbers(labels: list[str]) -> bool:
    """Return whether sorted labels are numbers between the same words, in ascending order."""
    words = {re.sub(r"\d+", "#", label) for label in labels}
    numbers = [[int(number) for number in re.findall(r"\d+", label)] for label in labels]
    ordered = all(a < b for a, b in pairwise(numbers))
    # Q1-2000 before Q1-2001 before Q2-2000: what varies slowest must come first, as in a date.
    years_last = any(len(n) > 1 and n[-1] >= 1000 > n[0] for n in numbers)
    return len(words) == 1 and ordered and not years_last
