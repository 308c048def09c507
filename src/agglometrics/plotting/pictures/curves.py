"""Confidence curves: the sets of all levels at once; and a set drawn on its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import numpy as np
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.palette import DARK, INK, SERIES
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables.arguments import checked

LEVELS = (*np.round(np.arange(0.02, 0.99, 0.02), 2).tolist(), 0.99)
"""Levels of the sets that make a curve."""
Pieces = tuple[tuple[float, float], ...]


class OnTheLine(Protocol):
    """A confidence set: disjoint closed pieces, infinite ends allowed."""

    @property
    def pieces(self) -> Pieces:
        """The pieces, in ascending order."""


@checked
def plot_confidence_curve(
    sets: object,
    *,
    levels: Sequence[float] = LEVELS,
    level: float = 0.95,
    null: float = 0.0,
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the confidence sets of many levels, one above the other: the p-value of every null.

    At height p stands the set of level 1 - p (Birnbaum 1961). Where the curve is cut by the
    dashed line are the ends of the set of `level`; a curve that does not come down to it on one
    side is a set without an end there, as weak instruments give.

    Parameters
    ----------
    sets : a function from a level to an `Interval`, or a mapping from name to such functions
        For example ``lambda level: anderson_rubin(fit, level)``, ``fit.interval`` (of a covariance
        with the null imposed too), or the ``interval`` of a `RandomizationTest`.
    levels : of the sets, ascending
    level : the one that is marked
    null : a value of interest, marked by a vertical line
    unit : unit of the coefficient, for the axis
    lang, labels : language, and what to print for names

    Returns
    -------
    Figure
        A matplotlib figure. Infinite ends are cut at the edge; empty sets are gaps in the curve.

    Raises
    ------
    InputError
        Without a set, for levels that do not ascend within 0 and 1, or with no finite end.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, anderson_rubin, iv
    >>> z, e, v = np.random.default_rng(3).normal(size=(3, 200))
    >>> data = pd.DataFrame({"z": z, "x": z + e + v, "y": z + 3 * e})
    >>> fit = iv("y ~ [x ~ z]", data, cov=Robust())
    >>> curves = {"Wald": fit.interval, "Anderson-Rubin": lambda level: anderson_rubin(fit, level)}
    >>> figure = plot_confidence_curve(curves)
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['Wald', 'Anderson-Rubin']
    """
    labels = as_labels(labels)
    require_language(lang)
    named = _named(sets)
    _require_levels(levels)
    stacks = {name: [of(one).pieces for one in levels] for name, of in named.items()}
    window = _window(stacks, null)
    with style(lang):
        figure = canvas(0.8 * WIDTH, 3.0)
        axes = figure.subplots()
        axes.axvline(null, color=INK, linewidth=0.6, linestyle=":")
        axes.axhline(1 - level, color=INK, linewidth=0.6, linestyle="--")
        heights = 1 - np.asarray(levels)
        for (name, stack), (colour, _, dash) in zip(stacks.items(), SERIES, strict=False):
            for k, (x, p) in enumerate(branches(stack, heights)):
                axes.plot(np.clip(x, *window), p, color=colour, linestyle=dash, linewidth=1.4,
                          label=str(labels.text(name, lang)) if k == 0 else None)  # fmt: skip
        axes.set_xlim(*window)
        axes.set_ylim(0, 1)
        axes.set_xlabel(said("_sets", lang, labels, unit))
        axes.set_ylabel(said("_p", lang, labels))
        if len(named) > 1:
            figure.legend(loc="outside lower center", ncols=3)
        return finished(figure)


