"""Honest bounds: by hand, against linear programs, coverage, units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, stats

import agglometrics as ag
from agglometrics.evaluation.event.relative_magnitudes import (
    Vertices,
    accepts,
    least_favourable,
    relative_set,
    steps,
    vertices,
)
from agglometrics.evaluation.event.smoothness import (
    fixed_length,
    folded_quantile,
    shortest_estimator,
    trade_off,
)
from tests.evaluation.panels import KEYS, long, staggered
from tests.evaluation.reference import BETA, SIGMA

FIRST, MEAN = np.array([1.0, 0, 0, 0]), np.full(4, 0.25)


def linear_program(b, S, P, loading, Mbar, s, sign, theta) -> tuple[float, np.ndarray]:
    """Return min eta and the multipliers: A(b - tau) <= eta sd for some tau with l'tau = theta."""
    Q = len(loading)
    D = steps(P, Q)
    A = np.vstack([D[P:] - Mbar * sign * D[s], -D[P:] - Mbar * sign * D[s]])
    sd = np.sqrt(np.einsum("rk,kl,rl->r", A, S, A))
    found = optimize.linprog(
        np.r_[1.0, np.zeros(Q)], A_ub=-np.column_stack([sd, A[:, P:]]), b_ub=-(A @ b),
        A_eq=np.r_[0.0, loading][None], b_eq=[theta], bounds=[(None, None)] * (Q + 1),
    )  # fmt: skip
    return float(found.fun), A


@pytest.mark.parametrize("loading", [FIRST, MEAN, np.array([0.5, -1.0, 0.0, 2.0])], ids=str)
def test_vertices_are_the_solution_of_the_linear_program(loading) -> None:
    """The largest moment over vertices is the minimum of ARP's linear program, at any theta."""
    rng = np.random.default_rng(1)
    for _ in range(25):
        b = rng.multivariate_normal(BETA, 4 * SIGMA)
        s, sign, Mbar = int(rng.integers(3)), int(rng.choice([-1, 1])), float(rng.uniform(0.1, 2))
        theta = float(rng.normal(scale=0.4))
        member = vertices(SIGMA, 3, loading, Mbar, s, sign)
        eta, _ = linear_program(b, SIGMA, 3, loading, Mbar, s, sign, theta)
        assert (member.rows @ b + member.slope * theta).max() == pytest.approx(eta, abs=1e-8)


def test_parallel_trends_give_the_usual_interval() -> None:
    """Mbar = 0: the moments are +-(l'b - theta) alone; the test is two-sided, a little hybrid."""
    for loading in (FIRST, MEAN):
        found = relative_set(BETA, SIGMA, 3, loading, 0.0, 0.05)
        center = loading @ BETA[3:]
        sd = np.sqrt(loading @ SIGMA[3:, 3:] @ loading)
        inside = found.holds(center + sd * np.array([-2.05, -1.9, 0, 1.9, 2.05]))
        assert inside.tolist() == [False, True, True, True, False]


def test_one_period_each_side_by_hand() -> None:
    """P = Q = 1, Mbar = 1, member D_0 > 0 with b = (-1, 3): moments in units of their deviation.

    b_post - theta + b_pre <= 0 and -(b_post - theta) + b_pre <= 0 at theta: with S = I both have
    deviation sqrt 2; their pair is b_pre / sqrt 2. At theta = 3 - x: (x - 1) / sqrt 2 and
    (-x - 1) / sqrt 2, so that x = 1 + 1.96 sqrt 2 is about the edge (the truncation is far away).
    """
    member = vertices(np.eye(2), 1, np.ones(1), 1.0, 0, 1)
    b, x = np.array([-1.0, 3.0]), 2.5
    moments = member.rows @ b + member.slope * (3 - x)
    np.testing.assert_allclose(moments, np.array([-1, x - 1, -x - 1]) / np.sqrt(2))
    noise = np.random.default_rng(0).standard_normal((100_000, 2))
    cut = least_favourable(member, noise, 0.005)
    edge = 1 + stats.norm.ppf(1 - 0.045 / 0.995) * np.sqrt(2)
    near = accepts(member, b, 3 - np.array([edge - 0.05, edge + 0.05]), cut, 0.05)
    assert near.tolist() == [True, False]


