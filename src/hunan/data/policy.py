"""Policy: pilot programmes and who is in them, and the development zones."""

from __future__ import annotations

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.store import read_raw

PILOTS = ("two_oriented_society", "comprehensive_reform", "low_carbon")


def load_pilots(pilot: str | None = None) -> pd.DataFrame:
    """Return who takes part in which pilot programme, and since when.

    Parameters
    ----------
    pilot : ``"two_oriented_society"`` (the twelve cities of the two city groups approved on 14
        December 2007), ``"comprehensive_reform"`` (areas), ``"low_carbon"`` (three batches, the
        third read in part and not official), or None for all

    Returns
    -------
    pandas.DataFrame
        ``pilot``, ``group`` (city group, theme or batch), ``unit`` (code of the city or
        province that is, or holds, the member), ``name_zh``, ``name_en``, ``level``
        (``province``, ``city``, or ``area`` within or across units), ``approved`` (ISO date, as
        far as it is known), ``precision`` (``day``, ``month``, ``year``), ``doubtful``, ``note``.

    Raises
    ------
    InputError
        For an unknown pilot.

    Examples
    --------
    >>> from hunan.data.policy import load_pilots
    >>> members = load_pilots("two_oriented_society")
    >>> members.groupby("group").size().to_dict(), members["approved"].unique().tolist()
    ({'chang_zhu_tan': 3, 'wuhan_city_circle': 9}, ['2007-12-14'])
    """
    pilots = read_raw("pilots.csv", codes=["unit", "approved"])
    if pilot is None:
        return pilots
    if pilot not in PILOTS:
        raise InputError(f"pilot {pilot!r} is unknown; choose one of {PILOTS}, or None for all.")
    return pilots[pilots["pilot"] == pilot].reset_index(drop=True)


def load_national_zones() -> pd.DataFrame:
    """Return the national development and high-tech zones with their dates, as far as known.

    Returns
    -------
    pandas.DataFrame
        ``type`` (``economic_technological_zone`` or ``high_tech_zone``), ``name_zh``, ``region``
        (its province), ``zone`` (the same zone in `load_zones`, for the five provinces that it
        has), ``approved`` (missing for most high-tech zones), ``precision``, ``by_2006`` (whether
        a high-tech zone was among the 53 of 2006), ``doubtful``, ``note``.

    Examples
    --------
    >>> from hunan.data.policy import load_national_zones
    >>> zones = load_national_zones()
    >>> zones.loc[zones["type"] == "high_tech_zone", "approved"].notna().sum()
    np.int64(18)
    """
    return read_raw("national_zones.csv", codes=["region", "zone", "approved"])


def zone_date_disagreements() -> pd.DataFrame:
    """Return the national zones whose date in works of reference is not the catalogue's.

    Returns
    -------
    pandas.DataFrame
        ``zone``, ``name_zh``, ``listed`` (in `load_national_zones`), ``catalogue`` (in
        `load_zones`), ``months`` (the first less the second). A day or a year alone is held
        against the catalogue's month as far as it goes.

    Examples
    --------
    >>> from hunan.data.policy import zone_date_disagreements
    >>> gaps = zone_date_disagreements().set_index("name_zh")
    >>> len(gaps), gaps["months"].abs().nlargest(2).to_dict()
    (13, {'衢州': 60, '常德': 5})
    """
    listed = load_national_zones().dropna(subset=["zone", "approved"])
    both = listed[["zone", "name_zh", "approved"]].merge(
        load_zones()[["zone", "approved"]], on="zone", suffixes=("", "_catalogue")
    )
    both.columns = pd.Index(["zone", "name_zh", "listed", "catalogue"])
    agree = [
        month.startswith(date[:7])
        for date, month in zip(both["listed"], both["catalogue"], strict=True)
    ]
    gaps = both[~pd.Series(agree)].reset_index(drop=True)
    gaps["months"] = _months(gaps["listed"]) - _months(gaps["catalogue"])
    return gaps


def _months(dates: pd.Series[str]) -> pd.Series[int]:
    """Return the running number of the month of ISO dates; January where only a year is known."""
    stamps = pd.to_datetime(dates.str[:7], format="ISO8601").dt
    return 12 * stamps.year + stamps.month


