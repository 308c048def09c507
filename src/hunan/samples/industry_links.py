"""Industries linked by trade, and how strong a region is in what an industry trades with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import ratio, to_cube
from hunan.data.dimensions import load_concordance, load_industries
from hunan.data.io_tables import load_io_flows

LINKS_YEAR = 2002  # the input-output tables before any outcome


def industrial() -> list[str]:
    """Return the 23 common industries without construction, sorted."""
    industries = load_industries()
    return sorted(industries.loc[industries["industrial"], "industry"])


def common_industry(codes: pd.Series[str]) -> pd.Series[str]:
    """Return the common industry of each two-digit one (``36+37`` is transport equipment).

    >>> common_industry(pd.Series(["17", "36+37"])).tolist()
    ['textiles', 'transport_equipment']
    """
    concordance = load_concordance().query("classification == 'csic2011'")
    group = concordance.set_index("code")["industry"]
    return codes.str.split("+").str[0].map(group)


def linkage_weights(F: Array) -> Array:
    """How much each industry trades with each: (F_ab + F_ba) / sum_b (F_ab + F_ba).

    F : (A, A) intermediate flows from a to b  -> (A, A), rows add up to one
    """
    both: Array = F + F.T
    return ratio(both, both.sum(axis=1, keepdims=True))


def industry_links(time: int = LINKS_YEAR) -> pd.DataFrame:
    """Return how closely the common industries are linked by intermediate flows in the nation.

    Parameters
    ----------
    time : year of the input-output tables; their sum over the provinces is the nation

    Returns
    -------
    pandas.DataFrame
        ``industry``, ``related``, ``weight``: purchases and sales between the two, over the
        industry's purchases and sales within industry. A row for each of the 23 x 23 pairs.

    Raises
    ------
    InputError
        If there are no tables of that year.

    Examples
    --------
    >>> from hunan.samples.industry_links import industry_links
    >>> links = industry_links().query("industry == 'transport_equipment'")
    >>> links.nlargest(2, "weight")["related"].tolist()
    ['transport_equipment', 'metal_smelting']
    """
    concordance = load_concordance()
    concordance = concordance[concordance["classification"] == f"io_{time}"]
    target = concordance.set_index("code")["industry"]
    flows = load_io_flows()
    flows = flows[flows["time"] == time]
    if flows.empty:
        raise InputError(f"there are no input-output tables of {time}; choose 2002, 2007, ...")
    kept = industrial()
    pairs = flows.assign(a=flows["supplier"].map(target), b=flows["user"].map(target))
    table = pairs.pivot_table(index="a", columns="b", values="value", aggfunc="sum", fill_value=0)
    F = table.reindex(index=kept, columns=kept, fill_value=0.0).to_numpy(dtype=float)
    index = pd.MultiIndex.from_product([kept, kept], names=["industry", "related"])
    return pd.Series(linkage_weights(F).ravel(), index=index, name="weight").reset_index()


def related_strength(E: Array, member: Array, omega: Array) -> Array:
    """How strong a region is in what its industry trades with, the industry itself left out.

    The linkage-weighted mean of location quotients of groups of industries, as the strength of
    related clusters in Delgado, Porter and Stern (2014), with weights in place of a list:
    S_ri = sum_a omega_(g(i) a) LQ^(-i)_ra, where LQ^(-i) leaves cell (., i) out of group a, of
    the region and of the nation. A group that is empty without i weighs nothing.

    E : (R, I)    member : (I, A), 0 or 1, i's group g(i)    omega : (A, A)    -> (R, I)
    """
    strength = np.full(E.shape, np.nan)
    for i in range(E.shape[1]):
        others = E.copy()
        others[:, i] = 0.0
        groups = others @ member
        nation = groups.sum(axis=0)
        weight = (member[i] @ omega) * (nation > 0)
        quotient = ratio(ratio(groups, others.sum(axis=1, keepdims=True)), nation / nation.sum())
        strength[:, i] = np.nan_to_num(quotient) @ (weight / weight.sum())
    return strength


def related_of_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Return ``related`` (`related_strength`) of each region and two-digit industry of `cells`."""
    cube = to_cube(cells, value="employment")
    of_industry = common_industry(pd.Series(cube.industries))
    kept = industrial()
    member = np.array([[name == a for a in kept] for name in of_industry], dtype=float)
    omega = industry_links().pivot(index="industry", columns="related", values="weight")
    return cube.tidy(
        "region", "industry", related=related_strength(cube.values[0], member, omega.to_numpy())
    )
