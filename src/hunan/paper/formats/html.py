"""One page with everything in it: pictures as data, mathematics as MathML."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from pathlib import Path

from agglometrics.report.html_table import write_html
from agglometrics.report.printed import Table
from hunan.paper.crossrefs import Target
from hunan.paper.formats.exhibit import Exhibit, display, link
from hunan.paper.numbers import Number
from hunan.paper.pandoc import Node, raw, string

NOTE = re.compile(r'<tr class="note"><td colspan="\d+">(.*?)</td></tr>\n')
NOTES = re.compile(rf"<tfoot[^>]*>\n(?:{NOTE.pattern})+</tfoot>\n")
WIDE = 8
"""Columns from which a table is wider than the text where the screen has room."""


@dataclass(frozen=True)
class Html:
    """One page with everything in it: pictures as data, mathematics as MathML.

    Attributes
    ----------
    linked : whether the text has a list of numbers, to which each number leads
    """

    linked: bool = False

    figure_ending: str = ".svg"
    table_ending: str = ".html"

    def number(self, number: Number) -> Node:
        """Return ``<data>`` with the full value, and where it comes from as a tooltip."""
        title = f"{number.label}: {number.source}"
        data = (
            f'<data value="{html.escape(str(number.value))}" title="{html.escape(title)}">'
            f"{html.escape(number.text)}</data>"
        )
        return raw("html", f'<a href="#num:{number.key}">{data}</a>' if self.linked else data)

    def reference(self, target: Target) -> Node:
        """Return a link."""
        return link(target)

    def figure(self, exhibit: Exhibit, folder: Path) -> list[Node]:
        """Return ``<figure>`` with the picture inside; on a narrow screen it scrolls."""
        picture = base64.b64encode((folder / exhibit.path).with_suffix(".svg").read_bytes())
        style = f'style="--width:{exhibit.percent}%" ' if exhibit.percent else ""
        image = (
            f'<img {style}alt="{html.escape(exhibit.words)}" '
            f'src="data:image/svg+xml;base64,{picture.decode()}">'
        )
        picture_box = f'<div class="scroll picture">\n{image}\n</div>'
        opening = f'<figure id="{exhibit.target.name}">\n{picture_box}\n<figcaption>'
        return [raw("html", opening, block=True), _caption(exhibit),
                raw("html", "</figcaption>\n</figure>", block=True)]  # fmt: skip

    def tabular(self, exhibit: Exhibit, content: str) -> list[Node]:
        """Return ``<figure>`` with the caption above and the notes below; a wide table scrolls.

        Notes are not in the part that scrolls: there their lines would be as long as the table is
        wide, and a phone would show the beginning of each.
        """
        width = " wide" if content.count('<th scope="col"') >= WIDE else ""
        opening = f'<figure id="{exhibit.target.name}" class="table{width}">\n<figcaption>'
        bare, notes = (
            NOTES.sub("", content),
            "".join(f'<p class="note">{note}</p>\n' for note in NOTE.findall(content)),
        )
        below = f'</figcaption>\n<div class="scroll">\n{bare}</div>\n{notes}</figure>'
        return [
            raw("html", opening, block=True),
            _caption(exhibit),
            raw("html", below, block=True),
        ]

    def equation(self, target: Target, tex: str) -> list[Node]:
        """Return the equation with its number at the margin."""
        opening = f'<div class="equation" id="{target.name}">'
        closing = f'<span class="eqno">({target.number})</span></div>'
        return [raw("html", opening, block=True), display(tex), raw("html", closing, block=True)]

    def list_of_numbers(self, table: Table) -> Node:
        """Return the table, each row with the anchor that its number leads to."""
        text = write_html(table)  # the page's style sheet draws the lines
        for key, *_ in table.rows:
            text = text.replace(f">{key}</td>", f' id="num:{key}">{key}</td>', 1)
        return raw("html", f'<div class="scroll">\n{text}</div>', block=True)


def _caption(exhibit: Exhibit) -> Node:
    head = {"t": "Strong", "c": [string(f"{exhibit.target.text}.")]}
    return {"t": "Plain", "c": [head, {"t": "Space"}, *exhibit.caption]}
