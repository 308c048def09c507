"""The two tables of prefectures: one with codes, the other with names."""

from __future__ import annotations

import pandas as pd

from hunan.data.dimensions import load_provinces
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, coded, codes, digits
from hunan.data.prefectures import current_codes, load_prefectures

GDP = "city_panel/city_gdp_1994_2014_long.csv"
PANEL = "city_panel/city_panel_2006_2018_long.csv"
GDP_NAMES = {
    "gdp": "gdp_nominal", "population": "population_registered",
    "fixed_asset_investment": "fixed_asset_investment_nominal",
    "real_estate_investment": "real_estate_investment_nominal",
}  # fmt: skip
PANEL_NAMES = {"gdp_real": "gdp_real_1997", "population": "population_resident",
               "wage": "wage_nominal", "gfcf": "gfcf_nominal"}  # fmt: skip


def city_gdp(origin: Origin) -> pd.DataFrame:
    """Return figures by code, as far as the source's single precision carries them."""
    read = origin.text(GDP)
    table = pd.DataFrame(
        {
            "code": read["adcode"],
            "time": read["year"],
            "source": read["source"].str.startswith("Chen").map({True: "ck2019", False: "yz2015"}),
            "variable": read["variable"].replace(GDP_NAMES),
            "value": read["value"].map(_single),
        }
    )
    return table.sort_values(["variable", "source", "code", "time"])


def _single(figure: str) -> str:
    """Return a figure held in single precision: whole ones as they are, others to seven digits."""
    number = float(figure)
    return f"{number:.0f}" if number.is_integer() else f"{number:.7g}"


def _cities(read: pd.DataFrame) -> pd.Series[str]:
    """Return the code of each row's prefecture: a name is unique within its province."""
    provinces = codes(load_provinces(), "name_en", "region")
    # the source misspells one province
    region = coded(read["province_en"].replace({"Yunan": "Yunnan"}), provinces, "provinces")
    known = load_prefectures()
    cities = dict(zip(known["region"] + known["name_zh"], known["city"], strict=True))
    return coded(region + read["prefecture_zh"], cities, "prefectures")


def city_panel(origin: Origin) -> pd.DataFrame:
    """Return figures by name, coded; eight significant digits."""
    read = origin.text(PANEL)
    table = pd.DataFrame(
        {
            "city": _cities(read),
            "time": read["year"],
            "variable": read["variable"].replace(PANEL_NAMES),
            "value": digits(read["value"], 8),
        }
    )
    return table.sort_values(["variable", "city", "time"])


def prefectures(origin: Origin) -> pd.DataFrame:
    """Return whether each prefecture is in the one file and in the other."""
    named = set(_cities(origin.text(PANEL)))
    numbered = set(current_codes(origin.text(GDP)["adcode"]))
    table = load_prefectures()[["city"]]
    table["in_city_gdp"] = table["city"].isin(numbered).astype(str)
    table["in_city_panel"] = table["city"].isin(named).astype(str)
    return table


TABLES = (
    Rebuilt("city_gdp", (GDP,), city_gdp),
    Rebuilt("city_panel", (PANEL,), city_panel),
    Rebuilt(
        "prefectures", (GDP, PANEL), prefectures, ("city",),
        "codes and names are GB/T 2260; English names and kinds: ours",
    ),
)  # fmt: skip
