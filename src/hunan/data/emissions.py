"""CO2 emissions of 30 provinces by sector, 1997-2019, from CEADs; totals kept apart."""

from __future__ import annotations

import pandas as pd

from hunan.data.store import read_raw


def load_co2() -> pd.DataFrame:
    """Return CO2 emissions by province and sector, without any total.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``sector`` (``01`` to ``47``, see `load_co2_sectors`), ``co2_mt``
        (million tonnes). No Tibet. Zeros are the inventory's. Ningxia 2000-2002 and Hainan 2002
        lack most of their energy balance (`load_panel_defects`).

    Examples
    --------
    >>> from hunan.data.emissions import load_co2
    >>> co2 = load_co2()
    >>> hunan = co2.query("region == '430000' and time == 2007")
    >>> len(hunan), float(hunan["co2_mt"].sum().round(1))
    (47, 223.3)
    """
    return read_raw("co2.csv", codes=["region", "sector"])


def load_co2_totals() -> pd.DataFrame:
    """Return the inventory's own total of each province and year.

    In the source the total stands among the sectors, spelled in three ways: a sum over all its
    rows counts everything twice.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``label`` (as spelled there), ``co2_mt``.
    """
    return read_raw("co2_totals.csv", codes=["region"])


def load_co2_sectors() -> pd.DataFrame:
    """Return the 47 sectors of the inventory: names, and the common industry of each.

    Returns
    -------
    pandas.DataFrame
        ``sector``, ``name_en``, ``name_zh``, ``label`` (the sector in the inventory's files),
        ``industry`` (of the common industries; missing for farming, logging, services and
        households).

    Examples
    --------
    >>> from hunan.data.emissions import load_co2_sectors
    >>> load_co2_sectors().set_index("sector").loc["33", "industry"]
    'transport_equipment'
    """
    return read_raw("co2_sectors.csv", codes=["sector"])
