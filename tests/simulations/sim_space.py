"""Association over space: Moran's I, and tests of a spatial unit root and of stationarity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial


def lattice(side: int) -> pd.DataFrame:
    """Neighbours of a square of regions by edge."""
    place = np.arange(side * side).reshape(side, side)
    pairs = [(place[:, 1:], place[:, :-1]), (place[1:], place[:-1])]
    one = np.concatenate([np.r_[a.ravel(), b.ravel()] for a, b in pairs])
    other = np.concatenate([np.r_[b.ravel(), a.ravel()] for a, b in pairs])
    return pd.DataFrame({"focal": one, "neighbor": other, "weight": 1.0})


def moran(side: int, heavy: bool) -> Trial:
    links = lattice(side)

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        n = side * side
        x = rng.pareto(1.5, n) if heavy else rng.normal(size=n)
        data = pd.DataFrame({"region": np.arange(n), "x": x})
        row = ag.moran(data, value="x", weights=links).iloc[0]
        return {"moran": row["p_value"] < 0.05}

    return trial


def walk(n: int, heavy: bool) -> Trial:
    """Levy's Brownian motion at n places: Var of a difference is the distance."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        xy = rng.uniform(size=(n, 2))
        d = np.linalg.norm(xy[:, None] - xy[None], axis=2)
        covariance = (d[0][:, None] + d[0] - d)[1:, 1:] / 2
        steps = rng.standard_t(3, n - 1) if heavy else rng.normal(size=n - 1)
        z = np.r_[0.0, np.linalg.cholesky(covariance + 1e-10 * np.eye(n - 1)) @ steps]
        data = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "z": z})
        test = ag.spatial_unit_root_test(
            "z", data, x="x", y="y", q=10, draws=2_000, seed=int(rng.integers(2**31))
        )
        return {"spatial_unit_root_test": test.p_value < 0.05}

    return trial


def weak(n: int, decay: float) -> Trial:
    """A Gaussian field with correlation exp(-decay d) on the unit square."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        xy = rng.uniform(size=(n, 2))
        d = np.linalg.norm(xy[:, None] - xy[None], axis=2)
        z = np.linalg.cholesky(np.exp(-decay * d) + 1e-10 * np.eye(n)) @ rng.normal(size=n)
        data = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "z": z})
        test = ag.spatial_stationarity_test(
            "z", data, x="x", y="y", q=10, draws=2_000, seed=int(rng.integers(2**31))
        )
        return {"spatial_stationarity_test": test.p_value < 0.05}

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation("no association, normal", "size", "10 x 10 regions, normal values",
                   False, 0.05, 1000, moran(10, heavy=False)),
        Simulation("no association, heavy tails", "size",
                   "5 x 5 regions, Pareto values with tail 1.5", True, 0.05, 1000,
                   moran(5, heavy=True)),
        Simulation("a walk over space", "size", "100 places, Levy's Brownian motion, 2,000 draws",
                   False, 0.05, 300, walk(100, heavy=False)),
        Simulation("a walk over space, heavy tails", "size",
                   "100 places, its independent parts Student with 3 degrees of freedom",
                   True, 0.05, 300, walk(100, heavy=True)),
        Simulation("weak dependence", "size",
                   "100 places on the unit square, correlation exp(-13 d): .03 on average",
                   False, 0.05, 300, weak(100, 13.0)),
        Simulation("stronger dependence", "size",
                   "correlation exp(-5 d): beyond the average of .03 of the null",
                   True, 0.05, 300, weak(100, 5.0)),
    ]  # fmt: skip
