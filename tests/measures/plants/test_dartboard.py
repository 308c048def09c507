"""Inference by simulation: the draws, the dartboard test, the interval under location choice."""

import itertools

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.measures.plants.ellison_glaeser import ellison_glaeser
from agglometrics.measures.plants.inference import simulate
from agglometrics.measures.plants.inference.dartboard import Dartboard
from agglometrics.measures.plants.inference.experiment import Observed
from agglometrics.measures.plants.inference.location_choice import (
    LocationChoice,
    NaturalAdvantage,
    Spillover,
)
from agglometrics.measures.plants.inference.monte_carlo import monte_carlo_p
from agglometrics.measures.plants.maurel_sedillot import maurel_sedillot

X = np.array([0.4, 0.3, 0.2, 0.1])
Z = np.array([0.4, 0.3, 0.2, 0.1])
KERNELS = {"urn": simulate.urn, "one_cluster": simulate.one_cluster}


def plants_of(places, sizes, industry="A"):
    return pd.DataFrame({"industry": industry, "region": places, "emp": sizes})


def dartboard_plants(rng, plants, regions=20):
    """Plants thrown at regions of known shares; returns them and the shares."""
    x = rng.dirichlet(np.full(regions, 2.0))
    places = rng.choice(regions, plants, p=x)
    sizes = np.ceil(rng.lognormal(3, 1, plants))
    return plants_of(places, sizes), pd.Series(x, name="total").rename_axis("region")


def exact_distribution(z, x, origin):
    """Values of G and their probabilities over every allocation."""
    values, weights = [], []
    for places in itertools.product(range(len(x)), repeat=len(z)):
        s = np.bincount(places, weights=z, minlength=len(x))
        values.append(((s - origin) ** 2).sum())
        weights.append(np.prod(x[list(places)]))
    return np.array(values), np.array(weights)


def test_alias_table_holds_the_distribution():
    rng = np.random.default_rng(0)
    for x in (X, np.array([1.0, 0.0, 0.0]), rng.dirichlet(np.full(500, 0.1))):
        accept, alias = simulate.alias_table(x)
        found = accept + np.bincount(alias, weights=1 - accept, minlength=len(x))
        np.testing.assert_allclose(found / len(x), x, atol=1e-14)


@pytest.mark.parametrize("origin", [X, np.zeros(4)])
def test_dartboard_draws_follow_the_exact_distribution(origin):
    """20,000 draws against the 256 allocations of four plants; 0.1 % critical chi-square."""
    values, weights = exact_distribution(Z, X, origin)
    levels, which = np.unique(np.round(values, 12), return_inverse=True)
    expected = 20_000 * np.bincount(which, weights=weights)
    draws = simulate.simulated_g(simulate.urn, Z, X, origin, 0.0, 20_000, seed=1)
    nearest = np.abs(draws[:, None] - levels).argmin(axis=1)
    assert np.abs(draws - levels[nearest]).max() < 1e-12
    observed = np.bincount(nearest, minlength=len(levels))
    often = expected > 5
    statistic = ((observed - expected)[often] ** 2 / expected[often]).sum()
    degrees = often.sum() - 1
    assert statistic < degrees + 3.1 * np.sqrt(2 * degrees) + 6


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("gamma", [0.0, 0.02, 0.3, 1.0])
def test_both_mechanisms_have_the_gamma_that_they_are_given(name, gamma):
    """The mean of the index over 20,000 draws is gamma, within 4 Monte Carlo errors."""
    rng = np.random.default_rng(0)
    z = np.sort(rng.lognormal(3, 1, 30))[::-1]
    z, x = z / z.sum(), rng.dirichlet(np.ones(15))
    G = simulate.simulated_g(KERNELS[name], z, x, x, gamma, 20_000, seed=3)
    H = z @ z
    index = (G / (1 - x @ x) - H) / (1 - H)
    error = index.std() / np.sqrt(index.size)
    assert abs(index.mean() - gamma) < 4 * error + 1e-12
    assert error < 0.01


