"""The panel on which the two-oriented pilot is evaluated: outcomes, windows, donors.

The rules are those of ``paper/plan.md``, part A. Nothing is estimated here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from hunan.data.emissions import load_co2
from hunan.data.province_panel import load_province_panel

HUNAN, HUBEI = "430000", "420000"
FIRST_TREATED = 2008
LAST = 2016
TIBET = "540000"
OTHER_PILOTS = {
    "310000": "Pudong, 2005",
    "120000": "Binhai, 2006",
    "500000": "Chongqing, 2007",
    "510000": "Chengdu, 2007",
    "440000": "Shenzhen, 2008",
    "210000": "Shenyang, 2010",
    "140000": "Shanxi, 2010",
}
LOW_CARBON = {"610000": "Shaanxi, 2010", "530000": "Yunnan, 2010"}


@dataclass(frozen=True)
class Outcome:
    """One outcome of the evaluation.

    Attributes
    ----------
    name : its column in `pilot_sample`
    first_year : first year of its window
    seen : whether it was looked at before the plan
    carbon : whether it is energy or carbon: Hunan alone, no low-carbon province as donor
    interest : the smallest effect of interest, in its unit
    """

    name: str
    first_year: int
    seen: bool
    carbon: bool
    interest: float

    @property
    def treated(self) -> tuple[str, ...]:
        """The treated provinces of the primary design."""
        return (HUNAN,) if self.carbon else (HUNAN, HUBEI)

    @property
    def excluded(self) -> set[str]:
        """Provinces that are not donors: other pilots of the time, the other treated one, Tibet."""
        beside = {HUNAN, HUBEI} - set(self.treated)
        return {TIBET, *OTHER_PILOTS, *beside, *(LOW_CARBON if self.carbon else {})}


OUTCOMES = (
    Outcome("gdp", 1985, seen=False, carbon=False, interest=0.05),
    Outcome("secondary_gdp", 1985, seen=True, carbon=False, interest=0.05),
    Outcome("secondary_share", 1985, seen=False, carbon=False, interest=2.0),
    Outcome("patents", 1986, seen=True, carbon=False, interest=0.20),
    Outcome("inventions", 2001, seen=False, carbon=False, interest=0.20),
    Outcome("energy_intensity", 1998, seen=True, carbon=True, interest=0.10),
    Outcome("co2_intensity", 1998, seen=False, carbon=True, interest=0.10),
    Outcome("so2", 1985, seen=False, carbon=False, interest=0.10),
    Outcome("effluent", 1985, seen=False, carbon=False, interest=0.10),
)


def pilot_sample() -> pd.DataFrame:
    """Return every outcome of the evaluation by province and year, 1985 to 2016.

    Returns
    -------
    pandas.DataFrame
        ======================  =========================================================
        ``region``, ``time``
        ``gdp``                 log GDP, nominal, revised vintage
        ``secondary_gdp``       log secondary GDP: the share times revised GDP
        ``secondary_share``     secondary sector over GDP, percent
        ``patents``             log patents granted, all kinds
        ``inventions``          log invention patents per 10,000 residents; NaN where zero
        ``energy_intensity``    log energy (t of coal equivalent) per revised GDP
        ``co2_intensity``       log CO2 (inventory) per revised GDP
        ``co2_panel``           the same from the panel's own series
        ``so2``, ``effluent``   log tonnes, log 10,000 tonnes
        ``secondary_first``     log secondary GDP, first release, 1998 to 2013
        ======================  =========================================================

        NaN where a figure is unknown, or is zero and has no logarithm.

    Examples
    --------
    >>> from hunan.samples.pilot import pilot_sample
    >>> sample = pilot_sample()
    >>> int(sample["time"].min()), int(sample["time"].max()), sample["region"].nunique()
    (1985, 2016, 31)
    """
    panel = load_province_panel("revised")
    panel = panel[panel["time"] <= LAST]
    co2 = load_co2().groupby(["region", "time"])["co2_mt"].sum().rename("inventory").reset_index()
    first = load_province_panel("first_release")[["region", "time", "gdp_secondary_nominal"]]
    for table in (co2, first):
        panel = panel.merge(table, on=["region", "time"], how="left", validate="one_to_one")
    gdp = panel["gdp_nominal"]
    levels = {
        "gdp": gdp,
        "secondary_gdp": gdp * panel["secondary_share"],
        "patents": panel["patents_granted"],
        "inventions": panel["invention_patents_per_1e4"],
        "energy_intensity": panel["energy_tce"] / gdp,
        "co2_intensity": 100 * panel["inventory"] / gdp,
        "co2_panel": 100 * panel["co2_mt"] / gdp,
        "so2": panel["so2"],
        "effluent": panel["effluent"],
        "secondary_first": panel["gdp_secondary_nominal"],
    }
    logs = {name: np.log(values.where(values > 0)) for name, values in levels.items()}
    share = 100 * panel["secondary_share"]
    return panel[["region", "time"]].assign(**logs, secondary_share=share)


def design(
    sample: pd.DataFrame,
    column: str,
    *,
    treated: tuple[str, ...],
    excluded: set[str],
    first_year: int,
    last_year: int = LAST,
    start: int = FIRST_TREATED,
) -> tuple[pd.DataFrame, list[str]]:
    """Return a balanced panel of treated provinces and donors, and who was left out for gaps.

    Returns
    -------
    region, time, ``outcome``, ``treated`` (1 for `treated` from `start` on); and the provinces
    that would be donors but lack a year.

    Raises
    ------
    InputError
        If a treated province lacks a year.

    Examples
    --------
    >>> from hunan.samples.pilot import HUNAN, design, pilot_sample
    >>> panel, gaps = design(pilot_sample(), "gdp", treated=(HUNAN,), excluded={"540000"},
    ...                      first_year=1985)
    >>> int(panel["treated"].sum()), gaps
    (9, ['460000', '500000'])
    """
    rows = sample[sample["time"].between(first_year, last_year)]
    rows = rows[~rows["region"].isin(excluded) | rows["region"].isin(treated)]
    wide = rows.pivot(index="region", columns="time", values=column)
    gaps = sorted(wide.index[wide.isna().any(axis=1)])
    lacking = sorted(set(treated) & set(gaps))
    if lacking:
        raise InputError(
            f"{column!r} of the treated {lacking} is unknown in a year from {first_year} to "
            f"{last_year}. Choose another window."
        )
    complete = rows[~rows["region"].isin(gaps)]
    on = complete["region"].isin(treated) & (complete["time"] >= start)
    found = complete[["region", "time"]].assign(outcome=complete[column], treated=on.astype(int))
    return found.sort_values(["region", "time"], ignore_index=True), gaps
