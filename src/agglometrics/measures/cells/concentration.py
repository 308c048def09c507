"""Concentration of each industry over regions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.blocks import Measures, in_blocks
from agglometrics.measures.cells.references import Reference, constant, name_reference, resolve
from agglometrics.measures.cells.relabelling import (
    RandomLabelling,
    permutation_test,
    require_labelling,
)
from agglometrics.measures.cells.rules import (
    Undefined,
    left_out,
    require_defined,
    require_others,
    require_two_regions,
    warn_infinite,
)
from agglometrics.notation import Array
from agglometrics.tables import Missing, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import one_if_even

TESTED = ("hoover", "gini", "theil")


def concentration_measures(activity: Array, x: Array) -> Measures:
    """Eight measures of concentration and two concentration ratios.

    activity : (I, R) one row per industry    x : (R,) or (I, R) reference shares
    """
    shares = np.broadcast_to(x, activity.shape)
    return in_blocks(_of_rows, activity, shares, number_present(activity, x))


def number_present(activity: Array, x: Array) -> Array:
    """How many parts have activity or a share in the reference of the row: (U,)."""
    present = ((activity.sum(axis=0) > 0) | (x > 0)).sum(axis=-1)
    return np.broadcast_to(present, len(activity))


def _of_rows(activity: Array, x: Array, present: Array) -> Measures:
    s = inequality.row_shares(activity)
    krugman = inequality.krugman(s, x)
    by_quotient = inequality.by_quotient(s, x)
    ascending = np.sort(s, axis=1)
    return {
        "hoover": krugman / 2,
        "gini": inequality.lorenz_gini(*by_quotient),
        "gini_lq": inequality.gini_of_quotients(*by_quotient),
        "gini_shares": inequality.gini_of_sorted(ascending, present),
        "krugman": krugman,
        "theil": inequality.theil(s, x),
        "herfindahl": inequality.herfindahl(s),
        "cr1": ascending[:, -1],
        "cr4": one_if_even(ascending[:, -4:].sum(axis=1)),
    }


def by_period(
    activity: Array, reference: Reference, kernel: Callable[[Array, Array], Measures]
) -> Measures:
    """Apply a kernel on (U, K) to every period of activity (T, U, K); stack to (T, U)."""
    found = []
    for t, slab in enumerate(activity):
        rows = np.ascontiguousarray(slab)
        found.append(kernel(rows, reference.shares(t, rows)))
    return {name: np.stack([measures[name] for measures in found]) for name in found[0]}


@checked
def concentration(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    reference: object = "including",
    inference: RandomLabelling | None = None,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    r"""How unevenly each industry is spread over regions.

    With s_r the region's share of the industry and x_r its share of the reference:

    ===============  =========================================================================
    column           formula (source)
    ===============  =========================================================================
    ``hoover``       1/2 sum_r abs(s_r - x_r) (Hoover 1936), in [0, 1)
    ``gini``         twice the area between the Lorenz curve of s against x, regions in order
                     of s_r / x_r, and the diagonal (Krugman 1991; twice his area), in [0, 1)
    ``gini_lq``      Gini of the location quotients s_r / x_r, every region counted once
    ``gini_shares``  Gini of the shares s_r, every region counted once
    ``krugman``      sum_r abs(s_r - x_r) (Krugman 1991), in [0, 2)
    ``theil``        sum_r s_r ln(s_r / x_r) (Theil 1967; Brulhart and Traeger 2005)
    ``herfindahl``   sum_r s_r^2, in [1/R, 1]
    ``cr1, cr4``     the largest s_r; the sum of the four largest
    ===============  =========================================================================

    No Gini has a small-sample correction: multiply by R / (R - 1) for the one with n - 1.

    Parameters
    ----------
    cells : table, one row per (region, industry[, time]); a row that is not there is zero
    value : column of activity (employment, output), in any unit, not negative
    region, industry, time : key columns; ``time=None`` is one period
    reference : what x is
        ``"including"``: the region's share of all industries, this one in them;
        ``"excluding"``: of the other industries; ``"mean_of_others"``: the mean of the other
        industries' shares, unweighted; ``"uniform"``: 1 / R, R the
        regions with activity in the period; or a table with the region (and time) and one
        column of totals, such as population or area: it must have every region of the cells
        and may have more, which then count with s_r = 0.
    inference : `RandomLabelling` for a permutation test on counts of plants or persons
    undefined : about an industry or region without any activity in a period
        ``"raise"``; or ``"nan"``: such an industry gets NaN, such a region counts as absent.
    missing : what a NaN means: ``"raise"``, ``"zero"`` or ``"drop_industry"``

    Returns
    -------
    DataFrame
        [time], industry, the columns above, and ``reference``, the name of the reference.
        With ``inference=`` also ``_expected`` (under the null) and ``_p_value`` of ``hoover``,
        ``gini`` and ``theil``, and ``experiment``.
        With ``reference="excluding"``, ``theil`` is infinite and ``gini_lq`` NaN for an
        industry that is alone in some region, and a warning names it.

    Raises
    ------
    InputError
        If keys, values or the reference table break a rule.
    IdentificationError
        For fewer than two regions, or an industry or region without activity.

    Notes
    -----
    The cost is O(T I R log R): shares are sorted twice. Cells are held dense, (T, R, I).

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> concentration(cells, value="jobs")[["industry", "hoover", "herfindahl"]]
      industry    hoover  herfindahl
    0     cars  0.250000    0.625000
    1    cloth  0.166667    0.555556
    """
    require_labelling(inference)
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, reference, parts="region")
    require_two_regions(cube, against)
    require_others(cube, against, units="industry")
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    measures = by_period(cube.values.swapaxes(1, 2), against, concentration_measures)
    warn_infinite(cube, "industry", np.isinf(measures["theil"]))
    if inference is None:
        return name_reference(cube.tidy("industry", **measures), against)
    tested = {name: measures[name] for name in TESTED}
    measures |= permutation_test(cube, against, tested, concentration_measures, inference)
    answer = name_reference(cube.tidy("industry", **measures), against)
    return constant(answer, "experiment", inference.experiment)
