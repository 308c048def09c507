"""Numbers that a file holds as text: why they are not numbers, and how to read them."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

THOUSANDS = re.compile(r"[-+]?\d{1,3}([,\u00a0\u202f '’]\d{3})+(\.\d+)?")
DECIMAL_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+")
PERCENT = re.compile(r"[-+]?[\d.,]+\s*[%％]")
CURRENCY = re.compile(r"[-+]?\s*[$€£¥￥]\s*[\d.,]+|[\d.,]+\s*[$€£¥￥元]")


def not_numeric(values: pd.Series[Any], column: str) -> str:
    """Return the message for a column that must be numeric and is not.

    >>> print(not_numeric(pd.Series(["1,200", "950"]), "jobs")[:85])
    column 'jobs' must be numeric; found dtype str, first '1,200'. These are numbers with
    """
    found = f"column {column!r} must be numeric; found dtype {values.dtype}"
    known = values.dropna()
    if pd.api.types.is_bool_dtype(values):
        return f"{found}. Convert it with .astype(float), 1 for True."
    if pd.api.types.is_complex_dtype(values):
        return f"{found}. Keep the real part, .map(lambda v: v.real), if that is what is meant."
    if pd.api.types.is_timedelta64_dtype(values):
        return f"{found}. Say in which unit: .dt.total_seconds() gives seconds."
    if known.empty or not isinstance(known.iloc[0], str):
        return f"{found}. Convert it with pandas.to_numeric(...)."
    first, way_out = _diagnosis(known.astype(str).str.strip(), f"frame[{column!r}]")
    return f"{found}, first {first!r}. {way_out}"


def as_numbers(texts: pd.Series[Any]) -> bool:
    """Return whether every text is a number, written with separators, a per cent or money sign."""
    plain = texts.astype(str).str.strip()
    odd = plain[pd.to_numeric(plain, errors="coerce").isna()]
    return all(
        any(form.fullmatch(text) for form in (THOUSANDS, DECIMAL_COMMA, PERCENT, CURRENCY))
        for text in odd.unique()
    )


def _diagnosis(texts: pd.Series[Any], name: str) -> tuple[str, str]:
    """Return the first text that is not a plain number, and how such texts are converted."""
    odd = texts[pd.to_numeric(texts, errors="coerce").isna()]
    if odd.empty:
        return texts.iloc[0], f"These are numbers held as text: convert them with {to(name)}."
    first = odd.iloc[0]
    strip = f'{name}.str.replace(r"[^\\d.-]", "", regex=True).astype(float)'
    if PERCENT.fullmatch(first):
        return first, f"These are per cent: convert them with {strip} / 100."
    if CURRENCY.fullmatch(first):
        return first, f"These are amounts of money: convert them with {strip}."
    if THOUSANDS.fullmatch(first):
        return first, f"These are numbers with thousands separators: convert them with {strip}."
    if DECIMAL_COMMA.fullmatch(first):
        return first, (
            "These have a decimal comma: read the file with pandas.read_csv(..., decimal=','), or "
            f"convert them with {name}.str.replace('.', '').str.replace(',', '.').astype(float)."
        )
    return first, (
        f"{odd.nunique()} texts are not numbers, in {len(odd)} rows: correct them, or name them "
        f"when you read the file, na_values=[{first!r}]; {to(name, ', errors=' + repr('coerce'))} "
        "would make them unknown. Check that the column is the one you mean."
    )


def to(name: str, more: str = "") -> str:
    """Return the pandas call that converts a column."""
    return f"pandas.to_numeric({name}{more})"
