"""Schemas of the dimension, input-output and employment tables, checked where raw becomes tidy.

Needs pandera, which the package itself does not: import this module in notebooks and tests.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from agglometrics.errors import InputError
from agglometrics.tables import listed, require_columns
from hunan.audits.io_audit import io_flow_imbalances, io_imbalances
from hunan.audits.schemas_panel import PANEL_SCHEMAS
from hunan.audits.schemas_plants import PLANT_SCHEMAS
from hunan.data.dimensions import load_industries, load_provinces

IO_YEARS = [2002, 2007, 2012, 2017]
EMPLOYMENT_YEARS = list(range(2005, 2017))
SECTORS = [f"{code:02d}" for code in range(1, 43)]
KNOWN_IMBALANCES = [("320000", 2002, "37"), ("320000", 2002, "38")]
KNOWN_FLOW_IMBALANCES = [("350000", 2002, "38")]
NOT_NEGATIVE = ["total_input", "intermediate_input", "intermediate_use", "labour_compensation"]
MAY_BE_NEGATIVE = ["value_added", "depreciation", "operating_surplus", "inventory_change"]
UNPUBLISHED_SOMETIMES = ["exports", "imports", "outflow", "outflow_and_exports", "inflow"]


def _codes(allowed: list[str] | list[int]) -> pa.Column:
    return pa.Column(checks=pa.Check.isin(allowed))


def _at_least(least: float, nullable: bool = False) -> pa.Column:
    return pa.Column(float, pa.Check.ge(least), nullable=nullable)


def _regions() -> pa.Column:
    return _codes(load_provinces()["region"].tolist())


def _provinces() -> pa.DataFrameSchema:
    degrees_east, degrees_north = pa.Check.in_range(73, 136), pa.Check.in_range(18, 54)
    columns = {
        "region": pa.Column(str, pa.Check.str_matches(r"^[1-6]\d0000$"), unique=True),
        "label": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$"), unique=True),
        "name_en": pa.Column(str, unique=True),
        "name_zh": pa.Column(str, unique=True),
        "macro_region": _codes(["east", "central", "west", "northeast"]),
        "capital_lon": pa.Column(float, degrees_east),
        "capital_lat": pa.Column(float, degrees_north),
        "tile_row": pa.Column(int, pa.Check.in_range(0, 7)),
        "tile_column": pa.Column(int, pa.Check.in_range(0, 6)),
    }
    thirty_one = pa.Check(lambda frame: len(frame) == 31, error="31 provinces")
    return pa.DataFrameSchema(columns, checks=thirty_one, unique=["tile_row", "tile_column"])


def _is_symmetric(borders: pd.DataFrame) -> bool:
    pairs = set(zip(borders["region"], borders["neighbour"], strict=True))
    return pairs == {(b, a) for a, b in pairs}


def _neighbours() -> pa.DataFrameSchema:
    columns = {"region": _regions(), "neighbour": _regions()}
    checks = [
        pa.Check(_is_symmetric, error="every border in both directions"),
        pa.Check(lambda f: f["region"] != f["neighbour"], error="no border with itself"),
    ]
    return pa.DataFrameSchema(columns, checks=checks, unique=["region", "neighbour"])


def _io_sectors() -> pa.DataFrameSchema:
    columns = {"region": _regions(), "time": _codes(IO_YEARS), "sector": _codes(SECTORS)}
    columns |= {"gross_output": _at_least(-1.0)}
    columns |= {name: _at_least(0.0) for name in NOT_NEGATIVE}
    columns |= {name: pa.Column(float, nullable=True) for name in MAY_BE_NEGATIVE}
    columns |= {name: _at_least(-1.0, nullable=True) for name in UNPUBLISHED_SOMETIMES}
    return pa.DataFrameSchema(
        columns,
        checks=[pa.Check(_balances, error="accounting identities, but for two known cells")],
        unique=["region", "time", "sector"],
    )


def _balances(sectors: pd.DataFrame) -> bool:
    found = io_imbalances(sectors)[["region", "time", "sector"]]
    return set(found.itertuples(index=False, name=None)) <= set(KNOWN_IMBALANCES)


def _io_industries() -> pa.DataFrameSchema:
    columns = {
        "region": _regions(),
        "industry": _codes(load_industries()["industry"].tolist()),
        "time": _codes(IO_YEARS),
        "gross_output": _at_least(0.0),
        "value_added": _at_least(0.0, nullable=True),
        "intermediate_input": _at_least(0.0),
    }
    return pa.DataFrameSchema(columns, unique=["region", "industry", "time"])


def _io_flows() -> pa.DataFrameSchema:
    columns = {
        "region": _regions(),
        "time": _codes(IO_YEARS),
        "supplier": _codes(SECTORS),
        "user": _codes(SECTORS),
        "value": pa.Column(float, pa.Check.ne(0.0)),
    }
    return pa.DataFrameSchema(columns, unique=["region", "time", "supplier", "user"])


def _employed(value: str, nullable: bool) -> dict[str, pa.Column]:
    industries = [
        *load_industries("csic2011")["industry"],
        *load_industries("csic2011_combined")["industry"],
        *load_industries()["industry"],
    ]
    return {
        "region": _regions(),
        "industry": _codes(industries),
        "time": _codes(EMPLOYMENT_YEARS),
        value: _at_least(0.0, nullable=nullable),
    }


def _employment() -> pa.DataFrameSchema:
    statuses = ["reported", "constructed", "none", "few", "unknown"]
    columns = _employed("employment", nullable=True) | {"status": _codes(statuses)}
    unknown_is_open = pa.Check(
        lambda frame: (
            frame["employment"].notna() | frame["status"].isin(["none", "few", "unknown"])
        ),
        error="a figure that is reported is there",
    )
    return pa.DataFrameSchema(
        columns, checks=unknown_is_open, unique=["region", "industry", "time"]
    )


def _wages() -> pa.DataFrameSchema:
    columns = _employed("wage", nullable=True)
    return pa.DataFrameSchema(columns, unique=["region", "industry", "time"])


def _concordance() -> pa.DataFrameSchema:
    columns = {
        "classification": _codes([*(f"io_{year}" for year in IO_YEARS), "csic2011"]),
        "code": pa.Column(str, pa.Check.str_matches(r"^\d\d$")),
        "industry": _codes(load_industries()["industry"].tolist()),
        "exact": pa.Column(bool),
    }
    return pa.DataFrameSchema(columns, unique=["classification", "code"])


SCHEMAS: dict[str, Callable[[], pa.DataFrameSchema]] = {
    "concordance": _concordance,
    "employment": _employment,
    "io_flows": _io_flows,
    "io_industries": _io_industries,
    "io_sectors": _io_sectors,
    "neighbours": _neighbours,
    "provinces": _provinces,
    "wages": _wages,
    **PANEL_SCHEMAS,
    **PLANT_SCHEMAS,
}


def validate(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` if it is what the tidy table `name` must be.

    Parameters
    ----------
    name : a key of `SCHEMAS`: the loader's name without ``load_``

    Raises
    ------
    InputError
        If there is no schema of this name, or the table breaks it: with the column, the rule
        and how many values broke it.

    Examples
    --------
    >>> from hunan.data.dimensions import load_neighbours
    >>> from hunan.audits.schemas import validate
    >>> len(validate("neighbours", load_neighbours()))
    136
    """
    if name not in SCHEMAS:
        raise InputError(f"no schema of table {name!r}; there are {sorted(SCHEMAS)}.")
    schema = SCHEMAS[name]()
    require_columns(frame, [name for name, column in schema.columns.items() if column.required])
    try:  # pandera cannot report on repeated row labels
        schema.validate(frame.reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise InputError(f"table {name!r} breaks its schema: {_broken(errors)}.") from errors
    return frame


def _broken(errors: pa.errors.SchemaErrors) -> str:
    cases = errors.failure_cases.fillna({"column": ""})
    found = cases.groupby(["column", "check"])["failure_case"]
    return "; ".join(
        f"column {column!r}, rule {check!r}, {len(values)} values, first {values.iloc[0]!r}"
        if column
        else f"rule {check!r} of the whole table"
        for (column, check), values in found
    )


def validate_flows(flows: pd.DataFrame, sectors: pd.DataFrame) -> None:
    """Raise `InputError` unless flows add up to intermediate input and use, but for known cells.

    Examples
    --------
    >>> from hunan.data.io_tables import load_io_flows, load_io_sectors
    >>> from hunan.audits.schemas import validate_flows
    >>> validate_flows(load_io_flows(), load_io_sectors())
    """
    found = io_flow_imbalances(flows, sectors)
    known = pd.MultiIndex.from_tuples(KNOWN_FLOW_IMBALANCES)
    new = found.loc[~pd.MultiIndex.from_frame(found[["region", "time", "sector"]]).isin(known)]
    if len(new):
        raise InputError(
            f"intermediate flows do not add up in {len(new)} sectors: "
            f"{listed(new.to_dict('records'), 1)}. Restore data/raw/io_flows.csv and "
            "data/raw/io_sectors.csv."
        )
