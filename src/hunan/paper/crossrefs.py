"""Numbers of figures, tables, equations and sections, and the references to them.

In the text: ``![Caption.](figures/name){#fig:name}``, ``![Caption.](tables/name){#tbl:name}``
(a figure may say its width, ``{#fig:name width=70%}``),
``$$ ... $$ {#eq:name}``, ``# Title {#sec:name}``; ``@fig:name`` refers to one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agglometrics.errors import InputError
from agglometrics.tables import listed
from hunan.paper import pandoc
from hunan.paper.pandoc import Node

WORDS = {"fig": "Figure", "tbl": "Table", "eq": "Equation", "sec": "Section"}
NAME = re.compile(r"(fig|tbl|eq|sec):\S+")
LABEL = re.compile(r"\{#(eq:[^\s}]+)\}")


@dataclass(frozen=True)
class Target:
    """What a text can refer to.

    Attributes
    ----------
    name : its identifier, for example ``fig:map``
    kind : ``fig``, ``tbl``, ``eq`` or ``sec``
    number : as printed, for example ``2.1``
    """

    name: str
    kind: str
    number: str

    @property
    def text(self) -> str:
        """How a text refers to it."""
        number = f"({self.number})" if self.kind == "eq" else self.number
        return f"{WORDS[self.kind]}\N{NO-BREAK SPACE}{number}"


def targets(document: Node) -> dict[str, Target]:
    """Return every target of a document by name, numbered in the order of the text.

    Raises
    ------
    InputError
        If two things have one name.
    """
    found: dict[str, Target] = {}
    for name, number in _numbered(document):
        if name in found:
            raise InputError(f"two things in the text are called {name!r}. Rename one.")
        found[name] = Target(name, name.partition(":")[0], number)
    return found


def _numbered(document: Node) -> Iterator[tuple[str, str]]:
    counts: Counter[str] = Counter()
    section: list[int] = []
    for node in pandoc.nodes(document["blocks"]):
        if node["t"] == "Header" and "unnumbered" not in node["c"][1][1]:
            level, (name, _, _), _ = node["c"]
            section = [*section[:level], *[0] * (level - len(section))]
            section[level - 1] += 1
            if NAME.fullmatch(name):
                yield name, ".".join(map(str, section))
        elif node["t"] == "Figure" and NAME.fullmatch(node["c"][0][0]):
            kind = node["c"][0][0].partition(":")[0]
            counts[kind] += 1
            yield node["c"][0][0], str(counts[kind])
        elif equation_name(node):
            counts["eq"] += 1
            yield equation_name(node), str(counts["eq"])


def equation_name(node: Node) -> str:
    """Return the name of a paragraph that is one labelled equation, else an empty string."""
    if node["t"] != "Para" or not node["c"] or node["c"][0]["t"] != "Math":
        return ""
    found = LABEL.fullmatch(pandoc.plain(node["c"]).strip())
    return found[1] if found else ""


def referred(citation: Node, known: Mapping[str, Target]) -> list[Target] | None:
    """Return the targets that a citation node refers to; None if it cites literature.

    Raises
    ------
    InputError
        If a target is not there, or literature and targets share one pair of brackets.
    """
    names = [item["citationId"] for item in citation["c"][0]]
    ours = [bool(NAME.fullmatch(name)) for name in names]
    if not any(ours):
        return None
    if not all(ours):
        raise InputError(
            f"[{'; '.join('@' + name for name in names)}] mixes literature and exhibits. "
            "Give each a pair of brackets of its own."
        )
    for name in names:
        if name not in known:
            raise InputError(
                f"the text refers to @{name}, which is not there; it has {listed(known, 30)}. "
                "Correct the name, or give the exhibit its {#" + name + "}."
            )
    return [known[name] for name in names]
