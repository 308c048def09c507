"""Plants behind an ibis table: one expression, run as the SQL of DuckDB or Spark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.sources.source import Labels


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
