"""How much of each province's industry the employment of urban units covers."""

from __future__ import annotations

import pandas as pd

from hunan.data.employment import load_employment
from hunan.data.io_tables import load_io_industries

KEYS = ["region", "time"]


def _share(totals: pd.Series) -> pd.Series:
    return totals / totals.groupby("time").transform("sum")


def coverage_by_province() -> pd.DataFrame:
    """Return each province's share of urban-unit employment against its share of output.

    Of mining, manufacturing and utilities, in the years that both sources have: 2007 and 2012.
    Urban units leave out private firms: where they are many, the ratio is low. The two sources
    give no output per worker.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``employment_share``, ``output_share`` (of the provinces' sum),
        ``ratio`` (of the first to the second). Tibet has no output table in 2007.

    Examples
    --------
    >>> from hunan.audits.coverage import coverage_by_province
    >>> row = coverage_by_province().set_index(["region", "time"]).loc[("330000", 2007)]
    >>> (row * 100).round(2).tolist()
    [6.91, 8.83, 78.19]
    """
    employed = load_employment("csic2011").groupby(KEYS)["employment"].sum()
    output = load_io_industries("industrial").groupby(KEYS)["gross_output"].sum()
    both = pd.concat([_share(employed), _share(output)], axis=1, join="inner")
    both.columns = pd.Index(["employment_share", "output_share"])
    return both.assign(ratio=both["employment_share"] / both["output_share"]).reset_index()
