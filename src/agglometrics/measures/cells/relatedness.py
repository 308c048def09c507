"""Relatedness of industries by where they are found together (Hidalgo et al. 2007)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.rules import Keys, Undefined, comparable
from agglometrics.notation import Array
from agglometrics.tables import Missing, ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import at_least


def advantage(E: Array, threshold: float) -> Array:
    """Whether LQ >= threshold within rounding, as 0 or 1: (R, I) -> (R, I)."""
    q, p = inequality.row_shares(E), E.sum(axis=0) / E.sum()
    return at_least(ratio(q, p), threshold).astype(np.float64)


def proximity_matrix(M: Array) -> Array:
    """Proximity phi_ij = min(P(i | j), P(j | i)), P over regions (Hidalgo et al. 2007).

    That is the number of regions with both over the larger number with either. The diagonal
    is zero; industries that no region has are related to none.

    M : (R, I) of 0 and 1 -> (I, I)
    """
    both = M.T @ M
    ubiquity = np.diag(both)
    phi = np.nan_to_num(ratio(both, np.maximum.outer(ubiquity, ubiquity)))
    np.fill_diagonal(phi, 0.0)
    return phi


def density(M: Array, phi: Array) -> Array:
    """Share of what is related to an industry that the region has: M phi / sum_j phi_ij.

    M : (R, I) of 0 and 1    phi : (I, I)    -> (R, I); NaN where nothing is related
    """
    return ratio(M @ phi, phi.sum(axis=0))


@checked
def proximity(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    threshold: float = 1.0,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Proximity of each pair of industries: how often regions are strong in both.

    phi_ij = min[P(LQ_i >= 1 | LQ_j >= 1), P(LQ_j >= 1 | LQ_i >= 1)], probabilities over
    regions (Hidalgo, Klinger, Barabasi and Hausmann 2007).

    Parameters
    ----------
    cells, value, region, industry, time, undefined, missing : as in `location_quotient`
    threshold : location quotient from which a region is strong in an industry, reached also
        where the quotient falls short by rounding alone

    Returns
    -------
    DataFrame
        [time], the pair (the industry column's name with ``_a`` and ``_b``; every pair once),
        ``proximity``, in [0, 1].

    Raises
    ------
    InputError
        If keys or values break a rule.
    IdentificationError
        For fewer than two regions or industries, or a region or industry without activity.

    Notes
    -----
    The cost is O(T R I^2), one matrix product per period.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N"] * 3 + ["S"] * 3, "industry": ["cars", "cloth", "food"] * 2,
    ...     "jobs": [60, 20, 20, 20, 60, 20]})
    >>> proximity(cells, value="jobs")
      industry_a industry_b  proximity
    0       cars      cloth        0.0
    1       cars       food        0.5
    2      cloth       food        0.5
    """
    _require_positive(threshold)
    keys: Keys = {"region": region, "industry": industry, "time": time}
    cube = comparable(cells, value, keys, undefined, missing)
    a, b = np.triu_indices(len(cube.industries), k=1)
    frames = []
    for period, E in zip(cube.times, cube.values, strict=True):
        when = {} if time is None else {time: period}
        pair = {f"{industry}_a": cube.industries[a], f"{industry}_b": cube.industries[b]}
        phi = proximity_matrix(advantage(E, threshold))
        frames.append(pd.DataFrame(pair | {"proximity": phi[a, b]}).assign(**when))
    answer = pd.concat(frames, ignore_index=True)
    return answer if time is None else answer[[time, *answer.columns.drop(time)]]


@checked
def relatedness_density(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    threshold: float = 1.0,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Relatedness density: how much of what is related to an industry a region is strong in.

    omega_ri = sum_(j != i) x_rj phi_ij / sum_(j != i) phi_ij, x_rj = 1 if LQ_rj >= 1
    (Hidalgo et al. 2007; Boschma, Balland and Kogler 2015, who give it in percent).

    Parameters
    ----------
    cells, value, region, industry, time, threshold, undefined, missing : as in `proximity`

    Returns
    -------
    DataFrame
        [time], region, industry (every pair), ``advantage`` (whether LQ >= threshold) and
        ``relatedness_density``, a share in [0, 1]; NaN where no industry is related to this.

    Raises
    ------
    InputError
        If keys or values break a rule.
    IdentificationError
        For fewer than two regions or industries, or a region or industry without activity.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N"] * 3 + ["S"] * 3, "industry": ["cars", "cloth", "food"] * 2,
    ...     "jobs": [60, 20, 20, 20, 60, 20]})
    >>> relatedness_density(cells, value="jobs").head(3)
      region industry  advantage  relatedness_density
    0      N     cars       True                  1.0
    1      N    cloth      False                  1.0
    2      N     food       True                  0.5
    """
    _require_positive(threshold)
    keys: Keys = {"region": region, "industry": industry, "time": time}
    cube = comparable(cells, value, keys, undefined, missing)
    strong = np.stack([advantage(E, threshold) for E in cube.values])
    omega = np.stack([density(M, proximity_matrix(M)) for M in strong])
    answer = cube.tidy("region", "industry", advantage=strong, relatedness_density=omega)
    return answer.astype({"advantage": bool})


def _require_positive(threshold: float) -> None:
    if not threshold > 0:
        raise InputError(f"threshold must be positive; found {threshold}. For example threshold=1.")
