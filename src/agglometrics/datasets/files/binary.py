"""Stata and Parquet files, which know the types of their columns."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.datasets.files.content import Content
from agglometrics.datasets.files.options import Reading
from agglometrics.errors import InputError, caution
from agglometrics.tables.checks import listed

CUT_OFF = (ValueError, KeyError, IndexError, EOFError, OverflowError, struct.error, OSError,
           UnicodeError, TypeError, ArithmeticError, MemoryError)  # fmt: skip
"""What pandas raises on a file that is cut off or of another kind."""


def read_stata(file: Content, reading: Reading) -> pd.DataFrame:
    """Return the table in a Stata file, labels of values for their codes where all have one.

    Raises
    ------
    InputError
        If it is cut off or not a Stata file.
    """
    try:
        codes = pd.read_stata(io.BytesIO(file.data), convert_categoricals=False)
        with pd.io.stata.StataReader(io.BytesIO(file.data)) as reader:
            labels = reader.value_labels()
        named = _labelled(file) if labels else codes
    except CUT_OFF as failure:
        raise _no_stata(file, failure) from None
    if named is None:
        caution(
            f"value labels of {file.name!r} give one name to several codes: its codes are read. "
            "Give each code its own label in Stata, or pass a frame with the labels."
        )
        named = codes
    return pd.DataFrame({name: _names(named[name], codes[name]) for name in codes.columns})


def read_stata_codes(file: Content) -> pd.DataFrame:
    """Return the table in a Stata file, its codes without their labels."""
    try:
        return pd.read_stata(io.BytesIO(file.data), convert_categoricals=False)
    except CUT_OFF as failure:
        raise _no_stata(file, failure) from None


def _no_stata(file: Content, failure: BaseException) -> InputError:
    return InputError(
        f"{file.name!r} cannot be read as a Stata file: {str(failure).strip()[:120]}. It is "
        "cut off or of another kind: save it again in Stata, or fetch it again."
    )


def _labelled(file: Content) -> pd.DataFrame | None:
    try:
        return pd.read_stata(io.BytesIO(file.data))
    except ValueError:  # value labels that repeat
        return None


def _names(labelled: pd.Series[Any], codes: pd.Series[Any]) -> pd.Series[Any]:
    """Return labels as texts; the codes, where some have no label (-9 is "refused", 5 is five)."""
    if not isinstance(labelled.dtype, pd.CategoricalDtype):
        return labelled
    texts = all(isinstance(each, str) for each in labelled.cat.categories)
    return labelled.astype("str") if texts else codes


def read_parquet(file: Content, reading: Reading) -> pd.DataFrame:
    """Return the table in a Parquet file, the index that pandas wrote among its columns.

    Raises
    ------
    InputError
        If it is cut off or not a Parquet file, or names a column twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(file.data))
    except (pa.ArrowException, OSError) as failure:
        raise InputError(
            f"{file.name!r} cannot be read as a Parquet file: "
            f"{str(failure).splitlines()[0].rstrip('. ')}. Write it again, or fetch it again."
        ) from None
    names = table.column_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"{file.name!r} has the columns {twice} more than once. Write it again with one each."
        )
    frame = pd.DataFrame(table.to_pandas())
    exact = {
        name: each.set_axis(frame.index)
        for name, each in _exact(table, [n for n in names if n in frame.columns]).items()
    }
    plain = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    return frame.assign(**exact) if plain else frame.assign(**exact).reset_index()


def _exact(table: Any, names: Sequence[str]) -> dict[str, pd.Series[Any]]:
    """Return whole numbers with gaps that double precision would round, as nullable ones."""
    import pyarrow.types as is_a

    found = {}
    for name in names:
        column = table.column(name)
        if is_a.is_integer(column.type) and column.null_count and column.type.bit_width == 64:
            kind = pd.UInt64Dtype() if is_a.is_unsigned_integer(column.type) else pd.Int64Dtype()
            found[name] = column.to_pandas(types_mapper={column.type: kind}.get)
    return {name: each for name, each in found.items() if each.abs().max() > 2**53}


def as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as text: 430102 for 430102.0."""
    if pd.api.types.is_float_dtype(column):
        known = column.dropna()
        if (np.isfinite(known) & (known % 1 == 0) & (known.abs() < 2**53)).all():
            return column.astype("Int64").astype("string").astype("str")
    return column.astype("str")


def read_as(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Return a table of typed columns with its codes as text and its missing words missing."""
    if not len(frame):
        raise InputError(
            f"the table has columns {listed(list(map(str, frame.columns)))} and no row. Check how "
            "it was written."
        )
    chosen = [name for name in frame.columns if reading.is_text(name)]
    out = frame.assign(**{name: as_text(frame[name]) for name in chosen})
    if not reading.missing:
        return out
    texts = [name for name in out.columns if isinstance(out[name].dtype, pd.StringDtype)]
    return out.assign(**{name: out[name].mask(out[name].isin(reading.missing)) for name in texts})
