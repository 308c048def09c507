"""Pictures of curves of distance: one with its bands, or small multiples of many industries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from agglometrics.labels import Label, Labels, Lang, require_language
from agglometrics.plotting.palette import INK, OPEN
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

WORDS = Labels(
    MappingProxyType(
        {
            "_distance": Label("Distance", "距离"),
            "_global": Label("Global band, {:.0%}", "全局带（{:.0%}）"),
            "_local": Label("Local band, {:.0%}", "局部带（{:.0%}）"),
            "_to": Label("{} to {}", "{}至{}"),
            "unit of the coordinates": Label("unit of the coordinates", "坐标单位"),
            "Duranton-Overman K_d": Label("Duranton-Overman K_d", "Duranton-Overman 密度 K_d"),
            "Marcon-Puech M": Label("Marcon-Puech M", "Marcon-Puech 累积函数 M"),
            "Lang-Marcon-Puech m": Label("Lang-Marcon-Puech m", "Lang-Marcon-Puech 密度 m"),
            "Ripley K": Label("Ripley K", "Ripley 函数 K"),
            "Ripley L": Label("Ripley L", "Ripley 函数 L"),
            "_concentrated": Label(
                "Concentrated, false discovery rate {:.0%}: {}", "集聚（错误发现率 {:.0%}）：{}"
            ),
            "_m_within": Label("M within {} ({})", "距离 {}（{}）以内的 M"),
            "_regions": Label("Regions, by number of plants", "地区（按企业数）"),
            "_cluster": Label(
                "{}: around {}, radius {} ({}), relative risk {:.2f}, p = {:.3f}",
                "{}：以{}为中心，半径 {}（{}），相对风险 {:.2f}，p = {:.3f}",
            ),
        }
    )
)  # fmt: skip
"""Words of these pictures; those that a caller passes come before them."""

BAND = "#d9d9d9"
PANEL = 1.3  # inches a small multiple is high


class Drawn(Protocol):
    """A curve of distance with its bands, as `DistanceCurve` says."""

    @property
    def curve(self) -> pd.DataFrame:
        """Distances, the observed curve and its bands."""

    @property
    def method(self) -> str:
        """What was measured."""

    @property
    def target(self) -> object:
        """Of which industry."""

    @property
    def n_points(self) -> int:
        """Its points."""

    @property
    def simulations(self) -> int:
        """Draws of the null."""

    @property
    def level(self) -> float:
        """Of the bands."""

    @property
    def unit(self) -> str:
        """Of distances."""


def words(labels: Labels, lang: Lang) -> Labels:
    """Return the words of these pictures with those of a caller."""
    require_language(lang)
    return WORDS.joined(labels)


def draw_curve(found: Drawn, unit: str, lang: Lang, labels: Labels) -> Figure:
    """Draw a curve and its bands, with labels."""
    labels = words(labels, lang)
    with style(lang):
        figure = canvas(0.6 * WIDTH, 2.6)
        axes = figure.subplots()
        draw_lines(found, axes, lang, labels)
        length = labels.text(unit or found.unit, lang)
        axes.set_xlabel(said("_distance", lang, labels, length))
        axes.set_ylabel(said(found.method, lang, labels))
        axes.legend()
        return finished(figure)


def draw_lines(found: Drawn, axes: Any, lang: Lang, labels: Labels) -> None:
    """Draw a curve and its bands."""
    at = found.curve["distance"]
    if found.simulations:
        low, high = found.curve["global_low"], found.curve["global_high"]
        text = labels.text("_global", lang).format(found.level)
        axes.fill_between(at, low, high, color=BAND, linewidth=0, label=text)
        text = labels.text("_local", lang).format(found.level)
        for side, label in (("local_low", text), ("local_high", None)):
            axes.plot(at, found.curve[side], "--", color=OPEN, linewidth=0.8, label=label)
    axes.plot(at, found.curve["observed"], color=INK, label=named(found.target, lang, labels))


def named(target: object, lang: Lang, labels: Labels) -> str:
    """Return what to print for an industry, or for a pair of them."""
    if isinstance(target, tuple):
        return labels.text("_to", lang).format(*(labels.text(part, lang) for part in target))
    return labels.text(target, lang)


def draw_panels(
    curves: Mapping[Any, Drawn], industries: Sequence[Any], columns: int, unit: str, lang: Lang,
    labels: Labels,
) -> Figure:  # fmt: skip
    """Draw small multiples, one panel per industry; all have one axis of distance."""
    labels, wide = words(labels, lang), min(columns, len(industries))
    rows = -(-len(industries) // wide)
    with style(lang):
        figure = canvas(WIDTH, PANEL * rows + 3 * LINE)
        panels = figure.subplots(rows, wide, sharex=True, squeeze=False)
        for panel, label in zip(panels.flat, industries, strict=False):
            draw_lines(curves[label], panel, lang, labels)
            title = f"{labels.text(label, lang)} ({curves[label].n_points})"
            panel.set_title(title, pad=10)  # above the power of ten of small values
            panel.locator_params(nbins=4)
        for place, panel in enumerate(panels.flat):
            if place >= len(industries):
                panel.set_visible(False)
            elif place + wide >= len(industries):
                panel.tick_params(labelbottom=True)
        first = curves[industries[0]]
        length = labels.text(unit or first.unit, lang)
        figure.supxlabel(said("_distance", lang, labels, length), fontsize=8)
        figure.supylabel(said(first.method, lang, labels), fontsize=8)
        if first.simulations:
            handles, texts = panels.flat[0].get_legend_handles_labels()
            figure.legend(handles[:2], texts[:2], loc="outside upper center", ncols=2)
        return finished(figure)
