"""Squares shaded by class: a heat map of cells, and a map in which regions have one size."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.checks import drawn
from agglometrics.plotting.palette import EDGE, INK, SHADES, ink_on
from agglometrics.plotting.placement import lay_out, text_width
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.ticks import name_columns
from agglometrics.plotting.words import minus, said
from agglometrics.tables import require_columns, require_keys
from agglometrics.tables.arguments import checked

LQ_BREAKS = (0.5, 0.8, 1.0, 1.25, 2.0)
"""Bounds of the classes of a location quotient."""


@checked
def plot_heat_map(
    frame: pd.DataFrame,
    *,
    value: str = "lq",
    region: str = "region",
    industry: str = "industry",
    breaks: Sequence[float] = LQ_BREAKS,
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw industries in rows and regions in columns, each cell shaded by class and printed.

    Parameters
    ----------
    frame : one row per (region, industry), in the order to draw; a missing cell stays blank
    value : column to print, with two decimals where that many columns leave room for numbers
    region, industry : key columns
    breaks : five ascending bounds of the six classes
    unit : unit of the value, for the legend
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure; the names of columns stand upright where they would touch.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, text or infinite values, or other than five breaks.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import location_quotient
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> figure = plot_heat_map(location_quotient(cells, value="jobs"))
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1.50', '0.50', '0.67', '1.33']
    """
    labels = as_labels(labels)
    require_language(lang)
    values = drawn(frame, [region, industry], value)
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
        shades = classes(grid, breaks)
        known = np.argwhere(~np.isnan(grid))
        tiles = [_tile(c, r, SHADES[shades[r, c]]) for r, c in known]
        axes.add_collection(PatchCollection(tiles, match_original=True), autolim=False)
        for r, c in known:
            _number(axes, c, r, minus(f"{grid[r, c]:.2f}"), int(shades[r, c]))
        _bare(axes, len(columns), len(rows))
        axes.set_yticks(range(len(rows)), [labels.text(name, lang) for name in rows])
        class_legend(figure, breaks, said(value, lang, labels, unit))
        name_columns(axes, [labels.text(name, lang) for name in columns])
        _without_crowded_numbers(axes, len(columns))
        return finished(figure)


