"""Externalities as growth regressions measure them: specialisation, diversity, competition."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.groups import membership
from agglometrics.measures.cells.rules import (
    TOTAL,
    Keys,
    Undefined,
    comparable,
    left_out,
    require_defined,
    require_two_industries,
)
from agglometrics.notation import Array
from agglometrics.tables import Cube, Missing, listed, ratio, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import one_if_even, without_dust
from agglometrics.tables.totals.warn import totals_named_once


def diversity_of_others(E: Array) -> Array:
    """Inverse Herfindahl index of the other industries, 1 / sum_{j != i} (E_j / (E - E_i))^2.

    E : (..., I) -> (..., I); NaN where there is no other industry
    """
    # Over the largest, so that no square leaves the range of numbers whatever the unit.
    E = ratio(E, E.max(axis=-1, keepdims=True))
    others = inequality.sum_of_others(E, axis=-1)
    return ratio(others**2, inequality.sum_of_others(E**2, axis=-1))


def externality_measures(E: Array) -> dict[str, Array]:
    """Specialisation and diversity of a region around each industry.

    E : (R, I) -> (R, I) each
    """
    q, p = inequality.row_shares(E), E.sum(axis=0) / E.sum()
    diversity = diversity_of_others(E)
    return {
        "mar": one_if_even(ratio(q, p)),
        "jacobs": one_if_even(ratio(diversity, diversity_of_others(E.sum(axis=0)))),
        "diversity": diversity,
    }


@checked
def externalities(
    cells: object,
    *,
    value: str,
    firms: str | None = None,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Specialisation (Marshall-Arrow-Romer), diversity (Jacobs) and competition (Porter).

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing : as in `location_quotient`
    firms : column with the number of firms, for ``porter``

    Returns
    -------
    DataFrame
        [time], region, industry (every pair), and

        =============  ======================================================================
        ``mar``        specialisation: (E_ri / E_r) / (E_i / E_tot), the location quotient
                       (Glaeser, Kallal, Scheinkman and Shleifer 1992)
        ``jacobs``     diversity the industry faces: inverse Herfindahl of the region's other
                       industries over that of the nation's (Combes 2000)
        ``diversity``  the inverse Herfindahl itself, 1 / sum_(j != i) (E_rj / (E_r - E_ri))^2:
                       the number of equal other industries that are as diverse
        ``porter``     competition: firms per worker over the same in the nation,
                       (N_ri / E_ri) / (N_i / E_i) (Glaeser et al. 1992); with `firms` only,
                       NaN where the region has no activity in the industry
        =============  ======================================================================

        ``jacobs`` and ``diversity`` are NaN where a region has no other industry.

    Raises
    ------
    InputError
        If keys or values break a rule, or there are firms in a cell without activity.
    IdentificationError
        For fewer than two regions or industries, or a region or industry without activity.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N"] * 3 + ["S"] * 3, "industry": ["cars", "cloth", "food"] * 2,
    ...     "jobs": [60, 20, 20, 20, 60, 20]})
    >>> externalities(cells, value="jobs").head(3)
      region industry  mar    jacobs  diversity
    0      N     cars  1.5  1.111111        2.0
    1      N    cloth  0.5  0.888889        1.6
    2      N     food  1.0  0.800000        1.6
    """
    keys: Keys = {"region": region, "industry": industry, "time": time}
    cube = comparable(cells, value, keys, undefined, missing)
    columns = _by_period(cube)
    if firms is not None:
        with totals_named_once():
            counts = to_cube(cells, value=firms, region=region, industry=industry, time=time)
        columns["porter"] = _competition(cube, counts, value, firms)
    return cube.tidy("region", "industry", **columns)


def _by_period(cube: Cube) -> dict[str, Array]:
    found = [externality_measures(E) for E in cube.values]
    return {name: np.stack([measures[name] for measures in found]) for name in found[0]}


def _competition(cube: Cube, counts: Cube, value: str, firms: str) -> Array:
    """Firms per unit of activity over the same in the nation: (T, R, I)."""
    N, E = counts.values, cube.values
    if N.shape != E.shape:
        raise InputError(
            f"{value!r} and {firms!r} must be known for the same industries; pass missing='raise'."
        )
    alone = (N > 0) & (E == 0)
    if alone.any():
        r, i = (axis[:3] for axis in np.nonzero(alone)[1:])
        raise InputError(
            f"{firms!r} counts firms where {value!r} is zero, in {int(alone.sum())} cells such as "
            f"{cube.region} {listed(cube.regions[r])}, {cube.industry} "
            f"{listed(cube.industries[i])}: they have no firms per worker. Correct one of them."
        )
    nation = ratio(N.sum(axis=1, keepdims=True), E.sum(axis=1, keepdims=True))
    return one_if_even(ratio(ratio(N, E), nation))


def variety_measures(E: Array, member: Array) -> dict[str, Array]:
    """Entropy of a region's industries in bits, within and between sectors.

    E : (R, I)    member : (I, sectors), 0 or 1    -> (R,) each
    """
    q = inequality.row_shares(E)
    total = inequality.shannon(q) / np.log(2)
    unrelated = inequality.shannon(q @ member) / np.log(2)
    return {
        "variety": total,
        "related_variety": without_dust(total - unrelated),
        "unrelated_variety": unrelated,
    }


@checked
def variety(
    cells: object,
    *,
    value: str,
    sectors: object,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Related and unrelated variety of each region (Frenken, Van Oort and Verburg 2007).

    With P_g the share of sector g in the region and p_i that of its industry i, in bits:
    unrelated variety = sum_g P_g log2(1 / P_g); related variety = sum_g P_g H_g,
    H_g = sum_(i in g) (p_i / P_g) log2(1 / (p_i / P_g)). They add up to the variety of
    industries, sum_i p_i log2(1 / p_i) (Theil 1972).

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing : as in `location_quotient`
    sectors : mapping from industry to sector (five digits to two), a Series of sectors with
        the industries as index, or a table with the industry column and one of sectors

    Returns
    -------
    DataFrame
        [time], region, ``variety, related_variety, unrelated_variety``, in bits (times ln 2
        for nats).

    Raises
    ------
    InputError
        If an industry has no sector, or keys or values break a rule.
    IdentificationError
        For one industry only, or a region or industry without activity.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N"] * 4 + ["S"] * 4, "industry": ["car", "bus", "hat", "shoe"] * 2,
    ...     "jobs": [25, 25, 25, 25, 50, 25, 25, 0]})
    >>> sectors = {"car": "vehicles", "bus": "vehicles", "hat": "clothes", "shoe": "clothes"}
    >>> variety(cells, value="jobs", sectors=sectors).round(4)
      region  variety  related_variety  unrelated_variety
    0      N      2.0           1.0000             1.0000
    1      S      1.5           0.6887             0.8113
    """
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    require_two_industries(cube)
    require_defined(cube, TOTAL, undefined, left_out(cells, cube, value, missing))
    member = membership(cube, sectors, "industry")
    found = [variety_measures(E, member) for E in cube.values]
    columns = {name: np.stack([measures[name] for measures in found]) for name in found[0]}
    return cube.tidy("region", **columns)
