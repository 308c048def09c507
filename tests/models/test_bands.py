"""The uniform band of the binned scatter, the shape of the U test, LIML's F: sizes, identities."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag
from agglometrics.models.postestimation.sup_t import sup_t


def monte_carlo(rate: float, count: int) -> float:
    return float(np.sqrt(rate * (1 - rate) / count))


def test_critical_value_of_independent_and_of_equal_estimates() -> None:
    draws = 200_000
    one = sup_t(np.eye(5), None, 0.95, draws, 0)  # (2 Phi(c) - 1)^5 = .95
    assert one == pytest.approx(stats.norm.ppf(0.5 + 0.95 ** (1 / 5) / 2), abs=0.02)
    same = sup_t(np.full((4, 4), 3.0), 10.0, 0.95, draws, 0)
    assert same == pytest.approx(stats.t.ppf(0.975, 10), abs=0.03)
    assert same >= stats.t.ppf(0.975, 10)
    scaled = sup_t(np.diag([1e-12, 1.0, 1e12]), None, 0.95, 999, 0)
    assert scaled == pytest.approx(sup_t(np.eye(3), None, 0.95, 999, 0), rel=1e-9)


def test_band_covers_all_bins() -> None:
    count, bins, N = 80, 10, 500
    rng = np.random.default_rng(3)
    together = alone = 0
    for _ in range(count):
        x, e = rng.normal(size=(2, N))
        edges = np.quantile(x, np.linspace(0, 1, bins + 1))[1:-1]
        code = np.searchsorted(edges, x, side="left")
        y = np.sin(np.arange(bins))[code] + e
        found = ag.binned_scatter(
            "y ~ x", pd.DataFrame({"x": x, "y": y}), x="x", bins=bins, cov=ag.Robust(), draws=999
        )
        share = np.bincount(code, minlength=bins) / N
        truth = np.sin(np.arange(bins)) - share @ np.sin(np.arange(bins)) + y.mean()
        together += ((found["band_low"] <= truth) & (truth <= found["band_high"])).all()
        alone += ((found["conf_low"] <= truth) & (truth <= found["conf_high"])).all()
    assert together / count > 0.95 - 3 * monte_carlo(0.95, count)  # .073
    assert alone / count < 0.8


def test_shape_named_beforehand() -> None:
    x, e = np.random.default_rng(2).normal(size=(2, 300))
    fit = ag.panel("y ~ x + I(x**2)", pd.DataFrame({"x": x, "y": x - x**2 + e}), cov=ag.Robust())
    call = {"linear": "x", "square": "I(x ** 2)", "low": -2.0, "high": 2.0}
    picked, named = ag.u_test(fit, **call), ag.u_test(fit, shape="inverted U", **call)
    pd.testing.assert_frame_equal(picked, named)
    other = ag.u_test(fit, shape="U", **call).iloc[0]
    assert other["shape"] == "U"
    # the largest of the one-sided p-values the other way round
    rows = picked.iloc[0]
    df = fit.covariance.df
    worst = max(stats.t.cdf(rows["t_low"], df), stats.t.sf(rows["t_high"], df))
    assert other["p_value"] == pytest.approx(worst)


def test_liml_overidentification_is_an_f() -> None:
    rng = np.random.default_rng(4)
    Z, u = rng.normal(size=(31, 4)), rng.normal(size=31)
    x = Z.sum(axis=1) + 0.7 * u + rng.normal(size=31)
    data = pd.DataFrame(Z, columns=list("abcd")).assign(x=x, y=0.5 * x + u)
    formula = "y ~ [x ~ a + b + c + d]"
    fit = ag.iv(formula, data, cov=ag.Homoskedastic(), estimator=ag.Liml())
    row = ag.overidentification(fit).iloc[0]
    F = (fit.statistics["kappa"] - 1) * (31 - 5) / 3
    assert row["statistic"] == pytest.approx(F)
    assert row["p_value"] == pytest.approx(stats.f.sf(F, 3, 26))
    # kappa is the least ratio of sums of squares: F of the residual on instruments, at LIML
    e = (data["y"] - fit.params[0] * data["x"]).to_numpy()
    e = e - e.mean()
    full = np.column_stack([np.ones(31), Z])
    left = e - full @ np.linalg.lstsq(full, e)[0]
    assert pytest.approx((e @ e - left @ left) / 3 / (left @ left / 26)) == F
    fuller = ag.iv(formula, data, cov=ag.Homoskedastic(), estimator=ag.Fuller(1.0))
    assert ag.overidentification(fuller)["statistic"].item() == pytest.approx(F)
