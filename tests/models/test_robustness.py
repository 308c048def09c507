"""Oster's bounds, the U test, the entropy index and the binned scatter."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import (
    Cluster,
    Covariance,
    Estimates,
    Homoskedastic,
    Robust,
    binned_scatter,
    entropy_index,
    oster,
    panel,
    u_test,
)
from agglometrics.errors import InputError
from agglometrics.measures.clusters.entropy import entropy_weights


def exact_population(delta: float, beta: float, seed: int = 0) -> tuple[pd.DataFrame, float]:
    """Return data whose sample moments satisfy proportional selection exactly, and R max.

    w1 and w2 are orthogonal indices of observables and unobservables; x = a w1 + b w2 + v with
    cov(x, w2) / var(w2) = delta cov(x, w1) / var(w1); y = beta x + w1 + w2 + e.
    """
    n = 400
    raw = np.random.default_rng(seed).normal(size=(n, 4))
    raw -= raw.mean(axis=0)
    w1, w2, v, e = (np.linalg.qr(raw)[0] * np.sqrt(n)).T
    w1, w2, a = 1.0 * w1, 0.7 * w2, 0.5
    x = a * w1 + delta * a * w2 + v
    y = beta * x + w1 + w2 + 0.8 * e
    r_max = 1 - (0.8 * e) @ (0.8 * e) / (y @ y)
    return pd.DataFrame({"y": y, "x": x, "w": w1}), float(r_max)


@pytest.mark.parametrize("delta", [1.0, 0.5, 2.0])
@pytest.mark.parametrize("beta", [0.0, 0.6])
def test_oster_recovers_selection_and_effect(delta, beta):
    from agglometrics.models.checks.oster import moments

    data, r_max = exact_population(delta, beta)
    found = moments(*(data[c].to_numpy() for c in ("y", "x")), data[["w"]].to_numpy())
    assert found.delta(beta, r_max) == pytest.approx(delta, rel=1e-8)
    assert np.abs(found.betas(delta, r_max) - beta).min() < 1e-8


def test_oster_row():
    data, r_max = exact_population(1.0, 0.0)
    row = oster("y ~ x + w", data, treatment="x", r_max=r_max).iloc[0]
    assert row["delta_zero"] == pytest.approx(1.0)
    solutions = np.array([row["beta_star"], *row["other_solutions"]])
    assert np.abs(solutions).min() < 1e-8
    short = panel("y ~ x", data, cov=Robust())
    assert row["beta_short"] == pytest.approx(short.params[1])
    assert row["r2_short"] == pytest.approx(short.statistics["r2"])
    default = oster("y ~ x + w", data, treatment="x").iloc[0]
    assert default["r_max"] == pytest.approx(1.3 * default["r2_long"])


def test_oster_with_absorbed_effects_is_oster_on_demeaned_data():
    data, _ = exact_population(0.8, 0.3)
    data["g"] = np.arange(len(data)) // 10
    a = oster("y ~ x + w", data, treatment="x", absorb="g").iloc[0]
    within = data - data.groupby("g").transform("mean").assign(g=0)
    b = oster("y ~ x + w", within, treatment="x").iloc[0]
    assert a["delta_zero"] == pytest.approx(b["delta_zero"])


def test_oster_errors():
    data, _ = exact_population(1, 0)
    with pytest.raises(InputError, match="need controls"):
        oster("y ~ x", data, treatment="x")
    with pytest.raises(InputError, match="r_max must lie between"):
        oster("y ~ x + w", data, treatment="x", r_max=0.1)
    with pytest.raises(InputError, match="treatment 'z' is not among"):
        oster("y ~ x + w", data, treatment="z")


def estimates(b, V):
    return Estimates(("x", "x2"), np.array(b), Covariance(np.array(V), "given"), "y", "m", 9)


def test_u_by_hand():
    # y = 4 x - x^2 on [0, 3]: slopes 4 and -2; variances 1 and 1 + 36 x .01; top at 2
    row = u_test(
        estimates([4.0, -1.0], [[1.0, 0], [0, 0.01]]), linear="x", square="x2", low=0, high=3
    ).iloc[0]
    assert row["shape"] == "inverted U"
    assert (row["slope_low"], row["slope_high"], row["turning_point"]) == (4, -2, 2)
    assert row["t_high"] == pytest.approx(-2 / np.sqrt(1.36))
    from scipy import stats

    assert row["p_value"] == pytest.approx(stats.norm.sf(2 / np.sqrt(1.36)))
    (piece,) = row["turning_set"].pieces
    # Fieller: (4 - 2 x)^2 = 1.96^2 (1 + .04 x^2)
    for edge in piece:
        assert (4 - 2 * edge) ** 2 == pytest.approx(
            stats.norm.ppf(0.975) ** 2 * (1 + 0.04 * edge**2)
        )


def test_a_significant_square_is_no_u():
    # log(x) on [1, 10] is concave everywhere, and never falls
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 10, 400)
    data = pd.DataFrame({"x": x, "y": np.log(x) + 0.1 * rng.normal(size=400)})
    fit = panel("y ~ x + I(x**2)", data, cov=Robust())
    assert fit.tidy()["p_value"][2] < 1e-8
    row = u_test(fit, linear="x", square=fit.terms[2], low=1, high=8).iloc[0]
    assert row["p_value"] > 0.05


def test_turning_point_may_be_anywhere():
    row = u_test(
        estimates([1.0, 0.01], [[1.0, 0], [0, 1.0]]), linear="x", square="x2", low=0, high=1
    ).iloc[0]
    assert row["turning_set"].pieces[0][0] == -np.inf
    with pytest.raises(InputError, match="low must be below high"):
        u_test(estimates([1.0, 1.0], np.eye(2)), linear="x", square="x2", low=1, high=1)
    with pytest.raises(InputError, match="were not estimated"):
        u_test(estimates([1.0, 1.0], np.eye(2)), linear="z", square="x2", low=0, high=1)


def test_entropy_by_hand():
    # shares 1/2 1/2 0 0: entropy ln 2 / ln 4 = 1/2; shares 1 0 0 0: 0; weights 1/3, 2/3
    entropy, w = entropy_weights(np.array([[1.0, 1], [1, 0], [0, 0], [0, 0]]))
    assert entropy == pytest.approx([0.5, 0.0])
    assert w == pytest.approx([1 / 3, 2 / 3])


def test_entropy_index_ignores_units_and_turns_bad_indicators():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.uniform(size=(20, 3)), columns=list("abc"))
    index, weights = entropy_index(data, positive=["a", "b"], negative=["c"])
    assert weights["weight"].sum() == pytest.approx(1)
    scaled = data.assign(a=100 + 7 * data.a, c=-data.c)
    again, _ = entropy_index(scaled, positive=["a", "b", "c"])
    assert again.to_numpy() == pytest.approx(index.to_numpy())
    with pytest.raises(InputError, match="do not vary: 'd'"):
        entropy_index(data.assign(d=1), positive=["a", "d"])
    with pytest.raises(InputError, match="unknown values in 'a'"):
        entropy_index(data.assign(a=np.nan), positive=["a", "b"])


def test_bins_without_controls_are_means():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"x": rng.normal(size=200)})
    data["y"] = data.x**2 + rng.normal(size=200)
    found = binned_scatter("y ~ x", data, x="x", bins=8, cov=Robust())
    means = data.groupby(pd.qcut(data.x, 8))["y"].mean()
    assert found["y"].to_numpy() == pytest.approx(means.to_numpy())
    assert (found["n"] == 25).all()


def test_bounds_of_bins_are_students_by_hand():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"x": rng.normal(size=60), "y": rng.normal(size=60)})
    found = binned_scatter("y ~ x", data, x="x", bins=4, cov=Robust(), level=0.9)
    half = stats.t.ppf(0.95, 60 - 4) * found["std_error"]
    for bound, sign in (("conf_low", -1), ("conf_high", 1)):
        expected = found["y"] + sign * half
        np.testing.assert_allclose(found[bound], expected, rtol=1e-12)


def test_bins_find_the_steps_behind_confounders():
    # y = step(bin of x) + 2 w, w correlated with x, and unit effects: means of bins are far off
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(100), 20)
    effect = rng.normal(size=100)[unit]
    x = rng.normal(size=2000) + effect
    w = 0.8 * x + rng.normal(size=2000)
    step = (pd.qcut(x, 10, labels=False) - 4.5) ** 2
    data = pd.DataFrame({"i": unit, "x": x, "w": w, "y": step + 2 * w + 2 * effect})
    data["y"] += 0.3 * rng.normal(size=2000)
    found = binned_scatter("y ~ x + w", data, x="x", bins=10, absorb="i", cov=Cluster("i"))
    truth = (np.arange(10) - 4.5) ** 2
    gap = found["y"] - data.y.mean() - (truth - truth.mean())
    assert np.abs(gap).max() < 4 * found["std_error"].max() < 0.3
    raw = data.groupby(pd.qcut(data.x, 10, labels=False))["y"].mean()
    assert np.abs(raw - data.y.mean() - (truth - truth.mean())).max() > 2


def test_bin_errors():
    data = pd.DataFrame({"x": [0.0, 1] * 10, "y": np.arange(20.0)})
    with pytest.raises(InputError, match="too few different values for 5 bins"):
        binned_scatter("y ~ x", data, x="x", bins=5, cov=Homoskedastic())
    with pytest.raises(InputError, match="x='z' is not among"):
        binned_scatter("y ~ x", data, x="z")
