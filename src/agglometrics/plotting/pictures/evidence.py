"""What an estimate rests on: the likelihood ratio over thresholds, and clusters' information."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from agglometrics.labels import Labels, Lang, require_language
from agglometrics.notation import Array
from agglometrics.plotting.palette import DARK, INK, OPEN
from agglometrics.plotting.pictures.dots import finish_rows
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.words import said


def draw_profile(
    candidates: Array,
    ratio: Array,
    *,
    critical: float,
    threshold: float,
    named: tuple[str, Lang, Labels],
    unit: str = "",
) -> Figure:
    """Draw the likelihood ratio (M,) of candidate thresholds (M,), and where it is accepted.

    named : the threshold variable, the language and the labels
    """
    by, lang, labels = named
    require_language(lang)
    accepted = np.where(ratio <= critical, ratio, np.nan)
    with style(lang):
        figure = canvas(0.8 * WIDTH, 3.0)
        axes = figure.subplots()
        axes.plot(candidates, ratio, color=OPEN, linewidth=0.9, drawstyle="steps-post")
        axes.plot(candidates, accepted, color=DARK, linewidth=2.2, drawstyle="steps-post",
                  marker=".", markersize=3, label=said("_accepted", lang, labels))  # fmt: skip
        axes.axhline(critical, color=INK, linewidth=0.8, linestyle="--",
                     label=said("_critical", lang, labels))  # fmt: skip
        axes.axvline(threshold, color=INK, linewidth=0.8, linestyle=":",
                     label=said("_threshold", lang, labels))  # fmt: skip
        axes.set_ylim(bottom=0)
        axes.set_xlabel(said(by, lang, labels, unit))
        axes.set_ylabel(said("_ratio", lang, labels))
        figure.legend(loc="outside lower center", ncols=3)
        return finished(figure)


def draw_information(
    names: Sequence[str], shares: Array, effective: float, lang: Lang, labels: Labels, most: int
) -> Figure:
    """Draw the clusters' shares (G,) of a term's information, the largest first.

    effective : the effective number of clusters, for the title
    """
    require_language(lang)
    order = np.argsort(-shares, kind="stable")[:most]
    with style(lang):
        figure = canvas(0.8 * WIDTH, 1.1 + LINE * max(len(order), 3))
        axes = figure.subplots()
        axes.barh(range(len(order)), shares[order], color=DARK, height=0.6)
        axes.axvline(1 / len(shares), color=INK, linewidth=0.8, linestyle="--",
                     label=said("_even", lang, labels))  # fmt: skip
        finish_rows(axes, [labels.text(names[k], lang) for k in order])
        axes.set_xlim(left=0)
        axes.set_xlabel(said("_information", lang, labels))
        counted = said("_effective", lang, labels).format(len(shares), f"{effective:.1f}")
        axes.set_title(counted, loc="left")
        figure.legend(loc="outside lower center")
        return finished(figure)
