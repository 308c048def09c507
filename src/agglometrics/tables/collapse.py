"""From plants to cells, on the engine that holds the plants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.arguments import checked
from agglometrics.tables.sources.engines import open_source
from agglometrics.tables.sources.source import Source

Output = Literal["pandas", "arrow"]


@checked
def collapse(
    plants: object,
    *,
    by: str | Sequence[str],
    value: str | None = None,
    output: Output = "pandas",
) -> Any:
    """Sum plants to cells, or count them.

    One pass over the plants counts the rows that break a rule, a second one sums. A pandas
    frame of up to a million rows is grouped by pandas; everything else by DuckDB, a Spark table
    by Spark and an ibis table by its own backend, all three by the same expression. The cost is
    O(plants), and the memory that of the cells.

    Parameters
    ----------
    plants : table or path
        One row per plant (or plant and period): a pandas or polars frame, an Arrow table, a DuckDB
        relation, an ibis table, a Spark frame, or the path of a Parquet file or of a folder of
        them (.parquet, .parq, .pq). Folders named ``key=value`` become columns, names that
        start with "_" or "." do not count, and names are taken literally. Files that differ in
        the type of a column are united where numbers stay numbers, and refused otherwise.
    by : list of str
        The key columns of the cells, for example ``["region", "industry", "year"]``.
    value : str, optional
        The column to sum, known and not negative in every row; without it plants are counted.
    output : {"pandas", "arrow"}
        The kind of table to return.

    Returns
    -------
    pandas.DataFrame or pyarrow.Table
        The key columns; `value`, its sum; ``{value}_squared``, the sum of its squares (which
        plant Herfindahls need); ``n``, the number of plants. Sorted by the keys. Sums of whole
        numbers are exact up to 2**53; sums of fractions may differ in the last digits between
        engines and, on more than one thread, between runs.

    Raises
    ------
    InputError
        For unknown columns, missing keys, and values that are text, unknown, infinite or negative.

    Examples
    --------
    >>> plants = pd.DataFrame(
    ...     {"region": ["x", "x", "y"], "industry": ["A", "A", "A"], "emp": [3, 4, 5]}
    ... )
    >>> collapse(plants, by=["region", "industry"], value="emp")
      region industry  emp  emp_squared  n
    0      x        A  7.0         25.0  2
    1      y        A  5.0         25.0  1
    """
    if output not in ("pandas", "arrow"):
        raise InputError(
            f"output must be 'pandas' or 'arrow'; found {output!r}. For example output='pandas'."
        )
    keys = [by] if isinstance(by, str) else list(by)
    if not keys:
        raise InputError("by must name at least one key; found none. For example by=['region'].")
    source = open_source(plants, keys if value is None else [*keys, value])
    check(source, keys, value)
    sums = {} if value is None else {1: value, 2: f"{value}_squared"}
    cells = source.cells(keys, value, sums)
    return _as_pandas(cells) if output == "pandas" else _as_arrow(cells)


def moments(plants: object, *, by: Sequence[str], value: str) -> pd.DataFrame:
    """Return cells with the sums of the first four powers of a positive `value`, and ``n``.

    The columns are ``power_1`` to ``power_4``: what the plant Herfindahl, the variance of G and
    the checks of plant-based measures need, from any table that `collapse` reads.
    """
    source = open_source(plants, [*by, value])
    check(source, list(by), value, positive=True)
    return _as_pandas(source.cells(by, value, {power: f"power_{power}" for power in range(1, 5)}))


def check(source: Source, keys: Sequence[str], value: str | None, positive: bool = False) -> None:
    """Raise `InputError` unless keys are known and `value` is a known number not below zero."""
    columns = [*keys] if value is None else [*keys, value]
    _check_columns(source, columns)
    if value is not None and not source.is_number(value):
        raise InputError(
            f"column {value!r} must be numeric; found {source.kind(value)}. Convert it to numbers "
            "first."
        )
    source.check_labels(keys)
    faults = source.faults(keys, value)
    rows = faults.pop("rows")
    if not rows:
        raise InputError("the table of plants has no rows. Check how it was read or filtered.")
    if not positive:
        faults.pop("zero", None)
    for fault, count in faults.items():
        if count:
            first = source.first(keys, value, fault)
            raise InputError(_complaint(fault, count, rows, value, first))


def _check_columns(source: Source, columns: list[str]) -> None:
    lacking = [column for column in columns if column not in source.columns]
    if lacking:
        raise InputError(
            f"columns {lacking} are not in the table, which has {list(source.columns)}. "
            "Name your columns with the keyword arguments."
        )
    if not columns or len({*columns}) != len(columns):
        raise InputError(
            f"key and value columns must differ, at least one; found {columns}. Name each once."
        )
    made = {f"{columns[-1]}_squared", "n"} & {*columns}
    if made:
        raise InputError(
            f"column names {sorted(made)} are taken by the answer (sum of squares, count). "
            "Rename them in the plants."
        )


def _complaint(
    fault: str, count: int, rows: int, value: str | None, first: dict[str, object]
) -> str:
    plain = {key: each.item() if hasattr(each, "item") else each for key, each in first.items()}
    found = f"{count} of {rows} rows, first {plain}"
    if fault.startswith("key "):
        return (
            f"key {fault.removeprefix('key ')!r} is missing in {found}. "
            "A plant without it belongs to no cell: fill it in, or drop these rows yourself."
        )
    rule, way_out = _RULES[fault]
    return f"value {value!r} {rule}; found {found}. {way_out.format(value=value)}"


_RULES = {
    "unknown": (
        "must be known, not NaN",
        "Drop these plants, frame.dropna(subset=[{value!r}]), or fill the value in, and report it.",
    ),
    "infinite": ("must be finite", "Set or drop these plants."),
    "negative": ("must not be negative", "Correct or drop these plants, and report it."),
    "zero": ("must be positive", "A plant of size zero is not a plant: drop these rows."),
}


def _as_pandas(cells: Any) -> pd.DataFrame:
    return cells if isinstance(cells, pd.DataFrame) else pd.DataFrame(cells.to_pandas())


def _as_arrow(cells: Any) -> Any:
    if not isinstance(cells, pd.DataFrame):
        return cells
    import pyarrow as pa

    return pa.Table.from_pandas(cells, preserve_index=False)
