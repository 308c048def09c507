"""A map of the user's own shapes, shaded by class."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.checks import drawn
from agglometrics.plotting.palette import EDGE, INK, SHADES
from agglometrics.plotting.pictures.tiles import LQ_BREAKS, class_legend, classes
from agglometrics.plotting.placement import place_labels
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import require_columns, require_keys
from agglometrics.tables.arguments import checked


@checked
def plot_map(
    frame: pd.DataFrame,
    shapes: pd.DataFrame,
    *,
    value: str,
    region: str = "region",
    geometry: str = "geometry",
    breaks: Sequence[float] = LQ_BREAKS,
    highlight: Collection[object] = (),
    named: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw a map of regions shaded by class, from a GeoDataFrame or a table of GeoJSON shapes.

    Parameters
    ----------
    frame : one row per region; a region of the shapes that is not there is hatched
    shapes : one row per region: a GeoDataFrame, or a table with a column of GeoJSON Polygons and
        MultiPolygons (geopandas itself is not needed)
    value : column that shades
    region : key column of both tables
    geometry : column of the shapes
    breaks : five ascending bounds of the six classes
    highlight : regions drawn with a thick border
    named : regions whose names are written, beside their middle where they would overlap; for
        example ``frame["region"]`` for all
    unit : unit of the value, for the legend
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure without axes. Longitudes and latitudes (degrees, which the shapes say
        with their crs, or which lie within -180 to 180 and -90 to 90) are drawn with the
        width of a degree at the middle latitude; projected coordinates as they are.

    Raises
    ------
    InputError
        As `plot_heat_map`, for shapes that are not polygons, and for a region without a shape.

    Examples
    --------
    >>> import pandas as pd
    >>> square = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    >>> east = [[x + 1, y] for x, y in square]
    >>> shapes = pd.DataFrame({"region": ["W", "E"], "geometry": [
    ...     {"type": "Polygon", "coordinates": [ring]} for ring in (square, east)]})
    >>> quotients = pd.DataFrame({"region": ["W", "E"], "lq": [1.5, 0.67]})
    >>> figure = plot_map(quotients, shapes, value="lq", named=["W"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['W']
    """
    labels = as_labels(labels)
    require_language(lang)
    values = drawn(frame, [region], value).set_axis(frame[region])
    outlines = _outlines(shapes, region, geometry, frame[region])
    corners = np.vstack([ring for rings in outlines.values() for ring in rings])
    with style(lang):
        aspect = _aspect(shapes, corners)
        figure = canvas(WIDTH, _height(corners, aspect))
        axes = figure.subplots()
        for name, rings in outlines.items():
            number = float(values.get(name, np.nan))
            axes.add_collection(_area(rings, number, breaks, name in highlight))
        axes.set_aspect(aspect)
        axes.set_axis_off()
        axes.autoscale_view()
        class_legend(figure, breaks, said(value, lang, labels, unit))
        middles = [middle(outlines[name]) for name in outlines if name in named]
        texts = [labels.text(name, lang) for name in outlines if name in named]
        if texts:
            x, y = np.array(middles).T
            for note in place_labels(axes, x, y, texts, radius=0.0):
                note.set_path_effects([])
                note.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.8,
                               "boxstyle": "round,pad=0.1"})  # fmt: skip
        return finished(figure)


def rings_of(shape: object) -> Iterator[Array]:
    """Yield the rings of a Polygon or MultiPolygon, (V, 2) each: GeoJSON, shapely or alike.

    Outer rings are turned counterclockwise and holes clockwise, so that holes stay open.

    >>> triangle = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 1], [0, 0]]]}
    >>> [ring.shape for ring in rings_of(triangle)]
    [(4, 2)]
    """
    geo = getattr(shape, "__geo_interface__", shape)
    kind = geo.get("type") if isinstance(geo, Mapping) else None
    if not isinstance(geo, Mapping) or kind not in ("Polygon", "MultiPolygon"):
        raise InputError(
            f"a shape must be a Polygon or MultiPolygon; found {kind or type(shape).__name__}. "
            "Keep the polygons of the map."
        )
    parts = geo["coordinates"] if kind == "MultiPolygon" else [geo["coordinates"]]
    for part in parts:
        for number, ring in enumerate(part):
            corners = np.asarray(ring, dtype=np.float64)[:, :2]
            outer = number == 0
            yield corners if (_twice_area(corners) > 0) is outer else corners[::-1]


def middle(rings: Sequence[Array]) -> tuple[float, float]:
    """Return the centroid of the largest ring, by the shoelace formula."""
    ring = max(rings, key=lambda ring: abs(_twice_area(ring)))
    x, y = ring[:-1].T
    u, v = ring[1:].T
    cross = x * v - u * y
    total = cross.sum()
    if total == 0:
        return float(x.mean()), float(y.mean())
    return float(((x + u) * cross).sum() / (3 * total)), float(
        ((y + v) * cross).sum() / (3 * total)
    )


def _twice_area(ring: Array) -> float:
    x, y = ring[:-1].T
    u, v = ring[1:].T
    return float((x * v - u * y).sum())


def _outlines(
    shapes: pd.DataFrame, region: str, geometry: str, drawn: pd.Series[Any]
) -> dict[Any, list[Array]]:
    require_columns(shapes, [region, geometry])
    require_keys(shapes, [region])
    strangers = set(drawn) - set(shapes[region])
    if strangers:
        raise InputError(
            f"regions {sorted(map(str, strangers))} have no shape. Add them to the shapes, or give "
            "the codes the shapes use."
        )
    return {
        name: list(rings_of(shape))
        for name, shape in zip(shapes[region], shapes[geometry], strict=True)
    }


def _aspect(shapes: pd.DataFrame, corners: Array) -> float:
    """Return the height of a unit of y over the width of a unit of x."""
    system = getattr(shapes, "crs", None)
    low, high = corners.min(axis=0), corners.max(axis=0)
    degrees = bool((np.abs([low, high]) <= [180, 90]).all() and (high - low > 0).all())
    if system is not None:
        degrees = bool(system.is_geographic)
    elif high[0] - low[0] < 5 and np.abs([low, high]).max() < 10:
        degrees = False  # a drawing in units of its own
    return float(1 / np.cos(np.deg2rad((low[1] + high[1]) / 2))) if degrees else 1.0


def _height(corners: Array, aspect: float) -> float:
    wide, high = np.ptp(corners, axis=0)
    return float(np.clip(0.6 + WIDTH * aspect * high / max(wide, 1e-12), 2.0, 1.2 * WIDTH))


def _area(rings: Sequence[Array], number: float, breaks: Sequence[float], thick: bool) -> Any:
    """Return one region: its rings as one path, so that holes stay open."""
    known = not np.isnan(number)
    codes = [
        np.r_[Path.MOVETO, np.full(len(ring) - 2, Path.LINETO), Path.CLOSEPOLY] for ring in rings
    ]
    path = Path(np.vstack(rings), np.concatenate(codes))
    shade = SHADES[int(classes(np.array([number]), breaks)[0])] if known else "white"
    return PathCollection(
        [path],
        facecolor=shade,
        edgecolor=INK if thick else EDGE,
        linewidth=1.4 if thick else 0.4,
        hatch=None if known else "////",
        zorder=2 if thick else 1,
    )
