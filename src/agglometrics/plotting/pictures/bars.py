"""Bars from the largest to the smallest, and bars of two parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import drawn
from agglometrics.plotting.palette import DARK, INK, LIGHT
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import minus, said
from agglometrics.tables.arguments import checked


@checked
def plot_ranked_bars(
    frame: pd.DataFrame,
    *,
    value: str,
    key: str = "region",
    by: str | None = None,
    reference: float | None = None,
    highlight: Collection[object] = (),
    fmt: str = ".2f",
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw bars from the largest to the smallest, each with its number; panels over `by`.

    Parameters
    ----------
    frame : one row per key (and `by`); equal values are in the order of the rows
    value : column to draw
    key : column of the bars
    by : column of the panels, which share the order of the sum over panels
    reference : where to draw a dashed line, for example 1 for location quotients
    highlight : keys (or, with panels, panels) whose bars are dark and hatched
    fmt : format of the printed number
    unit : unit of the value, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no rows, or text or infinite values.

    Examples
    --------
    >>> import pandas as pd
    >>> jobs = pd.DataFrame({"region": ["N", "S", "W"], "jobs": [3.0, 7.0, 5.0]})
    >>> axes = plot_ranked_bars(jobs, value="jobs", fmt=".0f", unit="thousand").axes[0]
    >>> [float(bar.get_width()) for bar in axes.patches]
    [3.0, 5.0, 7.0]
    """
    labels = as_labels(labels)
    require_language(lang)
    keys = [key] if by is None else [key, by]
    values = drawn(frame, keys, value, row=key)
    order = values.groupby(frame[key], sort=False).sum().sort_values(kind="stable").index
    panels = [None] if by is None else list(frame[by].unique())
    with style(lang):
        figure = canvas(WIDTH, 0.6 + LINE * len(order))
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        longest = float(values.max())
        for axes, panel in zip(grid, panels, strict=True):
            rows = slice(None) if by is None else (frame[by] == panel).to_numpy()
            heights = (
                values[rows]
                .set_axis(frame.loc[rows, key])
                .reindex(order)
                .to_numpy(dtype=np.float64)
            )
            dark = [name in highlight or panel in highlight for name in order]
            _bars(axes, heights, dark, fmt, (float(values.min()), longest))
            axes.set_yticks(range(len(order)), [labels.text(name, lang) for name in order])
            axes.set_title("" if panel is None else labels.text(panel, lang))
            if reference is not None:
                axes.axvline(reference, color=INK, linewidth=0.8, linestyle="--", zorder=3)
        figure.supxlabel(said(value, lang, labels, unit), fontsize=8)
        return finished(figure)


def _bars(axes: Any, values: Any, dark: list[bool], fmt: str, reach: tuple[float, float]) -> None:
    bars = axes.barh(
        range(len(values)),
        values,
        color=[DARK if chosen else LIGHT for chosen in dark],
        height=0.72,
    )
    for bar, chosen in zip(bars, dark, strict=True):
        if chosen:
            bar.set(hatch="////", edgecolor="white", linewidth=0)
    for position, number in enumerate(values):
        if not np.isnan(number):
            side = "left" if number >= 0 else "right"
            shift = (2, 0) if number >= 0 else (-2, 0)
            blank = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            axes.annotate(minus(format(number, fmt)), (number, position), shift, ha=side,
                          va="center", textcoords="offset points", fontsize=7, bbox=blank,
                          zorder=4)  # fmt: skip
    low, high = min(reach[0], 0.0), max(reach[1], 0.0)
    room = 0.3 * (high - low)
    axes.set_xlim(low - room * (low < 0), high + room * (high > 0 or low == high))
    axes.set_ylim(-0.6, len(values) - 0.4)
    axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="y", length=0)


@checked
def plot_theil(
    frame: pd.DataFrame,
    *,
    industry: str = "industry",
    highlight: Collection[object] = (),
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw each industry's Theil index as a bar of two parts: between and within groups of regions.

    The share of the part between groups is printed at the end of the bar.

    Parameters
    ----------
    frame : what `theil_decomposition` returns, one period of it: one row per industry
    industry : key column
    highlight : industries whose names are coloured
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure, the largest index on top; an industry whose parts are unknown has no
        bar.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no rows, or text or infinite values.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import theil_decomposition
    >>> cells = pd.DataFrame({
    ...     "region": list("abc") * 2, "industry": ["cars"] * 3 + ["cloth"] * 3,
    ...     "jobs": [50, 30, 20, 10, 40, 50]})
    >>> macro = {"a": "north", "b": "south", "c": "south"}
    >>> figure = plot_theil(theil_decomposition(cells, value="jobs", groups=macro))
    >>> [round(float(bar.get_width()), 4) for bar in figure.axes[0].containers[0]]  # between
    [0.0872, 0.1163]
    """
    labels = as_labels(labels)
    require_language(lang)
    whole = drawn(frame, [industry], "theil", row=industry)
    parts = [drawn(frame, [industry], part, row=industry) for part in ("between", "within")]
    order = whole.sort_values(kind="stable").index
    with style(lang):
        figure = canvas(WIDTH, 0.9 + LINE * len(order))
        axes = figure.subplots()
        left = np.zeros(len(order))
        looks = ({"color": DARK}, {"color": LIGHT, "hatch": "////", "edgecolor": "white"})
        for part, numbers, look in zip(("between", "within"), parts, looks, strict=True):
            width = numbers.loc[order].to_numpy(dtype=np.float64)
            axes.barh(range(len(order)), width, left=left, height=0.72, linewidth=0,
                      label=said(part, lang, labels), **look)  # fmt: skip
            left = left + width
        share = (parts[0] / whole).where(whole > 0).loc[order].to_numpy(dtype=np.float64)
        for row, (end, between) in enumerate(zip(left, share, strict=True)):
            if np.isfinite(end) and np.isfinite(between):
                axes.annotate(f"{between:.0%}", (end, row), (2, 0), textcoords="offset points",
                              va="center", fontsize=7)  # fmt: skip
        names = frame.loc[order, industry]
        axes.set_yticks(range(len(order)), [labels.text(name, lang) for name in names])
        for label, name in zip(axes.get_yticklabels(), names, strict=True):
            label.set_color(DARK if name in highlight else INK)
        axes.set_xlim(0, 1.1 * (np.nanmax(left, initial=0.0) or 1.0))
        axes.set_ylim(-0.6, len(order) - 0.4)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(said("theil", lang, labels))
        figure.legend(loc="outside lower center", ncols=2)
        return finished(figure)
