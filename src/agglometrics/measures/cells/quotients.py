"""Location quotients: the industry mix of regions, cell by cell."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from agglometrics.inference.multiple_testing import holm
from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.existing import (
    existing_quotients,
    require_rows,
    sparse_cells,
)
from agglometrics.measures.cells.intervals.requirements import QuotientInterval, require_interval
from agglometrics.measures.cells.references import Reference, constant, name_reference, resolve
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
from agglometrics.tables import Cube, Missing, ratio, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import ROUNDING, one_if_even, without_dust


def quotient(q: Array, p: Array) -> Array:
    """Location quotient q / p: infinite where p = 0 < q, NaN where both are zero.

    It is exactly one where q and p are equal within rounding, in any unit of the data.

    q : (R, I) shares of regions    p : (I,) or (R, I) reference shares    -> (R, I)
    """
    lq = one_if_even(ratio(q, p))
    lq[(q > 0) & (p == 0)] = np.inf
    return lq


def standardized(lq: Array) -> Array:
    """Z-scores over regions, within industry: (LQ - mean) / sd, sd with R - 1.

    NaN cells are left out of mean and sd. An industry whose quotients are all equal within
    rounding has no spread to standardise by: NaN. (R, I) -> (R, I)
    """
    known = ~np.isnan(lq)
    n = known.sum(axis=0)
    mean = ratio(lq.sum(axis=0, where=known), n)
    deviation = lq - mean
    # Quotients and their logarithms are of order one: a spread of less is that of rounding.
    widest = np.abs(deviation).max(axis=0, where=known, initial=0.0)
    scale = np.maximum(np.abs(lq).max(axis=0, where=known, initial=0.0), 1.0)
    deviation = np.where(widest <= ROUNDING * scale, 0.0, deviation)
    variance = ratio((deviation**2).sum(axis=0, where=known), n - 1)
    return ratio(deviation, np.sqrt(variance))


def quotient_variants(activity: Array, q: Array, p: Array, lq: Array) -> dict[str, Array]:
    """Transform the location quotient: (R, I) each.

    activity, q, lq : (R, I)    p : (I,) or (R, I)
    """
    log = np.full_like(lq, np.nan)
    with np.errstate(divide="ignore"):
        np.log(lq, out=log, where=~np.isnan(lq))
    finite = np.where(np.isfinite(lq), lq, np.nan)
    expected = activity.sum(axis=1, keepdims=True) * p
    return {
        "rsca": np.where(np.isinf(lq), 1.0, ratio(finite - 1, finite + 1)),
        "lq_additive": without_dust(q - p, p),
        "lq_log": log,
        "slq": standardized(finite),
        "slq_log": standardized(np.where(np.isfinite(log), log, np.nan)),
        "horizontal_clustering": without_dust(activity - expected, expected),
    }


@checked
def location_quotient(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    interval: QuotientInterval | None = None,
    variants: bool = False,
    reference: object = "including",
    undefined: Undefined = "raise",
    missing: Missing = "raise",
    rows: Literal["all", "existing"] = "all",
) -> pd.DataFrame:
    """Location quotient of every industry in every region (and period).

    LQ = (E_ri / E_r) / (E_i / E_tot) = q / p (Florence 1939; the Balassa 1965 index of trade):
    above one, the industry has more of the region than of the reference. Weighted by the
    regions' shares of the reference, the quotients of an industry average to one.

    Parameters
    ----------
    cells : table, one row per (region, industry[, time]); a row that is not there is zero
    value : column of activity (employment, output), in any unit, not negative
    region, industry, time : key columns; ``time=None`` is one period
    interval : inference under a named random experiment, or None
        On counts of plants or persons `Exact` or `Moineddin`; on employees of plants whose
        Herfindahl index is known `PlantSizes`; on estimates of a survey with published relative
        standard errors `RelativeStandardErrors`.
    variants : add the transformations listed below
    reference : what p is
        ``"including"``: the industry's share of all regions, this one in them; ``"excluding"``:
        of the other regions; ``"mean_of_others"``: the mean of the other regions' shares,
        unweighted; ``"uniform"``: 1 / I, I the industries with activity in the period; or a
        table with the industry (and time) and one column of totals, such as the nation's. With such
        a table one region is enough.
    undefined : about an industry or region without any activity in a period
        ``"raise"``; or ``"nan"``: its quotients are NaN.
    missing : what a NaN means: ``"raise"``, ``"zero"`` or ``"drop_industry"``
    rows : which pairs of region and industry are returned
        ``"all"``, those without activity too (LQ = 0); or ``"existing"``, the rows of the table
        only: for sparse tables, without `interval` and `variants`, and with the reference
        ``"including"`` or a table. A region or industry whose rows are all zero has NaN.

    Returns
    -------
    DataFrame
        [time], region, industry (every pair, or as `rows` says), ``lq`` and ``reference``, the
        reference's name.
        With ``interval=`` also ``std_error, conf_low, conf_high, p_value`` (of LQ = 1),
        ``p_adjusted`` (Holm, over all cells of the period) and ``experiment``.
        With ``variants=True`` also

        =========================  ============================================================
        ``rsca``                   (LQ - 1) / (LQ + 1), in [-1, 1) (Laursen 1998)
        ``lq_additive``            q - p, in (-1, 1) (Hoen and Oosterhaven 2006)
        ``lq_log``                 ln LQ; minus infinity where LQ = 0
        ``slq``                    z-score of LQ over regions within the industry, standard
                                   deviation with R - 1 (O'Donoghue and Gleave 2004)
        ``slq_log``                the same of ln LQ (Tian 2013) over regions with LQ > 0;
                                   NaN where LQ = 0
        ``horizontal_clustering``  E_ri - E_r p, activity beyond LQ = 1, in the unit of
                                   `value` (Fingleton, Igliori and Moore 2004)
        =========================  ============================================================

    Raises
    ------
    InputError
        If keys, values or the reference table break a rule.
    IdentificationError
        For fewer than two regions without totals from outside, or an industry or region
        without activity.

    Notes
    -----
    The cost is O(T R I), in time and in rows of the answer: every pair has one. With
    ``rows="existing"`` it is linear in the rows of the table.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> location_quotient(cells, value="jobs")
      region industry        lq  reference
    0      N     cars  1.500000  including
    1      N    cloth  0.666667  including
    2      S     cars  0.500000  including
    3      S    cloth  1.333333  including
    """
    require_interval(interval)
    others = {"interval": interval is not None, "variants": variants}
    if require_rows(rows, reference, others):
        found = sparse_cells(cells, value, region, industry, time, missing)
        return existing_quotients(found, reference)
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, reference, parts="industry")
    require_two_regions(cube, against)
    require_two_industries(cube)
    require_others(cube, against, units="region")
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    columns = _quotients(cube, against, variants)
    warn_infinite(cube, "region", np.asarray(np.isinf(columns["lq"]).any(axis=2)))
    if interval is None:
        return name_reference(cube.tidy("region", "industry", **columns), against)
    columns |= _inference(cube, against, interval)
    answer = name_reference(cube.tidy("region", "industry", **columns), against)
    return constant(answer, "experiment", interval.experiment)


def _quotients(cube: Cube, against: Reference, variants: bool) -> dict[str, Array]:
    """Return the columns over (T, R, I), one period at a time."""
    columns: dict[str, Array] = {}
    for t, activity in enumerate(cube.values):
        q, p = inequality.row_shares(activity), against.shares(t, activity)
        lq = quotient(q, p)
        found = {"lq": lq}
        if variants:
            found |= quotient_variants(activity, q, p, lq)
        for name, values in found.items():
            columns.setdefault(name, np.empty_like(cube.values))[t] = values
    return columns


def _inference(cube: Cube, against: Reference, interval: QuotientInterval) -> dict[str, Array]:
    """Return the columns of inference over (T, R, I), one period at a time."""
    columns: dict[str, Array] = {}
    for t in range(len(cube.times)):
        found = interval.infer(cube, t, against)
        for name, values in (found | {"p_adjusted": holm(found["p_value"])}).items():
            columns.setdefault(name, np.empty_like(cube.values))[t] = values
    return columns
