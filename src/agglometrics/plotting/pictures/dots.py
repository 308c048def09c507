"""Ranked points with their intervals: an index by industry or region."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import drawn, require_order
from agglometrics.plotting.palette import DARK, INK, OPEN
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import numeric, require_columns
from agglometrics.tables.arguments import checked


@checked
def plot_ranked_dots(
    frame: pd.DataFrame,
    *,
    value: str,
    key: str = "industry",
    low: str | None = None,
    high: str | None = None,
    expected: str | None = None,
    reference: float | None = None,
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw an index as points from the largest to the smallest, with intervals where there are any.

    For `concentration`, `specialization`, `ellison_glaeser` and every other table with one number
    per industry or region.

    Parameters
    ----------
    frame : one row per `key`; a row whose value is unknown is left out
    value : column to draw, such as ``"gini"`` or ``"gamma"``
    key : column of the points
    low, high : columns of the ends of an interval, such as ``"conf_low"`` and ``"conf_high"``; an
        unknown interval is not drawn
    expected : column of what chance alone gives, such as ``"gini_expected"``: open diamonds
    reference : where to draw a dashed line
    highlight : keys whose points are filled and dark; all are without
    unit : unit of the value, for the axis
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no known value, one end without the other, or ends in
        the wrong order.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import concentration
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "jobs": [60, 40, 20, 80]})
    >>> axes = plot_ranked_dots(concentration(cells, value="jobs"), value="hoover").axes[0]
    >>> [text.get_text() for text in axes.get_yticklabels()], axes.get_xlabel()
    (['cars', 'cloth'], 'Hoover index')
    """
    labels = as_labels(labels)
    require_language(lang)
    rows = _ranked(frame, key, value, low, high, expected)
    with style(lang):
        figure = canvas(WIDTH, (0.9 if expected else 0.6) + LINE * max(len(rows), 2))
        axes = figure.subplots()
        if reference is not None:
            axes.axvline(reference, color=INK, linewidth=0.8, linestyle="--", zorder=1)
        for y, (name, number, *ends) in enumerate(rows.itertuples(index=False, name=None)):
            dark = not highlight or name in highlight
            colour = DARK if dark else OPEN
            if low is not None:
                axes.plot(ends[:2], [y, y], color=colour, linewidth=1.2, zorder=2)
            axes.plot(number, y, "o", color=colour, markerfacecolor=colour if dark else "white",
                      zorder=3)  # fmt: skip
        if expected is not None:
            axes.plot(rows[expected], range(len(rows)), "D", color=INK, markerfacecolor="white",
                      markersize=3, label=said("expected", lang, labels), zorder=2)  # fmt: skip
            figure.legend(loc="outside lower center")
        finish_rows(axes, [labels.text(name, lang) for name in rows[key]])
        axes.set_xlabel(said(value, lang, labels, unit))
        return finished(figure)


def finish_rows(axes: Any, names: list[str]) -> None:
    """Name the rows from the top and draw a faint line under each, so that the eye finds it."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#e4e8ec", linewidth=0.4)
    axes.set_axisbelow(True)
    axes.locator_params(axis="x", nbins=6)


def _ranked(
    frame: pd.DataFrame,
    key: str,
    value: str,
    low: str | None,
    high: str | None,
    expected: str | None,
) -> pd.DataFrame:
    """Return the known rows from the largest value on: key, value, low, high, expected."""
    values = drawn(frame, [key], value, row=key)
    if (low is None) != (high is None):
        raise InputError(
            f"an interval has two ends; found low={low!r} and high={high!r}. Pass both or none."
        )
    others = [column for column in (low, high, expected) if column is not None]
    require_columns(frame, others)
    table = frame[[key]].assign(**{value: values, **{c: numeric(frame, c) for c in others}})
    if low is not None and high is not None:
        require_order(table, [key], low, high)
    known = table[table[value].notna()]
    if known.empty:
        raise InputError(
            f"every {value!r} is unknown (NaN): nothing to draw. Choose another value."
        )
    order = np.argsort(-known[value].to_numpy(dtype=np.float64), kind="stable")
    return known.iloc[order]
