"""The province panel, 1985-2019: one release of GDP at a time, never two in one table."""

from __future__ import annotations

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.panel_dimensions import masked_rows, widen
from hunan.data.store import read_raw

VINTAGES = ("revised", "first_release", "census_2018")
SECTORS = ["gdp_primary_nominal", "gdp_secondary_nominal", "gdp_tertiary_nominal"]


def load_province_values() -> pd.DataFrame:
    """Return every figure of the province panel as it was read, one per row.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``variable``, ``vintage`` (missing where a variable has only one),
        ``source``, ``value``. Nothing is masked.
    """
    return read_raw("province_panel.csv", codes=["region"])


def load_province_panel(vintage: str) -> pd.DataFrame:
    """Return the province panel with GDP of one vintage.

    The statistical office released provincial GDP several times: at first, after the censuses
    of 2004, 2008 and 2013 (*revised*), and after the census of 2018. A growth rate or a
    regression across two of them measures the revision.

    Parameters
    ----------
    vintage : ``"revised"``, 31 provinces 1985-2017; ``"first_release"``, 30 provinces 1998-2013,
        no figure for the tertiary sector, and so for GDP, in 2006; ``"census_2018"``,
        30 provinces 2014-2019

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``vintage``, ``gdp_nominal`` (1e8 yuan; the sum of the three
        sectors outside the revised vintage) and the variables of `load_panel_variables`, in the
        years in which GDP of that vintage exists. Sectors are shares in the revised vintage and
        levels in the others. Unknown and masked cells are NaN: see `load_panel_defects`.

    Raises
    ------
    InputError
        For an unknown vintage.

    Examples
    --------
    >>> from hunan.data.province_panel import load_province_panel
    >>> def hunan(vintage, year):
    ...     panel = load_province_panel(vintage).set_index(["region", "time"])
    ...     return float(panel.loc[("430000", year), "gdp_nominal"].round(1))
    >>> hunan("revised", 2007), hunan("first_release", 2007)
    (9439.6, 9200.0)
    """
    if vintage not in VINTAGES:
        raise InputError(
            f"vintage {vintage!r} of GDP is unknown; choose one of {VINTAGES}. "
            "They are never mixed."
        )
    rows = load_province_values()
    rows = rows[~masked_rows("province_panel", rows, "region")]
    released = rows["vintage"].eq(vintage)
    years = rows.loc[released, ["region", "time"]].drop_duplicates()
    shared = rows[rows["vintage"].isna()].merge(years)
    panel = widen(pd.concat([rows[released], shared]), ["region", "time"])
    panel.insert(2, "vintage", vintage)
    if vintage != "revised":
        total = panel[SECTORS].sum(axis="columns", min_count=len(SECTORS))
        panel.insert(3, "gdp_nominal", total)
    return panel.reset_index(drop=True)


def gdp_vintages() -> pd.DataFrame:
    """Return GDP of every province and year in each vintage, side by side.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, one column per vintage (1e8 yuan, nominal), and ``mixed_2018``: the
        last year of the revised source, which is the 2018 census for most provinces and the
        first release for five; no loader serves it.

    Examples
    --------
    >>> from hunan.data.province_panel import gdp_vintages
    >>> table = gdp_vintages().set_index(["region", "time"])
    >>> table.loc[("430000", 2014), ["revised", "census_2018"]].round(1).tolist()
    [27037.3, 25881.3]
    """
    rows = load_province_values()
    whole = rows[rows["variable"] == "gdp_nominal"][["region", "time", "vintage", "value"]]
    parts = rows[rows["variable"].isin(SECTORS)]
    sums = parts.groupby(["region", "time", "vintage"])["value"].agg(["sum", "size"]).reset_index()
    sums = sums[sums["size"] == len(SECTORS)].rename(columns={"sum": "value"})
    both = pd.concat([whole, sums[["region", "time", "vintage", "value"]]])
    table = both.pivot(index=["region", "time"], columns="vintage", values="value")
    table.columns.name = None
    return table[[*VINTAGES, "mixed_2018"]].sort_index().reset_index()
