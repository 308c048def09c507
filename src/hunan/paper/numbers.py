"""The registry of numbers: every figure in the text of a paper, with the cell that computed it.

A notebook records a number once, under a key; the text says ``{{key}}``. What is printed,
the full value, the notebook and the cell are kept together in one JSON file per notebook.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from hunan.paper.files import write_text

KEY = re.compile(r"[a-z][a-z0-9_]*")
MINUS = "\N{MINUS SIGN}"

Value = int | float | str


@dataclass(frozen=True)
class Number:
    """One number of the text.

    Attributes
    ----------
    key : how the text calls it: lower-case letters, digits and underscores
    value : in full precision (a word, where the text names a result such as the first in rank)
    text : as it is printed
    label : what it is, in words
    unit : its unit, empty for a pure number
    notebook : name of the notebook, without ending
    cell : the n of ``In [n]`` when the notebook runs from its top; 0 outside a notebook
    cell_id : the lasting id of that cell
    """

    key: str
    value: Value
    text: str
    label: str
    unit: str
    notebook: str
    cell: int
    cell_id: str

    @property
    def source(self) -> str:
        """Where the number comes from, for a reader."""
        return f"{self.notebook}, In [{self.cell}]" if self.cell else self.notebook


@dataclass
class Numbers:
    """The numbers of one notebook, written to ``folder/<notebook>.json`` as they are recorded.

    Attributes
    ----------
    notebook : name of the notebook, without ending
    folder : where the JSON file goes
    source : the notebook file, in which the calling cell is looked up; None outside a notebook

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> numbers = Numbers("20_agglomeration", Path(mkdtemp()))
    >>> numbers.record("hunan_share", 2.2017, ".2f", label="share of output", unit="percent")
    '2.20'
    >>> read_numbers(numbers.folder)["hunan_share"].value
    2.2017
    """

    notebook: str
    folder: Path
    source: Path | None = None
    _recorded: dict[str, Number] = field(default_factory=dict, repr=False)

    def record(self, key: str, value: Any, fmt: str = "", *, label: str, unit: str = "") -> str:
        """Record a number and return it as the text will print it.

        Parameters
        ----------
        key : unique over all notebooks; the text calls it ``{{key}}``
        value : finite number, or a word
        fmt : format of the printed number in Python's mini-language, for example ``".2f"``; of
            a p-value ``"p.3f"``, which prints ``< 0.001`` in place of zero
        label : what it is, in words
        unit : its unit

        Raises
        ------
        InputError
            If the key is malformed or taken by another cell, the value is not finite, or the
            calling cell cannot be found in the notebook file.
        """
        if not KEY.fullmatch(key):
            raise InputError(
                f"key {key!r} must be lower-case letters, digits and underscores, and start with "
                "a letter: the text calls it between double braces."
            )
        plain = _plain(key, value)
        cell, cell_id = (0, "") if self.source is None else running_cell(self.source)
        before = self._recorded.get(key)
        if before is not None and before.cell_id != cell_id:
            raise InputError(
                f"key {key!r} is recorded in {before.source} already. Choose another key, or run "
                "the notebook from its top if the cell has moved."
            )
        text = _printed(plain, fmt)
        number = Number(key, plain, text, label, unit, self.notebook, cell, cell_id)
        self._recorded[key] = number
        write_numbers(self._recorded.values(), self.folder / f"{self.notebook}.json")
        return text


def _printed(plain: Value, fmt: str) -> str:
    """Return a value as the text prints it: a true minus sign, no p-value of zero."""
    if isinstance(plain, str):
        return plain
    text = format(plain, fmt.removeprefix("p")).replace("-", MINUS)
    if fmt.startswith("p") and not text.strip("0."):
        return f"< {text[:-1]}1"
    return text


def _plain(key: str, value: Any) -> Value:
    """Return a value that JSON keeps exactly, from Python, numpy or pandas."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool) or not isinstance(plain, (int, float, str)):
        raise InputError(
            f"number {key!r} must be one number or a word; found {type(value).__name__}."
        )
    if isinstance(plain, float) and not math.isfinite(plain):
        raise InputError(
            f"number {key!r} is {plain}: a text cannot print what is unknown. "
            "Record a word that says so, or leave it out."
        )
    return plain


def running_cell(notebook: Path) -> tuple[int, str]:
    """Return (n, id) of the cell of `notebook` that is running: its rank among code cells.

    The cell is found by its source, so the answer is the same in JupyterLab, where cells run
    in any order, and in a build.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        return 0, ""
    source = shell.history_manager.input_hist_raw[-1]
    cells = code_cells(json.loads(notebook.read_text(encoding="utf-8")))
    found = [
        (n, cell.get("id", ""))
        for n, cell in enumerate(cells, 1)
        if "".join(cell["source"]).strip() == source.strip()
    ]
    if len(found) != 1:
        raise InputError(
            f"the running cell stands {len(found)} times in {notebook.name}; a number needs "
            "exactly one. Save the notebook first, and give each cell that records numbers a "
            "source of its own."
        )
    return found[0]


def code_cells(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the code cells that run (not empty) of a notebook's JSON, in order."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
    ]


def write_numbers(numbers: Iterable[Number], path: Path) -> None:
    """Write numbers to a JSON file, sorted by key: the same numbers give the same bytes."""
    rows = [asdict(number) for number in sorted(numbers, key=lambda number: number.key)]
    text = json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)
    write_text(path, text + "\n")


def read_numbers(folder: Path) -> dict[str, Number]:
    """Return the numbers of every notebook in `folder`, by key.

    Raises
    ------
    InputError
        If two notebooks record the same key.
    """
    numbers: dict[str, Number] = {}
    for path in sorted(Path(folder).glob("*.json")):
        for number in _recorded(path):
            if number.key in numbers:
                raise InputError(
                    f"key {number.key!r} is recorded in {numbers[number.key].source} and in "
                    f"{number.source}. Keys are unique over all notebooks: rename one."
                )
            numbers[number.key] = number
    return numbers


def _recorded(path: Path) -> list[Number]:
    """Return the numbers of one file; one that is cut off names the notebook that makes it."""
    try:
        return [Number(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as failure:
        raise InputError(
            f"{path.name} is cut off or was edited: it holds no list of numbers. Run the notebook "
            f"{path.stem} again: it writes this file."
        ) from failure


def lookup(numbers: Mapping[str, Number], key: str) -> Number:
    """Return the number of `key`, or raise `InputError` naming the nearest keys."""
    if key in numbers:
        return numbers[key]
    near = difflib.get_close_matches(key, numbers, n=3, cutoff=0.5)
    hint = f"the nearest are {near}" if near else f"{len(numbers)} keys are recorded, none like it"
    raise InputError(f"no notebook records a number {key!r}; {hint}. Record it with Numbers.record")


def numbers_table(numbers: Mapping[str, Number], keys: Iterable[str]) -> pd.DataFrame:
    """Return the list of numbers in the order of `keys`: key, text, unit, label, notebook, cell."""
    columns = ["key", "text", "unit", "label", "notebook", "cell"]
    rows = [asdict(lookup(numbers, key)) for key in keys]
    return pd.DataFrame(rows, columns=columns)
