"""Figures that a journal prints: vector, readable in grey, labelled in English or Chinese.

Each function takes a tidy frame and returns a matplotlib ``Figure``; `save_figure` writes it
with the same bytes every time. Classes of a value are shades of one hue whose lightness falls
steadily, and series differ by marker and dash as well as colour, so nothing is lost in grey.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch, Rectangle

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.style import INK, WIDTH, canvas, finished, save_figure, style
from agglometrics.tables import numeric, require_columns, require_keys

__all__ = [
    "lq_heatmap",
    "ranked_bars",
    "save_figure",
    "spread",
    "tile_map",
    "trajectories",
]

LINE = 0.2  # inches a row of text takes
DARK, LIGHT = "#08519c", "#c3ccd6"
SHADES = ("#f7fbff", "#dbe9f6", "#b5d3e9", "#7cb3d8", "#3a83bf", "#08458a")
LQ_BREAKS = (0.5, 0.8, 1.0, 1.25, 2.0)
# Okabe and Ito (2008), ordered by lightness, with a marker and a dash each
SERIES = (
    ("#000000", "o", "-"),
    ("#0072b2", "s", "--"),
    ("#d55e00", "^", "-."),
    ("#009e73", "D", ":"),
    ("#cc79a7", "v", (0, (5, 1, 1, 1, 1, 1))),
    ("#56b4e9", "P", (0, (8, 2))),
    ("#e69f00", "X", (0, (3, 1))),
)


def lq_heatmap(
    frame: pd.DataFrame,
    *,
    value: str = "lq",
    region: str = "region",
    industry: str = "industry",
    breaks: Sequence[float] = LQ_BREAKS,
    lang: Lang = "en",
    labels: Labels = PLAIN,
) -> Any:
    """Draw industries in rows, regions in columns, each cell shaded by class and printed.

    Parameters
    ----------
    frame : one row per (region, industry), in the order to draw; a missing cell stays blank
    value : column to print, with two decimals
    breaks : five ascending bounds of the six classes
    lang : language of the labels
    labels : what to print for machine names

    Raises
    ------
    InputError
        For unknown columns, repeated keys, text or infinite values, or other than five breaks.
    """
    values = _checked(frame, [region, industry], value)
    rows, columns = frame[industry].unique(), frame[region].unique()
    grid = (
        values.set_axis(pd.MultiIndex.from_frame(frame[[industry, region]]))
        .unstack()
        .reindex(index=rows, columns=columns)
        .to_numpy()
    )
    with style(lang):
        figure = canvas(WIDTH, 0.9 + LINE * len(rows))
        axes = figure.subplots()
        shades = _classes(grid, breaks)
        for (r, c), number in np.ndenumerate(grid):
            if not np.isnan(number):
                axes.add_patch(_tile(c, r, SHADES[shades[r, c]]))
                _number(axes, c, r, f"{number:.2f}", int(shades[r, c]))
        _bare(axes, len(columns), len(rows))
        axes.set_xticks(range(len(columns)), [labels.text(name, lang) for name in columns])
        axes.set_yticks(range(len(rows)), [labels.text(name, lang) for name in rows])
        axes.xaxis.tick_top()
        _class_legend(figure, breaks, labels.text(value, lang))
        return finished(figure)


def tile_map(
    frame: pd.DataFrame,
    layout: pd.DataFrame,
    *,
    value: str,
    region: str = "region",
    breaks: Sequence[float] = LQ_BREAKS,
    fmt: str = ".2f",
    highlight: Collection[object] = (),
    lang: Lang = "en",
    labels: Labels = PLAIN,
) -> Any:
    """Draw a map in which every region is a square of one size, shaded by class.

    Parameters
    ----------
    frame : one row per region; a region of the layout that is not there is hatched
    layout : one row per region, with ``tile_row`` and ``tile_column``, counted from the north-west
    highlight : regions to frame

    Other parameters as in `lq_heatmap`.
    """
    values = _checked(frame, [region], value).set_axis(frame[region])
    _check_layout(layout, region, frame[region])
    with style(lang):
        rows, columns = layout["tile_row"].max() + 1, layout["tile_column"].max() + 1
        figure = canvas(0.8 * WIDTH, 0.5 + 0.8 * WIDTH * rows / columns)
        axes = figure.subplots()
        places = zip(layout[region], layout["tile_row"], layout["tile_column"], strict=True)
        for name, row, column in places:
            number = float(values.get(name, np.nan))
            shade = int(_classes(np.array([number]), breaks)[0])
            known = not np.isnan(number)
            axes.add_patch(_tile(column, row, SHADES[shade] if known else "white", known))
            if name in highlight:
                axes.add_patch(_frame(column, row))
            text = _wrapped(labels.text(name, lang))
            printed = f"{text}\n{_minus(format(number, fmt))}" if known else text
            _number(axes, column, row, printed, shade if known else 0)
        _bare(axes, columns, rows)
        axes.set_axis_off()
        axes.set_aspect("equal")
        _class_legend(figure, breaks, labels.text(value, lang))
        return finished(figure)


def ranked_bars(
    frame: pd.DataFrame,
    *,
    value: str,
    key: str = "region",
    by: str | None = None,
    reference: float | None = None,
    highlight: Collection[object] = (),
    fmt: str = ".2f",
    lang: Lang = "en",
    labels: Labels = PLAIN,
) -> Any:
    """Draw bars from the largest to the smallest, each with its number; panels over `by`.

    Parameters
    ----------
    frame : one row per key (and `by`)
    by : column of the panels, which share the order of the sum over panels
    reference : where to draw a dashed line, for example 1 for location quotients
    highlight : keys (or, with panels, panels) whose bars are dark and hatched
    """
    keys = [key] if by is None else [key, by]
    values = _checked(frame, keys, value)
    order = values.groupby(frame[key], sort=False).sum().sort_values(kind="stable").index
    panels = [None] if by is None else list(frame[by].unique())
    with style(lang):
        figure = canvas(WIDTH, 0.6 + LINE * len(order))
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        longest = float(values.abs().max())
        for axes, panel in zip(grid, panels, strict=True):
            rows = slice(None) if by is None else (frame[by] == panel).to_numpy()
            heights = (
                values[rows]
                .set_axis(frame.loc[rows, key])
                .reindex(order)
                .to_numpy(dtype=np.float64)
            )
            dark = [name in highlight or panel in highlight for name in order]
            _bars(axes, heights, dark, fmt, longest)
            axes.set_yticks(range(len(order)), [labels.text(name, lang) for name in order])
            axes.set_title("" if panel is None else labels.text(panel, lang))
            if reference is not None:
                axes.axvline(reference, color=INK, linewidth=0.8, linestyle="--", zorder=3)
        figure.supxlabel(labels.text(value, lang), fontsize=8)
        return finished(figure)


def trajectories(
    frame: pd.DataFrame,
    *,
    value: str,
    time: str = "time",
    series: str = "region",
    reference: float | None = None,
    highlight: Collection[object] = (),
    lang: Lang = "en",
    labels: Labels = PLAIN,
) -> Any:
    """Draw each series over time, named at its end; at most seven, so that grey tells them apart.

    Parameters
    ----------
    frame : one row per (series, time); an unknown or missing period breaks the line
    reference : where to draw a dashed horizontal line
    highlight : series drawn with a thick line
    """
    values = _checked(frame, [series, time], value)
    names = list(frame[series].unique())
    if len(names) > len(SERIES):
        raise InputError(
            f"trajectories tells {len(SERIES)} series apart in grey; found {len(names)} in "
            f"{series!r}. Choose fewer, or draw lq_heatmap."
        )
    table = values.set_axis(pd.MultiIndex.from_frame(frame[[time, series]])).unstack().sort_index()
    with style(lang):
        figure = canvas(WIDTH, 3.2)
        axes = figure.subplots()
        for name, (colour, marker, dash) in zip(names, SERIES, strict=False):
            width = 2.2 if name in highlight else 1.1
            axes.plot(table.index, table[name], color=colour, marker=marker, linestyle=dash,
                      linewidth=width)  # fmt: skip
        if reference is not None:
            axes.axhline(reference, color=INK, linewidth=0.6, linestyle=(0, (1, 2)))
        axes.set_ylabel(labels.text(value, lang))
        axes.set_xticks(table.index, [str(period) for period in table.index])
        _name_ends(axes, table[names], [labels.text(name, lang) for name in names])
        return finished(figure)


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


def _check_layout(layout: pd.DataFrame, region: str, drawn: pd.Series[Any]) -> None:
    require_columns(layout, [region, "tile_row", "tile_column"])
    require_keys(layout, [region])
    require_keys(layout, ["tile_row", "tile_column"])
    strangers = set(drawn) - set(layout[region])
    if strangers:
        raise InputError(
            f"regions {sorted(map(str, strangers))} have no place in the layout. Add their "
            "tile_row and tile_column, or give the codes the layout uses."
        )


def _checked(frame: pd.DataFrame, keys: list[str], value: str) -> pd.Series[float]:
    require_columns(frame, [*keys, value])
    require_keys(frame, keys)
    if frame.empty:
        raise InputError("the table to draw has no rows. Pass one row per region.")
    return numeric(frame, value)


def _classes(values: Array, breaks: Sequence[float]) -> Any:
    """Return the class of each value: 0 below the first break, 5 from the last one on."""
    if len(breaks) != len(SHADES) - 1 or np.any(np.diff(breaks) <= 0):
        raise InputError(
            f"breaks must be {len(SHADES) - 1} ascending bounds; found {list(breaks)}. "
            "Give the bounds of the six classes."
        )
    return np.searchsorted(np.asarray(breaks), values, side="right").clip(0, len(SHADES) - 1)


def _tile(column: float, row: float, colour: str, known: bool = True) -> Any:
    return Rectangle(
        (column - 0.48, row - 0.48),
        0.96,
        0.96,
        facecolor=colour,
        edgecolor="#9aa5b1" if known else "#888888",
        linewidth=0.3,
        hatch=None if known else "////",
    )


def _frame(column: float, row: float) -> Any:
    corner = (column - 0.45, row - 0.45)
    return Rectangle(corner, 0.9, 0.9, facecolor="none", edgecolor=INK, linewidth=1.6)


def _number(axes: Any, column: float, row: float, text: str, shade: int) -> None:
    colour = "white" if shade >= len(SHADES) - 2 else INK
    axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=7)


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def _wrapped(text: str) -> str:
    """Return a long name on two lines, broken at its space."""
    return text.replace(" ", "\n", 1) if len(text) > 8 else text


def _bare(axes: Any, columns: int, rows: int) -> None:
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _class_legend(figure: Any, breaks: Sequence[float], title: str) -> None:
    ends = [f"{bound:g}" for bound in breaks]
    names = [f"< {ends[0]}"]
    names += [f"{low}\N{EN DASH}{high}" for low, high in pairwise(ends)]
    names.append(f"\N{GREATER-THAN OR EQUAL TO} {ends[-1]}")
    patches = [
        Patch(facecolor=shade, edgecolor="#9aa5b1", linewidth=0.3, label=name)
        for shade, name in zip(SHADES, names, strict=True)
    ]
    figure.legend(
        handles=patches,
        title=title,
        ncols=len(patches),
        loc="outside lower center",
        columnspacing=1.2,
        handlelength=1.4,
        title_fontsize=8,
    )


def _bars(axes: Any, values: Any, dark: list[bool], fmt: str, longest: float) -> None:
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
            axes.annotate(_minus(format(number, fmt)), (number, position), shift, ha=side,
                          va="center", textcoords="offset points", fontsize=7, bbox=blank,
                          zorder=4)  # fmt: skip
    low = float(np.nanmin(values, initial=0.0))
    axes.set_xlim(1.3 * min(low, 0.0), 1.3 * longest)
    axes.set_ylim(-0.6, len(values) - 0.4)
    axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="y", length=0)


def _name_ends(axes: Any, table: pd.DataFrame, texts: list[str]) -> None:
    """Write each series' name right of its last point, moved apart where names would touch."""
    low, high = axes.get_ylim()
    gap = (high - low) * 0.065
    last = table.ffill().iloc[-1].to_numpy(dtype=np.float64)
    places = spread(last, gap)
    axes.set_ylim(min(low, places.min() - gap / 2), max(high, places.max() + gap / 2))
    end = table.index[-1]
    for text, point, place, (colour, _, _) in zip(texts, last, places, SERIES, strict=False):
        axes.annotate(
            text,
            (end, point),
            xytext=(1.03, place),
            textcoords=("axes fraction", "data"),
            color=colour if colour != "#56b4e9" else "#2b7fb0",
            va="center",
            arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.5, "shrinkB": 3},
        )
