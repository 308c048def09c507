"""Specialisation of each region in industries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.blocks import Measures, in_blocks
from agglometrics.measures.cells.concentration import by_period, number_present
from agglometrics.measures.cells.references import name_reference, resolve
from agglometrics.measures.cells.rules import (
    Undefined,
    left_out,
    require_defined,
    require_others,
    require_two_industries,
    require_two_regions,
    warn_infinite,
)
from agglometrics.notation import Array
from agglometrics.tables import Missing, to_cube
from agglometrics.tables.arguments import checked


def specialization_measures(activity: Array, p: Array) -> Measures:
    """Eight measures of specialisation.

    activity : (R, I) one row per region    p : (I,) or (R, I) reference shares
    """
    shares = np.broadcast_to(p, activity.shape)
    return in_blocks(_of_rows, activity, shares, number_present(activity, p))


def _of_rows(activity: Array, p: Array, present: Array) -> Measures:
    q = inequality.row_shares(activity)
    by_quotient = inequality.by_quotient(q, p)
    return {
        "krugman": inequality.krugman(q, p),
        "herfindahl": inequality.herfindahl(q),
        "shannon": inequality.shannon(q),
        "hachman": inequality.hachman(q, p),
        "gini": inequality.lorenz_gini(*by_quotient),
        "gini_lq": inequality.gini_of_quotients(*by_quotient),
        "gini_shares": inequality.gini_of_sorted(np.sort(q, axis=1), present),
        "theil": inequality.theil(q, p),
    }


@checked
def specialization(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    reference: object = "including",
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """How far each region's industry mix departs from a reference, and how narrow it is.

    With q_i the industry's share of the region and p_i its share of the reference:

    ===============  =========================================================================
    column           formula (source)
    ===============  =========================================================================
    ``krugman``      sum_i abs(q_i - p_i) (Krugman 1991, p. 76), in [0, 2)
    ``herfindahl``   sum_i q_i^2, in [1/I, 1]
    ``shannon``      -sum_i q_i ln q_i (Shannon 1948; natural log: divide by ln 2 for bits)
    ``hachman``      1 / sum_i (q_i^2 / p_i) = 1 / sum_i LQ_i q_i (Hachman 1994), in (0, 1]
    ``gini``         twice the area between the Lorenz curve of q against p, industries in
                     order of q_i / p_i, and the diagonal, in [0, 1)
    ``gini_lq``      Gini of the location quotients q_i / p_i, every industry counted once
    ``gini_shares``  Gini of the shares q_i, every industry counted once
    ``theil``        sum_i q_i ln(q_i / p_i) (relative Theil)
    ===============  =========================================================================

    No Gini has a small-sample correction.

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing : as in `concentration`
    reference : what p is
        ``"including"``: the industry's share of all regions, this one in them; ``"excluding"``:
        of the other regions; ``"mean_of_others"``: the mean of the other regions' shares,
        unweighted; ``"uniform"``: 1 / I, I the industries with activity in the period; or a
        table with the industry (and time) and one column of totals, such as the nation's. With such
        a table one region is enough.

    Returns
    -------
    DataFrame
        [time], region, the columns above, and ``reference``, the name of the reference.
        Where the reference is zero in an industry that the region has, ``theil`` is infinite,
        ``hachman`` zero and ``gini_lq`` NaN, and a warning names the region.

    Raises
    ------
    InputError
        If keys, values or the reference table break a rule.
    IdentificationError
        For fewer than two regions without totals from outside, or no activity.

    Notes
    -----
    The cost is O(T R I log I): shares are sorted twice. Cells are held dense, (T, R, I).

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> specialization(cells, value="jobs")[["region", "krugman", "herfindahl"]]
      region  krugman  herfindahl
    0      N      0.4        0.52
    1      S      0.4        0.68
    """
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, reference, parts="industry")
    require_two_regions(cube, against)
    require_two_industries(cube)
    require_others(cube, against, units="region")
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    measures = by_period(cube.values, against, specialization_measures)
    warn_infinite(cube, "region", np.isinf(measures["theil"]))
    return name_reference(cube.tidy("region", **measures), against)
