"""Leaving out one group at a time: by hand, against the jackknife, errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import CR3, Homoskedastic, panel, without_each
from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.models.checks.leave_one_out import leave_one_out


def slope(table: pd.DataFrame) -> Estimates:
    return panel("y ~ x", table, cov=Homoskedastic())


def test_each_group_is_left_out_once() -> None:
    # slopes of the three groups are 1, 2, 3 on equal x: the pooled slope is their mean
    data = pd.DataFrame(
        {"g": list("aabbcc"), "x": [0, 1] * 3, "y": [0.0, 1, 0, 2, 0, 3]}, index=range(6)
    )
    table = leave_one_out(slope, data, by="g", term="x")
    assert table["left_out"].tolist() == ["a", "b", "c"]
    np.testing.assert_allclose(table["estimate"], [2.5, 2.0, 1.5])
    assert table["n_obs"].tolist() == [4, 4, 4]


def test_the_estimates_are_those_of_the_jackknife_variance() -> None:
    """CR3 is (G - 1) / G times the squared distances from the estimate (Hansen 2025)."""
    rng = np.random.default_rng(11)
    data = pd.DataFrame({"g": np.repeat(range(12), 3), "x": rng.normal(size=36)})
    data["y"] = 0.5 * data["x"] + rng.normal(size=36)
    full = slope(data)
    left = leave_one_out(slope, data, by="g", term="x")["estimate"]
    by_hand = 11 / 12 * float(((left - full.params[1]) ** 2).sum())
    assert by_hand == pytest.approx(full.with_cov(CR3("g")).std_errors[1] ** 2, rel=1e-9)


def test_faults_are_named() -> None:
    data = pd.DataFrame({"g": [1, 1, 1, 2], "x": [0.0, 1, 2, 1], "y": [0.0, 1, 2, 2]})
    with pytest.raises(InputError, match="term 'z' is not estimated without g 1; terms are"):
        leave_one_out(lambda t: slope(data), data, by="g", term="z")
    with pytest.raises(InputError, match="needs two groups of 'g'; found 1"):
        leave_one_out(slope, data[data["g"] == 1], by="g", term="x")


@pytest.mark.parametrize("absorb", [None, "t"])
def test_what_only_one_group_identifies_is_unknown_without_it(absorb):
    rng = np.random.default_rng(0)
    i, t = np.divmod(np.arange(60), 5)
    data = pd.DataFrame({"i": i, "t": t, "x": rng.normal(size=60), "y": rng.normal(size=60)})
    data["policy"] = ((data.i == 3) & (data.t > 2)) * 1.0
    fit = panel("y ~ x + policy", data, absorb=absorb)
    with pytest.warns(AgglometricsWarning, match="'policy' cannot be estimated without i 3"):
        found = without_each(fit, "i").set_index(["i", "term"])["estimate"]
    assert np.isnan(found.loc[3, "policy"])
    assert found.isna().sum() == 1
    rest = panel("y ~ x", data[data.i != 3], absorb=absorb)
    assert found.loc[3, "x"] == pytest.approx(rest.params["x"], rel=1e-9)
    with pytest.raises(InputError, match="has one group"):
        without_each(panel("y ~ x", data.assign(one=1)), "one")
