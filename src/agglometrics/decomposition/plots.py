"""Pictures of a decomposition: bars of its parts, and the quadrant of mix and competitiveness."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.decomposition.totals import component_names, component_totals
from agglometrics.labels import PLAIN, Label, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.palette import DARK, INK, LIGHT
from agglometrics.plotting.placement import place_labels
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked

LABELS = Labels(
    MappingProxyType(
        {
            "change": Label("Change", "变化量"),
            "national": Label("National growth", "全国增长分量"),
            "industry_mix": Label("Industry mix", "产业结构分量"),
            "competitive": Label("Competitive", "竞争力分量"),
            "allocation": Label("Allocation", "配置分量"),
            "residual": Label("Residual", "残差"),
            "national_homothetic": Label("National, homothetic", "全国增长（同构）"),
            "national_differential": Label("National, differential", "全国增长（差异）"),
            "industry_mix_homothetic": Label("Industry mix, homothetic", "产业结构（同构）"),
            "industry_mix_differential": Label("Industry mix, differential", "产业结构（差异）"),
            "regional_homothetic": Label("Regional, homothetic", "区域增长（同构）"),
            "regional_differential": Label("Regional, differential", "区域增长（差异）"),
            "regional_industry_homothetic": Label(
                "Regional industry, homothetic", "区域产业（同构）"
            ),
            "regional_industry_differential": Label(
                "Regional industry, differential", "区域产业（差异）"
            ),
        }
    )
)
"""What the parts are called; labels that a caller passes come before these."""

LOOKS = (
    (LIGHT, ""), ("#7cb3d8", ""), (DARK, ""), ("#e69f00", "////"), ("#009e73", "...."),
    ("#cc79a7", "xxxx"), ("#f0e442", "----"), ("#56b4e9", "||||"), ("#d55e00", "++++"),
)  # fmt: skip
"""Colour and hatch of each part: the first three are apart in grey, the others by their hatch."""


@checked
def plot_components(
    frame: pd.DataFrame,
    *,
    by: str = "region",
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the parts of a decomposition as stacked bars, one bar per region or industry.

    Parts above zero are stacked to the right and parts below to the left; a diamond marks the
    change, which is their sum.

    Parameters
    ----------
    frame : answer of `shift_share`, or sums of it
    by : key column of the bars
    unit : unit of the value, for the axis
    lang, labels : language ("zh" needs the package noto-cjk-sans-otc), and what to print for names

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        If the parts do not add up, or the language is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame(
    ...     {"region": ["A", "B"], "change": [3.0, 1.0], "national": [2.0, 2.0],
    ...      "industry_mix": [0.5, -0.5], "competitive": [0.5, -0.5]}
    ... )
    >>> len(plot_components(parts).axes[0].containers)
    3
    """
    labels = as_labels(labels)
    require_language(lang)
    words = LABELS.joined(labels)
    totals = component_totals(frame, by=by)
    names = component_names(totals)
    with style(lang):
        figure = canvas(WIDTH, 0.9 + LINE * max(len(totals), 2))
        axes = figure.subplots()
        axes.use_sticky_edges = False  # a part of no width would hold the axis at its place
        _stack(axes, totals, names, [words.text(name, lang) for name in names])
        place = np.arange(len(totals))
        axes.plot(totals["change"], place, "D", color=INK, markerfacecolor="white", zorder=3,
                  linestyle="none", label=words.text("change", lang))  # fmt: skip
        axes.set_yticks(place, [words.text(name, lang) for name in totals[by]])
        axes.set_ylim(len(totals) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlabel(_with_unit(words.text("change", lang), unit, lang))
        figure.legend(loc="outside lower center", ncols=min(len(names) + 1, 3 if len(names) > 4
                      else 5))  # fmt: skip
        return finished(figure)


def _stack(axes: Any, totals: pd.DataFrame, names: list[str], texts: list[str]) -> None:
    """Draw the parts above zero to the right of one another, those below to the left."""
    reach: dict[bool, Array] = {side: np.zeros(len(totals)) for side in (True, False)}
    for name, text, (colour, hatch) in zip(names, texts, _looks(len(names)), strict=True):
        width = totals[name].to_numpy(dtype=np.float64)
        left = np.where(width >= 0, reach[True], reach[False])
        axes.barh(np.arange(len(totals)), width, left=left, height=0.7, color=colour, hatch=hatch,
                  edgecolor="white", linewidth=0, label=text)  # fmt: skip
        reach = {side: reach[side] + np.where((width >= 0) == side, width, 0) for side in reach}


def _looks(n: int) -> list[tuple[str, str]]:
    """Return n looks, the first ones again after the last, as far as a decomposition goes."""
    return [LOOKS[k % len(LOOKS)] for k in range(n)]


@checked
def plot_quadrant(
    frame: pd.DataFrame,
    *,
    by: str = "region",
    unit: str = "",
    highlight: Collection[object] = (),
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw industry mix against competitiveness: who grew by structure, who by strength.

    No two names overlap; a thin line joins a name to a point that is far from it.

    Parameters
    ----------
    frame : answer of `shift_share` with the columns ``industry_mix`` and ``competitive``
    by : key column of the points
    unit : unit of the value, for the axes
    highlight : labels whose points are filled, the others open; all are filled without
    lang, labels : language ("zh" needs the package noto-cjk-sans-otc), and what to print for names

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        If a column is not there, or the language is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame(
    ...     {"region": ["A", "B"], "change": [3.0, 1.0], "national": [2.0, 2.0],
    ...      "industry_mix": [0.5, -0.5], "competitive": [0.5, -0.5]}
    ... )
    >>> [text.get_text() for text in plot_quadrant(parts).axes[0].texts]
    ['A', 'B']
    """
    labels = as_labels(labels)
    require_language(lang)
    words = LABELS.joined(labels)
    require_columns(frame, ["industry_mix", "competitive"])
    totals = component_totals(frame, by=by)
    x, y = (totals[part].to_numpy(dtype=np.float64) for part in ("industry_mix", "competitive"))
    with style(lang):
        figure = canvas(WIDTH, 4.6)
        axes = figure.subplots()
        filled = totals[by].isin(list(highlight)) if highlight else np.full(len(totals), True)
        axes.scatter(x, y, s=16, facecolors=[DARK if here else "none" for here in filled],
                     edgecolors=DARK, zorder=2)  # fmt: skip
        axes.axhline(0, color=INK, linewidth=0.6, zorder=1)
        axes.axvline(0, color=INK, linewidth=0.6, zorder=1)
        axes.margins(0.08)
        axes.set_xlabel(_with_unit(words.text("industry_mix", lang), unit, lang))
        axes.set_ylabel(_with_unit(words.text("competitive", lang), unit, lang))
        place_labels(axes, x, y, [words.text(name, lang) for name in totals[by]])
        return finished(figure)


def _with_unit(label: str, unit: str, lang: Lang) -> str:
    if not unit:
        return label
    return f"{label} ({unit})" if lang == "en" else f"{label}（{unit}）"
