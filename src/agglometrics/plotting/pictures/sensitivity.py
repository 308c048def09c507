"""What an answer owes to one group, to the zoning, or to errors of a stated size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import drawn, require_order, require_rows
from agglometrics.plotting.palette import DARK, INK, OPEN, SERIES
from agglometrics.plotting.pictures.dots import finish_rows
from agglometrics.plotting.placement import lay_out
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import numeric
from agglometrics.tables.arguments import checked


@checked
def plot_sensitivity(
    frame: pd.DataFrame,
    *,
    statistic: str,
    key: str = "industry",
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the range of a measure over other tables, and whose absence gives its ends.

    Parameters
    ----------
    frame : what `leave_one_out` or `measurement_error` returns, one period of it
    statistic : the measure to draw, such as ``"gini"``
    key : column of the rows
    unit : unit of the measure, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure: a line from low to high and a point at the value, the largest on top;
        after `leave_one_out` the ends are named by who was left out.

    Raises
    ------
    InputError
        For a statistic that is not in the table, and as `plot_ranges`.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import concentration, leave_one_out
    >>> cells = pd.DataFrame({
    ...     "region": list("NNSSWW"), "industry": ["cars", "cloth"] * 3,
    ...     "jobs": [60, 40, 20, 80, 40, 60]})
    >>> answer = leave_one_out(concentration, cells, leave="region", value="jobs")
    >>> figure = plot_sensitivity(answer, statistic="hoover")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['S', 'N', 'W', 'W']
    """
    labels = as_labels(labels)
    require_language(lang)
    rows = _of_statistic(frame, statistic, key)
    names = [column for column in ("low_without", "high_without") if column in rows]
    with style(lang):
        figure = canvas(WIDTH, 0.6 + LINE * max(len(rows), 2))
        axes = figure.subplots()
        axes.hlines(range(len(rows)), rows["low"], rows["high"], color=OPEN, linewidth=2)
        axes.plot(rows["value"], range(len(rows)), "o", color=DARK)
        for column, end, side, shift in zip(
            names, ("low", "high"), ("right", "left"), (-3, 3), strict=False
        ):
            for y, (who, where) in enumerate(zip(rows[column], rows[end], strict=True)):
                if pd.notna(who) and np.isfinite(where):
                    axes.annotate(labels.text(who, lang), (where, y), (shift, 0), ha=side,
                                  va="center", textcoords="offset points", fontsize=7)  # fmt: skip
        finish_rows(axes, [labels.text(name, lang) for name in rows[key]])
        axes.margins(x=0.08)
        axes.set_xlabel(said(statistic, lang, labels, unit))
        if names:
            _make_room(axes)
        return finished(figure)


def _of_statistic(frame: pd.DataFrame, statistic: str, key: str) -> pd.DataFrame:
    """Return the rows of one statistic, the largest value first."""
    require_rows(frame, [key, "statistic"], ["value", "low", "high"], f"{key} and statistic")
    rows = frame[frame["statistic"] == statistic]
    if rows.empty:
        raise InputError(
            f"statistic={statistic!r} is not in the table, which has "
            f"{list(dict.fromkeys(frame['statistic']))}. Choose one of these."
        )
    numbers = rows.assign(**{name: numeric(rows, name) for name in ("value", "low", "high")})
    require_order(numbers, [key], "low", "high")
    return numbers.dropna(subset="value").sort_values("value", ascending=False, kind="stable")


def _make_room(axes: Any) -> None:
    """Widen the horizontal axis until the texts in it stay inside."""
    for _ in range(3):
        lay_out(axes.figure)
        frame = axes.get_window_extent()
        extents = [text.get_window_extent() for text in axes.texts]
        low, high = axes.get_xlim()
        unit = (high - low) / frame.width
        left = max([frame.x0 - extent.x0 for extent in extents] + [0.0])
        right = max([extent.x1 - frame.x1 for extent in extents] + [0.0])
        axes.set_xlim(low - 1.3 * left * unit, high + 1.3 * right * unit)


