"""Sheets of Excel files: the cells as they are, then one type per column."""

from __future__ import annotations

import datetime
import importlib
import io
import re
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.datasets.files.content import Content
from agglometrics.datasets.files.headings import headings
from agglometrics.datasets.files.options import UNKNOWN_WORDS, Reading
from agglometrics.datasets.files.rows import without_empty_rows
from agglometrics.datasets.files.typed import EXACT, ambiguous
from agglometrics.errors import InputError, caution

KEPT = 10**15
"""Excel keeps fifteen digits of a number."""
FORMULA = re.compile(rb"<(\w+:)?f[\s/>]|\0")
"""Where a formula begins; zero bytes are a text of two bytes per character, not searched."""


def read_excel(file: Content, reading: Reading) -> pd.DataFrame:
    """Return the table in a sheet of an Excel file.

    Raises
    ------
    InputError
        If openpyxl is missing, the file or the sheet cannot be read, or a formula has no value.
    """
    book = _book(file, values=True)
    sheet = _sheet(file, book, reading.sheet)
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    filled = [place for place, row in enumerate(rows) if any(map(_is_filled, row))]
    filled = [place for place in filled if place >= reading.skip]
    if not filled:
        raise InputError(
            f"sheet {sheet.title!r} of {file.name!r} is empty; the file has the sheets "
            f"{book.sheetnames}. Pass sheet= the name of another."
        )
    _require_values(file, sheet.title, rows)
    first = filled[0]
    _require_heading_row(file.name, [rows[place] for place in filled], filled)
    heads = ["" if cell is None else _plain(cell) for cell in rows[first]]
    below = rows[first + 1 :]
    names = headings(
        file.name, heads, lambda place: not any(_is_filled(row[place]) for row in below)
    )
    columns = {
        name: _column(file.name, name, [row[place] for row in below], reading)
        for place, name in names.items()
    }
    return without_empty_rows(file.name, pd.DataFrame(columns))


def _book(file: Content, values: bool) -> Any:
    try:
        openpyxl = importlib.import_module("openpyxl")
    except ImportError:
        raise InputError(
            f"{file.name!r} is an Excel file, which needs the package openpyxl. Install it with "
            "pip install openpyxl (the extra 'excel' of agglometrics), or save the sheet as CSV."
        ) from None
    try:
        return openpyxl.load_workbook(io.BytesIO(file.data), data_only=values)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, TypeError) as failure:
        raise InputError(
            f"{file.name!r} cannot be read as an Excel file: {failure}. It is cut off, locked by a "
            "password or of another kind: save it again as .xlsx, or save the sheet as CSV."
        ) from None


def _sheet(file: Content, book: Any, wanted: str | int | None) -> Any:
    known = book.sheetnames
    if isinstance(wanted, str) and wanted in known:
        found = book[wanted]
    elif not isinstance(wanted, str) and 0 <= (wanted or 0) < len(known):
        found = book[known[wanted or 0]]
    else:
        raise InputError(
            f"sheet {wanted!r} of {file.name!r} cannot be read: the file has the sheets {known}. "
            "Pass sheet= the name of a sheet, or its place from zero."
        )
    if not hasattr(found, "iter_rows"):
        raise InputError(
            f"sheet {found.title!r} of {file.name!r} is a chart. Pass sheet= one of {known} that "
            "holds a table."
        )
    shown = (each for each in book.worksheets if each.sheet_state == "visible")
    others = [each.title for each in shown if each is not found and each.max_row > 1]
    if wanted is None and others:
        caution(
            f"{file.name!r} has several sheets; read {found.title!r}, not {others[:6]}. Pass "
            f"sheet={found.title!r} to say that it is the one."
        )
    return found


