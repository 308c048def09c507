"""Lines over time, and the binned scatter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import drawn, require_rows
from agglometrics.plotting.palette import DARK, INK, LIGHT, SERIES
from agglometrics.plotting.placement import spread
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables.arguments import checked


@checked
def plot_trajectories(
    frame: pd.DataFrame,
    *,
    value: str,
    time: str = "time",
    series: str = "region",
    reference: float | None = None,
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw each series over time, named at its end; at most seven, so that greys differ.

    Parameters
    ----------
    frame : one row per (series, time); an unknown or missing period breaks the line
    value : column to draw
    time, series : key columns
    reference : where to draw a dashed horizontal line
    highlight : series drawn with a thick line
    unit : unit of the value, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, text or infinite values, or more than seven series.

    Examples
    --------
    >>> import pandas as pd
    >>> lq = pd.DataFrame({"region": ["N", "N", "S", "S"], "time": [2007, 2017] * 2,
    ...                    "lq": [1.1, 1.3, 0.9, 0.7]})
    >>> figure = plot_trajectories(lq, value="lq", reference=1)
    >>> [line.get_ydata().tolist() for line in figure.axes[0].lines[:2]]
    [[1.1, 1.3], [0.9, 0.7]]
    """
    labels = as_labels(labels)
    require_language(lang)
    values = drawn(frame, [series, time], value, row=f"{series} and {time}")
    names = list(frame[series].unique())
    if len(names) > len(SERIES):
        raise InputError(
            f"plot_trajectories tells {len(SERIES)} series apart in grey; found {len(names)} in "
            f"{series!r}. Choose fewer, or draw plot_heat_map."
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
        axes.set_ylabel(said(value, lang, labels, unit))
        if time != "time":  # periods need no name
            axes.set_xlabel(said(time, lang, labels, ""))
        _name_periods(axes, table.index)
        _name_ends(axes, table[names], [labels.text(name, lang) for name in names])
        return finished(figure)


def _name_periods(axes: Any, periods: pd.Index) -> None:
    """Write every period where twelve or fewer, else every second, third, ... from the last."""
    step = -(-len(periods) // 12)
    shown = periods[::-1][::step][::-1]
    axes.set_xticks(shown, [str(period) for period in shown])


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


@checked
def plot_binned_scatter(
    frame: pd.DataFrame,
    *,
    x: str = "x",
    y: str = "y",
    units: tuple[str, str] = ("", ""),
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the means of the outcome in bins of x, with their intervals and the band for all bins.

    Parameters
    ----------
    frame : what `binned_scatter` returns
    x, y : machine names of the two variables, for the axes (the columns are always x and y)
    units : units of x and of y
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure: points are the means, lines the interval of a bin on its own, the
        shade the band that holds all bins at once.

    Raises
    ------
    InputError
        If the table is not one of `binned_scatter`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import binned_scatter
    >>> w, v, e = np.random.default_rng(2).normal(size=(3, 300))
    >>> data = pd.DataFrame({"w": w, "x": 0.5 * w + v, "y": 0.5 * w + v + w + e})
    >>> bins = binned_scatter("y ~ x + w", data, x="x", bins=3)
    >>> figure = plot_binned_scatter(bins, y="growth", units=("km", "%"))
    >>> figure.axes[0].lines[0].get_ydata().round(2).tolist(), figure.axes[0].get_xlabel()
    ([-1.36, -0.04, 1.02], 'x (km)')
    """
    labels = as_labels(labels)
    require_language(lang)
    ends = ["conf_low", "conf_high", "band_low", "band_high"]
    require_rows(frame, ["bin"], ["x", "y", *ends], "bin")
    rows = frame.sort_values("x", kind="stable")
    at, low, high, band_low, band_high = (rows[name] for name in ("x", *ends))
    with style(lang):
        figure = canvas(0.8 * WIDTH, 3.2)
        axes = figure.subplots()
        axes.fill_between(at, band_low, band_high, color=LIGHT, alpha=0.6, linewidth=0,
                          label=said("_band", lang, labels))  # fmt: skip
        axes.vlines(at, low, high, color=DARK, label=said("_interval", lang, labels))
        axes.plot(at, rows["y"], "o", color=DARK)
        axes.set_xlabel(said(x, lang, labels, units[0]))
        outcome = said(y, lang, labels, units[1])
        axes.set_ylabel(said("_mean", lang, labels).format(outcome))
        axes.locator_params(nbins=7)
        figure.legend(loc="outside lower center", ncols=2)
        return finished(figure)
