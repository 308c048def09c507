"""Standard errors of panels: clusters, periods, space, counts, checks of specification."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial


def covers(fit: ag.Estimates, truth: float) -> bool:
    return truth in fit.interval(0.95, "x")


def panel_data(rng: np.random.Generator, sizes: np.ndarray, T: int, rho: float) -> pd.DataFrame:
    """Units of a cluster over T periods: regressor and error share the cluster's, and persist."""
    cluster = np.repeat(np.repeat(np.arange(len(sizes)), sizes), T)
    unit = np.repeat(np.arange(sizes.sum()), T)
    time = np.tile(np.arange(T), sizes.sum())
    G = len(sizes)

    def persistent() -> np.ndarray:
        out = rng.normal(size=(G, T))
        for t in range(1, T):
            out[:, t] = rho * out[:, t - 1] + np.sqrt(1 - rho**2) * out[:, t]
        return out[cluster, time]

    x = persistent() + rng.normal(size=len(unit))
    y = 0.5 * x + persistent() + rng.normal(size=len(unit))
    return pd.DataFrame({"cluster": cluster, "unit": unit, "time": time, "x": x, "y": y})


def clusters(sizes: np.ndarray, boot: bool) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        data = panel_data(rng, sizes, 6, 0.7)
        fit = ag.panel("y ~ x", data, absorb="unit", cov=ag.Cluster("cluster"))
        covs = {
            "Cluster": ag.Cluster("cluster"),
            "CR2": ag.CR2("cluster"),
            "CR3": ag.CR3("cluster"),
        }
        if boot:
            covs["WildBootstrap"] = ag.WildBootstrap("cluster", draws=399)
        return {name: covers(fit.with_cov(cov), 0.5) for name, cov in covs.items()}

    return trial


def robust(n: int, tails: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        x = rng.standard_t(tails, size=n)
        y = 0.5 * x + np.sqrt(0.5 + x**2) * rng.normal(size=n)
        fit = ag.panel("y ~ x", pd.DataFrame({"x": x, "y": y}), cov=ag.Robust())
        return {
            "Robust": covers(fit, 0.5),
            "Homoskedastic (ignores the variance)": covers(fit.with_cov(ag.Homoskedastic()), 0.5),
        }

    return trial


def periods(N: int, T: int, rho: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        data = panel_data(rng, np.array([N]), T, rho)
        fit = ag.panel(
            "y ~ x", data, absorb="unit", cov=ag.Cluster("unit"), entity="unit", time="time"
        )
        return {"DriscollKraay": covers(fit.with_cov(ag.DriscollKraay(max(2, T // 8))), 0.5)}

    return trial


def space(decay: float, within: float) -> Trial:
    """A Gaussian field exp(-decay d) on 10 x 10, in regressor and error."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        xy = rng.uniform(0, 10, size=(100, 2))
        gaps = np.linalg.norm(xy[:, None] - xy[None], axis=2)
        root = np.linalg.cholesky(np.exp(-decay * gaps) + 1e-9 * np.eye(100))
        x, e = root @ rng.normal(size=(100, 2)).T[0], root @ rng.normal(size=100)
        data = pd.DataFrame({"px": xy[:, 0], "py": xy[:, 1], "x": x, "y": 0.5 * x + e})
        data = data.assign(lat=data["py"] / 111.2, lon=data["px"] / 111.2)
        fit = ag.panel("y ~ x", data, cov=ag.Robust())
        return {
            "SCPC": covers(fit.with_cov(ag.SCPC(x="px", y="py")), 0.5),
            "Conley": covers(fit.with_cov(ag.Conley(km=within)), 0.5),
            "Robust (ignores space)": covers(fit, 0.5),
        }

    return trial


def counts(G: int) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        g = np.repeat(np.arange(G), 8)
        a = 0.5 * rng.normal(size=G)[g]
        x = rng.normal(size=len(g)) + a
        y = rng.poisson(np.exp(0.3 * x + a) * rng.gamma(2, 0.5, size=len(g))).astype(float)
        data = pd.DataFrame({"g": g, "x": x, "y": y})
        return {"poisson, Cluster": covers(ag.poisson("y ~ x", data, absorb="g"), 0.3)}

    return trial


def specification(G: int) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        g, t = np.divmod(np.arange(G * 5), 5)
        x = rng.normal(size=len(g)) + rng.normal(size=G)[g]
        y = x + rng.normal(size=G)[g] + rng.normal(size=len(g)) * (1 + np.abs(x))
        data = pd.DataFrame({"g": g, "t": t, "x": x, "y": y})
        row = ag.robust_hausman("y ~ x", data, entity="g", time="t").iloc[0]
        return {"robust_hausman": row["p_value"] < 0.05}

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    even, uneven = np.full(50, 4), np.array([30, 20, 10, 8, 5, 4, 3, 2, 2, 2, 2, 2])
    return [
        Simulation(
            "clusters, 50 even",
            "coverage",
            "50 clusters of 4 units x 6 periods, regressor "
            "and error share the cluster's persistent part",
            False,
            0.95,
            600,
            clusters(even, True),
        ),
        Simulation(
            "clusters, 12 uneven",
            "coverage",
            "12 clusters of 2 to 30 units, otherwise as above",
            True,
            0.95,
            600,
            clusters(uneven, True),
        ),
        Simulation(
            "robust, 300 rows",
            "coverage",
            "300 rows, variance rises with x squared, x Student with 8 degrees of freedom",
            False,
            0.95,
            2000,
            robust(300, 8),
        ),
        Simulation(
            "robust, 31 rows",
            "coverage",
            "31 rows, x Student with 3 degrees of freedom: leverage",
            True,
            0.95,
            2000,
            robust(31, 3),
        ),
        Simulation(
            "periods, 60",
            "coverage",
            "20 units x 60 periods, a common factor with autocorrelation .3",
            False,
            0.95,
            600,
            periods(20, 60, 0.3),
        ),
        Simulation(
            "periods, 15",
            "coverage",
            "20 units x 15 periods, a common factor with autocorrelation .7",
            True,
            0.95,
            600,
            periods(20, 15, 0.7),
        ),
        Simulation(
            "space, weak",
            "coverage",
            "100 places on 10 x 10 km, fields with correlation exp(-2 d)",
            False,
            0.95,
            300,
            space(2.0, 2.0),
        ),
        Simulation(
            "space, strong",
            "coverage",
            "100 places on 10 x 10 km, fields with correlation "
            "exp(-d / 4): beyond the bound of SCPC",
            True,
            0.95,
            300,
            space(0.25, 2.0),
        ),
        Simulation(
            "counts, 60 groups",
            "coverage",
            "60 groups of 8 counts, overdispersed, effects related to x",
            False,
            0.95,
            600,
            counts(60),
        ),
        Simulation(
            "counts, 12 groups", "coverage", "12 groups of 8 counts", True, 0.95, 600, counts(12)
        ),
        Simulation(
            "hausman, 60 units",
            "size",
            "60 units x 5, effects unrelated to x, variance rises with x",
            False,
            0.05,
            600,
            specification(60),
        ),
        Simulation("hausman, 12 units", "size", "12 units x 5", True, 0.05, 600, specification(12)),
    ]
