"""Pictures of shift-share designs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.palette import DARK, INK
from agglometrics.plotting.pictures.dots import finish_rows
from agglometrics.plotting.pictures.sensitivity import draw_without
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agglometrics.shiftshare.design import ShiftShareDesign

NEGATIVE = "#d55e00"


@checked
def plot_rotemberg(
    weights: pd.DataFrame,
    *,
    least_f: float = 5.0,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw just-identified estimates against first-stage F, sized by Rotemberg weight.

    Parameters
    ----------
    weights : what `ShiftShareDesign.rotemberg` returns
    least_f : sectors with a smaller F are left out: their estimates have no scale
    lang, labels : language and labels

    Returns
    -------
    Figure
        A matplotlib figure: the dashed line is the estimate, and marks distinguish the signs.

    Examples
    --------
    >>> from agglometrics import simulate_shift_share
    >>> design = simulate_shift_share(1, n_locations=60, n_sectors=12, per_cluster=3).design
    >>> plot_rotemberg(design.rotemberg("y", "x")).axes[0].get_xlabel()
    'First-stage F'
    """
    labels = as_labels(labels)
    require_language(lang)
    require_columns(weights, ["alpha", "beta", "f"])
    strong = weights[weights["f"] >= least_f]
    size = 900 * strong["alpha"].abs() / weights["alpha"].abs().max()
    with style(lang):
        figure = canvas(WIDTH, 3.4)
        axes = figure.subplots()
        positive = strong["alpha"] >= 0
        axes.scatter(strong["f"][positive], strong["beta"][positive], s=size[positive], marker="o",
                     color=DARK, alpha=0.45, linewidths=0,
                     label=said("_positive", lang, labels))  # fmt: skip
        axes.scatter(strong["f"][~positive], strong["beta"][~positive], s=size[~positive],
                     marker="s", facecolors="none", edgecolors=NEGATIVE,
                     label=said("_negative", lang, labels))  # fmt: skip
        estimate = (weights["alpha"] * weights["beta"]).sum()
        axes.axhline(estimate, linewidth=0.9, linestyle="--", color=INK,
                     label=said("estimate", lang, labels))  # fmt: skip
        axes.margins(0.12)
        axes.set_xlabel(said("_first_f", lang, labels))
        axes.set_ylabel(said("_just", lang, labels))
        _legend(figure)
        return finished(figure)


def _legend(figure: Any) -> None:
    """Draw a legend whose marks have one size, whatever the points have."""
    for handle in figure.legend(loc="outside lower center", ncols=3).legend_handles:
        if hasattr(handle, "set_sizes"):
            handle.set_sizes([40])


