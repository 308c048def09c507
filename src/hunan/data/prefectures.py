"""Prefectures: the crosswalk of codes and names, its history, and the evidence that it is right."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hunan.data.store import read_raw


def load_prefectures() -> pd.DataFrame:
    """Return the prefectures of the city tables: code, names, province.

    Returns
    -------
    pandas.DataFrame
        ``city`` (six-digit code of GB/T 2260 at the end of 2018, or the last one it had),
        ``name_zh``, ``name_en``, ``region`` (its province), ``kind``, ``in_city_gdp`` and
        ``in_city_panel`` (whether these tables have it). Four county-level cities directly under
        their province are listed because pilots name them; neither table has them.

    Examples
    --------
    >>> from hunan.data.prefectures import load_prefectures
    >>> load_prefectures().set_index("city").loc["430100", ["name_zh", "name_en"]].tolist()
    ['长沙', 'Changsha']
    """
    return read_raw("prefectures.csv", codes=["city", "region"])


def load_prefecture_codes() -> pd.DataFrame:
    """Return the codes in the city tables that are not those of `load_prefectures`.

    Returns
    -------
    pandas.DataFrame
        ``code`` (as in the source), ``city`` (as everywhere else), ``reason``.
    """
    return read_raw("prefecture_codes.csv", codes=["code", "city"])


def load_prefecture_changes() -> pd.DataFrame:
    """Return what happened to prefectures: founded, abolished, renamed, recoded, redrawn.

    The list has the changes known to us within 1994-2019; it is not complete for small
    transfers of territory.

    Returns
    -------
    pandas.DataFrame
        ``city``, ``time`` (year), ``change``, ``note``.

    Examples
    --------
    >>> from hunan.data.prefectures import load_prefecture_changes
    >>> changes = load_prefecture_changes()
    >>> changes.loc[changes["change"] == "abolished", "city"].tolist()
    ['341400', '371200']
    """
    return read_raw("prefecture_changes.csv", codes=["city"])


def crosswalk_evidence() -> pd.DataFrame:
    """Hold each matched city's nominal GDP in one table against its real GDP in the other.

    One table came with codes and no names, the other with names and no codes. If a code is the
    right one, nominal over real GDP is the price level, nearly the same in all cities of a year.

    Returns
    -------
    pandas.DataFrame
        ``city``; ``departure``, the median over years of log(nominal / real) less its median
        over cities (zero for a right match up to local prices); ``closest``, the city of the
        same province whose real GDP the nominal series is closest to; ``closest_departure``,
        the median absolute departure from that one.

    Examples
    --------
    >>> from hunan.data.prefectures import crosswalk_evidence
    >>> evidence = crosswalk_evidence()
    >>> bool(evidence["departure"].abs().median() < 0.001)
    True
    """
    nominal, real = _log_gdp()
    years = nominal.columns.intersection(real.columns)
    matched = nominal.index.intersection(real.index)
    nominal, real = nominal.loc[matched, years], real[years]
    prices = (nominal - real.loc[matched]).median()
    found = []
    for city in matched:
        province = real[real.index.str[:2] == city[:2]]
        departures = (nominal.loc[city] - prices - province).abs().median(axis="columns")
        own = float((nominal.loc[city] - prices - real.loc[city]).median())
        found.append((city, own, departures.idxmin(), float(departures.min())))
    return pd.DataFrame(found, columns=["city", "departure", "closest", "closest_departure"])


def _log_gdp() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return log nominal GDP (source ck2019) and log real GDP, cities by years."""
    coded = read_raw("city_gdp.csv", codes=["code"])
    chosen = coded[(coded["variable"] == "gdp_nominal") & (coded["source"] == "ck2019")]
    chosen = chosen.assign(city=current_codes(chosen["code"]))
    named = read_raw("city_panel.csv", codes=["city"]).query("variable == 'gdp_real_1997'")
    nominal = chosen.pivot(index="city", columns="time", values="value")
    real = named.pivot(index="city", columns="time", values="value")
    return nominal.transform(np.log), real.transform(np.log)


def current_codes(codes: pd.Series[str]) -> pd.Series[str]:
    """Return `codes` with those of `load_prefecture_codes` replaced."""
    known = load_prefecture_codes().set_index("code")["city"].to_dict()
    return codes.map(lambda code: known.get(code, code))
