"""Labels that never overlap: along a line, and around points of the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agglometrics.notation import Array

ANGLES = np.deg2rad([0, 180, 45, 135, 315, 225, 90, 270, 22, 158, 338, 202, 67, 113, 247, 293])
STEP = 6.0  # pixels between the rings of places that are tried
FURTHEST = 120  # rings
FAR = 9.0  # points from which on a thin line joins label and point
Box = tuple[float, float, float, float]


def spread(positions: Array, gap: float) -> Array:
    """Return the nearest positions, in the same order, that lie at least `gap` apart.

    positions : (N,), any order. Least squares: pooled neighbours share their mean shift
    (isotonic regression of position - rank * gap).

    >>> spread(np.array([1.0, 1.0, 5.0]), 2.0).tolist()
    [0.0, 2.0, 5.0]
    """
    order = np.argsort(positions, kind="stable")
    steps = gap * np.arange(len(positions))
    pools: list[tuple[float, int]] = []
    for start in positions[order] - steps:
        mean, size = float(start), 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    apart: Array = np.empty(len(positions))
    apart[order] = np.repeat([mean for mean, _ in pools], [size for _, size in pools]) + steps
    return apart


def lay_out(figure: Any) -> None:
    """Give the axes of a figure their places, without drawing what is in them."""
    engine = figure.get_layout_engine()
    if engine is None:
        figure.draw_without_rendering()
    else:
        engine.execute(figure)
        for axes in figure.axes:
            _ = axes.viewLim  # limits that follow the data are set when they are asked for
            axes.apply_aspect()


def renderer_of(figure: Any) -> Any:
    """Return the renderer that measures the texts of a figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    return canvas.get_renderer()


def text_width(figure: Any, texts: Sequence[str], size: float) -> float:
    """Return the width of the widest text in inches, in the style in force."""
    from matplotlib.text import Text

    renderer = renderer_of(figure)
    widths = []
    for text in texts:
        drawn = Text(0, 0, text, fontsize=size, figure=figure)
        widths.append(drawn.get_window_extent(renderer).width)
    return max(widths, default=0.0) / float(figure.dpi)


def place_labels(
    axes: Any,
    x: Array,
    y: Array,
    texts: Sequence[str],
    *,
    radius: float = 3.0,
    size: float = 7,
    avoid: Array | None = None,
) -> list[Any]:
    """Write a text beside each point so that no two overlap, and return the annotations.

    Places are tried in rings around the point, the nearest first; a text that ends up far from
    its point is joined to it by a thin line. The order of the points changes nothing.

    Parameters
    ----------
    axes : with its limits set; its figure is laid out here
    x, y : (N,) in data coordinates
    texts : N texts; an empty one is left out
    radius : of the points' marks, in typographic points; 0 where there is none, and a text may
        lie on its point
    size : of the type, in points
    avoid : (M, 2) further points in data coordinates that no text should cover, as lines have
    """
    figure = axes.figure
    lay_out(figure)
    renderer = renderer_of(figure)
    pixel = figure.dpi / 72
    centres = axes.transData.transform(np.column_stack([x, y]))
    frame = axes.get_window_extent(renderer)
    reach = radius * pixel
    taken = [(px - reach, py - reach, px + reach, py + reach) for px, py in centres]
    if radius == 0:
        taken = [(np.inf, np.inf, np.inf, np.inf)]
    if avoid is not None:
        taken += [(px, py, px + 1, py + 1) for px, py in axes.transData.transform(avoid)]
    rings = np.arange(0.0 if radius == 0 else 1.0, FURTHEST)
    written = []
    for k in sorted(range(len(texts)), key=lambda k: (-float(y[k]), float(x[k]), texts[k])):
        if not texts[k]:
            continue
        note = _annotation(axes, (float(x[k]), float(y[k])), texts[k], size)
        extent = note.get_window_extent(renderer)
        box, shift = _free_place(centres[k], (extent.width, extent.height), taken, frame, rings)
        taken.append(box)
        note.set_position((shift[0] / pixel, shift[1] / pixel))
        if _gap(shift, (extent.width, extent.height)) > FAR * pixel:
            _join(axes, note, (float(x[k]), float(y[k])))
        written.append(note)
    return written


def _annotation(axes: Any, point: tuple[float, float], text: str, size: float) -> Any:
    """Return a text on its point, with a thin white edge over lines that it crosses."""
    from matplotlib.patheffects import withStroke

    note = axes.annotate(text, point, xytext=(0, 0), textcoords="offset points", fontsize=size,
                         ha="center", va="center", zorder=5)  # fmt: skip
    note.set_in_layout(False)
    note.set_path_effects([withStroke(linewidth=2.0, foreground="white")])
    return note


def _join(axes: Any, note: Any, point: tuple[float, float]) -> None:
    line = axes.annotate("", point, xytext=note.get_position(), textcoords="offset points",
                         arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.5,
                                     "shrinkA": 5, "shrinkB": 3}, zorder=3)  # fmt: skip
    line.set_in_layout(False)


def _gap(shift: tuple[float, float], size: tuple[float, float]) -> float:
    """Return the distance from a point to the box whose middle is shifted from it."""
    return float(np.hypot(*np.maximum(np.abs(shift) - np.array(size) / 2, 0.0)))


def _free_place(
    centre: Array,
    size: tuple[float, float],
    taken: list[Box],
    frame: Any,
    rings: Array,
) -> tuple[Box, tuple[float, float]]:
    """Return the nearest free box around a point, in pixels, and its shift from the point.

    Where the picture is full the box lies on the point.
    """
    half = np.array(size) / 2 + 1.0
    blocks = np.array(taken)
    for ring in rings.tolist():
        for angle in ANGLES if ring else ANGLES[:1]:
            way = np.array([np.cos(angle), np.sin(angle)])
            shift = way * (half + ring * STEP) if ring else np.zeros(2)
            low, high = centre + shift - half, centre + shift + half
            inside = (low[0] >= frame.x0 and low[1] >= frame.y0
                      and high[0] <= frame.x1 and high[1] <= frame.y1)  # fmt: skip
            hit = ((blocks[:, 0] < high[0]) & (blocks[:, 2] > low[0])
                   & (blocks[:, 1] < high[1]) & (blocks[:, 3] > low[1]))  # fmt: skip
            if inside and not hit.any():
                return _box(low, high), (float(shift[0]), float(shift[1]))
    return _box(centre - half, centre + half), (0.0, 0.0)


def _box(low: Array, high: Array) -> Box:
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