@checked
def plot_first_stage(
    design: ShiftShareDesign,
    treatment: str,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
    bins: int = 20,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the exposure-weighted treatment against the shocks, one point per bin of shocks.

    The line is the exposure-weighted regression through all shocks, not through the bins.

    Parameters
    ----------
    design, treatment, controls, weights, fixed_effects : as in `ShiftShareDesign.fit`
    bins : number of bins of equal exposure
    lang, labels : language and labels

    Returns
    -------
    Figure
        A matplotlib figure.

    Examples
    --------
    >>> from agglometrics import simulate_shift_share
    >>> design = simulate_shift_share(1, n_locations=60, n_sectors=12, per_cluster=3).design
    >>> len(plot_first_stage(design, "x", bins=6).axes[0].collections[0].get_offsets())
    6
    """
    labels = as_labels(labels)
    require_language(lang)
    table = design.shock_level(
        [treatment], controls=controls, weights=weights, fixed_effects=fixed_effects
    )
    shock = design.aligned.shock_names[0]
    ordered = table.sort_values(shock)
    s = ordered["exposure"]
    edge = np.minimum((s.cumsum() / s.sum() * bins).astype(int), bins - 1)
    moments = ordered[[shock, treatment]].mul(s, axis=0).groupby(edge).sum()
    means = moments.div(s.groupby(edge).sum(), axis=0)
    middle = (np.average(ordered[shock], weights=s), np.average(ordered[treatment], weights=s))
    slope = _slope(ordered[shock] - middle[0], ordered[treatment] - middle[1], s)
    with style(lang):
        figure = canvas(0.8 * WIDTH, 3.2)
        axes = figure.subplots()
        axes.axline(middle, slope=slope, linewidth=0.9, color=INK)
        axes.scatter(means[shock], means[treatment], s=16, color=DARK)
        axes.set_xlabel(said(shock, lang, labels))
        axes.set_ylabel(said("_residual", lang, labels).format(labels.text(treatment, lang)))
        return finished(figure)


def _slope(x: pd.Series[float], y: pd.Series[float], weights: pd.Series[float]) -> float:
    return float((weights * x * y).sum() / (weights * x * x).sum())


@checked
def plot_leave_one_out(
    frame: pd.DataFrame,
    *,
    most: int = 20,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the estimates without each sector, for those that move it most.

    Parameters
    ----------
    frame : what `ShiftShareDesign.leave_one_out` returns
    most : how many sectors are shown
    lang, labels : language and labels of the sectors

    Returns
    -------
    Figure
        A matplotlib figure; the dashed line is the full estimate.

    Examples
    --------
    >>> from agglometrics import simulate_shift_share
    >>> design = simulate_shift_share(1, n_locations=60, n_sectors=12, per_cluster=3).design
    >>> figure = plot_leave_one_out(design.leave_one_out("y", "x"), most=5)
    >>> len(figure.axes[0].get_yticklabels())
    5
    """
    labels = as_labels(labels)
    require_language(lang)
    require_columns(frame, ["estimate", "change", "alpha"])
    keys = [c for c in frame.columns if c not in ("estimate", "change", "alpha")]
    names = frame[keys].map(lambda name: labels.text(name, lang)).agg(" ".join, axis=1)
    whole = float((frame["estimate"] - frame["change"]).iloc[0])
    with style(lang):
        return draw_without(frame.assign(_name=names), "_name", whole, most, ("", lang, PLAIN))


@checked
def plot_shocks(
    design: ShiftShareDesign,
    *,
    most: int = 20,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the sectors of largest exposure: their exposure shares and their shocks.

    Parameters
    ----------
    design : a design with one shock at least; of several the first is drawn
    most : how many sectors are shown, the largest exposure first
    lang, labels : language and labels of the sectors

    Returns
    -------
    Figure
        A matplotlib figure: bars of the exposure shares (of locations with equal weights; they add
        up to one over all sectors) and dots of the shocks, with a dashed line at their
        exposure-weighted mean.

    Raises
    ------
    InputError
        For a design of which only instruments are known.

    Examples
    --------
    >>> from agglometrics import simulate_shift_share
    >>> design = simulate_shift_share(1, n_locations=60, n_sectors=12, per_cluster=3).design
    >>> [axes.get_xlabel() for axes in plot_shocks(design, most=5).axes]
    ['Exposure share', 'Shock']
    """
    labels = as_labels(labels)
    require_language(lang)
    aligned = design.aligned
    if aligned.g is None:
        raise InputError(
            "plot_shocks needs the shocks; found a design of which only instruments are known. "
            "Pass ShiftShareDesign(locations, shares, shocks)."
        )
    share = np.asarray(aligned.W.sum(axis=0), dtype=np.float64).ravel()
    share, g = share / share.sum(), aligned.shock_values[:, 0]
    order = np.argsort(-share, kind="stable")[:most]
    keys = aligned.sectors[aligned.keys.of_sectors]
    names = keys.map(lambda name: labels.text(name, lang)).agg(" ".join, axis=1)
    with style(lang):
        figure = canvas(WIDTH, 0.8 + LINE * max(len(order), 3))
        left, right = figure.subplots(1, 2, sharey=True)
        left.barh(range(len(order)), share[order], color=DARK, height=0.6)
        right.axvline(float(share @ g), color=INK, linewidth=0.8, linestyle="--")
        right.plot(g[order], range(len(order)), "o", color=DARK)
        for axes in (right, left):
            finish_rows(axes, names.iloc[order].tolist())
        left.set_xlim(left=0)
        left.set_xlabel(said("_exposure", lang, labels))
        right.set_xlabel(said(aligned.shock_names[0], lang, labels))
        return finished(figure)
