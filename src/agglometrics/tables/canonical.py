"""One order of labels, whatever their dtype and whatever the order of rows.

Random draws are assigned to groups by number. The number must not depend on which row comes first,
nor on whether keys are 1, 1.0, "1" or categories.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.notation import Codes
from agglometrics.tables.codes import EXACT, recode, whole_codes


def canonical_codes(values: pd.Series[Any]) -> Codes:
    """Return codes from zero (N,): labels that all read as numbers by number, others by text.

    Labels of one number (1 and "01") are distinguished by their text. Unknown labels are not
    allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> canonical_codes(pd.Series(["10", "9", "10", "x"])).tolist()
    [0, 1, 0, 2]
    >>> canonical_codes(pd.Series(["10", "9", "10"])).tolist()
    [1, 0, 1]
    """
    return canonical(values)[0]


def canonical(values: pd.Series[Any]) -> tuple[Codes, pd.Index]:
    """Return the codes of `canonical_codes` and their labels in that order."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu":
        found = whole_codes(values.to_numpy())
        if found is not None:
            return found[0], pd.Index(found[1])
    codes, labels = pd.factorize(values)
    return _reordered(np.asarray(codes, dtype=np.intp), pd.Index(labels))


def canonical_among(codes: Codes, labels: pd.Index, rows: Codes) -> tuple[Codes, pd.Index]:
    """Return what `canonical` would of some of the rows, from its answer for all of them."""
    left = codes[rows]
    some = labels[np.bincount(left, minlength=len(labels)) > 0]
    # texts keep their order unless only numbers are left of them
    kept = pd.api.types.is_numeric_dtype(labels.dtype) or (len(some) and not _is_number(some[0]))
    return (recode(left), some) if kept else _reordered(recode(left), some)


def _reordered(codes: Codes, labels: pd.Index) -> tuple[Codes, pd.Index]:
    order = _order(labels)
    if (np.diff(order) == 1).all():
        return codes, labels
    place = np.empty(len(labels), dtype=np.intp)
    place[order] = np.arange(len(labels))
    return np.asarray(place[codes], dtype=np.intp), labels[order]


def _order(labels: pd.Index) -> Codes:
    """Return the places of different labels in ascending order."""
    if isinstance(labels.dtype, np.dtype) and labels.dtype.kind in "iuf":
        plain = labels.to_numpy()
        # numbers that floats tell apart need no text, which costs most with many labels
        if np.isfinite(plain).all() and (np.abs(plain.astype(np.float64)) < EXACT).all():
            return np.asarray(np.argsort(plain, kind="stable"), dtype=np.intp)
    text = labels.astype(str)
    if len(text) and not _is_number(text[0]):
        return np.asarray(text.argsort(), dtype=np.intp)
    numbers = pd.to_numeric(pd.Series(text), errors="coerce").to_numpy(dtype=np.float64)
    if not np.isfinite(numbers).all():
        return np.asarray(text.argsort(), dtype=np.intp)
    return np.asarray(np.lexsort([text.to_numpy(dtype=object), numbers]), dtype=np.intp)


def _is_number(label: object) -> bool:
    number = pd.to_numeric(pd.Series([str(label)]), errors="coerce").to_numpy(dtype=np.float64)
    return bool(np.isfinite(number[0]))
