"""Periods as whole numbers, and lags along them: never across units or gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.models.rules import Codes
from agglometrics.tables import Array


def calendar(values: pd.Series[Any]) -> Codes:
    """Return periods as integers from zero, gaps kept; other types count their sorted values."""
    whole = pd.api.types.is_integer_dtype(values) or (
        pd.api.types.is_float_dtype(values) and bool((values == values.round()).all())
    )
    if whole:
        numbers = values.to_numpy(dtype=np.int64)
        return np.asarray(numbers - numbers.min(), dtype=np.intp)
    return np.asarray(pd.factorize(values, sort=True)[0], dtype=np.intp)


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
