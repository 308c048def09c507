"""Bands that hold for all event times together, by the multiplier bootstrap.

Callaway and Sant'Anna (2021): influences of units are multiplied by independent draws V of mean
zero and variance one; the band is the estimate plus or minus c standard errors, c the quantile of
``max over e of |sum_i V_i psi_ie| / se_e``. V has the two points of Mammen (1993).
"""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root

GOLDEN = (1 + 5**0.5) / 2

BLOCK = 4_000_000
"""Multipliers that are held at once."""


def multipliers(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Return draws that are 1 - golden with probability golden / sqrt(5), otherwise golden."""
    low = rng.random(shape) < GOLDEN / 5**0.5
    return np.where(low, 1 - GOLDEN, GOLDEN)


def critical_value(influence: Array, least: float, level: float, draws: int, seed: Seed) -> float:
    """Return the `level` quantile of the largest abs(t) of E estimates, at least `least`.

    influence : (N, E), units in an order that ignores labels    least : the quantile of one
    """
    psi = influence / np.sqrt((influence**2).sum(axis=0))
    rng = np.random.default_rng(root(seed))
    rows = max(1, BLOCK // len(psi))
    largest = [
        np.abs(multipliers(rng, (min(rows, draws - done), len(psi))) @ psi).max(axis=1)
        for done in range(0, draws, rows)
    ]
    return max(float(np.quantile(np.concatenate(largest), level)), least)
