"""China's power plants: places, fuels and capacities."""

from __future__ import annotations

import pandas as pd

from hunan.data.store import read_raw

SITE = ["fuel", "longitude", "latitude"]


def load_power_plants() -> pd.DataFrame:
    """Return the entries of power plants in China of the Global Power Plant Database.

    Returns
    -------
    pandas.DataFrame
        ``power_plant`` (a number of ours), ``wri_id`` (of the database; units of a plant may share
        it), ``name``, ``fuel``, ``capacity_mw`` (megawatts), ``status`` (missing for most),
        ``longitude``, ``latitude`` (degrees; missing for 11), ``located_by`` (who placed it).

    Examples
    --------
    >>> from hunan.data.power_plants import load_power_plants
    >>> entries = load_power_plants()
    >>> len(entries), entries["fuel"].nunique()
    (3137, 15)
    """
    return read_raw("power_plants_china.csv", codes=["power_plant", "wri_id"])


def power_plant_sites() -> pd.DataFrame:
    """Return one row per site and fuel of the power plants that are not marked as shut or unbuilt.

    Units of a plant are often entries of their own, at the same coordinates: they are one plant
    here, with the sum of their capacities. Entries without coordinates are left out.

    Returns
    -------
    pandas.DataFrame
        ``fuel``, ``longitude``, ``latitude``, ``capacity_mw`` (of the entries that tell it;
        missing if none does), ``entries`` (how many).

    Examples
    --------
    >>> from hunan.data.power_plants import power_plant_sites
    >>> sites = power_plant_sites()
    >>> sites.duplicated(["fuel", "longitude", "latitude"]).sum()
    np.int64(0)
    """
    entries = load_power_plants()
    standing = entries[~entries["status"].isin(["Shutdown", "Under Construction"])]
    known = standing.dropna(subset=["longitude", "latitude"])
    grouped = known.groupby(SITE)["capacity_mw"]
    return grouped.agg(capacity_mw=lambda mw: mw.sum(min_count=1), entries="size").reset_index()


def load_power_fuels() -> pd.DataFrame:
    """Return the names of the fuels.

    Returns
    -------
    pandas.DataFrame
        ``fuel`` (as in the database), ``name_en``, ``name_zh``.

    Examples
    --------
    >>> from hunan.data.power_plants import load_power_fuels
    >>> load_power_fuels().set_index("fuel").loc["Hydro", "name_zh"]
    '水电'
    """
    return read_raw("power_fuels.csv")
