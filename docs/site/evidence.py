"""Tables of what was measured, for pages that argue: from records, so that no number is typed.

A line ``<!-- measured: compared -->`` of a page in ``docs`` gives way to the table of that name.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from docs.site.verification import checks

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "build" / "benchmarks.csv"
SIMULATIONS = ROOT / "tests" / "simulations" / "table.csv"
PLACE = re.compile(r"^<!-- measured: (\w+) -->$", re.MULTILINE)
FAR = 3  # Monte Carlo errors from which a share is not what is claimed
# programs, and what a record of a comparison with them says
PROGRAMS = {
    "REAT": r"REAT",
    "EconGeo": r"EconGeo",
    "dbmss, spatstat": r"dbmss|spatstat",
    "ShiftShareSE, bartik.weight": r"ShiftShareSE|bartik\.weight",
    "PySAL (spreg, esda, libpysal)": r"spreg|esda|libpysal",
    "splm, spatialreg": r"\bsplm|spatialreg",
    "pyfixest": r"pyfixest",
    "fixest": r"\bfixest",
    "plm": r"\bplm\b",
    "linearmodels": r"linearmodels",
    "statsmodels, scipy": r"statsmodels|scipy",
    "Stata modules, and their ports": r"stata-pretrends|psacalc|pyxthreg|utest|binsreg|scpc|spur",
    "did, synthdid, Synth, diff-diff": r"\bdid\b|synthdid|Synth|diff-diff",
}
NO_RECORD = "*The comparisons have not been run here: `make verification` runs them.*"
NO_BENCHMARKS = "*No benchmark has been run here: `make bench` runs them.*"
NO_SIMULATIONS = "*There is no table of simulations here: `make simulations` makes it.*"


def markdown(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def program(name: str, lines: list[dict[str, Any]]) -> tuple[object, ...]:
    """Return the row of a program: its tests, and the numbers that they compared."""
    counts = Counter(line["outcome"] for line in lines)
    equal = [x for x in lines if x["compared"] and not x["differs"] and x["outcome"] == "passed"]
    typical = np.median([x["difference"] for x in equal]) if equal else np.nan
    versions = sorted({x["version"] for x in lines if re.match(r"\d", x["version"])})
    differ = sum(1 for x in lines if x["differs"])
    return (name, ", ".join(versions) or "–", counts["passed"], counts["failed"],
            counts["skipped"], f"{sum(x['compared'] for x in lines):,}",
            "–" if np.isnan(typical) else f"{typical:.0e}", differ)  # fmt: skip


def compared() -> str:
    """Return the table of programs with which numbers were compared, also those with none."""
    lines = checks()
    if not lines:
        return NO_RECORD
    rows = [
        program(name, [x for x in lines if re.search(pattern, f"{x['against']} {x['runs']}")])
        for name, pattern in PROGRAMS.items()
    ]
    head = ("program", "versions", "tests passed", "failed", "not run here", "numbers compared",
            "difference, median of tests", "tests that hold a difference")  # fmt: skip
    return markdown(head, rows)


def judged(table: pd.DataFrame) -> pd.Series:
    """Return, for each row of the table of simulations, how what was claimed held.

    The Monte Carlo error is the one that a true claim would have, ``sqrt(p (1 - p) / n)`` with
    p the claimed share: that of the simulated share is zero where no sample misses.
    """
    p = table["claimed"]
    gap = (table["simulated"] - p) / np.sqrt(p * (1 - p) / table["samples"])
    liberal = gap.where(table["quantity"] == "size", -gap)
    return pd.Series(
        np.select([liberal > FAR, liberal < -FAR], ["bends", "cautious"], "holds"), table.index
    )


def simulated() -> str:
    """Return how often what is claimed held, in the stated designs and outside of them."""
    if not SIMULATIONS.is_file():
        return NO_SIMULATIONS
    table = pd.read_csv(SIMULATIONS)
    table["judged"] = judged(table)
    rows: list[tuple[object, ...]] = []
    for stress, name in ((False, "meant for"), (True, "outside those")):
        part = table[table["stress"] == stress]
        counts = part["judged"].value_counts().reindex(["holds", "cautious", "bends"]).fillna(0)
        rows.append((name, len(part), *counts.astype(int), f"{part['samples'].median():.0f}"))
    head = ("designs", "rows", "as claimed", "more cautious", "less than claimed",
            "samples, median")  # fmt: skip
    return f"{markdown(head, rows)}\n\n{bending(table[table['judged'] == 'bends'])}"


def bending(table: pd.DataFrame) -> str:
    """Return the rows that hold less than they claim."""
    if table.empty:
        return "No row is further than that from what it claims."
    rows = [
        (x.method, x.experiment, "meant for" if not x.stress else "outside",
         "rejects" if x.quantity == "size" else "covers", f"{x.simulated:.3f}", f"{x.claimed:.2f}",
         f"{x.monte_carlo_error:.3f}", x.samples)
        for x in table.sort_values("stress", kind="stable").itertuples()
    ]  # fmt: skip
    head = ("method", "experiment", "design", "what", "simulated", "claimed", "Monte Carlo error",
            "samples")  # fmt: skip
    return markdown(head, rows)


def timed() -> str:
    """Return the benchmarks that have an alternative: times, ratio, whether the bar is met."""
    if not BENCHMARKS.is_file():
        return NO_BENCHMARKS
    table = pd.read_csv(BENCHMARKS)
    found = table[table["alternative"].fillna("") != ""]
    rows: list[tuple[object, ...]] = [
        (x.benchmark, x.alternative, f"{x.wall_s:.3g}", f"{x.alternative_wall_s:.3g}",
         f"{x.ratio:.3g}", "yes" if x.met else "no")
        for x in found.itertuples()
    ]  # fmt: skip
    said = f"{int(table['met'].sum())} of {len(table)} benchmarks meet their bar."
    head = ("what", "alternative", "ours, s", "theirs, s", "theirs / ours", "bar met")
    return f"{markdown(head, rows)}\n\n{said}"


TABLES = {"compared": compared, "simulated": simulated, "timed": timed}


def filled(text: str) -> str:
    """Return a page with its tables; a name that is no table is an error."""
    return PLACE.sub(lambda place: TABLES[place[1]](), text)
