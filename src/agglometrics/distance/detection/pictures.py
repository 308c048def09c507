"""Maps of where clusters are: plants by their value of M, and circles of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from agglometrics.distance.answers.pictures import named, words
from agglometrics.labels import Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.palette import EDGE, INK, SERIES, SHADES
from agglometrics.plotting.pictures.tiles import LQ_BREAKS, class_legend, classes
from agglometrics.plotting.style import WIDTH, canvas, finished, style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

NAMED = len(SERIES)
"""Clusters that have a colour of their own; further ones share the last."""


class Mapped(Protocol):
    """What both maps need of an answer."""

    @property
    def target(self) -> object:
        """Of which industry."""

    @property
    def unit(self) -> str:
        """The unit of distances."""

    @property
    def degrees(self) -> bool:
        """Whether x and y are longitude and latitude."""


class Local(Mapped, Protocol):
    """Values of plants, as `LocalConcentration` says."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per plant."""

    @property
    def distance(self) -> float:
        """Within which neighbours are counted."""


class Scanned(Mapped, Protocol):
    """Regions and their clusters, as `ScanClusters` says."""

    @property
    def clusters(self) -> pd.DataFrame:
        """One row per cluster."""

    @property
    def regions(self) -> pd.DataFrame:
        """One row per region."""


def draw_local(found: Local, level: float, unit: str, lang: Lang, labels: Labels) -> Figure:
    """Draw plants, shaded by their value of M, and circled where they are concentrated."""
    labels = words(labels, lang)
    at = found.table.sort_values("value", na_position="first")  # large values on top
    xy, aspect = placed(at[["x", "y"]].to_numpy(), found.degrees)
    value = at["value"].to_numpy(dtype=float)
    known, circled = ~np.isnan(value), (at["p_adjusted"] <= level).to_numpy()
    shade = np.array(SHADES)[classes(np.where(known, value, 1.0), LQ_BREAKS)]
    with style(lang):
        figure, axes = _map(xy, aspect)
        axes.scatter(*xy[~known].T, s=10, marker="x", color=EDGE, linewidth=0.6, zorder=1)
        axes.scatter(*xy[known].T, s=12, c=shade[known], edgecolors=EDGE, linewidths=0.3, zorder=2)
        text = labels.text("_concentrated", lang).format(level, int(circled.sum()))
        axes.scatter(*xy[circled].T, s=46, facecolors="none", edgecolors=INK, linewidths=0.7,
                     zorder=3, label=text)  # fmt: skip
        axes.set_title(named(found.target, lang, labels))
        figure.legend(loc="outside upper right")
        length = labels.text(unit or found.unit, lang)
        text = labels.text("_m_within", lang).format(_length(found.distance), length)
        class_legend(figure, LQ_BREAKS, text)
        return finished(figure)


def draw_scan(found: Scanned, level: float, unit: str, lang: Lang, labels: Labels) -> Figure:
    """Draw regions by their number of plants, those in clusters in colour."""
    labels, at = words(labels, lang), found.regions
    xy, aspect = placed(at[["x", "y"]].to_numpy(), found.degrees)
    size = (6 + 80 * at["total"] / max(at["total"].max(), 1)).to_numpy(dtype=float)
    length = labels.text(unit or found.unit, lang)
    with style(lang):
        figure, axes = _map(xy, aspect)
        axes.scatter(*xy.T, s=size, color="#dddddd", edgecolors=EDGE, linewidths=0.3,
                     label=labels.text("_regions", lang))  # fmt: skip
        shown = found.clusters[found.clusters["p_value"] <= level]
        radii = shown["radius"].to_numpy(float)
        numbers = shown["cluster"].to_numpy(int)
        for row, number, radius in zip(shown.itertuples(), numbers, radii, strict=True):
            inside = (at["cluster"] == row.cluster).fillna(False).to_numpy(dtype=bool)
            color, marker, _ = SERIES[min(number, NAMED) - 1]
            text = labels.text("_cluster", lang).format(
                row.cluster, labels.text(row.centre, lang), _length(radius), length,
                row.relative_risk, row.p_value,
            )  # fmt: skip
            axes.scatter(*xy[inside].T, s=size[inside], color=color, marker=marker, label=text)
        axes.set_title(named(found.target, lang, labels))
        _legend(figure)
        return finished(figure)


def _length(value: float) -> str:
    """Return a distance to three digits, without a power of ten.

    >>> _length(16432.0), _length(1.2345), _length(0.0)
    ('16,432', '1.23', '0')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _map(xy: Array, aspect: float) -> tuple[Any, Any]:
    """Return an empty map whose height fits its points."""
    wide, high = np.ptp(xy, axis=0)
    share = aspect * high / wide if wide > 0 else 1.0
    figure = canvas(WIDTH, float(np.clip(0.9 + 0.8 * WIDTH * share, 2.2, 1.1 * WIDTH)))
    axes = figure.subplots()
    axes.set_aspect(aspect)
    axes.set_axis_off()
    return figure, axes


def _legend(figure: Any) -> None:
    """Draw the legend of clusters below the map, with marks of one size."""
    legend = figure.legend(loc="outside lower center", ncols=1)
    for handle in legend.legend_handles:
        handle.set_sizes([24])


def placed(xy: Array, degrees: bool) -> tuple[Array, float]:
    """Return map coordinates, (N, 2), and the height of a unit of y over the width of one of x.

    Degrees are drawn with the width they have at the middle latitude, and longitudes go on beyond
    180 where that keeps the points together: the widest gap between them is the map's edge.
    """
    if not degrees:
        return xy, 1.0
    east = np.mod(xy[:, 0], 360)
    ordered = np.sort(east)
    gap = np.diff(ordered, append=ordered[0] + 360)
    edge = ordered[(int(gap.argmax()) + 1) % ordered.size]
    lon = edge + np.mod(east - edge, 360)
    lon -= 360 * np.round(lon.mean() / 360)
    middle = np.deg2rad((xy[:, 1].min() + xy[:, 1].max()) / 2)
    return np.column_stack([lon, xy[:, 1]]), float(1 / max(np.cos(middle), 0.1))
