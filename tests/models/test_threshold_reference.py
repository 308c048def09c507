"""Hansen's threshold against pyxthreg, and against trying every split and every bootstrap sample.

Hansen's own data (565 firms, 1973 to 1987) could not be had, so his table is not repeated here.
pyxthreg 0.0.3 (PyPI) says that it repeats Stata's xthreg on it. It divides differently from the
article, in two ways; where it departs, a brute force on numpy decides.
"""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

N, T = 30, 8


def wave(n: int, a: float) -> np.ndarray:
    """Return numbers that look random and are the same in every language: sin(a k^2)."""
    return np.sin(a * np.arange(1, n + 1) ** 2)


def waves(jump: float) -> pd.DataFrame:
    unit, time = np.divmod(np.arange(N * T), T)
    x, z, q, e = (c * wave(N * T, a) for c, a in ((2, 0.73), (1, 0.53), (1, 0.37), (0.8, 0.29)))
    y = (1 + jump * (q > 0.2)) * x - z + wave(N, 0.91)[unit] + e
    return pd.DataFrame({"i": unit, "t": time, "x": x, "z": z, "q": q, "y": y})


def fitted(jump: float, **options) -> ag.ThresholdRegression:
    said = {"by": "q", "varying": ["x"], "entity": "i", "time": "t", "draws": 99}
    return ag.threshold_panel("y ~ x + z", waves(jump), cov=ag.Homoskedastic(), **said | options)


def within(v: np.ndarray) -> np.ndarray:
    return (v.reshape(N, T) - v.reshape(N, T).mean(axis=1, keepdims=True)).ravel()


def sum_of_squares(y: np.ndarray, columns: list[np.ndarray]) -> float:
    Z = np.column_stack([within(c) for c in columns])
    e = within(y) - Z @ np.linalg.lstsq(Z, within(y))[0]
    return float(e @ e)


def last_value_below(end: float, jump: float) -> float:
    q = waves(jump)["q"]
    return float(q[q <= end].max())


def test_estimates_as_pyxthreg():
    # ThresholdPanel(...).fit(thnum=1, trim=.05, grid=0): beta, se and threshold
    found = fitted(0.6)
    assert found.terms == ("x[low]", "x[high]", "z")
    assert found.threshold == pytest.approx(0.20578085, abs=5e-9)
    coefficients = [1.02568037, 1.61455859, -1.06187074]
    assert found.params == pytest.approx(coefficients, abs=1e-8)
    assert found.std_errors == pytest.approx([0.03840741, 0.04322769, 0.0608556], abs=1e-8)
    assert found.statistics["r2_within"] == pytest.approx(0.9216219810357937, rel=1e-10)
    # theirs are values of q; S is constant from the last of them to the next one
    low, high = found.threshold_set.pieces[0][0], found.threshold_set.pieces[-1][1]
    assert low == pytest.approx(0.14696566727042046, rel=1e-9)
    assert last_value_below(high, 0.6) == pytest.approx(0.325586041751229, rel=1e-9)


@pytest.mark.parametrize(("jump", "theirs"), [(0.6, 113.58232289304105), (0.2, 16.732840962018646)])
def test_f_divides_by_n_times_periods_less_one(jump, theirs):
    # pyxthreg takes sigma^2 = S1 / (T (N - 1)) = S1 / 232; Hansen (1999) S1 / (N (T - 1)), here
    # 210: the number of observations that remain when every unit has its own mean
    data = waves(jump)
    x, z, q, y = (data[c].to_numpy() for c in "xzqy")
    candidates = np.sort(q)[11:228]
    S1 = min(sum_of_squares(y, [z, x * (q <= g), x * (q > g)]) for g in candidates)
    F = (sum_of_squares(y, [z, x]) - S1) / (S1 / (N * (T - 1)))
    found = fitted(jump).statistics["f_threshold"]
    assert found == pytest.approx(F, rel=1e-9)
    assert found * (T * (N - 1)) / (N * (T - 1)) == pytest.approx(theirs, rel=1e-9)


def test_likelihood_ratio_divides_by_n_times_periods_less_one():
    # for its interval pyxthreg divides by N T - N - K = 207, so its lower end, -.39975275, has
    # a ratio of 7.252 there and of 7.3575 in Hansen's measure: above 7.3523, and not in the set
    data, found = waves(0.2), fitted(0.2)
    x, z, q, y = (data[c].to_numpy() for c in "xzqy")
    S = {g: sum_of_squares(y, [z, x * (q <= g), x * (q > g)]) for g in np.sort(q)[11:228]}
    least = min(S.values())
    critical = -2 * np.log(1 - np.sqrt(0.95))
    accepted = {g for g, s in S.items() if (s - least) / least * N * (T - 1) <= critical}
    assert {g for g in S if g in found.threshold_set} == accepted
    theirs = min(S, key=lambda g: abs(g - -0.39975275))
    assert theirs not in found.threshold_set
    assert (S[theirs] - least) / least * 207 < critical < (S[theirs] - least) / least * 210
    end = last_value_below(found.threshold_set.pieces[-1][1], 0.2)
    assert end == pytest.approx(0.9139503989076505, rel=1e-9)


@pytest.mark.parametrize(("jump", "theirs"), [(0.12, 0.0384), (0.16, 0.0152)])
def test_bootstrap_p_value_beside_pyxthreg(jump, theirs):
    # pyxthreg draws whole units with replacement (5,000 draws, Monte Carlo error .0027 and .0017);
    # `threshold_panel` changes signs of units. Here errors have one variance, where both hold
    found = fitted(jump, draws=4999).statistics["p_threshold"]
    assert found == pytest.approx(theirs, abs=0.02)
    assert found != pytest.approx(theirs, rel=0.1)


@pytest.mark.slow
def test_bootstrap_p_value_by_brute_force():
    # one sign for each unit's residuals of the null, every F from two least-squares fits
    data = waves(0.12)
    x, z, q, y = (data[c].to_numpy() for c in "xzqy")
    found = fitted(0.12, trim=0.35, draws=1999)
    candidates = np.sort(q)[83:157]
    splits = [[z, x * (q <= g), x * (q > g)] for g in candidates]
    best = int(np.argmin([sum_of_squares(y, columns) for columns in splits]))
    assert found.threshold == candidates[best]
    Z = np.column_stack([within(z), within(x)])
    u = within(y) - Z @ np.linalg.lstsq(Z, within(y))[0]
    F = found.statistics["f_threshold"]
    rng, larger, draws = np.random.default_rng(5), 0, 400
    for _ in range(draws):
        drawn = u * np.repeat(rng.choice([-1.0, 1.0], N), T)
        least = min(sum_of_squares(drawn, columns) for columns in splits)
        larger += (sum_of_squares(drawn, [z, x]) - least) / least * N * (T - 1) >= F
    p = larger / draws
    assert 0.005 < p < 0.5  # the test is about a p-value away from both ends
    assert found.statistics["p_threshold"] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 333))
