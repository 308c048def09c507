"""Printed tables in four formats: LaTeX, Typst, HTML and Markdown.

Every character of a cell is printed as itself, whatever the format makes of it elsewhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError
from agglometrics.report.printed import MINUS, MISSING, Printable, Table, as_table
from agglometrics.tables import listed

__all__ = [
    "Table",
    "as_table",
    "save_table",
    "to_html",
    "to_latex",
    "to_markdown",
    "to_typst",
]

LONG = 40  # rows that still fit one page; a longer LaTeX table breaks over pages
WRAP = 24  # characters from which a column of words is broken into lines
OPTIONS = tuple(signature(as_table).parameters)[1:]  # of every format, all but the data


def _table(data: Printable, options: Mapping[str, Any]) -> Table:
    unknown = [name for name in options if name not in OPTIONS]
    if unknown:
        raise InputError(f"options {unknown} are not known; there are {listed(OPTIONS, 20)}.")
    return as_table(data, **options)


# ---- LaTeX ---------------------------------------------------------------------------------

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",  # after a row's end it would open an optional argument
    "*": "{*}",  # and a star would forbid a page break
    "-": "{-}",  # two would be a dash
    "\n": " ",
    MINUS: "$-$",
    MISSING: "--",
    "\N{INFINITY}": r"$\infty$",
}


def escape_latex(text: str) -> str:
    r"""Return `text` as LaTeX that prints it (needs T1 or a Unicode engine).

    >>> print(escape_latex("50 % of A&B"))
    50 \% of A\&B
    """
    return "".join(_LATEX.get(character, character) for character in text)


def to_latex(data: Printable, **options: Any) -> str:
    """Return a LaTeX table with booktabs rules; it floats if it has a caption.

    More than forty rows make a ``longtable``.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : what stands above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; the package's own unless told

    Raises
    ------
    InputError
        If `data` is no table, an option is not known, or a format does not fit its column.
    """
    table = _table(data, options)
    long = len(table.rows) > LONG
    environment = "longtable" if long else "tabular"
    head = f"{_latex_row(table.columns)}\n\\midrule\n"
    body = [("\\midrule\n" if n in table.rules else "") + _latex_row(row) + "\n"
            for n, row in enumerate(table.rows)]  # fmt: skip
    top = "\\toprule\n" + head + ("\\endhead\n" if long else "")
    caption = _latex_caption(table)
    begin = f"\\begin{{{environment}}}{{@{{}}{_latex_columns(table)}@{{}}}}\n"
    inside = (caption + "\\\\\n" if long and caption else "") + top + "".join(body)
    grid = f"{begin}{inside}\\bottomrule\n\\end{{{environment}}}\n"
    notes = "".join(f"\\par\\footnotesize {escape_latex(note)}\n" for note in table.notes)
    if long or not caption:
        return grid + notes
    return f"\\begin{{table}}\n\\centering\n{caption}\n{grid}{notes}\\end{{table}}\n"


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(map(escape_latex, cells)) + r" \\"


def _latex_caption(table: Table) -> str:
    if not table.caption:
        return ""
    label = f"\\label{{{table.label}}}" if table.label else ""
    return f"\\caption{{{escape_latex(table.caption)}}}{label}"


def _latex_columns(table: Table) -> str:
    wide = wrapped(table)
    shares = {n: 0.6 * weight / sum(wide.values()) for n, weight in wide.items()}
    return "".join(
        f"p{{{shares[n]:.2f}\\linewidth}}" if n in wide else align[0]
        for n, align in enumerate(table.align)
    )


def wrapped(table: Table) -> dict[int, float]:
    """Return the weight of each column whose words are too long for one line.

    A column's weight is the square root of the geometric mean of its mean and longest cell:
    between the width that a single long cell asks for and the one that most cells need.
    """
    lengths = [[len(cell) for cell in column] for column in zip(*table.rows, strict=True)]
    return {
        n: (sum(cells) / len(cells) * max(cells)) ** 0.25
        for n, cells in enumerate(lengths)
        if table.align[n] == "left" and max(cells) > WRAP
    }


# ---- Typst ---------------------------------------------------------------------------------


def escape_typst(text: str) -> str:
    r"""Return `text` as a Typst string, in which nothing is markup.

    >>> print(escape_typst('a "b" #c'))
    "a \"b\" #c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def to_typst(data: Printable, **options: Any) -> str:
    """Return a Typst table with booktabs rules; it is a figure if it has a caption.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : what stands above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; the package's own unless told

    Raises
    ------
    InputError
        If `data` is no table, an option is not known, or a format does not fit its column.
    """
    table = _table(data, options)
    wide = wrapped(table)
    sizes = ", ".join(
        f"{wide[n]:.2f}fr" if n in wide else "auto" for n in range(len(table.columns))
    )
    lines = [
        "table(",
        f"  columns: ({sizes},),",
        f"  align: ({', '.join(table.align)},),",
        "  stroke: none,",
        "  table.hline(stroke: 0.8pt),",
        f"  table.header({_typst_row(table.columns)}),",
        "  table.hline(stroke: 0.5pt),",
    ]
    for n, row in enumerate(table.rows):
        lines += ["  table.hline(stroke: 0.5pt),"] if n in table.rules else []
        lines.append(f"  {_typst_row(row)},")
    grid = "\n".join([*lines, "  table.hline(stroke: 0.8pt),", ")"])
    notes = "".join(f"\n#block(text(size: 0.85em, {escape_typst(note)}))" for note in table.notes)
    if not table.caption:
        return f"#{grid}{notes}\n"
    label = f" <{table.label}>" if table.label else ""
    return f"#figure(\n{grid},\ncaption: {escape_typst(table.caption)},\n){label}{notes}\n"


