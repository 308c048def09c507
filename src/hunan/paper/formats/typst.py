"""Source of the PDF. Typst numbers figures and tables itself, in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agglometrics.report.latex import LONG
from agglometrics.report.printed import Table
from agglometrics.report.tables import to_typst
from agglometrics.report.typst import escape_typst
from hunan.paper.crossrefs import Target
from hunan.paper.formats.exhibit import Exhibit, display, link
from hunan.paper.numbers import Number
from hunan.paper.pandoc import Node, raw


@dataclass(frozen=True)
class Typst:
    """Source of the PDF. Typst numbers figures and tables itself, in the same order.

    Attributes
    ----------
    linked : whether the text has a list of numbers, to which each number leads
    """

    linked: bool = False

    figure_ending: str = ".svg"
    table_ending: str = ".typ"

    def number(self, number: Number) -> Node:
        """Return the text."""
        text = escape_typst(number.text)
        return raw("typst", f"#link(<num:{number.key}>, {text})" if self.linked else f"#{text}")

    def reference(self, target: Target) -> Node:
        """Return a link."""
        return link(target)

    def figure(self, exhibit: Exhibit, folder: Path) -> list[Node]:
        """Return a Typst figure."""
        width = f"width: {exhibit.percent}%, " if exhibit.percent else ""
        image = f'image("{exhibit.path}.svg", {width}alt: {escape_typst(exhibit.words)})'
        return self._figure(exhibit, f"#{image}", "image")

    def tabular(self, exhibit: Exhibit, content: str) -> list[Node]:
        """Return a Typst figure of kind table, which may break over pages if it is long."""
        figure = self._figure(exhibit, content, "table")
        if content.count("\n") <= LONG:
            return figure
        rules = "set block(breakable: true)\n#show figure: set figure(placement: none)"
        opening = raw("typst", f"#[\n#show figure: {rules}", block=True)
        return [opening, *figure, raw("typst", "]", block=True)]

    def _figure(self, exhibit: Exhibit, content: str, kind: str) -> list[Node]:
        closing = f"], kind: {kind}, [\n{content}\n]) <{exhibit.target.name}>"
        return [
            raw("typst", "#figure(caption: [", block=True),
            {"t": "Plain", "c": exhibit.caption},
            raw("typst", closing, block=True),
        ]

    def equation(self, target: Target, tex: str) -> list[Node]:
        """Return the equation with its number at the margin."""
        closing = f"]) <{target.name}>"
        return [
            raw("typst", f'#numbered("({target.number})", [', block=True),
            display(tex),
            raw("typst", closing, block=True),
        ]

    def list_of_numbers(self, table: Table) -> Node:
        """Return the table, each row with the anchor that its number leads to."""
        text = to_typst(table)
        for key, *_ in table.rows:
            shown = key.replace("_", "_\N{ZERO WIDTH SPACE}")  # where a long key may break
            text = text.replace(
                f'\n  "{key}", ', f'\n  [#metadata(none) <num:{key}>#"{shown}"], ', 1
            )
        return raw("typst", text, block=True)
