"""Lists for the guide to the replication: made from the project itself, compared with it by a test.

Command line: ``python -m hunan.paper.guide`` prints the dataset list, the packages and the seeds
as Markdown. (``hunan.paper.exhibits`` prints the exhibits.)
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from hunan.data.integrity import read_manifest
from hunan.data.origin.catalogue import OURS, REBUILT
from hunan.paper.numbers import code_cells


def datasets(root: Path) -> str:
    """Return one row per raw table: its rows, and what its origin gives."""
    lines = ["| table | rows | rebuilt from its origin |", "|---|---|---|"]
    for entry in read_manifest(root / "data" / "raw").values():
        name = Path(entry.path).stem
        lines.append(f"| `{entry.path}` | {entry.rows:,} | {_origin(name)} |")
    return "\n".join(lines)


def _origin(name: str) -> str:
    """Return whether a table is rebuilt whole or in part, or why it is not."""
    if name in OURS:
        return f"no: {OURS[name]}"
    parts = [source for source in REBUILT if source.table == name]
    if not any(source.keys for source in parts):
        return "whole, byte for byte"
    return f"in part; {parts[0].without}"


def packages(root: Path) -> str:
    """Return the packages that the study asks for, with the version that the lock pins."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["spatial"],
        *project["dependency-groups"]["study"],
    ]
    names = sorted(re.split(r"[\[<>=]", text)[0] for text in asked)
    pinned = dict[str, list[str]]()
    for name, version in re.findall(
        r"^([\w.-]+)==([\w.]+)", (root / "requirements.lock").read_text("utf-8"), re.M
    ):
        pinned.setdefault(name, []).append(version)
    listed = "; ".join(f"{name} {' or '.join(dict.fromkeys(pinned[name]))}" for name in names)
    return f"{listed}. The lock pins {len(pinned)} packages in all."


def seeds(root: Path) -> str:
    """Return one row per seed: the notebook, the cell in which it stands, the number."""
    lines = ["| program | cell | seed |", "|---|---|---|"]
    for book in sorted((root / "notebooks").glob("*.ipynb")):
        cells = code_cells(json.loads(book.read_text(encoding="utf-8")))
        for number, cell in enumerate(cells, 1):
            text = "".join(cell["source"])
            found = dict.fromkeys(filter(None, map(_seed, text.splitlines())))
            lines += [f"| `notebooks/{book.name}` | In [{number}] | {seed} |" for seed in found]
    return "\n".join(lines)


def _seed(line: str) -> str:
    """Return the seed that a line of code types, or nothing."""
    if found := re.search(r"seed=(\d+)", line):
        return found[1]
    targets, equals, values = line.partition(" = ")
    names = [name.strip() for name in targets.split(",")]
    return values.split(",")[names.index("SEED")].strip() if equals and "SEED" in names else ""


if __name__ == "__main__":
    print(datasets(Path()), packages(Path()), seeds(Path()), sep="\n\n")
