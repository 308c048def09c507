"""Clusters identified by transparent rules: the stars of the European Cluster Observatory."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.rules import Keys, Undefined, comparable
from agglometrics.notation import Array
from agglometrics.tables import Missing, ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import at_least, one_if_even


def leading(values: Array, top: float) -> NDArray[np.bool_]:
    """Whether a region is among the top share of those that have the industry.

    The best ceil(top n) of the n positive values of each column; all ties at the border count,
    those within rounding too.

    values : (R, I), not negative or NaN -> (R, I)
    """
    filled = np.nan_to_num(values)
    n = (filled > 0).sum(axis=0)
    # A tenth of 30 is 3, though .1 x 30 is a little more in floating point.
    best = np.ceil(top * n - 1e-9).astype(np.intp)
    descending = -np.sort(-filled, axis=0)
    border = np.take_along_axis(descending, np.maximum(best - 1, 0)[None, :], axis=0)
    return np.asarray((filled > 0) & at_least(filled, border))


@checked
def cluster_stars(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    quotient: float = 2.0,
    top: float = 0.1,
    minimum: float = 0.0,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Stars for size, specialisation and focus (European Cluster Observatory; Ketels 2008).

    A regional industry earns one star for being among the largest of its industry, one for a
    location quotient of 2 or more, and one for being a large share of its region's total.

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing : as in `location_quotient`
    quotient : location quotient from which there is a star
    top : share of the regions that have the industry to get the stars of size and focus, the
        best ceil(top n) of n; all values tied at the border get it
    minimum : activity below which a cell gets no star (the Observatory: 1,000 employees)

    Returns
    -------
    DataFrame
        [time], region, industry (every pair), ``size`` (share of the industry), ``lq``,
        ``focus`` (share of the region), ``size_star, specialization_star, focus_star`` and
        ``stars``, their number.

    Raises
    ------
    InputError
        If keys, values or a threshold break a rule.
    IdentificationError
        For fewer than two regions or industries, or a region or industry without activity.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N"] * 2 + ["S"] * 2 + ["W"] * 2, "industry": ["cars", "cloth"] * 3,
    ...     "jobs": [60, 10, 20, 80, 10, 90]})
    >>> cluster_stars(cells, value="jobs", top=0.3)[["region", "industry", "lq", "stars"]]
      region industry        lq  stars
    0      N     cars  2.571429      3
    1      N    cloth  0.214286      0
    2      S     cars  0.600000      0
    3      S    cloth  1.200000      0
    4      W     cars  0.300000      0
    5      W    cloth  1.350000      2
    """
    if not 0 < top <= 1 or not quotient > 0 or not minimum >= 0:
        raise InputError(
            f"top must lie in (0, 1], quotient be positive and minimum not negative; found "
            f"top={top}, quotient={quotient}, minimum={minimum}. "
            "For example top=0.05, quotient=3.0, minimum=0."
        )
    keys: Keys = {"region": region, "industry": industry, "time": time}
    cube = comparable(cells, value, keys, undefined, missing)
    found = [star_measures(E, quotient, top, minimum) for E in cube.values]
    columns = {name: np.stack([measures[name] for measures in found]) for name in found[0]}
    return cube.tidy("region", "industry", **columns)


def star_measures(E: Array, quotient: float, top: float, minimum: float) -> dict[str, Array]:
    """Size, location quotient and focus with their stars: (R, I) -> (R, I) each."""
    size, focus = ratio(E, E.sum(axis=0)), inequality.row_shares(E)
    lq = one_if_even(ratio(focus, E.sum(axis=0) / E.sum()))
    large = at_least(E, minimum)
    stars = {
        "size_star": leading(size, top) & large,
        "specialization_star": at_least(lq, quotient) & large,
        "focus_star": leading(focus, top) & large,
    }
    number = sum(star.astype(np.int64) for star in stars.values())
    return {"size": size, "lq": lq, "focus": focus, **stars, "stars": np.asarray(number)}