def zone_repairs() -> pd.DataFrame:
    """Return what `load_zones` changes of the catalogue as it was read, and why.

    Returns
    -------
    pandas.DataFrame
        ``zone``, ``column``, ``as_read``, ``repaired``, ``reason``.
    """
    return read_raw("zone_repairs.csv", codes=["zone", "as_read", "repaired"])


def load_zones() -> pd.DataFrame:
    """Return the 725 development zones of five provinces in the catalogue of 2018.

    Returns
    -------
    pandas.DataFrame
        ``zone`` (unique), ``code`` (as in the catalogue; one stands twice), ``serial`` (the
        number within the code's province and kind), ``name_zh`` (repaired, see `zone_repairs`),
        ``region``, ``level`` (``national``, ``provincial``), ``type``, ``approved``
        (``"2012-10"``: the date of the *present* level, so that a zone upgraded after 2008 shows
        the later date), ``time`` (its year), ``area_ha`` (hectares).

    Examples
    --------
    >>> from hunan.data.policy import load_zones
    >>> load_zones()["region"].value_counts()["430000"]
    np.int64(129)
    """
    zones = read_raw("development_zones.csv", codes=["zone", "code", "region", "approved"])
    repairs = zone_repairs().query("column == 'name_zh'").set_index("zone")["repaired"]
    zones["name_zh"] = zones["zone"].map(repairs).fillna(zones["name_zh"])
    zones.insert(2, "serial", zones["code"].str[4:].astype("int64"))
    zones.insert(8, "time", zones["approved"].str[:4].astype("int64"))
    return zones


def load_zone_industries() -> pd.DataFrame:
    """Return the main industries of each zone, one per row, in the catalogue's words and ours.

    Returns
    -------
    pandas.DataFrame
        ``zone``, ``position`` (the catalogue's order, from 1), ``term_zh``, ``industry`` (of
        the common industries; missing where the term has no clear one), ``match``: see
        `load_zone_terms`.

    Examples
    --------
    >>> from hunan.data.policy import load_zone_industries
    >>> rows = load_zone_industries().query("zone == 'G431033'")
    >>> rows[["term_zh", "industry"]].values.tolist()[:2]
    [['工程机械', 'general_special_machinery'], ['汽车及零部件', 'transport_equipment']]
    """
    rows = read_raw("zone_industries.csv", codes=["zone"])
    return rows.merge(load_zone_terms(), on="term_zh", how="left", validate="many_to_one")


def load_zone_terms() -> pd.DataFrame:
    """Return how each of the catalogue's words for an industry maps to the common industries.

    Returns
    -------
    pandas.DataFrame
        ``term_zh``, ``industry`` (missing unless the match is clear), ``match``: ``clear``,
        ``several`` (the word covers several common industries, or no one knows which),
        ``service`` (outside the industries of the comparison) or ``none`` (no industry at all).

    Examples
    --------
    >>> from hunan.data.policy import load_zone_terms
    >>> terms = load_zone_terms().set_index("term_zh")
    >>> terms.loc["装备制造", "match"], terms.loc["汽车", "industry"]
    ('several', 'transport_equipment')
    """
    return read_raw("zone_terms.csv")


def zone_counts() -> pd.DataFrame:
    """Return how many zones of each level a province had, by the dates of the catalogue.

    A zone counts from the year of its present level: before an upgrade it is missing from the
    lower level, so that early provincial counts are too small. `load_zones` has the serials.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``level``, ``time``, ``approved`` (in the year), ``zones`` (up to its end);
        every province, level and year from the first approval to 2017.

    Examples
    --------
    >>> from hunan.data.policy import zone_counts
    >>> hunan = zone_counts().query("region == '430000' and time == 2006")
    >>> hunan[["level", "zones"]].values.tolist()
    [['national', 3], ['provincial', 62]]
    """
    zones = load_zones()
    years = pd.RangeIndex(zones["time"].min(), zones["time"].max() + 1, name="time")
    counted = zones.groupby(["region", "level", "time"]).size().unstack("time", fill_value=0)
    wide = counted.reindex(columns=years, fill_value=0).reset_index()
    frame = wide.melt(id_vars=["region", "level"], var_name="time", value_name="approved")
    frame = frame.astype({"time": "int64"}).sort_values(["region", "level", "time"])
    frame = frame.reset_index(drop=True)
    frame["zones"] = frame.groupby(["region", "level"])["approved"].cumsum()
    return frame
