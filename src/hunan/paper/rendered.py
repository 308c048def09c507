"""A text with its numbers, exhibits and references written for one format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agglometrics.errors import InputError
from agglometrics.labels import Labels
from agglometrics.report.printed import as_table
from hunan.paper import crossrefs, pandoc
from hunan.paper.crossrefs import Target
from hunan.paper.formats.exhibit import Exhibit, Format, read_table, with_references
from hunan.paper.numbers import Number, numbers_table
from hunan.paper.pandoc import Node, string
from hunan.paper.text import KEY, LIST_OF_NUMBERS, Paper

HEADINGS = {
    "key": "Key",
    "text": "Printed",
    "unit": "Unit",
    "label": "What it is",
    "notebook": "Notebook",
    "cell": "Cell",
}


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
        content = read_table(form, paper.folder, path)
        return form.tabular(exhibit, with_references(content, paper.targets, path))
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
