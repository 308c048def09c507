"""Shocks that leave the own location out: national growth without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.inequality import sum_of_others
from agglometrics.tables import ratio, to_cube, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import without_dust


@checked
def leave_one_out_growth(
    cells: object,
    *,
    value: str,
    start: Any,
    end: Any,
    region: str = "region",
    industry: str = "industry",
    time: str = "time",
) -> pd.DataFrame:
    """Return each industry's growth in all regions and in all regions but one.

    Parameters
    ----------
    cells : long table, one row per (region, industry, time)
    value : column of activity
    start, end : the two periods

    Returns
    -------
    pandas.DataFrame
        region, industry, ``growth`` (E_i,end / E_i,start - 1) and ``growth_without`` (the same
        over all other regions; NaN where none of them had the industry). As shocks with a
        location column they make a leave-one-out instrument.

    Raises
    ------
    InputError
        For unknown periods, and as in `agglometrics.tables.to_cube`.

    Notes
    -----
    Goldsmith-Pinkham, Sorkin and Swift (2020); Borusyak, Hull and Jaravel (2022).

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["a", "b"] * 2, "industry": "s", "time": [0, 0, 1, 1],
    ...     "jobs": [10.0, 30.0, 20.0, 30.0],
    ... })
    >>> leave_one_out_growth(cells, value="jobs", start=0, end=1)["growth_without"].tolist()
    [0.0, 1.0]
    """
    frame = to_frame(cells)
    cube = to_cube(frame, value=value, region=region, industry=industry, time=time)
    first, last = (cube.values[_period(cube.times, label)] for label in (start, end))
    growth = without_dust(ratio(last.sum(axis=0), first.sum(axis=0)) - 1)
    # What is before plus what is after: the total less a region leaves that region's rounding.
    without = without_dust(ratio(sum_of_others(last, 0), sum_of_others(first, 0)) - 1)
    index = pd.MultiIndex.from_product([cube.regions, cube.industries], names=[region, industry])
    out = index.to_frame(index=False)
    return out.assign(
        growth=np.broadcast_to(growth, without.shape).ravel(), growth_without=without.ravel()
    )


def _period(times: pd.Index, label: Any) -> int:
    if label not in list(times):
        raise InputError(
            f"period {label!r} is not in the table, which has {list(times)}. Choose one of these."
        )
    return list(times).index(label)
