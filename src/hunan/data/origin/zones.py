"""Development zones of five provinces, transcribed from the catalogue of 2018."""

from __future__ import annotations

import pandas as pd

from hunan.data.dimensions import load_provinces
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, coded, codes
from hunan.data.store import read_raw

CATALOGUE = "zones/development_zones_2018.csv"
LEVELS = {"国务院": "national", "省政府": "provincial"}
TYPES = {
    "经济技术开发区": "economic_technological_zone", "高新技术产业开发区": "high_tech_zone",
    "海关特殊监管区域": "customs_supervised_zone", "其他类型开发区": "other",
    "经济开发区": "economic_zone", "工业园区": "industrial_park",
}  # fmt: skip
BETWEEN_TERMS = "、"


def _read(origin: Origin) -> pd.DataFrame:
    """Return the catalogue with a unique code per zone: a second use of a code is repaired."""
    read = origin.text(CATALOGUE)
    repairs = read_raw("zone_repairs.csv").query("column == 'zone'")
    again = dict(zip(repairs["as_read"], repairs["repaired"], strict=True))
    read["zone"] = read["code"].mask(read["code"].duplicated(), read["code"].replace(again))
    return read


def development_zones(origin: Origin) -> pd.DataFrame:
    """Return one row per zone; the month as text with a hyphen."""
    read = _read(origin)
    provinces = codes(load_provinces(), "name_zh", "region")
    table = pd.DataFrame(
        {
            "zone": read["zone"],
            "code": read["code"],
            "name_zh": read["zone_name"],
            "region": coded(read["province"].str.removesuffix("省"), provinces, "provinces"),
            "level": coded(read["level"], LEVELS, "levels"),
            "type": coded(read["type"], TYPES, "types"),
            "approved": read["approved"].str.replace(".", "-", regex=False),
            "area_ha": read["area_ha"],
        }
    )
    return table.sort_values("zone")


def zone_industries(origin: Origin) -> pd.DataFrame:
    """Return one row per zone and main industry, in the order of the catalogue."""
    read = _read(origin)
    terms = read.assign(term_zh=read["main_industries"].str.split(BETWEEN_TERMS))
    rows = terms[["zone", "term_zh"]].explode("term_zh")
    rows.insert(1, "position", (rows.groupby("zone").cumcount() + 1).astype(str))
    return rows.sort_values(["zone", "position"])


def zone_terms(origin: Origin) -> pd.DataFrame:
    """Return every word that the catalogue uses for an industry, once."""
    return zone_industries(origin)[["term_zh"]].drop_duplicates()


def zone_repairs(origin: Origin) -> pd.DataFrame:
    """Return the cells that are repaired, as the catalogue has them."""
    read = _read(origin).set_index("zone")
    told = {"name_zh": "zone_name", "zone": "code"}
    rows = [
        (row.zone, row.column, read.at[row.zone, told[str(row.column)]])
        for row in read_raw("zone_repairs.csv").itertuples()
    ]
    return pd.DataFrame(rows, columns=["zone", "column", "as_read"])


TABLES = (
    Rebuilt("development_zones", (CATALOGUE,), development_zones),
    Rebuilt("zone_industries", (CATALOGUE,), zone_industries),
    Rebuilt(
        "zone_terms", (CATALOGUE,), zone_terms, ("term_zh",), "the common industry of a word: ours"
    ),
    Rebuilt(
        "zone_repairs", (CATALOGUE,), zone_repairs, ("zone", "column"),
        "the repaired cells and the reasons: ours",
    ),
)  # fmt: skip
