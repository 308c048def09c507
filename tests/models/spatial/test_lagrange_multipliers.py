"""Lagrange multipliers: the trace that effects leave in the score, its size, and its texts."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import NoDependence, SpatialLag, lagrange_multipliers, panel, spatial_panel
from agglometrics.errors import IdentificationError

KEYS = {"entity": "r", "time": "t"}
N = 25


def lattice(side: int = 5) -> np.ndarray:
    """Binary rook neighbours of a square: not symmetric once its rows sum to one."""
    place = np.arange(side * side).reshape(side, side)
    A = np.zeros((side * side, side * side))
    for one, two in ((place[:, 1:], place[:, :-1]), (place[1:], place[:-1])):
        A[one.ravel(), two.ravel()] = A[two.ravel(), one.ravel()] = 1.0
    return A


BINARY = lattice()
STANDARD = BINARY / BINARY.sum(axis=1, keepdims=True)
ISLANDS = BINARY * (np.arange(N) >= 10)[:, None] * (np.arange(N) >= 10)
WEIGHTS = {"standard": STANDARD, "binary": BINARY, "islands": ISLANDS}


def independent(seed, T, absorb):
    rng = np.random.default_rng(seed)
    x, e = rng.normal(size=(2, T, N))
    y = x + e + rng.normal(size=N) * ("r" in absorb) + rng.normal(size=(T, 1))
    t, r = np.indices((T, N)).reshape(2, -1)
    return pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(("absorb", "m"), [(["r", "t"], 5), ("t", 6), ("r", 0)])
def test_the_trace_by_hand(weights, absorb, m):
    # -(T - 1) 1'W1 / N, -T 1'W1 / N, 0; and by brute force, tr of (J_T x J_N)(I x W)
    W, T = WEIGHTS[weights], 6
    data = independent(0, T, absorb)
    at = spatial_panel("y ~ x", data, weights=W, absorb=absorb, model=NoDependence(), **KEYS).layout
    tau, B = at.traces(0.0)
    assert tau == pytest.approx(-m * W.sum() / N)
    J_T = np.eye(T) - (1 / T if "r" in absorb else 0)
    J_N = np.eye(N) - (1 / N if "t" in absorb else 0)
    Q, big = np.kron(J_T, J_N), np.kron(np.eye(T), W)
    assert tau == pytest.approx(np.trace(Q @ big), abs=1e-9)
    P = Q @ big @ Q
    assert pytest.approx(np.trace(P @ P + P.T @ P)) == B


def test_the_statistics_are_scores_of_the_likelihood():
    # the slope of the lag model's log-likelihood in rho at zero, by finite differences
    data = independent(1, 6, ["r", "t"])
    fit = spatial_panel("y ~ x", data, weights=STANDARD, absorb=["r", "t"], **KEYS)
    at = fit.layout
    X, h = at.X.reshape(-1, 1), 1e-5

    def value(rho):
        left = (at.y - rho * at.Wy).ravel()
        e = left - X @ np.linalg.lstsq(X, left)[0]
        return at.log_likelihood(rho, e @ e)

    score = (value(h) - value(-h)) / (2 * h)
    e = at.y.ravel() - X @ np.linalg.lstsq(X, at.y.ravel())[0]
    We = at.spatial_lag(e.reshape(at.y.shape)).ravel()
    pull = at.Wy.ravel() - We
    left = pull - X @ np.linalg.lstsq(X, pull)[0]
    tau, B = at.traces(0.0)
    J = left @ left / (e @ e / at.n) + B - 2 * tau**2 / at.n
    found = lagrange_multipliers(fit).set_index("test")["statistic"]
    assert found["lag"] == pytest.approx(score**2 / J, rel=1e-6)
    # Anselin et al.'s identity: lag + robust error = error + robust lag
    assert found["lag"] + found["robust_error"] == pytest.approx(
        found["error"] + found["robust_lag"]
    )


def test_the_estimated_model_does_not_matter_and_none_is_the_panel():
    data = independent(2, 6, ["r", "t"])
    none, lag = (
        spatial_panel("y ~ x", data, weights=STANDARD, absorb=["r", "t"], model=model, **KEYS)
        for model in (NoDependence(), SpatialLag())
    )
    pd.testing.assert_frame_equal(lagrange_multipliers(none), lagrange_multipliers(lag))
    assert none.params == pytest.approx(panel("y ~ x", data, absorb=["r", "t"]).params)
    assert none.terms == ("x",)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_size_with_both_effects_at_twenty_periods(weights):
    # 200 panels without dependence: Monte Carlo error at .05 is .015. Without the trace of the
    # score the error test rejects in a quarter of such panels
    p = []
    for seed in range(200):
        data = independent(seed, 20, ["r", "t"])
        fit = spatial_panel(
            "y ~ x", data, weights=WEIGHTS[weights], absorb=["r", "t"], model=NoDependence(), **KEYS
        )
        p.append(lagrange_multipliers(fit)["p_value"])
    size = (np.array(p) < 0.05).mean(axis=0)
    assert np.all((size > 0.005) & (size < 0.095))


@pytest.mark.parametrize("W", [np.zeros((N, N)), 1 - np.eye(N)])
def test_weights_that_say_nothing_are_refused(W):
    data = independent(0, 6, ["r", "t"])
    fit = spatial_panel("y ~ x", data, weights=W, absorb=["r", "t"], model=NoDependence(), **KEYS)
    with pytest.raises(IdentificationError, match="no information on dependence"):
        lagrange_multipliers(fit)