def _require_values(file: Content, sheet: str, rows: list[list[Any]]) -> None:
    """Raise `InputError` if a formula was never computed, so that its value is not in the file."""
    if all(_is_filled(cell) for row in rows for cell in row) or not _may_compute(file.data):
        return
    formulas = _book(file, values=False)[sheet]
    for row, values in zip(formulas.iter_rows(), rows, strict=False):
        for cell, value in zip(row, values, strict=False):
            if cell.data_type == "f" and value is None:
                raise InputError(
                    f"cell {cell.coordinate} of sheet {sheet!r} of {file.name!r} is a formula, "
                    f"{str(cell.value)[:40]}, whose value is not in the file. Open and save it in "
                    "Excel, which computes it."
                )


def _may_compute(data: bytes) -> bool:
    """Return whether the file may hold a formula: whether a part of it has such an element."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        held = (parts.read(name) for name in parts.namelist() if name.lower().endswith(".xml"))
        return any(FORMULA.search(each) is not None for each in held)


def _require_heading_row(name: str, rows: list[list[Any]], places: list[int]) -> None:
    widths = [sum(map(_is_filled, row)) for row in rows]
    if len(widths) > 1 and widths[0] == 1 and widths[1] > 1:
        top = next(place for place, width in zip(places, widths, strict=True) if width > 1)
        title = next(cell for cell in rows[0] if _is_filled(cell))
        raise InputError(
            f"the first row of {name!r} holds one cell, {str(title)[:60]!r}: a title above the "
            f"headings. Pass skip={top}, or delete it in the file."
        )


def _is_filled(cell: Any) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _column(file: str, name: str, cells: list[Any], reading: Reading) -> pd.Series:
    words = reading.unknown
    held = [None if not _is_filled(cell) or _is_error(cell) else cell for cell in cells]
    others = [None if isinstance(c, str) and c.strip() in words else c for c in held]
    kinds = {_kind(cell) for cell in others if cell is not None}
    if not reading.is_text(name):
        if kinds <= {"number"}:
            return _of_numbers(file, name, others)
        if kinds == {"time"}:
            return pd.Series(pd.to_datetime(pd.Series(others, dtype=object)))
        if kinds == {"truth"} and None not in others:
            return pd.Series(others, dtype=bool)
    if reading.missing is None:
        doubtful = [c for c in held if isinstance(c, str) and c.strip() in UNKNOWN_WORDS]
        if doubtful:
            raise ambiguous(file, name, doubtful)
    _require_digits(file, name, others)
    return pd.Series([None if c is None else _plain(c) for c in others], dtype="str")


def _is_error(cell: Any) -> bool:
    return isinstance(cell, str) and cell in ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!",
                                              "#REF!", "#VALUE!")  # fmt: skip


def _kind(cell: Any) -> str:
    if isinstance(cell, bool):
        return "truth"
    if isinstance(cell, int | float):
        return "number"
    return "time" if isinstance(cell, datetime.datetime | datetime.date) else "text"


def _of_numbers(file: str, name: str, cells: list[Any]) -> pd.Series:
    _require_digits(file, name, cells)
    values = np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    whole = not np.isnan(values).any() and bool((values % 1 == 0).all())
    small = whole and bool((np.abs(values) <= EXACT).all())
    return pd.Series(values.astype(np.int64) if small else values)


def _require_digits(file: str, name: str, cells: list[Any]) -> None:
    """Raise `InputError` if a column looks like codes that Excel has rounded."""
    numbers = [abs(c) for c in cells if isinstance(c, int | float) and not isinstance(c, bool)]
    if numbers and all(c >= KEPT and c % 1 == 0 for c in numbers):
        raise InputError(
            f"column {name!r} of {file!r} holds numbers of more than fifteen digits, first "
            f"{numbers[0]:.0f}: Excel has rounded them. If they are codes, write them into the "
            "cells as text; if they are amounts, write them in larger units."
        )


def _plain(cell: Any) -> str:
    """Return a cell as text: 430102 for 430102.0, a day without its midnight."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < KEPT:
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell).lstrip()
