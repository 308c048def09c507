"""Pandoc documents as trees: read, walk, write. A node is a mapping of ``t`` (type), ``c``."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError

MARKDOWN = "markdown+east_asian_line_breaks"  # a line's end between Chinese words is no space
Node = dict[str, Any]
Change = Callable[[Node], "Node | list[Node] | None"]


def read(text: str) -> Node:
    """Return the document of a Markdown text."""
    document: Node = json.loads(_pandoc(text, ["--from", MARKDOWN, "--to", "json"]))
    return document


def cite(document: Node, folder: Path) -> Node:
    """Return `document` with its citations resolved from the bibliography it names in `folder`."""
    cited: Node = json.loads(write(document, "json", folder, ["--citeproc"]))
    return cited


def write(document: Node, to: str, folder: Path, arguments: Sequence[str] = ()) -> str:
    """Return `document` in the format `to`; relative paths start at `folder`."""
    return _pandoc(json.dumps(document), ["--from", "json", "--to", to, *arguments], folder)


def _pandoc(text: str, arguments: Sequence[str], folder: Path | None = None) -> str:
    """Run pandoc without the user's data directory (templates, styles) and locale."""
    with tempfile.TemporaryDirectory() as nothing:
        done = subprocess.run(
            [_program(), f"--data-dir={nothing}", *arguments],
            input=text.encode("utf-8"),
            capture_output=True,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": nothing, "XDG_DATA_HOME": nothing},
            check=False,
        )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise InputError(f"pandoc stops: {said}. Correct the text or the template that it names.")
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


@cache
def _program() -> str:
    """Return the pandoc that the lock pins (in pypandoc_binary), not one on the user's PATH."""
    import pypandoc

    packaged = Path(pypandoc.__file__).parent / "files"
    for name in ("pandoc", "pandoc.exe"):
        if (packaged / name).is_file():
            return str(packaged / name)
    return str(pypandoc.get_pandoc_path())


def walk(node: Any, change: Change) -> Any:
    """Return a tree with `change` applied to each node, children first.

    `change` returns a node, nodes to stand in its place, or None to leave it as it is.
    """
    if isinstance(node, list):
        walked: list[Any] = []
        for item in node:
            new = walk(item, change)
            if isinstance(item, dict) and "t" in item and isinstance(new, list):
                walked.extend(new)
            else:
                walked.append(new)
        return walked
    if isinstance(node, dict):
        inside = {key: walk(value, change) for key, value in node.items()}
        changed = change(inside) if "t" in inside else None
        return inside if changed is None else changed
    return node


def nodes(tree: Any) -> Iterator[Node]:
    """Yield every node of a tree, parents first, in the order of the text."""
    if isinstance(tree, list):
        for item in tree:
            yield from nodes(item)
    elif isinstance(tree, dict):
        if "t" in tree:
            yield tree
        for value in tree.values():
            yield from nodes(value)


def plain(tree: Any) -> str:
    """Return the words of inline nodes."""
    spaces = ("Space", "SoftBreak", "LineBreak")
    return "".join(
        node["c"] if node["t"] == "Str" else " " if node["t"] in spaces else ""
        for node in nodes(tree)
    )


def string(text: str) -> Node:
    """Return a node of text."""
    return {"t": "Str", "c": text}


def raw(form: str, text: str, *, block: bool = False) -> Node:
    """Return a node that only the writer of `form` sees."""
    return {"t": "RawBlock" if block else "RawInline", "c": [form, text]}
