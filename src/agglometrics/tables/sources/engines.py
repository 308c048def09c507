"""Which engine reads a table: pandas, DuckDB, Spark, or the ibis backend that holds it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.checks import floats_of, held_numbers, require_once, to_frame
from agglometrics.tables.parquet import read_parquet
from agglometrics.tables.sources.frame import Frame
from agglometrics.tables.sources.queried import Queried
from agglometrics.tables.sources.source import Source

IN_MEMORY = 1_000_000
"""Rows up to which a frame stays in pandas; above, DuckDB saves more than its start costs."""

VIEW = "agglometrics_plants"


def open_source(plants: object, columns: Sequence[str]) -> Source:
    """Return the engine that reads `columns` of `plants`.

    Raises
    ------
    InputError
        If `plants` is not a table that the package can read, a path without Parquet files, or
        Parquet files that differ in one of the columns.
    """
    if isinstance(plants, pd.DataFrame) and len(plants) <= IN_MEMORY:
        return Frame(_plain(plants, columns))
    if isinstance(plants, str | Path):
        return _duckdb(lambda con: read_parquet(con, Path(plants), columns))
    if isinstance(plants, pd.DataFrame):
        known = _selected(_plain(plants, columns), columns)
        return _duckdb(lambda con: con.from_df(known))
    held = _selected(plants, columns)
    for library, opened in _LIBRARIES.items():
        if any(kind.__module__.partition(".")[0] == library for kind in type(held).__mro__):
            return opened(held)
    raise InputError(
        f"plants must be a table (pandas, polars, Arrow, DuckDB, ibis or Spark) or the path of a "
        f"Parquet file or folder; found {type(plants).__name__}. Wrap it in pandas.DataFrame(...)."
    )


def _plain(plants: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame whose named columns are there once, without an index named like one."""
    present = [column for column in columns if isinstance(column, str) and column in plants]
    require_once(plants, present)
    held = {c: floats_of(plants[c]) for c in present if held_numbers(plants[c])}
    return to_frame(plants.assign(**held) if held else plants)


def _selected(plants: Any, columns: Sequence[str]) -> Any:
    """Return a table in memory (pandas, polars, Arrow) with the columns named, if all are there.

    DuckDB takes names that differ in case only, jobs and Jobs, for one, and would rename one.
    """
    library = type(plants).__module__.partition(".")[0]
    held = plants.collect() if library == "polars" and hasattr(plants, "collect") else plants
    if isinstance(held, pd.DataFrame):
        return held[list(columns)] if {*columns} <= {*held.columns} else held
    if library not in ("polars", "pyarrow") or not hasattr(held, "select"):
        return held
    names = list(held.column_names if library == "pyarrow" else held.columns)
    twice = [column for column in dict.fromkeys(columns) if names.count(column) > 1]
    if twice:
        raise InputError(f"columns {twice} are in the table more than once. Keep one of each.")
    return held.select(list(dict.fromkeys(columns))) if {*columns} <= {*names} else held


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
    return _arrow(frame.to_arrow())


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
