"""Pages of what was measured: simulations, benchmarks, and other pages of ``docs``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from docs.site.methods import linked

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BENCHMARKS = ROOT / "build" / "benchmarks.csv"
SIMULATIONS = (ROOT / "tests" / "simulations" / "table.csv", ROOT / "build" / "simulations.csv")
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
        "Ours and the alternative in the same run, as `make bench` wrote them.",
        "",
    ]
    lines += [f"* {name}: {shown(table[name].iloc[0])}" for name in about]
    for module, rows in table.drop(columns=about).groupby("module"):
        lines += [
            "",
            f"## {module}",
            "",
            *markdown(rows.drop(columns="module").dropna(axis=1, how="all")),
        ]
    return "\n".join([*lines, ""])


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
        (folder / path.name).write_text(linked(path.read_text("utf-8"), up="."), encoding="utf-8")