def _typst_row(cells: Sequence[str]) -> str:
    return ", ".join(map(escape_typst, cells))


# ---- HTML ----------------------------------------------------------------------------------


def to_html(data: Printable, **options: Any) -> str:
    """Return an HTML table; its label is its id.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : what stands above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; the package's own unless told

    Raises
    ------
    InputError
        If `data` is no table, an option is not known, or a format does not fit its column.

    Examples
    --------
    >>> from pandas import DataFrame as frame
    >>> print(to_html(frame({"a": ["<b>"]})).splitlines()[3])
    <tr><td style="text-align:left">&lt;b&gt;</td></tr>
    """
    table = _table(data, options)
    name = f' id="{html.escape(table.label)}"' if table.label else ""
    caption = f"<caption>{html.escape(table.caption)}</caption>\n" if table.caption else ""
    head = _html_row(table, table.columns, "th", ' scope="col"')
    body = "".join(
        _html_row(table, row, "td", "", ' class="rule"' if n in table.rules else "")
        for n, row in enumerate(table.rows)
    )
    notes = "".join(
        f'<tr class="note"><td colspan="{len(table.columns)}">{html.escape(note)}</td></tr>\n'
        for note in table.notes
    )
    foot = f"<tfoot>\n{notes}</tfoot>\n" if notes else ""
    return (
        f"<table{name}>\n{caption}<thead>{head.rstrip()}</thead>\n<tbody>\n{body}</tbody>\n{foot}"
        "</table>\n"
    )


def _html_row(
    table: Table, cells: Sequence[str], tag: str, attribute: str, row_attribute: str = ""
) -> str:
    inside = "".join(
        f'<{tag}{attribute} style="text-align:{align}">{html.escape(cell)}</{tag}>'
        for cell, align in zip(cells, table.align, strict=True)
    )
    return f"<tr{row_attribute}>{inside}</tr>\n"


# ---- Markdown ------------------------------------------------------------------------------

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~^$@&:\"'!]|-(?=-)|(?<=-)-|\.(?=\.)")
_DASHES: Mapping[str, Callable[[int], str]] = {
    "left": lambda width: ":" + "-" * (width + 1),
    "center": lambda width: ":" + "-" * width + ":",
    "right": lambda width: "-" * (width + 1) + ":",
}
_PAD: Mapping[str, Callable[[str, int], str]] = {
    "left": str.ljust,
    "center": str.center,
    "right": str.rjust,
}


def escape_markdown(text: str) -> str:
    r"""Return `text` as Markdown (CommonMark, GitHub, pandoc) that prints it in one table cell.

    >>> print(escape_markdown("a|b *c*"))
    a\|b \*c\*
    """
    return _MARKDOWN.sub(lambda found: "\\" + found[0], text.replace("\n", " "))


def to_markdown(data: Printable, **options: Any) -> str:
    """Return a Markdown pipe table, its caption and notes around it.

    Parameters
    ----------
    data : a tidy frame, or a `Table` such as `compare` returns
    formats : column to format, such as ``{"lq": ".2f"}``; default ``".3f"`` for floats
    caption, label : what stands above the table, and the name by which a text refers to it
    notes : sentences below the table
    lang : ``"en"`` or ``"zh"``, the language of headings and codes
    labels : `Labels` of headings and codes; the package's own unless told

    Raises
    ------
    InputError
        If `data` is no table, an option is not known, or a format does not fit its column.
    """
    table = _table(data, options)
    cells = [[escape_markdown(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    lines = [
        "| "
        + " | ".join(
            _PAD[align](cell, width)
            for cell, width, align in zip(row, widths, table.align, strict=True)
        )
        + " |"
        for row in cells
    ]
    dashes = "|".join(
        _DASHES[align](width) for width, align in zip(widths, table.align, strict=True)
    )
    lines.insert(1, f"|{dashes}|")
    caption = f"{escape_markdown(table.caption)}\n\n" if table.caption else ""
    notes = "".join(f"\n{escape_markdown(note)}\n" for note in table.notes)
    return caption + "\n".join(lines) + "\n" + notes


FORMATS: Mapping[str, Callable[..., str]] = {
    ".typ": to_typst,
    ".tex": to_latex,
    ".html": to_html,
    ".md": to_markdown,
}


def save_table(data: Printable, path: Path, **options: Any) -> tuple[Path, ...]:
    """Write a table beside `path` as .typ, .tex, .html and .md; `options` as for `to_latex`.

    The files are for a text to show, which gives each table a caption and a number of its own;
    the caption given here stands in the .md file alone, which is read by itself.
    """
    table, path = _table(data, options), Path(path)
    bare = replace(table, caption="", label="")
    path.parent.mkdir(parents=True, exist_ok=True)
    written = tuple(path.with_name(path.name + ending) for ending in FORMATS)
    for target, write in zip(written, FORMATS.values(), strict=True):
        text = write(table if target.suffix == ".md" else bare)
        target.write_text(text, encoding="utf-8", newline="\n")
    return written
