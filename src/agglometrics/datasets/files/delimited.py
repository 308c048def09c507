"""Text files: one cell after the other, every row as long as the heading, all cells as text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from agglometrics.datasets.files.content import Content
from agglometrics.datasets.files.encodings import decoded
from agglometrics.datasets.files.options import Reading
from agglometrics.errors import InputError

SEPARATORS = ("\t", ";", ",", "|")
SAMPLE = 100  # rows by which a separator is told
START = 100_000  # characters in which they are looked for first


@dataclass(frozen=True)
class Cells:
    """The cells of a text file: its headings, its columns as Arrow texts, its separator."""

    headings: Sequence[str]
    columns: Sequence[Any]
    separator: str
    text: bytes


def cells_of(file: Content, reading: Reading) -> Cells:
    """Return the cells of a text file.

    Raises
    ------
    InputError
        If it is not in this encoding, no separator makes a table of it, or a row has more or
        fewer cells than there are headings.
    """
    text, declared = _without_declaration(decoded(file, reading.encoding))
    text = _skipped(file.name, text, reading.skip)
    separator = declared or _separator(text)
    rows = _sample(text, separator)
    if not rows:
        raise InputError(
            f"{file.name!r} has no line with something in it. Write it again, or name another file."
        )
    if separator == " ":
        raise _in_blanks(file.name, rows[0])
    _require_headings(file.name, rows)
    data = text.encode()
    if len(rows) > 1 and all(len(row) == len(rows[0]) + 1 and not row[-1] for row in rows[1:]):
        head, _, rest = text.partition("\n")  # rows end in a separator, the heading does not
        rows[0], data = [*rows[0], ""], (head.rstrip("\r") + separator + "\n" + rest).encode()
    columns = parsed(file.name, data, separator, len(rows[0]), unknown=())
    return Cells(rows[0], [column.slice(1) for column in columns], separator, data)


def _without_declaration(text: str) -> tuple[str, str]:
    """Return the text and the separator that Excel's first line ``sep=;`` names, if any."""
    end = text.find("\n")
    stripped = text[: end if end >= 0 else None].strip().strip('"').lower()
    if stripped[:-1] != "sep=":
        return text, ""
    return (text[end + 1 :] if end >= 0 else ""), stripped[-1]


def _skipped(name: str, text: str, skip: int) -> str:
    lines = text.split("\n", skip)
    if len(lines) <= skip:
        raise InputError(
            f"skip={skip} leaves nothing of {name!r}, which has {len(lines)} lines. Pass a "
            "smaller skip=."
        )
    return lines[-1].lstrip("\n\r")


def _sample(text: str, separator: str) -> list[list[str]]:
    """Return the first rows of a text; of the start of it, if that holds more than one row."""
    if len(text) > START:
        first = _rows(text[:START], separator)[:-1]  # the last one may be cut
        if len(first) > 1:
            return first
    return _rows(text, separator)


def _rows(text: str, separator: str) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    longest = csv.field_size_limit(len(text) + 1)  # a cell may hold the outline of a region
    try:
        return [row for row in islice(csv.reader(lines, delimiter=separator), SAMPLE) if row]
    finally:
        csv.field_size_limit(longest)


def _separator(text: str) -> str:
    """Return the separator by which most rows are as long as most others, and longest."""

    def regular(separator: str) -> tuple[int, int]:
        try:
            rows = _sample(text, separator)
        except csv.Error:
            return 0, 0
        length, often = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        first = len(rows[0]) == length if rows else False
        return (often + first, length) if length > 1 else (0, 0)

    best = max(SEPARATORS, key=regular)
    if regular(best) != (0, 0):
        return best
    rows = text.splitlines()[:SAMPLE]
    blank = {len(row.split()) for row in rows if row.strip()}
    return " " if len(blank) == 1 and min(blank) > 1 and len(rows) > 1 else ","


def _in_blanks(name: str, heading: Sequence[str]) -> InputError:
    return InputError(
        f"{name!r} is separated by blanks; found the heading {' '.join(heading)!r}. Separators "
        "are comma, semicolon, tab and bar: read it with pandas.read_csv(path, sep=r'\\s+', "
        "dtype='str') and pass the frame."
    )


def _require_headings(name: str, rows: Sequence[Sequence[str]]) -> None:
    """Raise `InputError` if the first row is a title, or lacks the heading of row names."""
    length, often = Counter(map(len, rows[1:])).most_common(1)[0] if len(rows) > 1 else (0, 0)
    first = len(rows[0])
    row_names = length == first + 1 and any(row[-1] for row in rows[1:])
    if often < 2 or first >= length or not (row_names or first < length - 1):
        return
    if row_names:
        raise InputError(
            f"the rows of {name!r} have {length} cells, its heading {first}: row names of R have "
            "no heading. Write it with row.names = FALSE, or give the first column a heading."
        )
    top = next(place for place, row in enumerate(rows) if len(row) == length)
    raise InputError(
        f"the first row of {name!r} has {first} cells where others have {length}; found "
        f"{rows[0][:4]}. If it is a title above the headings, pass skip={top}."
    )


def parsed(name: str, data: bytes, separator: str, width: int, unknown: Sequence[str]) -> list[Any]:
    """Return the columns of `data`, its heading among them, as Arrow texts.

    unknown : words that are missing where they stand without quotation marks
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    wrong: list[Any] = []
    names = [str(place) for place in range(width)]

    def keep(row: Any) -> str:
        wrong.append(row)
        return "skip"

    try:
        table = arrow.read_csv(
            io.BytesIO(data),
            arrow.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
            arrow.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=keep
            ),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=[*unknown],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowException as failure:
        raise InputError(
            f"{name!r} is no regular table: {str(failure).splitlines()[0]}. Check its quotation "
            "marks, or read it with pandas.read_csv(...) and pass the frame."
        ) from None
    if wrong:
        raise _irregular(name, wrong)
    return [_in_one(column) for column in table.columns]


def _in_one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _irregular(name: str, wrong: Sequence[Any]) -> InputError:
    first = wrong[0]
    shown = first.text if len(first.text) <= 60 else f"{first.text[:57]}..."
    return InputError(
        f"{name!r} is no regular table: row {first.number} has {first.actual_columns} cells, not "
        f"the {first.expected_columns} of its heading (rows like it: {len(wrong)}); found "
        f"{shown!r}. A cut-off file, a note below the table, a second heading or a separator "
        "inside a text does this: correct the row, or read the file with "
        "pandas.read_csv(..., skiprows=, skipfooter=) and pass the frame."
    )
