"""Periods as whole numbers, and lags along them: never across units or gaps."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes


def calendar(values: pd.Series[Any]) -> Codes:
    """Return periods as integers from zero, gaps kept where they can be seen.

    Whole numbers (as text too) and pandas periods count as they are; dates by the largest step
    that reaches them all, in months where every date has one day of the month, else in days.
    What has no distance, such as other text, counts its sorted values.
    """
    numbers = _numbers(values)
    if numbers is None:
        return np.asarray(pd.factorize(values, sort=True)[0], dtype=np.intp)
    return np.asarray(numbers - numbers.min(), dtype=np.intp)


def _numbers(values: pd.Series[Any]) -> Codes | None:
    """Return periods as whole numbers with their distances, or None if they have none."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if isinstance(values.dtype, pd.PeriodDtype):
        return np.asarray(values.astype("int64"), dtype=np.intp)
    if pd.api.types.is_datetime64_any_dtype(values):
        return _steps(values)
    if not pd.api.types.is_numeric_dtype(values):
        values = pd.to_numeric(values, errors="coerce")
    if values.isna().any() or not (values == values.round()).all():
        return None
    return np.asarray(values.to_numpy(dtype=np.int64), dtype=np.intp)


def _steps(dates: pd.Series[Any]) -> Codes:
    """Return dates as multiples of their greatest common step."""
    at = dates.dt
    if at.day.nunique() == 1 or at.is_month_end.all():
        count = np.asarray(12 * at.year + at.month, dtype=np.int64)
    else:
        count = np.asarray((dates - dates.min()).dt.days, dtype=np.int64)
        if (dates != dates.dt.normalize()).any():
            return np.asarray(pd.factorize(dates, sort=True)[0], dtype=np.intp)
    count = count - count.min()
    return np.asarray(count // max(int(np.gcd.reduce(count)), 1), dtype=np.intp)


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


def packed(values: pd.Index[Any]) -> tuple[str, Codes] | None:
    """Return how whole numbers pack a date (yyyymmdd, yyyymm, yyyyq), and the dates as counts.

    Days, months or quarters; None where a number is no such date. Months and quarters are told
    from plain numbers by their form alone: whether to read them so is the caller's decision.
    """
    if not pd.api.types.is_integer_dtype(values.dtype):
        return None
    whole = np.asarray(values, dtype=np.int64)
    for name, scale, units in (("yyyymm", 100, 12), ("yyyyq", 10, 4)):
        year, part = np.divmod(whole, scale)
        if _years(year) and ((part >= 1) & (part <= units)).all():
            return name, np.asarray(year * units + part, dtype=np.intp)
    if _years(whole // 10000):
        dates = pd.to_datetime(pd.Series(whole).astype(str), format="%Y%m%d", errors="coerce")
        if dates.notna().all():
            days = (dates - pd.Timestamp(0)).dt.days
            return "yyyymmdd", np.asarray(days, dtype=np.intp)
    return None


def _years(values: Codes) -> bool:
    return bool(((values >= 1800) & (values <= 2199)).all())


def require_order(times: pd.Index[Any], key: str) -> None:
    """Raise `InputError` if periods are text whose alphabetical order may not be that of time.

    Text is in order where it is a number of one length, an ISO date, or ends in a number after the
    same words and sorts as the numbers do; ordered categories are in the order they say.
    """
    if isinstance(times, pd.CategoricalIndex) and times.ordered:
        return
    labels = [str(label) for label in times if isinstance(label, str)]
    if not labels or len(labels) < 2 or _sorts_as_numbers(labels):
        return
    raise InputError(
        f"periods {key!r} are text, which sorts alphabetically: {labels[:5]}. Make them numbers "
        f"or dates, or say their order: pandas.Categorical(frame[{key!r}], categories=[...], "
        "ordered=True)."
    )


def _sorts_as_numbers(labels: list[str]) -> bool:
    """Say whether sorted labels are numbers between the same words, in ascending order."""
    words = {re.sub(r"\d+", "#", label) for label in labels}
    numbers = [[int(number) for number in re.findall(r"\d+", label)] for label in labels]
    ordered = all(a < b for a, b in pairwise(numbers))
    # Q1-2000 before Q1-2001 before Q2-2000: what varies slowest must come first, as in a date.
    years_last = any(len(n) > 1 and n[-1] >= 1000 > n[0] for n in numbers)
    return len(words) == 1 and ordered and not years_last
