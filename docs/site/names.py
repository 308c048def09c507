"""The public names: what the stub lists, with what the code says of each."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import agglometrics
from agglometrics import datasets

STUB = Path(agglometrics.__file__).with_suffix(".pyi")
ROOMS = {
    "measures": "Measures of agglomeration",
    "distance": "Distances between plants",
    "decomposition": "Shift-share decompositions",
    "shiftshare": "Shift-share designs",
    "models": "Regressions",
    "inference": "Standard errors and intervals",
    "evaluation": "Evaluation of policies",
    "space": "Space",
    "report": "Tables and figures",
    "plotting": "Pictures",
    "tables": "Tables of data",
    "datasets": "Example tables and readers",
    "errors": "Errors",
}


@dataclass(frozen=True)
class Name:
    """A public name.

    Attributes
    ----------
    name : as users write it after ``ag.``
    module : where it is defined
    kind : "function", "class", "exception" or "value"
    """

    name: str
    module: str
    kind: str
    target: Any

    @property
    def room(self) -> str:
        return self.module.split(".")[1]

    @cached_property
    def docstring(self) -> str:
        return inspect.getdoc(self.target) or "" if self.kind != "value" else ""

    @property
    def summary(self) -> str:
        """First paragraph of the docstring, on one line."""
        return " ".join(self.docstring.split("\n\n")[0].split())

    @property
    def qualified(self) -> str:
        return f"agglometrics.{self.name}"

    @property
    def page(self) -> str:
        return f"api/{self.name}"

    @property
    def signature(self) -> str:
        if self.kind not in {"function", "class"}:
            return ""
        try:
            text = str(inspect.signature(self.target))
        except ValueError:
            return ""
        return re.sub(r"agglometrics(\.\w+)+\.", "", text)

    @property
    def has_example(self) -> bool:
        return ">>>" in self.docstring


def kind_of(target: Any) -> str:
    if inspect.isclass(target):
        return "exception" if issubclass(target, BaseException) else "class"
    return "function" if callable(target) else "value"


@cache
def public_names() -> tuple[Name, ...]:
    """Return every name of the stub, and those of `agglometrics.datasets`, in the stub's order."""
    found = []
    for node in ast.parse(STUB.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                target = getattr(agglometrics, alias.name)
                found.append(
                    Name(alias.name, f"agglometrics.{node.module}", kind_of(target), target)
                )
    for name in datasets.__all__:
        target = getattr(datasets, name)
        found.append(Name(f"datasets.{name}", "agglometrics.datasets", kind_of(target), target))
    return tuple(found)


def related(name: Name) -> list[Name]:
    """Return the names that a docstring mentions, and those whose docstrings mention it."""
    everything = {other.name: other for other in public_names()}
    word = re.compile(rf"`+(?:ag\.)?{re.escape(name.name)}\b")
    mentioned = [
        everything[found]
        for found in dict.fromkeys(re.findall(r"`+(?:ag\.)?(\w+)", name.docstring))
        if found in everything and found != name.name
    ]
    mentioning = [o for o in public_names() if o != name and word.search(o.docstring)]
    return list(dict.fromkeys([*mentioned, *mentioning]))
