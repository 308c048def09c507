"""Instruments: strong and weak, many clusters and few, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial


def instruments(G: int, strength: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        g = np.repeat(np.arange(G), 10)
        z1, z2 = rng.normal(size=(2, G))[:, g] + 0.3 * rng.normal(size=(2, len(g)))
        u = rng.normal(size=G)[g] + rng.normal(size=len(g))
        x = strength * (z1 + z2) + u + rng.normal(size=len(g))
        data = pd.DataFrame({"g": g, "z1": z1, "z2": z2, "x": x, "y": 0.5 * x + u})
        cov = ag.Cluster("g")
        two = ag.iv("y ~ [x ~ z1 + z2]", data, cov=cov)
        liml = ag.iv("y ~ [x ~ z1 + z2]", data, cov=cov, estimator=ag.Liml())
        one = ag.tf(ag.iv("y ~ [x ~ z1]", data, cov=cov)).iloc[0]
        wild = ag.WildBootstrap("g", draws=399)
        ar = ag.anderson_rubin_test(two, [0.5])["p_value"][0]
        wild_ar = ag.wild_anderson_rubin_test(two, wild, null=0.5)["p_value"][0]
        boot = ag.wild_iv(two, wild, null=0.5)["p_value"].iloc[0]
        return {
            "wild_iv": boot <= 0.05,
            "iv, t of TwoStage": 0.5 not in two.interval(0.95, "x"),
            "iv, t of Liml": 0.5 not in liml.interval(0.95, "x"),
            "tf": not one["conf_low"] <= 0.5 <= one["conf_high"],
            "anderson_rubin_test": ar < 0.05,
            "wild_anderson_rubin_test": wild_ar <= 0.05,
        }

    return trial


def agreement(n: int, L: int) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        Z, u = rng.normal(size=(n, L)), rng.normal(size=n)
        x = Z @ np.full(L, 1.5 / np.sqrt(L)) + 0.7 * u + rng.normal(size=n)
        names = [f"z{k}" for k in range(L)]
        data = pd.DataFrame(Z, columns=names).assign(x=x, y=0.5 * x + u)
        formula = "y ~ [x ~ " + " + ".join(names) + "]"
        ways = {
            "overidentification, F of Liml": (ag.Homoskedastic(), ag.Liml()),
            "overidentification, Sargan": (ag.Homoskedastic(), ag.TwoStage()),
            "overidentification, Hansen": (ag.Robust(), ag.TwoStage()),
        }
        return {
            name: ag.overidentification(ag.iv(formula, data, cov=cov, estimator=way))["p_value"][0]
            < 0.05
            for name, (cov, way) in ways.items()
        }

    return trial


def control_function(G: int, T: int, tails: float | None) -> Trial:
    """x moves with v, which raises the mean by exp(.6 v); effects move with x and z; slope .4."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        g = np.repeat(np.arange(G), T)
        a = 0.5 * rng.normal(size=G)[g]
        z = rng.normal(size=len(g)) + a
        v = rng.normal(size=len(g)) if tails is None else rng.standard_t(tails, size=len(g)) / 2
        x = z + a + v
        said = {}
        for rho in (0.6, 0.0):
            mean = np.exp(0.4 * x + rho * v + a) * rng.gamma(4, 0.25, size=len(g))
            data = pd.DataFrame({"g": g, "x": x, "z": z, "y": rng.poisson(mean.clip(max=1e9))})
            fit = ag.poisson("y ~ [x ~ z]", data, absorb="g")
            if rho:
                said["poisson, ControlFunction, interval misses"] = 0.4 not in fit.interval(
                    0.95, "x"
                )
            else:
                p = fit.endogeneity()["p_value"][0]
                said["poisson, ControlFunction, endogeneity"] = p < 0.05
        return said

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation(
            "instruments, strong, 50 clusters",
            "size",
            "50 clusters of 10, first stage coefficients 1",
            False,
            0.05,
            400,
            instruments(50, 1.0),
        ),
        Simulation(
            "instruments, weak, 12 clusters",
            "size",
            "12 clusters of 10, first stage coefficients .1",
            True,
            0.05,
            400,
            instruments(12, 0.1),
        ),
        Simulation(
            "agreement, 300 rows",
            "size",
            "300 rows, 3 valid instruments",
            False,
            0.05,
            600,
            agreement(300, 3),
        ),
        Simulation(
            "agreement, 31 rows",
            "size",
            "31 rows, 10 valid instruments",
            True,
            0.05,
            600,
            agreement(31, 10),
        ),
        Simulation(
            "control function, 60 groups",
            "size",
            "60 groups of 6 counts, overdispersed, effects related to regressor and instrument",
            False,
            0.05,
            600,
            control_function(60, 6, None),
        ),
        Simulation(
            "control function, 12 groups",
            "size",
            "12 groups of 6 counts, residual of the first stage Student with 4 degrees of freedom",
            True,
            0.05,
            600,
            control_function(12, 6, 4.0),
        ),
    ]