def branches(stack: Sequence[Pieces], heights: Array) -> list[tuple[Array, Array]]:
    """Return the curves (x, p) that the ends of nested sets trace, from the lowest p up.

    The k-th low ends of neighbouring sets belong to one curve while their number of pieces stays;
    where it changes a curve ends and another begins.
    """
    order = np.argsort(heights)
    curves: list[tuple[list[float], list[float]]] = []
    live: list[int] = []
    count = -1
    for at in order.tolist():
        ends = [end for piece in stack[at] for end in piece]
        if len(ends) != count:
            live = list(range(len(curves), len(curves) + len(ends)))
            curves += [([], []) for _ in ends]
            count = len(ends)
        for k, end in zip(live, ends, strict=True):
            curves[k][0].append(end)
            curves[k][1].append(float(heights[at]))
    return [(np.array(x), np.array(p)) for x, p in curves]


def draw_set(
    pieces: Pieces,
    *,
    level: float,
    method: str,
    null: float = 0.0,
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw one confidence set on its line, with arrows where it has no end."""
    labels = as_labels(labels)
    finite = [end for piece in pieces for end in piece if np.isfinite(end)]
    low, high = _padded([*finite, null], 0.25)
    with style(lang):
        figure = canvas(0.8 * WIDTH, 0.6 + 2 * LINE)
        axes = figure.subplots()
        axes.axvline(null, color=INK, linewidth=0.6, linestyle=":")
        for piece in pieces:
            ends = np.clip(piece, low, high)
            axes.plot(ends, [0, 0], color=DARK, linewidth=2.4, solid_capstyle="butt")
            for end, mark in zip(piece, ("<", ">"), strict=True):
                shape = "|" if np.isfinite(end) else mark
                axes.plot(np.clip(end, low, high), 0, shape, color=DARK, markersize=8,
                          clip_on=False)  # fmt: skip
        axes.set_xlim(low, high)
        axes.set_ylim(-1, 1)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.locator_params(axis="x", nbins=6)
        empty = "" if pieces else (": empty" if lang == "en" else "：空集")
        axes.set_title(f"{level:.3g}, {labels.text(method, lang)}{empty}", loc="left")
        axes.set_xlabel(said("_sets", lang, labels, unit))
        return finished(figure)


def _named(sets: object) -> dict[object, Callable[[float], OnTheLine]]:
    named: dict[object, Any] = dict(sets) if isinstance(sets, Mapping) else {"": sets}
    if not named or len(named) > len(SERIES):
        raise InputError(
            f"pass one to {len(SERIES)} functions from a level to a set; found {len(named)}. "
            "For example {'Wald': fit.interval}."
        )
    for name, of in named.items():
        if not callable(of):
            raise InputError(
                f"sets must be a function from a level to an Interval; {name!r} is "
                f"{type(of).__name__}. Pass fit.interval, or lambda level: anderson_rubin(fit, "
                "level)."
            )
    return named


def _require_levels(levels: Sequence[float]) -> None:
    steps = np.asarray(levels, dtype=np.float64)
    if len(steps) < 2 or (np.diff(steps) <= 0).any() or not (steps[0] > 0 and steps[-1] < 1):
        raise InputError(
            f"levels must ascend between 0 and 1; found {list(levels)[:5]}. "
            "For example levels=[0.5, 0.8, 0.9, 0.95, 0.99]."
        )


def _window(stacks: Mapping[Any, Sequence[Pieces]], null: float) -> tuple[float, float]:
    """Return the ends of the axis: all finite ends of sets up to the 99 percent one, and the null.

    Ends further away than five times the spread of the middle half are cut.
    """
    sets = chain.from_iterable(stacks.values())
    ends = np.array([end for pieces in sets for end in chain.from_iterable(pieces)])
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        raise InputError(
            "no set has a finite end: every value is accepted at every level, or none is. "
            "Pass an estimate with a bounded set, or a lower level in levels=."
        )
    first, third = np.quantile(ends, [0.25, 0.75])
    reach = 5 * (third - first)
    kept = ends[(ends >= first - reach) & (ends <= third + reach)]
    return _padded([*kept.tolist(), null], 0.05)


def _padded(values: Sequence[float], share: float) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = share * (high - low) or max(abs(low), 1.0) * share
    return low - pad, high + pad
