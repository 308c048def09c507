"""Chain completeness: how much of what an industry needs is made by industries strong here."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells import inequality
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, numeric, ratio, require_columns, to_cube, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import at_least, one_if_even


def chain_measures(E: Array, Z: Array, own: Array, threshold: float) -> dict[str, Array]:
    """Completeness of the supply chain of J users in R regions: (R, J) each.

    E : (R, I) activity    Z : (I, J) flows of the nation    own : (I, J), whether i is j
    """
    lq = np.nan_to_num(one_if_even(ratio(inequality.row_shares(E), E.sum(axis=0) / E.sum())))
    strong = at_least(lq, threshold).astype(np.float64)
    others = np.where(own, 0.0, Z)
    return {
        "completeness": ratio(strong @ Z, Z.sum(axis=0)),
        "completeness_others": ratio(strong @ others, others.sum(axis=0)),
        "graded": ratio(np.minimum(lq / threshold, 1.0) @ Z, Z.sum(axis=0)),
    }


@checked
def chain_completeness(
    flows: object,
    cells: object,
    *,
    value: str,
    flow: str = "value",
    threshold: float = 1.0,
    supplier: str = "supplier",
    user: str = "user",
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
) -> pd.DataFrame:
    """Share of an industry's inputs whose supplying industries are strong in the region.

    C_rj = sum_i w_ij 1(LQ_ri >= threshold), w_ij = z_ij / sum_i z_ij, z the flows summed over all
    regions: the industry's needs are the nation's input mix, not what this region happens to
    use. The definition is this package's own; Glaeser and Kerr (2009) measure the access to
    suppliers of a city by the same two ingredients, as a distance between the shares of inputs
    and of local activity. Completeness shows that suppliers are in the region, not that they
    supply it: see `local_supply_rate` for that.

    Parameters
    ----------
    flows : table, one row per (region, supplier, user[, time]); not negative
        Select suppliers first to look at part of the chain, such as manufactures.
    cells : table, one row per (region, industry[, time]), of every supplying industry
    value, flow : columns of activity and of flows
    threshold : location quotient from which an industry is strong in a region
    supplier, user, industry, region, time : key columns

    Returns
    -------
    DataFrame
        [time], region, user (every pair), ``completeness``; ``completeness_others``, the same
        without the industry's supplies to itself; ``graded``, with min(LQ / threshold, 1) in
        the place of the indicator: it has no jump at the threshold.

    Raises
    ------
    InputError
        If keys or values break a rule, a supplier or period has no cells, or the threshold is
        not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "steel"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> flows = pd.DataFrame({
    ...     "region": ["N", "N", "S"], "supplier": ["cars", "steel", "steel"],
    ...     "user": "cars", "value": [30.0, 50, 20]})
    >>> chain_completeness(flows, cells, value="jobs").round(4)
      region  user  completeness  completeness_others  graded
    0      N  cars           0.3                  0.0  0.7667
    1      S  cars           0.7                  1.0  0.8500
    """
    if not threshold > 0:
        raise InputError(f"threshold must be positive; found {threshold}. For example threshold=1.")
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time)
    Z, users = _national_flows(flows, cube, flow, supplier, user)
    own = np.asarray(cube.industries)[:, None] == np.asarray(users)[None, :]
    found = [chain_measures(E, z, own, threshold) for E, z in zip(cube.values, Z, strict=True)]
    columns = {name: np.stack([measures[name] for measures in found]) for name in found[0]}
    by_user = Cube(columns["graded"], cube.regions, users, cube.times, region, user, time)
    return by_user.tidy("region", "industry", **columns)


def _national_flows(
    flows: object, cube: Cube, flow: str, supplier: str, user: str
) -> tuple[Array, pd.Index]:
    """Return the flows summed over regions, (T, I, J), and the J users."""
    frame = to_frame(flows)
    when = [] if cube.time is None else [cube.time]
    require_columns(frame, [*when, cube.region, supplier, user, flow])
    values = numeric(frame, flow)
    if values.isna().any() or (values < 0).any():
        raise InputError(
            f"flows {flow!r} must be known and not negative; found "
            f"{int(values.isna().sum())} unknown and {int((values < 0).sum())} negative. "
            "Correct or drop them, and report it."
        )
    for labels, known, what in (
        (frame[supplier], cube.industries, supplier),
        *((frame[key], cube.times, key) for key in when),
    ):
        strangers = sorted(set(labels) - set(known))
        if strangers:
            raise InputError(
                f"no cells for {what} {listed(strangers)}; flows and cells must match. "
                "Use the same labels in both tables, or drop the flows of industries without "
                "cells."
            )
    j, users = pd.factorize(frame[user], sort=True)
    i = cube.industries.get_indexer(pd.Index(frame[supplier]))
    t = cube.times.get_indexer(pd.Index(frame[cube.time])) if when else np.zeros(len(i), np.intp)
    Z = np.zeros((len(cube.times), len(cube.industries), len(users)))
    np.add.at(Z, (t, i, j), values.to_numpy())
    return Z, pd.Index(users)
