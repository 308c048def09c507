"""Printed tables in five formats: LaTeX, Typst, HTML, Markdown and Word.

Every character of a cell is printed as itself, whatever the format makes of it elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError
from agglometrics.report.docx_table import write_docx
from agglometrics.report.html_table import THREE, write_html
from agglometrics.report.latex import write_latex
from agglometrics.report.markdown import write_markdown
from agglometrics.report.printed import Table, as_table
from agglometrics.report.typst import write_typst
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked

__all__ = [
    "Table",
    "as_table",
    "save_table",
    "to_docx",
    "to_html",
    "to_latex",
    "to_markdown",
    "to_typst",
]

OPTIONS = tuple(signature(as_table).parameters)[1:]  # of every format, all but the data


def _table(data: Any, options: Mapping[str, Any]) -> Table:
    unknown = [name for name in options if name not in OPTIONS]
    if unknown:
        raise InputError(
            f"options {unknown} are unknown; there are {listed(OPTIONS, 20)}. Use only these."
        )
    return as_table(data, **options)


@checked
def to_latex(data: Any, **options: Any) -> str:
    """Return a LaTeX table with booktabs rules; it floats if it has a caption.

    More than forty rows make a ``longtable``.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : the caption above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; none unless passed in

    Raises
    ------
    InputError
        If `data` is not a table, an option is unknown, or a format does not fit its column.
    """
    return write_latex(_table(data, options))


@checked
def to_typst(data: Any, **options: Any) -> str:
    """Return a Typst table with booktabs rules; it is a figure if it has a caption.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : the caption above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; none unless passed in

    Raises
    ------
    InputError
        If `data` is not a table, an option is unknown, or a format does not fit its column.
    """
    return write_typst(_table(data, options))


@checked
def to_html(data: Any, **options: Any) -> str:
    """Return an HTML table with the three lines of a printed one; its label is its id.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : the caption above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; none unless passed in

    Raises
    ------
    InputError
        If `data` is not a table, an option is unknown, or a format does not fit its column.

    Examples
    --------
    >>> from pandas import DataFrame as frame
    >>> print(to_html(frame({"a": ["<b>"]})).splitlines()[3])
    <tr><td style="text-align:left;padding:0 .6em">&lt;b&gt;</td></tr>
    """
    return write_html(_table(data, options), THREE)


@checked
def to_markdown(data: Any, **options: Any) -> str:
    """Return a Markdown pipe table, its caption and notes around it.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : the caption above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; none unless passed in

    Raises
    ------
    InputError
        If `data` is not a table, an option is unknown, or a format does not fit its column.
    """
    return write_markdown(_table(data, options))


@checked
def to_docx(data: Any, **options: Any) -> bytes:
    """Return a Word document that holds the table, with the three lines of a printed one.

    The same table gives the same bytes, whenever it is written. Paste it into a manuscript, or
    open the file: ``Path("table.docx").write_bytes(to_docx(table))``. Needs python-docx.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : the caption above the table, and the bookmark by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; none unless passed in

    Raises
    ------
    InputError
        If `data` is not a table, an option is unknown, or a format does not fit its column; if
        python-docx is missing, or Word takes no bookmark of that name.

    Examples
    --------
    >>> from pandas import DataFrame as frame
    >>> document = to_docx(frame({"region": ["Hunan"], "lq": [0.8123]}), caption="Quotients")
    >>> document[:2]
    b'PK'
    """
    return write_docx(_table(data, options))


FORMATS: Mapping[str, Callable[[Table], str]] = {
    ".typ": write_typst,
    ".tex": write_latex,
    ".html": write_html,  # the paper's style sheet draws the lines
    ".md": write_markdown,
}


def save_table(data: Any, path: Path, **options: Any) -> tuple[Path, ...]:
    """Write a table beside `path` as .typ, .tex, .html and .md; `options` as for `to_latex`.

    The files are for a text to show, which gives each table a caption and a number of its own;
    the caption given here is in the .md file alone, which is read by itself.
    """
    table, path = _table(data, options), Path(path)
    bare = replace(table, caption="", label="")
    path.parent.mkdir(parents=True, exist_ok=True)
    written = tuple(path.with_name(path.name + ending) for ending in FORMATS)
    for target, write in zip(written, FORMATS.values(), strict=True):
        text = write(table if target.suffix == ".md" else bare)
        target.write_text(text, encoding="utf-8", newline="\n")
    return written
