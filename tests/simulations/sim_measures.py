"""Measures from plants and cells: dartboards and intervals of quotients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial


def dartboard(plants: int, tail: float) -> Trial:
    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        x = np.arange(1.0, 9.0) / 36
        data = pd.DataFrame(
            {
                "region": rng.choice(8, plants, p=x),
                "industry": "a",
                "emp": 1 + rng.pareto(tail, plants),
            }
        )
        reference = pd.DataFrame({"region": np.arange(8), "share": x})
        row = ag.ellison_glaeser(
            data, size="emp", reference=reference, inference=ag.Dartboard(199, seed=rng)
        ).iloc[0]
        return {"ellison_glaeser, Dartboard": row["p_value"] <= 0.05}

    return trial


def quotients(scale: float) -> Trial:
    """Every region draws its E_r plants independently, an industry with probability q_ri."""
    E_r = np.array([9, 9, 8]) * round(scale)
    q = np.array([[6.0, 2, 1], [3, 4, 2], [1, 2, 5]])
    q /= q.sum(axis=1, keepdims=True)
    truth = q / (E_r @ q / E_r.sum())

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        n = rng.multinomial(E_r, q)
        while not n.sum(axis=0).all():  # shares of nothing are undefined
            n = rng.multinomial(E_r, q)
        cells = pd.DataFrame({"region": np.repeat(list("abc"), 3), "industry": list("xyz") * 3})
        said = {}
        for way in (ag.Exact(unit="plants"), ag.Moineddin(unit="plants")):
            found = ag.location_quotient(cells.assign(n=n.ravel()), value="n", interval=way)
            row = found.set_index(["region", "industry"]).loc[("a", "x")]
            inside = row["conf_low"] <= truth[0, 0] <= row["conf_high"]
            said[f"location_quotient, {type(way).__name__}"] = inside
        return said

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation(
            "dartboard, 60 plants",
            "size",
            "60 plants, Pareto sizes with tail 3, 8 regions",
            False,
            0.05,
            600,
            dartboard(60, 3.0),
        ),
        Simulation(
            "dartboard, 8 plants",
            "size",
            "8 plants, Pareto sizes with tail 1.1",
            True,
            0.05,
            600,
            dartboard(8, 1.1),
        ),
        Simulation(
            "quotients, counts of 60",
            "coverage",
            "3 regions of 80 to 90 plants x 3 industries, expected counts 10 to 60",
            False,
            0.95,
            400,
            quotients(10.0),
        ),
        Simulation(
            "quotients, counts of 6",
            "coverage",
            "3 regions of 8 or 9 plants x 3 industries, expected counts 1 to 6",
            True,
            0.95,
            400,
            quotients(1.0),
        ),
    ]
