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


def one_of(N: int, T: int, own: float) -> Trial:
    """One treated unit of N in a factor model, with `own` times the noise of the others; no effect.

    The rank test is among N units: a level of .05 is attained with 20.
    """

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        loadings, factors = rng.normal(size=(N, 2)), rng.normal(size=(2, T)).cumsum(axis=1) / 3
        noise = rng.normal(size=(N, T)) * np.where(np.arange(N) < 1, own, 1.0)[:, None]
        first = np.where(np.arange(N) < 1, T - 4, T)
        data = long(loadings @ factors + noise, first)
        synthetic = ag.synthetic_control(data, **KEYS)
        return {
            "permutation_test": ag.permutation_test(data, **KEYS).p_value <= 0.05 + 1e-9,
            "synthetic_control, RMSPE ratio": synthetic.p_value <= 0.05 + 1e-9,
        }

    return trial


def mixed(J: int, before: int, rho: float) -> Trial:
    """A treated unit that is a weighted mean of four of J donors, AR(1) errors; effect 2.

    Four periods are treated. A set of one period uses it and those before: 95 percent is attained
    with nineteen.
    """

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        T = before + 4
        loadings, factors = rng.normal(size=(J, 2)), rng.normal(size=(2, T)).cumsum(axis=1) / 3
        donors = loadings @ factors + rng.normal(size=(J, T))
        e = rng.normal(size=T + 20)
        for k in range(1, T + 20):
            e[k] += rho * e[k - 1]
        own = rng.dirichlet(np.ones(4)) @ donors[:4] + e[20:] + 2.0 * (np.arange(T) >= before)
        first = np.r_[before, np.full(J, T)]
        sets = ag.synthetic_control(long(np.vstack([own, donors]), first), **KEYS).conformal()
        holds = (sets["conf_low"] <= 2.0) & (sets["conf_high"] >= 2.0)
        return {
            "conformal set of the mean effect": bool(holds.iloc[0]),
            "conformal set of the first treated period": bool(holds.iloc[1]),
            "conformal set of the last period": bool(holds.iloc[-1]),
        }

    return trial


def groups(N: int) -> Trial:
    """Half of the units are treated in one of two groups; shocks hit all groups of a unit."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        unit = rng.normal(size=(N, 8)).cumsum(axis=1)
        first = np.where(np.arange(N) < N // 2, 5, 8)
        never = np.full(N, 8)
        parts = [
            long(unit + rng.normal(size=(N, 8)) + 2.0 * (np.arange(8) >= start[:, None]), start)
            for start in (first, never)
        ]
        data = pd.concat([part.assign(g=g) for g, part in enumerate(parts)], ignore_index=True)
        fit = ag.triple_difference(data, group="g", **KEYS)
        return {"triple_difference": 2.0 in fit.interval(0.95, "att")}

    return trial


def bent(sizes: tuple[int, ...], drift: float) -> Trial:
    """No effect; the treated drift by as much a period as before.

    Relative magnitudes hold at 1, and smoothness at 0.
    """
    first = np.repeat([4, 8], sizes)

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        trend = drift * np.arange(8) * (first < 8)[:, None]
        Y = rng.normal(size=(len(first), 1)) + trend + 0.5 * rng.normal(size=(len(first), 8))
        fit = ag.event_study(long(Y, first), **KEYS)
        ways = {"RelativeMagnitudes": ag.RelativeMagnitudes(m=[1.0]),
                "Smoothness": ag.Smoothness(m=[0.0])}  # fmt: skip
        rows = {
            f"honest_bounds, {name}": ag.honest_bounds(fit, way, event_time=0).table.iloc[0]
            for name, way in ways.items()
        }
        plain = fit.interval(0.95, "event 0")
        return {
            **{name: row["conf_low"] <= 0 <= row["conf_high"] for name, row in rows.items()},
            "event_study (ignores the drift)": 0.0 in plain,
        }

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
            200,
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
        Simulation(
            "one treated of 20",
            "size",
            "two factors, 12 periods before and 4 after, one variance, no effect",
            False,
            0.05,
            200,
            one_of(20, 16, 1.0),
        ),
        Simulation(
            "one treated of 20, noisier",
            "size",
            "the treated unit has three times the noise of the others",
            True,
            0.05,
            200,
            one_of(20, 16, 3.0),
        ),
        Simulation(
            "one treated of 31, by period",
            "coverage",
            "a treated unit that is a weighted mean of four donors, 20 periods before and 4 after",
            False,
            0.95,
            300,
            mixed(30, 20, 0.0),
        ),
        Simulation(
            "one treated of 31, persistent",
            "coverage",
            "the same with AR(1) errors of .8",
            True,
            0.95,
            300,
            mixed(30, 20, 0.8),
        ),
        Simulation(
            "two groups, 40 units",
            "coverage",
            "20 of 40 units treated in one group, shocks hit all groups of a unit",
            False,
            0.95,
            400,
            groups(40),
        ),
        Simulation(
            "two groups, 8 units",
            "coverage",
            "4 of 8 units treated in one group",
            True,
            0.95,
            400,
            groups(8),
        ),
        Simulation(
            "drifting apart, 80 units",
            "coverage",
            "40 of 80 treated, which drift by a fifth of the error's deviation a period; no effect",
            False,
            0.95,
            300,
            bent((40, 40), 0.1),
        ),
        Simulation(
            "drifting apart, 12 units",
            "coverage",
            "6 of 12 units treated, otherwise as above",
            True,
            0.95,
            300,
            bent((6, 6), 0.1),
        ),
    ]
