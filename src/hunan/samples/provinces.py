"""The estimation sample of provinces: outcomes, and the structure of their industry.

Nothing is estimated here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.measures.cells.specialization import specialization
from agglometrics.notation import Array
from agglometrics.tables import Cube, ratio, to_cube
from hunan.data.dimensions import load_provinces
from hunan.data.emissions import load_co2
from hunan.data.employment import BREAK, load_employment
from hunan.data.province_panel import load_province_panel
from hunan.samples.industry_links import industrial
from hunan.samples.shares import co2_of_industries

REGIMES = {False: "2005-2012", True: "2013-2016"}


def own_share(E: Array) -> Array:
    """Mean over a region's jobs of the region's share in the job's industry: sum_i q_ri s_ri.

    E : (..., R, I) -> (..., R)
    """
    q, s = ratio(E, E.sum(axis=-1, keepdims=True)), ratio(E, E.sum(axis=-2, keepdims=True))
    return np.asarray(np.nansum(q * s, axis=-1))


def _province_measures() -> pd.DataFrame:
    """Return specialisation, diversity and concentration of each province and year."""
    jobs = load_employment(blanks="zero")
    found = specialization(
        jobs, value="employment", time="time", reference="excluding", undefined="nan"
    )
    cube: Cube = to_cube(jobs, value="employment", time="time")
    found = found.merge(cube.tidy("region", own=own_share(cube.values)), on=["region", "time"])
    return found[["region", "time"]].assign(
        specialization=found["krugman"],
        diversity=-np.log(found["herfindahl"]),
        concentration=np.log(found["own"]),
    )


def province_sample(vintage: str = "revised") -> pd.DataFrame:
    """Return the province panel of 2005-2016 with the structure of each province's industry.

    Sample rule: province-years of one vintage of GDP, never two. Levels only: the structure is
    made of shares of one year, so the widened survey of 2013 does not enter as a change of
    level; ``regime`` lets a regression give each province an effect on either side of it.

    Parameters
    ----------
    vintage : ``"revised"``, 31 provinces 2005-2016; ``"first_release"``, 30 provinces, 2005 and
        2007-2013; ``"census_2018"``, 30 provinces, 2014-2016

    Returns
    -------
    pandas.DataFrame
        ====================  ===========================================================
        ``region``, ``time``
        ``patents``           patents granted, all three kinds
        ``inventions``        invention patents granted: the published rate per 10,000 residents
                              (two digits) times residents; NaN for Tibet
        ``gdp_per_worker``    log GDP (nominal) per employed person of all sectors, 10,000
                              yuan
        ``specialization``    Krugman index of urban-unit industrial employment against the
                              other provinces, 0 to 2
        ``diversity``         log of the number of equal industries (inverse Herfindahl)
        ``concentration``     log of the mean, over the province's industrial jobs, of its
                              share in the job's industry (`own_share`)
        ``rd_share``          R&D expenditure, percent of GDP; NaN for Tibet
        ``capital``           log capital stock (1997 prices) per employed person, 10,000
                              yuan
        ``population``        log residents, 10,000
        ``gdp``               log GDP, 1e8 yuan
        ``co2_intensity``     log CO2 (CEADs total) per GDP, t per 10,000 yuan; NaN for Tibet
        ``co2_panel``         the same from the panel's own CO2 series; NaN for Tibet
        ``energy_intensity``  log energy per GDP, t of coal equivalent per 10,000 yuan; NaN
                              for Tibet
        ``industry_co2``      log CO2 of industry per value added of the secondary sector,
                              t per 10,000 yuan; NaN for Tibet and outside the revised vintage
        ``secondary_share``   secondary sector over GDP; NaN outside the revised vintage
        ``regime``            ``2005-2012`` or ``2013-2016``: coverage of urban units
        ``lon``, ``lat``      the capital, degrees
        ====================  ===========================================================

    Raises
    ------
    InputError
        For another vintage.

    Examples
    --------
    >>> from hunan.samples.provinces import province_sample
    >>> sample = province_sample()
    >>> len(sample), int(sample["co2_intensity"].count())
    (372, 360)
    """
    panel = load_province_panel(vintage)
    panel = panel[panel["time"].between(2005, 2016)].dropna(subset="gdp_nominal")
    keys = ["region", "time"]
    for table in (_province_measures(), _province_co2()):
        panel = panel.merge(table, on=keys, how="left", validate="one_to_one")
    places = load_provinces()[["region", "capital_lon", "capital_lat"]]
    panel = panel.merge(places, on="region", validate="many_to_one")
    return pd.concat([panel[keys], _province_columns(panel)], axis="columns")


def _province_columns(panel: pd.DataFrame) -> pd.DataFrame:
    gdp, workers = panel["gdp_nominal"], panel["employment"]
    # the first release has sectors in levels, of a base of its own
    share = (
        panel["secondary_share"] if "secondary_share" in panel else pd.Series(np.nan, panel.index)
    )
    return pd.DataFrame(
        {
            "patents": panel["patents_granted"],
            "inventions": panel["invention_patents_per_1e4"] * panel["population"],
            "gdp_per_worker": np.log(gdp / workers),
            **{name: panel[name] for name in ("specialization", "diversity", "concentration")},
            "rd_share": panel["rd_share_gdp"],
            "capital": np.log(panel["capital_stock_1997"] / workers),
            "population": np.log(panel["population"]),
            "gdp": np.log(gdp),
            "co2_intensity": np.log(100 * panel["co2_total"] / gdp),
            "co2_panel": np.log(100 * panel["co2_mt"] / gdp),
            "energy_intensity": np.log(panel["energy_tce"] / gdp),
            "industry_co2": np.log(100 * panel["co2_industry"] / (gdp * share)),
            "secondary_share": share,
            "regime": (panel["time"] >= BREAK).map(REGIMES),
            "lon": panel["capital_lon"],
            "lat": panel["capital_lat"],
        }
    )


def _province_co2() -> pd.DataFrame:
    """Return ``co2_total`` and ``co2_industry`` (Mt) by province and year."""
    every = load_co2().groupby(["region", "time"])["co2_mt"].sum().rename("co2_total")
    cells = co2_of_industries()
    of_industry = cells[cells["industry"].isin(industrial())]
    industry = of_industry.groupby(["region", "time"])["co2"].sum().rename("co2_industry")
    return pd.concat([every, industry], axis="columns").reset_index()