def test_draws_do_not_depend_on_threads(monkeypatch):
    one = simulate.simulated_g(simulate.urn, Z, X, X, 0.1, 1_001, seed=5)
    monkeypatch.setattr(simulate, "THREADED", 10)
    for cpus in (2, 3, 8):
        monkeypatch.setattr(simulate.os, "cpu_count", lambda cpus=cpus: cpus)
        many = simulate.simulated_g(simulate.urn, Z, X, X, 0.1, 1_001, seed=5)
        np.testing.assert_array_equal(one, many)
    other = simulate.simulated_g(simulate.urn, Z, X, X, 0.1, 1_001, seed=6)
    assert (one != other).any()


def test_p_value_by_hand():
    draws = np.array([1.0, 2.0, 3.0, 4.0])
    assert monte_carlo_p(draws, 3.0, "greater") == 3 / 5
    assert monte_carlo_p(draws, 3.0 + 1e-14, "greater") == 3 / 5  # a tie up to rounding
    assert monte_carlo_p(draws, 3.0, "less") == 4 / 5
    assert monte_carlo_p(draws, 4.5, "two-sided") == 2 / 5


def test_p_value_against_enumeration():
    """The exact p-value over 256 allocations, within 4 Monte Carlo errors."""
    places = [0, 0, 1, 0]
    s = np.bincount(places, weights=Z, minlength=4)
    values, weights = exact_distribution(Z, X, X)
    G = ((s - X) ** 2).sum()
    exact = weights[values >= G - 1e-12].sum()
    reference = pd.Series(X, index=range(4), name="total")
    answer = ellison_glaeser(
        plants_of(places, Z), size="emp", reference=reference, inference=Dartboard(9_999, seed=2)
    )
    error = np.sqrt(exact * (1 - exact) / 10_000)
    assert 0.05 < exact < 0.5
    assert abs(answer["p_value"][0] - exact) < 4 * error
    assert answer["model"][0] == "dartboard, 9999 draws, greater"
    assert answer["p_value_normal"][0] != answer["p_value"][0]


def test_gamma_averages_zero_on_dartboard_data():
    """500 industries of 40 plants: the mean gamma is zero within 3 Monte Carlo errors."""
    rng = np.random.default_rng(11)
    x = pd.Series(rng.dirichlet(np.ones(30)), name="total")
    plants = pd.concat(
        plants_of(rng.choice(30, 40, p=x), rng.lognormal(3, 1, 40), k) for k in range(500)
    )
    for index in (ellison_glaeser, maurel_sedillot):
        gamma = index(plants, size="emp", reference=x)["gamma"]
        assert abs(gamma.mean()) < 3 * gamma.std() / np.sqrt(500)
        assert gamma.std() > 0.005


@pytest.mark.parametrize("index", [ellison_glaeser, maurel_sedillot])
def test_size_of_the_monte_carlo_test(index):
    """600 true nulls at 5 %: at most 5 % plus 3 Monte Carlo errors (0.9 % each), and not idle."""
    rng = np.random.default_rng(4)
    x = pd.Series(rng.dirichlet(np.ones(25)), name="total")
    plants = pd.concat(
        plants_of(rng.choice(25, 12, p=x), np.ceil(rng.lognormal(3, 1, 12)), k) for k in range(600)
    )
    answer = index(plants, size="emp", reference=x, inference=Dartboard(199, seed=8))
    rejected = (answer["p_value"] <= 0.05).mean()
    assert 0.02 < rejected < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)


def test_the_z_test_is_reported_with_its_true_size():
    """Few plants of unequal size: G is skewed, and the z-test at 5 % rejects more often."""
    rng = np.random.default_rng(3)
    plants, x = dartboard_plants(rng, 6)
    answer = ellison_glaeser(plants, size="emp", reference=x, inference=Dartboard(9_999))
    assert answer["z_size"][0] > 0.06


def test_power_against_clusters():
    plants, x = dartboard_plants(np.random.default_rng(0), 60)
    clustered = plants.assign(region=plants["region"].where(plants.index % 2 > 0, 7))
    answer = ellison_glaeser(clustered, size="emp", reference=x, inference=Dartboard())
    assert answer["p_value"][0] == pytest.approx(0.001)
    assert answer["gamma"][0] > 0.02


