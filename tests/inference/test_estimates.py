"""`Estimates`: intervals, tidy tables and refusals, compared with the textbook formulas."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance, Estimates, Interval


def estimates(df: float | None = None, **changes: object) -> Estimates:
    values: dict[str, object] = {
        "terms": ("x", "z"),
        "params": np.array([1.5, -0.2]),
        "covariance": Covariance(np.array([[0.25, 0.0], [0.0, 0.04]]), "robust", df),
        "outcome": "y",
        "method": "OLS",
        "n_obs": 30,
        "statistics": {"r2": 0.4},
    }
    return Estimates(**(values | changes))  # type: ignore[arg-type]


def test_tidy_with_the_normal_by_hand() -> None:
    row = estimates().tidy().iloc[0]
    assert row["statistic"] == pytest.approx(3.0)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(3.0), rel=1e-12)
    assert row["conf_high"] == pytest.approx(1.5 + 1.959963984540054 * 0.5, rel=1e-12)


def test_tidy_with_t_equals_scipy() -> None:
    row = estimates(df=7.0).tidy(level=0.9).iloc[1]
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(1.0, 7), rel=1e-12)
    low, high = stats.t.interval(0.9, 7, loc=-0.2, scale=0.2)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low, high), rel=1e-12)
    assert estimates(df=7.0).interval(0.9, "z").pieces[0] == pytest.approx((low, high))


def test_a_set_of_two_rays_reaches_both_ends_in_tidy() -> None:
    def rays(term: str, level: float) -> Interval:
        return Interval(((-np.inf, -1.0), (2.0, np.inf)), level, "Anderson-Rubin")

    fit = estimates(confidence_set=rays)
    assert -2.0 in fit.interval()
    assert 0.0 not in fit.interval()
    assert str(fit.interval()) == "[-inf, -1] or [2, inf]"
    assert fit.tidy()["conf_low"].iloc[0] == -np.inf


def test_with_cov_returns_a_new_object() -> None:
    wider = Covariance(np.diag([1.0, 1.0]), "cluster")
    fit = estimates(recompute=lambda spec: wider)
    assert fit.with_cov("anything").std_errors[0] == 1.0
    assert fit.std_errors[0] == 0.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.n_obs = 3  # type: ignore[misc]


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(InputError, match="one covariance, 'robust'"):
        estimates().with_cov("cluster")
    with pytest.raises(InputError, match=r"terms are \['x', 'z'\]"):
        estimates().interval(term="w")
    with pytest.raises(InputError, match="level must lie between 0 and 1; found 95"):
        estimates().tidy(level=95)


def test_glance_and_representations_name_the_estimate() -> None:
    fit = estimates()
    row = fit.glance().iloc[0]
    assert (row["outcome"], row["n_obs"], row["r2"]) == ("y", 30, 0.4)
    assert repr(fit).startswith("OLS: y, n = 30; standard errors: robust")
    assert "<table" in fit._repr_html_()
