"""What the builder asks of an output format, and what all formats share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agglometrics.errors import InputError
from agglometrics.report.printed import Table
from hunan.paper.crossrefs import Target
from hunan.paper.numbers import Number
from hunan.paper.pandoc import Node, string

REFERENCE = re.compile(r"@((?:fig|tbl|eq|sec):[a-z0-9-]+)")


@dataclass(frozen=True)
class Exhibit:
    """A figure or table of the text.

    Attributes
    ----------
    target : its name and number
    caption : inline nodes
    words : the caption as plain words, for those who do not see the picture
    path : file without ending, from the folder of the paper
    percent : width of a picture, in percent of the text's; None for the picture's own
    """

    target: Target
    caption: list[Node]
    words: str
    path: str
    percent: int | None = None


class Format(Protocol):
    """What the builder asks of an output format."""

    @property
    def figure_ending(self) -> str:
        """Ending of the files of its figures."""

    @property
    def table_ending(self) -> str:
        """Ending of the files of its tables."""

    def number(self, number: Number) -> Node:
        """Return a number of the registry."""

    def reference(self, target: Target) -> Node:
        """Return a reference to an exhibit, equation or section."""

    def figure(self, exhibit: Exhibit, folder: Path) -> list[Node]:
        """Return a figure with its caption."""

    def tabular(self, exhibit: Exhibit, content: str) -> list[Node]:
        """Return a table with its caption; `content` is the table in this format."""

    def equation(self, target: Target, tex: str) -> list[Node]:
        """Return a numbered equation."""

    def list_of_numbers(self, table: Table) -> Node:
        """Return the list of numbers, whose first column holds their keys."""


def read_table(form: Format, folder: Path, path: str) -> str:
    """Return the file of a table in a format, or raise `InputError` naming the table."""
    file = (folder / path).with_name(Path(path).name + form.table_ending)
    if not file.is_file():
        raise InputError(
            f"the text shows {path}, but there is no {file.name} in {file.parent.name}/. "
            "Write it in a notebook with save_table."
        )
    content = file.read_text(encoding="utf-8")
    if content.startswith(("#figure(", "\\begin{table}")) or "<caption>" in content:
        raise InputError(
            f"{path} has a caption of its own, and the text gives it another. "
            "Write it again with save_table, which leaves captions to the text."
        )
    return content


def with_references(content: str, targets: Mapping[str, Target], path: str) -> str:
    """Return a table in which ``@tbl:name`` and its like are replaced by what they refer to.

    Raises
    ------
    InputError
        If the text has nothing of that name.
    """

    def text(found: re.Match[str]) -> str:
        if found[1] not in targets:
            raise InputError(
                f"{path} refers to @{found[1]}, which the text does not have. Correct the name "
                "where the table is written, or give the exhibit that name."
            )
        return targets[found[1]].text

    return REFERENCE.sub(text, content)


def link(target: Target) -> Node:
    """Return a link to a target."""
    return {"t": "Link", "c": [["", [], []], [string(target.text)], [f"#{target.name}", ""]]}


def display(tex: str) -> Node:
    """Return displayed mathematics."""
    return {"t": "Plain", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, tex.strip()]}]}
