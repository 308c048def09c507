"""Dates packed in whole numbers, as official tables hold them: 200003, 20001, 20000331."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Codes
from agglometrics.tables.checks import listed

YEARS = (1000, 2999)  # the first and last year that a packed date may name


@dataclass(frozen=True)
class Packed:
    """A way to pack a year and its part in one number.

    Attributes
    ----------
    name : as a reader writes it, ``yyyymm``
    base : what the year is multiplied by
    parts : parts in a year
    unit : what a part is called
    """

    name: str
    base: int
    parts: int
    unit: str


KNOWN = (
    Packed("yyyyh", 10, 2, "half-years"),
    Packed("yyyyq", 10, 4, "quarters"),
    Packed("yyyymm", 100, 12, "months"),
)
REFUSED = (Packed("yyyyww", 100, 53, "weeks"), Packed("yyyyddd", 1000, 366, "days"))


def _fits(numbers: Codes, form: Packed) -> bool:
    """Return whether every number is a packed date of this form, in more years than one."""
    year, part = np.divmod(numbers, form.base)
    inside = (year >= YEARS[0]) & (year <= YEARS[1]) & (part >= 1) & (part <= form.parts)
    return bool(inside.all()) and len(np.unique(year)) > 1


def unpack(numbers: Codes, name: str) -> tuple[Codes, str] | pd.Series[pd.Timestamp] | None:
    """Return whole numbers (n,) as counts of parts with their unit, as dates, or None.

    A number is a packed date only if all of them are, in more years than one, and some year
    does not run on into the next: 20001, 20002, 20003, 20004, 20011 have no fifth part.

    Raises
    ------
    InputError
        For weeks and days of the year: years differ in how many they have. For years of two
        digits on both sides of 2000.
    """
    unique = np.unique(numbers)
    _refuse_two_digits(unique, name)
    days = _days(unique, numbers)
    if days is not None:
        return days
    for form in KNOWN:
        if _fits(unique, form):
            year, part = np.divmod(numbers, form.base)
            return np.asarray(year * form.parts + part - 1), f"{form.unit} ({form.name})"
    for form in REFUSED:
        if _fits(unique, form):
            raise InputError(
                f"periods {name!r} look like {form.name}, {form.unit} within years (first "
                f"{int(unique[0])}, last {int(unique[-1])}), which have no common step as numbers. "
                "Convert them to dates with pandas.to_datetime(...), or number them 1, 2, 3, ..."
            )
    return None


def _refuse_two_digits(unique: Codes, name: str) -> None:
    """Raise `InputError` for years such as 98, 99, 0, 1, which sort 0, 1, 98, 99."""
    gap = int(np.diff(unique).max(initial=0))
    if unique[0] == 0 and unique[-1] == 99 and gap > 50:
        raise InputError(
            f"periods {name!r} look like years of two digits on both sides of 2000: "
            f"{listed(unique)}. Write the century: add 1900 or 2000."
        )


def _days(unique: Codes, numbers: Codes) -> pd.Series[pd.Timestamp] | None:
    """Return numbers yyyymmdd as dates, or None if they are none."""
    if unique[0] < YEARS[0] * 10_000 or unique[-1] > YEARS[1] * 10_000 + 1231:
        return None
    dates = pd.to_datetime(pd.Series(numbers).astype(str), format="%Y%m%d", errors="coerce")
    return None if dates.isna().any() else dates
