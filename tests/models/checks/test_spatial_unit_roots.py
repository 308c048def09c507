"""Spatial unit roots: by hand, by identity, against spur-python, and by simulation."""

import json

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    PlmRules,
    Robust,
    lbm_gls,
    panel,
    spatial_stationarity_test,
    spatial_unit_root_test,
)
from agglometrics.errors import InputError
from agglometrics.inference.spatial.exponential import demeaned
from agglometrics.inference.spatial.unit_roots import half_power, power, ratios


def line(n: int = 50) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    steps = rng.exponential(size=n)
    walk = np.cumsum(rng.normal(size=n) * np.sqrt(steps))
    return pd.DataFrame(
        {"x": np.cumsum(steps), "y": 0.0, "walk": walk, "noise": rng.normal(size=n)}
    )


def test_transformed_distances_are_the_identity():
    # T (M Sigma M) T' is the projection off the constant, Sigma from any origin
    data = line()
    T = lbm_gls(data.assign(**{f"e{k}": np.eye(50)[k] for k in range(50)}),
                [f"e{k}" for k in range(50)], x="x", y="y")  # fmt: skip
    T = T[[f"e{k}" for k in range(50)]].to_numpy()
    d = np.abs(np.subtract.outer(data.x.to_numpy(), data.x.to_numpy())) / np.ptp(data.x)
    for origin in (0, 31):
        levy = (d[:, [origin]] + d[[origin]] - d) / 2
        np.testing.assert_allclose(T @ demeaned(levy) @ T.T, np.eye(50) - 1 / 50, atol=1e-9)


def test_the_alternative_of_power_one_half_is_taken_where_the_search_begins_at_it():
    powers = {1.0: 0.2, 2.0: 0.5}
    assert half_power(powers.__getitem__, 1.0, 2.0, 2) == 2.0
    # and from further off, by doubling and halving, to one percent of power
    assert half_power(lambda c: c / 100, 64, 1, 2) == pytest.approx(50, abs=1)


def test_ratio_of_two_diagonal_covariances_by_hand():
    # z = (1, 2): (1 / 2 + 4 / 1) / (1 / 1 + 4 / 4)
    z = np.array([[1.0], [2.0]])
    assert ratios(np.diag([2.0, 1]), np.diag([1.0, 4]), z) == pytest.approx([2.25])


def test_power_at_the_null_is_the_size():
    e = np.random.default_rng(0).normal(size=(4, 100_000))
    null = np.diag([4.0, 3, 2, 1])
    near = null + 1e-6 * np.diag([0.0, 0, 0, 1])
    assert power(null, near, e) == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("test", [spatial_unit_root_test, spatial_stationarity_test])
def test_level_scale_units_and_row_order_do_not_matter(test):
    data = line()
    base = test("walk", data, x="x", y="y", q=8, draws=5_000)
    other = data.assign(walk=7 - 1e3 * data.walk, x=5e4 * data.x + 3).sample(frac=1, random_state=1)
    again = test("walk", other, x="x", y="y", q=8, draws=5_000)
    assert again.statistic == pytest.approx(base.statistic, rel=1e-6)
    assert again.p_value == pytest.approx(base.p_value, abs=0.02)


def test_a_walk_and_noise_are_told_apart():
    data = line()
    where = {"x": "x", "y": "y", "q": 10, "draws": 5_000}
    assert spatial_unit_root_test("walk", data, **where).p_value > 0.05
    assert spatial_unit_root_test("noise", data, **where).p_value < 0.05
    assert spatial_stationarity_test("walk", data, **where).p_value < 0.05
    assert spatial_stationarity_test("noise", data, **where).p_value > 0.05


# spur-python 0.1.1, q = 15, nrep = 100,000, seed = 42. Its p-values and ours are from draws that
# differ by the signs of eigenvectors: standard error of a difference at most .0022.
@pytest.mark.external
@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "test", "formula", "close"),
    [
        ("i0", spatial_stationarity_test, "am", 1e-6),
        ("i1", spatial_unit_root_test, "am", 1e-6),
        ("i0resid", spatial_stationarity_test, "am ~ fracblack", 1e-6),
        # here the search for power one half, to .01 by simulation, ends one step elsewhere
        ("i1resid", spatial_unit_root_test, "am ~ fracblack", 0.05),
    ],
)
def test_commuting_zones_as_spur_python(reference, case, test, formula, close):
    expected, data = zones(reference)
    expected = expected[f"fracblack|{case}"]
    found = test(formula, data)
    assert found.alternative == pytest.approx(expected["ha_param"], rel=close)
    assert found.statistic == pytest.approx(expected["LR"], rel=close)
    assert found.p_value == pytest.approx(expected["pvalue"], abs=0.0066)


@pytest.mark.external
def test_lbm_gls_as_spur_python(reference):
    expected, data = zones(reference)
    expected = expected["fracblack|lbmgls_ols"]
    moved = lbm_gls(data, ["am", "fracblack"])
    fit = panel("am ~ 0 + fracblack", moved, cov=Robust(), rule=PlmRules())
    assert fit.params[0] == pytest.approx(expected["slope"], rel=1e-9)
    assert fit.std_errors[0] == pytest.approx(expected["hc0"], rel=1e-9)


def zones(reference) -> tuple[dict, pd.DataFrame]:
    folder = reference / "published" / "chetty_zones"
    data = pd.read_csv(folder / "chetty.csv")
    data = data[~data.state.isin(["AK", "HI"])][["am", "fracblack", "lat", "lon"]].dropna()
    for name in ("am", "fracblack"):
        data[name] = (data[name] - data[name].mean()) / data[name].std()
    return json.loads((folder / "spur.json").read_text())["cases"], data


def test_errors_name_the_way_out():
    data = line(12)
    with pytest.raises(InputError, match="q must be from 1 to the 12 places minus 2"):
        spatial_unit_root_test("walk", data, x="x", y="y")
    with pytest.raises(InputError, match="all places are the same point"):
        lbm_gls(data.assign(x=0.0), "walk", x="x", y="y")
    with pytest.raises(InputError, match=r"needs x=\.\.\. and y=\.\.\.; found x='x'"):
        lbm_gls(data, "walk", x="x")
