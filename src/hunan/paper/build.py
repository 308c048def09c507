"""Build a paper from Markdown: PDF (Typst), one HTML page, and LaTeX.

Command line::

    python -m hunan.paper.build paper/paper.md [--numbers FOLDER] [--out FOLDER]

``{{key}}`` in the text becomes a number of the registry (`hunan.paper.numbers`);
figures and tables are taken from ``figures/`` and ``tables/`` beside the text, numbered and
referred to as `hunan.paper.crossrefs` says; citations come from the bibliography that
the text names. An empty block ``::: {#numbers-in-text} :::`` becomes the list of all numbers
with their notebooks and cells. The same sources give the same bytes in any folder.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError
from agglometrics.labels import Labels
from agglometrics.plotting.fonts import FAMILY
from agglometrics.report.printed import as_table
from agglometrics.tables import listed
from hunan.paper import crossrefs, fonts, pandoc, pdf
from hunan.paper.crossrefs import Target
from hunan.paper.files import could_not_write, only_writer, write_bytes, write_text
from hunan.paper.formats import Exhibit, Format, Html, Latex, Typst, read_table
from hunan.paper.numbers import Number, lookup, numbers_table, read_numbers
from hunan.paper.pandoc import Node, raw, string
from hunan.paper.typed_numbers import check_typed_numbers

KEY = re.compile(r"\{\{([^{}]*)\}\}")
LIST_OF_NUMBERS = "numbers-in-text"
HEADINGS = {
    "key": "Key",
    "text": "Printed",
    "unit": "Unit",
    "label": "What it is",
    "notebook": "Notebook",
    "cell": "Cell",
}


@dataclass(frozen=True)
class Paper:
    """A text with its numbers, before any format.

    Attributes
    ----------
    folder : where the text, its figures, tables and templates are
    document : the parsed text, citations resolved
    numbers : every number of the registry, by key
    used : keys in the order in which the text first calls them
    targets : what the text can refer to, by name
    """

    folder: Path
    document: Node
    numbers: Mapping[str, Number]
    used: tuple[str, ...]
    targets: Mapping[str, Target] = field(default_factory=dict)

    @property
    def lists_numbers(self) -> bool:
        """Whether the text has a place for the list of its numbers."""
        divisions = (node for node in pandoc.nodes(self.document["blocks"]) if node["t"] == "Div")
        return any(node["c"][0][0] == LIST_OF_NUMBERS for node in divisions)

    def unused(self) -> list[str]:
        """Return the recorded keys that the text does not call."""
        return sorted(set(self.numbers) - set(self.used))


def read_paper(text: Path, numbers: Path) -> Paper:
    """Return the paper of a Markdown file and a folder of recorded numbers.

    Raises
    ------
    InputError
        For a typed number, an unknown key, a reference to nothing, or a citation that the
        bibliography does not have.
    """
    source = text.read_text(encoding="utf-8")
    check_typed_numbers(source)
    document = pandoc.read(source)
    known = read_numbers(numbers)
    used = _keys(document)
    for key in used:
        lookup(known, key)
    targets = crossrefs.targets(document)
    folder = text.resolve().parent
    linked = _with_references(document, targets)
    _check_citations(linked, folder)
    return Paper(folder, pandoc.cite(linked, folder), known, used, targets)


def _keys(document: Node) -> tuple[str, ...]:
    """Return the keys that a text calls, each once; a malformed call is an error."""
    texts = [
        node["c"] if node["t"] == "Str" else node["c"][1]
        for node in pandoc.nodes([document["meta"], document["blocks"]])
        if node["t"] in ("Str", "Math")
    ]
    for text in texts:
        if "{{" in KEY.sub("", text):
            raise InputError(
                f"{text!r} is no call of a number. Write {{{{key}}}} without spaces, and in "
                "mathematics leave a space between other double braces."
            )
    return tuple(dict.fromkeys(key for text in texts for key in KEY.findall(text)))


def _with_references(document: Node, targets: Mapping[str, Target]) -> Node:
    """Return the document with references to exhibits marked, so that they are not literature."""

    def mark(node: Node) -> Node | None:
        if node["t"] != "Cite":
            return None
        found = crossrefs.referred(node, targets)
        if found is None:
            return None
        names = [["name", target.name] for target in found]
        return {"t": "Span", "c": [["", ["crossref"], names], []]}

    marked: Node = pandoc.walk(document, mark)
    return marked


def _check_citations(document: Node, folder: Path) -> None:
    cited = {
        item["citationId"]
        for node in pandoc.nodes([document["meta"], document["blocks"]])
        if node["t"] == "Cite"
        for item in node["c"][0]
    }
    if not cited:
        return
    name = pandoc.plain(document["meta"].get("bibliography", []))
    if not name or not (folder / name).is_file():
        raise InputError(f"the text cites {sorted(cited)}, but names no bibliography that exists.")
    entries = re.findall(r"^@\w+\{\s*([^,\s]+)", (folder / name).read_text("utf-8"), re.M)
    lacking = sorted(cited - set(entries))
    if lacking:
        raise InputError(f"{name} has no entry {lacking}. Add them, or correct the citations.")


# ---- one format ----------------------------------------------------------------------------


def in_format(paper: Paper, form: Format) -> Node:
    """Return the document with numbers, exhibits and references written for one format."""

    def exhibit(node: Node) -> list[Node] | None:
        ours = node["t"] == "Figure" and node["c"][0][0] in paper.targets
        return _exhibit(node, paper, form) if ours else None

    def change(node: Node) -> Node | list[Node] | None:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            return _numbers_in_text(content, paper.numbers, form)
        if kind == "Math":
            return {"t": "Math", "c": [content[0], _numbers_in_math(content[1], paper.numbers)]}
        if kind == "Span" and "crossref" in content[0][1]:
            return _references([name for _, name in content[0][2]], paper.targets, form)
        if kind == "Para" and crossrefs.equation_name(node):
            name = crossrefs.equation_name(node)
            return form.equation(paper.targets[name], content[0]["c"][1])
        if kind == "Div" and content[0][0] == LIST_OF_NUMBERS:
            rows = list_of_numbers(paper).rename(columns=HEADINGS)
            return form.list_of_numbers(as_table(rows, labels=Labels({})))
        return None

    changed: Node = pandoc.walk(pandoc.walk(paper.document, exhibit), change)
    return changed


def _numbers_in_text(text: str, numbers: Mapping[str, Number], form: Format) -> list[Node] | None:
    if "{{" not in text:
        return None
    parts = KEY.split(text)
    nodes = [form.number(numbers[part]) if n % 2 else string(part) for n, part in enumerate(parts)]
    return [node for node in nodes if node.get("c") != ""]


def _numbers_in_math(tex: str, numbers: Mapping[str, Number]) -> str:
    return KEY.sub(lambda key: f"\\text{{{numbers[key[1]].text}}}", tex)


def _references(names: list[str], targets: Mapping[str, Target], form: Format) -> list[Node]:
    """Return references, joined by commas and an "and"."""
    joined: list[Node] = []
    for n, name in enumerate(names):
        if n:
            joined += [string(","), {"t": "Space"}] if n < len(names) - 1 else [
                {"t": "Space"}, string("and"), {"t": "Space"}]  # fmt: skip
        joined.append(form.reference(targets[name]))
    return joined


def _exhibit(figure: Node, paper: Paper, form: Format) -> list[Node]:
    (name, _, _), (_, captions), _ = figure["c"]
    images = [node for node in pandoc.nodes(figure["c"][2]) if node["t"] == "Image"]
    if len(images) != 1 or not captions:
        raise InputError(f"{name} needs one picture or table and a caption.")
    caption = captions[0]["c"]
    path = images[0]["c"][2][0]
    words = KEY.sub(lambda key: paper.numbers[key[1]].text, pandoc.plain(caption))
    percent = _percent(name, dict(images[0]["c"][0][2]))
    exhibit = Exhibit(paper.targets[name], caption, words, path, percent)
    if exhibit.target.kind == "tbl":
        return form.tabular(exhibit, read_table(form, paper.folder, path))
    file = paper.folder / f"{path}{form.figure_ending}"
    if not file.is_file():
        raise InputError(
            f"the text shows {path}, but there is no {file.name} in {file.parent.name}/. "
            "Write it in a notebook with save_figure."
        )
    return form.figure(exhibit, paper.folder)


def _percent(name: str, attributes: Mapping[str, str]) -> int | None:
    """Return the width that ``{#fig:x width=70%}`` asks for."""
    width = attributes.get("width")
    if width is None:
        return None
    if not re.fullmatch(r"[1-9]\d?%|100%", width):
        raise InputError(f"{name} has the width {width!r}; say it in percent, as width=70%.")
    return int(width.removesuffix("%"))


def list_of_numbers(paper: Paper) -> Any:
    """Return every number of the text, in its order, with the notebook and cell it is from."""
    return numbers_table(paper.numbers, paper.used)


# ---- the three files -----------------------------------------------------------------------


def to_html(paper: Paper) -> str:
    """Return the paper as one page that loads nothing from elsewhere."""
    templates = paper.folder / "templates"
    document = in_format(paper, Html(paper.lists_numbers))
    page = pandoc.write(
        document,
        "html5",
        paper.folder,
        ["--mathml", "--standalone", "--number-sections", "--section-divs", "--wrap=none",
         f"--template={templates / 'paper.html'}"],
    )  # fmt: skip
    style = (templates / "paper.css").read_text(encoding="utf-8")
    return (
        page.replace("/* paper.css */", style + fonts.chinese_style(page) + fonts.math_style(page))
        + "\n"
    )


def to_typst(paper: Paper) -> str:
    """Return the paper as the Typst source of its PDF."""
    template = paper.folder / "templates" / "paper.typ"
    arguments = ["--standalone", "--wrap=none", f"--template={template}"]
    return (
        pandoc.write(
            in_format(paper, Typst(paper.lists_numbers)), "typst-citations", paper.folder, arguments
        )
        + "\n"
    )


def to_latex(paper: Paper) -> str:
    """Return the paper as LaTeX for an engine that knows Unicode (LuaLaTeX, XeLaTeX)."""
    document = in_format(paper, Latex())
    meta = dict(document["meta"])
    meta["abstract"] = {"t": "MetaBlocks", "c": _abstracts(meta)}
    header = "\\usepackage{longtable,booktabs,array}"
    meta["header-includes"] = {"t": "MetaBlocks", "c": [raw("latex", header, block=True)]}
    arguments = ["--standalone", "--number-sections", "--wrap=none", "-V", "geometry:margin=25mm",
                 "-V", f"CJKmainfont={FAMILY}"]  # fmt: skip
    return pandoc.write({**document, "meta": meta}, "latex", paper.folder, arguments) + "\n"


def _abstracts(meta: Node) -> list[Node]:
    """Return both abstracts with their keywords: LaTeX's classes have a place for one."""
    blocks: list[Node] = []
    for ending, heading, words, comma in (
        ("", "", "Keywords: ", ", "),
        ("-zh", "摘要", "关键词：", "；"),
    ):
        if heading and f"abstract{ending}" in meta:
            blocks.append(_paragraph({"t": "Strong", "c": [string(heading)]}))
        if abstract := meta.get(f"abstract{ending}"):
            inline = abstract["t"] == "MetaInlines"
            blocks += [_paragraph(*abstract["c"])] if inline else abstract["c"]
        if keywords := meta.get(f"keywords{ending}"):
            listing = comma.join(pandoc.plain(word) for word in keywords["c"])
            blocks.append(_paragraph({"t": "Emph", "c": [string(words)]}, string(listing)))
    return blocks


def _paragraph(*inlines: Node) -> Node:
    return {"t": "Para", "c": list(inlines)}


def build(text: Path, numbers: Path, out: Path) -> Paper:
    """Write a text's PDF, HTML and LaTeX, and ``tables/numbers_in_<name>.csv``, to `out`.

    Raises
    ------
    InputError
        As `read_paper`; for a missing figure or table; for a character that no font has.
    """
    paper = read_paper(text, numbers)
    source = to_typst(paper)
    with tempfile.TemporaryDirectory() as scratch:
        fonts.write_subset(source, Path(scratch) / "cjk.otf")
        pdf.check_glyphs(source, paper.folder, Path(scratch), text)
        page = pdf.compile_pdf(source, paper.folder, Path(scratch))
    rows = list_of_numbers(paper).to_csv(index=False, lineterminator="\n")
    latex, web = to_latex(paper), to_html(paper)
    with only_writer(out / f"{text.stem}.pdf"):
        write_text(out / "tables" / f"numbers_in_{text.stem}.csv", rows)
        write_text(out / f"{text.stem}.tex", latex)
        write_text(out / f"{text.stem}.html", web)
        write_bytes(out / f"{text.stem}.pdf", page)
    return paper


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="paper", description=__doc__)
    parser.add_argument("text", type=Path)
    parser.add_argument("--numbers", type=Path, help="default: numbers/ beside the text")
    parser.add_argument("--out", type=Path, help="default: the folder of the text")
    options = parser.parse_args(arguments)
    folder = options.text.parent
    try:
        paper = build(options.text, options.numbers or folder / "numbers", options.out or folder)
    except InputError as failure:
        print(f"{options.text}: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(could_not_write(failure), file=sys.stderr)
        return 1
    unused = paper.unused()
    print(f"{len(paper.used)} numbers in the text, {len(unused)} recorded and not called"
          + (f": {listed(unused, 10)}" if unused else ""), file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
