"""Concentration around each plant: individual values of M, with their p-values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from agglometrics.distance.answers.envelopes import check_distances
from agglometrics.distance.detection.surroundings import (
    Around,
    around_plants,
    exact_chance,
    simulated_chance,
)
from agglometrics.distance.points import Points
from agglometrics.distance.relative.curves import coded, read
from agglometrics.distance.relative.profiles import within
from agglometrics.distance.relative.setting import individual_ratios
from agglometrics.errors import IdentificationError
from agglometrics.inference.multiple_testing import benjamini_hochberg
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class LocalConcentration:
    """Concentration around each plant of an industry.

    Attributes
    ----------
    table : one row per plant of the target: `row` of the given table, `x` and `y` (longitude and
        latitude on the globe), numbers of plants within the distance, `neighbors` and `same` (of
        all industries, of the counted one), with weights also `weight`, `neighbors_weight` and
        `same_weight`; `expected` (g_i), `value` (individual M), `p_value`, `p_adjusted`
        (Benjamini-Hochberg)
    target : the industry, or target and neighbour
    distance, unit : within which neighbours are counted
    simulations : draws of the p-values; 0 where they are exact
    degrees : whether x and y are longitude and latitude
    """

    table: pd.DataFrame
    target: object
    distance: float
    unit: str
    simulations: int = 0
    degrees: bool = False

    def clustered(self, level: float = 0.05) -> pd.DataFrame:
        """Return the plants whose neighbourhood is concentrated at a false discovery rate."""
        return self.table[self.table["p_adjusted"] <= level]

    @checked
    def plot(
        self,
        *,
        level: float = 0.05,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw a map: plants shaded by their value, circled where they are concentrated.

        Parameters
        ----------
        level : false discovery rate up to which plants are circled
        unit : unit of distances, for the legend; by default that of the answer
        lang, labels : language, and what to print for the industry
        """
        from agglometrics.distance.detection.pictures import draw_local

        return draw_local(self, level, unit, lang, as_labels(labels))


@checked
def local_concentration(
    points: object,
    *,
    target: object,
    distance: float,
    neighbor: object = None,
    x: str = "x",
    y: str = "y",
    lon: str | None = None,
    lat: str | None = None,
    industry: str = "industry",
    weight: str | None = None,
    simulations: int = 999,
    seed: Seed = 0,
) -> LocalConcentration:
    """Concentration around each plant: the term of M that it contributes, and its p-value.

    M_i(r) = (W_N(i, r) / W(i, r)) / g_i: the share of the neighbour industry in the weight of all
    plants within r of plant i, over its share in all plants but i (the individual values of dbmss,
    Mhat(Individual = TRUE)). The mean of M_i, weighted by g_i, is M: a plain mean if plants count
    once. The null is that plant i stays and all others, each with its industry and weight, are on
    random sites of theirs; `p_value` is the chance of as large a value. If plants count once the
    plants of the neighbour industry within r of i are then hypergeometric, and the chance is
    exact; with weights it is simulated (dbmss, Mhat(Quantiles = TRUE), has the same null).
    Neighbouring plants share neighbours, so that their p-values are dependent; `p_adjusted` is
    Benjamini and Hochberg's.

    Parameters
    ----------
    points, target, neighbor, x, y, lon, lat, industry
        As in `marcon_puech`.
    distance : float
        Within which neighbours count; in kilometres on the globe.
    weight : str, optional
        Column of weights, employment say; by default every plant counts once.
    simulations : int
        Draws for the p-values of weighted plants, which are at least 1 / (1 + simulations); 0 for
        none. Plants that count once, or all weigh the same, need no draws.
    seed : int or numpy.random.Generator
        The same seed gives the same answer on any number of threads and in any order of rows.

    Returns
    -------
    LocalConcentration
        `.table`, `.clustered()`, `.plot()`.

    Raises
    ------
    InputError
        As `marcon_puech`.
    IdentificationError
        If all plants are of the neighbour industry.

    References
    ----------
    Marcon, E. and Puech, F. (2010), Measures of the geographic concentration of industries:
    improving distance-based methods, Journal of Economic Geography 10(5), 745-762.

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0, 1, 1, 5], "y": [0, 0, 1, 5], "industry": list("AABB")})
    >>> found = local_concentration(plants, target="A", distance=1)
    >>> found.table["value"].tolist()  # (1/1) / (1/3) and (1/2) / (1/3)
    [3.0, 1.5]
    >>> staff = plants.assign(staff=[1, 2, 6, 1])
    >>> found = local_concentration(staff, target="A", distance=1, weight="staff")
    >>> found.table["value"].round(4).tolist()  # (2/2) / (2/9) and (1/7) / (1/8)
    [4.5, 1.1429]
    """
    radius = check_distances([distance])
    data, _ = read(points, (x, y, lon, lat), industry, weight, None)
    own, counted = data.of(target), data.of(target if neighbor is None else neighbor)
    if counted.all():
        raise IdentificationError(
            "all points are of one industry, which is nowhere concentrated. Add the plants of "
            "other industries."
        )
    setting = coded(data, within(radius, data.space), None)
    around = around_plants(setting, own, counted)
    equal = bool((data.w == data.w[0]).all())
    p = (
        exact_chance(around)
        if equal
        else simulated_chance(around, data.w, counted, simulations, root(seed))[
            _first_alike(data, around.centres)
        ]
    )
    place = _places(points, data, x, y, lon, lat).iloc[around.centres].reset_index(drop=True)
    table = pd.concat([place, _table(around, p, weight is not None)], axis=1)
    table = table.sort_values("row", ignore_index=True)
    label = target if bool((own == counted).all()) else (target, neighbor)
    draws = 0 if equal else simulations
    return LocalConcentration(table, label, float(radius[0]), data.space.unit, draws,
                              data.z is not None)  # fmt: skip


def _table(around: Around, p: Array, weighted: bool) -> pd.DataFrame:
    """Return counts, values and p-values, a row per centre."""
    same, neighbors = around.number.T
    columns = {"neighbors": neighbors, "same": same}
    if weighted:
        masses = {"neighbors_weight": around.mass[:, 1], "same_weight": around.mass[:, 0]}
        columns = {"weight": around.weight, **columns, **masses}
    expected = ratio(*around.rest.T)
    value = ratio(individual_ratios(around.mass[:, None])[:, 0], expected)
    tests = {"p_value": p, "p_adjusted": benjamini_hochberg(p)}
    return pd.DataFrame({**columns, "expected": expected, "value": value, **tests})


def _first_alike(data: Points, centres: Any) -> Any:
    """Return the first centre of the same place and weight, (C,): which of them is first is chance.

    They have one null distribution, of which each has draws of its own.
    """
    known = [data.xy.T, data.w] if data.z is None else [data.xy.T, data.z, data.w]
    _, first, group = np.unique(
        np.vstack(known).T[centres], axis=0, return_index=True, return_inverse=True
    )
    return first[group.reshape(-1)]


def _places(
    points: object, data: Points, x: str, y: str, lon: str | None, lat: str | None
) -> pd.DataFrame:
    """Return row and coordinates of all points, in the order of `data`."""
    from agglometrics.tables import to_frame

    if lon is not None and lat is not None:
        given = to_frame(points)[[lon, lat]].to_numpy()[data.row]
    else:
        given = data.xy + data.centre
    return pd.DataFrame({"row": data.row, "x": given[:, 0], "y": given[:, 1]})
