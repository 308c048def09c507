"""The distribution of t with a Bartlett variance over T periods, the bandwidth a fixed share of T.

Kiefer and Vogelsang (2005, theorem 3) show that with the bandwidth M a share b of T the t
statistic tends to W(1) / sqrt(Q(b)), with the Brownian motion W and, for the Bartlett kernel,
``Q(b) = (2 / b) (int B^2 - int_0^(1-b) B(r) B(r + b) dr)``, B its bridge; Vogelsang (2012) that
the same holds for Driscoll and Kraay's variance in panels with unit and period effects. Here
the distribution is that of T independent normal draws around a mean, at the T and M of the
sample: as T grows it is theirs, and with M = 1 (no lags) exactly Student's with T - 1 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from agglometrics.notation import Array

DRAWS = 50_000
BLOCK = 5_000
LONGEST = 400  # periods from which on the limit is as good
SEED = 20120


@dataclass(frozen=True)
class TailOfDraws:
    """A symmetric distribution of t, known by draws.

    Attributes
    ----------
    name : as a reader should see it
    draws : (B,) absolute values, ascending
    """

    name: str
    draws: Array = field(repr=False)

    def p_value(self, t: Array) -> Array:
        """Return the share of draws at least as far from zero as each t."""
        above = len(self.draws) - np.searchsorted(self.draws, np.abs(t), side="left")
        return np.where(np.isnan(t), np.nan, above / len(self.draws))

    def critical(self, level: float) -> float:
        """Return what |t| exceeds with probability 1 - level."""
        return float(np.quantile(self.draws, level))


def bartlett_variance(e: Array, M: int) -> Array:
    """Return the Bartlett sums over |l| < M of (1 - |l| / M) sum_t e_t e_(t-l); rows sum to zero.

    e : (B, T). In terms of partial sums P it is ``(2 / M) (sum P_t^2 - sum P_t P_(t+M))``
    (Kiefer and Vogelsang 2005, definition 1), whatever the number of lags.
    """
    P = np.cumsum(e, axis=1)
    crossed = np.einsum("bt,bt->b", P[:, :-M], P[:, M:])
    return np.asarray(2 / M * (np.einsum("bt,bt->b", P, P) - crossed))


@lru_cache(maxsize=64)
def fixed_b(T: int, lags: int) -> TailOfDraws:
    """Return the distribution of t with Bartlett weights over T periods and `lags` lags.

    The variance has the factor T / (T - 1), as in the package's small-sample rule.
    """
    M = lags + 1
    if T > LONGEST:
        T, M = LONGEST, max(1, round(M * LONGEST / T))
    rng = np.random.default_rng(SEED)
    out = np.empty(DRAWS)
    for start in range(0, DRAWS, BLOCK):
        e = rng.normal(size=(BLOCK, T))
        total = e.sum(axis=1)
        variance = bartlett_variance(e - total[:, None] / T, M) * T / (T - 1)
        out[start : start + BLOCK] = np.abs(total) / np.sqrt(variance)
    return TailOfDraws(f"fixed-b, {lags} lags", np.sort(out))
