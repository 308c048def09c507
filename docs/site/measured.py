"""Pages of what was measured: simulations, benchmarks, and other pages of ``docs``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pandas as pd

from docs.site.evidence import filled
from docs.site.methods import linked

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BENCHMARKS = ROOT / "build" / "benchmarks.csv"
SIMULATIONS = (ROOT / "tests" / "simulations" / "table.csv", ROOT / "build" / "simulations.csv")
MODULES = ROOT / "tests" / "benchmarks"
MACHINE = ("processor", "cores", "python")
MEASURED = ("module", "name", "seconds")
NO_BENCHMARKS = """# Benchmarks

The benchmarks have not been run here. `make bench` runs them (ours and the alternative in the same
process, with the machine and the versions); `make site` then shows them.
"""
NO_SIMULATIONS = """# Simulations

The table of simulations has not been made here. `make simulations` makes it: size and coverage of
what the library states, with draws and Monte Carlo errors; `make site` then shows it.
"""


def markdown(table: pd.DataFrame) -> list[str]:
    """Return a table in Markdown, numbers to three digits, what is unknown as a dash."""
    rows = [map(shown, row) for row in table.itertuples(index=False)]
    lines = [f"| {' | '.join(cells)} |" for cells in [map(str, table.columns), *rows]]
    return [lines[0], f"|{'---|' * len(table.columns)}", *lines[1:]]


def shown(value: object) -> str:
    if isinstance(value, float):
        return "–" if pd.isna(value) else f"{value:.3g}"
    return "–" if value is None or pd.isna(value) else str(value).replace("|", "\\|")


def benchmarks() -> str:
    """Return the page of benchmarks."""
    if not BENCHMARKS.is_file():
        return NO_BENCHMARKS
    table = pd.read_csv(BENCHMARKS)
    same = [name for name in table if table[name].nunique() == 1 and name not in MEASURED]
    about = [name for name in table if name in MACHINE or name in same]
    lines = [
        "# Benchmarks",
        "",
        "Ours and the alternative in the same run, as `make bench` wrote them: wall and CPU",
        "seconds, the ratio of theirs to ours (above one: ours is faster), the bar that a change",
        "has to keep, and `load`, how busy the machine was. Growth is the power of size with",
        "which CPU seconds grow, measured by doubling the size twice.",
        "",
        "## Machine",
        "",
    ]
    lines += [f"* {name}: {shown(table[name].iloc[0])}" for name in about]
    for module, rows in table.drop(columns=about).groupby("module"):
        lines += [
            "",
            f"## {str(module).capitalize()}",
            "",
            growth(str(module)),
            "",
            *markdown(rows.drop(columns="module").dropna(axis=1, how="all")),
        ]
    return "\n".join([*lines, ""])


def growth(module: str) -> str:
    """Return how cost grows, as the module of benchmarks says it."""
    path = MODULES / f"bench_{module}.py"
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) if path.is_file() else None
    found = re.search(r"How cost\s+grows.*?(?=\n\n|\Z)", said or "", re.DOTALL)
    return " ".join(found[0].split()) if found else ""


def simulations() -> str:
    """Return the page of simulations: that of ``docs``, else the table that is there."""
    page = DOCS / "simulations.md"
    if page.is_file():
        return linked(page.read_text("utf-8"), up=".")
    for path in SIMULATIONS:
        if path.is_file():
            return "\n".join(["# Simulations", "", *markdown(pd.read_csv(path)), ""])
    return NO_SIMULATIONS


def others() -> list[Path]:
    """Return further pages that ``docs`` holds."""
    return [path for path in sorted(DOCS.glob("*.md")) if path.stem != "simulations"]


def write(folder: Path) -> None:
    """Write the pages."""
    (folder / "benchmarks.md").write_text(benchmarks(), encoding="utf-8")
    (folder / "simulations.md").write_text(simulations(), encoding="utf-8")
    for path in others():
        page = filled(path.read_text("utf-8"))
        (folder / path.name).write_text(linked(page, up="."), encoding="utf-8")
