"""The wild bootstrap of cells: its F is that of the model, and it holds whatever the variance."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import CellBootstrap, Homoskedastic, Robust, stochastic_shift_share
from agglometrics.decomposition.cell_bootstrap import bootstrapped_f, growth_of, under_null
from agglometrics.decomposition.regression import two_way
from agglometrics.errors import InputError


def bases(R: int, I: int, seed: int = 1) -> np.ndarray:  # noqa: E741
    rng = np.random.default_rng(seed)
    return 100 * np.exp(rng.normal(0, 1.5, (R, 1)) + rng.normal(0, 1, (1, I)))


def test_f_and_growth_are_those_of_the_model() -> None:
    B = bases(6, 5)
    B[1, 2] = 0
    D = B * np.random.default_rng(0).normal(size=B.shape)
    fit = two_way(B, D)
    np.testing.assert_allclose(growth_of(fit), D, atol=1e-9 * np.abs(D).max())
    cells = pd.DataFrame(
        {
            "region": np.repeat(np.arange(6), 5),
            "industry": np.tile(np.arange(5), 6),
            "0": B.ravel(),
            "1": (B + np.abs(D)).ravel(),
        }
    ).melt(["region", "industry"], var_name="time", value_name="jobs")
    call = {"value": "jobs", "start": "0", "end": "1"}
    exact = stochastic_shift_share(cells, **call).glance().iloc[0]
    drawn = stochastic_shift_share(cells, cov=CellBootstrap(draws=199), **call)
    row = drawn.glance().iloc[0]
    for kind in ("region", "industry"):
        assert row[f"f_{kind}"] == pytest.approx(exact[f"f_{kind}"], rel=1e-9)
        assert row[f"df_{kind}"] == exact[f"df_{kind}"]
        assert 1 / 200 <= row[f"p_{kind}"] <= 1
    hc3 = stochastic_shift_share(cells, cov=Robust(), **call)
    np.testing.assert_allclose(drawn.std_errors, hc3.std_errors)
    assert "f_region" not in hc3.glance()
    assert drawn.with_cov(Homoskedastic()).glance()["p_region"][0] == exact["p_region"]


def test_drawn_growth_by_hand() -> None:
    # two regions of base 1 and 3 in one industry, growth 1 and 0: mean 1/4, rates' residuals 3/4
    # and -1/4, leverage 1/4 and 3/4: rates 1/4 + 1 and 1/4 - 1 with signs (+, +)
    B, D = np.array([[1.0], [3.0]]), np.array([[1.0], [0.0]])
    drawn = under_null(B, D, 0, np.ones((1, 2, 1)))[0]
    assert drawn.ravel().tolist() == pytest.approx([1.25, 3 * -0.75])


@pytest.mark.parametrize("draws", [99, 100, 101, 250])
def test_every_draw_counts(draws) -> None:
    """Regions with all but one effect, amid noise: F is least as it is, with p one.

    The noise sums to zero in every region and industry, so that the drawn signs can only move
    region effects away from the equality that the data have.
    """
    noise = np.random.default_rng(0).normal(size=(5, 4))
    noise -= noise.mean(axis=1, keepdims=True)
    fit = two_way(np.ones((5, 4)), noise - noise.mean(axis=0))
    found = bootstrapped_f(fit, CellBootstrap(draws=draws), np.random.default_rng(1))
    assert found["f_region"] == pytest.approx(0, abs=1e-12)
    assert found["p_region"] == 1


def test_size_where_the_variance_does_not_fall_with_the_base() -> None:
    count, R, I = 120, 14, 10  # noqa: E741
    B, rng = bases(R, I), np.random.default_rng(2)
    rejected = {"bootstrap": 0, "F": 0}
    for seed in range(count):
        fit = two_way(B, B * (0.1 + rng.normal(size=B.shape)))
        found = bootstrapped_f(fit, CellBootstrap(draws=99), np.random.default_rng(seed))
        rejected["bootstrap"] += found["p_region"] <= 0.05
        rejected["F"] += stats.f.sf(found["f_region"], R - 1, fit.df) < 0.05
    room = 3 * np.sqrt(0.05 * 0.95 / count)  # .060
    assert abs(rejected["bootstrap"] / count - 0.05) < room, rejected
    assert rejected["F"] / count > 0.25, rejected


def test_too_few_draws() -> None:
    with pytest.raises(InputError, match="draws must be at least 99; found 9"):
        CellBootstrap(9)
