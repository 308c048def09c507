"""Schemas of the panels: the real tables pass, a broken copy of each fails with the rule."""

from collections.abc import Callable

import pandas as pd
import pytest

import hunan
from agglometrics.errors import InputError
from hunan.audits.schemas import validate
from hunan.audits.schemas_panel import PANEL_SCHEMAS

TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "city_gdp": hunan.load_city_gdp,
    "city_panel": hunan.load_city_panel,
    "claims": hunan.load_claims,
    "co2": hunan.load_co2,
    "pilots": hunan.load_pilots,
    "prefectures": hunan.load_prefectures,
    "province_panel": lambda: hunan.load_province_panel("revised"),
    "zone_industries": hunan.load_zone_industries,
    "zones": hunan.load_zones,
}


def test_every_schema_has_its_table() -> None:
    assert set(TABLES) == set(PANEL_SCHEMAS)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_real_tables_pass(name: str) -> None:
    frame = TABLES[name]()
    assert validate(name, frame) is frame


@pytest.mark.parametrize("vintage", ["first_release", "census_2018"])
def test_other_vintages_pass(vintage: str) -> None:
    validate("province_panel", hunan.load_province_panel(vintage))


@pytest.mark.parametrize(
    ("name", "column", "bad"),
    [
        ("city_gdp", "city", "999999"),
        ("city_panel", "region", "430000"),
        ("claims", "testability", "perhaps"),
        ("co2", "co2_mt", -1.0),
        ("pilots", "unit", "000000"),
        ("prefectures", "region", "110000"),
        ("province_panel", "secondary_share", 40.0),
        ("zone_industries", "match", "guess"),
        ("zones", "approved", "2012.1"),
    ],
)
def test_a_bad_cell_is_refused(name: str, column: str, bad: object) -> None:
    frame = TABLES[name]().copy()
    frame.loc[0, column] = bad
    with pytest.raises(InputError, match=f"table '{name}' breaks its schema"):
        validate(name, frame)


def test_mixed_vintages_are_refused() -> None:
    mixed = pd.concat(
        [
            hunan.load_province_panel("revised").query("time <= 2013"),
            hunan.load_province_panel("census_2018").query("time >= 2014"),
        ],
        ignore_index=True,
    )
    with pytest.raises(InputError, match="one vintage of GDP a table"):
        validate("province_panel", mixed)


def test_sectors_that_do_not_add_up_are_refused() -> None:
    panel = hunan.load_province_panel("first_release")
    panel.loc[5, "gdp_primary_nominal"] += 1
    with pytest.raises(InputError, match="sectors add up to GDP"):
        validate("province_panel", panel)
