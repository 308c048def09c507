"""The specification curve: every estimate in order, and the choices behind each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import require_order
from agglometrics.plotting.palette import DARK, INK, OPEN
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import numeric, require_columns
from agglometrics.tables.arguments import checked

MANY = 100
"""Specifications above which the points are small, and the dark ones large on top."""


@checked
def plot_specification_curve(
    frame: pd.DataFrame,
    *,
    choices: Sequence[str],
    estimate: str = "estimate",
    low: str | None = "conf_low",
    high: str | None = "conf_high",
    reference: float = 0.0,
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw every estimate in ascending order, and below it which choices it is made of.

    The descriptive part of the specification curve of Simonsohn, Simmons and Nelson (2020).

    Parameters
    ----------
    frame : one row per specification; rows with an unknown estimate are left out
    choices : columns with what was chosen, such as ``["controls", "sample"]``; each of their
        values gets a line of marks
    estimate, low, high : columns; an infinite end is drawn to the edge. Without intervals, low and
        high are None, and only `highlight` makes a point dark
    reference : where a dashed line stands
    highlight : labels of the index of `frame` whose points are dark; without, those whose interval
        excludes the reference
    unit : unit of the estimate, for the axis
    lang, labels : language, and labels of choices and their values

    Returns
    -------
    Figure
        A matplotlib figure of two axes, the curve and the choices.

    Raises
    ------
    InputError
        Without rows or choices, for unknown columns, or ends in the wrong order.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "controls": ["none", "income", "none", "income"], "sample": ["all"] * 2 + ["coast"] * 2,
    ...     "estimate": [0.4, 0.1, 0.5, 0.2], "conf_low": [0.2, -0.1, 0.1, 0.1],
    ...     "conf_high": [0.6, 0.3, 0.9, 0.3]})
    >>> figure = plot_specification_curve(frame, choices=["controls", "sample"])
    >>> figure.axes[0].collections[0].get_offsets()[:, 1].tolist()
    [0.1, 0.2, 0.4, 0.5]
    """
    labels = as_labels(labels)
    require_language(lang)
    if (low is None) != (high is None):
        raise InputError(
            f"an interval has two ends; found low={low!r} and high={high!r}. Pass both or none."
        )
    ends = [estimate if end is None else end for end in (low, high)]
    rows = _ordered(frame, choices, [estimate, *ends])
    point, low_end, high_end = (rows[c].to_numpy(dtype=np.float64) for c in (estimate, *ends))
    if highlight or low is None or high is None:
        dark = np.array([label in highlight for label in rows.index])
    else:
        dark = (low_end > reference) | (high_end < reference)
    lines = [(choice, level) for choice in choices for level in dict.fromkeys(frame[choice])]
    with style(lang):
        height = 1.9 + 0.8 * LINE * (len(lines) + len(choices))
        figure = canvas(WIDTH, height)
        shares = [1.6, height - 1.6]
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=shares)
        _curve(above, point, low_end, high_end, dark, reference)
        above.set_ylabel(said(estimate, lang, labels, unit))
        _choices(below, rows, lines, dark, [labels.text(level, lang) for _, level in lines])
        _headings(below, lines, [labels.text(choice, lang) for choice, _ in lines])
        below.set_xlabel(said("_specification", lang, labels))
        return finished(figure)


def _ordered(frame: pd.DataFrame, choices: Sequence[str], columns: list[str]) -> pd.DataFrame:
    require_columns(frame, [*choices, *columns])
    if not len(choices):
        raise InputError("choices must name at least one column. For example choices=['sample'].")
    point = numeric(frame, columns[0])
    known = frame[point.notna()]
    if known.empty:
        raise InputError("no specification has a known estimate. Pass one row per estimate.")
    keys = list(choices)
    require_order(known, keys, columns[1], columns[0])
    require_order(known, keys, columns[0], columns[2])
    return known.sort_values(columns[0], kind="stable")


def _curve(axes: Any, point: Any, low: Any, high: Any, dark: Any, reference: float) -> None:
    at = np.arange(len(point))
    ends = np.concatenate([point, low[np.isfinite(low)], high[np.isfinite(high)], [reference]])
    pad = 0.06 * (np.ptp(ends) or 1.0)
    edge = (ends.min() - pad, ends.max() + pad)
    colours = [DARK if chosen else OPEN for chosen in dark]
    many = len(point) > MANY
    axes.axhline(reference, color=INK, linewidth=0.8, linestyle="--", zorder=1)
    axes.scatter(at, point, s=5 if many else 14, zorder=3, edgecolors=colours,
                 facecolors=[DARK if chosen else "white" for chosen in dark])  # fmt: skip
    if many:  # or their neighbours hide them
        axes.scatter(at[dark], point[dark], s=14, color=DARK, zorder=4)
    axes.vlines(at, np.clip(low, *edge), np.clip(high, *edge), colors=colours, linewidth=0.9,
                zorder=2)  # fmt: skip
    axes.set_ylim(*edge)
    axes.tick_params(axis="x", length=0, labelbottom=False)


def _choices(axes: Any, rows: pd.DataFrame, lines: list[Any], dark: Any, names: list[str]) -> None:
    """Draw a mark where a specification takes a choice, a line of the picture per value."""
    places = _places(lines)
    for (choice, level), y in zip(lines, places, strict=True):
        taken = np.flatnonzero((rows[choice] == level).to_numpy())
        axes.scatter(taken, np.full(len(taken), y), marker="|", s=26, linewidths=1.3,
                     c=[DARK if dark[k] else OPEN for k in taken])  # fmt: skip
    axes.set_yticks(places, names)
    axes.set_ylim(max(places) + 0.7, -1.7)
    axes.set_xlim(-0.7, len(rows) - 0.3)
    axes.tick_params(axis="both", length=0, labelbottom=False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _places(lines: list[Any]) -> list[float]:
    """Return the height of each line, one line left free above every group for its heading."""
    groups = list(dict.fromkeys(choice for choice, _ in lines))
    return [k + groups.index(choice) for k, (choice, _) in enumerate(lines)]


def _headings(axes: Any, lines: list[Any], names: list[str]) -> None:
    seen = set()
    for (choice, _), name, y in zip(lines, names, _places(lines), strict=True):
        if choice not in seen:
            axes.annotate(name, (0, y - 1), xycoords=("axes fraction", "data"), xytext=(-4, 0),
                          textcoords="offset points", ha="right", va="center",
                          color=DARK)  # fmt: skip
        seen.add(choice)
