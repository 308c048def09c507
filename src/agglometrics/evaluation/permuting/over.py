"""What a treatment is reassigned among, as values: units, sets of units, or dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.requirements import require_one_start
from agglometrics.evaluation.synthetic.assignments import by_content
from agglometrics.notation import Array, Codes
from agglometrics.random.seeds import Seed, root
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class PermuteUnits:
    """Reassign the treatment, with its starts, among all units.

    All reassignments are enumerated where one start and at most `draws` sets make it possible;
    otherwise `draws` are drawn.
    """

    draws: int = 9999
    seed: Seed = 0

    def first(self, panel: TreatedPanel) -> tuple[Codes, bool]:
        """Return first treated periods (B, N), the truth first, and whether all are there."""
        return reassigned(panel.first, panel.Y, self.draws, self.seed)


@checked
@dataclass(frozen=True)
class PermuteSets:
    """Reassign the treatment among sets that could have been chosen, for example neighbours.

    Attributes
    ----------
    sets : sets of as many units as are treated; the treated set is added if it is not there
    """

    sets: Sequence[Sequence[Any]]

    def first(self, panel: TreatedPanel) -> tuple[Codes, bool]:
        """Return first treated periods (B, N), the truth first, and that all are there."""
        start, T = require_one_start(panel), panel.Y.shape[1]
        truth = frozenset(panel.units[panel.ever])
        wanted = [frozenset(each) for each in self.sets if frozenset(each) != truth]
        unknown = [name for each in wanted for name in each if name not in panel.units]
        odd = [sorted(each, key=str) for each in wanted if len(each) != len(truth)]
        if unknown or odd or not wanted:
            found = (
                f"unknown units {listed(unknown)}"
                if unknown
                else f"{odd or [list(each) for each in self.sets]}"
            )
            raise InputError(
                f"sets must hold {len(truth)} units of the table each, as many as are treated, "
                f"and one set besides the treated; found {found}. For example "
                f"PermuteSets([{list(map(str, panel.units[: len(truth)]))}, ...])."
            )
        chosen = [truth, *dict.fromkeys(wanted)]
        on = np.array([panel.units.isin(list(each)) for each in chosen])
        return np.where(on, start, T), True


@checked
@dataclass(frozen=True)
class PermuteDates:
    """Move the start to earlier dates, with as long a window after it, all before the treatment.

    Attributes
    ----------
    least : periods that must lie before a pseudo-date
    """

    least: int = 2


Over = PermuteUnits | PermuteSets | PermuteDates


def reassigned(first: Codes, Y: Array, draws: int, seed: Seed) -> tuple[Codes, bool]:
    """Return reassigned starts (B, N), the truth first, and whether all are there.

    first : (N,). Units are drawn in the order of their outcomes, so that labels do not matter.
    """
    N, T = Y.shape
    on = np.flatnonzero(first < T)
    starts = first[on]
    if len(np.unique(starts)) == 1 and comb(N, len(on)) <= draws:
        sets = [s for s in combinations(range(N), len(on)) if s != tuple(on.tolist())]
        out = np.full((len(sets) + 1, N), T, dtype=np.intp)
        out[0] = first
        np.put_along_axis(out[1:], np.array(sets).reshape(len(sets), -1), int(starts[0]), axis=1)
        return out, True
    rng = np.random.default_rng(root(seed))
    rank = by_content(Y)
    drawn = rng.permuted(np.tile(first[rank], (draws, 1)), axis=1)
    out = np.empty((draws + 1, N), dtype=np.intp)
    out[0], out[1:, rank] = first, drawn
    return out, False
