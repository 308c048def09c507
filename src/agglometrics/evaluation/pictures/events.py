"""Coefficients by event time: with intervals and bands, and beside the trend of a pre-test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import special

from agglometrics.evaluation.pictures.words import percent, worded
from agglometrics.labels import Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.palette import DARK, INK, LIGHT, OPEN
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said

CAP = 5  # points, the width of the caps of bands


def draw_events(
    table: pd.DataFrame,
    *,
    reference: int,
    outcome: str,
    level: float,
    unit: str,
    lang: Lang,
    labels: Labels | Mapping[Any, Any],
) -> Figure:
    """Draw `EventStudy.bands`: intervals thick, bands thin with caps, the reference hollow."""
    labels = worded(labels, lang)
    frame = table.dropna(subset=["event_time"])
    at = frame["event_time"].to_numpy(dtype=np.float64)
    y = frame["estimate"].to_numpy(dtype=np.float64)
    with style(lang):
        figure = canvas(WIDTH, 2.9)
        axes = figure.subplots()
        _frame(axes, reference, lang, labels)
        for kind, columns in (("_together", ["band_low", "band_high"]),
                              ("_pointwise", ["conf_low", "conf_high"])):  # fmt: skip
            ends = frame[columns].to_numpy(dtype=np.float64).T
            if np.isfinite(ends).any():
                name = said(kind, lang, labels).format(percent(level))
                _bars(axes, at, y, ends, name, thin=kind == "_together")
        axes.plot(at, y, "o", color=DARK, zorder=4)
        if reference not in at:
            axes.plot([reference], [0.0], "o", color=DARK, markerfacecolor="white", zorder=4,
                      label=said("_reference", lang, labels), linestyle="none")  # fmt: skip
        name = said(outcome, lang, labels, unit)
        axes.set_ylabel(said("_effect", lang, labels).format(name))
        figure.legend(loc="outside lower center", ncols=3)
        return finished(figure)


def _frame(axes: Any, reference: int, lang: Lang, labels: Labels) -> None:
    """Draw zero, the moment after the reference, and whole numbers below."""
    axes.axhline(0, color=INK, linewidth=0.6, zorder=1)
    axes.axvline(reference + 0.5, color=INK, linewidth=0.8, linestyle=":", zorder=1)
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.set_xlabel(said("_since", lang, labels))


def _bars(axes: Any, at: Array, y: Array, ends: Array, name: str, *, thin: bool) -> None:
    """Draw vertical bars (2, E) through y; an unknown bar is left out."""
    reach = np.where(np.isfinite(ends), np.abs(ends - y), 0.0)
    axes.errorbar(at, y, yerr=reach, fmt="none", label=name, zorder=2 if thin else 3,
                  ecolor=OPEN if thin else DARK, elinewidth=0.9 if thin else 2.4,
                  capsize=CAP / 2 if thin else 0)  # fmt: skip


def draw_pretrends(
    table: pd.DataFrame,
    *,
    power: float,
    level: float,
    unit: str,
    lang: Lang,
    labels: Labels | Mapping[Any, Any],
) -> Figure:
    """Draw `PretrendPower.table`: estimates, the trend, and what passing the pre-test makes of it.

    The reference is the one event time without a coefficient; there the trend is zero.
    """
    labels = worded(labels, lang)
    frame = table.sort_values("event_time")
    at, y, error, trend, passed = (
        frame[name].to_numpy(dtype=np.float64)
        for name in ("event_time", "estimate", "std_error", "trend", "mean_after_pass")
    )
    reference = int(np.setdiff1d(np.arange(at[0], at[-1] + 1), at)[0])
    order = np.argsort(np.append(at, reference))
    with style(lang):
        figure = canvas(WIDTH, 2.9)
        axes = figure.subplots()
        _frame(axes, reference, lang, labels)
        half = float(special.ndtri(0.5 + level / 2)) * error
        name = said("_pointwise", lang, labels).format(percent(level))
        _bars(axes, at, y, np.array([y - half, y + half]), name, thin=False)
        axes.plot(at, y, "o", color=DARK, zorder=4)
        axes.plot(np.append(at, reference)[order], np.append(trend, 0.0)[order], "--", color=INK,
                  linewidth=1.0, label=said("_trend", lang, labels).format(power))  # fmt: skip
        axes.plot(at, passed, "D", color=INK, markerfacecolor=LIGHT, markersize=3.5, zorder=5,
                  label=said("_passed", lang, labels))  # fmt: skip
        axes.set_ylabel(said("estimate", lang, labels, unit))
        figure.legend(loc="outside lower center", ncols=2)
        return finished(figure)
