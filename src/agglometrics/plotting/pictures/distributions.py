"""The distribution of a statistic under a null, and the value that was observed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.notation import Array
from agglometrics.plotting.palette import DARK, INK, LIGHT
from agglometrics.plotting.style import WIDTH, canvas, finished, style
from agglometrics.plotting.words import said


def draw_distribution(
    draws: Array,
    observed: float,
    *,
    axis: str,
    p_value: float,
    normal: tuple[float, float] | None = None,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw simulated values as a histogram and the observed one as a line.

    Parameters
    ----------
    draws : (B,) values under the null
    observed : the value found
    axis : machine name of what is simulated
    p_value : printed beside the line
    normal : mean and standard deviation of a normal approximation to draw over it

    Raises
    ------
    InputError
        Without two different finite draws.
    """
    labels = as_labels(labels)
    known = draws[np.isfinite(draws)]
    if len(known) < 2 or np.ptp(known) == 0:
        raise InputError(
            "a distribution needs two draws that differ. Pass more draws, or more plants."
        )
    with style(lang):
        figure = canvas(0.8 * WIDTH, 2.6)
        axes = figure.subplots()
        bins = int(np.clip(np.sqrt(len(known)), 10, 40))
        chance = said("_chance", lang, labels)
        heights, edges, _ = axes.hist(known, bins=bins, color=LIGHT, edgecolor="white",
                                      linewidth=0.3, label=chance)  # fmt: skip
        text = f"{said('_observed', lang, labels)} (p = {p_value:.3g})"
        axes.axvline(observed, color=DARK, linewidth=1.8, label=text)
        if normal is not None:
            at = np.linspace(edges[0], edges[-1], 200)
            z = (at - normal[0]) / normal[1]
            scale = len(known) * (edges[1] - edges[0]) / (normal[1] * np.sqrt(2 * np.pi))
            axes.plot(at, scale * np.exp(-(z**2) / 2), "--", color=INK, linewidth=0.9,
                      label=said("_normal", lang, labels))  # fmt: skip
        axes.set_ylim(0, 1.08 * float(np.max(heights)))
        axes.set_xlabel(said(axis, lang, labels))
        axes.set_ylabel(said("_draws", lang, labels))
        axes.locator_params(axis="x", nbins=6)
        figure.legend(loc="outside lower center", ncols=3)
        return finished(figure)
