"""Locations under spillovers and natural advantage: by hand at the ends, in mean between them."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.measures.plants.inference.experiment import Observed
from agglometrics.measures.plants.inference.simulate import one_cluster, simulated_g, urn

Z, X = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.3, 0.1])


def industry(z=Z, x=X) -> Observed:
    H, x2 = z @ z, x @ x
    return Observed(z, x, x, 0.0, H * (1 - x2), 1.0, "an industry")


@pytest.mark.parametrize("model", [ag.Spillover(), ag.NaturalAdvantage()], ids=lambda m: m.name)
def test_plants_that_all_follow_one_choice_by_hand(model):
    # gamma = 1: all in region r with probability x_r, where G = (1 - x_r)^2 + the other x^2
    G = model.simulated_g(industry(), 1.0, 2000, 3)
    ends = (1 - X) ** 2 + X @ X - X**2
    nearest = np.abs(G[:, None] - ends).argmin(axis=1)
    assert np.abs(G - ends[nearest]).max() < 1e-12
    # 2,000 draws: a share of .6 has a Monte Carlo error of .011
    assert np.bincount(nearest, minlength=3) / 2000 == pytest.approx(X, abs=0.04)


@pytest.mark.parametrize("model", [ag.Spillover(), ag.NaturalAdvantage()], ids=lambda m: m.name)
@pytest.mark.parametrize("gamma", [0.0, 0.1, 0.5])
def test_mean_concentration_is_ellison_and_glaesers(model, gamma):
    # Ellison and Glaeser (1997, Proposition 1): E G = (1 - x2) (gamma + (1 - gamma) H)
    z = np.array([0.3, 0.25, 0.15, 0.1, 0.1, 0.05, 0.05])
    G = model.simulated_g(industry(z), gamma, 20_000, 1)
    expected = (1 - X @ X) * (gamma + (1 - gamma) * (z @ z))
    assert G.mean() == pytest.approx(expected, abs=4 * G.std() / np.sqrt(20_000))


def test_spillovers_bind_plants_independently_by_hand():
    # two plants in two equal regions: together with probability gamma + (1 - gamma) / 2
    z, x = np.array([0.5, 0.5]), np.array([0.5, 0.5])
    G = ag.Spillover().simulated_g(industry(z, x), 0.25, 3000, 5)
    assert set(np.round(G, 12)) == {0.0, 0.5}
    assert (G > 0.25).mean() == pytest.approx(0.625, abs=0.04)  # Monte Carlo error .009


@pytest.mark.parametrize("model", [ag.Spillover(), ag.NaturalAdvantage()], ids=lambda m: m.name)
def test_standard_error_is_the_spread_of_gamma_at_the_estimate(model):
    # ten plants of one size, seven of them together: gamma is far from zero, and so is its spread
    places = list("aaaaaaabcd")
    plants = pd.DataFrame({"industry": "A", "region": places, "emp": 1.0})
    x = pd.Series(0.25, index=pd.Index(list("abcd"), name="region"))
    choice = ag.LocationChoice(draws=1999, mechanism=model, seed=2)
    found = ag.ellison_glaeser(plants, size="emp", reference=x, inference=choice).iloc[0]
    assert found["gamma"] > 0.2
    z, x = np.full(10, 0.1), np.full(4, 0.25)
    other = industry(z, x)
    spread = {
        g: other.gamma(model.simulated_g(other, g, 20_000, 9)).std() for g in (0.0, found["gamma"])
    }
    # other draws: the spread of 1,999 has a Monte Carlo error of some 2 percent
    assert found["std_error"] == pytest.approx(spread[found["gamma"]], rel=0.1)
    assert found["std_error"] > 1.5 * spread[0.0]


@pytest.mark.parametrize("kernel", [urn, one_cluster])
def test_draws_of_plants_as_drawn_by_numpy(kernel):
    """Means of G and of G squared of 40,000 draws against those of numpy's, plant by plant."""
    z, x, gamma, B = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.5, 0.3, 0.2]), 0.3, 40_000
    rng = np.random.default_rng(4)
    where = rng.choice(3, size=(B, 4), p=x)
    if kernel is one_cluster:
        joined = rng.uniform(size=(B, 4)) < np.sqrt(gamma)
        where = np.where(joined, rng.choice(3, size=(B, 1), p=x), where)
    else:
        for k in range(1, 4):
            follows = rng.uniform(size=B) < k * gamma / (1 - gamma + k * gamma)
            earlier = where[np.arange(B), rng.integers(k, size=B)]
            where[:, k] = np.where(follows, earlier, where[:, k])
    s = (np.eye(3)[where] * z[:, None]).sum(axis=1)
    expected = ((s - x) ** 2).sum(axis=1)
    found = simulated_g(kernel, z, x, x, gamma, B, 11)
    for power in (1, 2):
        error = np.hypot(*(np.std(v**power) / np.sqrt(B) for v in (found, expected)))
        assert np.mean(found**power) == pytest.approx(np.mean(expected**power), abs=4 * error)
    assert abs(np.corrcoef(found[1:], found[:-1])[0, 1]) < 4 / np.sqrt(B)  # draw after draw
