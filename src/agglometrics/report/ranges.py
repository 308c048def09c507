"""A picture of what is known up to a range: identified sets, bounds, sensitivity ranges."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.style import INK, WIDTH, canvas, finished, style
from agglometrics.report.figures import DARK, LIGHT, LINE
from agglometrics.tables import numeric, require_columns, require_keys

THICK = 0.5  # of a row's height


def ranges(
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
    lang: Lang = "en",
    labels: Labels = PLAIN,
) -> Any:
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

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no rows, text or infinite values, or low above high.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "industry": ["coal", "toys"], "gamma_low": [-0.02, -0.1], "gamma_high": [0.07, 0.08]})
    >>> figure = ranges(frame, low="gamma_low", high="gamma_high", value="gamma", key="industry")
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['coal', 'toys']
    """
    keys = [key] if by is None else [key, by]
    columns = [low, high] if estimate is None else [low, high, estimate]
    numbers = _checked(frame, keys, columns)
    order = list(frame[key].unique())
    panels = [None] if by is None else list(frame[by].unique())
    with style(lang):
        figure = canvas(WIDTH, 0.7 + LINE * len(order))
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
        figure.supxlabel(labels.text(value, lang), fontsize=8)
        return finished(figure)


def _checked(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> pd.DataFrame:
    require_columns(frame, [*keys, *columns])
    require_keys(frame, keys)
    if frame.empty:
        raise InputError("the table to draw has no rows. Pass one row per range.")
    numbers = frame[keys].assign(**{name: numeric(frame, name) for name in columns})
    low, high = columns[:2]
    wrong = numbers[low] > numbers[high]
    if wrong.any():
        first = frame.loc[wrong, keys].iloc[0].to_dict()
        raise InputError(
            f"{low!r} exceeds {high!r} in {int(wrong.sum())} rows, first {first}. "
            "Exchange the two there."
        )
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
