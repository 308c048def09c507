"""Random locations of plants, compiled: G under a dartboard and under location choice.

Draw b uses its own stream of random numbers (SplitMix64, started at a hash of seed and b), so
answers do not depend on the number of threads. G = sum (s - o)^2 about an origin o (x for
Ellison-Glaeser, 0 for Maurel-Sedillot) is updated with each plant,

    it grows by  z (2 s_r + z - 2 o_r)  when a plant of share z lands in region r,

so that a draw costs O(plants), however many regions there are (plus O(R) once, for the tables).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from agglometrics.notation import Array
from agglometrics.random.streams import LOW, S32, STEP, UNIT, alias_table, mixed, pick

THREADED = 2_000_000
"""Plant placements below which threads cost more than they save."""


@njit(cache=True, nogil=True)
def urn(z: Any, o: Any, accept: Any, alias: Any, gamma: float, seed: Any, out: Any) -> None:
    """Write G of plants that choose from an urn; gamma = 0 is the dartboard.

    Plant k copies the region of an earlier plant with probability k gamma / (1 - gamma + k gamma)
    and draws from x otherwise. These are independent choices from region probabilities that are
    Dirichlet(x (1 - gamma) / gamma), with the probabilities integrated out.
    """
    s, where = np.zeros(o.size), np.empty(z.size, np.int64)
    start = (o * o).sum()
    for b in range(out.size):
        state = mixed(seed + np.uint64(b) * STEP)
        G = start
        for k in range(z.size):
            state += STEP
            word = mixed(state)
            r = pick(word, accept, alias)
            if gamma > 0.0 and k > 0:
                state += STEP
                word = mixed(state)
                if np.float64(word & LOW) * UNIT * (1.0 - gamma + k * gamma) < k * gamma:
                    r = where[((word >> S32) * np.uint64(k)) >> S32]
            where[k] = r
            G += z[k] * (2.0 * s[r] + z[k] - 2.0 * o[r])
            s[r] += z[k]
        for k in range(z.size):
            s[where[k]] = 0.0
        out[b] = G


@njit(cache=True, nogil=True)
def one_cluster(z: Any, o: Any, accept: Any, alias: Any, gamma: float, seed: Any, out: Any) -> None:
    """Write G of plants of which each joins one common place with probability sqrt(gamma).

    Two plants are then bound to the same place with probability gamma; the others draw from x.
    """
    s, where, joins = np.zeros(o.size), np.empty(z.size, np.int64), np.sqrt(gamma)
    start = (o * o).sum()
    for b in range(out.size):
        state = mixed(seed + np.uint64(b) * STEP)
        common = pick(mixed(state), accept, alias)
        G = start
        for k in range(z.size):
            state += STEP
            word = mixed(state)
            state += STEP
            joined = np.float64(word & LOW) * UNIT < joins
            r = common if joined else pick(mixed(state), accept, alias)
            where[k] = r
            G += z[k] * (2.0 * s[r] + z[k] - 2.0 * o[r])
            s[r] += z[k]
        for k in range(z.size):
            s[where[k]] = 0.0
        out[b] = G


def simulated_g(
    kernel: Any, z: Array, x: Array, origin: Array, gamma: float, draws: int, seed: int
) -> Array:
    """Return G, (B,), of `draws` random locations of plants; the same on any number of threads.

    kernel : `urn` or `one_cluster`    z : (N,) plant shares    x, origin : (R,)
    """
    accept, alias = alias_table(x)
    out: Array = np.empty(draws)
    threads = min(os.cpu_count() or 1, 8) if draws * z.size > THREADED else 1
    bounds = np.linspace(0, draws, threads + 1).astype(int)

    def part(first: int, last: int) -> None:
        with np.errstate(over="ignore"):
            shifted = np.uint64(seed) + np.uint64(first) * STEP
        kernel(z, origin, accept, alias, gamma, shifted, out[first:last])

    if threads == 1:
        part(0, draws)
        return out
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, bounds[:-1], bounds[1:]))
    return out
