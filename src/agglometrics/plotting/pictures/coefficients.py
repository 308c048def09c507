"""Estimates with their intervals, one per row: what a coefficient depends on, at a glance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.checks import require_rows
from agglometrics.plotting.palette import DARK, INK, OPEN
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said
from agglometrics.tables import numeric, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import first_of


class Tidy(Protocol):
    """An estimate that returns one row per term."""

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return term, estimate, conf_low, conf_high and more."""


def gathered(fits: Mapping[str, Tidy], terms: Sequence[str] | None, level: float) -> pd.DataFrame:
    """Return one row per estimate and term: specification, term, estimate and interval.

    Raises
    ------
    InputError
        Without estimates, or for a term that none of them has.
    """
    if not fits:
        raise InputError("there is no estimate to draw. Pass at least one, {'name': fit}.")
    tables = [fit.tidy(level).assign(specification=name) for name, fit in fits.items()]
    table = pd.concat(tables, ignore_index=True)
    known = [term for term in dict.fromkeys(table["term"]) if term != "Intercept"]
    wanted = known if terms is None else list(terms)
    strangers = [term for term in wanted if term not in set(table["term"])]
    if strangers or not wanted:
        raise InputError(
            f"terms {strangers} are in no estimate; there are {known}. Choose among these."
        )
    kept = table[table["term"].isin(wanted)]
    rank = kept["term"].map({term: k for k, term in enumerate(wanted)})
    ordered = kept.iloc[np.argsort(rank.to_numpy(), kind="stable")].reset_index(drop=True)
    return ordered[["specification", "term", "estimate", "conf_low", "conf_high"]]


