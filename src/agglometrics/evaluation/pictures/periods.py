"""The horizontal axis of periods, which may be years, quarters, dates or texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.labels import Labels, Lang
from agglometrics.notation import Codes
from agglometrics.plotting.palette import INK
from agglometrics.plotting.placement import text_width
from agglometrics.plotting.words import said

APART = 0.15  # inches between two periods' names


def name_periods(axes: Any, panel: TreatedPanel, width: float, lang: Lang, labels: Labels) -> None:
    """Write every, every second, third, ... period from the first, as they fit in `width` inches.

    Periods stand at 0, 1, ...; the column's name is written unless it is plain "time".
    """
    names = [str(period).removesuffix(" 00:00:00") for period in panel.periods]
    most = max(2, int(width / (text_width(axes.figure, names, 8) + APART)))
    places = np.arange(0, len(names), -(-len(names) // most))
    axes.set_xticks(places, [names[k] for k in places.tolist()])
    if panel.time != "time":
        axes.set_xlabel(said(panel.time, lang, labels))


def mark_starts(axes: Any, starts: Codes) -> None:
    """Draw a dotted line just before each start."""
    for start in np.unique(starts).tolist():
        axes.axvline(start - 0.5, color=INK, linestyle=":", linewidth=0.8, zorder=1)
