"""The regional input-output tables of 2002, 2007, 2012 and 2017.

Values are in 10,000 yuan at the producer prices of their year: nominal, so that growth mixes
prices and volumes. The provinces' sum is not the national table; take the sum as the nation.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.dimensions import load_concordance, load_industries
from hunan.data.io_checks import suspect_applied
from hunan.data.store import read_raw

NATION = "000000"
KEYS = ["region", "time", "sector"]
Base = Literal["secondary", "industrial"]
Suspect = Literal["mask", "keep"]


def _read() -> pd.DataFrame:
    return read_raw("io_sectors.csv", codes=["region", "sector"])


def load_io_sectors() -> pd.DataFrame:
    """Return the provinces' input-output figures by the 42 sectors of each year, as published.

    Sector codes mean different sectors in different years: see `load_io_sector_names`. The
    outflow columns are kept apart as what they are: ``net_outflow`` (2002, foreign trade
    included), ``outflow_and_exports`` and ``inflow_and_imports`` (2007), and ``exports``,
    ``imports``, ``outflow``, ``inflow`` (2012 and 2017, the last two to and from other
    provinces). A column that a year does not publish is NaN there.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``sector`` and the figures, 10,000 current yuan.

    Examples
    --------
    >>> from hunan.data.io_tables import load_io_sectors
    >>> len(load_io_sectors())
    5124
    """
    every = _read()
    return every.loc[every["region"] != NATION].reset_index(drop=True)


def load_io_national_sectors() -> pd.DataFrame:
    """Return the national input-output figures of 2002, 2007 and 2012, columns as the provinces'.

    Examples
    --------
    >>> from hunan.data.io_tables import load_io_national_sectors
    >>> sorted(set(load_io_national_sectors()["time"]))
    [2002, 2007, 2012]
    """
    every = _read()
    return every.loc[every["region"] == NATION].reset_index(drop=True)


def load_io_sector_names() -> pd.DataFrame:
    """Return the names of the 42 sectors of each year: ``time, sector, name_en, name_zh``.

    Examples
    --------
    >>> from hunan.data.io_tables import load_io_sector_names
    >>> load_io_sector_names().query("sector == '17'")["name_en"].tolist()
    ['Transport equipment', 'Transport equipment', 'Special machinery', 'Special machinery']
    """
    return read_raw("io_sector_names.csv", codes=["sector"])


def load_io_flows() -> pd.DataFrame:
    """Return the intermediate flows from supplying to using sector inside each table.

    The tables are competitive: a flow holds supplies from outside the province too. What is
    supplied locally needs imports and inflow besides, and an assumption of proportionality.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``supplier``, ``user`` (sector codes of that year), ``value``
        (10,000 current yuan). A flow that is not there is zero.

    Examples
    --------
    >>> from hunan.data.io_tables import load_io_flows
    >>> len(load_io_flows())
    186028
    """
    return read_raw("io_flows.csv", codes=["region", "supplier", "user"])


def to_industries(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return `sectors` (keys region, time, sector) summed to the common industries.

    A sum with an unknown part is unknown.
    """
    concordance = load_concordance()
    of_tables = concordance.loc[concordance["classification"].str.startswith("io_")]
    match = pd.DataFrame(
        {
            "time": of_tables["classification"].str.removeprefix("io_").astype("int64"),
            "sector": of_tables["code"],
            "industry": of_tables["industry"],
        }
    )
    joined = sectors.merge(match, on=["time", "sector"], validate="many_to_one")
    grouped = joined.drop(columns="sector").groupby(["region", "industry", "time"], sort=True)
    return grouped.sum(skipna=False).reset_index()


def load_io_industries(base: Base = "secondary", suspect: Suspect = "mask") -> pd.DataFrame:
    """Return the provinces' input-output figures by common industry, ready for the measures.

    Parameters
    ----------
    base : ``"secondary"``, the 24 common industries, or ``"industrial"``, the 23 without
        construction
    suspect : ``"mask"`` sets what `io_repairs` lists to its repaired value and what `io_masks`
        lists to NaN (unknown), ``"keep"`` leaves the figures as published

    Returns
    -------
    pandas.DataFrame
        ``region``, ``industry``, ``time`` and the columns of `load_io_sectors`.

    Raises
    ------
    InputError
        If `base` or `suspect` is not one of these.

    Examples
    --------
    >>> from hunan.data.io_tables import load_io_industries
    >>> output = load_io_industries("industrial").query("time == 2007")
    >>> by_region = output.groupby("region")["gross_output"].sum()
    >>> round(float(by_region["430000"] / by_region.sum()) * 100, 2)
    2.2
    """
    if base not in ("secondary", "industrial"):
        raise InputError(f"base {base!r} is unknown; choose 'secondary' or 'industrial'.")
    if suspect not in ("mask", "keep"):
        raise InputError(f"suspect={suspect!r} is unknown; choose 'mask' or 'keep'.")
    sectors = load_io_sectors()
    if suspect == "mask":
        sectors = suspect_applied(sectors)
    cells = to_industries(sectors)
    if base == "industrial":
        industries = load_industries()
        kept = industries.loc[industries["industrial"], "industry"]
        cells = cells.loc[cells["industry"].isin(kept)].reset_index(drop=True)
    return cells
