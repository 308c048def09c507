"""Clusters of an industry among regions: the spatial scan statistic (Kulldorff 1997)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.distance.detection.circles import Circles, Index, circles_of, null_of, scan
from agglometrics.distance.detection.clusters import ScanClusters
from agglometrics.distance.points import read_points
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
from agglometrics.tables.argument.by_name import label as require_label
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import at_least


@checked
def scan_clusters(
    cells: object,
    *,
    target: object,
    value: str,
    regions: object,
    region: str = "region",
    industry: str = "industry",
    x: str = "x",
    y: str = "y",
    lon: str | None = None,
    lat: str | None = None,
    largest: float = 0.5,
    simulations: int = 999,
    seed: Seed = 0,
) -> ScanClusters:
    """Where an industry's plants cluster: circles of regions that hold more than their share.

    Kulldorff's (1997) scan under the Bernoulli model. For every circle of regions around a region,
    with c of the industry's C plants among n of all N: the log-likelihood ratio of one share
    inside and another outside against the same everywhere,
    log L = c log(c/n) + (n-c) log(1-c/n) + (C-c) log((C-c)/(N-n)) + (N-n-C+c) log(1-(C-c)/(N-n))
    - C log(C/N) - (N-C) log(1-C/N), where c/n is above (C-c)/(N-n), else 0. The p-value compares
    it with the largest of all circles when the industry's plants are random ones of all plants: so
    it allows for all circles that were tried. Further clusters are the likeliest circles that do
    not overlap earlier ones, with p-values by the same comparison, which is cautious for them.

    Parameters
    ----------
    cells : table
        One row per region and industry: numbers of plants, of all industries.
    target : label
        The industry.
    value : str
        Column of numbers of plants, whole: the test is of counts (`local_concentration` takes
        weights).
    regions : table
        One row per region, with its coordinates (a point in it, as x and y or lon and lat).
    region, industry, x, y, lon, lat : str
        Column names; distances are great-circle ones with lon and lat.
    largest : float
        Largest share of all plants in a circle; 0.5 as in SaTScan.
    simulations : int
        Draws B of the null.
    seed : int or numpy.random.Generator
        The same seed gives the same answer on any number of threads and in any order of rows.

    Returns
    -------
    ScanClusters
        `.clusters`, `.regions`, `.plot()`. Only circles whose share is larger inside are listed,
        at most those with a p-value below one.

    Raises
    ------
    InputError
        For faulty columns, regions without coordinates, numbers that are not whole or negative.
    IdentificationError
        If the industry has no plants, or all.

    References
    ----------
    Kulldorff, M. (1997), A spatial scan statistic, Communications in Statistics: Theory and
    Methods 26(6), 1481-1496 (not read; the formula as in R's spqdep, scan.bernoulli).

    Examples
    --------
    >>> import pandas as pd
    >>> regions = pd.DataFrame({"region": list("abcdef"), "x": range(6), "y": 0.0})
    >>> cells = pd.DataFrame({"region": list("abcdef") * 2, "industry": ["A"] * 6 + ["B"] * 6,
    ...                       "plants": [9, 8, 1, 0, 1, 1] + [10] * 6})
    >>> found = scan_clusters(cells, target="A", value="plants", regions=regions, simulations=99)
    >>> found.clusters[["regions", "plants", "p_value"]].iloc[0].tolist()
    [2.0, 17.0, 0.01]
    """
    if not 0 < largest <= 1:
        raise InputError(
            f"largest must be a share of all plants, up to 1; found {largest}. For example "
            "largest=0.5."
        )
    if simulations < 1:
        raise InputError("simulations must be at least 1. Pass simulations=999.")
    table = _table(cells, target, value, region, industry)
    places = to_frame(regions)
    require_columns(places, [region])
    require_keys(places, [region])
    _require_places(table.index, places[region])
    data = read_points(places, x, y, None, None, lon, lat)
    names = places[region].to_numpy()[data.row]
    counts = table.reindex(names).fillna(0).to_numpy(dtype=np.int64)
    if not 0 < counts[:, 0].sum() < counts[:, 1].sum():
        raise IdentificationError(
            f"industry {target!r} has {counts[:, 0].sum()} of {counts[:, 1].sum()} plants: "
            "clusters need some of it and some of other industries. Add their cells."
        )
    xyz = data.xy if data.z is None else np.column_stack([data.xy, data.z])
    circles = circles_of(xyz, counts[:, 1], largest)
    statistic = scan(counts[:, 0], counts[:, 1], circles)
    null = null_of(counts, circles, simulations, root(seed))
    shown = _shown(places, data.row, x, y, lon, lat)
    clusters, member = _listed(statistic, null, counts, circles, names, xyz, data.space)
    frame = shown.assign(region=names, plants=counts[:, 0], total=counts[:, 1], cluster=member)
    frame = frame[["region", "x", "y", "plants", "total", "cluster"]]
    return ScanClusters(clusters, frame, target, simulations, data.space.unit,
                        data.z is not None)  # fmt: skip


def _table(cells: object, target: object, value: str, region: str, industry: str) -> pd.DataFrame:
    """Return plants of the target and of all industries by region."""
    frame = to_frame(cells)
    require_columns(frame, [region, industry, value])
    require_keys(frame, [region, industry])
    numbers = numeric(frame, value)
    wrong = numbers.isna() | (numbers < 0) | (numbers != numbers.round())
    if wrong.any():
        raise InputError(
            f"column {value!r} must hold numbers of plants, whole and not negative; found "
            f"{numbers[wrong].iloc[0]:g} in row {wrong.to_numpy().argmax()}, and "
            f"{int(wrong.sum())} such rows. Pass counts, not employment or shares."
        )
    require_label("target", target)
    own = frame[industry] == target
    if not own.any():
        raise InputError(
            f"no cell has industry {target!r}; found "
            f"{listed(sorted(frame[industry].unique(), key=str))}. Choose one of these."
        )
    plants = pd.DataFrame({"own": numbers.where(own, 0), "all": numbers})
    return plants.groupby(frame[region].to_numpy()).sum()


def _require_places(found: pd.Index, known: pd.Series) -> None:
    lacking = found.difference(pd.Index(known))
    if len(lacking):
        raise InputError(
            f"regions {listed(lacking)} of the cells have no coordinates. Add them to regions=..., "
            "or drop their cells."
        )


def _listed(
    statistic: Array,
    null: Array,
    counts: Index,
    circles: Circles,
    names: Any,
    xyz: Array,
    space: Any,
) -> tuple[pd.DataFrame, pd.Series]:  # fmt: skip
    """Return the clusters, and which one each region is in."""
    member = pd.Series(pd.NA, index=range(len(names)), dtype="Int64")
    rows: list[tuple[Any, ...]] = []
    for r in np.lexsort((np.arange(len(names)), statistic[:, 1], -statistic[:, 0])):
        inside = circles.order[r, : int(statistic[r, 1])]
        p = (1 + int(at_least(null, statistic[r, 0]).sum())) / (null.size + 1)
        if not inside.size or p >= 1:
            break
        if member.iloc[inside].notna().any():
            continue
        member.iloc[inside] = len(rows) + 1
        away = np.sqrt(((xyz[inside] - xyz[r]) ** 2).sum(axis=1))
        radius = float(space.arc(away.max()))
        rows.append(_row(len(rows) + 1, names[r], radius, inside, counts, statistic[r, 0], p))
    columns = ["cluster", "centre", "radius", "regions", "plants", "expected", "relative_risk",
               "statistic", "p_value"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns), member


def _row(
    number: int, centre: Any, radius: float, inside: Index, counts: Index, value: float, p: float
) -> tuple[Any, ...]:
    (c, n), (C, N) = counts[inside].sum(axis=0), counts.sum(axis=0)
    outside = (C - c) / (N - n)
    risk = (c / n) / outside if outside > 0 else np.inf
    return number, centre, radius, inside.size, int(c), n * C / N, risk, value, p


def _shown(
    places: pd.DataFrame, row: Any, x: str, y: str, lon: str | None, lat: str | None
) -> pd.DataFrame:
    """Return the coordinates for a map."""
    names = (x, y) if lon is None or lat is None else (lon, lat)
    if not set(names) <= set(places.columns):
        geometry = places.geometry
        return pd.DataFrame({"x": geometry.x.to_numpy()[row], "y": geometry.y.to_numpy()[row]})
    xy = places[list(names)].to_numpy()[row]
    return pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1]})
