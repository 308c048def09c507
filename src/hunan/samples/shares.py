"""The estimation sample of shares and emissions by province and industry of the tables.

Nothing is estimated here. Regressors never contain the outcome's own figures: they are lagged,
or their own cell is left out, or both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.measures.cells.quotients import location_quotient
from hunan.data.emissions import load_co2, load_co2_sectors
from hunan.data.employment import load_employment
from hunan.data.io_tables import load_io_industries
from hunan.samples.supply_rates import TRADE, supply_rates

CELL = ["region", "industry"]
TABLES = {2007: 2002, 2012: 2007, 2017: 2012}  # each table and the one before it


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
    >>> from hunan.samples.shares import share_sample
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
    for table in (_employment_quotients(), co2_of_industries(), _earlier_supply()):
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


def co2_of_industries() -> pd.DataFrame:
    """Return ``co2`` (Mt) by province, common industry and year."""
    industry = load_co2_sectors().set_index("sector")["industry"]
    rows = load_co2()
    rows = rows.assign(industry=rows["sector"].map(industry)).dropna(subset="industry")
    sums = rows.groupby([*CELL, "time"])["co2_mt"].sum()
    return sums.rename("co2").reset_index()
