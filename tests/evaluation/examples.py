"""Panels for the tests of the evaluation room: small ones, and a factor model with known truth."""

import numpy as np
import pandas as pd

NAMES = {"outcome": "y", "unit": "i", "time": "t", "treated": "d"}


def factor_panel(seed, n=12, T=16, start=12, treated=(0,), effect=0.0, noise=1.0, labels=None):
    """Return a panel of two factors, unit and time effects and normal noise; the truth is effect.

    treated : units that are treated from period `start`
    """
    rng = np.random.default_rng(seed)
    loading, factor = rng.normal(size=(n, 2)), rng.normal(size=(2, T)).cumsum(axis=1)
    y = 10 + rng.normal(size=(n, 1)) + loading @ factor + noise * rng.normal(size=(n, T))
    i, t = np.divmod(np.arange(n * T), T)
    on = np.isin(i, treated) & (t >= start)
    names = i if labels is None else np.asarray(labels)[i]
    y = y.ravel() + effect * on
    return pd.DataFrame({"i": names, "t": 2000 + t, "y": y, "d": on.astype(int)})


def matrix(frame):
    """Return outcomes (N, T), units and periods sorted."""
    return frame.pivot(index="i", columns="t", values="y").to_numpy()
