"""Paths over time: the treated, their counterfactual, the gap between them, and placebos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.figure import Figure

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.pictures.periods import mark_starts, name_periods
from agglometrics.evaluation.pictures.words import worded
from agglometrics.labels import Labels, Lang
from agglometrics.notation import Array, Codes
from agglometrics.plotting.palette import DARK, INK, LIGHT, OPEN
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said

MOST = 200
"""Placebo paths that are drawn, at most: evenly spaced among all."""

KEPT = (0.025, 0.975)
"""Quantiles of the placebos' gaps that the axis reaches to; what is beyond is cut."""


class Parallel(Protocol):
    """The weights of one start: units (treated), start, omega of donors, lam of periods before."""

    @property
    def treated(self) -> Codes:
        """Places of the treated units."""

    @property
    def start(self) -> int:
        """Place of their first treated period."""

    @property
    def omega(self) -> Array:
        """(N0,) weights of donors."""

    @property
    def lam(self) -> Array:
        """(start,) weights of periods before."""


def draw_stages(
    panel: TreatedPanel,
    treated: Array,
    gaps: Array,
    starts: Codes,
    *,
    unit: str,
    lang: Lang,
    labels: Labels | Mapping[Any, Any],
) -> Figure:
    """Draw the treated beside their synthetic control, and below it the gap before placebos.

    treated : (T,) their mean outcome    gaps : (M, T) mean gaps of assignments, the truth first
    starts : first treated places
    """
    labels = worded(labels, lang)
    with style(lang):
        figure = canvas(WIDTH, 4.6)
        above, below = figure.subplots(2, 1, sharex=True)
        at = np.arange(len(treated))
        above.plot(at, treated, color=INK, linewidth=1.6, label=said("_treated", lang, labels))
        above.plot(at, treated - gaps[0], color=DARK, linestyle="--", linewidth=1.4,
                   label=said("_synthetic", lang, labels))  # fmt: skip
        above.set_ylabel(said(panel.outcome, lang, labels, unit))
        _gaps(below, gaps, said("_placebos", lang, labels))
        below.set_ylabel(said("_gap", lang, labels, unit))
        for axes in (above, below):
            mark_starts(axes, starts)
        name_periods(below, panel, 0.85 * WIDTH, lang, labels)
        figure.legend(loc="outside lower center", ncols=3)
        return finished(figure)


def _gaps(axes: Any, gaps: Array, name: str) -> None:
    """Draw gaps (M, T), the true one first, in front of the others."""
    others = gaps[1:][np.unique(np.linspace(0, len(gaps) - 2, MOST).astype(int))]
    at = np.arange(gaps.shape[1])
    for k, path in enumerate(others):
        axes.plot(at, path, color=LIGHT, linewidth=0.6, label=name if k == 0 else None, zorder=1)
    axes.axhline(0.0, color=INK, linewidth=0.6, zorder=2)
    axes.plot(at, gaps[0], color=INK, linewidth=1.6, zorder=3)
    ends = np.concatenate([gaps[0], np.quantile(others, KEPT, axis=0).ravel(), [0.0]])
    pad = 0.06 * (np.ptp(ends) or 1.0)
    axes.set_ylim(ends.min() - pad, ends.max() + pad)


def draw_parallel(
    panel: TreatedPanel,
    found: Sequence[Parallel],
    donors: Codes,
    *,
    unit: str,
    lang: Lang,
    labels: Labels | Mapping[Any, Any],
) -> Figure:
    """Draw the treated of each start, their weighted donors at their level, and time weights."""
    labels = worded(labels, lang)
    columns = min(len(found), 2)
    rows = -(-len(found) // columns)
    with style(lang):
        figure = canvas(WIDTH, 0.5 + (2.6 if rows == 1 else 2.2 * rows))
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, block in zip(grid, found, strict=False):
            _parallel(axes, panel, block, donors, lang, labels)
            name_periods(axes, panel, 0.75 * WIDTH / columns, lang, labels)
            if len(found) > 1:
                axes.set_title(str(panel.periods[block.start]))
        for axes in grid[len(found) :]:
            axes.set_visible(False)
        figure.supylabel(said(panel.outcome, lang, labels, unit), fontsize=8)
        handles, names = grid[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=3)
        return finished(figure)


def _parallel(
    axes: Any, panel: TreatedPanel, block: Parallel, donors: Codes, lang: Lang, labels: Labels
) -> None:
    treated = panel.Y[block.treated].mean(axis=0)
    control = block.omega @ panel.Y[donors]
    shift = block.lam @ (treated - control)[: block.start]
    at = np.arange(len(treated))
    axes.bar([0], [np.nan], color=LIGHT, label=said("_time_weights", lang, labels))
    axes.plot(at, treated, color=INK, linewidth=1.6, label=said("_treated", lang, labels))
    axes.plot(at, control + shift, color=DARK, linestyle="--", linewidth=1.4,
              label=said("_moved", lang, labels))  # fmt: skip
    mark_starts(axes, np.array([block.start]))
    right = axes.twinx()
    right.bar(at[: block.start], block.lam, color=LIGHT, width=0.7)
    right.set_ylim(0, 4 * block.lam.max())
    right.set_yticks([0, float(block.lam.max())], ["0", f"{block.lam.max():.2g}"])
    right.tick_params(axis="y", colors=OPEN)
    right.spines["right"].set_visible(False)
    axes.set_zorder(right.get_zorder() + 1)  # lines before bars
    axes.patch.set_visible(False)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.33 * (high - low), high)  # the bars stand below the lines
