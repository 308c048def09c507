"""Run every benchmark, print a line each, and write them with the machine and the versions.

    python -m tests.benchmarks --output build/benchmarks.csv [--only measures]

Each ``bench_*.py`` beside this file has ``rows()``, which yields a dict a benchmark: its name, the
seconds of ours and of the alternative in the same run, their ratio, and memory.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import runpy
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pandas as pd

VERSIONS = ["agglometrics", "numpy", "scipy", "pandas", "numba", "duckdb", "pyfixest"]


def processor() -> str:
    """Return the processor's model where the system tells it, else its architecture."""
    told = Path("/proc/cpuinfo")
    text = told.read_text("utf-8") if told.is_file() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return model[1].strip() if model else platform.processor() or platform.machine()


def machine() -> dict[str, object]:
    """Return what the numbers depend on beside the code."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in VERSIONS},
    }


def benchmarks(only: str) -> Iterator[dict[str, object]]:
    """Yield the rows of every benchmark module whose name holds `only`."""
    here = Path(__file__).parent
    sys.path.insert(0, str(here))  # the modules share `timing`, also where each is run alone
    for path in sorted(here.glob("bench_*.py")):
        if only in path.stem:
            for row in runpy.run_path(str(path))["rows"]():
                yield {"module": path.stem.removeprefix("bench_"), **row}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--only", default="", help="modules whose name holds this")
    options = parser.parse_args()
    rows = []
    for row in benchmarks(options.only):
        shown = {key: f"{value:.3g}" if isinstance(value, float) else value
                 for key, value in row.items()}  # fmt: skip
        print(", ".join(f"{key} {value}" for key, value in shown.items()), file=sys.stderr)
        rows.append({**row, **machine()})
    options.output.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(options.output, index=False)


if __name__ == "__main__":
    main()
