"""Fixed-b critical values of Driscoll-Kraay: Kiefer and Vogelsang's table, Student's t, size."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import DriscollKraay, PlmRules, panel
from agglometrics.inference.serial.fixed_b import bartlett_variance, fixed_b

pytestmark = pytest.mark.filterwarnings("ignore:.*periods.*:UserWarning")


@pytest.mark.parametrize("b", [0.02, 0.1, 0.3, 0.5, 1.0])
def test_limit_is_the_table_of_kiefer_and_vogelsang(b):
    """Their (2005) Table 1, Bartlett: the cubic in b of the .975 and the .95 quantile.

    The coefficients as other programs take them from the table (the article was not read).
    """
    at_975 = 1.9600 + 2.9694 * b + 0.4160 * b**2 - 0.5324 * b**3
    at_95 = 1.6449 + 2.1859 * b + 0.3142 * b**2 - 0.3427 * b**3
    tail = fixed_b(400, round(400 * b) - 1) if b < 1 else fixed_b(400, 398)
    # 50,000 draws: Monte Carlo error of the quantile about .02; the cubic's own about .02
    assert tail.critical(0.95) == pytest.approx(at_975, rel=0.025)
    assert tail.critical(0.90) == pytest.approx(at_95, rel=0.025)


@pytest.mark.parametrize(("T", "lags", "same"), [(1000, 0, 0), (800, 39, 19), (4000, 24, 1)])
def test_beyond_the_longest_series_the_share_of_periods_stays(T, lags, same):
    # M = lags + 1 of T periods as M * 400 / T of 400, at least one
    assert (fixed_b(T, lags).draws == fixed_b(400, same).draws).all()


def test_without_lags_it_is_students():
    tail = fixed_b(12, 0)
    for level in (0.8, 0.9, 0.95, 0.99):
        assert tail.critical(level) == pytest.approx(stats.t.ppf(0.5 + level / 2, 11), rel=0.03)
    assert tail.p_value(np.array([0.0, np.inf, np.nan]))[:2].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("M", [1, 3, 8])
def test_partial_sums_give_the_bartlett_variance(M):
    e = np.random.default_rng(0).normal(size=(4, 8))
    e -= e.mean(axis=1, keepdims=True)
    lags = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    weights = np.maximum(1 - lags / M, 0)
    direct = np.einsum("bs,st,bt->b", e, weights, e)
    assert bartlett_variance(e, M) == pytest.approx(direct)


def simulated(seed, T, N=20, rho=0.3):
    rng = np.random.default_rng(seed)
    f, x = np.zeros((2, T))
    shocks = rng.normal(size=(2, T + 20))
    for t in range(1, T + 20):
        shocks[:, t] += rho * shocks[:, t - 1]
    f, x = shocks[:, 20:]
    unit, time = np.divmod(np.arange(N * T), T)
    own = 1 + rng.normal(size=N)[unit] / 2
    y = f[time] + rng.normal(size=N * T)
    return pd.DataFrame({"i": unit, "t": time, "x": own * x[time], "y": y})


def rejections(T, lags, samples):
    fixed, students = [], []
    for seed in range(samples):
        fit = panel("y ~ x", simulated(seed, T), absorb="i", entity="i", time="t",
                    cov=DriscollKraay(lags))  # fmt: skip
        t = fit.tidy().statistic[0]
        fixed.append(fit.tidy().p_value[0] <= 0.05)
        students.append(2 * stats.t.sf(abs(t), T - 1) <= 0.05)
    return np.mean(students), np.mean(fixed)


def test_tidy_and_interval_agree_and_other_rules_keep_students():
    data = simulated(0, 15)
    keys = {"absorb": "i", "entity": "i", "time": "t", "cov": DriscollKraay(3)}
    fit = panel("y ~ x", data, **keys)
    row = fit.tidy().iloc[0]
    c = fixed_b(15, 3).critical(0.95)
    assert row.conf_high == pytest.approx(row.estimate + c * row.std_error)
    assert fit.interval().pieces[0] == pytest.approx((row.conf_low, row.conf_high))
    assert c > stats.t.ppf(0.975, 14)
    plm = panel("y ~ x", data, **keys, rule=PlmRules()).tidy().iloc[0]
    half = (plm.conf_high - plm.conf_low) / 2
    assert half == pytest.approx(plm.std_error * stats.t.ppf(0.975, 20 * 15 - 21))


@pytest.mark.slow
def test_size_with_fifteen_periods():
    # 200 samples: Monte Carlo error .02 at .08
    students, fixed = rejections(15, 3, 200)
    assert fixed < students
    assert fixed <= 0.10 + 2 * 0.021
