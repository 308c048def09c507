"""Removes from an executed notebook all that another run or machine would change."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError

ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
# a warning names the file of its cell, which bears the number of the kernel's process
CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


def strip(node: Any, notebook: Path) -> None:
    """Remove from a notebook, in place, all that another run or machine would change."""
    node.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in node.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("tags",) if key in cell.metadata}
        for output in cell.get("outputs", []):
            output.pop("metadata", None) if output["output_type"] == "stream" else None
            _strip_text(output, cell, notebook)


def _strip_text(output: Any, cell: Any, notebook: Path) -> None:
    holders = [output, output.get("data", {})]
    for holder in holders:
        for key, text in holder.items():
            if isinstance(text, str) and (key == "text" or key.startswith("text/")):
                holder[key] = without_places(text, notebook.parents[1])
                if ADDRESS.search(text):
                    raise InputError(
                        f"{notebook.name}, In [{cell.execution_count}] shows an address of memory: "
                        f"{ADDRESS.split(text)[0][-60:]!r}. No second run repeats it: end the "
                        "cell with a semicolon, or print what matters."
                    )


def without_places(text: str, root: Path) -> str:
    """Return an output's text without the project's folder and the files of running cells.

    >>> without_places("/tmp/ipykernel_79/22.py:3: x in /project/src", Path("/project"))
    'cell:3: x in src'
    """
    return CELL_FILE.sub("cell", text.replace(f"{root}{os.sep}", ""))
