"""The type of a column of cells: numbers where nothing is lost by it, else text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.datasets.files.options import UNKNOWN_WORDS, Reading
from agglometrics.datasets.files.scanned import bytes_of, has_empty, may_hold, scanned
from agglometrics.errors import InputError

EXACT = 2**53
"""Whole numbers up to here are exact in double precision."""

FIRST = 16
"""Cells in which most texts show that they are no numbers."""

WHOLE = r"^-?(0|[1-9]\d{0,17})$"
FRACTION = r"^-?((0|[1-9]\d*)(\.\d*)?([eE][-+]\d+)?|\.\d+([eE][-+]?\d+)?|(0|[1-9]\d*)\.\d*[eE]\d+)$"
"""Numbers as programs write them. 007 and 1E5 are codes: no program writes numbers so."""
ZERO_AT_END = r"\.\d*[1-9]0+$"
INFINITE = r"^[-+]?([iI]nf|[iI]nfinity)$"
GROUPED = r"^-?\d{1,3}(,\d{3})+(\.\d+)?$"
DECIMAL_COMMA = r"^-?(\d+|\d{1,3}(\.\d{3})+),\d+$"
POINT_OR_GROUP = r"^-?[1-9]\d{0,2}(\.\d{3})+$"

Unquoted = Callable[[], "np.typing.NDArray[np.bool_]"]


def typed(file: str, name: str, cells: Any, reading: Reading, unquoted: Unquoted) -> pd.Series:
    """Return a column of an Arrow array of texts as numbers, truth values or text.

    unquoted : says which cells, among words for an unknown value, stand without quotation marks

    Raises
    ------
    InputError
        If words such as NA stand among texts, or commas in numbers, and it was not said how they
        are meant.
    """
    import pyarrow.compute as pc

    bare = pc.utf8_trim_whitespace(cells) if _has_blanks(cells) else cells
    known = cells
    if has_empty(bare):
        empty = pc.equal(bare, "")
        known, bare = (pc.if_else(empty, None, each) for each in (cells, bare))
    if not reading.is_text(name):
        found = _plain_numbers(bare, reading)
        found = _numbers(file, name, bare, reading) if found is None else found
        if found is not None:
            return found
    left = pc.utf8_ltrim_whitespace(known) if bare is not known else known
    return _texts(file, name, left, bare, reading, unquoted)


def _has_blanks(cells: Any) -> bool:
    """Return whether a cell may hold white space: whether its column has any."""
    text = bytes_of(cells)
    return not text.isascii() or any(sign in text for sign in b" \t\n\r\v\f")


def _plain_numbers(cells: Any, reading: Reading) -> pd.Series | None:
    """Return a column of plain numbers; None if it is another, or may be."""
    import pyarrow as pa

    if cells.null_count or reading.decimal == ",":
        return None
    if _are_whole(cells):
        return pd.Series(cells.cast(pa.int64()).to_numpy(zero_copy_only=False))
    if not _are_fractions(cells):
        return None
    found = _floats(cells)
    exact = found.abs().max() <= EXACT and not _in_two_forms(cells, reading)
    return found if exact else None


def _numbers(file: str, name: str, cells: Any, reading: Reading) -> pd.Series | None:
    """Return numbers or truth values; None if the column is text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if may_hold(cells, reading.unknown):
        words = pa.array(sorted(reading.unknown), cells.type)
        cells = pc.if_else(pc.is_in(cells, words), None, cells)
    gaps = cells.null_count > 0
    if _are_whole(cells):
        whole = cells.cast(pa.int64())
        if not gaps:
            return pd.Series(whole.to_numpy(zero_copy_only=False))
        ends = pc.min_max(pc.abs_checked(whole))["max"].as_py() or 0
        return _floats(cells) if ends <= EXACT else None
    cells = _with_points(file, name, cells, reading)
    if _are_fractions(cells) or _all(cells, f"{FRACTION}|{INFINITE}"):
        return _floats(cells) if _exact(cells) and not _in_two_forms(cells, reading) else None
    for true, false in (("TRUE", "FALSE"), ("True", "False"), ("true", "false")):
        if _all(cells, f"^({true}|{false})$"):
            truth = pc.equal(cells, true)
            return pd.Series(truth.to_numpy(zero_copy_only=False))
    return None


def _are_whole(cells: Any) -> bool:
    """Return whether every known cell is a whole number."""
    if not _all(cells[:FIRST], WHOLE):
        return False
    seen = scanned(cells)
    return seen.is_whole() if seen else _all(cells, WHOLE)


def _are_fractions(cells: Any) -> bool:
    """Return whether every known cell is a number as programs write them."""
    if not _all(cells[:FIRST], FRACTION):
        return False
    seen = scanned(cells)
    return (seen is not None and seen.is_plain()) or _all(cells, FRACTION)