def test_smoothness_by_hand() -> None:
    """P = Q = 1: v = 1, estimate b_post + b_pre, bias M, half-length cv(M / sd) sd."""
    S = np.array([[1.0, 0.3], [0.3, 2.0]])
    sd = np.sqrt(1 + 2 + 0.6)
    low, high = fixed_length(np.array([-0.5, 2.0]), S, 1, np.ones(1), 1.2, 0.95)
    assert (low + high) / 2 == pytest.approx(1.5)
    assert (high - low) / 2 == pytest.approx(folded_quantile(1.2 / sd, 0.95) * sd)
    assert folded_quantile(0.0, 0.95) == pytest.approx(stats.norm.ppf(0.975))
    c = folded_quantile(1.3, 0.9)
    assert stats.norm.cdf(c - 1.3) - stats.norm.cdf(-c - 1.3) == pytest.approx(0.9)


def test_a_linear_trend_is_extrapolated_by_generalised_least_squares() -> None:
    """M = 0: the best linear unbiased estimator of tau in b = (g t_pre, g t_post + tau)."""
    t = np.array([-3.0, -2, -1, 1, 2, 3, 4])
    X = np.column_stack([t, np.r_[np.zeros((3, 4)), np.eye(4)]])
    inverse = np.linalg.inv(SIGMA)
    V = np.linalg.inv(X.T @ inverse @ X)
    beta = V @ X.T @ inverse @ BETA
    for loading in (FIRST, MEAN):
        c = np.r_[0.0, loading]
        low, high = fixed_length(BETA, SIGMA, 3, loading, 0.0, 0.95)
        assert (low + high) / 2 == pytest.approx(c @ beta)
        assert (high - low) / 2 == pytest.approx(stats.norm.ppf(0.975) * np.sqrt(c @ V @ c))


def test_no_other_estimator_has_a_shorter_interval() -> None:
    """Half-length against a general minimiser over all v that cancel linear trends."""
    for loading, M in [(FIRST, 0.01), (MEAN, 0.02), (MEAN, 0.2)]:
        found = trade_off(SIGMA, 3, loading)

        def half(u, found=found, M=M) -> float:
            sd = found.sd(u)
            return folded_quantile(M * found.bias(u) / sd, 0.95) * sd

        starts = np.random.default_rng(1).normal(size=(1, 2))
        best = min(optimize.minimize(half, x, method="Nelder-Mead",
                                     options={"xatol": 1e-9, "fatol": 1e-12}).fun
                   for x in [np.zeros(2), *starts])  # fmt: skip
        low, high = fixed_length(BETA, SIGMA, 3, loading, M, 0.95)
        assert (high - low) / 2 == pytest.approx(best, rel=1e-6)


def test_bias_is_the_worst_over_smooth_trends() -> None:
    """A linear program over trends with second differences within M finds the stated bias."""
    P, Q = 3, 4
    found = trade_off(SIGMA, P, MEAN)
    u = np.array([0.4, -0.3])
    weights = np.r_[found.start + found.moves @ u, MEAN]
    D = steps(P, Q)
    second = np.diff(D, axis=0)
    worst = optimize.linprog(
        -weights, A_ub=np.vstack([second, -second]), b_ub=np.full(2 * len(second), 0.7),
        bounds=[(None, None)] * (P + Q),
    )  # fmt: skip
    assert -worst.fun == pytest.approx(0.7 * found.bias(u))
    variance = weights @ SIGMA @ weights
    assert found.sd(u) == pytest.approx(np.sqrt(variance))


@pytest.mark.parametrize("trend", ["worst", "parallel"])
def test_coverage(trend: str) -> None:
    """Draws of b around a trend at the edge of each restriction; effects are zero.

    Smoothness, 20,000 draws: the trend that is worst for the estimator is covered 0.95 of the time
    (Monte Carlo standard error 0.0015), a parallel one more often. Relative magnitudes, 1,000
    draws with D_t equal to the largest D_s before: at least 0.95 less 3 errors of 0.0069.
    """
    rng = np.random.default_rng(3)
    P, Q, M = 3, 4, 0.05
    weights, half = shortest_estimator(SIGMA, P, FIRST, M, 0.95)
    second = np.diff(steps(P, Q), axis=0)
    bent = np.linalg.lstsq(second, M * np.sign(np.linalg.lstsq(second.T, weights)[0]))[0]
    steep = 0.3 * np.array([-1.0, -1, -1, 1, 2, 3, 4])
    if trend == "parallel":
        bent, steep = 0 * bent, 0 * steep
    noise = rng.multivariate_normal(np.zeros(P + Q), SIGMA, size=20_000)
    covered = np.mean(np.abs((noise + bent) @ weights) <= half)
    base = relative_set(BETA, SIGMA, P, FIRST, 1.0, 0.05)
    relative = np.mean([replace(base, b=steep + e).holds(np.zeros(1))[0] for e in noise[:1000]])
    assert relative >= 0.95 - 3 * 0.0069
    if trend == "worst":
        assert covered == pytest.approx(0.95, abs=3 * 0.0015)
    else:
        assert covered > 0.97


