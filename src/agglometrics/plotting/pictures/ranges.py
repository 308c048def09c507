"""A picture of what is known up to a range: identified sets, bounds, sensitivity ranges."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.checks import require_order, require_rows
from agglometrics.plotting.palette import DARK, INK, LIGHT
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import numeric
from agglometrics.tables.arguments import checked

THICK = 0.5  # of a row's height


@checked
def plot_ranges(
    frame: pd.DataFrame,
    *,
    low: str,
    high: str,
    value: str,
    estimate: str | None = None,
    key: str = "region",
    by: str | None = None,
    reference: float | None = None,
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw a bar from `low` to `high` for each key, from the top in the order of the rows.

    Parameters
    ----------
    frame : one row per key (and `by`); an unknown range stays blank
    low, high : columns of the ends
    value : machine name of what is measured, for the axis
    estimate : column of a point to mark; an unknown one is not marked
    by : column of the panels
    reference : where to draw a dashed line
    highlight : keys whose bars are dark and hatched
    unit : unit of the value, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no rows, text or infinite values, or low above high.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "industry": ["coal", "toys"], "gamma_low": [-0.02, -0.1], "gamma_high": [0.07, 0.08]})
    >>> figure = plot_ranges(
    ...     frame, low="gamma_low", high="gamma_high", value="gamma", key="industry")
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['coal', 'toys']
    """
    labels = as_labels(labels)
    require_language(lang)
    keys = [key] if by is None else [key, by]
    columns = [low, high] if estimate is None else [low, high, estimate]
    numbers = _checked(frame, keys, columns)
    order = list(frame[key].unique())
    panels = [None] if by is None else list(frame[by].unique())
    with style(lang):
        figure = canvas(WIDTH, 0.7 + LINE * max(len(order), 2))
        grid = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for axes, panel in zip(grid, panels, strict=True):
            rows = numbers if by is None else numbers[frame[by].to_numpy() == panel]
            rows = rows.set_index(key)[columns].reindex(order)
            _bars(axes, rows.to_numpy(), [name in highlight for name in order])
            axes.set_title("" if panel is None else labels.text(panel, lang))
            axes.set_yticks(range(len(order)), [labels.text(name, lang) for name in order])
            axes.set_ylim(len(order) - 0.4, -0.6)
            axes.tick_params(axis="y", length=0)
            if reference is not None:
                axes.axvline(reference, color=INK, linewidth=0.8, linestyle="--")
        figure.supxlabel(said(value, lang, labels, unit), fontsize=8)
        return finished(figure)


def _checked(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> pd.DataFrame:
    require_rows(frame, keys, columns, "range")
    numbers = frame[keys].assign(**{name: numeric(frame, name) for name in columns})
    require_order(numbers, keys, *columns[:2])
    return numbers


def _bars(axes: Any, values: Array, dark: list[bool]) -> None:
    """Draw the ranges, (keys, 2), or with a third column the points in them."""
    axes.use_sticky_edges = False  # else the longest bar would touch the axis
    for row, (ends, chosen) in enumerate(zip(values, dark, strict=True)):
        if np.isnan(ends[:2]).any():
            continue
        colour = DARK if chosen else LIGHT
        (bar,) = axes.barh(row, ends[1] - ends[0], left=ends[0], height=THICK, color=colour)
        if chosen:
            bar.set(hatch="////", edgecolor="white", linewidth=0)
        if len(ends) == 3 and not np.isnan(ends[2]):
            axes.plot(ends[2], row, marker="D", color="white", markeredgecolor=INK)
