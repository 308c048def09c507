"""Concentration around each plant: individual values of M, with exact p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.distance.answers.envelopes import check_distances
from agglometrics.distance.points import Points
from agglometrics.distance.relative.curves import coded, read
from agglometrics.distance.relative.profiles import within
from agglometrics.distance.relative.setting import individual_ratios
from agglometrics.errors import IdentificationError
from agglometrics.inference.multiple_testing import benjamini_hochberg
from agglometrics.notation import Array
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class LocalConcentration:
    """Concentration around each plant of an industry.

    Attributes
    ----------
    table : one row per plant of the target: `row` of the given table, `x` and `y` (longitude and
        latitude on the globe), `neighbors` and `same` within the distance (of all industries, of
        the counted one), `value` (individual M), `p_value`, `p_adjusted` (Benjamini-Hochberg)
    target : the industry, or target and neighbour
    distance, unit : within which neighbours are counted
    """

    table: pd.DataFrame
    target: object
    distance: float
    unit: str

    def clustered(self, level: float = 0.05) -> pd.DataFrame:
        """Return the plants whose neighbourhood is concentrated at a false discovery rate."""
        return self.table[self.table["p_adjusted"] <= level]

    def plot(self, ax: Any = None, level: float = 0.05) -> Any:
        """Draw a map: plants by their value, circled where concentrated; return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        at, chosen = self.table, self.clustered(level)
        drawn = axes.scatter(at["x"], at["y"], c=at["value"], s=12, cmap="viridis")
        axes.scatter(
            chosen["x"], chosen["y"], s=40, facecolors="none", edgecolors="black",
            label=f"concentrated, false discovery rate {level:.0%}",
        )  # fmt: skip
        axes.figure.colorbar(drawn, ax=axes, label=f"M within {self.distance:g} ({self.unit})")
        axes.set_aspect("equal")
        axes.legend(frameon=False)
        return axes


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
) -> LocalConcentration:
    """Concentration around each plant: the term of M that it contributes, and its p-value.

    M_i(r) = (W_N(i, r) / W(i, r)) / g_i, of plants that count once: the share of the neighbour
    industry among all plants within r of plant i, over its share in all plants but i (the
    individual values of dbmss, Mhat(Individual = TRUE)). If plant i stays and the industries of all
    others are shuffled over their sites, the plants of the neighbour industry within r of i are
    hypergeometric; `p_value` is the chance of as many, exactly. Neighbouring plants share
    neighbours, so that their p-values hang together; `p_adjusted` is Benjamini and Hochberg's.

    Parameters
    ----------
    points, target, neighbor, x, y, lon, lat, industry
        As in `marcon_puech`.
    distance : float
        Within which neighbours count; in kilometres on the globe.

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
    """
    radius = check_distances([distance])
    data, _ = read(points, (x, y, lon, lat), industry, None, None)
    own, counted = data.of(target), data.of(target if neighbor is None else neighbor)
    if counted.all():
        raise IdentificationError(
            "all points are of one industry, which is nowhere concentrated. Add the plants of "
            "other industries."
        )
    setting = coded(data, within(radius, data.space), None)
    centres, kind = np.flatnonzero(own), int(setting.kind[counted][0])
    sums = setting.sums(centres, np.full(centres.size, kind), setting.kind, data.w)
    table = _tested(sums[:, 0], own, counted)
    place = _places(points, data, x, y, lon, lat).iloc[centres].reset_index(drop=True)
    table = pd.concat([place, table], axis=1).sort_values("row", ignore_index=True)
    label = target if bool((own == counted).all()) else (target, neighbor)
    return LocalConcentration(table, label, float(radius[0]), data.space.unit)


def _tested(sums: Array, own: Any, counted: Any) -> pd.DataFrame:
    """Return counts, values and p-values; sums : (n, 2) counted and all within the distance."""
    from scipy.stats import hypergeom

    same, neighbors = np.rint(sums).astype(int).T
    others = counted.sum() - (own & counted)[own]
    value = ratio(individual_ratios(sums[:, None])[:, 0], others / (own.size - 1))
    p = hypergeom.sf(same - 1, own.size - 1, others, neighbors)
    p = np.where(neighbors > 0, np.minimum(p, 1.0), np.nan)
    columns = {"neighbors": neighbors, "same": same, "value": value, "p_value": p}
    return pd.DataFrame({**columns, "p_adjusted": benjamini_hochberg(p)})


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
