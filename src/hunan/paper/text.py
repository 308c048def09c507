"""A paper's text, before any format: parsed, its numbers known, its references marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agglometrics.errors import InputError
from hunan.paper import crossrefs, pandoc
from hunan.paper.crossrefs import Target
from hunan.paper.numbers import Number, lookup, read_numbers
from hunan.paper.pandoc import Node
from hunan.paper.typed_numbers import check_typed_numbers

KEY = re.compile(r"\{\{([^{}]*)\}\}")
LIST_OF_NUMBERS = "numbers-in-text"


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
                f"{text!r} is not a call of a number. Write {{{{key}}}} without spaces, and in "
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
