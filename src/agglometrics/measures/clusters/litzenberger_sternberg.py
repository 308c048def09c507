"""The cluster index of Litzenberger and Sternberg (2006), from cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError, caution
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, ratio, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked


def cluster_index(
    e_ir: Array, e_i: Array, a_r: Array, a: Array, p_r: Array, p: Array, b_ir: Array, b_i: Array
) -> tuple[Array, Array, Array, Array]:
    """Relative density, relative stock, relative plant size, and the cluster index.

    ID = (e_ir / a_r) / (e_i / a), IS = (e_ir / p_r) / (e_i / p),
    PS = (e_ir / b_ir) / (e_i / b_i), CI = ID IS / PS  (Litzenberger and Sternberg 2006)

    Employment e, area a, inhabitants p, plants b: of industry i in region r, and in all. Where
    the industry has no activity in a region, PS is undefined there and CI zero; where it has none
    at all, each of them is undefined.
    """
    ID = ratio(e_ir / a_r, e_i / a)
    IS = ratio(e_ir / p_r, e_i / p)
    PS = ratio(ratio(e_ir, b_ir), ratio(e_i, b_i))
    CI = np.where(e_ir > 0, ratio(ID * IS, PS), np.where(e_i > 0, 0.0, np.nan))
    return ID, IS, PS, CI


@checked
def litzenberger_sternberg(
    cells: object,
    *,
    value: str,
    regions: object,
    count: str = "n",
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    area: str = "area",
    population: str = "population",
) -> pd.DataFrame:
    """Where an industry is dense, present, and made of many plants rather than a large one.

    Parameters
    ----------
    cells : table
        One row per region and industry (and period), as `collapse` makes them; a missing row is
        no activity, and the answer has no row for it.
    value, count : str
        The columns of employment and of the number of plants.
    regions : table
        One row per region (and period, if it has that column), with `area` and `population`
        (positive); its regions are those of the whole economy.
    region, industry, time, area, population : str
        Column names.

    Returns
    -------
    pandas.DataFrame
        Region, industry (and period), `density`, `stock`, `plant_size` (each relative to the
        whole), `cluster_index`: above one a cluster; in the authors' reading
        certainly one above four.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, values that are unknown or negative, employment
        without plants or the reverse, and regions that the table of regions lacks.

    References
    ----------
    Litzenberger, T. and Sternberg, R. (2006), Der Clusterindex - eine Methodik zur Identifizierung
    regionaler Cluster am Beispiel deutscher Industriebranchen, Geographische Zeitschrift 94(4),
    209-224.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"region": ["x", "y"], "industry": ["A", "A"], "emp": [60.0, 40.0], "n": [6, 2]}
    ... )
    >>> regions = pd.DataFrame(
    ...     {"region": ["x", "y"], "area": [1.0, 1.0], "population": [100.0, 300.0]}
    ... )
    >>> litzenberger_sternberg(cells, value="emp", regions=regions).round(3)
      region industry  density  stock  plant_size  cluster_index
    0      x        A      1.2  2.400         0.8          3.600
    1      y        A      0.8  0.533         1.6          0.267
    """
    frame, places = to_frame(cells), to_frame(regions)
    keys = [region, industry] if time is None else [region, industry, time]
    where = [region] if time is None or time not in places.columns else [region, time]
    require_columns(frame, [*keys, value, count])
    require_columns(places, [*where, area, population])
    require_keys(frame, keys)
    require_keys(places, where)
    e, b = _known(frame, keys, value), _known(frame, keys, count)
    _require_both(frame.loc[(e > 0) != (b > 0), keys], value, count)
    a, p = _positive(places, where, area), _positive(places, where, population)
    joined = (
        frame[keys].assign(e=e, b=b).merge(places[where].assign(a=a, p=p), on=where, how="left")
    )
    _require_places(joined.loc[joined["a"].isna(), region])
    whole = _whole(joined, places[where].assign(a=a, p=p), industry, time, where)
    _warn_empty(joined.loc[whole["e"] == 0, keys[1:]])
    names = ("density", "stock", "plant_size", "cluster_index")
    columns = (joined[name].to_numpy() for name in ("e", "a", "p", "b"))
    e_ir, a_r, p_r, b_ir = columns
    answers = cluster_index(e_ir, whole["e"], a_r, whole["a"], p_r, whole["p"], b_ir, whole["b"])
    answer = joined[keys].assign(**dict(zip(names, answers, strict=True)))
    return answer.sort_values(keys, ignore_index=True)


def _warn_empty(empty: pd.DataFrame) -> None:
    if len(empty):
        caution(
            "industries without activity in any region have no index and are left NaN: "
            f"{listed(empty.drop_duplicates().to_dict('records'))}. Leave them out"
        )


def _whole(
    joined: pd.DataFrame, places: pd.DataFrame, industry: str, time: str | None, where: list[str]
) -> dict[str, Array]:
    """Return, beside each cell, the totals of its industry (e, b) and of all regions (a, p)."""
    by = [industry] if time is None else [industry, time]
    totals = joined.groupby(by, observed=True)[["e", "b"]].transform("sum")
    whole = {name: totals[name].to_numpy(dtype=np.float64) for name in ("e", "b")}
    for name in ("a", "p"):
        if len(where) == 1:
            whole[name] = np.full(len(joined), places[name].sum())
        else:
            sums = places.groupby(time)[name].sum()
            whole[name] = joined[time].map(sums).to_numpy(dtype=np.float64)
    return whole


def _known(frame: pd.DataFrame, keys: list[str], column: str) -> pd.Series[float]:
    values = numeric(frame, column)
    wrong = frame.loc[~(values >= 0).to_numpy(), keys]
    if len(wrong):
        raise InputError(
            f"value {column!r} must be known and not negative; found {len(wrong)} such cells: "
            f"{listed(wrong.to_dict('records'))}. Correct or drop them."
        )
    return values


def _positive(places: pd.DataFrame, where: list[str], column: str) -> pd.Series[float]:
    values = numeric(places, column)
    wrong = places.loc[~(values > 0).to_numpy(), where]
    if len(wrong):
        raise InputError(
            f"{column!r} of a region must be known and positive; "
            f"found otherwise in {listed(wrong.to_dict('records'))}. Correct these regions."
        )
    return values


def _require_both(wrong: pd.DataFrame, value: str, count: str) -> None:
    if len(wrong):
        raise InputError(
            f"{value!r} and {count!r} must both be positive or both zero; found otherwise in "
            f"{listed(wrong.to_dict('records'))}. There is no employment without a plant. "
            "Correct or drop these cells."
        )


def _require_places(lacking: pd.Series) -> None:
    if len(lacking):
        raise InputError(
            f"the table of regions lacks {listed(lacking.unique())} of the cells. "
            "Use the same names in both tables, or add these regions."
        )