def test_same_seed_same_answer_whatever_the_order_and_the_other_industries():
    rng = np.random.default_rng(2)
    x = pd.Series(np.full(10, 0.1), name="total")
    plants = pd.concat(
        plants_of(rng.choice(10, 30), np.ceil(rng.lognormal(3, 1, 30)), name) for name in "ABC"
    )
    arguments = {"size": "emp", "reference": x, "inference": Dartboard(199, seed=42)}
    once = ellison_glaeser(plants, **arguments)
    again = ellison_glaeser(plants.sample(frac=1, random_state=0), **arguments)
    alone = ellison_glaeser(plants.query("industry == 'B'"), **arguments)
    assert once["p_value"].tolist() == again["p_value"].tolist()
    assert alone["p_value"].tolist() == once.query("industry == 'B'")["p_value"].tolist()
    generator = {**arguments, "inference": Dartboard(199, seed=np.random.default_rng(42))}
    assert len(ellison_glaeser(plants, **generator)) == 3


@pytest.mark.parametrize("mechanism", [NaturalAdvantage(), Spillover()])
def test_coverage_of_the_interval(mechanism):
    """400 industries of 40 plants with gamma = 0.06: coverage at least 95 % less 3 errors.

    The Monte Carlo error of a coverage of 95 % is 1.1 %; the tests inside are exact in their
    model, so that coverage may exceed nominal only by discreteness.
    """
    rng = np.random.default_rng(9)
    x = rng.dirichlet(np.full(25, 2.0))
    z = np.sort(np.ceil(rng.lognormal(3, 0.8, 40)))[::-1]
    z = z / z.sum()
    true, industries = 0.06, 400
    kernel = simulate.urn if isinstance(mechanism, NaturalAdvantage) else simulate.one_cluster
    G = simulate.simulated_g(kernel, z, x, x, true, industries, seed=77)
    expected = z @ z * (1 - x @ x)
    choice = LocationChoice(draws=199, level=0.95, mechanism=mechanism, seed=1)
    covered = 0
    for k, g in enumerate(G):
        found = choice.statistics(Observed(z, x, x, g, expected, 1.0, str(k)))
        covered += found["conf_low"] <= true <= found["conf_high"]
    error = np.sqrt(0.95 * 0.05 / industries)
    assert 0.95 - 3 * error < covered / industries < 0.95 + 4 * error


def test_interval_is_named_and_holds_the_estimate():
    plants, x = dartboard_plants(np.random.default_rng(1), 80)
    clustered = plants.assign(region=plants["region"].where(plants.index % 3 > 0, 4))
    answer = ellison_glaeser(clustered, size="emp", reference=x, inference=LocationChoice(199))
    row = answer.iloc[0]
    assert row["conf_low"] < row["gamma"] < row["conf_high"]
    assert row["conf_low"] > 0
    assert row["std_error"] > 0
    assert row["interval_model"] == "natural advantage, level 0.95, 199 draws"


def test_an_industry_evener_than_any_model_has_an_empty_set():
    """One plant of equal size in each of 30 equal regions: no gamma >= 0 makes that likely."""
    x = pd.Series(np.full(30, 1 / 30), name="total")
    answer = ellison_glaeser(
        plants_of(range(30), np.ones(30)), size="emp", reference=x, inference=LocationChoice(399)
    )
    assert answer["gamma"][0] < 0
    assert np.isnan(answer["conf_low"][0])
    assert np.isnan(answer["conf_high"][0])
    test = ellison_glaeser(
        plants_of(range(30), np.ones(30)),
        size="emp",
        reference=x,
        inference=Dartboard(alternative="less"),
    )
    assert test["p_value"][0] == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Dartboard(draws=0), r"draws must be a whole number from 1 .*; found 0"),
        (lambda: Dartboard(alternative="more"), "choose 'greater', 'less' or 'two-sided'"),
        (lambda: LocationChoice(level=95), "between 0 and 1; found 95"),
        (lambda: LocationChoice(draws=9), "9 draws cannot give an interval .* at least 39"),
    ],
)
def test_refuses_arguments(build, message):
    with pytest.raises(InputError, match=message):
        build()


def test_long_work_shows_progress(monkeypatch, capsys):
    from agglometrics.random import progress

    plants, x = dartboard_plants(np.random.default_rng(1), 10)
    arguments = {"size": "emp", "reference": x, "inference": Dartboard(99)}
    ellison_glaeser(plants, **arguments)
    assert "simulating" not in capsys.readouterr().err
    monkeypatch.setattr(progress, "LONG", 1)
    ellison_glaeser(plants, **arguments)
    assert "simulating locations" in capsys.readouterr().err
