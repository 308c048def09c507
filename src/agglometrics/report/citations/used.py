"""Which public names a script calls, or a result was made with."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.report.citations.methods import METHODS

BY_METHOD: Mapping[str, str] = {
    "Poisson": "poisson",
    "LIML": "Liml",
    "Fuller's LIML": "Fuller",
    "random effects": "RandomEffects",
    "Mundlak": "Mundlak",
    "between": "Between",
    "first differences": "FirstDifference",
    "difference GMM": "dynamic_panel",
    "system GMM": "dynamic_panel",
    "threshold": "threshold_panel",
    "bins": "binned_scatter",
    "spatial lag": "SpatialLag",
    "spatial Durbin": "SpatialDurbin",
    "spatial error": "SpatialError",
    "stochastic shift-share": "stochastic_shift_share",
    "shift-share 2SLS": "ShiftShareDesign",
    "shift-share reduced form": "ShiftShareDesign",
    "shift-share first stage": "ShiftShareDesign",
}
"""From the beginning of an estimate's method to the public name that stands for it."""


def names_of_result(result: object) -> list[str]:
    """Return the public names that a result was made with, in order and once.

    They are its class, the values that it keeps (an estimator, a covariance, weights of a
    bootstrap), and for an estimate its method.
    """
    names = [name for name in _classes(result) if name in METHODS]
    if isinstance(result, Estimates):
        names += [ours for start, ours in BY_METHOD.items() if _begins(result.method, start)]
        if result.method.startswith("least squares") and result.effects:
            names.append("panel")
    return list(dict.fromkeys(names))


def _begins(method: str, start: str) -> bool:
    return method == start or method.startswith((f"{start},", f"{start} ("))


def _classes(value: object, depth: int = 3) -> Iterator[str]:
    """Yield the names of the classes of a value and of the values that it holds."""
    yield from (base.__name__ for base in type(value).__mro__ if _ours(base))
    if depth and is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            inside = vars(value).get(each.name)
            if inside is not None and _ours(type(inside)):
                yield from _classes(inside, depth - 1)


def _ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "agglometrics"


def names_in_script(path: Path) -> list[str]:
    """Return the public names that a script or notebook uses, in order of their first use.

    Raises
    ------
    InputError
        If the file is not there, is neither Python nor a notebook, or does not parse.
    """
    tree = _parsed(path)
    aliases: dict[str, str] = {}
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("agglometrics"):
            aliases |= {part.asname or part.name: part.name for part in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.append((node.lineno, node.attr))
        elif isinstance(node, ast.Name) and node.id in aliases:
            found.append((node.lineno, aliases[node.id]))
    used = [name for _, name in sorted(found, key=lambda each: each[0]) if name in METHODS]
    return list(dict.fromkeys(used))


def _parsed(path: Path) -> ast.Module:
    if path.suffix not in (".py", ".ipynb") or not path.is_file():
        raise InputError(
            f"cite reads scripts (.py) and notebooks (.ipynb) that exist; found {str(path)!r}. "
            "Pass the path of one, the name of a method, or a result."
        )
    text = path.read_text(encoding="utf-8")
    try:
        return ast.parse(_cells(text) if path.suffix == ".ipynb" else text)
    except (SyntaxError, ValueError, KeyError, TypeError) as failure:
        raise InputError(
            f"{path.name} does not parse as {path.suffix}: {failure}. Correct it, or name the "
            "methods: cite('panel', 'Conley')."
        ) from None


def _cells(text: str) -> str:
    """Return the code of a notebook; lines for the shell and magics become blank."""
    cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    code = "\n".join("".join(source) for source in cells)
    kept = ["" if line.lstrip().startswith(("%", "!")) else line for line in code.split("\n")]
    return "\n".join(kept)
