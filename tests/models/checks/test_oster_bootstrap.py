"""The bootstrap of Oster's bounds: what is drawn, coverage with a known truth, errors."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import InputError


def draw(rng: np.random.Generator, N: int) -> pd.DataFrame:
    w, u, v, e = rng.normal(size=(4, N))
    x = 0.5 * w + 0.5 * u + v
    return pd.DataFrame({"w": w, "x": x, "y": x + w + u + e, "g": np.arange(N) // 10})


def test_estimates_stay_and_seeds_repeat() -> None:
    data = draw(np.random.default_rng(0), 200)
    call = {"treatment": "x", "r_max": 0.9}
    plain = ag.oster("y ~ x + w", data, **call).iloc[0]
    one, two, three = (
        ag.oster("y ~ x + w", data, bootstrap=ag.PairsBootstrap(draws=99, seed=s), **call).iloc[0]
        for s in (1, 1, 2)
    )
    assert one[plain.index].equals(plain)
    assert one.equals(two)
    assert one["conf_low"] != three["conf_low"]
    call["bootstrap"] = ag.PairsBootstrap(draws=99, seed=1)
    mixed = ag.oster("y ~ x + w", data.sample(frac=1, random_state=0), **call).iloc[0]
    assert mixed["conf_low"] == pytest.approx(one["conf_low"], rel=1e-9)
    assert one["conf_low"] < one["beta_star"] < one["conf_high"]


def test_clusters_of_copies_are_rows() -> None:
    """Each row ten times, drawn by cluster of its copies: as rows drawn alone."""
    data = draw(np.random.default_rng(0), 60).sort_values("y", ignore_index=True)
    copies = data.loc[np.repeat(np.arange(60), 10)].assign(g=np.repeat(np.arange(60), 10))
    one = ag.oster("y ~ x + w", data, treatment="x", bootstrap=ag.PairsBootstrap(draws=99))
    two = ag.oster("y ~ x + w", copies, treatment="x", bootstrap=ag.PairsBootstrap("g", draws=99))
    for name in ("std_error", "conf_low", "delta_high"):
        assert two[name].item() == pytest.approx(one[name].item(), rel=1e-9)


def test_coverage() -> None:
    # population moments: var x 1.5, cov(x, w) .5, y = x + w + u + e
    truth = ag.oster(
        "y ~ x + w", draw(np.random.default_rng(9), 1_000_000), treatment="x", r_max=0.9
    )["beta_star"].item()
    rng, count, hits = np.random.default_rng(2), 60, 0
    for seed in range(count):
        found = ag.oster(
            "y ~ x + w", draw(rng, 200), treatment="x", r_max=0.9,
            bootstrap=ag.PairsBootstrap(draws=99, seed=seed),
        ).iloc[0]  # fmt: skip
        hits += found["conf_low"] <= truth <= found["conf_high"]
    assert hits / count > 0.95 - 3 * np.sqrt(0.95 * 0.05 / count) - 0.03  # .084; 99 draws


def shared(rng: np.random.Generator) -> pd.DataFrame:
    """31 clusters of 10 rows; half of the variance of everything is the cluster's."""
    g = np.arange(310) % 31
    w, u, v, e = np.sqrt(0.5) * (rng.normal(size=(4, 31))[:, g] + rng.normal(size=(4, 310)))
    x = 0.5 * w + 0.5 * u + v
    return pd.DataFrame({"w": w, "x": x, "y": x + w + u + e, "g": g})


def test_coverage_with_clusters() -> None:
    # all variables have the variances of draw(): the population's value is the same
    truth = ag.oster(
        "y ~ x + w", draw(np.random.default_rng(9), 1_000_000), treatment="x", r_max=0.9
    )["beta_star"].item()
    rng, count, hits, wider = np.random.default_rng(3), 30, 0, []
    for seed in range(count):
        data = shared(rng)
        clusters, rows = (
            ag.oster("y ~ x + w", data, treatment="x", r_max=0.9, bootstrap=spec).iloc[0]
            for spec in (
                ag.PairsBootstrap("g", draws=99, seed=seed),
                ag.PairsBootstrap(draws=99, seed=seed),
            )
        )
        hits += clusters["conf_low"] <= truth <= clusters["conf_high"]
        wider.append(clusters["std_error"] / rows["std_error"])
    assert hits / count > 0.95 - 3 * np.sqrt(0.95 * 0.05 / count) - 0.04  # .119; 31 clusters
    assert np.median(wider) > 1.2  # rows drawn one by one miss what clusters share


def test_too_few_draws() -> None:
    with pytest.raises(InputError, match="draws must be at least 99; found 20"):
        ag.PairsBootstrap(draws=20)
