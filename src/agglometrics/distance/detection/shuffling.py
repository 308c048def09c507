"""Individual values of M where all other plants, with their weights, are on random sites."""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.answers.envelopes import simulate_in_threads
from agglometrics.notation import Array

Index = NDArray[np.int64]

TIE = 1e-9
"""Ratios this close, relatively, are equal: sums of the same weights differ by rounding."""


def first_of_random(move: Index, centres: Index, near: Index, weight: Array) -> Array:
    """Return the weight of the first plants but the centre in a random order, (C,).

    move : (N,) permutation of all plants    centres : (C,)    near : (C,) how many others to take
    weight : (N,)
    """
    place = np.empty_like(move)
    place[move] = np.arange(move.size)
    sums = np.append(0.0, np.cumsum(weight[move]))
    passed = place[centres] < near
    return np.asarray(sums[near + passed] - passed * weight[centres])


def chance_of_as_much(
    share: Array, centres: Index, near: Index, w: Array, counted: Array, draws: int, seed: int
) -> Array:
    """Return p-values, (C,), of the weight share of an industry among the plants near each centre.

    share : (C,)    near : (C,) numbers of neighbours    w : (N,)    counted : (N,) 0 or 1

    If the centre stays and all others go to random sites of theirs, each with its industry and its
    weight, its neighbours are as many plants drawn without replacement from all others. One
    permutation per draw serves all centres: each takes the first of it but itself. So each has its
    null distribution exactly, and those of different centres are correlated across draws. The
    p-value is (1 + draws with at least the share) / (1 + draws).
    """
    as_much: Index = np.zeros(centres.size, dtype=np.int64)
    least, lock = share * (1 - TIE), Lock()
    wanted = w * counted

    def part(first: int, last: int) -> None:
        found: Index = np.zeros(centres.size, dtype=np.int64)
        for b in range(first, last):
            move = np.random.default_rng([seed, b]).permutation(w.size)
            top, bottom = (first_of_random(move, centres, near, each) for each in (wanted, w))
            found += top >= least * bottom
        with lock:
            as_much[:] += found

    if draws:
        simulate_in_threads(part, draws, 6e-8 * w.size * draws)
    return np.where((near > 0) & (draws > 0), (1 + as_much) / (1 + draws), np.nan)
