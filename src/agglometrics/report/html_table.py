"""Tables in HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from agglometrics.report.sheet import Sheet


@dataclass(frozen=True)
class Lines:
    """Inline styles of a table's parts; empty where a page's style sheet draws the lines.

    Attributes
    ----------
    table, head, body : of the table, of its headings, of all other rows
    rule, note : of a row below a thin rule, of the notes
    cell : of each cell, beside its alignment
    """

    table: str = ""
    head: str = ""
    body: str = ""
    rule: str = ""
    note: str = ""
    cell: str = ""


BARE = Lines()
THREE = Lines(
    table="border-collapse:collapse",
    head="border-top:1.5px solid;border-bottom:1px solid",
    body="border-bottom:1.5px solid",
    rule="border-top:1px solid",
    note="font-size:smaller",
    cell=";padding:0 .6em",
)
"""The three lines of a printed table: above, below the headings, below."""


def write_html(table: Sheet, lines: Lines = BARE) -> str:
    """Return an HTML table; its label is its id."""
    name = f' id="{html.escape(table.label)}"' if table.label else ""
    caption = f"<caption>{html.escape(table.caption)}</caption>\n" if table.caption else ""
    head = _html_row(table, table.columns, ("th", ' scope="col"'), lines)
    rule = ' class="rule"' + _style(lines.rule)
    body = "".join(
        _html_row(table, row, ("td", ""), lines, rule if n in table.rules else "")
        for n, row in enumerate(table.rows)
    )
    notes = "".join(
        f'<tr class="note"><td colspan="{len(table.columns)}">{html.escape(note)}</td></tr>\n'
        for note in table.notes
    )
    foot = f"<tfoot{_style(lines.note)}>\n{notes}</tfoot>\n" if notes else ""
    return (
        f"<table{name}{_style(lines.table)}>\n{caption}"
        f"<thead{_style(lines.head)}>{head.rstrip()}</thead>\n"
        f"<tbody{_style(lines.body)}>\n{body}</tbody>\n{foot}"
        "</table>\n"
    )


def _style(style: str) -> str:
    return f' style="{style}"' if style else ""


def _html_row(
    table: Sheet, cells: Sequence[str], kind: tuple[str, str], lines: Lines, row_attribute: str = ""
) -> str:
    tag, attribute = kind
    inside = "".join(
        f'<{tag}{attribute} style="text-align:{align}{lines.cell}">{html.escape(cell)}</{tag}>'
        for cell, align in zip(cells, table.align, strict=True)
    )
    return f"<tr{row_attribute}>{inside}</tr>\n"
