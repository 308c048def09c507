"""Designs that several tests share: one worked by hand, and a simulator that returns its truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from agglometrics.shiftshare.design import ShiftShareDesign


@pytest.fixture
def hand() -> ShiftShareDesign:
    """Four locations, three sectors; the numbers that follow from it are in test_by_hand.py."""
    locations = pd.DataFrame(
        {"place": list("abcd"), "y": [1.0, 0.0, 5.0, 2.0], "x": [0.0, 0.0, 4.0, 2.0]}
    )
    shares = pd.DataFrame(
        {
            "place": ["a", "b", "c", "d", "d"],
            "sector": ["s", "t", "u", "s", "u"],
            "share": [1.0, 1.0, 1.0, 0.5, 0.5],
        }
    )
    shocks = pd.DataFrame({"sector": list("stu"), "shock": [0.0, 1.0, 2.0]})
    return ShiftShareDesign(locations, shares, shocks, location="place")


@dataclass(frozen=True)
class Simulated:
    """A simulated design and the effect that it was made with."""

    design: ShiftShareDesign
    beta: float


@pytest.fixture
def simulate() -> Callable[..., Simulated]:
    """Return `simulated_design`."""
    return simulated_design


def simulated_design(
    seed: int,
    *,
    n_locations: int = 150,
    n_sectors: int = 60,
    per_cluster: int = 1,
    complete: bool = True,
    beta: float = 0.5,
) -> Simulated:
    """Shocks and residuals share sectors, both correlated within clusters of sectors."""
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.3, size=(n_locations, n_sectors)) + 1e-9
    W /= W.sum(axis=1, keepdims=True)
    W *= 1.0 if complete else rng.uniform(0.2, 0.8, (n_locations, 1))
    cluster = np.arange(n_sectors) // per_cluster
    g, nu = (
        rng.normal(size=cluster.max() + 1)[cluster] + 0.5 * rng.normal(size=n_sectors)
        for _ in range(2)
    )
    z, q = W @ g, rng.normal(size=n_locations)
    error = W @ nu + 0.05 * rng.normal(size=n_locations) + 0.2 * q
    x = z + 0.5 * error + 0.1 * rng.normal(size=n_locations)
    locations = pd.DataFrame(
        {
            "location": np.arange(n_locations),
            "y": beta * x + error,
            "x": x,
            "q": q,
            "state": np.arange(n_locations) % 10,
            "w": rng.uniform(0.5, 2.0, n_locations),
            "sums": W.sum(axis=1),
        }
    )
    shares = pd.DataFrame(
        {
            "location": np.repeat(np.arange(n_locations), n_sectors),
            "sector": np.tile(np.arange(n_sectors), n_locations),
            "share": W.ravel(),
        }
    )
    shocks = pd.DataFrame(
        {"sector": np.arange(n_sectors), "shock": g, "cluster": cluster, "age": nu + g}
    )
    return Simulated(ShiftShareDesign(locations, shares, shocks), beta)
