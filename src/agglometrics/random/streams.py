"""Compiled random streams that do not depend on threads, and Walker's alias method.

Draw b of a simulation uses its own stream of random numbers (SplitMix64, started at a hash of
the seed and b), so an answer is the same on any number of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

STEP = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
S27, S30, S31, S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
UNIT = 2.0**-32


@njit(cache=True, inline="always")
def mixed(state: Any) -> Any:
    """Return the output word of SplitMix64 (Steele, Lea and Flood 2014) for a state."""
    z = (state ^ (state >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@njit(cache=True, inline="always")
def pick(word: Any, accept: Any, alias: Any) -> Any:
    """Draw an item by Walker's alias method: the high half chooses it, the low half keeps it."""
    r = ((word >> S32) * np.uint64(accept.size)) >> S32
    if np.float64(word & LOW) * UNIT < accept[r]:
        return np.int64(r)
    return alias[r]


@njit(cache=True)
def alias_table(x: Any) -> tuple[Any, Any]:
    """Return acceptance probabilities and aliases, (R,) each, of the distribution x (Vose 1991)."""
    R = x.size
    accept, alias = x * R / x.sum(), np.arange(R)
    small, large = np.empty(R, np.int64), np.empty(R, np.int64)
    n_small = n_large = 0
    for r in range(R):
        if accept[r] < 1.0:
            small[n_small] = r
            n_small += 1
        else:
            large[n_large] = r
            n_large += 1
    while n_small > 0 and n_large > 0:
        n_small -= 1
        low, high = small[n_small], large[n_large - 1]
        alias[low] = high
        accept[high] -= 1.0 - accept[low]
        if accept[high] < 1.0:
            n_large -= 1
            small[n_small] = high
            n_small += 1
    for left in range(n_small):
        accept[small[left]] = 1.0
    for left in range(n_large):
        accept[large[left]] = 1.0
    return accept, alias
