"""LaTeX that numbers everything itself, as its users expect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agglometrics.report.latex import escape_latex
from agglometrics.report.printed import Table
from agglometrics.report.tables import to_latex
from hunan.paper.crossrefs import Target
from hunan.paper.formats.exhibit import Exhibit
from hunan.paper.numbers import Number
from hunan.paper.pandoc import Node, raw


@dataclass(frozen=True)
class Latex:
    """LaTeX that numbers everything itself, as its users expect."""

    figure_ending: str = ".pdf"
    table_ending: str = ".tex"

    def number(self, number: Number) -> Node:
        """Return the text alone: journals take no macros."""
        return raw("latex", escape_latex(number.text))

    def reference(self, target: Target) -> Node:
        r"""Return a ``\ref``, or ``\eqref``."""
        command = "eqref" if target.kind == "eq" else "ref"
        word = target.text.partition("\N{NO-BREAK SPACE}")[0]
        return raw("latex", f"{word}~\\{command}{{{target.name}}}")

    def figure(self, exhibit: Exhibit, folder: Path) -> list[Node]:
        """Return a figure that floats."""
        width = f"[width={exhibit.percent / 100}\\linewidth]" if exhibit.percent else ""
        opening = (
            "\\begin{figure}[htbp]\n\\centering\n"
            f"\\includegraphics{width}{{{exhibit.path}.pdf}}\n\\caption{{"
        )
        closing = f"}}\\label{{{exhibit.target.name}}}\n\\end{{figure}}"
        return self._captioned(opening, exhibit, closing)

    def tabular(self, exhibit: Exhibit, content: str) -> list[Node]:
        """Return a table that floats, or a long one that breaks over pages."""
        label = f"}}\\label{{{exhibit.target.name}}}"
        if content.startswith("\\begin{longtable}"):
            first, _, rest = content.partition("\n")
            opening, closing = f"{{\\footnotesize\n{first}\n\\caption{{", f"{label}\\\\\n{rest}}}"
        else:
            opening = "\\begin{table}[htbp]\n\\centering\\footnotesize\n\\caption{"
            closing = f"{label}\n\n{content}\\end{{table}}"
        return self._captioned(opening, exhibit, closing)

    def _captioned(self, opening: str, exhibit: Exhibit, closing: str) -> list[Node]:
        before, after = raw("latex", opening), raw("latex", closing)
        return [{"t": "Plain", "c": [before, *exhibit.caption, after]}]

    def equation(self, target: Target, tex: str) -> list[Node]:
        """Return an ``equation``."""
        name = target.name
        text = f"\\begin{{equation}}\\label{{{name}}}\n{tex.strip()}\n\\end{{equation}}"
        return [raw("latex", text, block=True)]

    def list_of_numbers(self, table: Table) -> Node:
        """Return the table, small, as it is wide."""
        return raw("latex", f"{{\\footnotesize\n{to_latex(table)}}}", block=True)
