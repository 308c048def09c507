"""A table of the user's own, from a CSV, Excel, Stata or Parquet file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.advice.columns import nearest
from agglometrics.tables.arguments import checked

SEPARATORS = ("\t", ";", ",", "|")


@checked
def read_table(
    path: str | Path, *, text: Sequence[str] = (), encoding: str = "utf-8", sheet: str | int = 0
) -> pd.DataFrame:
    r"""Return the table in a file, its format known by the ending of the name.

    ``.csv``, ``.tsv`` and ``.txt`` (the separator is the one of comma, semicolon, tab and bar
    that the first line has most of), ``.xlsx`` (needs openpyxl, the extra ``excel``), ``.dta`` and
    ``.parquet``. Blanks around headings go.

    Parameters
    ----------
    path : the file
    text : columns of codes, kept as text: ``01`` read as a number would be 1
    encoding : of a text file: ``"utf-8"``, or for example ``"gb18030"``, ``"latin-1"``
    sheet : of an Excel file: its name, or its place from zero

    Raises
    ------
    InputError
        If there is no such file, the ending is unknown, a package is missing, the file is not
        in this encoding, or a column named in `text` is not there.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "jobs.csv")
    >>> _ = file.write_text("county; industry; jobs\n01;cars;30\n02;cars;20\n")
    >>> read_table(file, text=["county"]).values.tolist()
    [['01', 'cars', 30], ['02', 'cars', 20]]
    """
    file = Path(path)
    _require_file(file)
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise InputError(
            f"the ending of {file.name!r} must be one of {', '.join(READERS)}. Save the table in "
            "one of these formats, or read it with pandas and pass the frame."
        )
    frame = reader(file, text, encoding, sheet)
    frame = frame.rename(columns=lambda name: name.strip() if isinstance(name, str) else name)
    lacking = [name for name in text if name not in frame.columns]
    if lacking:
        raise InputError(
            f"columns {lacking} named in text= are not in {file.name!r}, which has "
            f"{list(map(str, frame.columns))}. Name columns that are there."
        )
    return frame.astype(dict.fromkeys(text, "str"))


def _require_file(file: Path) -> None:
    if file.is_file():
        return
    if file.is_dir():
        raise InputError(
            f"{str(file)!r} is a folder. Name one file in it, as in "
            f"read_table({str(file / 'jobs.csv')!r})."
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


def _csv(file: Path, text: Sequence[str], encoding: str, _: str | int) -> pd.DataFrame:
    # a byte order mark, which Excel writes, is not part of the first heading
    known = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        with file.open(encoding=known) as lines:
            first = lines.readline()
        separator = max(SEPARATORS, key=first.count)
        heads = [name for name in first.rstrip("\r\n").split(separator) if name.strip() in text]
        return pd.read_csv(
            file, sep=separator, encoding=known, dtype=dict.fromkeys(heads, "str"),
            skipinitialspace=True,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file.name!r} is not in {encoding!r}, by its byte {error.start}. Pass"
            " encoding='gb18030' for a file from Chinese Excel, 'latin-1' or 'cp1252' for a "
            "Western one."
        ) from None
    except LookupError:
        raise InputError(
            f"encoding {encoding!r} is unknown. Pass for example 'utf-8' or 'gb18030'."
        ) from None
    except pd.errors.ParserError as error:
        raise InputError(
            f"{file.name!r} is no regular table: {str(error).strip()}. Check the line "
            "named, or read it with pandas.read_csv(..., skiprows=) and pass the frame."
        ) from None


def _excel(file: Path, text: Sequence[str], _: str, sheet: str | int) -> pd.DataFrame:
    try:
        return pd.read_excel(file, sheet_name=sheet, dtype=dict.fromkeys(text, "str"))
    except ImportError:
        raise InputError(
            f"{file.name!r} is an Excel file, which needs the package openpyxl. Install it with "
            "pip install openpyxl (the extra 'excel' of agglometrics), or save the sheet as CSV."
        ) from None
    except ValueError as error:
        raise InputError(
            f"sheet {sheet!r} of {file.name!r} cannot be read: {error}. Pass sheet= the name of "
            "a sheet, or its place from zero."
        ) from None


def _stata(file: Path, text: Sequence[str], _: str, __: str | int) -> pd.DataFrame:
    try:
        frame = pd.read_stata(file)
    except ValueError:  # value labels that repeat
        frame = pd.read_stata(file, convert_categoricals=False)
    labelled = frame.select_dtypes("category").columns
    return frame.astype({name: frame[name].cat.categories.dtype for name in labelled})


def _parquet(file: Path, text: Sequence[str], _: str, __: str | int) -> pd.DataFrame:
    return pd.read_parquet(file)


READERS: Mapping[str, Callable[[Path, Sequence[str], str, Any], pd.DataFrame]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".txt": _csv,
    ".xlsx": _excel,
    ".dta": _stata,
    ".parquet": _parquet,
}
