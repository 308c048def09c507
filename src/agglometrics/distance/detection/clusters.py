"""The clusters that a scan finds, and their map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    degrees : whether x and y are longitude and latitude
    """

    clusters: pd.DataFrame
    regions: pd.DataFrame
    target: object
    simulations: int
    unit: str
    degrees: bool = False

    @checked
    def plot(
        self,
        *,
        level: float = 0.05,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw a map: regions by their number of plants, those in clusters in colour.

        Parameters
        ----------
        level : p-value up to which clusters are coloured
        unit : unit of distances, for the legend; by default that of the answer
        lang, labels : language, and what to print for the industry and for regions
        """
        from agglometrics.distance.detection.pictures import draw_scan

        return draw_scan(self, level, unit, lang, as_labels(labels))
