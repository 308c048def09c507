"""Backward and forward linkages of industries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.measures.input_output.flow_tables import Mask, to_tables
from agglometrics.measures.input_output.multipliers import (
    input_coefficients,
    multiplier_matrix,
    output_coefficients,
    require_productive,
)
from agglometrics.notation import Array
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import above


def normalised(totals: Array, active: Mask) -> Array:
    """Totals over their mean among active industries: (..., I) -> (..., I), NaN if not active."""
    known = np.where(active, totals, 0.0)
    mean = ratio(known.sum(axis=-1, keepdims=True), active.sum(axis=-1, keepdims=True))
    return np.where(active, ratio(totals, mean), np.nan)


def spread(M: Array, active: Mask) -> Array:
    """Coefficient of variation over the first of the last two axes, within active industries.

    Rasmussen's (1956) V_j: the standard deviation (n - 1) of column j over its mean; where it
    is high, the linkage rests on few industries.

    M : (..., I, I)    active : (..., I)    -> (..., I)
    """
    rows = active[..., :, None]
    n = active.sum(axis=-1)[..., None, None]
    mean = ratio(np.where(rows, M, 0.0).sum(axis=-2, keepdims=True), n)
    squares = np.where(rows, (M - mean) ** 2, 0.0).sum(axis=-2, keepdims=True)
    deviation = np.sqrt(ratio(squares, n - 1))
    return np.where(active, ratio(deviation, mean)[..., 0, :], np.nan)


def linkage_measures(Z: Array, x: Array) -> dict[str, Array]:
    """Direct and total linkages of the tables Z (N, I, I) with outputs x (N, I): (N, I) each."""
    A, B = input_coefficients(Z, x), output_coefficients(Z, x)
    L, G = multiplier_matrix(A), multiplier_matrix(B)
    active = x > 0
    totals = {
        "backward_direct": A.sum(axis=-2),
        "forward_direct": B.sum(axis=-1),
        "output_multiplier": L.sum(axis=-2),
        "input_multiplier": G.sum(axis=-1),
    }
    return {name: np.where(active, values, np.nan) for name, values in totals.items()} | {
        "backward": normalised(L.sum(axis=-2), active),
        "forward": normalised(G.sum(axis=-1), active),
        "sensitivity": normalised(L.sum(axis=-1), active),
        "backward_spread": spread(L, active),
        "forward_spread": spread(np.swapaxes(G, -1, -2), active),
    }


@checked
def linkages(
    flows: object,
    outputs: object,
    *,
    flow: str = "value",
    output: str = "gross_output",
    supplier: str = "supplier",
    user: str = "user",
    industry: str = "industry",
    region: str | None = "region",
    time: str | None = None,
) -> pd.DataFrame:
    """Backward and forward linkages of every industry, for all regions and periods at once.

    With A the input and B the output coefficients, L = (1 - A)^-1 and G = (1 - B)^-1. The cost
    is O(N I^3) for N tables.

    Parameters
    ----------
    flows : table, one row per (supplier, user[, region, time]); a row that is not there is zero
        Total flows (of a competitive table) give linkages of technology; `local_flows` of them
        give those that stay in the region.
    outputs : table, one row per (industry[, region, time]), with gross output
    flow, output : the columns of values, in one unit
    supplier, user, industry, region, time : key columns; ``region=None`` for one table per period

    Returns
    -------
    DataFrame
        [region], [time], industry, and

        =====================  ==================================================================
        ``backward_direct``    sum_i a_ij, inputs per output (Chenery and Watanabe 1958)
        ``forward_direct``     sum_j b_ij, intermediate sales per output (Chenery and Watanabe)
        ``output_multiplier``  sum_i l_ij: output in all industries per unit of final demand for j
        ``input_multiplier``   sum_j g_ij: the same of Ghosh (1958), per unit of primary input
        ``backward``           power of dispersion, n sum_i l_ij / sum_ij l_ij (Rasmussen 1956)
        ``forward``            n sum_j g_ij / sum_ij g_ij (Beyers 1976; Jones 1976)
        ``sensitivity``        sensitivity of dispersion, n sum_j l_ij / sum_ij l_ij (Rasmussen
                               1956): the older forward linkage, of one unit of demand for
                               every industry
        ``backward_spread``,   coefficient of variation of the column of L, of the row of G
        ``forward_spread``     (Rasmussen 1956, with n - 1): high where few industries matter
        ``role``               ``key`` if backward and forward exceed 1, ``backward`` or
                               ``forward`` if one does, ``weak`` (Miller and Blair 2009, 12.2);
                               ``none`` without output
        =====================  ==================================================================

        An industry without output has NaN and does not count in n; its supplies from
        outside count as inputs of others.

    Raises
    ------
    InputError
        If keys or values break a rule, or an industry without output takes inputs.
    IdentificationError
        If a table is not productive: (1 - A) has no non-negative inverse.

    Examples
    --------
    Miller and Blair (2009, section 2.3):

    >>> import pandas as pd
    >>> flows = pd.DataFrame({
    ...     "supplier": [1, 1, 2, 2], "user": [1, 2, 1, 2], "value": [150, 500, 200, 100]})
    >>> outputs = pd.DataFrame({"industry": [1, 2], "gross_output": [1000, 2000]})
    >>> answer = linkages(flows, outputs, region=None)
    >>> answer[["industry", "backward_direct", "output_multiplier", "role"]].round(4)
       industry  backward_direct  output_multiplier  role
    0         1             0.35             1.5182   key
    1         2             0.30             1.4521  weak
    """
    tables = to_tables(
        flows, outputs, flow=flow, output=output, supplier=supplier, user=user,
        industry=industry, region=region, time=time,
    )  # fmt: skip
    require_productive(tables)
    found = linkage_measures(tables.Z, tables.x)
    role = _role(found["backward"], found["forward"])
    return tables.tidy(industry, **found).assign(role=role.reshape(-1))


def _role(backward: Array, forward: Array) -> Array:
    both = np.stack([above(backward, 1.0), above(forward, 1.0)])
    known = ~np.isnan(backward)
    return np.select(
        [~known, both.all(axis=0), both[0], both[1]],
        ["none", "key", "backward", "forward"],
        default="weak",
    )
