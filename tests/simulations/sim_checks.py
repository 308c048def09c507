"""Tests and bands about a curve, selection on unobservables, and growth effects."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

import agglometrics as ag
from agglometrics.decomposition.cell_bootstrap import bootstrapped_f
from agglometrics.decomposition.regression import two_way
from tests.simulations.experiments import Simulation, Trial


def shape(curve: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        x = rng.uniform(0, 2, 200)
        data = pd.DataFrame({"x": x, "y": curve * x**2 + rng.normal(size=200)})
        fit = ag.panel("y ~ x + I(x**2)", data, cov=ag.Robust())
        call = {"linear": "x", "square": "I(x ** 2)", "low": 0.0, "high": 2.0}
        return {
            "u_test, shape named": ag.u_test(fit, shape="U", **call)["p_value"][0] < 0.05,
            "u_test, shape from the data": ag.u_test(fit, **call)["p_value"][0] < 0.05,
        }

    return trial


def band(rows: int, bins: int) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        x, e = rng.normal(size=(2, rows))
        edges = np.quantile(x, np.linspace(0, 1, bins + 1))[1:-1]
        code = np.searchsorted(edges, x, side="left")
        height = np.sin(np.arange(bins))
        y = height[code] + e
        found = ag.binned_scatter(
            "y ~ x", pd.DataFrame({"x": x, "y": y}), x="x", bins=bins, cov=ag.Robust(), draws=2000
        )
        truth = height - np.bincount(code, minlength=bins) / rows @ height + y.mean()
        return {
            "binned_scatter, band": ((found.band_low <= truth) & (truth <= found.band_high)).all(),
            "binned_scatter, bounds of single bins (not made for all)": (
                (found.conf_low <= truth) & (truth <= found.conf_high)
            ).all(),
        }

    return trial


def selection(clustered: bool, truth: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        data = selected(rng, 310, 31 if clustered else 310)
        spec = ag.PairsBootstrap("g", draws=199, seed=rng)
        row = ag.oster("y ~ x + w", data, treatment="x", r_max=0.9, bootstrap=spec).iloc[0]
        return {"oster, PairsBootstrap": row["conf_low"] <= truth <= row["conf_high"]}

    return trial


def selected(rng: np.random.Generator, N: int, G: int) -> pd.DataFrame:
    g = np.arange(N) % G
    share = 0.5 if G < N else 0.0
    w, u, v, e = (
        np.sqrt(share) * rng.normal(size=G)[g] + np.sqrt(1 - share) * rng.normal(size=N)
        for _ in range(4)
    )
    x = 0.5 * w + 0.5 * u + v
    return pd.DataFrame({"w": w, "x": x, "y": x + w + u + e, "g": g})


def growth(R: int, I: int, power: float) -> Trial:  # noqa: E741
    B = 100 * np.exp(
        np.random.default_rng(1).normal(0, 1.5, (R, 1))
        + np.random.default_rng(2).normal(0, 1, (1, I))
    )

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        fit = two_way(B, B * (0.1 + rng.normal(size=(R, I)) * (B / B.mean()) ** (-power / 2)))
        found = bootstrapped_f(fit, ag.CellBootstrap(draws=199), rng)
        exact = stats.f.sf(found["f_region"], found["df_region"], fit.df)
        return {
            "stochastic_shift_share, CellBootstrap": found["p_region"] <= 0.05,
            "stochastic_shift_share, Homoskedastic": exact < 0.05,
        }

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    # the population's value: all four variables have variance one in either design
    moments = selected(np.random.default_rng(0), 400_000, 400_000)
    star = float(ag.oster("y ~ x + w", moments, treatment="x", r_max=0.9)["beta_star"][0])
    return [
        Simulation(
            "u test, boundary",
            "size",
            "200 rows, slope zero at the low end and steep at the high one",
            False,
            0.05,
            1000,
            shape(1.0),
        ),
        Simulation(
            "u test, flat",
            "size",
            "200 rows, no relation: neither shape holds",
            True,
            0.05,
            1000,
            shape(0.0),
        ),
        Simulation(
            "bins, 100 rows each",
            "coverage",
            "10 bins of 100 rows",
            False,
            0.95,
            400,
            band(1000, 10),
        ),
        Simulation(
            "bins, 15 rows each", "coverage", "20 bins of 15 rows", True, 0.95, 400, band(300, 20)
        ),
        Simulation(
            "selection, rows",
            "coverage",
            "310 rows, r_max given",
            False,
            0.95,
            300,
            selection(False, star),
        ),
        Simulation(
            "selection, clusters",
            "coverage",
            "31 clusters of 10 rows, half the variance shared",
            True,
            0.95,
            300,
            selection(True, star),
        ),
        Simulation(
            "growth, variance 1 / base",
            "size",
            "31 regions x 18 industries, variance sigma^2 / base",
            False,
            0.05,
            400,
            growth(31, 18, 1.0),
        ),
        Simulation(
            "growth, equal variance",
            "size",
            "31 regions x 18 industries, variance the same for every base",
            True,
            0.05,
            400,
            growth(31, 18, 0.0),
        ),
    ]
