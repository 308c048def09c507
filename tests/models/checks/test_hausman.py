"""Hausman tests: by hand, against plm, and their errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Between,
    Covariance,
    Estimates,
    Homoskedastic,
    PlmRules,
    RandomEffects,
    hausman,
    panel,
    robust_hausman,
)
from agglometrics.errors import IdentificationError, InputError


def estimates(params, V):
    return Estimates(("a", "b"), np.array(params), Covariance(np.array(V), "given"), "y", "m", 10)


def test_contrast_by_hand():
    # gap (1, 2), variance diag(4, 4) - diag(3, 2) = diag(1, 2): 1 + 4 / 2
    fixed = estimates([2.0, 4.0], [[4.0, 0], [0, 4.0]])
    random = estimates([1.0, 2.0], [[3.0, 0], [0, 2.0]])
    row = hausman(fixed, random).iloc[0]
    assert (row["statistic"], row["df"]) == (pytest.approx(3.0), 2)
    assert row["p_value"] == pytest.approx(np.exp(-1.5))


def test_no_positive_variance_is_an_error():
    fixed = estimates([2.0, 4.0], [[4.0, 0], [0, 4.0]])
    with pytest.raises(InputError, match="Use robust_hausman"):
        hausman(estimates([1.0, 2.0], [[5.0, 0], [0, 2.0]]), fixed)
    with pytest.raises(InputError, match="the two estimates are not the same one"):
        hausman(fixed, fixed)


@pytest.mark.parametrize(("pull", "rejects"), [(0.0, False), (0.8, True)])
def test_robust_test_sees_correlated_effects(pull, rejects):
    rng = np.random.default_rng(4)
    unit, time = np.divmod(np.arange(400), 5)
    effect = rng.normal(size=80)[unit]
    x = rng.normal(size=400) + pull * effect
    data = pd.DataFrame({"i": unit, "t": time, "x": x, "y": x + effect + rng.normal(size=400)})
    p = robust_hausman("y ~ x", data, entity="i", time="t")["p_value"][0]
    assert (p < 0.01) == rejects


@pytest.mark.parametrize("unit", [1e-8, 1e8])
def test_the_robust_test_does_not_depend_on_units(unit):
    rng = np.random.default_rng(5)
    i, t = np.divmod(np.arange(60), 4)
    x = rng.normal(size=60)
    data = pd.DataFrame({"i": i, "t": t, "x": x, "y": x + rng.normal(size=15)[i] + x * x})
    keys = {"entity": "i", "time": "t"}
    one = robust_hausman("y ~ x", data, cov=Homoskedastic(), **keys)
    other = robust_hausman("y ~ x", data.assign(x=unit * x), cov=Homoskedastic(), **keys)
    assert one["df"][0] == 1
    pd.testing.assert_frame_equal(one, other, rtol=1e-8)


@pytest.mark.external
def test_grunfeld_as_plm(reference):
    # R 4.2.2, plm 2.6-2: phtest 2.3303668937; phtest(method = "aux") 2.1314
    data = pd.read_csv(reference / "panel" / "Grunfeld.csv")
    keys = {"entity": "firm", "time": "year"}
    formula = "inv ~ value + capital"
    fixed = panel(formula, data, absorb="firm", cov=Homoskedastic())
    random = panel(formula, data, estimator=RandomEffects(), cov=Homoskedastic(), **keys)
    row = hausman(fixed, random).iloc[0]
    assert row["statistic"] == pytest.approx(2.3303668937, rel=1e-9)
    assert row["p_value"] == pytest.approx(0.3119, abs=5e-5)
    aux = robust_hausman(formula, data, cov=Homoskedastic(), rule=PlmRules(), **keys)
    assert aux["statistic"][0] == pytest.approx(2.1314, abs=5e-5)


def test_two_estimates_of_other_rows_are_refused():
    rng = np.random.default_rng(2)
    unit, time = np.divmod(np.arange(80), 4)
    x, e = rng.normal(size=(2, 80))
    data = pd.DataFrame({"i": unit, "t": time, "x": x, "y": x + rng.normal(size=20)[unit] + e})
    keys = {"entity": "i", "time": "t", "cov": Homoskedastic()}
    random = panel("y ~ x", data, estimator=RandomEffects(), **keys)
    with pytest.raises(InputError, match="the same rows; found 60 and 80"):
        hausman(panel("y ~ x", data[data.t > 0], absorb="i", **keys), random)
    single = data.iloc[3:]  # unit 0 keeps one row, which fixed effects leave out
    fixed = panel("y ~ x", single, absorb="i", **keys)
    assert fixed.n_obs == 76
    hausman(fixed, panel("y ~ x", single, estimator=RandomEffects(), **keys))


@pytest.mark.parametrize("column", ["fixed", "trend"])
def test_without_both_kinds_of_variation_there_is_nothing_to_test(column):
    # no deviation was left, and the Wald test was that of all terms, constant included
    unit, time = np.divmod(np.arange(80), 4)
    e = np.random.default_rng(2).normal(size=80)
    data = pd.DataFrame({"i": unit, "t": time, "y": e, "fixed": unit % 3, "trend": time})
    with pytest.raises(IdentificationError, match="varies both within and between"):
        robust_hausman(f"y ~ {column}", data, entity="i", time="t")


def test_between_against_random_effects():
    # a row per unit against a row per unit and period: the means of one table
    rng = np.random.default_rng(0)
    d = pd.DataFrame({"i": np.repeat(range(30), 10), "t": np.tile(range(10), 30)})
    u = rng.normal(size=30)[d["i"]]
    d = d.assign(x=rng.normal(size=300) + u)
    d["y"] = d["x"] + u + rng.normal(size=300)
    keys = {"entity": "i", "time": "t", "cov": Homoskedastic()}
    between = panel("y ~ x", d, estimator=Between(), **keys)
    random = panel("y ~ x", d, estimator=RandomEffects(), **keys)
    found = hausman(between, random).iloc[0]
    gap = between.params["x"] - random.params["x"]
    variance = between.std_errors[1] ** 2 - random.std_errors[1] ** 2
    assert found["statistic"] == pytest.approx(gap**2 / variance, rel=1e-10)
    assert found["df"] == 1
