"""Docstrings on their way to a page: numpydoc reads the sections, formulas become mathematics."""

from __future__ import annotations

import re
from typing import Any

from docs.site.formulas import set_formulas


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def blocks(lines: list[str]) -> list[list[str]]:
    """Split lines at blank ones; the blank ones are blocks of their own."""
    found: list[list[str]] = []
    for line in lines:
        if found and bool(line.strip()) == bool(found[-1][0].strip()):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def is_prose(block: list[str]) -> bool:
    """Tell whether a block is text, not code, a table or a directive."""
    return not any(
        re.match(r"\s*(>>>|\.\. |={3,}|-{3,}|\+-|:[a-z]+:|\.\.\s)", line) for line in block
    )


def joined(block: list[str]) -> list[str]:
    """Join lines of one indentation, so that a formula over two lines is one."""
    found: list[str] = []
    for line in block:
        if found and indent(found[-1]) == indent(line) and not re.match(r"\s*[-*#] ", line):
            found[-1] += " " + line.strip()
        else:
            found.append(line)
    return found


def render(lines: list[str]) -> list[str]:
    """Return the lines of a docstring with formulas set, after numpydoc has read the sections."""
    answer: list[str] = []
    literal: int | None = None
    for block in blocks(lines):
        first = indent(block[0])
        if not block[0].strip():
            answer += block
            continue
        if literal is not None and first > literal:
            answer += block
            continue
        literal = first if block[-1].rstrip().endswith("::") else None
        if is_prose(block):
            answer += [x[: indent(x)] + set_formulas(x.strip()) for x in joined(block)]
        else:
            answer += block
    return answer


def process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = render(lines)


def setup(app: Any) -> dict[str, Any]:
    """Register after numpydoc, whose priority is 500."""
    app.connect("autodoc-process-docstring", process, priority=900)
    return {"parallel_read_safe": True}
