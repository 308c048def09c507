"""Mutate the library's arithmetic, in throwaway copies, and list what no test notices.

    python -m tests.mutants --seed 0 --count 100 [--only linkages] [--jobs 2]

Survivors are printed with their difference; those that ``equivalent.csv`` beside this file lists,
with the reason why no test can tell them from the original, are counted apart. Exit code 1 says
that others survived. Only the test files nearest to a mutated module run (``--near``): what
survives them may be noticed by one further off. All outcomes are written to ``build/mutants``.
Tests marked slow are left out.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.cover import Cover, measured, numeric_sources
from tests.mutants.mutations import Mutation, functions, mutations
from tests.mutants.tree import ROOT, Run, Tree, shared

BUILD = ROOT / "build" / "mutants"
EQUIVALENT = Path(__file__).with_name("equivalent.csv")
BUDGET = 600.0  # seconds of tests, as timed without a mutant, that one mutant may take


@dataclass(frozen=True)
class Mutant:
    """A mutation of a file of the repository."""

    file: str
    text: str
    mutation: Mutation
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """What is written of a mutant."""

    file: str
    line: int
    function: str
    kind: str
    before: str
    after: str
    outcome: str
    seconds: float
    tests: int
    reason: str


def candidates(root: Path, only: str) -> list[Mutant]:
    """Return every mutant of the numeric modules under `root` whose path holds `only`."""
    found = []
    for file, text in numeric_sources(root).items():
        if only in file:
            for mutation in mutations(text):
                before, after = _changed_lines(text, mutation)
                found.append(Mutant(file, text, mutation, before, after))
    return found


def _changed_lines(text: str, mutation: Mutation) -> tuple[str, str]:
    """Return the statement lines that a mutation touches, before and after, without indent."""
    raw = text.encode()
    start = raw.rfind(b"\n", 0, mutation.start) + 1
    end = raw.find(b"\n", mutation.end)
    changed = raw[start : mutation.start] + mutation.replacement.encode() + raw[mutation.end : end]
    before, after = (" ".join(part.decode().split()) for part in (raw[start:end], changed))
    return before, after


def known_equivalents() -> dict[tuple[str, str, str], str]:
    """Return the reasons of `equivalent.csv`, by function and by line before and after."""
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["function"], row["before"], row["after"]): row["reason"] for row in rows}


def judge(tree: Tree, mutant: Mutant, cover: Cover) -> Row:
    """Return what the tests say of a mutant."""
    mutation, text = mutant.mutation, mutant.text
    tests = _affordable(cover.tests(mutant.file, mutation.function), cover)
    compiled = any(f.compiled for f in functions(text) if f.name == mutation.function)
    run = Run(0, 0.0, "")
    if tests:
        timeout = 60 + 5 * sum(cover.seconds[t] for t in tests) + 240 * compiled
        run = tree.test_mutant(mutant.file, mutation.apply(text), tests, timeout, compiled)
    reason = ""
    outcome = _outcome(run, bool(tests))
    if outcome in {"survived", "untested"}:
        reason = known_equivalents().get((mutation.function, mutant.before, mutant.after), "")
    return Row(
        mutant.file, mutation.line, mutation.function, mutation.kind, mutant.before, mutant.after,
        "equivalent" if reason else outcome, round(run.seconds, 1), len(tests), reason,
    )  # fmt: skip


def _affordable(tests: list[str], cover: Cover) -> list[str]:
    """Return the first tests, in their order, that fit the budget."""
    chosen, spent = [], 0.0
    for test in tests:
        spent += cover.seconds[test]
        if spent > BUDGET:
            break
        chosen.append(test)
    return chosen


def _outcome(run: Run, tested: bool) -> str:
    if not tested:
        return "untested"
    if run.code is None:
        return "timeout"
    if run.code == 4 and "while loading conftest" in run.output:
        return "killed"  # the mutated library cannot be imported
    if run.code in {3, 4, 5}:  # pytest could not do what it was asked
        raise SystemExit(f"pytest ended with code {run.code}:\n{run.output}")
    return "survived" if run.code == 0 else "killed"


def difference(row: Row) -> str:
    """Return a survivor's place and the change that no test noticed."""
    place = f"{row.file}:{row.line}  {row.function}  ({row.tests} tests run it)"
    return f"{place}\n  - {row.before}\n  + {row.after}"


def write(rows: list[Row], path: Path) -> None:
    """Write the outcomes as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Row.__dataclass_fields__))
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--jobs", type=int, default=2, help="copies that are tested at a time")
    parser.add_argument("--near", type=int, default=3, help="test files a module; more take longer")
    parser.add_argument("--reuse-map", action="store_true", help="although sources changed since")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = [Tree.copied(Path(folder) / f"copy-{k}") for k in range(options.jobs)]
        every = candidates(trees[0].root, options.only)
        drawn = random.Random(options.seed).sample(every, min(options.count, len(every)))
        print(f"{len(drawn)} of {len(every)} mutants, seed {options.seed}", file=sys.stderr)
        touched = {mutant.file for mutant in drawn}
        cover = measured(trees, BUILD / "map.json", options.reuse_map, touched, options.near)
        for _, row in shared(trees, drawn, lambda t, m: judge(t, m, cover), "mutants"):
            rows.append(row)
            if row.outcome in {"survived", "untested"}:
                print(difference(row), flush=True)
        for tree in trees:
            tree.close()
    rows.sort(key=lambda row: (row.file, row.line))
    write(rows, BUILD / f"seed-{options.seed}.csv")
    counts = Counter(row.outcome for row in rows)
    print(", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items())))
    sys.exit(1 if counts["survived"] + counts["untested"] else 0)


if __name__ == "__main__":
    main()
