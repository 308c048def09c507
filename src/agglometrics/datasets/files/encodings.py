"""The characters of a text file, by its byte order mark or the encoding that was named."""

from __future__ import annotations

import codecs
import re

from agglometrics.datasets.files.content import Content
from agglometrics.errors import InputError

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks, longest first where one opens another."""

KINDS = {
    b"PK\x03\x04": "an .xlsx workbook or a .zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"\x1f\x8b\x08": "packed with gzip (.gz)",
    b"PAR1": "a .parquet file",
}
"""What a file is by its first bytes, whatever its name says."""

PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|table)", re.IGNORECASE)
EAST_ASIAN = "\u2e80"  # the first character of the scripts of East Asia


def decoded(file: Content, encoding: str) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        If it is no text, not in this encoding, or in UTF-8 where another encoding was named.
    """
    _require_text(file)
    known = next((name for mark, name in MARKS.items() if file.data.startswith(mark)), encoding)
    try:
        text = file.data.decode(known)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file.name!r} is not in {known!r}, by its byte {error.start}. Pass "
            f"encoding={_other(file)}."
        ) from None
    except (LookupError, UnicodeError):
        raise InputError(
            f"encoding {encoding!r} is unknown. Pass for example 'utf-8' or 'gb18030'."
        ) from None
    if "\0" in text:
        raise InputError(
            f"{file.name!r} holds zero bytes: it is no text in {known!r}. Pass "
            "encoding='utf-16-le' for a text that Windows wrote; another kind of file needs the "
            "ending of its kind."
        )
    if known == encoding and not text.isascii():
        _refuse_utf8(file, known)
    return text.lstrip("\ufeff\n\r")


def _require_text(file: Content) -> None:
    kind = next((kind for mark, kind in KINDS.items() if file.data.startswith(mark)), None)
    if PAGE.match(file.data[:200]):
        kind = "a page of HTML or XML, as sites send in place of a file"
    if kind is not None:
        raise InputError(
            f"{file.name!r} is no text with separators but {kind}. Give it the ending of its kind, "
            "or save the table as .csv."
        )


def _other(file: Content) -> str:
    """Return in which encoding a text may be."""
    if _in_utf8(file):
        return "'utf-8', which it is in"
    return "'gb18030' for a file from Chinese Excel, 'latin-1' or 'cp1252' for a Western one"


def _refuse_utf8(file: Content, known: str) -> None:
    """Raise if a text read by another encoding is one in UTF-8, its letters then are others.

    A text of one byte per letter is in UTF-8 too by hardly any chance. One of two bytes per
    letter may be: then it must be all of East Asian letters, three bytes each.
    """
    if codecs.lookup(known).name.startswith("utf"):
        return
    if _in_utf8(file, two_bytes=len("\u7535".encode(known, "ignore")) > 1):
        raise InputError(
            f"{file.name!r} is in UTF-8, and its letters would be others in {known!r}. Pass "
            "encoding='utf-8'."
        )


def _in_utf8(file: Content, two_bytes: bool = False) -> bool:
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not two_bytes or all(letter.isascii() or letter >= EAST_ASIAN for letter in text)
