"""Printed digits beside computed numbers.

A difference is the computed number, rounded to the digits in print, minus the printed one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from agglometrics.errors import InputError

KEYS = ["table", "item", "number"]
COLUMNS = [*KEYS, "published", "source", "reason"]
NUMBERS = Path(__file__).parent / "numbers"

Computed = Mapping[tuple[str, str], Mapping[str, float]]


@dataclass(frozen=True)
class Paper:
    """A paper: its name, the file of its printed digits, and the function that computes them.

    ``compute`` takes the folder of published data and returns numbers by (table, item).
    """

    name: str
    file: str
    compute: Callable[[Path], Computed]


def printed(paper: Paper) -> pd.DataFrame:
    """Return the printed digits of a paper, as text: how many there are counts.

    Raises
    ------
    InputError
        If the table lacks a column, repeats a key or leaves a source out.
    """
    path = NUMBERS / f"{paper.file}.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(table.columns) != COLUMNS:
        raise InputError(
            f"{path.name} needs the columns {COLUMNS}; found {list(table.columns)}. "
            "Write them in this order."
        )
    repeats = int(table.duplicated(KEYS).sum())
    unsourced = int((table["source"] == "").sum())
    if repeats or unsourced:
        raise InputError(
            f"{path.name} needs one row per {KEYS} and a source in each; found {repeats} repeats "
            f"and {unsourced} rows without a source. Name each number once, with its source."
        )
    return table


def difference(published: str, computed: float) -> float:
    """Return the computed number, rounded to the printed digits, minus the printed one.

    Examples
    --------
    >>> difference("0.110", 0.10951), difference("42", 42.7)
    (0.0, 1.0)
    """
    digits = len(published.partition(".")[2])
    return round(round(computed, digits) - float(published), digits) + 0.0


def compare(paper: Paper, folder: Path) -> pd.DataFrame:
    """Return one row per printed number: ours, theirs, the difference, its source and reason.

    Raises
    ------
    InputError
        If a printed number is not computed.
    """
    computed = paper.compute(folder)
    rows = []
    for row in printed(paper).to_dict("records"):
        found = computed.get((row["table"], row["item"]), {})
        if row["number"] not in found:
            raise InputError(
                f"{paper.name}: {', '.join(row[key] for key in KEYS)} is printed but not computed; "
                f"found {sorted(found)}. Compute it, or take it out of {paper.file}.csv."
            )
        ours = float(found[row["number"]])
        rows.append(
            {"paper": paper.name}
            | {key: row[key] for key in [*KEYS, "published"]}
            | {"computed": ours, "difference": difference(row["published"], ours)}
            | {key: row[key] for key in ("source", "reason")}
        )
    return pd.DataFrame(rows)


def summary(compared: pd.DataFrame) -> pd.DataFrame:
    """Return one row per paper: printed numbers, those met to the last digit, those that differ."""
    met = compared["difference"] == 0
    groups = compared.assign(met=met, differ=~met).groupby("paper", sort=False)
    return groups.agg(numbers=("met", "size"), met=("met", "sum"), differ=("differ", "sum"))


def of_fit(terms: object, params: object, std_errors: object) -> dict[str, float]:
    """Return estimates by term and standard errors by ``se(term)``.

    Examples
    --------
    >>> of_fit(["x"], [2.0], [0.5])
    {'x': 2.0, 'se(x)': 0.5}
    """
    frame = pd.DataFrame({"term": terms, "b": params, "se": std_errors})
    estimates = dict(zip(frame["term"], frame["b"], strict=True))
    return estimates | {f"se({t})": s for t, s in zip(frame["term"], frame["se"], strict=True)}
