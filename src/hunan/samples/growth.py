"""The estimation sample of growth by province and industry.

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
from hunan.data.employment import BREAK, employment_suspects, load_employment, load_wages
from hunan.data.io_tables import load_io_industries
from hunan.samples.industry_links import LINKS_YEAR, common_industry, related_of_cells

CELL = ["region", "industry"]


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
    >>> from hunan.samples.growth import growth_sample
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
    table = table[table["time"] == LINKS_YEAR]
    lq = location_quotient(table, value="gross_output", undefined="nan").set_index(CELL)["lq"]
    own = pd.MultiIndex.from_arrays([cells["region"], common_industry(cells["industry"])])
    found = lq.where(lq > 0).reindex(own)
    return pd.Series(np.log(found.to_numpy()), cells.index)


def _suspects(years: list[int]) -> pd.MultiIndex:
    """Return the cells with a suspect figure in one of `years`."""
    found = employment_suspects()
    cells = found.loc[found["time"].isin(years), CELL]
    return pd.MultiIndex.from_frame(cells.replace({"industry": {"36": "36+37", "37": "36+37"}}))
