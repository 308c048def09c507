"""Strength of instruments from sums of squares: by hand, with controls, effects and weights."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def simulated(N=120):
    rng = np.random.default_rng(4)
    z1, z2, w, u, e = rng.normal(size=(5, N))
    group = np.arange(N) % 8
    x = 0.6 * z1 - 0.2 * z2 + 0.5 * w + u + group / 4
    frame = {"x": x, "x2": 0.3 * z1 + 0.8 * z2 + e, "w": w, "z1": z1, "z2": z2, "g": group}
    return pd.DataFrame({**frame, "y": x + u + e, "size": rng.uniform(0.5, 3, N)})


def ssr(y, X, weights):
    """Sum of squared residuals of a weighted regression."""
    root = np.sqrt(weights)
    e = (y - X @ np.linalg.lstsq(X * root[:, None], y * root)[0]) * root
    return float(e @ e)


def test_one_binary_instrument_by_hand():
    # x moves from a mean of 1.5 to 3.5: 4 of its total sum of squares of 5
    data = pd.DataFrame({"z": [0, 0, 1, 1], "x": [1.0, 2, 3, 4], "y": [1.0, 3, 4, 8]})
    fit = ag.iv("y ~ [x ~ z]", data, cov=ag.Homoskedastic(), rule=ag.PlmRules())
    row = ag.weak_instruments(fit).iloc[0]
    assert row["partial_r2"] == pytest.approx(4 / 5)
    # F = 4 / (1 / 2), on two degrees of freedom
    assert row["f"] == pytest.approx(8)
    assert row["f_homoskedastic"] == pytest.approx(8)
    assert row["kleibergen_paap"] == pytest.approx(8)
    assert row["effective_f"] == pytest.approx(8)


@pytest.mark.parametrize("weights", [None, "size"])
@pytest.mark.parametrize("absorb", [None, "g"])
def test_partial_r2_is_the_fall_of_the_sum_of_squares(weights, absorb):
    data = simulated()
    fit = ag.iv(
        "y ~ w + [x + x2 ~ z1 + z2]", data, absorb=absorb, weights=weights, cov=ag.Homoskedastic()
    )
    found = ag.weak_instruments(fit).set_index("term")
    dummies = np.eye(8)[data["g"]] if absorb else np.ones((len(data), 1))
    short = np.column_stack([dummies, data["w"]])
    long = np.column_stack([short, data[["z1", "z2"]]])
    w = data[weights].to_numpy() if weights else np.ones(len(data))
    for term in ("x", "x2"):
        x = data[term].to_numpy()
        without, with_both = ssr(x, short, w), ssr(x, long, w)
        assert found.loc[term, "partial_r2"] == pytest.approx(1 - with_both / without, rel=1e-9)
        F = (without - with_both) / 2 / (with_both / (len(x) - long.shape[1]))
        assert found.loc[term, "f"] == pytest.approx(F, rel=1e-9)
        assert found.loc[term, "f_homoskedastic"] == pytest.approx(F, rel=1e-9)


def test_partial_r2_does_not_depend_on_the_covariance():
    fit = ag.iv("y ~ w + [x ~ z1 + z2]", simulated(), cov=ag.Robust())
    robust, plain = ag.weak_instruments(fit), ag.weak_instruments(fit.with_cov(ag.Homoskedastic()))
    assert robust["partial_r2"][0] == plain["partial_r2"][0]
    assert robust["f"][0] != plain["f"][0]
    assert robust["f_homoskedastic"][0] == plain["f_homoskedastic"][0]


def test_effective_f_and_its_critical_value_by_the_formula():
    # Montiel Olea and Pflueger (2013): F = x' P x / tr(W Z'Z), with Patnaik's critical value
    data = simulated()
    fit = ag.iv("y ~ w + [x ~ z1 + z2]", data, cov=ag.Robust(), rule=ag.PlmRules())
    row = ag.weak_instruments(fit).iloc[0]
    controls = np.column_stack([np.ones(len(data)), data["w"]])
    out = [
        v - controls @ np.linalg.lstsq(controls, v)[0]
        for v in (data["x"].to_numpy(), data[["z1", "z2"]].to_numpy())
    ]
    x, Z = out
    Z = Z @ np.linalg.inv(np.linalg.cholesky(Z.T @ Z)).T  # orthonormal
    pi = Z.T @ x
    e = x - Z @ pi
    V = (Z * e[:, None]).T @ (Z * e[:, None])
    assert row["effective_f"] == pytest.approx(pi @ pi / np.trace(V), rel=1e-9)
    trace, top = np.trace(V), np.linalg.eigvalsh(V)[-1]
    K = trace**2 * 21 / (np.trace(V @ V) + 20 * trace * top)
    critical = stats.ncx2.ppf(0.95, K, 10 * K) / K
    assert row["effective_f_critical"] == pytest.approx(critical, rel=1e-9)
    assert np.isnan(
        ag.weak_instruments(ag.iv("y ~ [x + x2 ~ z1 + z2]", data, cov=ag.Robust()))["effective_f"]
    ).all()
