"""Employment and wages of urban units by two-digit industry, 2005-2016.

Urban non-private units only: provinces with many private firms are understated, exactly along
the line that a comparison of provinces draws (see `coverage_by_province`). The level breaks in
2013, when the survey widened: do not difference across it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from hunan.data.dimensions import load_concordance
from hunan.data.store import read_raw

KEYS = ["region", "industry", "time"]
AUTOMOBILES, OTHER_TRANSPORT, TRANSPORT = "36", "37", "36+37"
CONSTRUCTED_YEARS = [*range(2005, 2012), 2013]  # the source split one figure in a fixed ratio
BREAK = 2013  # the survey of urban units widens: no change is taken across it
FEW = 500  # persons: a blank beside known years of at most this many hides few
JUMP, RATIO = 5_000, 3.5  # a cell is suspect if it departs from both its years by this much

Blanks = Literal["classified", "zero", "unknown"]
Industries = Literal["csic2011_combined", "csic2011", "io_common"]


def _read(name: str) -> pd.DataFrame:
    return read_raw(name, codes=["region", "industry"])


def _neighbouring_years(cells: pd.DataFrame, value: str) -> tuple[pd.Series, pd.Series]:
    """Return the last known value before and the first known after each cell, by series."""
    series = cells.groupby(["region", "industry"])[value]
    before = series.ffill().groupby([cells["region"], cells["industry"]]).shift()
    after = series.bfill().groupby([cells["region"], cells["industry"]]).shift(-1)
    return before, after


def classify_blanks(employment: pd.DataFrame) -> pd.DataFrame:
    """Return every blank cell with what can be said of it: see `employment_blanks`."""
    cells = employment.sort_values(KEYS).reset_index(drop=True)
    before, after = _neighbouring_years(cells, "employment")
    cells["before"], cells["after"] = before, after
    largest = cells[["before", "after"]].max(axis=1)
    rules = [largest.isna(), largest <= FEW]
    cells["status"] = np.select(rules, ["none", "few"], "unknown")
    blank = cells["employment"].isna()
    return cells.loc[blank].drop(columns="employment").reset_index(drop=True)


def employment_blanks() -> pd.DataFrame:
    """Return each blank cell of the employment table, and whether it means none or unknown.

    The yearbook leaves a cell blank for none, for too few and for unknown alike, so a rule has
    to say what a blank is: ``none`` if the industry is blank in the province in all twelve
    years; ``few`` if no known year next to the blank has more than 500 persons; ``unknown``
    otherwise. The wage table is blank in the same cells and adds no evidence. That blanks hide
    little is seen in 2007: the known cells add up to the yearbook's total, 43.04 million, which
    leaves at most 6,500 persons to all blanks of that year.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``industry``, ``time``, ``before``, ``after`` (persons in the nearest known
        years), ``status``.

    Examples
    --------
    >>> from hunan.data.employment import employment_blanks
    >>> employment_blanks()["status"].value_counts().to_dict()
    {'few': 255, 'none': 168, 'unknown': 20}
    """
    return classify_blanks(_read("employment.csv"))


def employment_suspects() -> pd.DataFrame:
    """Return cells that depart from both their neighbouring years at least 3.5-fold.

    Of cells with a step of at least 5,000 persons. A neighbour of a wrong cell can be listed
    with it. Nothing is corrected.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``industry``, ``time``, ``employment``, ``before``, ``after`` (persons).

    Examples
    --------
    >>> from hunan.data.employment import employment_suspects
    >>> employment_suspects().query("region == '430000'")[["industry", "time"]].values.tolist()
    [['16', 2011]]
    """
    cells = _read("employment.csv").sort_values(KEYS).reset_index(drop=True)
    series = cells.groupby(["region", "industry"])["employment"]
    cells["before"], cells["after"] = series.shift(), series.shift(-1)
    value, near = cells["employment"], cells[["before", "after"]]
    smallest, largest = near.min(axis=1), near.max(axis=1)
    step = near.sub(value, axis=0).abs().max(axis=1)
    departs = (value >= RATIO * largest) | (value * RATIO <= smallest)
    return cells.loc[departs & (step > JUMP)].reset_index(drop=True)


def _with_status(blanks: Blanks) -> pd.DataFrame:
    cells = _read("employment.csv")
    known = classify_blanks(cells)[[*KEYS, "status"]]
    cells = cells.merge(known, on=KEYS, how="left", validate="one_to_one")
    split = cells["industry"].isin([AUTOMOBILES, OTHER_TRANSPORT])
    made_up = split & cells["time"].isin(CONSTRUCTED_YEARS) & cells["employment"].notna()
    cells["status"] = cells["status"].mask(made_up, "constructed").fillna("reported")
    zeros = {"classified": ["none"], "zero": ["none", "few", "unknown"], "unknown": []}
    if blanks not in zeros:
        raise InputError(f"blanks={blanks!r} is unknown; choose from {sorted(zeros)}.")
    cells.loc[cells["status"].isin(zeros[blanks]), "employment"] = 0.0
    return cells


def _target(industries: Industries) -> pd.Series:
    """Return the industry of the answer, by two-digit code."""
    concordance = load_concordance().query("classification == 'csic2011'")
    two_digit = pd.Series(concordance["code"].to_numpy(), index=concordance["code"])
    targets = {
        "csic2011": two_digit,
        "csic2011_combined": two_digit.replace(
            {AUTOMOBILES: TRANSPORT, OTHER_TRANSPORT: TRANSPORT}
        ),
        "io_common": concordance.set_index("code")["industry"],
    }
    if industries not in targets:
        raise InputError(f"industries={industries!r} is unknown; choose from {sorted(targets)}.")
    return targets[industries]


def _worst(status: pd.Series) -> str:
    """Return the status of a sum from those of its parts; a split, once summed, is reported."""
    found = set(status) - {"constructed"} or {"reported"}
    for candidate in ("unknown", "few", "reported"):
        if candidate in found:
            return candidate
    return "none"


def load_employment(
    industries: Industries = "csic2011_combined", blanks: Blanks = "classified"
) -> pd.DataFrame:
    """Return employed persons of urban units by province, industry and year, 2005-2016.

    Parameters
    ----------
    industries : ``"csic2011_combined"``, 37 two-digit industries with automobiles and other
        transport equipment as one (``36+37``): the source's split is a constructed one in
        2005-2011 and 2013; ``"csic2011"``, the 38 with that split, its cells marked;
        ``"io_common"``, the common industries of the input-output tables
    blanks : ``"classified"``, 0 where `employment_blanks` says none and NaN elsewhere;
        ``"zero"``, 0 in every blank; ``"unknown"``, NaN in every blank

    Returns
    -------
    pandas.DataFrame
        ``region``, ``industry``, ``time``, ``employment`` (persons), ``status`` (``reported``,
        ``constructed``, ``none``, ``few``, ``unknown``). Of a sum, the status is the least
        certain of its parts'.

    Raises
    ------
    InputError
        If `industries` or `blanks` is not one of these.

    Examples
    --------
    >>> from hunan.data.employment import load_employment
    >>> cells = load_employment()
    >>> round(float(cells.query("time == 2007")["employment"].sum()) / 1e6, 2)
    43.04
    """
    target = _target(industries)
    cells = _with_status(blanks)
    if industries == "csic2011":
        return cells.sort_values(KEYS).reset_index(drop=True)
    cells["industry"] = cells["industry"].map(target)
    groups = cells.groupby(KEYS, sort=True)
    out = groups["employment"].sum(skipna=False).reset_index()
    out["status"] = groups["status"].agg(_worst).to_numpy()
    return out


def _mean_transport_wage(wages: pd.DataFrame) -> pd.DataFrame:
    """Return transport equipment's mean wage.

    Where the source split one figure, the plain mean of its two halves is that figure; where
    both were reported, it is their mean weighted with employment.
    """
    employed = _read("employment.csv")
    both = wages.merge(employed, on=KEYS, validate="one_to_one")
    both = both.loc[both["industry"].isin([AUTOMOBILES, OTHER_TRANSPORT])]
    weight = both["employment"].mask(both["time"].isin(CONSTRUCTED_YEARS), 1.0)
    both = both.assign(weight=weight.where(both["wage"].notna()), bill=both["wage"] * weight)
    sums = both.groupby(["region", "time"])[["bill", "weight"]].sum(min_count=1).reset_index()
    return sums.assign(industry=TRANSPORT, wage=sums["bill"] / sums["weight"])[[*KEYS, "wage"]]


def load_wages(
    industries: Literal["csic2011_combined", "csic2011"] = "csic2011_combined",
) -> pd.DataFrame:
    """Return mean wages of urban units by province, industry and year, 2005-2016.

    A blank is NaN: nobody employed, or unknown. Xinjiang has no row in 2012.

    Parameters
    ----------
    industries : as in `load_employment`. In the split, wages of automobiles and of other
        transport equipment are constructed in 2005-2011 and 2013.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``industry``, ``time``, ``wage`` (yuan a year, nominal).

    Raises
    ------
    InputError
        If `industries` is not one of these.

    Examples
    --------
    >>> from hunan.data.employment import load_wages
    >>> wages = load_wages().query("region == '340000' and time == 2005")
    >>> wages.query("industry == '36+37'")["wage"].round(6).tolist()
    [16684.0]
    """
    wages = _read("wages.csv")
    if industries == "csic2011":
        return wages.sort_values(KEYS).reset_index(drop=True)
    if industries != "csic2011_combined":
        raise InputError(
            f"industries={industries!r} is unknown for wages; choose 'csic2011' or "
            "'csic2011_combined'."
        )
    rest = wages.loc[~wages["industry"].isin([AUTOMOBILES, OTHER_TRANSPORT])]
    out = pd.concat([rest, _mean_transport_wage(wages)])
    return out.sort_values(KEYS).reset_index(drop=True)
