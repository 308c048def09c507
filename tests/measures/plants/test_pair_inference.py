"""Interval and test of pairwise coagglomeration: by hand, by enumeration, in simulation."""

import itertools

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import InputError
from agglometrics.measures.plants.inference.plant_choice import (
    dartboard_p,
    pair_variance,
    pairwise_excess,
)

X = np.array([0.5, 0.3, 0.2])


def locations(z, p):
    """Yield every allocation of plants to three regions with its probability."""
    for where in itertools.product(range(3), repeat=len(z)):
        yield np.bincount(where, z, 3), float(np.prod(p[list(where)]))


def test_estimate_and_variance_are_unbiased_by_enumeration():
    plants = [np.array([0.6, 0.4]), np.array([0.5, 0.3, 0.2])]
    p = [np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])]
    H = np.array([z @ z for z in plants])
    mean = square = estimated = 0.0
    for (a, pa), (b, pb) in itertools.product(*map(locations, plants, p)):
        s = np.stack([a, b], axis=1)
        gamma = pairwise_excess(s, X)[0, 1]
        h = H / (1 - H)
        d = s - X[:, None]
        own = h[0] * (a @ d[:, 1] ** 2 - (a @ d[:, 1]) ** 2)
        other = h[1] * (b @ d[:, 0] ** 2 - (b @ d[:, 0]) ** 2)
        trace = h[0] * h[1] * (a @ b - a @ b**2 - b @ a**2 + (a @ b) ** 2)
        found = pair_variance(s, X, H)[0, 1] * (1 - X @ X) ** 2
        assert found == pytest.approx(max(own + other - trace, trace))
        mean, square = mean + pa * pb * gamma, square + pa * pb * gamma**2
        estimated += pa * pb * (own + other - trace) / (1 - X @ X) ** 2
    assert mean == pytest.approx(((p[0] - X) @ (p[1] - X)) / (1 - X @ X))
    assert estimated == pytest.approx(square - mean**2)


def test_dartboard_p_value_is_that_of_enumeration():
    plants = [np.array([0.6, 0.4]), np.array([0.5, 0.3, 0.2])]
    s = np.array([[1.0, 0.8], [0.0, 0.0], [0.0, 0.2]])
    observed = pairwise_excess(s, X)[0, 1]
    above = below = 0.0
    for (a, pa), (b, pb) in itertools.product(*(locations(z, X) for z in plants)):
        gamma = pairwise_excess(np.stack([a, b], axis=1), X)[0, 1]
        above += pa * pb * (gamma >= observed - 1e-12)
        below += pa * pb * (gamma <= observed + 1e-12)
    exact = min(1.0, 2 * min(above, below))
    found = dartboard_p(s, X, plants, [1, 2], ag.PlantChoice(draws=20000))[0, 1]
    assert found == pytest.approx(exact, abs=4 * 2 * np.sqrt(exact / 2 / 20000))


def sample(rng, n, p):
    z = rng.lognormal(0, 1, n)
    return pd.DataFrame({"size": z, "region": rng.choice(len(p), n, p=p)})


def test_the_interval_covers():
    rng = np.random.default_rng(4)
    x = np.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
    outside = pd.DataFrame({"region": range(6), "size": x})
    p = rng.dirichlet(12 * x, size=2)
    true = (p[0] - x) @ (p[1] - x) / (1 - x @ x)
    covered = 0
    for _ in range(150):
        parts = [sample(rng, 40, p[k]).assign(industry="ab"[k]) for k in range(2)]
        answer = ag.coagglomeration(
            pd.concat(parts), size="size", reference=outside, inference=ag.PlantChoice(draws=1)
        )
        covered += bool(answer["conf_low"][0] <= true <= answer["conf_high"][0])
    assert covered / 150 == pytest.approx(0.95, abs=3.5 * np.sqrt(0.95 * 0.05 / 150))


def test_one_plant_has_no_interval_and_columns_are_stated():
    plants = pd.DataFrame(
        {"industry": [*list("AABB"), "C"], "region": list("xyxyx"), "emp": [3.0, 1, 1, 3, 2]}
    )
    answer = ag.coagglomeration(plants, size="emp", inference=ag.PlantChoice(draws=19))
    with_c = answer["industry_b"] == "C"
    assert answer.loc[with_c, "std_error"].isna().all()
    assert answer.loc[~with_c, ["std_error", "conf_low", "conf_high"]].notna().all(axis=None)
    assert answer["p_value"].between(1 / 20, 1).all()
    assert answer["model"].str.contains("level 0.95").all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inference": ag.Dartboard()}, r"inference must be PlantChoice\(\.\.\.\)"),
        ({"inference": ag.PlantChoice(), "group": {"A": "g"}}, "about pairs of industries"),
    ],
)
def test_refusals(options, message):
    plants = pd.DataFrame({"industry": list("AB"), "region": list("xy"), "emp": [3.0, 1.0]})
    with pytest.raises(InputError, match=message):
        ag.coagglomeration(plants, size="emp", **options)
    with pytest.raises(InputError, match="level must lie between 0 and 1; found 95"):
        ag.PlantChoice(level=95)
    with pytest.raises(InputError, match=r"draws must be a whole number from 1 .*; found 0"):
        ag.PlantChoice(draws=0)
