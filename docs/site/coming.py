"""Pages for those who come from another program; written by hand, every call checked."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from docs.site.methods import linked
from docs.site.names import public_names

FOLDER = Path(__file__).parents[1] / "coming_from"


def unknown_calls(text: str) -> list[str]:
    """Return the names after ``ag.`` that the package lacks."""
    known = {name.name for name in public_names()} | {"datasets"}
    return sorted({name for name in re.findall(r"\bag\.(\w+)", text) if name not in known})


def wrong_arguments(text: str) -> list[str]:
    """Return the keyword arguments that a page gives to a call that has no such argument."""
    known = {name.name: name.target for name in public_names()}
    found = []
    for span in re.findall(r"`(ag\.[^`]+\))`", text):
        for node in ast.walk(ast.parse(span, mode="eval")):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in known:
                parameters = inspect.signature(known[called.attr]).parameters
                free = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
                found += [f"{called.attr}({k.arg}=)" for k in node.keywords
                          if k.arg not in parameters and not free]  # fmt: skip
    return found


def missing_tests(text: str) -> list[str]:
    """Return the tests that a page names as its evidence and that are not there."""
    root = FOLDER.parents[1]
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    return [
        f"{path}::{test}"
        for path, test in named
        if not (root / path).is_file() or f"def {test}" not in (root / path).read_text("utf-8")
    ]


def write(folder: Path) -> None:
    """Write the pages and the list of them."""
    target = folder / "coming_from"
    target.mkdir(parents=True, exist_ok=True)
    pages = sorted(FOLDER.glob("*.md"))
    for path in pages:
        text = path.read_text("utf-8")
        if wrong := unknown_calls(text) or wrong_arguments(text) + missing_tests(text):
            raise ValueError(f"docs/coming_from/{path.name} names {wrong}, which is not there")
        (target / path.name).write_text(linked(text), encoding="utf-8")
    about = "What you called there, what to call here, and where the numbers differ."
    lines = ["# Coming from", "", f"{about} Each difference names the test that holds it.", ""]
    titles = {path: path.read_text("utf-8").split("\n")[0].removeprefix("# ") for path in pages}
    lines += [f"* [{title}]({path.name})" for path, title in titles.items()]
    lines += ["", "```{toctree}", ":hidden:", "", *(path.stem for path in pages), "```", ""]
    (target / "index.md").write_text("\n".join(lines), encoding="utf-8")
