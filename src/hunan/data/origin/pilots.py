"""Pilots and national zones, transcribed from notices and works of reference."""

from __future__ import annotations

import pandas as pd

from hunan.data.dimensions import load_provinces
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, coded, codes

TWO_ORIENTED = "policy/two_oriented_members.csv"
REFORM = "policy/comprehensive_reform_pilots.csv"
LOW_CARBON = "policy/low_carbon_pilots.csv"
ECONOMIC = "policy/etdz_national_wikipedia.csv"
HIGH_TECH = "policy/htz_national_wikipedia156.csv"
GROUPS = {"长株潭": "chang_zhu_tan", "武汉城市圈": "wuhan_city_circle"}
THEMES = {
    "开发开放": "opening", "统筹城乡": "urban_rural", "两型社会": "two_oriented_society",
    "新型工业化": "new_industrialisation", "资源型经济转型": "resource_economy",
    "国际贸易": "international_trade", "农业现代化": "modern_agriculture",
}  # fmt: skip
KINDS_OF_PROVINCE = r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$"


def two_oriented_society(origin: Origin) -> pd.DataFrame:
    """Return the members of the two city regions, with code and day of the notice."""
    read = origin.text(TWO_ORIENTED)
    return pd.DataFrame(
        {
            "pilot": "two_oriented_society",
            "group": coded(read["pilot"], GROUPS, "city regions"),
            "unit": read["adcode"],
            "name_zh": read["unit"].str.removesuffix("市"),
            "approved": read["ndrc_notice_date"],
        }
    )


def other_pilots(origin: Origin) -> pd.DataFrame:
    """Return areas of comprehensive reform, and the three batches of the low-carbon pilot."""
    reform, carbon = origin.text(REFORM), origin.text(LOW_CARBON)
    areas = pd.DataFrame(
        {
            "pilot": "comprehensive_reform",
            "group": coded(reform["theme"], THEMES, "themes"),
            "name_zh": reform["area"],
            "approved": reform["approved"],
        }
    )
    batches = pd.DataFrame(
        {
            "pilot": "low_carbon",
            "group": "batch_" + carbon["batch"],
            "name_zh": carbon["name"],
            "approved": carbon["year"],
        }
    )
    return pd.concat([areas, batches])


def economic_zones(origin: Origin) -> pd.DataFrame:
    """Return economic and technological zones with the month as listed."""
    read = origin.text(ECONOMIC)
    return pd.DataFrame(
        {
            "type": "economic_technological_zone",
            "name_zh": read["zone_place_name"],
            "approved": read["approved_ym_as_listed"].str.replace(".", "-", regex=False),
        }
    )


def high_tech_zones(origin: Origin) -> pd.DataFrame:
    """Return high-tech zones: which are of 2006, and the date of the evidence, or the year."""
    read = origin.text(HIGH_TECH)
    provinces = codes(load_provinces(), "name_zh", "region")
    names = read["province"].str.replace(KINDS_OF_PROVINCE, "", regex=True)
    dates = read["evidence"].str.extract(r"^(\d{4}-\d{2}(?:-\d{2})?);", expand=False)
    return pd.DataFrame(
        {
            "type": "high_tech_zone",
            "name_zh": read["zone_place_name"],
            "region": coded(names, provinces, "provinces"),
            "approved": dates.fillna(read["approved_year_where_seen"]),
            "by_2006": read["in_53_zones_by_2006"].map({"1": "True", "0": "False"}),
        }
    )


TABLES = (
    Rebuilt(
        "pilots", (TWO_ORIENTED,), two_oriented_society, ("pilot", "group", "unit"),
        "English names, levels, doubts and notes: ours",
    ),
    Rebuilt(
        "pilots", (REFORM, LOW_CARBON), other_pilots, ("pilot", "group", "name_zh"),
        "codes, English names, levels, doubts and notes: ours",
    ),
    Rebuilt(
        "national_zones", (ECONOMIC,), economic_zones, ("type", "name_zh"),
        "provinces, links to the catalogue, doubts and notes: ours",
    ),
    Rebuilt(
        "national_zones", (HIGH_TECH,), high_tech_zones, ("type", "region", "name_zh"),
        "links to the catalogue, doubts and notes: ours",
    ),
)  # fmt: skip
