"""Local supply rates of the study's industries, from the regional input-output tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.input_output.local_share import Trade
from agglometrics.measures.input_output.local_supply import local_supply_rate
from hunan.data.dimensions import load_concordance
from hunan.data.io_checks import suspect_applied
from hunan.data.io_tables import load_io_flows, load_io_sectors

# 2002 has net outflow alone: no rate without gross purchases and sales
TRADE = {
    2007: Trade(["outflow_and_exports"], ["inflow_and_imports"]),
    2012: Trade(),
    2017: Trade(),
}


def supply_rates(time: int) -> pd.DataFrame:
    """Return the local supply rate of each province and common industry in one table.

    Suppliers are the 42 sectors of the table, users the 24 common industries. What `io_masks`
    lists, and negative trade, is unknown; a rate is given where the suppliers of four fifths of
    the inputs are known. Negative flows (`io_negative_flows`) count as none.

    Parameters
    ----------
    time : 2007, 2012 or 2017

    Returns
    -------
    pandas.DataFrame
        ``region``, ``industry``, ``time``, ``coverage``, ``rate``, ``low``, ``high`` and the
        other columns of `local_supply_rate`, shares of the industry's inputs.

    Raises
    ------
    InputError
        For 2002, whose tables have net outflow only, and years without tables.

    Examples
    --------
    >>> from hunan.samples.supply_rates import supply_rates
    >>> rates = supply_rates(2007)
    >>> len(rates), bool(rates["rate"].dropna().between(0, 1).all())
    (704, True)
    """
    if time not in TRADE:
        raise InputError(
            f"no local supply rate of {time}: tables with gross trade are {sorted(TRADE)}."
        )
    rates = local_supply_rate(
        _flows(time), _sectors(time), trade=TRADE[time], minimum_coverage=0.8, user="industry",
        industry="sector",
    )  # fmt: skip
    rates.insert(2, "time", time)
    return rates


def _sectors(time: int) -> pd.DataFrame:
    sectors = suspect_applied(load_io_sectors())
    sectors = sectors[sectors["time"] == time].reset_index(drop=True)
    columns = [*TRADE[time].sales, *TRADE[time].purchases]
    known = sectors[columns]
    return sectors.assign(**known.where(known >= 0, np.nan))


def _flows(time: int) -> pd.DataFrame:
    """Return the flows of a year with users summed to the common industries."""
    concordance = load_concordance()
    concordance = concordance[concordance["classification"] == f"io_{time}"]
    flows = load_io_flows()
    flows = flows[(flows["time"] == time) & (flows["value"] > 0)]
    target = concordance.set_index("code")["industry"]
    flows = flows.assign(industry=flows["user"].map(target)).dropna(subset="industry")
    return flows.groupby(["region", "supplier", "industry"])["value"].sum().reset_index()
