"""Rules that rows of a firm file must obey, and codes as text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

KEYS = ("plant", "region", "industry", "time")
SIZES = ("jobs", "output", "sales")
FIELDS = (*KEYS, *SIZES)

Mask = NDArray[np.bool_]


def coded(codes: pd.Series, width: int) -> pd.Series[str]:
    """Return codes as text: numbers filled with zeros to `width`, text stripped; NaN if unknown.

    A column of objects may hold both: each code is treated as what it is.
    """
    if pd.api.types.is_numeric_dtype(codes):
        return _from_numbers(codes, width)
    text = codes.astype("string").str.strip().str.upper()
    number = codes.map(lambda code: isinstance(code, int | float | np.number)) & codes.notna()
    if number.any():
        text = text.where(~number, _from_numbers(codes.where(number).astype("float64"), width))
    return text.mask((text == "").fillna(False)).astype("str")


def _from_numbers(codes: pd.Series, width: int) -> pd.Series[str]:
    """Return numbers as text without a decimal point; fractions keep theirs and will be refused."""
    whole = (codes % 1 == 0).fillna(False)
    filled = codes.where(whole).astype("Int64").astype("string").str.zfill(width)
    return filled.where(whole | codes.isna(), codes.astype("string")).astype("str")


def counted(values: pd.Series) -> pd.Series[float]:
    """Return numbers as floats, NaN where the text is none, and for infinite ones."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def unreadable(table: pd.DataFrame) -> dict[str, Mask]:
    """Return, by the name of the rule, which sizes are given but are not finite numbers: (N,) each.

    table : columns `SIZES`, as the file has them
    """
    return {
        f"{field} not a number": np.asarray(table[field].notna() & counted(table[field]).isna())
        for field in SIZES
    }


def broken_rules(
    firms: pd.DataFrame, size: str, region_digits: int, industry_digits: int
) -> dict[str, Mask]:
    """Return, by the name of a rule, which rows break it: (N,) each.

    firms : columns `FIELDS`, codes as text, years and sizes as floats
    """
    year, amount = firms["time"], firms[size]
    repeated = firms["plant"].notna() & firms.duplicated(["plant", "time"], keep=False)
    rules = {
        "plant missing": firms["plant"].isna(),
        "plant repeated in a year": repeated,
        "region missing": firms["region"].isna(),
        "region code not valid": _invalid(firms["region"], (6, 12), region_digits),
        "industry missing": firms["industry"].isna(),
        "industry code not valid": _invalid(firms["industry"], (4,), industry_digits),
        "year not known": year.isna() | (year % 1 != 0),
        f"{size} missing": amount.isna(),
        f"{size} not above 0": amount <= 0,
    }
    return {name: np.asarray(rows, dtype=bool) for name, rows in rules.items()}


def _invalid(codes: pd.Series[str], widths: tuple[int, ...], digits: int) -> pd.Series[bool]:
    """Say which codes have other signs than digits, open with 00, or have the wrong width.

    A code may be shorter than its full width where all of the file are, and long enough.
    """
    known = codes.notna()
    length = codes.str.len()
    uniform = length[known].nunique() == 1
    fits = length.isin(widths) | ((length >= digits) & (length <= max(widths)) & uniform)
    good = codes.str.fullmatch("[0-9]+", na=False) & ~codes.str.startswith("00", na=False) & fits
    return known & ~good


def summary(rules: Mapping[str, Mask]) -> pd.DataFrame:
    """Count the rows that break each rule."""
    return pd.DataFrame(
        {
            "problem": list(rules),
            "rows": [int(rows.sum()) for rows in rules.values()],
            "share": [float(rows.mean()) for rows in rules.values()],
            "first": pd.array(
                [int(rows.argmax()) if rows.any() else None for rows in rules.values()],
                dtype="Int64",
            ),
        }
    )
