"""Gaps over time with the band of what chance alone gives: small multiples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import require_order, require_rows
from agglometrics.plotting.palette import DARK, INK, LIGHT
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import numeric
from agglometrics.tables.arguments import checked


@checked
def plot_gaps(
    frame: pd.DataFrame,
    *,
    value: str = "gap",
    low: str = "low",
    high: str = "high",
    time: str = "time",
    by: str = "outcome",
    start: float | None = None,
    columns: int = 3,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw a gap over time with a band, one panel per outcome: treated minus synthetic, say.

    Parameters
    ----------
    frame : one row per (by, time); a missing period breaks neither line nor band, an unknown
        value both
    value, low, high : columns of the gap and of the ends of the band
    time, by : key columns; periods are numbers
    start : first treated period; a dotted line stands half a period before it
    columns : panels side by side
    lang, labels : language, and labels of the panels, units in them

    Returns
    -------
    Figure
        A matplotlib figure; each panel has a vertical axis of its own.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, text or infinite values, no rows, or low above high.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "outcome": ["gdp"] * 3 + ["co2"] * 3, "time": [2006, 2007, 2008] * 2,
    ...     "gap": [0.0, 0.1, 0.4, 0.0, 0.0, -0.2], "low": -0.3, "high": 0.3})
    >>> figure = plot_gaps(frame, start=2008, labels={"gdp": "GDP, log", "co2": "CO2, log"})
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['GDP, log', 'CO2, log']
    """
    labels = as_labels(labels)
    require_language(lang)
    numbers = _checked(frame, [by, time], [value, low, high])
    panels = list(dict.fromkeys(frame[by]))
    columns = min(max(columns, 1), len(panels))
    rows = -(-len(panels) // columns)
    with style(lang):
        figure = canvas(WIDTH, 0.3 + 1.5 * rows)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, panel in zip(grid, panels, strict=False):
            of_panel = numbers[numbers[by] == panel].sort_values(time)
            _panel(axes, *(of_panel[name] for name in (time, value, low, high)))
            if start is not None:
                axes.axvline(start - 0.5, color=INK, linewidth=0.8, linestyle=":", zorder=1)
            axes.set_title(said(panel, lang, labels), loc="left")
        for axes in grid[len(panels) :]:
            figure.delaxes(axes)
        return finished(figure)


def _checked(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> pd.DataFrame:
    require_rows(frame, keys, columns, "gap")
    numbers = frame[keys].assign(**{name: numeric(frame, name) for name in columns})
    if not pd.api.types.is_numeric_dtype(numbers[keys[1]]):
        raise InputError(
            f"periods must be numbers, such as years; column {keys[1]!r} has type "
            f"{numbers[keys[1]].dtype}. Number the periods."
        )
    require_order(numbers, keys, *columns[1:])
    return numbers


def _panel(axes: Any, at: Any, gap: Any, low: Any, high: Any) -> None:
    axes.fill_between(at, low, high, color=LIGHT, alpha=0.6, linewidth=0)
    axes.axhline(0.0, color=INK, linewidth=0.6, zorder=1)
    axes.plot(at, gap, color=DARK, linewidth=1.4)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4))
