"""Estimation samples: what a regression of cluster effects needs, one table a question.

Each table holds keys, outcomes and regressors, built by one rule that its docstring states.
Nothing is estimated here. Regressors never contain the outcome's own figures: they are lagged,
or their own cell is left out, or both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.externalities import externalities
from agglometrics.measures.cells.quotients import location_quotient
from agglometrics.measures.cells.relatedness import relatedness_density
from agglometrics.measures.cells.specialization import specialization
from agglometrics.notation import Array
from agglometrics.tables import Cube, ratio, to_cube
from hunan.data.dimensions import load_provinces
from hunan.data.emissions import load_co2, load_co2_sectors
from hunan.data.employment import employment_suspects, load_employment, load_wages
from hunan.data.io_tables import load_io_industries
from hunan.data.province_panel import load_province_panel
from hunan.samples.industry_links import common_industry, industrial, related_of_cells
from hunan.samples.supply_rates import TRADE, supply_rates

CELL = ["region", "industry"]
BREAK = 2013  # the survey of urban units widens: no change is taken across it
TABLES = {2007: 2002, 2012: 2007, 2017: 2012}  # each table and the one before it
REGIMES = {False: "2005-2012", True: "2013-2016"}


def _cell_regressors(base: int) -> pd.DataFrame:
    """Return the regressors of the growth sample in the year `base`, logs where so named."""
    cells = load_employment(blanks="zero")
    cells = cells[cells["time"] == base]
    local = externalities(cells, value="employment", undefined="nan")
    dense = relatedness_density(cells, value="employment", undefined="nan")
    found = local.merge(dense, on=CELL, validate="one_to_one")
    found = found.merge(related_of_cells(cells), on=CELL, validate="one_to_one")
    found = found.merge(cells[[*CELL, "employment"]], on=CELL, validate="one_to_one")
    total = found.groupby("region")["employment"].transform("sum")
    with np.errstate(divide="ignore"):
        return found[CELL].assign(
            employment=found["employment"],
            specialization=np.log(found["mar"]),
            diversity=np.log(found["jacobs"]),
            related=np.log(found["related"]),
            density=found["relatedness_density"],
            size=np.log(total - found["employment"]),
        )


def growth_sample(start: int, end: int, base: int | None = None) -> pd.DataFrame:
    """Return growth of employment and wages by province and industry, and where it started from.

    Sample rule: cells of the 31 provinces and 37 two-digit industries (automobiles and other
    transport equipment as one) whose employment is reported, and not zero, in the years of the
    outcome and of the regressors. In the measures a blank counts as none (`employment_blanks`:
    nearly all hide at most 500 persons).

    Parameters
    ----------
    start, end : years of the change, on one side of the break of 2013
    base : year of the regressors, at most `start` (the default)

    Returns
    -------
    pandas.DataFrame
        ==================  =============================================================
        ``region``          province
        ``industry``        two-digit industry
        ``growth``          change of log employment from `start` to `end`
        ``wage_growth``     change of log mean wage (nominal), NaN where a wage is unknown
        ``employment``      persons in `base`
        ``wage``            log mean wage in `base`, yuan a year
        ``specialization``  log location quotient in `base`. With industry and province
                            effects it is log employment itself: one coefficient holds both
                            agglomeration and the return to the mean
        ``diversity``       log of the diversity of the other industries (``jacobs`` of
                            `externalities`), own industry out
        ``related``         log strength of related industries, own industry out
                            (`industry_links.related_strength`, flows
                            of 2002)
        ``density``         relatedness density, 0 to 1 (`relatedness_density`)
        ``size``            log employment of the province's other industries
        ``output_lq``       log location quotient of gross output in 2002, of the common
                            industry to which the two-digit one belongs: specialisation by
                            another source; NaN for Tibet and without output
        ``suspect``         whether a figure of `start`, `end` or `base` is suspect
                            (`employment_suspects`)
        ==================  =============================================================

    Raises
    ------
    InputError
        If the years are not in order, not in 2005-2016, or the change crosses the break.

    Examples
    --------
    >>> from hunan.samples.estimation import growth_sample
    >>> sample = growth_sample(2005, 2012)
    >>> len(sample), sample["region"].nunique(), sample["industry"].nunique()
    (1101, 31, 37)
    """
    first = start if base is None else base
    _check_years(first, start, end)
    years = sorted({first, start, end})
    jobs, wages = load_employment(blanks="unknown"), load_wages()
    wide = jobs.pivot(index=CELL, columns="time", values="employment")[years]
    known = wide[(wide > 0).all(axis=1)]
    pay = wages.pivot(index=CELL, columns="time", values="wage").reindex(known.index)
    outcomes = pd.DataFrame(
        {
            "growth": np.log(known[end] / known[start]),
            "wage_growth": np.log(pay[end] / pay[start]),
            "wage": np.log(pay[first]),
            "suspect": known.index.isin(_suspects(years)),
        }
    ).reset_index()
    sample = outcomes.merge(_cell_regressors(first), on=CELL, validate="one_to_one")
    sample["output_lq"] = _output_quotients(sample)
    return sample.sort_values(CELL, ignore_index=True)


def _check_years(base: int, start: int, end: int) -> None:
    if not 2005 <= base <= start < end <= 2016:
        raise InputError(
            f"years must be in order within 2005-2016, base <= start < end; found base={base}, "
            f"start={start}, end={end}."
        )
    if start < BREAK <= end:
        raise InputError(
            f"a change from {start} to {end} crosses {BREAK}, when the survey of urban units "
            f"widened: it would measure coverage. End before {BREAK}, or start in it."
        )


def _output_quotients(cells: pd.DataFrame) -> pd.Series[float]:
    """Return the log location quotient of output before all employment, for two-digit cells."""
    table = load_io_industries("industrial")
    table = table[table["time"] == min(TABLES.values())]
    lq = location_quotient(table, value="gross_output", undefined="nan").set_index(CELL)["lq"]
    own = pd.MultiIndex.from_arrays([cells["region"], common_industry(cells["industry"])])
    found = lq.where(lq > 0).reindex(own)
    return pd.Series(np.log(found.to_numpy()), cells.index)


def _suspects(years: list[int]) -> pd.MultiIndex:
    """Return the cells with a suspect figure in one of `years`."""
    found = employment_suspects()
    cells = found.loc[found["time"].isin(years), CELL]
    return pd.MultiIndex.from_frame(cells.replace({"industry": {"36": "36+37", "37": "36+37"}}))


def share_sample() -> pd.DataFrame:
    """Return shares of the input-output tables by province and industry, and earlier quotients.

    Sample rule: cells of the 23 industrial industries in the tables of 2007, 2012 and 2017 with
    gross output then and in the table before. Masked figures are NaN (`io_masks`). Output on a
    location quotient of output is an identity in part and output per urban-unit worker compares
    two coverages: neither is here.

    Returns
    -------
    pandas.DataFrame
        ====================  ===========================================================
        ``region``, ``industry``, ``time``
        ``labour_share``      labour compensation over value added
        ``value_added_rate``  value added over gross output
        ``export_share``      exports over gross output; NaN in 2007, whose tables have
                              exports and outflow in one
        ``specialization``    log location quotient of gross output, five years before
        ``employment_lq``     log location quotient of urban-unit employment, the year
                              before: another source, which shares no error with the
                              outcome; NaN where nobody is employed
        ``local_supply``      local supply rate of the industry's inputs, 0 to 1, five years
                              before (`supply_rates`); NaN in 2007 and where too much trade is
                              masked
        ``log_output``        log gross output, 10,000 yuan, current prices
        ``co2``               CO2 of the cell, Mt; NaN for Tibet, which has no inventory
        ====================  ===========================================================

    Examples
    --------
    >>> from hunan.samples.estimation import share_sample
    >>> sample = share_sample()
    >>> sample.groupby("time")["export_share"].count().to_dict()
    {2007: 0, 2012: 535, 2017: 588}
    """
    cells = load_io_industries("industrial")
    output = location_quotient(cells, value="gross_output", time="time", undefined="nan")
    earlier = output.assign(time=output["time"] + 5).rename(columns={"lq": "before"})
    sample = cells[cells["time"].isin(TABLES)].merge(
        earlier[[*CELL, "time", "before"]], on=[*CELL, "time"], validate="one_to_one"
    )
    sample = sample[(sample["gross_output"] > 0) & (sample["before"] > 0)]
    for table in (_employment_quotients(), _co2_of_industries(), _earlier_supply()):
        sample = sample.merge(table, on=[*CELL, "time"], how="left", validate="one_to_one")
    shares = pd.DataFrame(
        {
            "labour_share": sample["labour_compensation"] / sample["value_added"],
            "value_added_rate": sample["value_added"] / sample["gross_output"],
            "export_share": sample["exports"] / sample["gross_output"],
            "specialization": np.log(sample["before"]),
            "employment_lq": np.log(sample["lq"].where(sample["lq"] > 0)),
            "local_supply": sample["rate"],
            "log_output": np.log(sample["gross_output"]),
            "co2": sample["co2"],
        }
    )
    return pd.concat([sample[[*CELL, "time"]], shares], axis="columns").sort_values(
        ["time", *CELL], ignore_index=True
    )


def _employment_quotients() -> pd.DataFrame:
    """Return ``lq`` of urban-unit employment by common industry, dated a year later."""
    jobs = load_employment("io_common", blanks="zero")
    found = location_quotient(jobs, value="employment", time="time", undefined="nan")
    return found.assign(time=found["time"] + 1)[[*CELL, "time", "lq"]]


def _earlier_supply() -> pd.DataFrame:
    """Return ``rate``, the local supply rate, dated five years later."""
    earlier = [before for before in TABLES.values() if before in TRADE]
    found = pd.concat([supply_rates(time) for time in earlier])
    return found.assign(time=found["time"] + 5)[[*CELL, "time", "rate"]]


def _co2_of_industries() -> pd.DataFrame:
    """Return ``co2`` (Mt) by province, common industry and year."""
    industry = load_co2_sectors().set_index("sector")["industry"]
    rows = load_co2()
    rows = rows.assign(industry=rows["sector"].map(industry)).dropna(subset="industry")
    sums = rows.groupby([*CELL, "time"])["co2_mt"].sum()
    return sums.rename("co2").reset_index()


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
    >>> from hunan.samples.estimation import province_sample
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
    cells = _co2_of_industries()
    of_industry = cells[cells["industry"].isin(industrial())]
    industry = of_industry.groupby(["region", "time"])["co2"].sum().rename("co2_industry")
    return pd.concat([every, industry], axis="columns").reset_index()
