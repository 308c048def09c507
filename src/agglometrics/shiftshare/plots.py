"""Pictures of shift-share designs; each draws on the axes that it is given, or on new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agglometrics.shiftshare.design import ShiftShareDesign


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots()[1]


@checked
def plot_rotemberg(weights: pd.DataFrame, *, least_f: float = 5.0, ax: Any = None) -> Any:
    """Draw just-identified estimates against first-stage F, sized by Rotemberg weight.

    Parameters
    ----------
    weights : what `ShiftShareDesign.rotemberg` returns
    least_f : sectors with a smaller F are left out: their estimates have no scale
    ax : matplotlib axes

    Returns
    -------
    matplotlib axes; the dashed line is the estimate, and a legend tells the signs apart
    """
    require_columns(weights, ["alpha", "beta", "f"])
    ax = _axes(ax)
    strong = weights[weights["f"] >= least_f]
    size = 2000 * strong["alpha"].abs() / weights["alpha"].abs().max()
    positive = strong["alpha"] >= 0
    ax.scatter(
        strong["f"][positive],
        strong["beta"][positive],
        s=size[positive],
        alpha=0.5,
        label="positive weight",
    )
    ax.scatter(
        strong["f"][~positive],
        strong["beta"][~positive],
        s=size[~positive],
        facecolors="none",
        edgecolors="tab:red",
        label="negative weight",
    )
    estimate = (weights["alpha"] * weights["beta"]).sum()
    ax.axhline(estimate, linewidth=1, linestyle="--", color="black", label="estimate")
    ax.set(xlabel="First-stage F", ylabel="Just-identified estimate")
    _legend(ax)
    return ax


def _legend(ax: Any) -> None:
    """Draw a legend whose marks have one size, whatever the points have."""
    for handle in ax.legend(frameon=False, fontsize="small").legend_handles:
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
    ax: Any = None,
) -> Any:
    """Draw the exposure-weighted treatment against the shocks, one point a bin of shocks.

    The line is the exposure-weighted regression through all shocks, not through the bins.

    Parameters
    ----------
    design, treatment, controls, weights, fixed_effects : as in `ShiftShareDesign.fit`
    bins : number of bins of equal exposure
    ax : matplotlib axes

    Returns
    -------
    matplotlib axes
    """
    table = design.shock_level(
        [treatment], controls=controls, weights=weights, fixed_effects=fixed_effects
    )
    shock = design.aligned.shock_names[0]
    ordered = table.sort_values(shock)
    s = ordered["exposure"]
    edge = np.minimum((s.cumsum() / s.sum() * bins).astype(int), bins - 1)
    moments = ordered[[shock, treatment]].mul(s, axis=0).groupby(edge).sum()
    means = moments.div(s.groupby(edge).sum(), axis=0)
    ax = _axes(ax)
    ax.scatter(means[shock], means[treatment])
    middle = (np.average(ordered[shock], weights=s), np.average(ordered[treatment], weights=s))
    slope = _slope(ordered[shock] - middle[0], ordered[treatment] - middle[1], s)
    ax.axline(middle, slope=slope, linewidth=1, color="black")
    ax.set(xlabel=shock, ylabel=f"{treatment}, exposure-weighted residual")
    return ax


def _slope(x: pd.Series[float], y: pd.Series[float], weights: pd.Series[float]) -> float:
    return float((weights * x * y).sum() / (weights * x * x).sum())


@checked
def plot_leave_one_out(frame: pd.DataFrame, *, most: int = 20, ax: Any = None) -> Any:
    """Draw the estimates without each sector, for those that move it most.

    Parameters
    ----------
    frame : what `ShiftShareDesign.leave_one_out` returns
    most : how many sectors are shown
    ax : matplotlib axes

    Returns
    -------
    matplotlib axes; the line is the full estimate
    """
    require_columns(frame, ["estimate", "change", "alpha"])
    keys = [c for c in frame.columns if c not in ("estimate", "change", "alpha")]
    order = frame["change"].abs().sort_values(ascending=False).index[:most]
    shown = frame.loc[order[::-1]]
    labels = shown[keys].astype(str).agg(" ".join, axis=1)
    ax = _axes(ax)
    ax.plot(shown["estimate"], np.arange(len(shown)), "o")
    ax.axvline(float((frame["estimate"] - frame["change"]).iloc[0]), linewidth=1, color="black")
    ax.set_yticks(np.arange(len(shown)), labels)
    ax.set(xlabel="Estimate without it")
    return ax
