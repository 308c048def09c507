"""Pictures of a decomposition: bars of its parts, and the quadrant of mix and competitiveness."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pandas as pd

from agglometrics.decomposition.totals import component_names, component_totals
from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Collection

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Language = Literal["en", "zh"]

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "change": "Change",
        "national": "National growth",
        "industry_mix": "Industry mix",
        "competitive": "Competitive",
        "allocation": "Allocation",
        "residual": "Residual",
        "national_homothetic": "National, homothetic",
        "national_differential": "National, differential",
        "industry_mix_homothetic": "Industry mix, homothetic",
        "industry_mix_differential": "Industry mix, differential",
        "regional_homothetic": "Regional, homothetic",
        "regional_differential": "Regional, differential",
        "regional_industry_homothetic": "Regional industry, homothetic",
        "regional_industry_differential": "Regional industry, differential",
    },
    "zh": {
        "change": "变化量",
        "national": "全国增长分量",
        "industry_mix": "产业结构分量",
        "competitive": "竞争力分量",
        "allocation": "配置分量",
        "residual": "残差",
        "national_homothetic": "全国增长（同构）",
        "national_differential": "全国增长（差异）",
        "industry_mix_homothetic": "产业结构（同构）",
        "industry_mix_differential": "产业结构（差异）",
        "regional_homothetic": "区域增长（同构）",
        "regional_differential": "区域增长（差异）",
        "regional_industry_homothetic": "区域产业（同构）",
        "regional_industry_differential": "区域产业（差异）",
    },
}


@checked
def plot_components(
    frame: pd.DataFrame, *, by: str = "region", lang: Language = "en", unit: str = ""
) -> Figure:
    """Draw the parts of a decomposition as stacked bars, one bar a region or industry.

    Parts above zero are stacked to the right and parts below to the left; a diamond marks the
    change, which is their sum.

    Parameters
    ----------
    frame : answer of `shift_share`, or sums of it
    by : key column of the bars
    lang : "en" or "zh"; Chinese labels take a font of matplotlib's settings that has them, or
        the one of the package noto-cjk-sans-otc; without either a warning names it
    unit : unit of the value, for the axis

    Returns
    -------
    Figure
        A matplotlib figure, in no window.

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
    labels = _labels(lang)
    totals = component_totals(frame, by=by)
    names = component_names(totals)
    figure, axes = _canvas(height=1.2 + 0.4 * len(totals))
    place = np.arange(len(totals))
    reach = {side: np.zeros(len(totals)) for side in (True, False)}
    for name in names:
        width = totals[name].to_numpy()
        left = np.where(width >= 0, reach[True], reach[False])
        axes.barh(place, width, left=left, height=0.7, label=labels.get(name, name))
        reach = {side: reach[side] + np.where((width >= 0) == side, width, 0) for side in reach}
    axes.scatter(totals["change"], place, marker="D", color="black", label=labels["change"])
    axes.set_yticks(place, totals[by].astype(str))
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(_with_unit(labels["change"], unit))
    axes.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1.0, 0.5))
    return _lettered(figure, lang)


@checked
def plot_quadrant(
    frame: pd.DataFrame,
    *,
    by: str = "region",
    lang: Language = "en",
    unit: str = "",
    highlight: Collection[object] = (),
) -> Figure:
    """Draw industry mix against competitiveness: who grew by structure, who by strength.

    Parameters
    ----------
    frame : answer of `shift_share` with the columns ``industry_mix`` and ``competitive``
    by : key column of the points
    lang : "en" or "zh"; Chinese labels take a font of matplotlib's settings that has them, or
        the one of the package noto-cjk-sans-otc; without either a warning names it
    unit : unit of the value, for the axes
    highlight : labels whose points are filled, the others open; all are filled without

    Returns
    -------
    Figure
        A matplotlib figure, in no window.

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
    labels = _labels(lang)
    require_columns(frame, ["industry_mix", "competitive"])
    totals = component_totals(frame, by=by)
    figure, axes = _canvas(height=5.0)
    filled = totals[by].isin(list(highlight)) if highlight else np.full(len(totals), True)
    axes.scatter(
        totals["industry_mix"],
        totals["competitive"],
        facecolors=["C0" if here else "none" for here in filled],
        edgecolors="C0",
    )
    rows = totals[[by, "industry_mix", "competitive"]].itertuples(index=False, name=None)
    for label, mix, competitive in rows:
        axes.annotate(
            str(label), (mix, competitive), xytext=(4, 4), textcoords="offset points", size="small"
        )
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(_with_unit(labels["industry_mix"], unit))
    axes.set_ylabel(_with_unit(labels["competitive"], unit))
    return _lettered(figure, lang)


def _canvas(height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _lettered(figure: Figure, lang: str) -> Figure:
    """Give Chinese text the packaged font if that of the settings lacks it; warn if both do."""
    from matplotlib.text import Text

    from agglometrics.plotting.fonts import figure_family

    if lang == "en" or _settings_have(LABELS[lang]["change"]):
        return figure
    try:
        family = figure_family(chinese=True)
    except InputError as error:
        warnings.warn(str(error), AgglometricsWarning, stacklevel=3)
        return figure
    for text in figure.findobj(Text):
        text.set_fontfamily(family)
    return figure


def _settings_have(word: str) -> bool:
    """Return whether a font of matplotlib's settings has every character of `word`."""
    from matplotlib import font_manager, rcParams

    settings = cast("dict[str, Any]", rcParams)
    families = [
        name
        for family in settings["font.family"]
        for name in settings.get(f"font.{family}", [family])  # "sans-serif" is a list of them
    ]
    for family in families:
        try:
            path = font_manager.findfont(family, fallback_to_default=False)
        except ValueError:  # not installed
            continue
        if all(font_manager.get_font(path).get_char_index(ord(letter)) for letter in word):
            return True
    return False


def _labels(lang: str) -> dict[str, str]:
    if lang not in LABELS:
        raise InputError(f"lang={lang!r} is unknown; choose 'en' or 'zh'.")
    return LABELS[lang]


def _with_unit(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label
