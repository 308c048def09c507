"""Tables in HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

from agglometrics.report.sheet import Sheet


def write_html(table: Sheet) -> str:
    """Return an HTML table; its label is its id."""
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
    table: Sheet, cells: Sequence[str], tag: str, attribute: str, row_attribute: str = ""
) -> str:
    inside = "".join(
        f'<{tag}{attribute} style="text-align:{align}">{html.escape(cell)}</{tag}>'
        for cell, align in zip(cells, table.align, strict=True)
    )
    return f"<tr{row_attribute}>{inside}</tr>\n"
