"""Schemas of the panels, prefectures, zones, pilots, emissions and claims.

`hunan.audits.schemas.validate` knows them by name. Needs pandera, as that module does.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from hunan.data.dimensions import load_industries, load_provinces
from hunan.data.emissions import load_co2_sectors
from hunan.data.panel_dimensions import load_panel_variables
from hunan.data.policy import PILOTS
from hunan.data.prefectures import load_prefectures
from hunan.data.province_panel import SECTORS, VINTAGES

TESTABILITY = ["same", "proxy", "internal", "none", "definition", "event", "proposition"]
RELATIONS = ["=", ">", ">=", "<", "range", "parts", "event", "asserts"]
ZONE_TYPES = [
    "economic_zone", "industrial_park", "high_tech_zone", "economic_technological_zone",
    "customs_supervised_zone", "other",
]  # fmt: skip
SHARES = ["secondary_share", "tertiary_share", "urban_share"]
PART = 1.005  # a part may exceed its whole by rounding of two-digit figures, no more


def _isin(allowed: list[str] | tuple[str, ...]) -> pa.Column:
    return pa.Column(str, pa.Check.isin(list(allowed)))


def _regions() -> pa.Column:
    return _isin(load_provinces()["region"].tolist())


def _cities() -> pa.Column:
    return _isin(load_prefectures()["city"].tolist())


def _years(first: int, last: int) -> pa.Column:
    return pa.Column(int, pa.Check.in_range(first, last))


def _amounts(table: str) -> dict[str, pa.Column]:
    """Return a column for each variable of `table`: not negative, a share at most one."""
    described = load_panel_variables().query("table == @table")["variable"]
    most = dict.fromkeys(SHARES, 1.0)
    return {
        name: pa.Column(
            float,
            pa.Check.in_range(0.0, most.get(name, float("inf"))),
            nullable=True,
            required=False,
        )
        for name in described
    }


def _city_lies_in_region(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["city"].str[:2] + "0000" == frame["region"]


def _sectors_add_up(panel: pd.DataFrame) -> bool:
    """Say whether GDP is the sum of its sectors, where sectors are levels."""
    if not set(SECTORS) <= set(panel.columns):
        return bool((panel["secondary_share"] + panel["tertiary_share"]).max() <= 1)
    gap = panel[SECTORS].sum(axis="columns", skipna=False) - panel["gdp_nominal"]
    return bool(gap.abs().max() < 1e-6)


def _parts_within_whole(panel: pd.DataFrame) -> pd.Series[bool]:
    return ~(panel["population_urban"] > PART * panel["population"])


def _province_panel() -> pa.DataFrameSchema:
    columns = {"region": _regions(), "time": _years(1985, 2019), "vintage": _isin(VINTAGES)}
    checks = [
        pa.Check(lambda f: f["vintage"].nunique() == 1, error="one vintage of GDP a table"),
        pa.Check(_sectors_add_up, error="sectors add up to GDP"),
        pa.Check(_parts_within_whole, error="urban residents are residents"),
    ]
    return pa.DataFrameSchema(
        columns | _amounts("province_panel"), checks=checks, unique=["region", "time"], strict=True
    )


def _city_table(
    table: str, first: int, last: int, extra: dict[str, pa.Column]
) -> pa.DataFrameSchema:
    keys = {"city": _cities(), "region": _regions(), "time": _years(first, last)}
    return pa.DataFrameSchema(
        keys | extra | _amounts(table),
        checks=pa.Check(_city_lies_in_region, error="the city's code begins with its province's"),
        unique=["city", "time"],
        strict=True,
    )


def _city_gdp() -> pa.DataFrameSchema:
    return _city_table("city_gdp", 1994, 2014, {"source": _isin(("ck2019", "yz2015"))})


def _city_panel() -> pa.DataFrameSchema:
    return _city_table("city_panel", 2006, 2018, {})


def _prefectures() -> pa.DataFrameSchema:
    kinds = (
        "prefecture_level_city", "autonomous_prefecture", "prefecture", "league",
        "county_level_city",
    )  # fmt: skip
    columns = {
        "city": pa.Column(str, pa.Check.str_matches(r"^[1-6]\d{5}$"), unique=True),
        "name_zh": pa.Column(str),
        "name_en": pa.Column(str),
        "region": _regions(),
        "kind": _isin(kinds),
        "in_city_gdp": pa.Column(bool),
        "in_city_panel": pa.Column(bool),
    }
    check = pa.Check(_city_lies_in_region, error="the city's code begins with its province's")
    return pa.DataFrameSchema(columns, checks=check, unique=["region", "name_zh"])


def _zones() -> pa.DataFrameSchema:
    columns = {
        "zone": pa.Column(str, pa.Check.str_matches(r"^[GS]\d{6}b?$"), unique=True),
        "serial": pa.Column(int, pa.Check.ge(1)),
        "region": _regions(),
        "level": _isin(("national", "provincial")),
        "type": _isin(ZONE_TYPES),
        "approved": pa.Column(str, pa.Check.str_matches(r"^\d{4}-(0[1-9]|1[0-2])$")),
        "time": _years(1984, 2017),
        "area_ha": pa.Column(float, pa.Check.gt(0.0)),
    }
    return pa.DataFrameSchema(columns)


def _zone_industries() -> pa.DataFrameSchema:
    known = load_industries()["industry"].tolist()
    columns = {
        "position": pa.Column(int, pa.Check.ge(1)),
        "industry": pa.Column(str, pa.Check.isin(known), nullable=True),
        "match": _isin(("clear", "several", "service", "none")),
    }
    return pa.DataFrameSchema(columns, unique=["zone", "position"])


def _pilots() -> pa.DataFrameSchema:
    columns = {
        "pilot": _isin(PILOTS),
        "unit": _isin([*load_prefectures()["city"], *load_provinces()["region"]]),
        "level": _isin(("province", "city", "area")),
        "approved": pa.Column(str, pa.Check.str_matches(r"^20\d\d(-\d\d){0,2}$")),
        "precision": _isin(("day", "month", "year")),
        "doubtful": pa.Column(bool),
    }
    return pa.DataFrameSchema(columns, unique=["pilot", "group", "unit"])


def _co2() -> pa.DataFrameSchema:
    columns = {
        "region": _regions(),
        "time": _years(1997, 2019),
        "sector": _isin(load_co2_sectors()["sector"].tolist()),
        "co2_mt": pa.Column(float, pa.Check.ge(0.0)),
    }
    return pa.DataFrameSchema(columns, unique=["region", "time", "sector"], strict=True)


def _claims() -> pa.DataFrameSchema:
    columns = {
        "claim_id": pa.Column(str, pa.Check.str_matches(r"^(C\d\d|P[1-8])$"), unique=True),
        "relation": _isin(RELATIONS),
        "testability": _isin(TESTABILITY),
        "value_low": pa.Column(float, nullable=True),
        "value_high": pa.Column(float, nullable=True),
    }
    ordered = pa.Check(lambda f: ~(f["value_low"] > f["value_high"]), error="low is not above high")
    return pa.DataFrameSchema(columns, checks=ordered)


PANEL_SCHEMAS: dict[str, Callable[[], pa.DataFrameSchema]] = {
    "city_gdp": _city_gdp,
    "city_panel": _city_panel,
    "claims": _claims,
    "co2": _co2,
    "pilots": _pilots,
    "prefectures": _prefectures,
    "province_panel": _province_panel,
    "zone_industries": _zone_industries,
    "zones": _zones,
}