def test_the_front_in_any_unit() -> None:
    Y, first = staggered(1, sizes=(20, 30), starts=(4, 7), T=7, noise=0.5)
    on = np.arange(7) >= first[:, None]
    fit = ag.event_study(long(Y + 2 * on, first), **KEYS)
    large = ag.event_study(long(1e6 * (Y + 2 * on), first), **KEYS)
    for kind in (ag.RelativeMagnitudes(m=[0.5, 1.0]), ag.Smoothness()):
        one, other = ag.honest_bounds(fit, kind), ag.honest_bounds(large, kind)
        np.testing.assert_allclose(other.table["conf_low"] / 1e6, one.table["conf_low"], rtol=1e-5)
        np.testing.assert_allclose(
            other.table["conf_high"] / 1e6, one.table["conf_high"], rtol=1e-5
        )
        lengths = (one.table["conf_high"] - one.table["conf_low"]).to_numpy()
        assert (np.diff(lengths) > 0).all()
        scale = 1e6 if isinstance(kind, ag.Smoothness) else 1.0
        assert other.breakdown == pytest.approx(scale * one.breakdown, rel=5e-3)
        inside = ag.honest_bounds(fit, type(kind)(m=[0.98 * one.breakdown])).table.iloc[0]
        outside = ag.honest_bounds(fit, type(kind)(m=[1.02 * one.breakdown])).table.iloc[0]
        assert inside["conf_low"] > 0 >= outside["conf_low"]
    assert one.estimate == pytest.approx(fit.params[-4:-1].mean())
    assert one.tidy()["restriction"].tolist() == ["smoothness"] * 5
    first_event = ag.honest_bounds(fit, ag.Smoothness(m=[0.1]), event_time=0)
    assert first_event.estimate == pytest.approx(fit.params[fit.terms.index("event 0")])


def test_what_is_refused() -> None:
    Y, first = staggered(2, sizes=(12, 20), starts=(4, 7), T=7)
    fit = ag.event_study(long(Y, first), **KEYS)
    with pytest.raises(ag.InputError, match=r"event_time -3 was not estimated .* 0, 1, 2"):
        ag.honest_bounds(fit, event_time=-3)
    with pytest.raises(ag.InputError, match="finite and not below zero"):
        ag.RelativeMagnitudes(m=[-1.0])
    with pytest.raises(ag.InputError, match="finite and not below zero"):
        ag.Smoothness(m=[])


def test_breakdown_is_zero_where_no_set_excludes_zero() -> None:
    """The interval of a linear trend is moved to lie around zero."""
    Y, first = staggered(2, sizes=(12, 20), starts=(4, 7), T=7)
    fit = ag.event_study(long(Y, first), **KEYS)
    row = ag.honest_bounds(fit, ag.Smoothness(m=[0.0])).table.iloc[0]
    on = np.arange(7) >= first[:, None]
    center = (row["conf_low"] + row["conf_high"]) / 2
    moved = ag.event_study(long(Y - center * on, first), **KEYS)
    found = ag.honest_bounds(moved, ag.Smoothness(m=[0.0]))
    assert found.breakdown == 0.0
    assert found.table["conf_high"][0] == pytest.approx(-found.table["conf_low"][0])


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_with_one_moment_the_hybrid_is_the_one_sided_test(alpha) -> None:
    """Its two stages, of size kappa = alpha / 10 and of what is left, reject alpha in all.

    Below the quantile 1 - kappa, a normal z is above it given that with probability
    (1 - kappa - Phi(z)) / (1 - kappa); that is (alpha - kappa) / (1 - kappa) at Phi(z) = 1 - alpha.
    """
    one = Vertices(np.array([[1.0]]), np.array([-1.0]), np.array([[4.0]]))  # b - theta, sd 2
    cut, end = (2 * stats.norm.isf(size) for size in (alpha / 10, alpha))
    theta = 3 - np.array([end - 1e-6, end + 1e-6])
    assert accepts(one, np.array([3.0]), theta, cut, alpha).tolist() == [True, False]
