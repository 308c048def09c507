"""The p-value of a Monte Carlo test."""

from __future__ import annotations

from typing import Literal

import numpy as np

from agglometrics.notation import Array
from agglometrics.tables.rounding import ROUNDING

Alternative = Literal["greater", "less", "two-sided"]


def monte_carlo_p(draws: Array, observed: float, alternative: Alternative) -> float:
    """Return the p-value of a Monte Carlo test; draws equal up to rounding count as extreme."""
    tie = ROUNDING * max(float(np.abs(draws).max()), abs(observed))
    above = (1 + np.count_nonzero(draws >= observed - tie)) / (draws.size + 1)
    below = (1 + np.count_nonzero(draws <= observed + tie)) / (draws.size + 1)
    tails = {"greater": above, "less": below, "two-sided": min(1.0, 2 * min(above, below))}
    return float(tails[alternative])
