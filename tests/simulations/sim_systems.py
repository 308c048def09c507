"""Thresholds, dynamic and spatial panels: sets, tests and standard errors beyond least squares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial

SPACE = {"entity": "r", "time": "t"}
SPLIT = {"entity": "i", "time": "t", "by": "q", "varying": ["x"]}


def threshold(jump: float, slope: float) -> Trial:
    """40 units x 6 periods; the error's spread is exp(slope q)."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        i, t = np.divmod(np.arange(240), 6)
        x, q, e = rng.normal(size=(3, 240))
        base = pd.DataFrame({"i": i, "t": t, "x": x, "q": q, "y": x + np.exp(slope * q) * e})
        fit = ag.threshold_panel(
            "y ~ x", base.assign(y=base.y + jump * x * (q > 0.3)), draws=1, **SPLIT
        )
        return {"threshold_panel, confidence set": 0.3 in fit.threshold_set}

    return trial


def no_threshold(slope: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        i, t = np.divmod(np.arange(240), 6)
        x, q, e = rng.normal(size=(3, 240))
        data = pd.DataFrame({"i": i, "t": t, "x": x, "q": q, "y": x + np.exp(slope * q) * e})
        fit = ag.threshold_panel("y ~ x", data, draws=99, seed=rng, **SPLIT)
        return {"threshold_panel, test": fit.statistics["p_threshold"] <= 0.05}

    return trial


def dynamic_data(rng: np.random.Generator, N: int, T: int) -> pd.DataFrame:
    """Rho .5, slope 1, effects in regressor and outcome, two variances among the units."""
    effect, rows = rng.normal(size=N), []
    x, y = rng.normal(size=N), 2 * effect + rng.normal(size=N)
    for t in range(-10, T):
        x = 0.5 * x + rng.normal(size=N) + 0.3 * effect
        y = 0.5 * y + x + effect + rng.normal(size=N) * (1 + np.arange(N) % 2)
        if t >= 0:
            rows.append(pd.DataFrame({"i": np.arange(N), "t": t, "x": x, "y": y}))
    return pd.concat(rows, ignore_index=True)


def dynamic(N: int, T: int, last: int | None) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        fit = ag.dynamic_panel(
            "y ~ lag(y) + x", dynamic_data(rng, N, T), gmm=[ag.Gmm("y", 2, last)], steps=2,
            entity="i", time="t",
        )  # fmt: skip
        return {
            "dynamic_panel, Windmeijer": 0.5 in fit.interval(0.95, "lag(y)"),
            "dynamic_panel, uncorrected": 0.5 in fit.with_cov(ag.Robust()).interval(0.95, "lag(y)"),
        }

    return trial


def lattice(side: int) -> np.ndarray:
    place = np.arange(side * side).reshape(side, side)
    A = np.zeros((side * side, side * side))
    for one, two in ((place[:, 1:], place[:, :-1]), (place[1:], place[:-1])):
        A[one.ravel(), two.ravel()] = A[two.ravel(), one.ravel()] = 1.0
    return A / A.sum(axis=1, keepdims=True)


def spatial_data(rng: np.random.Generator, side: int, T: int, phi: float) -> pd.DataFrame:
    """Spatial lag .4, slope 1; regressor and error follow AR(1) with phi in each region."""
    N = side * side

    def serial() -> np.ndarray:
        v = rng.normal(size=(T + 20, N))
        for k in range(1, T + 20):
            v[k] += phi * v[k - 1]
        return v[20:]

    x, e = serial(), serial()
    y = (x + e + rng.normal(size=N)) @ np.linalg.inv(np.eye(N) - 0.4 * lattice(side)).T
    t, r = np.indices((T, N)).reshape(2, -1)
    return pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})


def spatial(side: int, phi: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        data = spatial_data(rng, side, 8, phi)
        fit = ag.spatial_panel("y ~ x", data, weights=lattice(side), absorb="r", **SPACE)
        clustered = fit.with_cov(ag.Cluster("r"))
        return {
            "spatial_panel, Cluster, slope": 1.0 in clustered.interval(0.95, "x"),
            "spatial_panel, Cluster, rho": 0.4 in clustered.interval(0.95, "rho"),
            "spatial_panel, information (ignores time), slope": 1.0 in fit.interval(0.95, "x"),
            "spatial_panel, information (ignores time), rho": 0.4 in fit.interval(0.95, "rho"),
        }

    return trial


def multipliers(side: int, T: int, heavy: bool) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        N = side * side
        x = rng.normal(size=(T, N))
        e = rng.standard_t(3, size=(T, N)) if heavy else rng.normal(size=(T, N))
        t, r = np.indices((T, N)).reshape(2, -1)
        y = x + e + rng.normal(size=N) + rng.normal(size=(T, 1))
        data = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})
        fit = ag.spatial_panel(
            "y ~ x", data, weights=lattice(side), absorb=["r", "t"], model=ag.NoDependence(),
            **SPACE,
        )  # fmt: skip
        found = ag.lagrange_multipliers(fit).set_index("test")["p_value"]
        return {f"lagrange_multipliers, {name}": p < 0.05 for name, p in found.items()}

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation(
            "threshold, set, jump 1",
            "coverage",
            "40 units x 6 periods, slope rises by one standard deviation of the error",
            False,
            0.95,
            300,
            threshold(1.0, 0.0),
        ),
        Simulation(
            "threshold, set, jump 4",
            "coverage",
            "the slope rises by four, and the error's spread with the threshold variable",
            True,
            0.95,
            300,
            threshold(4.0, 0.5),
        ),
        Simulation(
            "threshold, none",
            "size",
            "40 units x 6 periods, one slope, one variance, 99 draws",
            False,
            0.05,
            300,
            no_threshold(0.0),
        ),
        Simulation(
            "threshold, none, variance rises",
            "size",
            "one slope, spread of the error exp(q / 2)",
            True,
            0.05,
            300,
            no_threshold(0.5),
        ),
        Simulation(
            "dynamic, 300 units",
            "coverage",
            "300 units x 7 periods, two-step difference GMM, lags 2 to 4, two variances",
            False,
            0.95,
            200,
            dynamic(300, 7, 4),
        ),
        Simulation(
            "dynamic, 31 units",
            "coverage",
            "31 units x 8 periods, every lag: more instruments than units carry",
            True,
            0.95,
            200,
            dynamic(31, 8, None),
        ),
        Simulation(
            "spatial lag, 49 regions",
            "coverage",
            "7 x 7 regions x 8 periods, AR(1) of .8 in regressor and error",
            False,
            0.95,
            200,
            spatial(7, 0.8),
        ),
        Simulation(
            "spatial lag, 16 regions",
            "coverage",
            "4 x 4 regions x 8 periods, AR(1) of .8",
            True,
            0.95,
            200,
            spatial(4, 0.8),
        ),
        Simulation(
            "no spatial dependence",
            "size",
            "7 x 7 regions x 20 periods, both effects, normal errors",
            False,
            0.05,
            300,
            multipliers(7, 20, False),
        ),
        Simulation(
            "no spatial dependence, few and heavy",
            "size",
            "4 x 4 regions x 5 periods, Student errors with 3 degrees of freedom",
            True,
            0.05,
            300,
            multipliers(4, 5, True),
        ),
    ]
