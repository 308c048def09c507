"""One table over the public names: what each change of the user's table does to the answer.

The rows are read from the tables that the tests of this folder hold (`python -m
tests.invariance.statement` writes them to docs/invariance.md), so that the page cannot say more
than is tested.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import agglometrics as ag
from tests.front.calls import calls
from tests.invariance import (
    test_distances,
    test_evaluation,
    test_every_name,
    test_measures,
    test_models,
    test_others,
    test_shiftshare,
)

PAGE = Path(__file__).parents[2] / "docs" / "invariance.md"
ONE_PERIOD = "not applicable: one cross-section"
PICTURE = "not applicable: shows the figures given"
DRAWN = "within Monte Carlo error (other draws)"


@dataclass(frozen=True)
class Statement:
    """What changes of a table do to one answer.

    Attributes
    ----------
    name : the public name, with the variant after a colon
    units : what a column times 1e-9 to 1e9 does
    order : rows in another order, another index, keys of another type
    labels : keys under other names
    idle : a region, industry or unit without activity
    period : a period more
    """

    name: str
    units: str
    order: str
    labels: str
    idle: str
    period: str


def _powers(powers: Mapping[str, Mapping[str, float] | str]) -> str:
    """Return in words which column moves which part of an answer, and by which power."""
    if not powers:
        return "invariant"
    return "; ".join(
        f"`{column}`: {moves if isinstance(moves, str) else _scaled(moves)}"
        for column, moves in powers.items()
    )


def _scaled(moves: Mapping[str, float]) -> str:
    """Return the names that follow a unit, grouped by their power."""
    if not moves:
        return "invariant"
    by_power: dict[float, list[str]] = {}
    for name, power in moves.items():
        by_power.setdefault(float(power), []).append(_plain(name))
    return ", ".join(
        f"`{' '.join(dict.fromkeys(names))}` x s^{power:g}" for power, names in by_power.items()
    )


def _plain(pattern: str) -> str:
    """Return a regular expression of the tests as a reader would write the names."""
    found = re.sub(r"\\w\+|\\d|\(\?!.*?\)|\^|\$", "*", pattern)
    return found.replace("\\", "").replace("|", "/").replace("(", "").replace(")", "")


def _by_column(powers: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """Return powers by the column whose unit changes, from powers by the name of an answer."""
    turned: dict[str, dict[str, float]] = {}
    for answer, columns in powers.items():
        for column, power in columns.items():
            turned.setdefault(column, {})[answer] = float(power)
    return turned


def _cells() -> Iterator[Statement]:
    for name, row in test_measures.TABLE.items():
        idle = {reason or "invariant" for reason in (row.region, row.industry)}
        yield Statement(
            name,
            _powers(row.power),
            "identical",
            DRAWN if row.rename else "identical",
            "; ".join(sorted(idle)),
            row.period or "invariant",
        )


def _models() -> Iterator[Statement]:
    for name, case in test_models.CASES.items():
        moved = "; ".join(f"{change} changes: {why}" for change, why in case.changes.items())
        yield Statement(
            name,
            _powers(_by_column(case.powers)),
            f"identical, but {moved}" if moved else "identical",
            DRAWN if name in test_models.DRAWS else "identical",
            "invariant",
            "invariant",
        )


def _designs() -> Iterator[Statement]:
    for name, case in test_shiftshare.CASES.items():
        yield Statement(
            name,
            _powers(_by_column(case.powers)),
            "identical",
            _reason(case.changes, "renamed", "identical"),
            _reason(case.changes, "idle_sector", "invariant"),
            ONE_PERIOD,
        )


def _distances() -> Iterator[Statement]:
    for name, case in test_distances.CASES.items():
        far = _reason(case.changes, "far point", "invariant")
        yield Statement(
            name,
            _powers(_by_column(case.powers)),
            "identical",
            DRAWN if case.drawn != test_distances.NOTHING else "identical",
            f"a point of another industry: {far}",
            "not applicable: plants have no period",
        )


def _evaluations() -> Iterator[Statement]:
    for name, (_, case) in test_evaluation.CASES.items():
        more = _reason(case.changes, "idle donor", "invariant")
        yield Statement(
            name,
            _powers(_by_column(case.powers)),
            "identical",
            "identical",
            f"a donor at zero: {more}",
            f"changes: {test_evaluation.LONGER}",
        )


def _reason(changes: Mapping[str, str], change: str, otherwise: str) -> str:
    return f"changes: {changes[change]}" if change in changes else otherwise


def _others() -> Iterator[Statement]:
    for name, case in test_others.CASES.items():
        powers = {"v": {column: float(power) for column, power in case.powers.items()}}
        yield Statement(name, _powers(powers), "identical", "identical", case.idle, case.period)


def _pictures(seen: set[str]) -> Iterator[Statement]:
    """Yield the names that show a table and compute nothing: the order of its rows is tested."""
    for name in test_every_name.NAMES:
        if name not in seen:
            yield Statement(name, PICTURE, "identical", PICTURE, PICTURE, PICTURE)


def statements() -> list[Statement]:
    """Return every statement, in the order of the names."""
    found = [*_cells(), *_models(), *_designs(), *_distances(), *_evaluations(), *_others()]
    found += _pictures({one.name.split(":")[0] for one in found})
    return sorted(found, key=lambda one: one.name.lower())


def page() -> str:
    """Return the table as Markdown."""
    head = (
        "# What may change an answer\n\n"
        "Generated from `tests/invariance`, where each statement is tested. A factor s multiplies "
        'a column (from 1e-9 to 1e9). "Identical" holds to rounding error. "-" stands where '
        "this folder does not ask.\n\n"
        "| name | units | order of rows, index, type of keys | names of keys | idle region, "
        "industry or unit | further period |\n|---|---|---|---|---|---|\n"
    )
    rows = (
        "| " + " | ".join([f"`{s.name}`", s.units, s.order, s.labels, s.idle, s.period]) + " |\n"
        for s in statements()
    )
    return head + "".join(rows)


def functions() -> set[str]:
    """Return the public functions whose arguments the front compares, but for pictures.

    A picture shows what a function answered and computes nothing.
    """
    return {
        name
        for name in calls()
        if inspect.isfunction(getattr(ag, name, None)) and not name.startswith("plot_")
    }


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
