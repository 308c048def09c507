"""The example tables of the library, made of the study's tables.

python -m hunan.samples.examples           writes them
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import agglometrics.datasets.examples as packaged
from agglometrics.shiftshare.leave_one_out_growth import leave_one_out_growth
from hunan.data.dimensions import load_concordance, load_industries, load_provinces
from hunan.data.employment import load_employment
from hunan.data.io_tables import load_io_industries
from hunan.data.plants import load_plant_blocks, load_plant_divisions, load_plants
from hunan.data.province_panel import load_province_panel

FIRST, LAST = 2005, 2012


def provincial_output() -> pd.DataFrame:
    """Return the input-output figures by province and common industry, doubtful ones masked."""
    cells = load_io_industries("secondary")
    columns = ["region", "industry", "time", "gross_output", "value_added"]
    industrial = load_industries().set_index("industry")["industrial"]
    return cells[columns].assign(industrial=cells["industry"].map(industrial))


def names() -> pd.DataFrame:
    """Return English and Chinese names of provinces, industries and plants' divisions."""
    kinds = {
        "region": load_provinces().rename(columns={"region": "code"}),
        "industry": load_industries().rename(columns={"industry": "code"}),
        "division": load_plant_divisions().rename(columns={"division": "code"}),
    }
    columns = ["code", "name_en", "name_zh"]
    return pd.concat([table[columns].assign(kind=kind) for kind, table in kinds.items()])


def plants() -> pd.DataFrame:
    """Return the manufacturing plants around Strasbourg with the centroid of their block."""
    every = load_plants().merge(load_plant_blocks()[["block", "x", "y"]], validate="many_to_one")
    columns = ["plant", "division", "commune", "block", "x", "y", "low", "high", "middle"]
    return every[columns]


def growth_shares() -> pd.DataFrame:
    """Return each industry's share of urban industrial employment of 2005, by province."""
    first = _employment().query("time == @FIRST")
    total = first.groupby("region")["employment"].transform("sum")
    return first.assign(share=first["employment"] / total)[["region", "industry", "share"]]


def growth_shocks() -> pd.DataFrame:
    """Return the national growth of each industry, 2005-2012, and the group of related ones."""
    growth = leave_one_out_growth(_employment(), value="employment", start=FIRST, end=LAST)
    shocks = growth.drop_duplicates("industry")[["industry", "growth"]]
    groups = load_concordance().query("classification == 'csic2011'").set_index("code")["industry"]
    return shocks.assign(group=shocks["industry"].str[:2].map(groups))


def growth_locations() -> pd.DataFrame:
    """Return log growth of employment, wages and secondary GDP, 2005-2012, by province."""
    panel = load_province_panel("revised").query("time in [@FIRST, @LAST]")
    wide = panel.pivot(index="region", columns="time", values=["employment", "wage_nominal"])
    urban = _employment().groupby(["region", "time"])["employment"].sum().unstack()
    growth = {
        "urban_jobs": np.log(urban[LAST] / urban[FIRST]),
        "all_jobs": np.log(wide["employment"][LAST] / wide["employment"][FIRST]),
        "wage": np.log(wide["wage_nominal"][LAST] / wide["wage_nominal"][FIRST]),
        "log_wage_2005": np.log(wide["wage_nominal"][FIRST]),
        "weight": urban[FIRST],
    }
    return pd.DataFrame(growth).rename_axis("region").reset_index()


def _employment() -> pd.DataFrame:
    return load_employment("csic2011_combined", blanks="zero")


TABLES = {
    "provincial_output": provincial_output,
    "names": names,
    "plants": plants,
    "growth_locations": growth_locations,
    "growth_shares": growth_shares,
    "growth_shocks": growth_shocks,
}


def write(folder: Path = packaged.FOLDER) -> None:
    """Write every example table: twelve significant digits, Unix line ends."""
    for name, make in TABLES.items():
        make().to_csv(
            folder / f"{name}.csv", index=False, float_format="%.12g", lineterminator="\n"
        )


if __name__ == "__main__":
    write()
