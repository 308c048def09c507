"""The event plot: coefficients by event time, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.labels import Lang
from agglometrics.plotting.style import INK, WIDTH, canvas, finished, style

AXES = {"en": ("periods since treatment began", "effect"), "zh": ("距处理开始的期数", "效应")}

ENDS = (("conf_low", "conf_high"), ("band_low", "band_high"))


def plot_event_study(table: pd.DataFrame, reference: int, lang: Lang) -> Any:
    """Draw `EventStudy.bands`: intervals thick, bands thin, a hollow point at the reference."""
    frame = table.dropna(subset=["event_time"])
    at = frame["event_time"].to_numpy(dtype=np.float64)
    y = frame["estimate"].to_numpy(dtype=np.float64)
    ends, outer = (frame[list(names)].to_numpy(dtype=np.float64).T for names in ENDS)
    with style(lang):
        figure = canvas(WIDTH, 2.6)
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.axvline(reference + 0.5, color=INK, linewidth=0.6, linestyle="--")
        axes.vlines(at, *np.where(np.isfinite(outer), outer, y), color=INK, linewidth=0.6)
        axes.vlines(at, *np.where(np.isfinite(ends), ends, y), color=INK, linewidth=1.8)
        axes.plot(at, y, "o", color=INK)
        if reference not in at:
            axes.plot([reference], [0.0], "o", color=INK, markerfacecolor="white")
        axes.set_xlabel(AXES[lang][0])
        axes.set_ylabel(AXES[lang][1])
        return finished(figure)
