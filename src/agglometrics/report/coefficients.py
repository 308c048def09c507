"""Estimates with their intervals, one a row: what a coefficient hangs on, at a glance."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.style import INK, WIDTH, canvas, finished, style
from agglometrics.report.statistics import STATISTICS
from agglometrics.tables import numeric, require_columns, require_keys

DARK, LIGHT = "#08519c", "#7f8b97"
LINE = 0.2  # inches a row of text takes


def coefficient_plot(
    frame: pd.DataFrame,
    *,
    key: str = "specification",
    by: str | None = None,
    estimate: str = "estimate",
    low: str = "conf_low",
    high: str = "conf_high",
    reference: float = 0.0,
    highlight: Collection[object] = (),
    lang: Lang = "en",
    labels: Labels = PLAIN,
) -> Any:
    """Draw estimates as points with their intervals, in the order of the rows; panels over `by`.

    Parameters
    ----------
    frame : one row per `key` (and `by`); a key that a panel lacks leaves an empty line
    estimate, low, high : columns; an infinite end is drawn to the edge of the panel
    reference : where a dashed line stands
    highlight : keys whose points are filled and dark; the others are open
    lang, labels : language and labels of keys and panels

    Raises
    ------
    InputError
        Without rows, for repeated keys, or estimates outside their intervals.

    Examples
    --------
    >>> frame = pd.DataFrame({"specification": ["main", "weighted"], "estimate": [0.3, 0.2],
    ...                       "conf_low": [0.1, -0.1], "conf_high": [0.5, 0.5]})
    >>> figure = coefficient_plot(frame, highlight=["main"])
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['main', 'weighted']
    """
    _check(frame, [key] if by is None else [key, by], [estimate, low, high])
    order = list(dict.fromkeys(frame[key]))
    panels = [None] if by is None else list(dict.fromkeys(frame[by]))
    with style(lang):
        figure = canvas(WIDTH, 0.6 + LINE * len(order))
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(grid, panels, strict=True):
            rows = frame if by is None else frame[frame[by] == panel]
            at = rows.set_index(key)[[estimate, low, high]].reindex(order)
            dark = [name in highlight for name in order]
            _points(axes, at.to_numpy(dtype=np.float64), dark, reference)
            axes.set_title("" if panel is None else labels.text(panel, lang))
        grid[0].set_yticks(range(len(order)), [labels.text(name, lang) for name in order])
        grid[0].set_ylim(len(order) - 0.5, -0.5)
        figure.supxlabel(STATISTICS.joined(labels).text(estimate, lang), fontsize=8)
        return finished(figure)


def _check(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> None:
    require_columns(frame, [*keys, *columns])
    require_keys(frame, keys)
    if frame.empty:
        raise InputError("the table to draw has no rows. Pass one row per estimate.")
    point = numeric(frame, columns[0])
    outside = ~((frame[columns[1]] <= point) & (point <= frame[columns[2]]))
    if outside.any():
        first = frame.loc[outside, keys].iloc[0].to_dict()
        raise InputError(
            f"{columns[0]!r} must lie between {columns[1]!r} and {columns[2]!r}; it does not in "
            f"{int(outside.sum())} rows, first {first}. Check the columns."
        )


def _points(axes: Any, at: Array, dark: list[bool], reference: float) -> None:
    """Draw one panel: `at` (rows, 3) has estimate, lower and upper end, NaN for an empty line."""
    finite = at[np.isfinite(at)]
    ends = np.append(finite, reference)
    margin = 0.06 * (ends.max() - ends.min() or 1.0)
    axes.set_xlim(ends.min() - margin, ends.max() + margin)
    edges = np.clip(at, *axes.get_xlim())
    axes.axvline(reference, color=INK, linewidth=0.8, linestyle="--", zorder=1)
    for y, ((point, low, high), filled) in enumerate(zip(edges, dark, strict=True)):
        colour = DARK if filled else LIGHT
        axes.plot([low, high], [y, y], color=colour, linewidth=1.2, zorder=2)
        face = colour if filled else "white"
        axes.plot(point, y, "o", color=colour, markerfacecolor=face, markersize=4, zorder=3)
    axes.tick_params(axis="y", length=0)
