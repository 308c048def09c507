"""Emissions of CO2: one long file, in which a total stands among the sectors."""

from __future__ import annotations

import pandas as pd

from hunan.data.dimensions import load_provinces
from hunan.data.emissions import load_co2_sectors
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, coded, codes, digits

INVENTORY = "emissions/ceads_province_sector_co2_long.csv"


def _read(origin: Origin) -> pd.DataFrame:
    """Return the inventory with codes of provinces, eight significant digits."""
    read = origin.text(INVENTORY)
    provinces = load_provinces()
    provinces["name_en"] = provinces["name_en"].str.replace(" ", "")
    names = codes(provinces, "name_en", "region")
    return pd.DataFrame(
        {
            "region": coded(read["province"], names, "provinces"),
            "time": read["year"],
            "label": read["sector"],
            "co2_mt": digits(read["co2_mt"], 8),
        }
    )


def _is_total(label: pd.Series) -> pd.Series[bool]:
    """Three spellings of one total: Total Consumption, TotalEmissions, Total Emissions."""
    return label.str.startswith("Total")


def co2(origin: Origin) -> pd.DataFrame:
    """Return emissions by sector, coded."""
    read = _read(origin)
    known = codes(load_co2_sectors(), "label", "sector")
    sectors = read[~_is_total(read["label"])]
    table = sectors.assign(sector=coded(sectors["label"], known, "sectors"))
    return table[["region", "time", "sector", "co2_mt"]].sort_values(["region", "time", "sector"])


def co2_totals(origin: Origin) -> pd.DataFrame:
    """Return the totals that the inventory lists among its sectors."""
    read = _read(origin)
    return read[_is_total(read["label"])].sort_values(["region", "time"])


def co2_sectors(origin: Origin) -> pd.DataFrame:
    """Return the labels of the sectors."""
    label = origin.text(INVENTORY)["sector"].drop_duplicates()
    return pd.DataFrame({"label": label[~_is_total(label)]})


TABLES = (
    Rebuilt("co2", (INVENTORY,), co2),
    Rebuilt("co2_totals", (INVENTORY,), co2_totals),
    Rebuilt(
        "co2_sectors", (INVENTORY,), co2_sectors, ("label",),
        "codes, names in two languages and the common industry: ours",
    ),
)  # fmt: skip
