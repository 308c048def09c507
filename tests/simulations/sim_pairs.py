"""Pairs of industries, clusters on a map and zones: tests by relabelling, and an interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.simulations.experiments import Simulation, Trial

X = np.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.1])


def dealt(n: int) -> Trial:
    """Plants of two industries and others, in regions of unequal size, none near another."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        plants = pd.DataFrame(
            {"region": rng.choice(6, 4 * n, p=X), "industry": np.repeat(list("abcc"), n)}
        )
        test = ag.RandomLabelling("plants", 99, seed=rng)
        pairs = ag.colocation(plants, inference=test).set_index(["industry_a", "industry_b"])
        cells = plants.value_counts(["region", "industry"], sort=False).reset_index(name="n")
        one = ag.concentration(cells, value="n", inference=test).set_index("industry").loc["a"]
        return {
            "colocation, RandomLabelling": pairs.loc[("a", "b"), "p_value"] <= 0.05,
            "concentration, RandomLabelling": one["theil_p_value"] <= 0.05,
        }

    return trial


def two_industries(n: int, spread: float) -> Trial:
    """Plants choose regions by p_a and p_b, drawn around X: gamma is their covariance."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        outside = pd.DataFrame({"region": range(6), "size": X})
        p = rng.dirichlet(spread * X, size=2)
        truth = (p[0] - X) @ (p[1] - X) / (1 - X @ X)
        parts = [
            pd.DataFrame({"size": rng.lognormal(0, 1, n), "region": rng.choice(6, n, p=p[k])})
            for k in range(2)
        ]
        plants = pd.concat([part.assign(industry="ab"[k]) for k, part in enumerate(parts)])
        row = ag.coagglomeration(
            plants, size="size", reference=outside, inference=ag.PlantChoice(draws=1)
        ).iloc[0]
        return {"coagglomeration, PlantChoice": row["conf_low"] <= truth <= row["conf_high"]}

    return trial


def scanned(own: int) -> Trial:
    """A part of the plants of every cell of a map, drawn without regard to place."""

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        wide = rng.integers(10, 60, 25)
        mine = rng.multivariate_hypergeometric(wide, own)
        y, x = np.divmod(np.arange(25), 5)
        regions = pd.DataFrame({"region": np.arange(25), "x": 1.0 * x, "y": 1.0 * y})
        cells = pd.DataFrame(
            {
                "region": np.tile(np.arange(25), 2),
                "industry": np.repeat(["A", "B"], 25),
                "n": np.r_[mine, wide - mine],
            }
        )
        found = ag.scan_clusters(
            cells, target="A", value="n", regions=regions, simulations=99,
            seed=int(rng.integers(2**31)),
        )  # fmt: skip
        return {"scan_clusters": bool((found.clusters["p_value"] <= 0.05).any())}

    return trial


def zones(n: int) -> Trial:
    """Zones list industries that are as strong in their region as anywhere."""
    names, industries = list("abcdefgh"), list("uvwxyz")

    def trial(rng: np.random.Generator) -> Mapping[str, bool]:
        scores = pd.DataFrame(
            [(r, i, rng.lognormal()) for r in names for i in industries],
            columns=["region", "industry", "lq"],
        )
        listed = [
            (f"zone {k}", rng.choice(names), i)
            for k in range(n)
            for i in rng.choice(industries, 2, replace=False)
        ]
        listings = pd.DataFrame(listed, columns=["zone", "region", "industry"])
        listings["region"] = listings.groupby("zone")["region"].transform("first")
        found = ag.policy_alignment(listings, scores, draws=99, seed=rng)
        return {"policy_alignment": found["p_value"].iloc[-1] <= 0.05}

    return trial


def simulations() -> list[Simulation]:
    """Return the experiments of this module."""
    return [
        Simulation("labels of plants, 40 each", "size",
                   "40 plants of each of two industries among 160, 6 regions, 99 draws",
                   False, 0.05, 600, dealt(40)),
        Simulation("labels of plants, 8 each", "size", "8 plants of each among 32, 6 regions",
                   True, 0.05, 600, dealt(8)),
        Simulation("pairs, 40 plants each", "coverage",
                   "40 plants of lognormal sizes in each of two industries, 6 regions",
                   False, 0.95, 600, two_industries(40, 12.0)),
        Simulation("pairs, 8 plants each", "coverage", "8 plants in each of two industries",
                   True, 0.95, 600, two_industries(8, 12.0)),
        Simulation("no cluster on a map", "size", "300 of some 875 plants, 5 x 5 cells, 99 draws",
                   False, 0.05, 400, scanned(300)),
        Simulation("no cluster on a map, few plants", "size", "12 of some 875 plants",
                   True, 0.05, 400, scanned(12)),
        Simulation("zones without regard to strength", "size", "40 zones in 8 regions, 99 draws",
                   False, 0.05, 600, zones(40)),
        Simulation("few zones", "size", "6 zones in 8 regions", True, 0.05, 600, zones(6)),
    ]  # fmt: skip