@checked
def plot_tile_map(
    frame: pd.DataFrame,
    layout: pd.DataFrame,
    *,
    value: str,
    region: str = "region",
    breaks: Sequence[float] = LQ_BREAKS,
    fmt: str = ".2f",
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw a map in which every region is a square of one size, shaded by class.

    Parameters
    ----------
    frame : one row per region; a region of the layout that is not there is hatched
    layout : one row per region, with ``tile_row`` and ``tile_column``, counted from the north-west
    value : column to print
    region : key column of both tables
    breaks : five ascending bounds of the six classes
    fmt : format of the printed number
    highlight : regions to frame
    unit : unit of the value, for the legend
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure, wider where names need it; they are broken at spaces and hyphens.

    Raises
    ------
    InputError
        As `plot_heat_map`, for two regions at one place, and for a region without one.

    Examples
    --------
    >>> import pandas as pd
    >>> layout = pd.DataFrame({"region": ["N", "S"], "tile_row": [0, 1], "tile_column": [0, 0]})
    >>> quotients = pd.DataFrame({"region": ["N", "S"], "lq": [1.5, 0.67]})
    >>> figure = plot_tile_map(quotients, layout, value="lq")
    >>> [text.get_text().split() for text in figure.axes[0].texts]
    [['N', '1.50'], ['S', '0.67']]
    """
    labels = as_labels(labels)
    require_language(lang)
    values = drawn(frame, [region], value).set_axis(frame[region])
    _check_layout(layout, region, frame[region])
    with style(lang):
        rows, columns = int(layout["tile_row"].max()) + 1, int(layout["tile_column"].max()) + 1
        names = {name: _wrapped(labels.text(name, lang)) for name in layout[region]}
        figure = canvas(*_map_size(rows, columns, list(names.values())))
        axes = figure.subplots()
        places = zip(layout[region], layout["tile_row"], layout["tile_column"], strict=True)
        for name, row, column in places:
            number = float(values.get(name, np.nan))
            shade = int(classes(np.array([number]), breaks)[0])
            known = not np.isnan(number)
            axes.add_patch(_tile(column, row, SHADES[shade] if known else "white", known))
            if name in highlight:
                axes.add_patch(_frame(column, row))
            printed = f"{names[name]}\n{minus(format(number, fmt))}" if known else names[name]
            _number(axes, column, row, printed, shade if known else 0)
        _bare(axes, columns, rows)
        axes.set_axis_off()
        axes.set_aspect("equal")
        class_legend(figure, breaks, said(value, lang, labels, unit))
        return finished(figure)


def classes(values: Array, breaks: Sequence[float]) -> Any:
    """Return the class of each value: 0 below the first break, 5 from the last one on."""
    if len(breaks) != len(SHADES) - 1 or np.any(np.diff(breaks) <= 0):
        raise InputError(
            f"breaks must be {len(SHADES) - 1} ascending bounds; found {list(breaks)}. "
            "Give the bounds of the six classes."
        )
    return np.searchsorted(np.asarray(breaks), values, side="right").clip(0, len(SHADES) - 1)


def class_legend(figure: Any, breaks: Sequence[float], title: str) -> None:
    """Draw the legend of the six classes below the figure."""
    ends = [minus(f"{bound:g}") for bound in breaks]
    names = [f"< {ends[0]}"]
    names += [f"{low}\N{EN DASH}{high}" for low, high in pairwise(ends)]
    names.append(f"\N{GREATER-THAN OR EQUAL TO} {ends[-1]}")
    patches = [
        Patch(facecolor=shade, edgecolor=EDGE, linewidth=0.3, label=name)
        for shade, name in zip(SHADES, names, strict=True)
    ]
    narrow = figure.get_figwidth() < 5.0
    figure.legend(
        handles=patches,
        title=title,
        ncols=len(patches) // (2 if narrow else 1),
        loc="outside lower center",
        columnspacing=1.2,
        handlelength=1.4,
        title_fontsize=8,
    )


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


def _map_size(rows: int, columns: int, names: Sequence[str]) -> tuple[float, float]:
    """Return the width and height in inches at which every name fits into its square."""
    tile = max(min(0.8 * WIDTH / columns, 0.9), text_width(canvas(1, 1), names, 7) / 0.94, 0.3)
    if columns * tile <= 0.8 * WIDTH * 1.0001:
        return max(0.8 * WIDTH, 3.2), 0.5 + tile * rows
    return max(columns * tile + 0.1, 3.2), 0.6 + tile * rows


def _tile(column: float, row: float, colour: str, known: bool = True) -> Any:
    return Rectangle(
        (column - 0.48, row - 0.48),
        0.96,
        0.96,
        facecolor=colour,
        edgecolor=EDGE if known else "#888888",
        linewidth=0.3,
        hatch=None if known else "////",
    )


def _frame(column: float, row: float) -> Any:
    corner = (column - 0.45, row - 0.45)
    return Rectangle(corner, 0.9, 0.9, facecolor="none", edgecolor=INK, linewidth=1.6)


def _number(axes: Any, column: float, row: float, text: str, shade: int) -> None:
    written = axes.text(
        column, row, text, ha="center", va="center", color=ink_on(shade), fontsize=7
    )
    written.set_in_layout(False)  # it stands inside its axes: the layout need not measure it


def _without_crowded_numbers(axes: Any, columns: int) -> None:
    """Take the numbers out where the widest does not fit into its cell."""
    lay_out(axes.figure)
    cell = axes.get_window_extent().width / axes.figure.dpi / columns
    if text_width(axes.figure, [text.get_text() for text in axes.texts], 7) > 0.96 * cell:
        for text in list(axes.texts):
            text.remove()


def _wrapped(text: str) -> str:
    """Return a long name on several lines, broken at its spaces and hyphens."""
    if len(text) <= 8:
        return text
    return text.replace(" ", "\n").replace("-", "-\n")


def _bare(axes: Any, columns: int, rows: int) -> None:
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
