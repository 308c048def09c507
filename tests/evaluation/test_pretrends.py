"""Power of pre-tests: by hand, a simulation, another program."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import agglometrics as ag
from agglometrics.evaluation.pretrends import (
    EventCoefficients,
    pass_probability,
    power_against,
    truncated_mean,
)
from tests.evaluation.panels import KEYS, long, staggered
from tests.evaluation.reference import BETA, EVENTS, SIGMA

KNOWN = EventCoefficients(EVENTS + 1.0, BETA, SIGMA, EVENTS)


def test_he_and_wang_as_stata_pretrends_prints() -> None:
    """mcaceresb/stata-pretrends, README: power(0.5) on the event study of He and Wang (2017)."""
    found = power_against(KNOWN, None, 0.5, 0.95)
    assert found.slope == pytest.approx(0.0520662478, rel=2e-5)
    assert found.power == pytest.approx(0.5, abs=1e-4)
    assert found.bayes_factor == pytest.approx(0.5690176871738699, rel=1e-4)
    assert found.likelihood_ratio == pytest.approx(0.1057053243787036, rel=1e-4)
    printed = [-0.0923171, -0.0555576, -0.0279117, 0.0649147, 0.1208691, 0.1694932, 0.2245753]
    np.testing.assert_allclose(found.table["mean_after_pass"], printed, atol=1e-5)
    printed = [-0.1561987, -0.1041325, -0.0520662, 0.0520662, 0.1041325, 0.1561987, 0.208265]
    np.testing.assert_allclose(found.table["trend"], printed, atol=1e-5)


def test_one_coefficient_before_treatment_by_hand() -> None:
    """b ~ N(-g, 1): power 1 - P(|Z - g| < 1.96); passing, b has a truncated normal's mean."""
    S = np.array([[1.0, 0.5], [0.5, 2.0]])
    known = EventCoefficients(np.array([-1.0, 1.0]), np.array([0.3, 1.0]), S, np.array([-2, 0]))
    found = power_against(known, 1.5, 0.5, 0.95)
    z = stats.norm.ppf(0.975)
    passed = stats.norm.cdf(z + 1.5) - stats.norm.cdf(-z + 1.5)
    assert found.power == pytest.approx(1 - passed)
    assert found.false_alarm == pytest.approx(0.05)
    mean = stats.truncnorm.mean(-z + 1.5, z + 1.5) - 1.5
    assert found.table["mean_after_pass"][0] == pytest.approx(mean)
    assert found.table["mean_after_pass"][1] == pytest.approx(1.5 + 0.5 * (mean + 1.5))
    expected = np.exp(-0.5 * 1.8**2 + 0.5 * 0.3**2)
    assert found.likelihood_ratio == pytest.approx(expected)


def test_a_box_against_draws() -> None:
    """400,000 draws: probability within 5 of its Monte Carlo standard errors, means too."""
    S = SIGMA[:4, :4]
    mean, half = np.array([0.05, -0.08, 0.02, 0.1]), 1.7 * np.sqrt(np.diag(S))
    draws = np.random.default_rng(1).multivariate_normal(mean, S, size=400_000)
    inside = (np.abs(draws) < half).all(axis=1)
    p = inside.mean()
    assert pass_probability(mean, S, half) == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / 4e5))
    error = draws[inside].std(axis=0) / np.sqrt(inside.sum())
    assert (np.abs(truncated_mean(mean, S, half) - draws[inside].mean(axis=0)) < 5 * error).all()


def test_units_and_the_front() -> None:
    Y, first = staggered(1, sizes=(12, 20), starts=(4, 7), T=7)
    fit = ag.event_study(long(Y, first), **KEYS)
    found = ag.pretrend_power(fit, power=0.8)
    assert found.power == pytest.approx(0.8, abs=1e-4)
    assert found.tidy()["event_time"].tolist() == [-4, -3, -2, 0, 1, 2]
    np.testing.assert_allclose(found.table["trend"], found.slope * np.array([-3, -2, -1, 1, 2, 3]))
    large = ag.pretrend_power(ag.event_study(long(1e6 * Y, first), **KEYS), power=0.8)
    assert large.slope == pytest.approx(1e6 * found.slope, rel=1e-4)


def test_what_is_refused() -> None:
    Y, first = staggered(2, sizes=(12, 20), starts=(4, 7), T=7)
    data = long(Y, first)
    fit = ag.event_study(data, **KEYS)
    with pytest.raises(ag.InputError, match="power must lie above the pre-test's own size"):
        ag.pretrend_power(fit, power=0.01)
    for estimator in (ag.Imputation(leads=2), ag.CallawaySantAnna(base=ag.VaryingBase())):
        with pytest.raises(ag.InputError, match="relative to one reference period"):
            ag.pretrend_power(ag.event_study(data, estimator=estimator, **KEYS))
    with pytest.raises(ag.IdentificationError, match="no coefficient lies before"):
        ag.pretrend_power(ag.event_study(long(Y, np.where(first == 4, 1, 7)), **KEYS))
    with pytest.warns(ag.AgglometricsWarning):
        one = ag.event_study(long(Y[11:], first[11:]), **KEYS)
    with pytest.raises(ag.IdentificationError, match="Use permutation_test"):
        ag.pretrend_power(one)
