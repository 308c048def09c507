"""Paths of the study, and the few ways in which a notebook reads and writes files.

A notebook opens with ::

    from project import numbers, read, save_figure, save_table, write

    reads = ["data/tidy/output.csv"]
    writes = ["data/measures/location_quotients.csv", "paper/numbers/20_agglomeration.json"]

All names are paths from the root of the project. Every file below ``data`` and ``paper``
that Python opens is noted, and the build compares the note with the two lists.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "paper" / "figures"
TABLES = ROOT / "paper" / "tables"
NUMBERS = ROOT / "paper" / "numbers"

FOCUS = "430000"  # Hunan
# The provinces it is compared with: change this line, and every table and figure follows.
COMPARED = ["440000", "320000", "330000", "370000", "310000"]

CODES = ["region", "neighbour", "industry", "sector", "city", "code"]  # read as text

_opened: dict[str, set[str]] = {"reads": set(), "writes": set()}


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    """Note a file that was opened, if it is one of the project's data or exhibits."""
    if event == "os.rename":  # a whole file takes its name
        arguments = (arguments[1], "w", 0)
    elif event != "open":
        return
    if not isinstance(arguments[0], str | os.PathLike):
        return
    path = os.path.realpath(os.fspath(arguments[0]))
    if path.endswith((".part", ".lock")):
        return
    if path.startswith((f"{ROOT / 'data'}{os.sep}", f"{ROOT / 'paper'}{os.sep}")):
        _, mode, flags = arguments
        writing = set(mode) & set("wax+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
        name = Path(path).relative_to(ROOT).as_posix()
        _opened["writes" if writing else "reads"].add(name)


sys.addaudithook(_note)


def touched() -> dict[str, list[str]]:
    """Return the files read and written so far; a file read after it was written is not listed."""
    reads = _opened["reads"] - _opened["writes"]
    return {"reads": sorted(reads), "writes": sorted(_opened["writes"])}


def read(name: str, **options: Any) -> pd.DataFrame:
    """Return the table `name`, its codes as text; `options` go to `pandas.read_csv`."""
    types = dict.fromkeys(CODES, "str") | options.pop("dtype", {})
    return pd.read_csv(ROOT / name, dtype=types, **options)


def write(frame: pd.DataFrame, name: str) -> None:
    """Write a table: its columns as they stand, twelve significant digits, Unix line ends."""
    if frame.index.names != [None]:
        raise ValueError(f"{name}: the index {frame.index.names} would be lost; reset_index()")
    from hunan.paper.files import write_text

    text = frame.to_csv(index=False, float_format="%.12g", lineterminator="\n")
    write_text(ROOT / name, text)


def _as_a_whole(save: Any, path: Path) -> None:
    """Let `save` write its files to a folder of its own; then each takes its place whole."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as scratch:
        save(Path(scratch) / path.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        for file in sorted(Path(scratch).iterdir()):
            file.replace(path.with_name(file.name))


def numbers(notebook: str) -> Any:
    """Return the registry of the numbers that `notebook` (its name, no ending) gives the text."""
    from hunan.paper.numbers import Numbers

    return Numbers(notebook, NUMBERS, ROOT / "notebooks" / f"{notebook}.ipynb")


def in_order(frame: pd.DataFrame, key: str = "region", order: Any = None) -> pd.DataFrame:
    """Return the rows whose `key` is in `order` (default: focus and compared), so ordered."""
    chosen = [FOCUS, *COMPARED] if order is None else list(order)
    rank = {name: n for n, name in enumerate(chosen)}
    kept = frame[frame[key].isin(chosen)]
    return kept.sort_values(key, key=lambda codes: codes.map(rank), kind="stable")


def save_both(draw: Any, name: str, **options: Any) -> Any:
    """Save what `draw` draws as ``<name>_zh`` and ``<name>_en``; return the latter."""
    for lang in ("zh", "en"):
        figure = draw(lang=lang, **options)
        save_figure(figure, f"{name}_{lang}")
    return figure


def save_figure(figure: Any, name: str) -> None:
    """Write a figure to ``paper/figures/<name>`` as .svg, .pdf and .png, without dates."""
    from agglometrics.plotting import style

    _as_a_whole(lambda path: style.save_figure(figure, path), FIGURES / name)


P_VALUE = re.compile(r"p|p-value|p[, (].*|Holm.*|Wild")  # headings of columns of p-values


def _as_p_values(table: Any) -> Any:
    """Return a printed table whose p-values are never zero: 0.000 becomes < 0.001."""
    from dataclasses import replace

    those = [bool(P_VALUE.fullmatch(heading)) for heading in table.columns]
    rows = [
        tuple(
            f"< {cell[:-1]}1" if is_p and re.fullmatch(r"0\.0+", cell) else cell
            for is_p, cell in zip(those, row, strict=True)
        )
        for row in table.rows
    ]
    return replace(table, rows=tuple(rows))


def save_table(table: Any, name: str, **options: Any) -> None:
    """Write a table to ``paper/tables/<name>`` as .typ, .tex, .html and .md.

    `options` (caption, formats, notes; labels, the study's unless told) go to
    `agglometrics.report.tables.save_table`.
    """
    from agglometrics.report import tables
    from agglometrics.report.printed import as_table
    from hunan.labels import STUDY

    printed = _as_p_values(as_table(table, **{"labels": STUDY, **options}))
    _as_a_whole(lambda path: tables.save_table(printed, path), TABLES / name)
