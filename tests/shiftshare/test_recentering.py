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
from agglometrics.shiftshare.inference.studentized import Studentized, Unstudentized


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


@pytest.mark.parametrize("statistic", [Studentized(), Studentized("cluster"), Unstudentized()])
def test_interval_of_every_statistic(design: ShiftShareDesign, statistic: Any) -> None:
    rule = Permutation(cluster="cluster")
    test = design.randomization_test(
        "y", "x", counterfactuals=rule, draws=39, seed=3, statistic=statistic
    )
    for b in np.linspace(-3, 3, 61):
        moved = design.locations.assign(y=lambda f, b=b: f["y"] - b * f["x"])
        p = replace(design, locations=moved).randomization_test(
            "y", "x", counterfactuals=rule, draws=39, seed=3, statistic=statistic
        )
        kept = any(low <= b <= high for low, high in test.interval(0.9).pieces)
        assert (p.p_value > 0.1) == kept, b


def test_studentized_does_not_depend_on_units(design: ShiftShareDesign) -> None:
    def test_of(y: float, x: float) -> Any:
        frame = design.locations.assign(y=lambda f: y * f["y"], x=lambda f: x * f["x"])
        return replace(design, locations=frame).randomization_test(
            "y", "x", counterfactuals=Permutation(), draws=99, seed=1
        )

    one, other = test_of(1, 1), test_of(1e-6, 1e5)
    assert one.p_value == other.p_value
    for (low, high), (down, up) in zip(
        one.interval(0.9).pieces, other.interval(0.9).pieces, strict=True
    ):
        assert (down * 1e11, up * 1e11) == pytest.approx((low, high), rel=1e-6)


def test_clusters_change_places_as_wholes(design: ShiftShareDesign) -> None:
    g = design.aligned.shock_values[:, 0]
    draws = Permutation(cluster="cluster").draw(design.aligned, 20, np.random.default_rng(0))
    here = [set(part) for part in g.reshape(5, 4)]
    for draw in draws:
        moved = [set(part) for part in draw.reshape(5, 4)]
        assert all(part in here for part in moved)
    assert any(set(draw[:4]) != here[0] for draw in draws)
    orders = {tuple(d[:4]) for d in draws if set(d[:4]) == here[0]}
    assert len(orders) > 1  # sectors of a cluster come in no order


def test_unlike_clusters_stay(design: ShiftShareDesign) -> None:
    sizes = np.repeat([0, 1, 2], [5, 5, 10])  # two of five sectors, one of ten
    uneven = replace(design, shocks=design.shocks.assign(uneven=sizes))
    g = uneven.aligned.shock_values[:, 0]
    for draw in Permutation(cluster="uneven").draw(uneven.aligned, 9, np.random.default_rng(0)):
        assert set(draw[10:]) == set(g[10:])
    single = replace(design, shocks=design.shocks.assign(one=np.minimum(np.arange(20), 1)))
    with pytest.raises(InputError, match="no two clusters of shocks are alike"):
        single.randomization_test("y", counterfactuals=Permutation(cluster="one"))


def panel_design() -> ShiftShareDesign:
    rng = np.random.default_rng(4)
    keys = pd.MultiIndex.from_product([range(8), [1990, 2000]], names=["sector", "year"])
    shocks = keys.to_frame(index=False).assign(shock=rng.normal(size=16))
    places = pd.MultiIndex.from_product([range(20), [1990, 2000]], names=["location", "year"])
    locations = places.to_frame(index=False).assign(y=rng.normal(size=40))
    W = rng.dirichlet(np.full(8, 0.3), 20)
    place, sector = np.divmod(np.arange(W.size), 8)
    shares = pd.DataFrame({"location": place, "sector": sector, "share": W.ravel()})
    return ShiftShareDesign(locations, shares, shocks, time="year")


def test_periods_of_a_sector_stay_together() -> None:
    design = panel_design()
    g = design.aligned.shock_values[:, 0]
    rng = np.random.default_rng(0)
    pairs = {tuple(pair) for pair in g.reshape(8, 2)}
    for draw in Permutation().draw(design.aligned, 9, rng):
        assert {tuple(pair) for pair in draw.reshape(8, 2)} == pairs
    own = Permutation(cluster=["sector", "year"]).draw(design.aligned, 30, rng)
    assert any({tuple(pair) for pair in draw.reshape(8, 2)} != pairs for draw in own)
    years = Permutation("year", ["sector", "year"]).draw(design.aligned, 9, rng)
    assert all(set(draw[::2]) == set(g[::2]) for draw in years)
    with pytest.raises(InputError, match=r"split clusters of \['sector'\].*cluster=\['sector'"):
        Permutation("year").draw(design.aligned, 1, rng)


def test_flips_about_a_known_mean(design: ShiftShareDesign) -> None:
    draws = SignFlips(about=2.0).draw(design.aligned, 5, np.random.default_rng(0))
    g = design.aligned.shock_values[:, 0]
    np.testing.assert_allclose(np.abs(draws - 2.0), np.abs(g - 2.0)[None] + 0 * draws)


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
    with pytest.raises(InputError, match=r"one known shock per sector"):
        unknown.recentred(Permutation())
