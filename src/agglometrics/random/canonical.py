"""The order in which labels draw random numbers: that of their names as text, whatever their type.

Codes 1, 2, 10 read as numbers, as text or as categories sort in three ways, and a table can come
in any order of rows. Whatever draws for one label after the other takes them in this order, so
that one seed gives one answer. A whole number is named without a decimal point (1.0 is "1").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from agglometrics.notation import Codes


def canonical(label: Any) -> str:
    """Return the name of a label: its text, with whole numbers written as integers.

    Dates are named by their ISO form, so that a date and the same date as text are one name.
    """
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    if hasattr(label, "isoformat"):
        return str(label.isoformat()).removesuffix("T00:00:00")
    return str(label)


def canonical_order(labels: Iterable[Any]) -> Codes:
    """Return the places of labels in the order of their names, (K,)."""
    return np.argsort(np.array([canonical(label) for label in labels], dtype=object), kind="stable")
