"""Tables in Typst, with booktabs rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agglometrics.report.sheet import Sheet, wrapped


def escape_typst(text: str) -> str:
    r"""Return `text` as a Typst string, in which nothing is markup.

    >>> print(escape_typst('a "b" #c'))
    "a \"b\" #c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def write_typst(table: Sheet) -> str:
    """Return a Typst table; it is a figure if it has a caption."""
    wide = _stretched(table)
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
    label = _label(table.label)
    return f"#figure(\n{grid},\ncaption: {escape_typst(table.caption)},\n){label}{notes}\n"


CROWDED = 60  # characters of headings beside a stretched column that leave it no room


def _stretched(table: Sheet) -> dict[int, float]:
    """Return the columns of words with their weights; none if long headings would crush them.

    Typst gives a fraction what other columns leave, and breaks no heading of theirs to make room.
    Without fractions it breaks headings and words alike.
    """
    wide = wrapped(table)
    headings = sum(len(text) for n, text in enumerate(table.columns) if n not in wide)
    return {} if headings > CROWDED else wide


def _label(label: str) -> str:
    """Return what names the figure: plain names between angles, others as a string."""
    if not label:
        return ""
    return f" <{label}>" if re.fullmatch(r"[\w:.-]+", label) else f" #label({escape_typst(label)})"


def _typst_row(cells: Sequence[str]) -> str:
    return ", ".join(map(escape_typst, cells))
