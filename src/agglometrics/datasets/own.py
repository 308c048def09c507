"""A table of the user's own, from a CSV, Excel, Stata or Parquet file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from agglometrics.datasets.files.binary import read_as, read_parquet, read_stata
from agglometrics.datasets.files.content import PACKED, Content, content
from agglometrics.datasets.files.excel import read_excel
from agglometrics.datasets.files.options import Reading
from agglometrics.datasets.files.text_files import read_text
from agglometrics.errors import InputError
from agglometrics.tables.advice.columns import nearest
from agglometrics.tables.arguments import checked

Reader = Callable[[Content, Reading], pd.DataFrame]


@checked
def read_table(
    path: str | Path,
    *,
    text: Sequence[str] = (),
    encoding: str = "utf-8",
    sheet: str | int | None = None,
    skip: int = 0,
    decimal: Literal[".", ","] | None = None,
    missing: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Return the table in a file, its format known by the ending of the name.

    ``.csv``, ``.tsv`` and ``.txt`` (the separator is the one of comma, semicolon, tab and bar
    that makes rows of one length; plain or packed as ``.csv.gz``, ``.bz2``, ``.xz`` or ``.zip``),
    ``.xlsx`` (needs openpyxl, the extra ``excel``), ``.dta`` and ``.parquet``.

    Of a text file or a sheet, a column is numbers where nothing is lost by it. Codes such as
    ``01``, ``1E5``, ``10.1`` beside ``10.10`` (unless `decimal` is given), or whole numbers beyond
    2^53 with gaps, stay text. Every row must be as long
    as the heading; blanks around headings and empty rows go.

    Parameters
    ----------
    path : the file
    text : columns of codes, kept as text although they look like numbers
    encoding : of a text file: ``"utf-8"``, or for example ``"gb18030"``, ``"latin-1"``; a byte
        order mark in the file counts more
    sheet : of an Excel file: its name, or its place from zero; the first unless given
    skip : lines above the headings that are passed over, such as a title
    decimal : ``","`` if numbers are written 1.234,5 and ``"."`` if 1,234.5: needed where they have
        commas
    missing : texts that mean unknown, as in ``["NA", "-"]``; unless given, words such as NA or
        null mean unknown among numbers and are refused among texts, where NA is Namibia too

    Raises
    ------
    InputError
        If there is no such file, the ending is unknown, a package is missing, the file is empty,
        cut off, changed while it is read or not in this encoding; if rows differ in length, a
        heading is missing or repeated; if commas or words such as NA can mean two things; or if
        a column named in `text` is not there.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "jobs.csv")
    >>> _ = file.write_text("county; industry; jobs\n01;cars;30\n02;cars;20\n")
    >>> read_table(file).values.tolist()
    [['01', 'cars', 30], ['02', 'cars', 20]]
    """
    _require_options(skip, decimal)
    reading = Reading(tuple(text), encoding, sheet, skip, decimal, missing)
    return read_file(Path(path), reading, READERS)


def _require_options(skip: int, decimal: str | None) -> None:
    if skip < 0:
        raise InputError(f"skip must be a whole number not below zero; found {skip}. Pass skip=1.")
    if decimal not in (None, ".", ","):
        raise InputError(f"decimal must be '.' or ','; found {decimal!r}. Pass decimal=','.")


def read_file(file: Path, reading: Reading, readers: Mapping[str, Reader]) -> pd.DataFrame:
    """Return the table in a file by the reader of its ending; raise as `read_table` does."""
    _require_file(file)
    _require_ending(file, file.suffix.lower(), [*readers, *PACKED])
    held = content(file)
    _require_ending(file, held.ending, readers)
    frame = readers[held.ending](held, reading)
    frame = frame.rename(columns=lambda name: name.strip() if isinstance(name, str) else name)
    lacking = [name for name in reading.text if name not in frame.columns]
    if lacking:
        raise InputError(
            f"columns {lacking} named in text= are not in {file.name!r}, which has "
            f"{list(map(str, frame.columns))}. Name columns that are there."
        )
    return frame


def _require_ending(file: Path, ending: str, known: Iterable[str]) -> None:
    if ending not in known:
        raise InputError(
            f"the ending of {file.name!r} must be one of {', '.join(known)}. Save the table in "
            "one of these formats, or read it with pandas and pass the frame."
        )


def _require_file(file: Path) -> None:
    if file.is_file():
        return
    if file.is_dir():
        raise InputError(
            f"{str(file)!r} is a folder. Name one file in it, as in "
            f"read_table({str(file / 'jobs.csv')!r})."
        )
    if file.exists():
        raise InputError(
            f"{str(file)!r} is no plain file but a pipe or a device. Save the table in a file."
        )
    if re.match(r"\w{2,}:/", str(file)):
        raise InputError(
            f"read_table reads files, not addresses; found {str(file)!r}. Download it first, or "
            "pass the frame of pandas.read_csv(address)."
        )
    beside = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else []
    near = nearest(file.name, beside)
    raise InputError(
        f"there is no file {str(file)!r}; relative paths start at {str(Path.cwd())!r}. Correct "
        "the path." + (f" Did you mean {near!r}?" if near else "")
    )


def _typed(reader: Reader) -> Reader:
    return lambda file, reading: read_as(reader(file, reading), reading)


READERS: Mapping[str, Reader] = {
    ".csv": read_text,
    ".tsv": read_text,
    ".txt": read_text,
    ".xlsx": read_excel,
    ".dta": _typed(read_stata),
    ".parquet": _typed(read_parquet),
}
