"""The clusters that a scan finds, and their map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class ScanClusters:
    """The clusters of an industry.

    Attributes
    ----------
    clusters : one row per cluster, the likeliest first: `cluster, centre, radius, regions, plants,
        expected, relative_risk` (share of the industry inside over outside), `statistic`
        (log-likelihood ratio), `p_value`; circles that do not overlap
    regions : one row per region: `region, x, y, plants, total, cluster` (missing if in none)
    target : the industry
    simulations, unit : draws of the null, unit of radii
    """

    clusters: pd.DataFrame
    regions: pd.DataFrame
    target: object
    simulations: int
    unit: str

    def plot(self, ax: Any = None, level: float = 0.05) -> Any:
        """Draw a map: regions by size, those in clusters at a level in colour; return the axes."""
        from matplotlib import pyplot as plt

        axes = plt.subplots()[1] if ax is None else ax
        found = self.clusters.loc[self.clusters["p_value"] <= level, "cluster"]
        at = self.regions
        size = 4 + 60 * at["total"] / at["total"].max()
        axes.scatter(at["x"], at["y"], s=size, color="0.8")
        for number in found:
            inside = (at["cluster"] == number).fillna(False)
            axes.scatter(at["x"][inside], at["y"][inside], s=size[inside], label=f"{number}")
        axes.set_aspect("equal")
        if len(found):
            axes.legend(title="cluster", frameon=False)
        return axes
