"""How each output format writes a number, a reference, a figure, a table and an equation."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agglometrics.errors import InputError
from agglometrics.report.html_table import write_html
from agglometrics.report.latex import LONG, escape_latex
from agglometrics.report.printed import Table
from agglometrics.report.tables import to_latex, to_typst
from agglometrics.report.typst import escape_typst
from hunan.paper.crossrefs import Target
from hunan.paper.numbers import Number
from hunan.paper.pandoc import Node, raw, string


@dataclass(frozen=True)
class Exhibit:
    """A figure or table of the text.

    Attributes
    ----------
    target : its name and number
    caption : inline nodes
    words : the caption as plain words, for those who do not see the picture
    path : file without ending, from the folder of the paper
    percent : width of a picture, in percent of the text's; None for the picture's own
    """

    target: Target
    caption: list[Node]
    words: str
    path: str
    percent: int | None = None


class Format(Protocol):
    """What the builder asks of an output format."""

    @property
    def figure_ending(self) -> str:
        """Ending of the files of its figures."""

    @property
    def table_ending(self) -> str:
        """Ending of the files of its tables."""

    def number(self, number: Number) -> Node:
        """Return a number of the registry."""

    def reference(self, target: Target) -> Node:
        """Return a reference to an exhibit, equation or section."""

    def figure(self, exhibit: Exhibit, folder: Path) -> list[Node]:
        """Return a figure with its caption."""

    def tabular(self, exhibit: Exhibit, content: str) -> list[Node]:
        """Return a table with its caption; `content` is the table in this format."""

    def equation(self, target: Target, tex: str) -> list[Node]:
        """Return a numbered equation."""

    def list_of_numbers(self, table: Table) -> Node:
        """Return the list of numbers, whose first column holds their keys."""


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
        return _link(target)

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
        """Return ``<figure>`` with the caption above; a wide table scrolls."""
        opening = f'<figure id="{exhibit.target.name}" class="table">\n<figcaption>'
        below = f'</figcaption>\n<div class="scroll">\n{content}</div>\n</figure>'
        return [
            raw("html", opening, block=True),
            _caption(exhibit),
            raw("html", below, block=True),
        ]

    def equation(self, target: Target, tex: str) -> list[Node]:
        """Return the equation with its number at the margin."""
        opening = f'<div class="equation" id="{target.name}">'
        closing = f'<span class="eqno">({target.number})</span></div>'
        return [raw("html", opening, block=True), _display(tex), raw("html", closing, block=True)]

    def list_of_numbers(self, table: Table) -> Node:
        """Return the table, each row with the anchor that its number leads to."""
        text = write_html(table)  # the page's style sheet draws the lines
        for key, *_ in table.rows:
            text = text.replace(f">{key}</td>", f' id="num:{key}">{key}</td>', 1)
        return raw("html", f'<div class="scroll">\n{text}</div>', block=True)


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
        return _link(target)

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
            _display(tex),
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


def read_table(form: Format, folder: Path, path: str) -> str:
    """Return the file of a table in a format, or raise `InputError` naming the table."""
    file = (folder / path).with_name(Path(path).name + form.table_ending)
    if not file.is_file():
        raise InputError(
            f"the text shows {path}, but there is no {file.name} in {file.parent.name}/. "
            "Write it in a notebook with save_table."
        )
    content = file.read_text(encoding="utf-8")
    if content.startswith(("#figure(", "\\begin{table}")) or "<caption>" in content:
        raise InputError(
            f"{path} has a caption of its own, and the text gives it another. "
            "Write it again with save_table, which leaves captions to the text."
        )
    return content


def _link(target: Target) -> Node:
    return {"t": "Link", "c": [["", [], []], [string(target.text)], [f"#{target.name}", ""]]}


def _caption(exhibit: Exhibit) -> Node:
    head = {"t": "Strong", "c": [string(f"{exhibit.target.text}.")]}
    return {"t": "Plain", "c": [head, {"t": "Space"}, *exhibit.caption]}


def _display(tex: str) -> Node:
    return {"t": "Plain", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, tex.strip()]}]}