def _all(cells: Any, form: str) -> bool:
    """Return whether every known cell has a form; most texts show in the first that not all do."""
    import pyarrow.compute as pc

    return all(
        bool(pc.all(pc.match_substring_regex(part, form)).as_py() is not False)
        for part in (cells[:FIRST], cells)
    )


def _floats(cells: Any) -> pd.Series:
    import pyarrow as pa

    return pd.Series(cells.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _in_two_forms(cells: Any, reading: Reading) -> bool:
    """Return whether cells that differ are one number, as 10.1 and 10.10: they are codes.

    Of numbers, a program writes all to one decimal or none with a zero at the end. Whoever says
    what the decimal mark is has said that they are numbers.
    """
    import pyarrow.compute as pc

    if reading.decimal is not None:
        return False
    at = pc.find_substring(cells, ".")
    behind = pc.min_max(
        pc.subtract(pc.binary_length(cells), pc.if_else(pc.equal(at, -1), None, at))
    )
    if behind["min"].as_py() == behind["max"].as_py():
        return False  # all to one decimal
    zeros = cells.filter(pc.ends_with(cells, "0").fill_null(False))
    zeros = zeros.filter(pc.match_substring_regex(zeros, ZERO_AT_END)).unique()
    if not len(zeros):
        return False
    plain = pc.utf8_rtrim(zeros, "0")
    return len(plain.unique()) < len(zeros) or bool(pc.any(pc.is_in(plain, cells)).as_py())


def _exact(cells: Any) -> bool:
    """Return whether no entry without a point has more digits than double precision holds."""
    import pyarrow.compute as pc

    long = pc.match_substring_regex(cells, r"^-?\d{16,}$")
    return not any(abs(int(each)) > EXACT for each in cells.filter(long).to_pylist() if each)


def _with_points(file: str, name: str, cells: Any, reading: Reading) -> Any:
    """Return numbers with a decimal point alone, or raise where a comma may mean two things."""
    import pyarrow.compute as pc

    comma, form = pc.any(pc.match_substring(cells, ",")).as_py(), "|".join((WHOLE, FRACTION))
    if reading.decimal == ",":
        if comma and _all(cells, f"{DECIMAL_COMMA}|{WHOLE}|{POINT_OR_GROUP}"):
            return pc.replace_substring(pc.replace_substring(cells, ".", ""), ",", ".")
        grouped = cells.null_count < len(cells) and _all(cells, f"{WHOLE}|{POINT_OR_GROUP}")
        return pc.replace_substring(cells, ".", "") if grouped else cells
    if reading.decimal == ".":
        grouped = comma and _all(cells, f"{GROUPED}|{form}")
        return pc.replace_substring(cells, ",", "") if grouped else cells
    if comma and _all(cells, f"{GROUPED}|{DECIMAL_COMMA}|{form}"):
        first = cells.filter(pc.match_substring(cells, ",").fill_null(False))[0].as_py()
        raise InputError(
            f"column {name!r} of {file!r} holds numbers with a comma, first {first!r}. Pass "
            "decimal=',' if it is the decimal mark, decimal='.' if it groups thousands, "
            f"text=[{name!r}] if these are labels."
        )
    return cells


def _texts(
    file: str, name: str, cells: Any, bare: Any, reading: Reading, unquoted: Unquoted
) -> pd.Series:
    """Return text; `bare` are the cells without blanks around them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = UNKNOWN_WORDS if reading.missing is None else tuple(reading.missing)
    if not may_hold(bare, words):
        return _as_series(cells)
    found = pc.is_in(bare, pa.array(words, cells.type)).to_numpy(False)
    if reading.missing is None and found.any():
        found &= unquoted()
        if found.any():
            raise ambiguous(file, name, cells.filter(pa.array(found)).to_pylist())
    return _as_series(pc.if_else(pa.array(found), None, cells) if found.any() else cells)


def _as_series(texts: Any) -> pd.Series:
    """Return Arrow's texts as pandas', without a Python object for each."""
    import pyarrow as pa

    dtype: Any = pd.api.types.pandas_dtype("str")
    return pd.Series(dtype.__from_arrow__(pa.chunked_array([texts])))


def ambiguous(file: str, name: str, words: list[str]) -> InputError:
    """Return the error of words that may be labels or stand for what is unknown."""
    return InputError(
        f"column {name!r} of {file!r} is text and holds {words[0]!r} in {len(words)} rows, which "
        f"may be a label (NA is Namibia) or unknown. Pass missing=[{words[0]!r}] if it means "
        "unknown, missing=[] if it is a label."
    )
