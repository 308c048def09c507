"""What a figure shows, read back from its artists."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def texts(figure: Any) -> list[tuple[Any, Any]]:
    """Return the texts that a figure shows, with their extents in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    idle = {id(text) for axes in figure.axes for text in _not_drawn(axes)}
    shown = [text for text in figure.findobj(Text)
             if text.get_visible() and text.get_text() and id(text) not in idle]  # fmt: skip
    # of the words alone: an annotation's own extent holds its arrow too
    extents = [Text.get_window_extent(text, renderer) for text in shown]
    inside = [figure.bbox.overlaps(extent) for extent in extents]
    return [(t, e) for t, e, i in zip(shown, extents, inside, strict=True) if i]


def _not_drawn(axes: Any) -> list[Any]:
    """Return the names of ticks that matplotlib keeps but does not draw: off the axis, hidden."""
    found = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            seen = axes.axison and low - 1e-9 <= tick.get_loc() <= high + 1e-9
            found += [] if seen else [tick.label1, tick.label2]
    return found


def overlaps(found: list[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Return the pairs of texts that cover each other by more than a pixel."""
    touching = []
    for (one, a), (other, b) in combinations(found, 2):
        width = min(a.x1, b.x1) - max(a.x0, b.x0)
        height = min(a.y1, b.y1) - max(a.y0, b.y0)
        if width > 1 and height > 1:
            touching.append((one.get_text(), other.get_text()))
    return touching


def outside(figure: Any, found: list[tuple[Any, Any]]) -> list[str]:
    """Return the texts that leave the page."""
    page = figure.bbox
    return [
        text.get_text()
        for text, e in found
        if e.x0 < page.x0 - 1 or e.y0 < page.y0 - 1 or e.x1 > page.x1 + 1 or e.y1 > page.y1 + 1
    ]


def names(axes: Any) -> list[str]:
    """Return the names of the rows, from the bottom of the axis to its top."""
    return [label.get_text() for label in axes.get_yticklabels()]


def points(axes: Any, marker: str = "o") -> np.ndarray:
    """Return the points, (N, 2), that lines with a marker draw."""
    drawn = [line.get_xydata() for line in axes.lines if line.get_marker() == marker]
    return np.vstack(drawn)


def grey(colour: str) -> float:
    """Return the luminance (ITU-R BT.601), which is what a grey print keeps."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
