"""The look of the figures: a style for journals, a canvas for notebooks, files without dates."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib.figure import Figure

from agglometrics.labels import Lang, require_language
from agglometrics.plotting import fonts, palette
from agglometrics.tables.arguments import checked

WIDTH = 6.29  # inches between the margins of the page
LINE = 0.2  # inches a row of text takes
INK = palette.INK


def style(lang: Lang) -> AbstractContextManager[None]:
    """Return the context in which figures are drawn: small type, thin lines, packaged fonts."""
    require_language(lang)
    return mpl.rc_context(
        {
            "font.family": fonts.figure_family(lang == "zh"),
            "font.size": 8,
            "axes.titlesize": 8,
            "axes.labelsize": 8,
            "axes.edgecolor": INK,
            "axes.linewidth": 0.6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.unicode_minus": True,
            "xtick.labelsize": 8,
            "ytick.labelsize": 8,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "lines.linewidth": 1.2,
            "lines.markersize": 4,
            "hatch.linewidth": 0.5,
            "legend.frameon": False,
            "legend.fontsize": 8,
            "figure.dpi": 120,
            "savefig.dpi": 300,
        }
    )


class Shown(Figure):
    """A figure that a notebook shows once, as the value of its cell, with the same bytes."""

    def _repr_png_(self) -> bytes:
        picture = BytesIO()
        self.savefig(picture, format="png", dpi=120, metadata={"Software": None})
        return picture.getvalue()


def canvas(width: float, height: float) -> Any:
    """Return an empty figure of a size in inches."""
    return Shown(figsize=(width, height), layout="constrained")


@checked
def save_figure(figure: Any, path: str | Path) -> tuple[Path, ...]:
    """Write `figure` as .svg, .pdf and .png, or as the one that `path` ends with.

    The files hold no dates and no random names.

    Parameters
    ----------
    figure : what a ``plot_*`` returned
    path : folder and name; with one of these endings that file alone is written, else all three.
        The folder is made.

    Returns
    -------
    tuple of Path
        The files, whose bytes are the same every time.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> files = save_figure(canvas(2, 1), Path(mkdtemp()) / "empty")
    >>> [file.name for file in files]
    ['empty.svg', 'empty.pdf', 'empty.png']
    >>> [file.name for file in save_figure(canvas(2, 1), Path(mkdtemp()) / "empty.png")]
    ['empty.png']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    silent: dict[str, dict[str, None]] = {
        ".svg": {"Date": None, "Creator": None},
        ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
        ".png": {"Software": None},
    }
    if path.suffix.lower() in silent:
        silent = {path.suffix: silent[path.suffix.lower()]}
        path = path.with_suffix("")
    # Type 3: the packaged font has CFF outlines, which as Type 42 some readers leave blank
    with mpl.rc_context({"svg.hashsalt": path.name, "svg.fonttype": "path", "pdf.fonttype": 3}):
        for ending, metadata in silent.items():
            figure.savefig(path.with_name(path.name + ending), metadata=metadata, dpi=300)
    return tuple(path.with_name(path.name + ending) for ending in silent)


def finished(figure: Any) -> Figure:
    """Lay the figure out while its style is in force, and keep the layout."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return cast("Figure", figure)
