"""The first row of a table: one name per column, each once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from agglometrics.errors import InputError

NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
YEAR = re.compile(r"(1[89]|20|21)\d\d")


def headings(name: str, cells: Sequence[str], is_empty: Callable[[int], bool]) -> dict[int, str]:
    """Return the name of each column that has one, by its place; empty columns go.

    Raises
    ------
    InputError
        If a column without a heading holds something, two have one heading, or all are numbers.
    """
    named = {place: cell.strip() for place, cell in enumerate(cells)}
    nameless = [place for place, cell in named.items() if not cell and not is_empty(place)]
    if nameless == [0] and len(named) > 1:
        named[0] = "Unnamed: 0"  # the row names of R and pandas, as pandas calls them
    elif nameless:
        raise InputError(
            f"column {nameless[0] + 1} of {name!r} holds something, but its heading is empty; the "
            f"headings are {list(cells)[:12]}. Headings in merged cells or two rows are not read: "
            "give every column one heading in one row, or skip= the rows above it."
        )
    found = {place: cell for place, cell in named.items() if cell}
    _require_one_each(name, list(found.values()))
    return found


def _require_one_each(name: str, found: Sequence[str]) -> None:
    twice = sorted({cell for cell in found if found.count(cell) > 1})
    if twice:
        raise InputError(
            f"{name!r} has the columns {twice} more than once; its headings are "
            f"{list(found)[:12]}. Rename all but one of them in the file."
        )
    numbers = [cell for cell in found if NUMBER.fullmatch(cell)]
    if found and len(numbers) == len(found) and not all(map(YEAR.fullmatch, found)):
        raise InputError(
            f"the first row of {name!r} must name the columns; found numbers only, "
            f"{list(found)[:6]}. Write a row of names above it, so that no row is lost."
        )
