"""Input-output flows and outputs as arrays: one square table per region and period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError, caution
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class FlowTables:
    """Flow tables ``Z[n, i, j]``, from supplier i to user j, and outputs ``x[n, i]``.

    Attributes
    ----------
    Z : (N, I, I) flows; zero where the table had no row
    x : (N, I) gross outputs; zero where the table had no row
    tables : one row per table, its keys (region, period); no column if there is one table
    industries : labels of length I, sorted
    """

    Z: Array
    x: Array
    tables: pd.DataFrame
    industries: pd.Index

    def tidy(self, industry: str, **statistics: Array) -> pd.DataFrame:
        """Return `statistics`, (N, I) each, as columns beside the keys."""
        frame = self._repeated(len(self.industries))
        frame[industry] = np.tile(self.industries, len(self.x))
        for name, values in statistics.items():
            frame[name] = np.asarray(values).reshape(-1)
        return frame

    def tidy_pairs(self, supplier: str, user: str, **statistics: Array) -> pd.DataFrame:
        """Return `statistics`, (N, I, I) each, as columns beside the keys."""
        n, size = len(self.x), len(self.industries)
        frame = self._repeated(size * size)
        frame[supplier] = np.tile(np.repeat(self.industries, size), n)
        frame[user] = np.tile(self.industries, n * size)
        for name, values in statistics.items():
            frame[name] = np.asarray(values).reshape(-1)
        return frame

    def _repeated(self, times: int) -> pd.DataFrame:
        return self.tables.loc[self.tables.index.repeat(times)].reset_index(drop=True)

    def named(self, n: Codes, i: Codes) -> str:
        """Name the industries i of the tables n, for an error message."""
        rows = self.tables.iloc[n].to_dict("records")
        labels = self.industries[i]
        return listed(row | {"industry": label} for row, label in zip(rows, labels, strict=True))


def table_keys(region: str | None, time: str | None) -> list[str]:
    """Return the columns that identify a table."""
    return [key for key in (region, time) if key is not None]


def to_tables(
    flows: object,
    outputs: object,
    *,
    flow: str = "value",
    output: str = "gross_output",
    supplier: str = "supplier",
    user: str = "user",
    industry: str = "industry",
    region: str | None = "region",
    time: str | None = None,
) -> FlowTables:
    """Check flows and outputs and return them as arrays; O(N I^2) memory.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, unknown or infinite values, negative outputs, flows
        of an industry or table without outputs, and inputs into an industry without output.
    """
    by = table_keys(region, time)
    long, totals = to_frame(flows), to_frame(outputs)
    require_columns(long, [*by, supplier, user, flow])
    require_columns(totals, [*by, industry, output])
    require_keys(long, [*by, supplier, user])
    require_keys(totals, [*by, industry])
    z = _known(long, flow, [*by, supplier, user], "flow")
    y = _known(totals, output, [*by, industry], "output")
    _refuse_negative(totals, y, [*by, industry], output)
    warn_negative(long, z, [*by, supplier, user], flow)
    codes, tables = _tables(totals, by)
    industries = pd.Index(np.sort(totals[industry].unique()))
    x = np.zeros((len(tables), len(industries)))
    x[codes, industries.get_indexer(pd.Index(totals[industry]))] = y
    Z = np.zeros((*x.shape, x.shape[1]))
    n = _table_of(long, tables, by)
    i, j = (_position(long[side], industries, side) for side in (supplier, user))
    Z[n, i, j] = z
    found = FlowTables(Z, x, tables, industries)
    _refuse_inputs_without_output(found)
    return found


def _known(frame: pd.DataFrame, column: str, keys: list[str], word: str) -> Array:
    values = numeric(frame, column)
    unknown = frame.loc[values.isna().to_numpy(), keys]
    if len(unknown):
        raise InputError(
            f"{word} {column!r} is NaN (unknown) in {len(unknown)} rows: "
            f"{listed(unknown.to_dict('records'))}. An inverse needs every figure: fill it in, or "
            "leave its whole table out."
        )
    return np.asarray(values, dtype=np.float64)


def _refuse_negative(frame: pd.DataFrame, values: Array, keys: list[str], column: str) -> None:
    below = values < 0
    if below.any():
        raise InputError(
            f"output {column!r} is negative in "
            f"{listed(frame.loc[below, keys].to_dict('records'))}. "
            "Correct these, or set a rounding error to zero."
        )


def warn_negative(
    frame: pd.DataFrame, values: Array, keys: list[str], column: str, done: str = "kept"
) -> None:
    """Warn, naming them, of flows below zero, and what was done with them."""
    below = values < 0
    if below.any():
        caution(
            f"{int(below.sum())} flows {column!r} are negative and {done}: "
            f"{listed(frame.loc[below, keys].to_dict('records'))}"
        )


def _tables(totals: pd.DataFrame, by: list[str]) -> tuple[Codes, pd.DataFrame]:
    """Return which table each row belongs to, and the tables, sorted by their keys."""
    if not by:
        return np.zeros(len(totals), dtype=np.intp), pd.DataFrame(index=[0])
    tables = totals[by].drop_duplicates().sort_values(by, ignore_index=True)
    return _table_of(totals, tables, by), tables


def _table_of(frame: pd.DataFrame, tables: pd.DataFrame, by: list[str]) -> Codes:
    if not by:
        return np.zeros(len(frame), dtype=np.intp)
    at = pd.MultiIndex.from_frame(tables).get_indexer(pd.MultiIndex.from_frame(frame[by]))
    if (at < 0).any():
        strangers = frame.loc[at < 0, by].drop_duplicates().to_dict("records")
        raise InputError(
            f"there are flows but no outputs for {listed(strangers)}. Give both for every table."
        )
    return at


def _position(labels: pd.Series[str], industries: pd.Index, side: str) -> Codes:
    at = industries.get_indexer(pd.Index(labels))
    if (at < 0).any():
        strangers = sorted(set(labels[at < 0]))
        raise InputError(
            f"{side} {listed(strangers)} has no row among the outputs. Every industry of the "
            "flows needs an output (zero where nothing is made). "
            "Add the missing rows."
        )
    return at


def _refuse_inputs_without_output(tables: FlowTables) -> None:
    n, j = np.nonzero((tables.x == 0) & (tables.Z != 0).any(axis=1))
    if len(n):
        raise InputError(
            f"industries without output take inputs: {tables.named(n, j)}. Correct the output, or "
            "leave these flows out."
        )
