"""Run every simulation and write one table, as CSV and as Markdown.

    python -m tests.simulations --seed 0 --output build/simulations.csv [--scale .1] [--only iv]

Each ``sim_*.py`` beside this file has ``simulations()``, a list of `Simulation`. ``--scale`` takes
a share of the samples. The same seed gives the same table, whatever runs beside it.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import multiprocessing
from pathlib import Path

import pandas as pd

from tests.simulations.experiments import work


def names(only: str) -> list[tuple[str, int]]:
    """Return module and place of every simulation whose module's name holds `only`."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("sim_*.py"))
    return [
        (module, place)
        for module in modules
        if only in module
        for place in range(
            len(importlib.import_module(f"tests.simulations.{module}").simulations())
        )
    ]


def markdown(table: pd.DataFrame) -> str:
    """Return the table in Markdown, its numbers rounded to what the samples can tell."""
    shown = table.drop(columns=["seed", "date"])
    head = "| " + " | ".join(shown.columns) + " |"
    rule = "|" + " --- |" * shown.shape[1]
    lines = [
        "| " + " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row) + " |"
        for row in shown.itertuples(index=False)
    ]
    return "\n".join([head, rule, *lines]) + "\n"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples")
    parser.add_argument("--only", default="", help="modules whose name holds this")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    jobs = [(*name, options.seed, options.scale) for name in names(options.only)]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        rows = [row for rows in pool.map(work, jobs, chunksize=1) for row in rows]
    table = pd.DataFrame(rows).assign(date=datetime.datetime.now(datetime.UTC).date().isoformat())
    options.output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(options.output, index=False)
    options.output.with_suffix(".md").write_text(markdown(table), encoding="utf-8")


if __name__ == "__main__":
    main()
