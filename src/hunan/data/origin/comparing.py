"""A table rebuilt from its origin, and what a comparison with the committed table finds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.origin.folder import Origin
from hunan.data.store import raw_folder

SHOWN = 5
"""Differing cells that a report prints of one table."""


@dataclass(frozen=True)
class Rebuilt:
    """How one table of ``data/raw`` follows from origin files.

    Attributes
    ----------
    table : name of the table, without ending
    files : the origin files that it is read from
    build : makes the table, every cell as text, rows in the order of the committed table
    keys : where only a part of the table is available, the columns that identify a row in both,
        that which bounds the part first; empty where the whole table is rebuilt, which must then
        have the committed bytes
    without : what is not available from the origin, for a reader of the report
    """

    table: str
    files: tuple[str, ...]
    build: Callable[[Origin], pd.DataFrame]
    keys: tuple[str, ...] = ()
    without: str = ""


@dataclass(frozen=True)
class Difference:
    """One cell that is not what the origin says; `column` is empty where a row is in one only."""

    row: str
    column: str
    rebuilt: str
    committed: str

    def __str__(self) -> str:
        if not self.column:
            where = "origin" if self.rebuilt else "committed table"
            return f"row {self.row} is in the {where} only"
        return f"{self.column} of {self.row}: {self.rebuilt!r}, committed {self.committed!r}"


@dataclass(frozen=True)
class Comparison:
    """What the comparison of one table found.

    Attributes
    ----------
    table : name of the table
    rows, cells : how many rows and cells were compared
    sha256 : of the rebuilt file; empty where only a part is available
    same_bytes : whether the rebuilt file has the committed bytes; False for a part
    differences : the cells and rows that differ
    without : what is not available
    """

    table: str
    rows: int
    cells: int
    sha256: str
    same_bytes: bool
    differences: tuple[Difference, ...]
    without: str

    @property
    def agrees(self) -> bool:
        """Whether the committed table says what the origin says."""
        return not self.differences and (self.same_bytes or not self.sha256)

    def report(self) -> str:
        """Return one line, and one more for each of the first differing cells."""
        if self.agrees:
            found = (
                "identical, byte for byte" if self.same_bytes else "identical as far as available"
            )
        elif self.differences:
            found = f"{len(self.differences)} DIFFER"
        else:
            found = "same cells, OTHER BYTES"
        lines = [f"{self.table}: {found} ({self.rows} rows, {self.cells} cells)"]
        lines += [f"    not available: {self.without}"] if self.without else []
        lines += [f"    {difference}" for difference in self.differences[:SHOWN]]
        return "\n".join(lines)


def content(table: pd.DataFrame) -> bytes:
    """Return the bytes of a raw table: comma-separated, UTF-8, Unix line ends."""
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")


def compare(source: Rebuilt, origin: Origin) -> Comparison:
    """Rebuild a table from its origin and compare it with the committed one, cell by cell.

    Raises
    ------
    InputError
        If an origin file is not there, or holds a name without a code.
    """
    path = raw_folder() / f"{source.table}.csv"
    committed = pd.read_csv(path, dtype="str", keep_default_na=False)
    rebuilt = source.build(origin)
    foreign = [name for name in rebuilt.columns if name not in committed.columns]
    if foreign:
        raise InputError(f"columns {foreign} rebuilt for {source.table!r} are not in the table.")
    made = b"" if source.keys else content(rebuilt)
    return Comparison(
        source.table,
        len(rebuilt),
        rebuilt.size,
        hashlib.sha256(made).hexdigest() if made else "",
        bool(made) and made == path.read_bytes(),
        differences(rebuilt, committed, list(source.keys)),
        source.without,
    )


def differences(
    rebuilt: pd.DataFrame, committed: pd.DataFrame, keys: list[str]
) -> tuple[Difference, ...]:
    """Return the cells of `rebuilt` that `committed` does not have, in the order of its rows.

    Without `keys`, rows are matched by their place. With them only a part was rebuilt: rows are
    matched by their keys, and a row of `committed` alone is a difference where `rebuilt` has the
    first of several keys (where it has some zones of a type, it must have all).
    """
    if len(keys) > 1:
        committed = committed[committed[keys[0]].isin(rebuilt[keys[0]])]
    left, right = (_keyed(table, keys) for table in (rebuilt, committed))
    both = left.index.intersection(right.index, sort=False)
    alone = [Difference(str(row), "", "here", "") for row in left.index.difference(both)]
    alone += [Difference(str(row), "", "", "here") for row in right.index.difference(both)]
    ours, theirs = left.loc[both], right.loc[both, left.columns]
    unequal = (ours != theirs).to_numpy().nonzero()
    cells = [
        Difference(str(both[i]), str(left.columns[j]), str(ours.iat[i, j]), str(theirs.iat[i, j]))
        for i, j in zip(*unequal, strict=True)
    ]
    return (*alone, *cells)


def _keyed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the table under its keys, or under the number of the row."""
    if keys and table.duplicated(keys).any():
        raise InputError(f"keys {keys} do not identify a row. Name more columns.")
    return table.set_index(keys) if keys else table.reset_index(drop=True)
