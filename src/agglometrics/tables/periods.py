"""Periods as whole numbers, and lags along them: never across units or gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

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
