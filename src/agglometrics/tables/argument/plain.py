"""Numbers of other libraries as plain ones: 5.0 draws are 5, Decimal("0.95") is .95."""

from __future__ import annotations

import typing
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

PLAIN = (int, float, str, type(None))
EXACT = 2**53
LARGEST = 10**300


def as_plain(value: Any, takes_whole: bool, takes_fractions: bool) -> Any:
    """Return a number as Python's own; anything else, and what would be rounded, as it is.

    >>> as_plain(np.int8(5), True, False), as_plain(5.0, True, False), as_plain(5.5, True, False)
    (5, 5, 5.5)
    >>> as_plain(Decimal("0.95"), False, True)
    0.95
    """
    kind = type(value)
    if kind is int and takes_fractions and not takes_whole and EXACT < abs(value) < LARGEST:
        return float(value)
    if kind in PLAIN and not (kind is float and takes_whole and not takes_fractions):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_):
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Decimal | Fraction | np.floating) and not _beyond(value):
        value = float(value)
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= EXACT
    return int(value) if whole and takes_whole and not takes_fractions else value


def _beyond(value: Any) -> bool:
    """Return whether a finite number is too large for double precision."""
    if isinstance(value, Fraction):
        return abs(value) > Fraction(np.finfo(np.float64).max)
    return isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 300)


def takes(kind: Any) -> tuple[bool, bool]:
    """Return whether an annotation takes whole numbers, and whether it takes fractions.

    >>> takes(int | None), takes(float), takes(str)
    ((True, False), (False, True), (False, False))
    """
    options = typing.get_args(kind) or (kind,)
    return int in options, float in options
