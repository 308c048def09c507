"""The critical value of the largest |t| of several estimates, for bands that hold together."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array
from agglometrics.random.seeds import Seed


def sup_t(V: Array, df: float | None, level: float, draws: int, seed: Seed) -> float:
    """Return the `level` quantile of max_k |t_k|, t with the correlation of V (K, K).

    The t_k are normal, with `df` given divided by one common sqrt(chi2(df) / df): a multivariate
    t. Simulated; never below the quantile of one |t|, which rounding of the draws could give.
    """
    from scipy import stats

    rng = np.random.default_rng(seed)
    scale = 1 / np.sqrt(np.diag(V))
    values, vectors = np.linalg.eigh(scale[:, None] * V * scale)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T  # the one symmetric root
    t = np.abs(rng.normal(size=(draws, len(V))) @ root).max(axis=1)
    if df is not None:
        t = t / np.sqrt(rng.chisquare(df, draws) / df)
    one = stats.norm.ppf(0.5 + level / 2) if df is None else stats.t.ppf(0.5 + level / 2, df)
    return max(float(np.quantile(t, level)), float(one))
