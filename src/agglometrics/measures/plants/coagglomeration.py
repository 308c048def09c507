"""Coagglomeration of pairs and groups of industries."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from agglometrics.errors import InputError, caution
from agglometrics.measures.plants.inference.plant_choice import (
    PlantChoice,
    pair_statistics,
    pairwise_excess,
    require_choice,
)
from agglometrics.measures.plants.reference_shares import (
    require_two_reference_regions,
    with_reference,
)
from agglometrics.measures.plants.sizes import read_sizes
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, ratio, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.collapse import collapse
from agglometrics.tables.rounding import without_dust

INDUSTRY_MEAN = "industry_mean"


def group_excess(pairs: Array, w: Array) -> float:
    """Group gamma^c = [G / (1 - x2) - H - sum_j gamma_j w_j^2 (1 - H_j)] / (1 - sum_j w_j^2).

    Ellison and Glaeser (1997), section V, with G and H of the group's whole activity, and w the
    shares of its industries. The plants cancel, since H = sum_j w_j^2 H_j and
    gamma_j (1 - H_j) = G_j / (1 - x2) - H_j, so that the same number is

    sum over i != j of w_i w_j gamma_ij / (1 - sum_j w_j^2)

    pairs : (I, I) pairwise gamma of the industries of the group    w : (I,)
    """
    weighted = np.outer(w, w) * (pairs - np.diag(np.diag(pairs)))
    return float(without_dust(weighted.sum(), np.abs(weighted).sum()) / (1 - w @ w))


@checked
def coagglomeration(
    plants: object,
    *,
    size: str,
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
    reference: object = None,
    group: str | Mapping[object, object] | pd.Series | None = None,
    inference: PlantChoice | None = None,
) -> pd.DataFrame:
    """Coagglomeration of all pairs of industries, or of groups of industries.

    Plants that choose regions independently of other industries' give zero in expectation; plant
    sizes do not enter (see `group_excess`), so that cells serve as well as plants. All pairs are
    one matrix product, O(R I^2) per period.

    Parameters
    ----------
    plants : table or path
        One row per plant or per cell, of any kind that `collapse` reads.
    size : str
        The column of activity (employment), not negative.
    industry, region, time : str
        The key columns; with `time`, one answer per period.
    reference : table, Series or "industry_mean", optional
        What x is made of: by default the activity of the whole table; totals from outside, by
        region; or ``"industry_mean"``, the unweighted mean of the industries' shares, as in
        Ellison, Glaeser and Kerr (2010).
    group : str or mapping, optional
        A column with the group of each industry, or a mapping from industry to group
        (industries that it lacks belong to none). The group index is then answered.
    inference : PlantChoice, optional
        Standard error, interval and p-value of each pair; `plants` must then be one row per plant,
        with positive sizes, and the two industries a small part of the reference, or outside it.

    Returns
    -------
    pandas.DataFrame
        Pairs: (period), `industry_a`, `industry_b` (each pair once, in the order of the labels),
        `gamma`, `reference`; with inference `std_error`, `conf_low`, `conf_high`, `p_value`,
        `model`. Groups: `group` (and period), `gamma`, `n_industries`, `reference`,
        `note`; the index of a group with one industry is undefined: NaN, a note and a warning.

    Raises
    ------
    InputError
        As `collapse`; for an industry in two groups, a mapping without any industry, inference on
        a group, and an `inference` that is no `PlantChoice`.
    IdentificationError
        If the reference has activity in one region only.

    References
    ----------
    Ellison, G. and Glaeser, E. L. (1997), Geographic concentration in U.S. manufacturing
    industries: a dartboard approach, Journal of Political Economy 105(5), 889-927.
    Ellison, G., Glaeser, E. L. and Kerr, W. R. (2010), What causes industry agglomeration?
    Evidence from coagglomeration patterns, American Economic Review 100(3), 1195-1213.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {
    ...         "industry": ["A", "A", "B", "B"],
    ...         "region": ["x", "y", "x", "y"],
    ...         "emp": [3, 1, 1, 3],
    ...     }
    ... )
    >>> coagglomeration(cells, size="emp")
      industry_a industry_b  gamma reference
    0          A          B  -0.25     total
    """
    require_choice(inference, group)
    keys = [region, industry] if time is None else [region, industry, time]
    group_column = [group] if isinstance(group, str) else []
    cells = collapse(plants, by=[*keys, *group_column], value=size)
    groups = _groups(cells, industry, group)
    totals = cells.groupby(keys, observed=True, as_index=False)[size].sum()
    cube = to_cube(totals, value=size, region=region, industry=industry, time=time)
    cube, x, name = _reference(cube, reference, size)
    if groups is None:
        answer = _pairs(cube, x).assign(reference=name)
        if inference is None:
            return answer
        sizes = read_sizes(plants, size=size, industry=industry, time=time)
        return answer.assign(**pair_statistics(cube, x, sizes, inference), model=inference.model)
    return _group_index(cube, x, groups.reindex(cube.industries), name)


def _reference(cube: Cube, reference: object, size: str) -> tuple[Cube, Array, str]:
    if isinstance(reference, str) and reference == INDUSTRY_MEAN:
        s = ratio(cube.values, cube.values.sum(axis=1, keepdims=True))
        x, name = np.nanmean(s, axis=2), INDUSTRY_MEAN
    elif reference is None:
        totals = cube.values.sum(axis=2)
        x, name = totals / totals.sum(axis=1, keepdims=True), "total"
    else:
        cube, totals = with_reference(cube, reference, size)
        x, name = totals / totals.sum(axis=1, keepdims=True), "external"
    require_two_reference_regions(cube, x[:, :, None])
    return cube, x, name


def _pairs(cube: Cube, x: Array) -> pd.DataFrame:
    frames = []
    for t, E in enumerate(cube.values):
        active = np.flatnonzero(E.sum(axis=0) > 0)
        gamma = pairwise_excess(E[:, active] / E[:, active].sum(axis=0), x[t])
        a, b = np.triu_indices(len(active), k=1)
        labels = cube.industries[active]
        pairs = {"industry_a": labels[a], "industry_b": labels[b], "gamma": gamma[a, b]}
        when = {} if cube.time is None else {cube.time: np.full(len(a), cube.times[t])}
        frames.append(pd.DataFrame(when | pairs))
    return pd.concat(frames, ignore_index=True)


def _groups(
    cells: pd.DataFrame, industry: str, group: str | Mapping[object, object] | pd.Series | None
) -> pd.Series | None:
    """Return the group of each industry, or None for pairs."""
    if group is None:
        return None
    if not isinstance(group, str):
        groups = pd.Series(dict(group))
        if not groups.index.isin(cells[industry]).any():
            raise InputError(
                f"group= maps none of the industries of the table: it has {listed(groups.index)}, "
                f"the table {listed(cells[industry].unique())}."
            )
        return groups
    pairs = cells[[industry, group]].drop_duplicates()
    twice = pairs.loc[pairs[industry].duplicated(keep=False)]
    if len(twice):
        raise InputError(
            f"an industry belongs to one group; found {listed(twice.to_dict('records'))}. "
            "Correct the column, or give a mapping from industry to group."
        )
    return pairs.set_index(industry)[group]


def _group_index(cube: Cube, x: Array, groups: pd.Series, reference: str) -> pd.DataFrame:
    rows = []
    for t, E in enumerate(cube.values):
        E_i = E.sum(axis=0)
        for name in groups.dropna().sort_values().unique():
            members = (groups == name).to_numpy() & (E_i > 0)
            gamma = _one_group(E[:, members], x[t]) if members.sum() > 1 else np.nan
            when = {} if cube.time is None else {cube.time: cube.times[t]}
            rows.append({"group": name, **when, "gamma": gamma, "n_industries": members.sum()})
    answer = pd.DataFrame(rows)
    answer = answer.loc[answer["n_industries"] > 0].reset_index(drop=True)
    return answer.assign(reference=reference, note=_single_notes(answer))


def _one_group(E: Array, x: Array) -> float:
    E_i = E.sum(axis=0)
    return group_excess(pairwise_excess(E / E_i, x), E_i / E_i.sum())


def _single_notes(answer: pd.DataFrame) -> Array:
    single = (answer["n_industries"] == 1).to_numpy()
    if single.any():
        caution(
            "coagglomeration of a group with one industry is undefined and left NaN: "
            f"{listed(answer.loc[single, 'group'].unique())}."
        )
    return np.where(single, "one industry: gamma undefined", "")
