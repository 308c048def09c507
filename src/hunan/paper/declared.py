"""The files that a notebook says it reads and writes, against those that it touched."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hunan.paper.numbers import code_cells


@dataclass(frozen=True)
class Files:
    """Files of a notebook, as paths from the root of the project.

    Attributes
    ----------
    reads, writes : paths; one that names a folder stands for what is inside it
    """

    reads: tuple[str, ...]
    writes: tuple[str, ...]


def declared(notebook: Path) -> Files | None:
    """Return what the first code cell of a notebook says it reads and writes, or None."""
    cells = code_cells(json.loads(Path(notebook).read_text(encoding="utf-8")))
    if not cells:
        return None
    lists = {
        target.id: ast.literal_eval(statement.value)
        for statement in ast.parse("".join(cells[0]["source"])).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in ("reads", "writes")
    }
    if not lists:
        return None
    return Files(tuple(lists.get("reads", ())), tuple(lists.get("writes", ())))


def disagreements(said: Files, seen: Files) -> list[str]:
    """Return a sentence for each file that was declared or touched but not both."""
    return [
        sentence
        for verb, stated, touched in (
            ("read", said.reads, seen.reads),
            ("written", said.writes, seen.writes),
        )
        for sentence in (
            *(f"{p} was {verb}, not declared" for p in touched if not _covered(p, stated)),
            *(f"{p} is declared, was not {verb}" for p in stated if not _used(p, touched)),
        )
    ]


def _covered(path: str, stated: Iterable[str]) -> bool:
    return any(path == entry or path.startswith(entry.rstrip("/") + "/") for entry in stated)


def _used(entry: str, touched: Iterable[str]) -> bool:
    return any(_covered(path, [entry]) for path in touched)
