"""Panels with a policy in them, whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEYS = {"outcome": "y", "unit": "i", "time": "t", "treated": "on"}


def long(Y: np.ndarray, first: np.ndarray) -> pd.DataFrame:
    """Return Y (N, T) with first treated places (N,), T for never, as a long table."""
    N, T = Y.shape
    i, t = np.divmod(np.arange(N * T), T)
    return pd.DataFrame({"i": i, "t": 2000 + t, "y": Y.ravel(), "on": (t >= first[i]).astype(int)})


def staggered(seed: int, sizes=(8, 8, 8, 16), starts=(3, 5, 6, 8), T=8, noise=1.0):
    """Return noise around unit and period effects, (N, T), and first treated places (N,)."""
    rng = np.random.default_rng(seed)
    first = np.repeat(starts, sizes)
    a, trend = rng.normal(size=len(first)), rng.normal(size=T)
    return a[:, None] + trend + noise * rng.normal(size=(len(first), T)), first


def growing(first: np.ndarray, T: int) -> np.ndarray:
    """Return effects that grow with event time, and faster in early cohorts, (N, T)."""
    e = np.arange(T) - first[:, None]
    return np.where(e >= 0, (1.0 + e) * (2 - first[:, None] / T), 0.0)
