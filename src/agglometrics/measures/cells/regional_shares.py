"""Regional shares: how much of an industry, and of everything, a region has."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from agglometrics.measures.cells.existing import (
    existing_shares,
    require_rows,
    sparse_cells,
)
from agglometrics.measures.cells.references import resolve
from agglometrics.measures.cells.rules import (
    Undefined,
    left_out,
    require_defined,
    require_two_regions,
)
from agglometrics.tables import Missing, ratio, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import (
    descending_ranks,
    whole_numbers,
)


@checked
def regional_shares(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
    rows: Literal["all", "existing"] = "all",
) -> pd.DataFrame:
    """Share of every region in every industry and in the total.

    s = E_ri / E_i and x = E_r / E_tot; their quotient is the location quotient.

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing, rows : as in `location_quotient`

    Returns
    -------
    DataFrame
        [time], region, industry (every pair, or as `rows` says), ``share`` (s), ``total_share``
        (x, over all industries) and ``rank`` of the region within the industry by share (1 is the
        largest; equal shares have the best rank they compete for).

    Raises
    ------
    InputError
        If keys or values break a rule.
    IdentificationError
        For fewer than two regions, or an industry or region without activity.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> regional_shares(cells, value="jobs")
      region industry     share  total_share  rank
    0      N     cars  0.750000          0.5     1
    1      N    cloth  0.333333          0.5     2
    2      S     cars  0.250000          0.5     2
    3      S    cloth  0.666667          0.5     1
    """
    if require_rows(rows, "including", {}):
        return existing_shares(sparse_cells(cells, value, region, industry, time, missing))
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, "including", parts="region")
    require_two_regions(cube, against)
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    E = cube.values
    s = ratio(E, E.sum(axis=1, keepdims=True))
    x = ratio(E.sum(axis=2, keepdims=True), E.sum(axis=(1, 2), keepdims=True))
    answer = cube.tidy("region", "industry", share=s, total_share=np.broadcast_to(x, E.shape))
    return answer.assign(rank=whole_numbers(np.stack([descending_ranks(shares) for shares in s])))
