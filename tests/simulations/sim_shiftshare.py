"""Shift-share designs: many shocks and few, and randomisation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial


def design_of(
    rng: np.random.Generator,
    N: int,
    I: int,  # noqa: E741
    skew: float,
    power: float,
) -> ag.ShiftShareDesign:
    """Residuals share the sectors of the shocks, whose variance goes as exposure^power."""
    W = rng.gamma(0.3, size=(N, I)) * np.exp(skew * rng.normal(size=I)) + 1e-9
    W /= W.sum(axis=1, keepdims=True)
    spread = (W.sum(axis=0) / W.sum() * I) ** (power / 2)
    g, nu = spread * rng.normal(size=I), rng.normal(size=I)
    error = W @ nu + 0.1 * rng.normal(size=N)
    x = W @ g + 0.3 * error + 0.1 * rng.normal(size=N)
    place, sector = np.divmod(np.arange(W.size), I)
    shares = pd.DataFrame({"location": place, "sector": sector, "share": W.ravel()})
    shocks = pd.DataFrame({"sector": np.arange(I), "shock": g})
    locations = pd.DataFrame({"location": np.arange(N), "x": x, "y": 0.5 * x + error, "e": error})
    return ag.ShiftShareDesign(locations, shares, shocks)


def intervals(N: int, I: int, skew: float) -> Trial:  # noqa: E741
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        fit = design_of(rng, N, I, skew, 0.0).fit("y", "x", cov=ag.ShockJackknife())
        covs = {
            "ShockJackknife": ag.ShockJackknife(),
            "ShockLevel": ag.ShockLevel(),
            "ShockLevel0": ag.ShockLevel0(),
            "AKM": ag.AKM(),
            "AKM0": ag.AKM0(),
            "Robust (ignores the shares)": ag.Robust(),
        }
        return {name: 0.5 in fit.with_cov(cov).interval(0.95) for name, cov in covs.items()}

    return trial


def draws(I: int, power: float) -> Trial:  # noqa: E741
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        design = design_of(rng, 100, I, 1.0, power)
        ways = {"Studentized": ag.Studentized(), "Unstudentized": ag.Unstudentized()}
        return {
            f"randomization_test, {name}": design.randomization_test(
                "e", counterfactuals=ag.Permutation(), draws=99, seed=rng, statistic=way
            ).p_value
            <= 0.05
            for name, way in ways.items()
        }

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation(
            "shocks, 150",
            "coverage",
            "200 locations, 150 shocks, residuals share the sectors",
            False,
            0.95,
            200,
            intervals(200, 150, 0.0),
        ),
        Simulation(
            "shocks, 20 skewed",
            "coverage",
            "100 locations, 20 shocks of skewed exposure",
            True,
            0.95,
            400,
            intervals(100, 20, 0.7),
        ),
        Simulation(
            "randomisation, exchangeable",
            "size",
            "20 exchangeable shocks, 99 draws",
            False,
            0.05,
            400,
            draws(20, 0.0),
        ),
        Simulation(
            "randomisation, variance rises",
            "size",
            "60 shocks, variance proportional to exposure, 99 draws",
            True,
            0.05,
            400,
            draws(60, 1.0),
        ),
    ]
