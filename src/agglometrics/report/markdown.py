"""Pipe tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from agglometrics.report.sheet import Sheet

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


def write_markdown(table: Sheet) -> str:
    """Return a Markdown pipe table, its caption and notes around it."""
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
