"""Which program makes which exhibit: a table of figures, tables, notebooks and files.

Command line: ``python -m hunan.paper.exhibits paper/paper.md paper/appendix.md`` prints it as
Markdown, for the guide to the replication.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from agglometrics.errors import InputError
from hunan.paper import crossrefs, pandoc

WORDS = {"fig": "Figure", "tbl": "Table"}


def exhibits(text: Path, notebooks: Path) -> pd.DataFrame:
    """Return exhibit, caption, program and output of every figure and table of a text.

    Raises
    ------
    InputError
        If no notebook, or more than one, names an exhibit.
    """
    document = pandoc.read(text.read_text(encoding="utf-8"))
    numbered = crossrefs.targets(document)
    sources = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(notebooks.glob("6*.ipynb"))
    }
    rows = []
    for node in pandoc.nodes(document["blocks"]):
        if node["t"] != "Figure" or node["c"][0][0] not in numbered:
            continue
        target = numbered[node["c"][0][0]]
        image = next(n for n in pandoc.nodes(node["c"][2]) if n["t"] == "Image")
        path = image["c"][2][0]
        rows.append(
            {
                "exhibit": f"{WORDS[target.kind]} {target.number}",
                "caption": pandoc.plain(node["c"][1][1][0]["c"]),
                "program": _maker(path.rpartition("/")[2], sources),
                "output": f"{text.parent.name}/{path}",
            }
        )
    return pd.DataFrame(rows)


def _maker(name: str, sources: dict[str, str]) -> str:
    """Return the notebook that saves an exhibit: by its name, a year filled in, or in a loop."""
    plain = re.sub(r"_(en|zh)$", "", name)
    yearly = re.sub(r"_\d{4}$", "_", plain)
    said = {book: _strings(source) for book, source in sources.items()}
    for saved, wanted in ((True, plain), (True, f"{plain}_"), (True, yearly), (False, plain)):
        found = [book for book, texts in said.items() if wanted in texts[saved]]
        if len(found) == 1:
            return found[0]
    raise InputError(
        f"{len(found)} notebooks name the exhibit {plain!r}: {found}. Save it in one, with "
        "save_table or save_figure."
    )


def _strings(notebook: str) -> dict[bool, set[str]]:
    """Return the texts of a notebook's code: those in calls that save (True), and all (False)."""
    cells = [
        ast.parse("".join(cell["source"]))
        for cell in json.loads(notebook)["cells"]
        if cell["cell_type"] == "code"
    ]
    nodes = [node for cell in cells for node in ast.walk(cell)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    saves = [
        argument
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id.startswith("save_")
        for argument in call.args
        if isinstance(argument, ast.Constant | ast.JoinedStr)
    ]
    inside = [part for argument in saves for part in ast.walk(argument)]
    return {True: _texts(inside), False: _texts(nodes)}


def _texts(nodes: Sequence[ast.AST]) -> set[str]:
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return {value for value in constants if isinstance(value, str)}


def as_markdown(texts: Sequence[Path], notebooks: Path) -> str:
    """Return the exhibits of several texts as one Markdown table."""
    lines = ["| text | exhibit | program | output |", "|---|---|---|---|"]
    for text in texts:
        lines += [
            f"| {text.stem} | {row.exhibit} | `{row.program}` | `{row.output}` |"
            for row in exhibits(text, notebooks).itertuples()
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown([Path(name) for name in sys.argv[1:]], Path("notebooks")))
