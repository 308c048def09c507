"""The first page: the README, with a way into each part of the site."""

from __future__ import annotations

import re
from pathlib import Path

from docs.site.measured import others
from docs.site.methods import linked

README = Path(__file__).parents[2] / "README.md"
PARTS = {
    "why": ("Why this package", "what other programs do better, what is here, what is checked"),
    "notebooks/index": ("Notebooks", "the tour and the study, executed, with their figures"),
    "api/index": ("Reference", "every public name: formulas, sources, errors, examples"),
    "methods/index": ("Methods", "article, assumptions, and when not to use each"),
    "gallery/index": ("Gallery", "every picture that the package and the study draw"),
    "coming_from/index": ("Coming from", "Stata, R, PySAL or pyfixest: what to call here"),
    "verification": ("Verification", "our numbers beside those of other programs and articles"),
    "simulations": ("Simulations", "size and coverage, with their Monte Carlo errors"),
    "benchmarks": ("Benchmarks", "seconds, beside the alternatives"),
    "invariance": ("What may change an answer", "units, order, labels and idle rows, call by call"),
    "regression-tables": ("Regression tables", "several estimates, of several packages, in one"),
    "api-promise": ("What stays the same", "public names, numbers and Python, by version"),
}


def parts() -> dict[str, tuple[str, str]]:
    """Return the parts of the site, with the further pages that ``docs`` holds."""
    found = dict(PARTS)
    for path in others():
        if path.stem in PARTS:
            continue
        lines = path.read_text("utf-8").split("\n")
        about = next((x for x in lines[1:] if x and not x.startswith(("#", "|", "<", "-"))), "")
        found[path.stem] = (lines[0].lstrip("# "), about.split(". ")[0].rstrip("."))
    return found | {"changelog": ("Changes", "what is new in each version")}


def text() -> str:
    """Return the first page in Markdown."""
    readme = README.read_text("utf-8")
    opening, _, rest = readme.partition("\n## ")
    ways = [f"* [{name}]({page}.md): {what}" for page, (name, what) in parts().items()]
    body = linked(f"{opening}\n\n" + "\n".join(ways) + f"\n\n## {rest}", up=".")
    body = body.replace("(api/index.md)", "(api/index.rst)")
    body = re.sub(r"^\| `(\d\d_\w+)` \|", lambda m: f"| {book(m[1])} |", body, flags=re.MULTILINE)
    return f"{body}\n\n```{{toctree}}\n:hidden:\n\n" + "\n".join(parts()) + "\n```\n"


def book(stem: str) -> str:
    return (
        f"[`{stem}`](notebooks/{stem}.ipynb)"
        if Path(f"build/notebooks/{stem}.ipynb").is_file()
        else f"`{stem}`"
    )


def write(folder: Path) -> None:
    """Write the first page and the page of changes."""
    (folder / "index.md").write_text(text(), encoding="utf-8")
    changes = README.with_name("CHANGELOG.md").read_text("utf-8")
    (folder / "changelog.md").write_text(linked(changes, up="."), encoding="utf-8")
