"""What counts as equal: one relative tolerance for ties, thresholds and rounding errors.

Shares are quotients of sums, so that two of them that are equal in exact arithmetic differ by a
few units in the last place, and which is larger depends on the unit of the data and on the order
of additions. No rank, threshold, sign or quotient of this package may rest on such differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.notation import Array

ROUNDING = 1e-10
"""Relative: numbers that differ by less are equal. The sum of a million terms errs by less, and
quotients of figures that are published with ten digits differ by more."""

SPACING = 8 * float(np.finfo(float).eps)
"""Relative to the largest of several numbers: what rounding may make of their differences."""

Mask = NDArray[np.bool_]


def at_least(values: Any, threshold: Any) -> Mask:
    """Return where values reach a threshold, ties within rounding counted in; False for NaN."""
    bar = np.asarray(threshold, dtype=np.float64)
    return np.asarray(np.asarray(values) >= bar - ROUNDING * np.abs(bar))


def above(values: Any, threshold: Any) -> Mask:
    """Return where values exceed a threshold by more than rounding; False for NaN."""
    bar = np.asarray(threshold, dtype=np.float64)
    return np.asarray(np.asarray(values) > bar + ROUNDING * np.abs(bar))


def even(values: Array) -> bool:
    """Return whether all values are equal within rounding."""
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())


def without_dust(values: Any, scale: Any = 1.0) -> Array:
    """Return values, zero where they are rounding errors of terms of the size of `scale`."""
    found = np.asarray(values, dtype=np.float64)
    return np.where(np.abs(found) <= ROUNDING * np.asarray(scale), 0.0, found)


def without_noise(values: Any, size: float, n: int) -> Array:
    """Return differences of means of n figures, zero where they are rounding errors of these.

    size : the largest figure
    """
    found = np.asarray(values, dtype=np.float64)
    return np.where(np.abs(found) <= SPACING * n * size, 0.0, found)


def one_if_even(quotients: Array) -> Array:
    """Return quotients, exactly one where they are one within rounding."""
    return np.where(np.abs(quotients - 1.0) <= ROUNDING, 1.0, quotients)


def ties_united(values: Array) -> Array:
    """Return values (N,), those that are equal within rounding replaced by the smallest of them.

    Values that are differences are known to rounding errors of the largest among them.
    """
    unique, place = np.unique(values, return_inverse=True)
    if len(unique) < 2:
        return values
    size = np.abs(unique)
    allowed = np.maximum(ROUNDING * np.maximum(size[1:], size[:-1]), SPACING * size.max())
    new = np.concatenate([[True], np.diff(unique) > allowed])
    return np.asarray(unique[new][np.cumsum(new) - 1][place])


def place_of(share: float, n: int) -> int:
    """Return floor(share n), a whole number within rounding as it is: .29 x 100 is 29, not 28."""
    return int(np.floor(share * n * (1 + ROUNDING)))


def descending_ranks(values: Array) -> Array:
    """Rank each column, 1 the highest; values equal within rounding share their best rank.

    values : (K, U), NaN where there is nothing to rank -> (K, U), NaN there
    """
    order = np.argsort(-values, axis=0, kind="stable")  # NaN last
    ordered = np.take_along_axis(values, order, axis=0)
    place = np.arange(1.0, len(values) + 1)[:, None]
    with np.errstate(invalid="ignore"):
        gap = ordered[:-1] - ordered[1:]
        new = gap > ROUNDING * np.abs(ordered[:-1])
    first = np.concatenate([np.ones((1, values.shape[1]), dtype=bool), new])
    best = np.maximum.accumulate(np.where(first, place, 0.0), axis=0)
    ranks = np.empty_like(best)
    np.put_along_axis(ranks, order, best, axis=0)
    return np.where(np.isnan(values), np.nan, ranks)


def whole_numbers(ranks: Array) -> pd.Series[Any]:
    """Return ranks as one column of whole numbers, missing where they are NaN."""
    column = pd.Series(ranks.reshape(-1))
    return column.astype("Int64" if column.isna().any() else "int64")
