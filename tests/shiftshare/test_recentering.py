"""Counterfactual shocks: what rules keep, what recentring does, and the inverted test."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.counterfactuals import Permutation, SignFlips


@pytest.fixture
def design(simulate: Callable[..., Any]) -> ShiftShareDesign:
    return simulate(21, n_locations=50, n_sectors=20, per_cluster=4).design


def test_permutation_keeps_the_shocks_of_each_group(design: ShiftShareDesign) -> None:
    draws = Permutation("cluster").draw(design.aligned, 5, np.random.default_rng(0))
    g, cluster = design.aligned.shock_values[:, 0], design.aligned.sector_groups("cluster")
    for draw in draws:
        assert not np.array_equal(draw, g)
        for c in range(5):
            assert sorted(draw[cluster == c]) == sorted(g[cluster == c])


def test_permutations_are_uniform(hand: ShiftShareDesign) -> None:
    draws = Permutation().draw(hand.aligned, 6000, np.random.default_rng(0))
    _, counts = np.unique(draws, axis=0, return_counts=True)
    assert len(counts) == 6
    # 1000 each, standard error 29
    assert np.abs(counts - 1000).max() < 4 * np.sqrt(6000 / 6 * 5 / 6)


def test_sign_flips_keep_distances_from_the_mean(design: ShiftShareDesign) -> None:
    draws = SignFlips("cluster").draw(design.aligned, 50, np.random.default_rng(0))
    g = design.aligned.shock_values[:, 0]
    np.testing.assert_allclose(np.abs(draws - g.mean()), np.abs(g - g.mean())[None] + 0 * draws)
    same = (np.sign(draws - g.mean()) == np.sign(g - g.mean())).reshape(50, 5, 4)
    assert (same.all(axis=2) | ~same.any(axis=2)).all()  # clusters flip together
    assert 0.3 < same[:, :, 0].mean() < 0.7


def test_recentred_instrument_is_z_less_its_expectation(design: ShiftShareDesign) -> None:
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "sector": np.tile(np.arange(20), 30),
            "draw": np.repeat(np.arange(30), 20),
            "shock": rng.normal(2.0, 1.0, 600),
        }
    )
    recentred = design.recentred(table.sample(frac=1, random_state=0))
    W = design.aligned.W.toarray()
    mean = table.pivot(index="sector", columns="draw", values="shock").mean(axis=1).to_numpy()
    expected = design.instruments["shock"].to_numpy() - W @ mean
    assert recentred.instruments["shock"].to_numpy() == pytest.approx(expected, abs=1e-13)


def test_recentring_removes_what_exposure_alone_explains(simulate: Callable[..., Any]) -> None:
    # the outcome depends on the sum of shares; shocks have mean 2: z picks the sum up
    design = simulate(22, complete=False, n_locations=300, n_sectors=150).design
    rng = np.random.default_rng(0)
    shocks = design.shocks.assign(shock=2 + rng.normal(size=150))
    biased = replace(design, shocks=shocks)
    z = biased.instruments["shock"].to_numpy()
    locations = biased.locations.assign(y=0.5 * z + 3 * biased.locations["sums"])
    biased = replace(biased, locations=locations)
    from agglometrics.inference.specifications import Robust

    raw = biased.fit("y", cov=Robust()).params[0]
    flips = biased.recentred(SignFlips(), draws=2000, seed=1)
    assert abs(raw - 0.5) > 0.5
    assert abs(flips.fit("y", cov=Robust()).params[0] - 0.5) < 0.5 * abs(raw - 0.5)
    controlled = biased.fit("y", controls=["sums"])
    assert controlled.params[0] == pytest.approx(0.5, abs=1e-10)


def test_interval_is_the_set_of_values_that_are_not_rejected(design: ShiftShareDesign) -> None:
    test = design.randomization_test(
        "y", "x", controls=["q"], counterfactuals=Permutation(), draws=199, seed=3
    )
    pieces = test.interval(0.9).pieces
    assert pieces
    for b in np.linspace(-3, 3, 121):
        moved = replace(
            design, locations=design.locations.assign(y=lambda f, b=b: f["y"] - b * f["x"])
        )
        p = moved.randomization_test(
            "y", "x", controls=["q"], counterfactuals=Permutation(), draws=199, seed=3
        ).p_value
        assert (p > 0.1) == any(low <= b <= high for low, high in pieces), b


def test_same_seed_same_answer(design: ShiftShareDesign) -> None:
    one, two, three = (
        design.randomization_test("y", counterfactuals=Permutation(), draws=99, seed=s)
        for s in (1, np.random.default_rng(1), 2)
    )
    assert np.array_equal(one.simulated, two.simulated)
    assert not np.array_equal(one.simulated, three.simulated)
    assert "zero" in one.null
    assert one.tidy().columns.tolist() == ["null", "estimate", "p_value", "draws"]


def test_too_few_draws_for_a_level(design: ShiftShareDesign) -> None:
    test = design.randomization_test("y", counterfactuals=Permutation(), draws=9)
    with pytest.raises(InputError, match=r"9 draws cannot reject at 0\.05: at least 19"):
        test.interval(0.95)


def test_gaps_in_a_table_of_draws(design: ShiftShareDesign) -> None:
    table = pd.DataFrame({"sector": np.arange(19), "draw": 0, "shock": 1.0})
    with pytest.raises(InputError, match=r"1 of 20 counterfactual shocks are missing"):
        design.recentred(table)


def test_counterfactuals_need_one_known_shock(design: ShiftShareDesign) -> None:
    locations = design.locations.assign(z=design.instruments["shock"].to_numpy())
    unknown = replace(design, locations=locations, shocks=None, instrument="z")
    with pytest.raises(InputError, match=r"one known shock a sector"):
        unknown.recentred(Permutation())
