"""Where plants come from: a frame in memory, or any table that answers a query.

Two engines give the same three answers (how many rows break a rule, which is the first, the
cells), so that `collapse` need not know where the plants are. A query is one
ibis expression, translated to the SQL of DuckDB or Spark and run there; only cells come back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.checks import require_labels, require_once, to_frame
from agglometrics.tables.parquet import read_parquet

IN_MEMORY = 1_000_000
"""Frames up to so many rows stay in pandas; above, DuckDB is faster by more than its start."""

VIEW = "agglometrics_plants"

Labels = Mapping[int, str]
"""The powers of the value that are summed, and the column each sum is written to."""


class Source(Protocol):
    """A table of plants on some engine."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of its columns."""

    def is_number(self, column: str) -> bool:
        """Whether `column` holds numbers (not text, dates or truth values)."""

    def kind(self, column: str) -> str:
        """Return the type of `column`, for a message."""

    def check_labels(self, by: Sequence[str]) -> None:
        """Raise `InputError` if a key holds what is no label."""

    def faults(self, by: Sequence[str], value: str | None) -> dict[str, int]:
        """Count rows; rows whose value is unknown, infinite, negative, zero; missing keys."""

    def first(self, by: Sequence[str], value: str | None, fault: str) -> dict[str, object]:
        """Return the keys of the first row with `fault`."""

    def cells(self, by: Sequence[str], value: str | None, powers: Labels) -> Any:
        """Sum powers of the value and count plants over `by`, sorted by it."""

    def rows(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return `columns` of the plants themselves, in memory."""


@dataclass(frozen=True)
class Frame:
    """Plants in a pandas frame."""

    data: pd.DataFrame

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(column) for column in self.data.columns]

    def is_number(self, column: str) -> bool:
        """Whether `column` holds numbers."""
        kind = self.data[column].dtype
        plain = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)
        return plain and not pd.api.types.is_bool_dtype(kind)

    def kind(self, column: str) -> str:
        """Return the type of `column`."""
        return f"dtype {self.data[column].dtype}"

    def check_labels(self, by: Sequence[str]) -> None:
        """Raise `InputError` if a key mixes text and numbers, or holds what is no label."""
        for key in by:
            require_labels(self.data[key], key)

    def _floats(self, value: str) -> Any:
        return self.data[value].to_numpy(dtype=np.float64, na_value=np.nan)

    def _broken(self, by: Sequence[str], value: str | None) -> dict[str, Any]:
        missing = {f"key {key}": self.data[key].isna().to_numpy() for key in by}
        if value is None:
            return missing
        v = self._floats(value)
        rules = {"unknown": np.isnan(v), "infinite": np.isinf(v), "negative": v < 0, "zero": v == 0}
        return rules | missing

    def faults(self, by: Sequence[str], value: str | None) -> dict[str, int]:
        """Count the rows and those that break a rule."""
        broken = self._broken(by, value)
        return {"rows": len(self.data)} | {name: int(rows.sum()) for name, rows in broken.items()}

    def first(self, by: Sequence[str], value: str | None, fault: str) -> dict[str, object]:
        """Return the keys of the first row with `fault`."""
        where = int(np.argmax(self._broken(by, value)[fault]))
        row = self.data[list(by)].iloc[where]
        return {key: row[key] for key in by}

    def cells(self, by: Sequence[str], value: str | None, powers: Labels) -> pd.DataFrame:
        """Sum powers of the value and count plants over `by`, sorted by it."""
        sums = self.data[list(by)].copy()
        for power, label in powers.items():
            sums[label] = self._floats(str(value)) ** power
        groups = sums.groupby(list(by), observed=True, sort=True)
        cells = groups[list(powers.values())].sum()
        cells["n"] = groups.size()
        return cells.reset_index()

    def rows(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return `columns` of the plants themselves."""
        return self.data[list(columns)]


@dataclass(frozen=True)
class Queried:
    """Plants behind an ibis table: `run` carries an expression out and returns Arrow."""

    table: Any
    run: Callable[[Any], Any]

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.table.columns)

    def is_number(self, column: str) -> bool:
        """Whether `column` holds numbers."""
        return bool(self.table[column].type().is_numeric())

    def kind(self, column: str) -> str:
        """Return the type of `column`."""
        return f"type {self.table[column].type()}"

    def check_labels(self, by: Sequence[str]) -> None:
        """Refuse infinite keys; a database's columns have one type."""
        for key in by:
            column = self.table[key]
            if column.type().is_floating():
                [row] = self.run(self.table.aggregate(n=column.isinf().sum())).to_pylist()
                if row["n"]:
                    raise InputError(
                        f"key {key!r} is infinite in {row['n']} rows. Correct these labels, or "
                        "drop these rows yourself."
                    )

    def _broken(self, by: Sequence[str], value: str | None) -> dict[str, Any]:
        missing = {f"key {key}": _missing(self.table[key]) for key in by}
        if value is None:
            return missing
        v = self.table[value].cast("float64")
        unknown = v.isnull() | v.isnan()
        rules = {"unknown": unknown, "infinite": v.isinf(), "negative": v < 0, "zero": v == 0}
        return rules | missing

    def faults(self, by: Sequence[str], value: str | None) -> dict[str, int]:
        """Count the rows and those that break a rule."""
        counts = {"rows": self.table.count()}
        counts |= {name: rows.sum() for name, rows in self._broken(by, value).items()}
        [row] = self.run(self.table.aggregate(**counts)).to_pylist()
        return {name: int(count or 0) for name, count in row.items()}

    def first(self, by: Sequence[str], value: str | None, fault: str) -> dict[str, object]:
        """Return the keys of one row with `fault` (the first, where the engine keeps order)."""
        rows = self.table.filter(self._broken(by, value)[fault]).select(*by).limit(1)
        [row] = self.run(rows).to_pylist()
        return dict(row)

    def cells(self, by: Sequence[str], value: str | None, powers: Labels) -> Any:
        """Sum powers of the value and count plants over `by`, sorted by it."""
        sums = {label: _power(self.table[value], power).sum() for power, label in powers.items()}
        cells = self.table.group_by(list(by)).aggregate(**sums, n=self.table.count())
        return self.run(cells.order_by(list(by)))

    def rows(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return `columns` of the plants themselves, in memory."""
        return pd.DataFrame(self.run(self.table.select(*columns)).to_pandas())


def _missing(key: Any) -> Any:
    return key.isnull() | key.isnan() if key.type().is_floating() else key.isnull()


def _power(column: Any, power: int) -> Any:
    """Return v * v * ...: exact for whole numbers and faster than a power function."""
    product = v = column.cast("float64")
    for _ in range(power - 1):
        product = product * v
    return product


def open_source(plants: object, columns: Sequence[str]) -> Source:
    """Return the engine that reads `columns` of `plants`.

    Raises
    ------
    InputError
        If `plants` is no table that the package can read, a path without Parquet files, or
        Parquet files that differ in one of the columns.
    """
    if isinstance(plants, pd.DataFrame) and len(plants) <= IN_MEMORY:
        return Frame(_plain(plants, columns))
    if isinstance(plants, str | Path):
        return _duckdb(lambda con: read_parquet(con, Path(plants), columns))
    if isinstance(plants, pd.DataFrame):
        known = _plain(plants, columns)
        return _duckdb(lambda con: con.from_df(known))
    for library, opened in _LIBRARIES.items():
        if any(kind.__module__.partition(".")[0] == library for kind in type(plants).__mro__):
            return opened(plants)
    raise InputError(
        f"plants must be a table (pandas, polars, Arrow, DuckDB, ibis or Spark) or the path of a "
        f"Parquet file or folder; found {type(plants).__name__}. Wrap it in pandas.DataFrame(...)."
    )


def _plain(plants: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame whose named columns are there once, without an index named like one."""
    present = [column for column in columns if isinstance(column, str) and column in plants]
    require_once(plants, present)
    return to_frame(plants)


def _duckdb(relation_on: Callable[[Any], Any]) -> Queried:
    import duckdb

    con = duckdb.connect()
    watched = sys.stdout.isatty() or "ipykernel" in sys.modules
    con.execute(f"SET enable_progress_bar = {watched}")  # else it is printed to files, too
    return _relation(relation_on(con))


def _relation(relation: Any) -> Queried:
    import ibis

    def run(expression: Any) -> Any:
        sql = ibis.to_sql(expression, dialect="duckdb")
        return relation.query(VIEW, str(sql)).to_arrow_table()

    types = zip(relation.columns, (str(kind) for kind in relation.types), strict=True)
    return Queried(ibis.table({name: _declared(kind) for name, kind in types}, name=VIEW), run)


def _spark(frame: Any) -> Queried:
    import ibis

    frame.createOrReplaceTempView(VIEW)
    return _ibis(ibis.pyspark.connect(frame.sparkSession).table(VIEW))


def _ibis(table: Any) -> Queried:
    return Queried(table, lambda expression: expression.to_pyarrow())


def _arrow(table: Any) -> Queried:
    import pyarrow as pa

    # a reader can be read once only, and plants are read twice: for faults and for cells
    held = table.read_all() if isinstance(table, pa.RecordBatchReader) else table
    return _duckdb(lambda con: con.from_arrow(held))


def _polars(frame: Any) -> Queried:
    held = frame.collect() if hasattr(frame, "collect") else frame
    return _arrow(held.to_arrow())


_LIBRARIES: Mapping[str, Callable[[Any], Queried]] = {
    "pyarrow": _arrow,
    "polars": _polars,
    "duckdb": _relation,
    "_duckdb": _relation,
    "ibis": _ibis,
    "pyspark": _spark,
}


def _declared(engine_type: str) -> str:
    """Return the ibis type by which an expression takes a column of `engine_type`.

    Keys are only grouped by, so any type passes as text; numbers are declared narrower than
    float64, so that the cast to it is always written out and squares are in double precision.
    """
    kind = engine_type.lower()
    if kind.startswith(("float", "double", "real")):
        return "float32"
    if kind.startswith(("decimal", "hugeint", "uhugeint")) or kind in _WHOLE:
        return "int64"
    return "string"


_WHOLE = frozenset(
    f"{sign}{size}" for sign in ("", "u") for size in ("tinyint", "smallint", "integer", "bigint")
) | {"int"}
