"""The bibliography inside the package, by key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files

ENTRY = re.compile(r"^@(\w+)\{([\w:-]+),\n.*?^\}$", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+) = \{(.*)\},$", re.MULTILINE)
TITLE = (
    "agglometrics: agglomeration measures, shift-share analysis and panel estimates of "
    "cluster effects"
)
"""As in CITATION.cff."""


@cache
def articles() -> Mapping[str, str]:
    """Return the entries of the bibliography in BibTeX, by key."""
    text = files(__package__).joinpath("articles.bib").read_text(encoding="utf-8")
    return {found[2]: found[0] for found in ENTRY.finditer(text)}


def fields(entry: str) -> dict[str, str]:
    """Return the fields of an entry in BibTeX, by name."""
    return {found[1]: found[2] for found in FIELD.finditer(entry)}


def package() -> str:
    """Return the entry of the package itself, in the version that is installed."""
    lines = {
        "author": "{The agglometrics developers}",
        "title": f"{{{TITLE}}}",
        "version": version("agglometrics"),
        "note": "Python package",
    }
    return (
        "@software{agglometrics,\n"
        + "".join(f"  {name} = {{{value}}},\n" for name, value in lines.items())
        + "}"
    )
