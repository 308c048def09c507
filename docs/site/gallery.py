"""The gallery: every picture that the package draws, drawn here, and the figures of the paper."""

from __future__ import annotations

import contextlib
import doctest
import html
import inspect
import io
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agglometrics
from docs.site.names import Name, public_names
from docs.site.notebooks import captions
from docs.site.pictures import PICTURES, code_of

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "paper" / "figures"


@dataclass(frozen=True)
class Plot:
    """A public function that draws, or the method of a public class.

    Attributes
    ----------
    call : "plot_components" or "EventStudy.plot"
    """

    call: str
    owner: Name
    target: Callable[..., Any]
    holder: Any

    @property
    def stem(self) -> str:
        return self.call.replace(".", "_")

    @property
    def summary(self) -> str:
        return " ".join((inspect.getdoc(self.target) or "").split("\n\n")[0].split())


def plots() -> list[Plot]:
    """Return everything public that draws."""
    found = []
    for name in public_names():
        if name.name.startswith("plot_"):
            found.append(Plot(name.name, name, name.target, agglometrics))
            continue
        kinds = [name.target] if name.kind == "class" else answered(name)
        for kind in kinds:
            call = f"{kind.__name__}.plot"
            if "plot" in vars(kind) or (call in PICTURES and hasattr(kind, "plot")):
                found.append(Plot(call, name, kind.plot, kind))
    calls = {plot.call: plot for plot in reversed(found)}  # the first that answers it
    return [plot for plot in found if calls[plot.call] is plot]


def answered(name: Name) -> list[type]:
    """Return the classes that a function says it answers."""
    text = str(getattr(name.target, "__annotations__", {}).get("return", ""))
    module = vars(inspect.getmodule(inspect.unwrap(name.target)) or agglometrics)
    found = [module.get(word) for word in re.findall(r"\w+", text)]
    return [
        kind
        for kind in found
        if inspect.isclass(kind) and kind.__module__.startswith("agglometrics")
    ]


def figure_of(answer: Any) -> Any:
    """Return the figure of what a plot answers: a figure, axes, or something that holds one."""
    if isinstance(answer, (list, tuple)) or hasattr(answer, "flat"):
        answer = next(iter(getattr(answer, "flat", answer)))
    if hasattr(answer, "savefig"):
        return answer
    return getattr(answer, "figure", None)


def from_docstring(plot: Plot) -> tuple[Any, str]:
    """Run a docstring's example; return what its last call of the plot answers, and the code."""
    for text in (inspect.getdoc(plot.target), inspect.getdoc(plot.owner.target)):
        examples = doctest.DocTestParser().get_examples(text or "")
        source = "".join(example.source for example in examples)
        if re.search(r"\.plot\(" if "." in plot.call else rf"\b{plot.call}\(", source):
            return heard(plot, text or ""), source
    return None, ""


def heard(plot: Plot, text: str) -> Any:
    """Run a docstring's example and return the last answer of the plot in it."""
    answers: list[Any] = []

    def listening(*arguments: Any, **options: Any) -> Any:
        answers.append(plot.target(*arguments, **options))
        return answers[-1]

    holder, name = plot.holder, plot.call.split(".")[-1]
    space = dict(vars(inspect.getmodule(plot.target) or holder)) | {name: listening}
    test = doctest.DocTestParser().get_doctest(text, space, plot.call, None, 0)
    before = getattr(holder, name)
    setattr(holder, name, listening)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            doctest.DocTestRunner(verbose=False).run(test)
    finally:
        setattr(holder, name, before)
    return answers[-1] if answers else None


def draw(plot: Plot, target: Path) -> str | None:
    """Draw a picture into a file; return the code that draws it, or None where none is written."""
    from matplotlib import pyplot

    if plot.call in PICTURES:
        answer, source = PICTURES[plot.call](), code_of(plot.call)
    else:
        answer, source = from_docstring(plot)
    figure = figure_of(answer)
    if figure is None:
        return None
    figure.savefig(target, dpi=110, bbox_inches="tight", metadata={"Software": None})
    pyplot.close("all")
    return source


def drawn(folder: Path) -> Iterator[tuple[Plot, str | None, str]]:
    """Draw everything; yield the plot, its code, and what went wrong."""
    import matplotlib as mpl

    mpl.use("Agg")
    for plot in plots():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield plot, draw(plot, folder / f"{plot.stem}.png"), ""
        except Exception as fault:  # the page says which picture cannot be drawn, and why
            yield plot, None, f"{type(fault).__name__}: {fault}"


def paper_figures(folder: Path) -> list[str]:
    """Copy the paper's figures in English; return their places on the page."""
    known = captions()
    found = []
    for path in sorted(FIGURES.glob("*_en.png")):
        shutil.copy(path, folder / path.name)
        name = path.stem.removesuffix("_en")
        caption = html.escape(known.get(name, name.replace("_", " ")))
        found.append(place(path.name, caption, caption))
    return found


def place(file: str, alternative: str, caption: str) -> str:
    return (f"<figure><img src='{file}' alt=\"{alternative}\" loading='lazy'>"
            f"<figcaption>{caption}</figcaption></figure>")  # fmt: skip


def write(folder: Path) -> None:
    """Write the page and its pictures."""
    target = folder / "gallery"
    pictures = folder / "extra" / "gallery"
    target.mkdir(parents=True, exist_ok=True)
    pictures.mkdir(parents=True, exist_ok=True)
    about = "Drawn when this site was built; the code stands below."
    lines = ["# Gallery", "", "## The package", "", about, "", "<div class='gallery'>"]
    codes, missing, faults = [], [], []
    for plot, source, fault in drawn(pictures):
        link = f"<a href='../{plot.owner.page}.html'><code>{plot.call}</code></a>"
        if source is None:
            missing.append(f"* `{plot.call}`" + (f": {fault}" if fault else ""))
            faults += [f"{plot.call}: {fault}"] if fault else []
            continue
        summary = html.escape(plot.summary)
        lines.append(
            place(
                f"{plot.stem}.png",
                f"{plot.call}: {summary}".replace('"', "'"),
                f"{link}: {summary}",
            )
        )
        codes += [f"### {plot.call}", "", "```python", source.rstrip(), "```", ""]
    lines += ["</div>", ""]
    if missing:
        lines += ["Without a picture here:", "", *missing, ""]
    figures = paper_figures(pictures)
    if figures:
        lines += ["## The study", "", "<div class='gallery'>", *figures, "</div>", ""]
    else:
        lines += ["## The study", "", "`make` draws its figures; it has not been run here.", ""]
    lines += ["## How each is drawn", "", *codes]
    (target / "index.md").write_text("\n".join(lines), encoding="utf-8")
    if faults:
        print("gallery: not drawn:", *faults, sep="\n  ")
