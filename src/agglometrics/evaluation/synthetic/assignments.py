"""Which units could have been treated instead: every set, or a seeded draw of them."""

from __future__ import annotations

from itertools import combinations, permutations
from math import comb, perm

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.notation import Array, Codes
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.rounding import ties_united

MOST = 2000
"""Assignments up to which all are enumerated, so that no seed changes the answer."""


def by_content(Y: Array) -> Codes:
    """Return units in the order of their outcomes, (N,): random draws ignore labels."""
    alike = ties_united(Y.reshape(-1)).reshape(Y.shape)
    return np.asarray(np.lexsort(alike.T[::-1]), dtype=np.intp)


def drawn_sets(eligible: Codes, m: int, Y: Array, draws: int, seed: Seed) -> Codes:
    """Return `draws` seeded sets of m of the eligible, (draws, m), whatever the labels."""
    rng = np.random.default_rng(root(seed))
    rank = by_content(Y)
    ordered = rank[np.isin(rank, eligible)]
    sets = [rng.choice(ordered, m, replace=False) for _ in range(draws)]
    return np.array(sets, dtype=np.intp).reshape(draws, m)


def sets_of_units(truth: Codes, eligible: Codes, Y: Array, seed: Seed) -> tuple[Codes, bool]:
    """Return sets (M, m) of as many eligible units as are treated, the truth first, and if all.

    truth : (m,)    eligible : units that could have been treated, the treated among them
    """
    m = len(truth)
    if comb(len(eligible), m) <= MOST:
        sets = [s for s in combinations(map(int, eligible), m) if set(s) != set(map(int, truth))]
        return np.array([tuple(truth), *sets], dtype=np.intp), True
    return np.vstack([truth, drawn_sets(eligible, m, Y, MOST - 1, seed)]), False


def staggered_sets(truth: Codes, donors: Codes, Y: Array, seed: Seed) -> tuple[Codes, bool]:
    """Return ordered sets (M, m) of donors that take the starts of the treated, the truth first.

    Raises
    ------
    IdentificationError
        If there are fewer donors than treated units.
    """
    m = len(truth)
    if len(donors) < m + 2:
        raise IdentificationError(
            f"{m} treated units with different starts need at least {m + 2} donors for placebos; "
            f"found {len(donors)}. Add untreated units, or evaluate the starts one by one."
        )
    if perm(len(donors), m) < MOST:
        sets = list(permutations(map(int, donors), m))
        return np.array([tuple(truth), *sets], dtype=np.intp), True
    return np.vstack([truth, drawn_sets(donors, m, Y, MOST - 1, seed)]), False


def placebo_sets(
    donors: Codes, starts: Codes, Y: Array, draws: int, seed: Seed
) -> tuple[Codes, bool]:
    """Return sets (B, m) of donors in the place of m treated units, and if all are there.

    Raises
    ------
    IdentificationError
        If fewer than two donors would be left.
    """
    m = len(starts)
    if len(donors) < m + 2:
        raise IdentificationError(
            f"placebos need at least {m + 2} donors for {m} treated units; found {len(donors)}. "
            "Add untreated units, or pass variance=JackknifeVariance() with several treated."
        )
    if len(np.unique(starts)) == 1 and comb(len(donors), m) <= MOST:
        return np.array(list(combinations(map(int, donors), m)), dtype=np.intp), True
    return drawn_sets(donors, m, Y, draws, seed), False
