"""What an estimate depends on: honest bounds, and the comparisons behind a two-way estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.evaluation.pictures.words import percent, worded
from agglometrics.labels import Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.palette import DARK, INK, OPEN, SERIES
from agglometrics.plotting.placement import text_width
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said


def draw_bounds(
    m: Array,
    sets: Array,
    parallel: tuple[float, float],
    *,
    estimate: float,
    breakdown: float,
    restriction: str,
    level: float,
    unit: str,
    lang: Lang,
    labels: Labels | Mapping[Any, Any],
) -> Figure:
    """Draw confidence sets (M, 2) for bounds m, the one under parallel trends at their left.

    Bounds stand side by side at equal distances; an end that is infinite is an arrow.
    """
    labels = worded(labels, lang)
    m, sets = np.sort(m), sets[np.argsort(m, kind="stable")]
    names = [said("_parallel", lang, labels), *(f"{each:.3g}" for each in m)]
    at = np.arange(len(names), dtype=np.float64)
    with style(lang):
        figure = canvas(WIDTH, 2.9)
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=0.6, zorder=1)
        axes.axhline(estimate, color=INK, linewidth=0.6, linestyle=":", zorder=1)
        _sets(axes, at, np.vstack([parallel, sets]), estimate)
        axes.plot([], [], color=DARK, linewidth=2.4,
                  label=said("_set", lang, labels).format(percent(level)))  # fmt: skip
        if m[0] <= breakdown <= m[-1]:
            where = 1 + float(np.interp(breakdown, m, np.arange(len(m))))
            axes.axvline(where, color=INK, linewidth=0.8, linestyle="--", zorder=1)
        axes.plot([], [], color=INK, linewidth=0.8, linestyle="--",
                  label=said("_breakdown", lang, labels).format(breakdown))  # fmt: skip
        step = -(-len(names) // max(2, int(0.85 * WIDTH / (text_width(figure, names, 8) + 0.1))))
        axes.set_xticks(at[::step], names[::step])
        axes.set_xlim(-0.6, at[-1] + 0.6)
        axes.set_xlabel(said(restriction, lang, labels))
        axes.set_ylabel(said("estimate", lang, labels, unit))
        figure.legend(loc="outside lower center", ncols=2)
        return finished(figure)


def _sets(axes: Any, at: Array, sets: Array, estimate: float) -> None:
    """Draw one vertical bar per set (M, 2), the first lighter, arrows at infinite ends."""
    known = np.append(sets[np.isfinite(sets)], [estimate, 0.0])
    pad = 0.08 * (np.ptp(known) or 1.0)
    low, high = known.min() - pad, known.max() + pad
    axes.set_ylim(low, high)
    for x, ends in zip(at, sets, strict=True):
        colour = OPEN if x == 0 else DARK
        axes.plot([x, x], np.clip(ends, low, high), color=colour, linewidth=2.4,
                  solid_capstyle="butt")  # fmt: skip
        for end, mark in zip(ends, ("v", "^"), strict=True):
            if np.isinf(end):
                axes.plot(x, np.clip(end, low, high), mark, color=colour, markersize=6,
                          clip_on=False)  # fmt: skip
        if x == 0:
            axes.plot(x, estimate, "o", color=colour)


def draw_comparisons(
    comparisons: pd.DataFrame,
    estimate: float,
    *,
    unit: str,
    lang: Lang,
    labels: Labels | Mapping[Any, Any],
) -> Figure:
    """Draw each two-by-two estimate against its weight; a line marks their weighted average."""
    labels = worded(labels, lang)
    with style(lang):
        figure = canvas(WIDTH, 3.0)
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=0.6, zorder=1)
        axes.axhline(estimate, color=INK, linewidth=0.8, linestyle="--", zorder=1,
                     label=said("_two_way", lang, labels))  # fmt: skip
        kinds = comparisons.groupby("kind", sort=False)
        for (kind, rows), (colour, mark, _) in zip(kinds, SERIES, strict=False):
            axes.plot(rows["weight"], rows["estimate"], mark, color=colour, markerfacecolor="none",
                      label=said(kind, lang, labels))  # fmt: skip
        axes.set_xlim(left=0)
        axes.set_xlabel(said("weight", lang, labels))
        axes.set_ylabel(said("_two_by_two", lang, labels, unit))
        figure.legend(loc="outside lower center", ncols=4)
        return finished(figure)
