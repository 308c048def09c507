"""Stages of clusters: a table of squares, distinguished by greys and hatches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.plotting.checks import require_rows
from agglometrics.plotting.palette import EDGE, INK
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.ticks import name_columns, name_rows
from agglometrics.plotting.words import said
from agglometrics.tables.arguments import checked

LOOKS = {
    "none": ("#ffffff", ""),
    "crowding": ("#cfe1f2", ""),
    "growing": ("#6aaed6", ""),
    "mature": ("#08458a", ""),
    "undecided": ("#ffffff", "//////"),
}
"""Colour and hatch of each stage: darker is further on, hatched is unknown."""


@checked
def plot_maturity(
    frame: pd.DataFrame,
    *,
    region: str = "region",
    industry: str = "industry",
    highlight: Collection[object] = (),
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the stage of every industry in every region; darker is further on.

    Parameters
    ----------
    frame : what `cluster_maturity` returns, or a part of it, in the order to draw; if it is what
        `maturity_sensitivity` returns, a dot marks the cells that some rule sorts differently
    region, industry : key columns
    highlight : regions to frame
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure, industries in rows.

    Raises
    ------
    InputError
        For unknown columns, repeated keys, no rows, or an unknown stage.

    Examples
    --------
    >>> import pandas as pd
    >>> stages = pd.DataFrame({"region": ["N", "N", "S"], "industry": ["cars", "cloth", "cars"],
    ...                        "stage": ["mature", "none", "growing"]})
    >>> figure = plot_maturity(stages)
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['None', 'Growing', 'Mature']
    """
    labels = as_labels(labels)
    require_language(lang)
    require_rows(frame, [region, industry], ["stage"], f"{region} and {industry}")
    strangers = sorted(map(str, set(frame["stage"]) - set(LOOKS)))
    if strangers:
        raise InputError(
            f"stages {strangers} are unknown; there are {list(LOOKS)}. "
            "Pass what cluster_maturity() returns."
        )
    across, columns = pd.factorize(frame[region])
    down, rows = pd.factorize(frame[industry])
    with style(lang):
        figure = canvas(WIDTH, 1.0 + 0.9 * LINE * len(rows))
        axes = figure.subplots()
        axes.set_xlim(-0.5, len(columns) - 0.5)
        agreed = frame["agreement"] if "agreement" in frame else pd.Series(1.0, frame.index)
        cells = zip(across.tolist(), down.tolist(), frame["stage"], agreed, strict=True)
        for x, y, stage, agreement in cells:
            _square(axes, x, y, stage, agreement)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        name_rows(axes, [labels.text(name, lang) for name in rows])
        present = [stage for stage in LOOKS if (frame["stage"] == stage).any()]
        patches = [Patch(label=said(stage, lang, labels), **_look(stage)) for stage in present]
        figure.legend(handles=patches, loc="outside lower center", ncols=len(present))
        name_columns(axes, [labels.text(name, lang) for name in columns])
        for x, name in enumerate(columns):
            if name in highlight:
                axes.add_patch(Rectangle((x - 0.5, -0.5), 1, len(rows), facecolor="none",
                                         edgecolor=INK, linewidth=1.2, clip_on=False))  # fmt: skip
        return finished(figure)


def _look(stage: str) -> dict[str, Any]:
    colour, hatch = LOOKS[stage]
    return {"facecolor": colour, "edgecolor": EDGE, "hatch": hatch, "linewidth": 0.3}


def _square(axes: Axes, x: int, y: int, stage: str, agreement: float) -> None:
    """Draw a cell; a dot marks one that some rule sorts differently."""
    axes.add_patch(Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, **_look(stage)))
    if agreement < 1:
        axes.plot(x, y, "o", color="white" if stage == "mature" else INK, markersize=2)
