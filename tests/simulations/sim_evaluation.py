"""Policies: event studies and synthetic difference in differences, many treated units and few."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial

KEYS = {"outcome": "y", "unit": "i", "time": "t", "treated": "on"}


def long(Y: np.ndarray, first: np.ndarray) -> pd.DataFrame:
    N, T = Y.shape
    i, t = np.divmod(np.arange(N * T), T)
    return pd.DataFrame({"i": i, "t": t, "y": Y.ravel(), "on": (t >= first[i]).astype(int)})


def staggered(sizes: tuple[int, ...], rho: float) -> Trial:
    """Effects that grow with time since the start, faster in early cohorts; AR(1) errors."""
    first = np.repeat([3, 5, 6, 8], sizes)
    since = np.arange(8) - first[:, None]
    effects = np.where(since >= 0, (1.0 + since) * (2 - first[:, None] / 8), 0.0)
    truth = float(effects[since >= 0].mean())
    ways = {
        "CallawaySantAnna": ag.CallawaySantAnna(),
        "SunAbraham": ag.SunAbraham(),
        "Imputation": ag.Imputation(),
    }

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        e = rng.normal(size=(len(first), 28))
        for k in range(1, 28):
            e[:, k] += rho * e[:, k - 1]
        Y = rng.normal(size=(len(first), 1)) + rng.normal(size=8) + e[:, 20:] + effects
        data = long(Y, first)
        return {
            f"event_study, {name}": truth
            in ag.event_study(data, estimator=way, **KEYS).interval(0.95, "att")
            for name, way in ways.items()
        }

    return trial


def factor(N: int, treated: int, own: float) -> Trial:
    """Two factors; treated units have `own` times the noise of the others; effect 2."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        T, first = 16, np.where(np.arange(N) < treated, 12, 16)
        loadings, factors = rng.normal(size=(N, 2)), rng.normal(size=(2, T)).cumsum(axis=1) / 3
        noise = rng.normal(size=(N, T)) * np.where(np.arange(N) < treated, own, 1.0)[:, None]
        on = np.arange(T) >= first[:, None]
        data = long(loadings @ factors + noise + 2.0 * on, first)
        ways: dict[str, object] = {"PlaceboVariance": ag.PlaceboVariance()}
        if treated > 1:
            ways["JackknifeVariance"] = ag.JackknifeVariance()
            ways["BootstrapVariance"] = ag.BootstrapVariance(50, seed=int(rng.integers(2**31)))
        found = {}
        for name, way in ways.items():
            row = ag.synthetic_did(data, variance=way, **KEYS).tidy().iloc[0]
            found[f"synthetic_did, {name}"] = row["conf_low"] <= 2.0 <= row["conf_high"]
        return found

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation(
            "staggered, 80 units",
            "coverage",
            "48 units treated at three dates, 32 never, 8 periods, AR(1) of .5",
            False,
            0.95,
            400,
            staggered((16, 16, 16, 32), 0.5),
        ),
        Simulation(
            "staggered, 20 units",
            "coverage",
            "12 units treated at three dates, 8 never, AR(1) of .9",
            True,
            0.95,
            400,
            staggered((4, 4, 4, 8), 0.9),
        ),
        Simulation(
            "synthetic DID, 6 of 20 treated",
            "coverage",
            "two factors, 12 periods before and 4 after, one variance, 50 bootstrap draws",
            False,
            0.95,
            100,
            factor(20, 6, 1.0),
        ),
        Simulation(
            "synthetic DID, 1 of 20, noisier",
            "coverage",
            "the treated unit has twice the noise of its donors",
            True,
            0.95,
            100,
            factor(20, 1, 2.0),
        ),
    ]
