"""Measures of distance: bands and envelopes under a true null, and under one that is not drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial


def industries(rng: np.random.Generator, n: int, others: int, bend: float) -> pd.DataFrame:
    """An industry of n among others, all plants denser to the south by y^bend."""
    xy = rng.uniform(size=(n + others, 2))
    xy[:, 1] = xy[:, 1] ** bend
    frame = pd.DataFrame(10 * xy, columns=["x", "y"])
    return frame.assign(industry=["A"] * n + ["B"] * others, jobs=1 + rng.pareto(2, n + others))


def relabelled(n: int, others: int, bend: float) -> Trial:
    r = np.linspace(0, 6, 13)
    bands = {
        "ExtremeRankBands": ag.ExtremeRankBands(),
        "DurantonOvermanBands": ag.DurantonOvermanBands(),
        "DroppedSimulationBands": ag.DroppedSimulationBands(),
    }

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        data = industries(rng, n, others, bend)
        call = {"target": "A", "simulations": 199, "seed": int(rng.integers(2**31))}
        found: dict[str, bool] = {}
        for name, band in bands.items():
            curve = ag.duranton_overman(data, distances=r, bands=band, **call)
            one_side = name == "DurantonOvermanBands"
            said = f"duranton_overman, {name}, " + ("localized" if one_side else "outside")
            found[said] = curve.localized or (curve.dispersed and not one_side)
        m = ag.marcon_puech(data, distances=r[1:], weight="jobs", **call)
        found["marcon_puech, global envelope"] = m.p_value <= 0.05
        found["goodness_of_fit of M"] = ag.goodness_of_fit(m).p_value <= 0.05
        return found

    return trial


def random_position(bend: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        data = industries(rng, 60, 0, bend)
        k = ag.ripley(
            data, distances=np.linspace(0.5, 2.5, 5), window=(0, 10, 0, 10), simulations=99,
            null=ag.RandomPosition(), seed=int(rng.integers(2**31)),
        )  # fmt: skip
        return {"ripley, RandomPosition": k.p_value <= 0.05}

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation(
            "labels at random, 40 of 160",
            "size",
            "40 of 160 plants uniform on a square, 199 simulations",
            False,
            0.05,
            300,
            relabelled(40, 120, 1.0),
        ),
        Simulation(
            "labels at random, 10 of 40",
            "size",
            "10 of 40 plants, denser to the south",
            True,
            0.05,
            300,
            relabelled(10, 30, 2.0),
        ),
        Simulation(
            "uniform positions",
            "size",
            "60 plants uniform on a square, 99 simulations",
            False,
            0.05,
            300,
            random_position(1.0),
        ),
        Simulation(
            "positions denser to the south",
            "size",
            "60 independent plants whose density is not uniform: the null drawn is another one",
            True,
            0.05,
            200,
            random_position(1.5),
        ),
    ]
