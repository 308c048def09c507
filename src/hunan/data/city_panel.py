"""The city tables: nominal GDP 1994-2014 from two sources, and the panel 2006-2018."""

from __future__ import annotations

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.panel_dimensions import masked_rows, widen
from hunan.data.prefectures import current_codes
from hunan.data.store import read_raw

SOURCES = ("ck2019", "yz2015")
KEYS = ["city", "region", "time"]


def _with_region(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(region=rows["city"].str[:2] + "0000")


def load_city_values() -> pd.DataFrame:
    """Return every figure of the city GDP table as it was read, one per row.

    Returns
    -------
    pandas.DataFrame
        ``code`` (as in the source), ``city`` (its current code), ``region``, ``time``,
        ``source``, ``variable``, ``value``. Nothing is masked.
    """
    rows = read_raw("city_gdp.csv", codes=["code"])
    rows.insert(1, "city", current_codes(rows["code"]))
    rows.insert(2, "region", rows["city"].str[:2] + "0000")
    return rows


def city_gdp_sources() -> pd.DataFrame:
    """Return which source each city's figures are taken from by default.

    Two sources overlap in 2004-2010 and do not always agree (`city_source_disagreements`), so a
    city is never pieced together: it has the source with more years of its GDP, and the newer
    one, ck2019, if both have as many.

    Returns
    -------
    pandas.DataFrame
        ``city``, ``source``, ``years``.
    """
    rows = load_city_values().query("variable == 'gdp_nominal'")
    years = rows.groupby(["city", "source"]).size().rename("years").reset_index()
    ordered = years.sort_values(["city", "years", "source"], ascending=[True, False, True])
    return ordered.drop_duplicates("city").reset_index(drop=True)


def load_city_gdp(source: str | None = None) -> pd.DataFrame:
    """Return nominal GDP, registered population and investment of prefectures, 1994-2014.

    Nominal GDP is as first released and breaks where census results came in: screen every city
    of a study with `city_gdp_breaks`.

    Parameters
    ----------
    source : ``"ck2019"`` (2004-2014, 333 prefectures) or ``"yz2015"`` (1994-2010, 175
        prefectures of 18 provinces) for one source throughout; None for the one source per city
        that `city_gdp_sources` states

    Returns
    -------
    pandas.DataFrame
        ``city``, ``region``, ``time``, ``source``, ``gdp_nominal`` (1e8 yuan),
        ``population_registered`` (1e4 persons), ``fixed_asset_investment_nominal`` and
        ``real_estate_investment_nominal`` (1e4 yuan). Unknown and masked cells are NaN.

    Raises
    ------
    InputError
        For an unknown source.

    Examples
    --------
    >>> from hunan.data.city_panel import load_city_gdp
    >>> gdp = load_city_gdp("ck2019").set_index(["city", "time"])["gdp_nominal"]
    >>> float(gdp["430100", 2007].round(1))
    2190.3
    """
    if source is not None and source not in SOURCES:
        raise InputError(
            f"source {source!r} is unknown; choose one of {SOURCES}, or None for one per city."
        )
    rows = load_city_values().drop(columns="code")
    rows = rows[~masked_rows("city_gdp", rows, "city")]
    if source is None:
        rows = rows.merge(city_gdp_sources()[["city", "source"]])
    else:
        rows = rows[rows["source"] == source]
    return widen(rows, [*KEYS, "source"])


def load_city_panel() -> pd.DataFrame:
    """Return the panel of 287 prefectures, 2006-2018.

    Returns
    -------
    pandas.DataFrame
        ``city``, ``region``, ``time``, ``gdp_real_1997`` (1e8 yuan, prices of 1997),
        ``population_resident`` and ``employment`` (1e4 persons), ``wage_nominal`` (yuan a year),
        ``gfcf_nominal`` (1e8 yuan), ``effluent`` (1e4 tonnes), ``so2`` (tonnes). Emissions end
        in 2017 and begin two years before the pilot of 2008.

    Examples
    --------
    >>> from hunan.data.city_panel import load_city_panel
    >>> load_city_panel()["city"].nunique()
    287
    """
    rows = read_raw("city_panel.csv", codes=["city"])
    rows = _with_region(rows[~masked_rows("city_panel", rows, "city")])
    return widen(rows, KEYS)


def city_source_disagreements() -> pd.DataFrame:
    """Return GDP of every city and year that both sources have, and how far they differ.

    Returns
    -------
    pandas.DataFrame
        ``city``, ``time``, ``ck2019``, ``yz2015`` (1e8 yuan), ``difference`` (the first over the
        second, minus one) and ``same_code`` (False where the sources code the city differently).

    Examples
    --------
    >>> from hunan.data.city_panel import city_source_disagreements
    >>> pairs = city_source_disagreements()
    >>> int((pairs["difference"].abs() > 0.05).sum())
    44
    """
    rows = load_city_values().query("variable == 'gdp_nominal'")
    wide = rows.pivot(index=["city", "time"], columns="source", values="value").dropna()
    codes = rows.groupby(["city", "time"])["code"].nunique()
    wide["difference"] = wide["ck2019"] / wide["yz2015"] - 1
    wide["same_code"] = codes.loc[wide.index].eq(1)
    wide.columns.name = None
    return wide.reset_index()


def city_gdp_breaks(threshold: float = 0.15) -> pd.DataFrame:
    """Return the city-years whose nominal growth departs from that of the other cities.

    A break of vintage looks like an effect if it falls into the first year of a policy. The
    rule: within one source, growth over the year before departs from the median city of that
    source and year by more than `threshold`.

    Parameters
    ----------
    threshold : departure of the growth rate, as a fraction; 0.15 is fifteen percentage points

    Returns
    -------
    pandas.DataFrame
        ``source``, ``city``, ``time``, ``growth``, ``median_growth``, ``departure``.

    Raises
    ------
    InputError
        If the threshold is not positive.

    Examples
    --------
    >>> from hunan.data.city_panel import city_gdp_breaks
    >>> breaks = city_gdp_breaks()
    >>> changsha = breaks[(breaks["city"] == "430100") & (breaks["source"] == "ck2019")]
    >>> changsha[["time", "growth", "median_growth"]].round(3).values.tolist()
    [[2005.0, 0.34, 0.16], [2008.0, 0.37, 0.204]]
    """
    if not threshold > 0:
        raise InputError(f"threshold must be positive, a fraction such as 0.15; found {threshold}.")
    gdp = load_city_values().query("variable == 'gdp_nominal'")
    levels = gdp.set_index(["source", "city", "time"])["value"].sort_index()
    before = levels.rename(index=lambda year: year + 1, level="time")
    growth = (levels / before - 1).dropna().rename("growth").reset_index()
    by_year = growth.groupby(["source", "time"])["growth"]
    growth["median_growth"] = by_year.transform("median")
    growth["departure"] = growth["growth"] - growth["median_growth"]
    return growth[growth["departure"].abs() > threshold].reset_index(drop=True)
