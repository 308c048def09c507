"""Employment and wages of urban units: two wide files, one column per two-digit industry."""

from __future__ import annotations

from functools import partial

import pandas as pd

from hunan.data.dimensions import load_industries, load_provinces
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, coded, codes, digits

EMPLOYMENT = "employment/urban_unit_employment_2005_2016.csv"
WAGES = "employment/urban_unit_wage_2005_2016.csv"


def long_table(origin: Origin, file: str, value: str) -> pd.DataFrame:
    """Return one row per region, year and industry; twelve significant digits, blanks kept."""
    read = origin.text(file).melt(["province", "year"], var_name="name", value_name="figure")
    regions = codes(load_provinces(), "name_zh", "region")
    industries = codes(load_industries("csic2011"), "name_zh", "industry")
    table = pd.DataFrame(
        {
            "region": coded(read["province"], regions, "provinces"),
            "industry": coded(read["name"], industries, "industries"),
            "time": read["year"],
            value: digits(read["figure"], 12),
        }
    )
    return table.sort_values(["time", "region", "industry"])


def industry_names(origin: Origin) -> pd.DataFrame:
    """Return the Chinese names of the two-digit industries: the columns of the employment file."""
    names = origin.text(EMPLOYMENT).columns.drop(["province", "year"])
    return pd.DataFrame({"classification": "csic2011", "name_zh": names})


TABLES = (
    Rebuilt("employment", (EMPLOYMENT,), partial(long_table, file=EMPLOYMENT, value="employment")),
    Rebuilt("wages", (WAGES,), partial(long_table, file=WAGES, value="wage")),
    Rebuilt(
        "industries", (EMPLOYMENT,), industry_names, ("classification", "name_zh"),
        "codes are GB/T 4754; English names, sections, common and combined industries: ours",
    ),
)  # fmt: skip
