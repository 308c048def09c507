"""Names along an axis: written across, broken at spaces, or upright: as they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agglometrics.plotting.placement import lay_out, text_width


def name_columns(axes: Any, names: Sequence[str], *, top: bool = True) -> None:
    """Write one name per column 0, 1, ...; broken or upright where the widest is too wide.

    The figure grows by what upright names take, so that the rows keep their height.
    """
    axes.set_xticks(range(len(names)), names)
    if top:
        axes.xaxis.tick_top()
    figure = axes.figure
    lay_out(figure)
    left, right = axes.get_xlim()
    column = 0.95 * axes.get_window_extent().width / figure.dpi / abs(right - left)
    if text_width(figure, names, 8) <= column:
        return
    broken = [name.replace(" ", "\n") for name in names]
    if text_width(figure, broken, 8) <= column:
        axes.set_xticks(range(len(names)), broken)
    else:
        axes.tick_params(axis="x", labelrotation=90)
        figure.set_figheight(figure.get_figheight() + text_width(figure, names, 8))


def name_rows(axes: Any, names: Sequence[str]) -> None:
    """Write one name per row 0, 1, ... from the top, without tick marks."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