@checked
def plot_coefficients(
    frame: object,
    *,
    terms: Sequence[str] | None = None,
    level: float = 0.95,
    key: str = "specification",
    by: str | None = None,
    estimate: str = "estimate",
    low: str = "conf_low",
    high: str = "conf_high",
    reference: float = 0.0,
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw estimates as points with their intervals, in the order of the rows; panels over `by`.

    Parameters
    ----------
    frame : estimates or a table
        A mapping from name to estimate, such as ``{"main": fit, "weighted": other}``, or a list
        of estimates, called (1), (2), ..., drawn with one panel per term; or a table with one row
        per `key` (and `by`): a key that a panel lacks leaves an empty line.
    terms, level : of estimates: which terms (all but the intercept by default), and the level of
        the intervals
    key, by : of a table: columns of the rows and of the panels
    estimate, low, high : of a table: columns; an infinite end is drawn to the edge of the panel
    reference : where a dashed line stands
    highlight : keys whose points are filled and dark; the others are open
    unit : unit of the estimate, for the axis
    lang, labels : language and labels of keys and panels

    Returns
    -------
    Figure
        A matplotlib figure. An interval that is two rays is drawn as the hull that the table has;
        draw such sets with `plot_confidence_curve`.

    Raises
    ------
    InputError
        Without rows, for repeated keys, unknown terms, or estimates outside their intervals.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, panel
    >>> x, w, e = np.random.default_rng(2).normal(size=(3, 80))
    >>> data = pd.DataFrame({"x": x, "w": w, "y": x + w + e})
    >>> fits = {"short": panel("y ~ x", data, cov=Robust()),
    ...         "long": panel("y ~ x + w", data, cov=Robust())}
    >>> figure = plot_coefficients(fits, terms=["x"], highlight=["long"])
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['short', 'long']
    """
    labels = as_labels(labels)
    require_language(lang)
    if isinstance(frame, list | tuple) and all(hasattr(each, "tidy") for each in frame):
        frame = {f"({k})": each for k, each in enumerate(frame, 1)}
    several = list(frame) if isinstance(frame, Mapping) else []
    if isinstance(frame, Mapping):
        frame, key, by = gathered(frame, terms, level), "specification", "term"
        estimate, low, high = "estimate", "conf_low", "conf_high"
    frame = to_frame(frame)
    _check(frame, [key] if by is None else [key, by], [estimate, low, high])
    present = list(dict.fromkeys(frame[key]))
    order = [name for name in several if name in present] or present
    panels = [None] if by is None else list(dict.fromkeys(frame[by]))
    with style(lang):
        figure = canvas(WIDTH, 0.6 + LINE * max(len(order), 2))
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(grid, panels, strict=True):
            rows = frame if by is None else frame[frame[by] == panel]
            at = rows.set_index(key)[[estimate, low, high]].reindex(order)
            dark = [name in highlight for name in order]
            _points(axes, at.to_numpy(dtype=np.float64), dark, reference)
            axes.set_title("" if panel is None else said(panel, lang, labels))
        grid[0].set_yticks(range(len(order)), [labels.text(name, lang) for name in order])
        grid[0].set_ylim(len(order) - 0.5, -0.5)
        figure.supxlabel(said(estimate, lang, labels, unit), fontsize=8)
        return finished(figure)


def _check(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> None:
    require_rows(frame, keys, columns, "estimate")
    point = numeric(frame, columns[0])
    outside = ~((frame[columns[1]] <= point) & (point <= frame[columns[2]]))
    if outside.any():
        first = first_of(frame, outside, keys)
        raise InputError(
            f"{columns[0]!r} must lie between {columns[1]!r} and {columns[2]!r}; it does not in "
            f"{int(outside.sum())} rows, first {first}. Check the columns."
        )


def _points(axes: Any, at: Array, dark: list[bool], reference: float) -> None:
    """Draw one panel: `at` (rows, 3) has estimate, lower and upper end, NaN for an empty line."""
    finite = at[np.isfinite(at)]
    ends = np.append(finite, reference)
    margin = 0.06 * (ends.max() - ends.min() or 1.0)
    axes.set_xlim(ends.min() - margin, ends.max() + margin)
    edges = np.clip(at, *axes.get_xlim())
    axes.axvline(reference, color=INK, linewidth=0.8, linestyle="--", zorder=1)
    for y, ((point, low, high), filled) in enumerate(zip(edges, dark, strict=True)):
        colour = DARK if filled else OPEN
        axes.plot([low, high], [y, y], color=colour, linewidth=1.2, zorder=2)
        face = colour if filled else "white"
        axes.plot(point, y, "o", color=colour, markerfacecolor=face, markersize=4, zorder=3)
    axes.tick_params(axis="y", length=0)


@checked
def plot_impacts(
    frame: pd.DataFrame,
    *,
    highlight: Collection[object] = (),
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the direct, indirect and total impacts of a spatial panel, one panel each.

    Parameters
    ----------
    frame : what `impacts` returns
    highlight : terms whose points are filled; all are without
    unit : unit of the impacts, for the axis
    lang, labels : language, and labels of the terms

    Returns
    -------
    Figure
        A matplotlib figure. The estimate may lie outside the simulated interval of a nonlinear
        impact; the interval is then drawn to the estimate.

    Raises
    ------
    InputError
        If the table is not one of `impacts`.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame({"term": ["x"] * 3, "impact": ["direct", "indirect", "total"],
    ...     "estimate": [2.1, 1.0, 3.1], "conf_low": [1.9, 0.7, 2.7], "conf_high": [2.2, 1.4, 3.5]})
    >>> [axes.get_title() for axes in plot_impacts(found).axes]
    ['Direct', 'Indirect', 'Total']
    """
    labels = as_labels(labels)
    require_rows(frame, ["term", "impact"], ["estimate", "conf_low", "conf_high"], "impact")
    order = {"direct": 0, "indirect": 1, "total": 2}
    held = frame.sort_values("impact", key=lambda kinds: kinds.map(order), kind="stable")
    held = held.assign(
        conf_low=held[["conf_low", "estimate"]].min(axis=1),
        conf_high=held[["conf_high", "estimate"]].max(axis=1),
    )
    return plot_coefficients(held, key="term", by="impact", unit=unit, lang=lang,
                             highlight=highlight or list(frame["term"]), labels=labels)  # fmt: skip