@checked
def plot_zonings(
    frame: pd.DataFrame,
    *,
    value: str,
    key: str = "industry",
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw a measure on every zoning of the same cells: the modifiable areal unit problem.

    Parameters
    ----------
    frame : what `over_zonings` returns, one period of it: one row per (zoning, key)
    value : the measure to draw, such as ``"gini"``
    key : column of the rows
    unit : unit of the measure, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure: one marker per zoning, a line from the smallest to the largest; rows
        in the order of the first zoning's value.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, or more than seven zonings, which grey does not tell
        apart.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import concentration, over_zonings
    >>> cells = pd.DataFrame({
    ...     "region": list("NNSSWW"), "industry": ["cars", "cloth"] * 3,
    ...     "jobs": [60, 40, 20, 80, 40, 60]})
    >>> zonings = {"two": {"N": "north", "S": "rest", "W": "rest"}}
    >>> figure = plot_zonings(over_zonings(concentration, cells, zonings, value="jobs"),
    ...                       value="hoover")
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['As given', 'two']
    """
    labels = as_labels(labels)
    require_language(lang)
    values = drawn(frame, ["zoning", key], value, row=f"zoning and {key}")
    zonings = list(frame["zoning"].unique())
    if len(zonings) > len(SERIES):
        raise InputError(
            f"plot_zonings tells {len(SERIES)} zonings apart in grey; found {len(zonings)}. "
            "Choose fewer."
        )
    table = values.set_axis(pd.MultiIndex.from_frame(frame[[key, "zoning"]])).unstack()[zonings]
    table = table.sort_values(zonings[0], ascending=False, kind="stable")
    with style(lang):
        figure = canvas(WIDTH, 0.9 + LINE * max(len(table), 2))
        axes = figure.subplots()
        axes.hlines(range(len(table)), table.min(axis=1), table.max(axis=1), color=OPEN)
        for number, (zoning, (colour, marker, _)) in enumerate(zip(zonings, SERIES, strict=False)):
            axes.plot(table[zoning], range(len(table)), marker, color=colour, linestyle="none",
                      markerfacecolor="white" if number else colour,
                      label=said(zoning, lang, labels))  # fmt: skip
        finish_rows(axes, [labels.text(name, lang) for name in table.index])
        axes.set_xlabel(said(value, lang, labels, unit))
        figure.legend(loc="outside lower center", ncols=min(len(zonings), 4))
        return finished(figure)


@checked
def plot_without_each(
    frame: pd.DataFrame,
    *,
    term: str,
    estimate: float | None = None,
    most: int = 20,
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw a coefficient without each group, for the groups that move it most.

    Parameters
    ----------
    frame : what `without_each` returns
    term : the coefficient to draw
    estimate : the estimate with all groups, for the line; the median of the others without it
    most : how many groups are shown, those furthest from the line
    unit : unit of the coefficient, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure, estimates in ascending order from the top.

    Raises
    ------
    InputError
        If the table is not one of `without_each`, or has no such term.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import panel, without_each
    >>> unit, time = np.divmod(np.arange(60), 3)
    >>> x, e = np.random.default_rng(0).normal(size=(2, 60))
    >>> data = pd.DataFrame({"i": unit, "t": time, "x": x, "y": x + unit / 10 + e})
    >>> fit = panel("y ~ x", data, absorb="i")
    >>> figure = plot_without_each(without_each(fit, "i"), term="x", estimate=fit.params[0])
    >>> len(figure.axes[0].get_yticklabels())
    20
    """
    labels = as_labels(labels)
    require_language(lang)
    keys = [column for column in frame.columns if column not in ("term", "estimate")]
    if len(keys) != 1:
        raise InputError(
            f"the table must have the group, term and estimate; its other columns are {keys}. "
            "Pass what without_each() returns."
        )
    require_rows(frame, [keys[0], "term"], ["estimate"], f"{keys[0]} and term")
    rows = frame[frame["term"] == term]
    if rows.empty:
        raise InputError(
            f"term={term!r} is not in the table, which has {list(dict.fromkeys(frame['term']))}. "
            "Choose one of these."
        )
    whole = float(rows["estimate"].median()) if estimate is None else float(estimate)
    with style(lang):
        return draw_without(rows, keys[0], whole, most, (unit, lang, labels))


def draw_without(
    rows: pd.DataFrame, key: str, whole: float, most: int, words: tuple[str, Lang, Labels]
) -> Figure:
    """Draw the estimates furthest from the line `whole`, in ascending order, in a style in force.

    rows : with `key` and estimate    words : unit, language, labels
    """
    unit, lang, labels = words
    away = (rows["estimate"] - whole).abs().sort_values(ascending=False, kind="stable")
    shown = rows.loc[away.index[:most]].sort_values("estimate", kind="stable")
    figure = canvas(WIDTH, 0.6 + LINE * max(len(shown), 2))
    axes = figure.subplots()
    axes.axvline(whole, color=INK, linewidth=0.8, linestyle="--", zorder=1)
    axes.plot(shown["estimate"], range(len(shown)), "o", color=DARK)
    finish_rows(axes, [labels.text(name, lang) for name in shown[key]])
    axes.set_xlabel(said("_without", lang, labels, unit))
    return finished(figure)
