"""Theil concentration, split exactly into between and within groups of regions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures import inequality
from agglometrics.measures.concentration import Measures, by_period
from agglometrics.measures.references import name_reference, resolve
from agglometrics.measures.rules import (
    Undefined,
    left_out,
    require_defined,
    require_others,
    require_two_regions,
    warn_infinite,
)
from agglometrics.tables import (
    Array,
    Cube,
    Missing,
    listed,
    ratio,
    require_columns,
    require_keys,
    to_cube,
    to_frame,
)


def theil_between_within(activity: Array, x: Array, membership: Array) -> Measures:
    """Total, between and within of the relative Theil index; total = between + within.

    between = sum_g S_g ln(S_g / X_g); within = sum_g S_g sum_{r in g} (s_r / S_g)
    ln((s_r / S_g) / (x_r / X_g)), with S_g and X_g the sums of s and x over group g.

    activity : (I, R)    x : (R,) or (I, R)    membership : (R, groups), 0 or 1
    """
    s = inequality.row_shares(activity)
    S, X = s @ membership, np.atleast_2d(x) @ membership
    # x_r S_g / X_g: the region's share if its group were spread as the reference is.
    spread = x * (ratio(S, X) @ membership.T)
    return {
        "theil": inequality.theil(s, x),
        "between": inequality.theil(S, X),
        "within": inequality.theil(s, spread),
    }


def theil_decomposition(
    cells: object,
    *,
    value: str,
    groups: object,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    reference: object = "including",
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Theil concentration of each industry, between and within groups of regions.

    T = sum_r s_r ln(s_r / x_r) = between + within (Brulhart and Traeger 2005, eqs. 2 to 4;
    Theil 1967), exactly:

    between = sum_g S_g ln(S_g / X_g), S_g and X_g the sums of s and x over the regions of g;
    within = sum_g S_g sum_(r in g) (s_r / S_g) ln[(s_r / S_g) / (x_r / X_g)].

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing : as in `concentration`
    groups : mapping from region to group (macro-region), a Series of groups with the regions
        as index, or a table with the region column and one column of groups; every region
        belongs to one
    reference : as in `concentration`
        What Brulhart and Traeger call *relative* concentration is ``"including"``,
        *absolute* is ``"uniform"``, *topographic* is a table of the regions' areas.

    Returns
    -------
    DataFrame
        [time], industry, ``theil, between, within``, ``between_share`` (between / theil;
        NaN where theil is zero) and ``reference``.

    Raises
    ------
    InputError
        If a region has no group, or keys, values or a table break a rule.
    IdentificationError
        For fewer than two regions, or an industry or region without activity.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": list("abc") * 2, "industry": ["cars"] * 3 + ["cloth"] * 3,
    ...     "jobs": [50, 30, 20, 10, 40, 50]})
    >>> macro = {"a": "north", "b": "south", "c": "south"}
    >>> answer = theil_decomposition(cells, value="jobs", groups=macro)
    >>> answer[["industry", "theil", "between", "within"]].round(6)
      industry     theil   between    within
    0     cars  0.097244  0.087177  0.010068
    1    cloth  0.121889  0.116322  0.005567
    """
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, reference, parts="region")
    require_two_regions(cube, against)
    require_others(cube, against, units="industry")
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    membership = _membership(cube, groups)
    measures = by_period(
        cube.values.swapaxes(1, 2),
        against,
        lambda activity, x: theil_between_within(activity, x, membership),
    )
    warn_infinite(cube, "industry", np.isinf(measures["theil"]))
    share = ratio(measures["between"], measures["theil"])
    return name_reference(cube.tidy("industry", **measures, between_share=share), against)


def _membership(cube: Cube, groups: object) -> Array:
    """Return which region belongs to which group: (R, groups), 0 or 1."""
    group = _groups(cube, groups).reindex(cube.regions)
    lacking = group.index[group.isna()]
    if len(lacking):
        raise InputError(
            f"groups= has no group for {cube.region} {listed(lacking)}. Every region needs one; "
            "names must be equal in both."
        )
    code, names = pd.factorize(group, sort=True)
    return np.eye(len(names))[code]


def _groups(cube: Cube, groups: object) -> pd.Series[str]:
    if isinstance(groups, Mapping):
        return pd.Series(dict(groups), dtype=object)
    if isinstance(groups, pd.Series):
        return _unique(groups.rename_axis(cube.region).rename("group").reset_index(), cube.region)
    return _unique(to_frame(groups), cube.region)


def _unique(frame: pd.DataFrame, region: str) -> pd.Series[str]:
    require_columns(frame, [region])
    require_keys(frame, [region])
    rest = [column for column in frame.columns if column != region]
    if len(rest) != 1:
        raise InputError(
            f"groups= must have {region!r} and exactly one column of groups; found {rest} beside "
            "it. Select the one you mean."
        )
    return frame.set_index(region)[rest[0]]
