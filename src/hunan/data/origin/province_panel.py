"""The province panel: one long file of two compilations, and the vintage of each figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, digits

PANEL = "province_panel/province_panel_long.csv"
RENAMED = {
    "gdp": "gdp_nominal", "gfcf": "gfcf_nominal", "wage": "wage_nominal",
    "gdp_primary_first_release": "gdp_primary_nominal",
    "gdp_secondary_first_release": "gdp_secondary_nominal",
    "gdp_tertiary_first_release": "gdp_tertiary_nominal",
    "fixed_asset_investment": "fixed_asset_investment_nominal",
    "capital_stock": "capital_stock_1997", "exports": "exports_usd",
    "fdi_registered": "fdi_registered_usd", "highway": "highway_km", "railway": "railway_km",
    "co2": "co2_mt", "energy": "energy_tce", "urbanization": "urban_share",
}  # fmt: skip
REVISED = ("gdp_nominal", "secondary_share", "tertiary_share")
CENSUS_2018 = 2014
"""From this year on the second compilation follows the economic census of 2018."""
MIXED = 2018
"""In this year the first compilation holds two vintages."""


def vintages(variable: pd.Series, time: pd.Series, source: pd.Series) -> np.ndarray:
    """Return the release of each figure of GDP; empty for other variables."""
    year = time.astype(int)
    revised = variable.isin(REVISED) & (source == "wd")
    parts = variable.str.match(r"gdp_(primary|secondary|tertiary)_nominal$")
    return np.select(
        [revised & (year == MIXED), revised, parts & (year >= CENSUS_2018), parts],
        ["mixed_2018", "revised", "census_2018", "first_release"],
        "",
    )


def province_panel(origin: Origin) -> pd.DataFrame:
    """Return variables under the project's names, eight significant digits."""
    read = origin.text(PANEL)
    variable = read["variable"].replace(RENAMED)
    source = read["source"].str.startswith("Ji").map({True: "wd", False: "carbon"})
    table = pd.DataFrame(
        {
            "region": read["adcode"],
            "time": read["year"],
            "variable": variable,
            "vintage": vintages(variable, read["year"], source),
            "source": source,
            "value": digits(read["value"], 8),
        }
    )
    return table.sort_values(["variable", "region", "time"])


TABLES = (Rebuilt("province_panel", (PANEL,), province_panel),)
