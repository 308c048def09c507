"""Bands of K_d by name: by hand, against their definitions, and their size on true nulls."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.distance.density.bands import (
    dropped_in_rounds,
    excess,
    level_hit_by,
    upper_ranks,
)
from agglometrics.errors import AgglometricsWarning, InputError

# Three distances, five curves: made up so that ranks can be read off.
CURVES = np.array(
    [
        [1.0, 5.0, 3.0],
        [2.0, 4.0, 3.5],
        [3.0, 3.0, 4.0],
        [4.0, 2.0, 4.5],
        [5.0, 1.0, 5.0],
    ]
)


def walks(n, seed, steps=30):
    """Smooth random curves: exchangeable, so that any of them may be the observed one."""
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(n, steps)), axis=1) + 3 * rng.normal(size=(n, 1))


def test_ranks_from_above_by_hand():
    expected = [[5, 1, 5], [4, 2, 4], [3, 3, 3], [2, 4, 2], [1, 5, 1]]
    assert upper_ranks(CURVES).tolist() == expected
    # what two curves share is as far from the top as the lower of them
    assert upper_ranks(np.array([[1.0], [2], [2]])).tolist() == [[3], [2], [2]]


def test_level_by_hand():
    """Smallest ranks 1, 2, 3, 2, 1: rank 1 is hit by two curves, rank 2 by four."""
    smallest = upper_ranks(CURVES).min(axis=1)
    assert smallest.tolist() == [1, 2, 3, 2, 1]
    level, share = level_hit_by(CURVES, smallest, 3.0)
    assert level.tolist() == [4.5, 4.5, 4.75]  # half way from the largest to the second largest
    assert share == pytest.approx(0.6)
    level, share = level_hit_by(CURVES, smallest, 1.0)
    assert level.tolist() == [5.0, 5.0, 5.0]
    assert share == pytest.approx(0.4)  # the largest values are hit by more than asked for


@pytest.mark.parametrize(("sign", "hit"), [(1, "25.0%"), (-1, "26.3%")])  # 5 of 20, of 19
def test_one_wide_band_is_warned_of_be_it_the_upper_or_the_lower(sign, hit):
    """Of 20 curves five are extreme on one side, each at one distance; one on the other side."""
    curves = np.tile(np.arange(20.0)[:, None], (1, 5))
    curves[range(14, 19), range(5)] = 30
    with pytest.warns(AgglometricsWarning, match=hit):
        ag.DurantonOvermanBands().around(sign * curves[10], sign * curves, 0.95)


def test_upper_band_is_hit_by_five_percent_and_the_lower_by_five_percent_of_the_rest():
    curves, level = walks(2_000, 1), 0.95
    band = ag.DurantonOvermanBands().around(curves[0], curves[1:], level)
    above = (curves[1:] > band.global_high).any(axis=1)
    below = (curves[1:] < band.global_low).any(axis=1)
    assert above.mean() == pytest.approx(0.05, abs=0.004)
    assert below[~above].mean() == pytest.approx(0.05, abs=0.004)
    np.testing.assert_allclose(band.local_high, np.quantile(curves[1:], 0.95, axis=0))
    np.testing.assert_allclose(band.local_low, np.quantile(curves[1:], 0.05, axis=0))
    # one local level at all distances: the same share of curves is above it everywhere
    shares = (curves[1:] > band.global_high).mean(axis=0)
    assert shares.max() - shares.min() < 2 / 1_999


def test_too_few_simulations_are_said():
    curves = np.random.default_rng(0).normal(size=(40, 25))
    with pytest.warns(AgglometricsWarning, match="the global band is too narrow"):
        ag.DurantonOvermanBands().around(curves[0], curves[1:], 0.95)


def test_dropping_in_rounds_by_hand():
    """Of 40 curves at one distance a round drops 1 and 40, the next 2 and 39."""
    curves = np.arange(1.0, 41.0)[:, None]
    rounds = dropped_in_rounds(curves)
    assert [(span.T.tolist(), hit) for span, hit in (next(rounds), next(rounds))] == [
        ([[1, 40]], 2),
        ([[2, 39]], 4),
    ]
    # 3 of 40 (7.5 percent) hit the band half way between
    band = ag.DroppedSimulationBands().around(curves[0], curves, 0.925)
    assert (band.global_low[0], band.global_high[0]) == pytest.approx((1.5, 39.5))
    # dbmss: 38 left are no more than .97 * 40; (38.8 - 38) / 40 of the way back
    band = ag.DroppedSimulationBands(interpolation="dbmss").around(curves[0], curves, 0.97)
    assert band.global_low[0] == pytest.approx(2 - 0.8 / 40)
    assert band.global_high[0] == pytest.approx(39 + 0.8 / 40)
    with pytest.raises(InputError, match="too few for bands that drop whole simulations"):
        ag.DroppedSimulationBands("dbmss").around(CURVES[0], CURVES[[0, 4]], 0.5)
    with pytest.raises(InputError, match="interpolation must be 'share' or 'dbmss'; found 'no'"):
        ag.DroppedSimulationBands(interpolation="no")


def rejections(bands, runs, draws):
    """Shares of localised, dispersed, and p-values at most 5 percent, over true nulls."""
    found = np.zeros((runs, 3))
    for run in range(runs):
        curves = walks(draws + 1, 1_000 + run, steps=15)
        band = bands.around(curves[0], curves[1:], 0.95)
        above = (curves[0] > band.global_high).any()
        below = (curves[0] < band.global_low).any()
        found[run] = above, below and not above, band.p_value <= 0.05
    return found.mean(axis=0)


def test_size_of_the_bands():
    """400 true nulls: 5 percent within three Monte Carlo errors (1.1 percent each)."""
    error = 3 * np.sqrt(0.05 * 0.95 / 400)
    above, below, p_value = rejections(ag.DurantonOvermanBands(), 400, 399)
    assert above == pytest.approx(0.05, abs=error)
    assert below == pytest.approx(0.95 * 0.05, abs=error)
    assert p_value == pytest.approx(0.05, abs=error)
    above, below, _ = rejections(ag.DroppedSimulationBands(), 400, 799)
    assert above + below == pytest.approx(0.05, abs=error)
    above, below, p_value = rejections(ag.ExtremeRankBands(), 400, 399)
    assert above + below == pytest.approx(0.05, abs=error)
    assert above + below == pytest.approx(p_value)


def test_excess_is_the_area_above():
    """A triangle from -1 to 1 over two units: the positive half is 1/2, whatever the grid."""
    assert excess(np.array([0.0, 2.0]), np.array([-1.0, 1.0])) == pytest.approx(0.5)
    fine = np.linspace(0, 2, 38)
    assert excess(fine, fine - 1) == pytest.approx(0.5)
    assert excess(fine, fine + 1) == pytest.approx(4.0)
    assert excess(fine, -fine - 1) == 0.0


def clustered(side=3.0, seed=0):
    rng = np.random.default_rng(seed)
    xy = np.vstack([rng.uniform(0, side, (40, 2)), rng.uniform(0, 10, (160, 2))])
    return pd.DataFrame(xy, columns=["x", "y"]).assign(industry=["A"] * 40 + ["B"] * 160)


def test_gamma_and_psi():
    """The indices are areas outside the band; they do not depend on the grid of distances."""
    found = {}
    for steps in (31, 61):
        kd = ag.duranton_overman(
            clustered(), target="A", distances=np.linspace(0, 6, steps), simulations=999,
            bands=ag.DurantonOvermanBands(),
        )  # fmt: skip
        curve = kd.curve
        assert kd.localized
        assert kd.psi_index == 0.0
        above = np.maximum(curve["observed"] - curve["global_high"], 0)
        assert curve["gamma"].to_numpy() == pytest.approx(above.to_numpy())
        assert (curve["psi"] == 0).all()
        found[steps] = kd.gamma_index
    assert found[31] == pytest.approx(found[61], rel=0.1)
    assert found[61] > 0.05


def test_dispersed_industries_have_psi():
    x, y = np.meshgrid(np.linspace(0.5, 9.5, 6), np.linspace(0.5, 9.5, 6))
    even = pd.DataFrame({"x": x.ravel(), "y": y.ravel(), "industry": "A"})
    points = pd.concat([even, clustered().query("industry == 'B'")])
    kd = ag.duranton_overman(
        points, target="A", distances=np.linspace(0, 1.2, 7), bandwidth=0.3, simulations=499,
        bands=ag.DurantonOvermanBands(),
    )  # fmt: skip
    assert kd.dispersed
    assert kd.psi_index == pytest.approx(
        excess(kd.curve["distance"].to_numpy(), kd.curve["psi"].to_numpy()), rel=0.05
    )
    assert kd.psi_index > 0
    assert kd.p_value > 0.5  # of localisation
    assert kd.bands == "Duranton and Overman, one-sided"
