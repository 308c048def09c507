"""Moments, z and p of Maurel and Sedillot's S = sum s^2: by hand, by enumeration, in simulation."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag


def located(sizes, places, industry="A"):
    return pd.DataFrame({"industry": industry, "region": list(places), "emp": sizes})


def totals(shares):
    return pd.Series(shares, name="jobs").rename_axis("region")


def test_moments_of_two_plants_by_hand():
    # plants of 3/4 and 1/4, x = (2/3, 1/3): together (S = 1) with probability 4/9 + 1/9 = 5/9,
    # else S = 9/16 + 1/16 = 5/8. Mean 5/9 + 4/9 5/8 = 5/6, variance (3/8)^2 5/9 4/9 = 5/144
    x = totals({"x": 2.0, "y": 1.0})
    apart = ag.maurel_sedillot(located([3, 1], "xy"), size="emp", reference=x).iloc[0]
    assert apart["g"] == pytest.approx(5 / 8)
    assert apart["expected_g"] == pytest.approx(5 / 6)
    assert apart["variance_g"] == pytest.approx(5 / 144)
    z = (5 / 8 - 5 / 6) / np.sqrt(5 / 144)
    assert apart["z"] == pytest.approx(z)  # -sqrt(5) / 2
    assert apart["p_value"] == pytest.approx(stats.norm.sf(z))
    assert apart["p_value"] > 0.8
    together = ag.maurel_sedillot(located([3, 1], "yy"), size="emp", reference=x).iloc[0]
    assert together["z"] == pytest.approx((1 / 6) / np.sqrt(5 / 144))
    assert together["p_value"] == pytest.approx(stats.norm.sf(2 / np.sqrt(5)))
    assert together["p_value"] < 0.2


def test_moments_by_enumeration():
    # every one of the 3^4 allocations of four plants of different sizes over three regions
    sizes, x = np.array([5.0, 3, 1, 1]), {"p": 0.6, "q": 0.3, "r": 0.1}
    every = list(itertools.product(x, repeat=len(sizes)))
    chance = np.array([np.prod([x[place] for place in places]) for places in every])
    plants = pd.concat(
        [located(sizes, places, "".join(places)) for places in every], ignore_index=True
    )
    found = ag.maurel_sedillot(plants, size="emp", reference=totals(x)).set_index("industry")
    S = found.loc[["".join(places) for places in every], "g"].to_numpy()
    mean = chance @ S
    variance = chance @ (S - mean) ** 2
    assert found["expected_g"].to_numpy() == pytest.approx(mean, rel=1e-12)
    assert found["variance_g"].to_numpy() == pytest.approx(variance, rel=1e-12)
    z = found["z"].to_numpy()
    assert z == pytest.approx((found["g"] - mean) / np.sqrt(variance), rel=1e-12)
    assert found["p_value"].to_numpy() == pytest.approx(stats.norm.sf(z), rel=1e-12)


def dartboards(industries, seed=0):
    """Industries of 40 plants, each thrown at the same four regions."""
    rng = np.random.default_rng(seed)
    x = np.array([0.4, 0.3, 0.2, 0.1])
    sizes = np.ceil(rng.lognormal(2, 0.5, 40))
    plants = pd.DataFrame(
        {
            "industry": np.repeat(np.arange(industries), 40),
            "region": rng.choice(list("abcd"), 40 * industries, p=x),
            "emp": np.tile(sizes, industries),
        }
    )
    return plants, totals(dict(zip("abcd", x, strict=True)))


def test_moments_in_simulation():
    # 2,000 dartboards: the mean of z has a Monte Carlo error of 1 / sqrt(2000) = .022; the
    # variance of a z that is skewed to the right (kurtosis below 6) one of at most .05
    plants, x = dartboards(2000)
    found = ag.maurel_sedillot(plants, size="emp", reference=x)
    assert found["z"].mean() == pytest.approx(0, abs=0.07)
    assert found["z"].var() == pytest.approx(1, abs=0.15)
    assert found["g"].mean() == pytest.approx(found["expected_g"][0], rel=0.01)
    # gamma averages zero, and is a straight line in z
    assert found["gamma"].mean() == pytest.approx(0, abs=0.003)
    slope = found["gamma"] / found["z"]
    assert slope.to_numpy() == pytest.approx(slope[0], rel=1e-8)


def test_the_exact_test_keeps_the_normal_one_beside_it():
    plants, x = dartboards(2)
    plants.loc[plants["industry"] == 1, "region"] = "d"  # all where one job in ten is
    found = ag.maurel_sedillot(
        plants, size="emp", reference=x, inference=ag.Dartboard(draws=199, seed=3)
    )
    assert found["p_value_normal"].to_numpy() == pytest.approx(stats.norm.sf(found["z"]))
    # none of 199 draws reaches it: (1 + 0) / 200
    assert found["p_value"][1] == pytest.approx(1 / 200)
    assert found["p_value"][0] > 0.01
