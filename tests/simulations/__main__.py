"""Run every simulation and write one table, as CSV and as Markdown.

    python -m tests.simulations --seed 0 --output table.csv --page page.md [--scale .1] [--only iv]

Each ``sim_*.py`` beside this file has ``simulations()``, a list of `Simulation`. ``--scale`` takes
the first samples of each alone. The same seed gives the same table, whatever runs beside it.
"""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path

import pandas as pd

from tests.simulations.experiments import modules, of_module, work
from tests.simulations.pages import page


def names(only: str) -> list[tuple[str, int]]:
    """Return module and place of every simulation whose module's name holds `only`."""
    return [
        (module, place)
        for module in modules()
        if only in module
        for place in range(len(of_module(module)))
    ]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="the table, as CSV")
    parser.add_argument("--page", type=Path, help="the table in words (default: beside it, .md)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples")
    parser.add_argument("--only", default="", help="modules whose name holds this")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    jobs = [(*name, options.seed, options.scale) for name in names(options.only)]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for found in pool.imap(work, jobs, chunksize=1):  # in order; what is done is kept
            rows += found
            pd.DataFrame(rows).to_csv(options.output, index=False)
    chosen = options.page or options.output.with_suffix(".md")
    chosen.write_text(page(pd.read_csv(options.output)), encoding="utf-8")


if __name__ == "__main__":
    main()
