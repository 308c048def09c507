"""Theil concentration, split exactly into between and within groups of regions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.blocks import Measures
from agglometrics.measures.cells.concentration import by_period
from agglometrics.measures.cells.groups import membership
from agglometrics.measures.cells.references import constant, name_reference, resolve
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
from agglometrics.tables import Missing, ratio, to_cube
from agglometrics.tables.arguments import checked


def theil_between_within(activity: Array, x: Array, member: Array) -> Measures:
    """Total, between and within of the relative Theil index; total = between + within.

    between = sum_g S_g ln(S_g / X_g); within = sum_g S_g sum_{r in g} (s_r / S_g)
    ln((s_r / S_g) / (x_r / X_g)), with S_g and X_g the sums of s and x over group g.

    activity : (I, R)    x : (R,) or (I, R)    member : (R, groups), 0 or 1
    """
    s = inequality.row_shares(activity)
    S, X = s @ member, np.atleast_2d(x) @ member
    # x_r S_g / X_g: the region's share if its group were spread as the reference is. A group
    # without industry and reference is absent; one without reference only has no such spread.
    unknown = (X == 0) & (S > 0)
    spread = x * (np.where(S > 0, np.nan_to_num(ratio(S, X)), 0.0 * S) @ member.T)
    within = inequality.theil(s, spread)
    return {
        "theil": inequality.theil(s, x),
        "between": inequality.theil(S, X),
        "within": np.where(unknown.any(axis=1), np.nan, within),
    }


@checked
def theil_decomposition(
    cells: object,
    *,
    value: str,
    groups: object,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    reference: object = "including",
    inference: RandomLabelling | None = None,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Theil concentration of each industry, between and within groups of regions.

    T = sum_r s_r ln(s_r / x_r) = between + within (Theil 1967; Brulhart and
    Traeger 2005), exactly:

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
    inference : `RandomLabelling` for a permutation test on counts of plants or persons

    Returns
    -------
    DataFrame
        [time], industry, ``theil, between, within``, ``between_share`` (between / theil;
        NaN where theil is zero within rounding) and ``reference``. A group without activity is
        absent. ``within`` is NaN where the reference has nothing in a group that the industry
        has (with ``"excluding"``). With ``inference=`` also ``_expected``
        (under the null) and ``_p_value`` of ``theil``, ``between`` and ``within``, and
        ``experiment``.

    Raises
    ------
    InputError
        If a region has no group, or keys, values or a table break a rule.
    IdentificationError
        For fewer than two regions, or an industry or region without activity.

    Notes
    -----
    The cost is O(T I R groups), and O(draws R groups) per industry and period with `inference`.

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
    require_labelling(inference)
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, reference, parts="region")
    require_two_regions(cube, against)
    require_others(cube, against, units="industry")
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    member = membership(cube, groups, "region")

    def kernel(activity: Array, x: Array) -> Measures:
        return theil_between_within(activity, x, member)

    measures = by_period(cube.values.swapaxes(1, 2), against, kernel)
    warn_infinite(cube, "industry", np.isinf(measures["theil"]))
    whole = measures["theil"]
    share = ratio(measures["between"], np.where(np.isinf(whole), np.nan, whole))
    columns = measures | {"between_share": share}
    if inference is None:
        return name_reference(cube.tidy("industry", **columns), against)
    columns |= permutation_test(cube, against, measures, kernel, inference)
    answer = name_reference(cube.tidy("industry", **columns), against)
    return constant(answer, "experiment", inference.experiment)
