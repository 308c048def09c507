"""What was passed in place of a table, and how to make a table of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.tables.advice.complaint import Arguments

READERS: Mapping[str, str] = {
    ".csv": "pandas.read_csv({path!r})",
    ".txt": "pandas.read_csv({path!r}, sep=None, engine='python')",
    ".tsv": "pandas.read_csv({path!r}, sep='\\t')",
    ".xlsx": "pandas.read_excel({path!r})  (needs the package openpyxl)",
    ".xls": "pandas.read_excel({path!r})  (needs the package xlrd)",
    ".dta": "pandas.read_stata({path!r})",
    ".parquet": "pandas.read_parquet({path!r})",
    ".feather": "pandas.read_feather({path!r})",
    ".json": "pandas.read_json({path!r})",
    ".sas7bdat": "pandas.read_sas({path!r})",
    ".sav": "pandas.read_spss({path!r})  (needs the package pyreadstat)",
    ".shp": "geopandas.read_file({path!r})",
    ".gpkg": "geopandas.read_file({path!r})",
    ".geojson": "geopandas.read_file({path!r})",
}
"""How a file of each ending is read."""


CALLS = ("df()", "to_dataframe().reset_index()", "toPandas()", "read_pandas()", "compute()")
"""What makes a frame of a DuckDB relation, xarray, a Spark frame, an Arrow reader and dask."""


def no_table(data: object) -> Callable[[Arguments], str]:
    """Return the error for `data` that is not a table."""

    def say(arguments: Arguments) -> str:
        name = arguments.holding(data) or "data"
        return (
            f"{name} must be a table (pandas, polars or Arrow); found {_found(data)}. "
            f"{_way_out(name, data, arguments)}"
        )

    return say


def is_path(data: object) -> bool:
    """Return whether `data` is the path of a file that holds a table."""
    return isinstance(data, Path) or (
        isinstance(data, str) and Path(data).suffix.lower() in READERS
    )


def _found(data: object) -> str:
    if is_path(data):
        return f"the path {str(data)!r}"
    return f"{type(data).__name__} {data!r}" if isinstance(data, str) else type(data).__name__


def _way_out(name: str, data: Any, arguments: Arguments) -> str:
    if is_path(data):
        ending = Path(str(data)).suffix.lower()
        return f"Read it first: {name} = {READERS.get(ending, READERS['.csv'])}".replace(
            "{path!r}", repr(str(data))
        )
    if data is None:
        return (
            "A pandas method with inplace=True returns None: write frame = frame.dropna(), and "
            f"pass {name}=frame."
        )
    if isinstance(data, type):
        return f"Pass {name} as a frame, not as the class."
    if hasattr(data, "obj") and hasattr(data, "grouper" if hasattr(data, "grouper") else "groups"):
        return "Pass the table as it was before groupby(), and name its keys (region=, time=)."
    if isinstance(data, pd.Series):
        return "Make its index columns: pass series.rename('value').reset_index()."
    if callable(data):
        return f"Call it: {name}={getattr(data, '__name__', 'function')}()."
    if isinstance(data, str):
        swapped = next((n for n, v in arguments.given.items() if isinstance(v, pd.DataFrame)), None)
        if swapped:
            return f"Pass a frame as {name}=; the frame that you passed is in {swapped}=."
        return f"Pass the frame itself as {name}=, not its name."
    made = next((call for call in CALLS if hasattr(data, call.partition("(")[0])), None)
    if made is not None:
        return f"Make it a frame: pass {name}={name}.{made}."
    if hasattr(data, "ndim"):
        return "Name its columns: pandas.DataFrame(array, columns=['region', 'industry', 'value'])."
    return "Wrap it in pandas.DataFrame(...)."
