"""Input-output tables: two files of stacked provincial tables, and a list of common industries."""

from __future__ import annotations

import pandas as pd

from hunan.data.dimensions import load_provinces
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, coded, codes, digits

SECTORS = "io_tables/chnio_province_sector_long.csv"
FLOWS = "io_tables/intermediate_flows.parquet"
CONCORDANCE = "io_tables/sector_concordance_2002_2007_2012_2017.csv"
NATION = "000000"
FIGURES = {
    "GO": "gross_output", "TII": "intermediate_input", "TVA": "value_added",
    "VA001": "labour_compensation", "VA002": "net_production_tax", "VA003": "depreciation",
    "VA004": "operating_surplus", "TI": "total_input", "TIU": "intermediate_use",
    "FU101": "rural_consumption", "FU102": "urban_consumption",
    "FU103": "government_consumption", "FU201": "fixed_capital_formation",
    "FU202": "inventory_change", "GCF": "capital_formation", "TFU": "final_uses",
    "EX": "exports", "IM": "imports", "OF": "outflow", "IF": "inflow", "NOF": "net_outflow",
    "FU302": "outflow_and_exports", "FU304": "inflow_and_imports", "ERR": "statistical_error",
}  # fmt: skip
"""Columns of the origin, in the order of the table."""


def _regions(names: pd.Series) -> pd.Series[str]:
    known = codes(load_provinces(), "name_zh", "region") | {"中国": NATION}
    return coded(names, known, "provinces")


def io_sectors(origin: Origin) -> pd.DataFrame:
    """Return figures by sector: provinces coded, twelve significant digits."""
    read = origin.text(SECTORS)
    read["region"] = _regions(read["province"])
    read = read.rename(columns={"year": "time"} | FIGURES).sort_values(["time", "region", "sector"])
    figures = read[list(FIGURES.values())].apply(digits, significant=12)
    return pd.concat([read[["region", "time", "sector"]], figures], axis="columns")


def io_flows(origin: Origin) -> pd.DataFrame:
    """Return flows between sectors: provinces coded, eight significant digits."""
    read = pd.read_parquet(origin.path(FLOWS))
    flows = pd.DataFrame(
        {
            "region": _regions(read["province"]),
            "time": read["year"].astype(str),
            "supplier": read["supplier"],
            "user": read["user"],
            "value": digits(read["value"], 8),
        }
    )
    return flows.sort_values(["time", "region", "supplier", "user"])


def io_sector_names(origin: Origin) -> pd.DataFrame:
    """Return the Chinese name of each year's sectors: the usual one, where spellings differ."""
    read = origin.text(SECTORS).rename(columns={"year": "time", "sector_name": "name_zh"})
    tables = read.value_counts(["time", "sector", "name_zh"]).reset_index()
    return tables.drop_duplicates(["time", "sector"])[["time", "sector", "name_zh"]]


def industry_concordance(origin: Origin) -> pd.DataFrame:
    """Return the common industry of each sector of each year."""
    read = origin.text(CONCORDANCE).rename(
        columns={"sector": "code", "common_industry": "industry"}
    )
    read["classification"] = "io_" + read["year"]
    return read[["classification", "code", "industry"]]


TABLES = (
    Rebuilt("io_sectors", (SECTORS,), io_sectors),
    Rebuilt("io_flows", (FLOWS,), io_flows),
    Rebuilt(
        "io_sector_names", (SECTORS,), io_sector_names,
        ("time", "sector"), "the English names: ours",
    ),
    Rebuilt(
        "industry_concordance", (CONCORDANCE,), industry_concordance,
        ("classification", "code"), "two-digit industries, column exact and notes: ours",
    ),
)  # fmt: skip
