"""Pictures of evaluations; each draws on the axes that it is given, or on new ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.synthetic.fits import Fits
from agglometrics.evaluation.synthetic.sdid import Block
from agglometrics.notation import Array, Codes
from agglometrics.plotting.style import INK

MOST = 200
"""Placebo paths that are drawn, at most."""


def new_axes(ax: Any) -> Any:
    """Return `ax`, or new axes."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots()[1]


def plot_gaps(panel: TreatedPanel, fits: Fits, ax: Any = None) -> Any:
    """Draw the mean gap of the true assignment before those of placebos; return the axes."""
    ax = new_axes(ax)
    periods = np.arange(len(panel.periods))
    paths = fits.gaps.mean(axis=1)
    ax.plot(periods, paths[1 : MOST + 1].T, color="0.8", linewidth=0.6)
    ax.plot(periods, paths[0], color=INK, linewidth=1.6, label="treated")
    for start in np.unique(fits.starts[0]):
        ax.axvline(start - 0.5, color=INK, linestyle=":", linewidth=0.8)
    ax.axhline(0.0, color=INK, linewidth=0.6)
    label_periods(ax, panel)
    ax.set_ylabel(f"{panel.outcome}: gap")
    return ax


def label_periods(ax: Any, panel: TreatedPanel) -> None:
    """Write at most eight of the panel's periods under the horizontal axis."""
    step = max(1, -(-len(panel.periods) // 8))
    places = np.arange(0, len(panel.periods), step)
    ax.set_xticks(places, [str(panel.periods[k]) for k in places.tolist()])
    ax.set_xlabel(panel.time)


def plot_parallel(panel: TreatedPanel, block: Block, donors: Codes, ax: Any = None) -> Any:
    """Draw the treated of one start, their weighted donors moved to their level, time weights."""
    ax = new_axes(ax)
    periods = np.arange(len(panel.periods))
    treated = panel.Y[block.treated].mean(axis=0)
    control = block.omega @ panel.Y[donors]
    shift = block.lam @ (treated - control)[: block.start]
    ax.plot(periods, treated, color=INK, linewidth=1.6, label="treated")
    ax.plot(periods, control + shift, color="0.5", linestyle="--", label="weighted donors, moved")
    ax.axvline(block.start - 0.5, color=INK, linestyle=":", linewidth=0.8)
    low, high = ax.get_ylim()
    ax.bar(periods[: block.start], block.lam * (high - low) / 4, bottom=low, color="0.85")
    label_periods(ax, panel)
    ax.set_ylabel(panel.outcome)
    ax.legend()
    return ax


def plot_distribution(tau: Array, label: str, ax: Any = None) -> Any:
    """Draw the distribution of reassigned statistics and the true one, the first; return axes."""
    ax = new_axes(ax)
    ax.hist(tau[1:], bins=min(40, max(5, len(tau) // 10)), color="0.8")
    ax.axvline(tau[0], color=INK, linewidth=1.6)
    ax.set_xlabel(label)
    ax.set_ylabel("reassignments")
    return ax


def plot_terms(tidy: pd.DataFrame, label: str, ax: Any = None) -> Any:
    """Draw the estimate and set of each term, one below the other; return the axes."""
    ax = new_axes(ax)
    y = -np.arange(len(tidy))
    low, high = tidy["estimate"] - tidy["conf_low"], tidy["conf_high"] - tidy["estimate"]
    drawn = np.where(np.isfinite([low, high]), [low, high], 0.0)
    ax.errorbar(tidy["estimate"], y, xerr=np.maximum(drawn, 0), fmt="o", color=INK)
    ax.axvline(0.0, color=INK, linewidth=0.6)
    ax.set_yticks(y, tidy["term"])
    ax.set_xlabel(label)
    return ax
