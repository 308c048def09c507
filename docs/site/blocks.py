"""The code of a page in Markdown: its Python, in order, and what else it shows."""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

FENCE = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)((?:(?: {4}[^\n]*)?\n)*(?: {4}[^\n]+))", re.MULTILINE)
SHELL = re.compile(r"^(make|pip|conda|git|python3?|export|cd|uv) ?", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code: where it stands, its text, and "doctest", "python" or "other"."""

    line: int
    text: str
    kind: str


def kind_of(text: str) -> str:
    if ">>>" in text:
        return "doctest"
    if SHELL.match(text) or text.startswith("@"):  # commands, and entries of BibTeX
        return "other"
    try:
        ast.parse(text)
    except SyntaxError:
        return "other"
    return "python"


def blocks(page: str) -> list[Block]:
    """Return the fenced and the indented blocks of a page, in order."""
    without = FENCE.sub(lambda m: "." + "\n" * m[0].count("\n"), page)
    places = [(m.start(1), m[1], page) for m in FENCE.finditer(page)]
    places += [(m.start(1), m[1], without) for m in INDENTED.finditer(without)]
    found = [
        (source[:start].count("\n") + 1, textwrap.dedent(text).strip("\n"))
        for start, text, source in places
        if text.strip()
    ]
    return [Block(line, text, kind_of(text)) for line, text in sorted(found)]


def run(page: str, name: str) -> Iterator[tuple[Block, str]]:
    """Run a page's Python in order, in one namespace; yield each block and what went wrong."""
    space: dict[str, Any] = {"__name__": name}
    for block in blocks(page):
        if block.kind == "doctest":
            yield block, examples(block, space, name)
        elif block.kind == "python":
            yield block, statements(block, space, name)


def examples(block: Block, space: dict[str, Any], name: str) -> str:
    """Run what follows the prompts; return what differs from the answers shown."""
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest(f"{block.text}\n", space, name, name, block.line)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    runner.run(test, out=said.append, clear_globs=False)
    space.update(test.globs)
    return "".join(said)


def statements(block: Block, space: dict[str, Any], name: str) -> str:
    """Run statements without prompts; return the error that they end with."""
    try:
        exec(compile(block.text, f"{name}:{block.line}", "exec"), space)
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"
    return ""
