"""Hansen's threshold: by hand, against trying every split, its size, power and errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Robust, panel, threshold_panel
from agglometrics.errors import InputError

KEYS = {"entity": "i", "time": "t", "by": "q", "varying": ["x"]}


def simulated(seed=0, N=60, T=6, jump=1.0):
    rng = np.random.default_rng(seed)
    unit, time = np.divmod(np.arange(N * T), T)
    x, z, q, e = rng.normal(size=(4, N * T))
    y = (1 + jump * (q > 0.3)) * x - z + rng.normal(size=N)[unit] + e
    return pd.DataFrame({"i": unit, "t": time, "x": x, "z": z, "q": q, "y": y})


def test_estimate_is_the_best_split():
    data = simulated()
    data = data[data.i < 6]
    fit = threshold_panel("y ~ x + z", data, draws=99, **KEYS)
    low, high = np.quantile(data.q, [0.05, 0.95], method="lower")
    values = np.sort(data.q)
    tried = {}
    for gamma in values[(values >= low) & (values <= high)]:
        split = data.assign(low=data.x * (data.q <= gamma), high=data.x * (data.q > gamma))
        one = panel("y ~ low + high + z", split, absorb="i", cov=Robust())
        tried[gamma] = (one.residuals() ** 2).sum(), one.params
    best = min(tried, key=lambda gamma: tried[gamma][0])
    assert fit.threshold == best
    assert fit.params == pytest.approx(tried[best][1])
    assert fit.terms == ("x[low]", "x[high]", "z")
    # F and LR as in Hansen (1999, eq. 12-14), with sigma^2 = S / n(T - 1)
    null = (panel("y ~ x + z", data, absorb="i").residuals() ** 2).sum()
    sigma2 = tried[best][0] / (6 * 5)
    assert fit.statistics["f_threshold"] == pytest.approx((null - tried[best][0]) / sigma2)
    for gamma, (ssr, _) in tried.items():
        inside = (ssr - tried[best][0]) / sigma2 <= -2 * np.log(1 - np.sqrt(0.95))
        assert (gamma in fit.threshold_set) == inside
        # S is constant up to the next value of q
        following = values[np.searchsorted(values, gamma) + 1]
        assert ((gamma + following) / 2 in fit.threshold_set) == inside
        assert (np.nextafter(following, -np.inf) in fit.threshold_set) == inside


def test_a_threshold_is_found():
    fit = threshold_panel("y ~ x + z", simulated(), draws=199, **KEYS)
    assert fit.threshold == pytest.approx(0.3, abs=0.15)
    assert 0.3 in fit.threshold_set
    assert fit.statistics["p_threshold"] < 0.01


def test_order_of_rows_does_not_matter_and_unbalanced_panels_work():
    data = simulated().drop(index=[3, 50, 51])
    one = threshold_panel("y ~ x + z", data, draws=99, **KEYS)
    two = threshold_panel("y ~ x + z", data.sample(frac=1, random_state=0), draws=99, **KEYS)
    assert one.threshold == two.threshold
    assert one.params == pytest.approx(two.params)


def test_errors_say_what_to_do():
    data = simulated()
    with pytest.raises(InputError, match=r"varying=\['w'\] must name terms"):
        threshold_panel("y ~ x", data, **{**KEYS, "varying": ["w"]})
    with pytest.raises(InputError, match="has 2 candidate values"):
        threshold_panel("y ~ x", data.assign(q=data.t % 3), **KEYS)


def test_several_effects_are_the_same_as_dummies():
    data = simulated(3, N=12, T=5).drop(index=[3, 17])
    one = threshold_panel("y ~ x + z", data, absorb=["i", "t"], draws=99, **KEYS)
    two = threshold_panel("y ~ x + z + C(i) + C(t)", data, absorb=[], draws=99, **KEYS)
    assert one.threshold == two.threshold
    assert one.statistics["f_threshold"] == pytest.approx(two.statistics["f_threshold"])
    assert one.threshold_set.pieces == two.threshold_set.pieces


def test_a_threshold_variable_of_the_unit_and_units_of_measurement():
    data = simulated(4, N=20)
    data["q"] = data.groupby("i").q.transform("first")
    one = threshold_panel("y ~ x + z", data, draws=99, **KEYS)
    scaled = data.assign(x=1e6 * data.x, q=1000 * data.q, y=data.y / 50)
    two = threshold_panel("y ~ x + z", scaled, draws=99, **KEYS)
    assert two.threshold == pytest.approx(1000 * one.threshold)
    for name in ("f_threshold", "p_threshold"):
        assert two.statistics[name] == pytest.approx(one.statistics[name])


def test_bootstrap_is_the_wild_one_by_hand():
    """Each draw estimated again, split by split, with the signs that the seed gives."""
    data = simulated(5, N=8, T=4, jump=0.8)
    fit = threshold_panel("y ~ x + z", data, draws=60, seed=7, **KEYS)
    signs = np.random.default_rng(7).choice([-1.0, 1.0], size=(8, 60))
    within = np.eye(32) - np.kron(np.eye(8), np.full((4, 4), 0.25))

    def best_f(y):
        def left(X):
            X = within @ X
            return ((within @ y - X @ np.linalg.lstsq(X, within @ y)[0]) ** 2).sum()

        plain = left(data[["x", "z"]].to_numpy())
        low, high = np.quantile(data.q, [0.05, 0.95], method="lower")
        splits = [c for c in np.unique(data.q) if low <= c <= high]
        S = min(left(np.c_[data.x * (data.q <= c), data.x * (data.q > c), data.z]) for c in splits)
        return (plain - S) / S * (32 - 8)

    X = within @ data[["x", "z"]].to_numpy()
    y = within @ data.y.to_numpy()
    u = y - X @ np.linalg.lstsq(X, y)[0]
    F = best_f(data.y.to_numpy())
    drawn = [best_f(u * signs[data.i, b]) for b in range(60)]
    assert fit.statistics["f_threshold"] == pytest.approx(F)
    assert fit.statistics["p_threshold"] == pytest.approx(
        (1 + np.sum(np.array(drawn) >= F)) / (1 + len(drawn))
    )


def rejections(samples, sigma=lambda q: np.ones_like(q)):
    """Return p-values without a threshold, and whether sets hold the one of a jump of 3."""
    p, inside = [], []
    for seed in range(samples):
        data = simulated(seed, N=40, jump=0.0)
        error = np.random.default_rng(9000 + seed).normal(size=len(data)) * sigma(data.q.to_numpy())
        data["y"] = data.x - data.z + error
        null = threshold_panel("y ~ x + z", data, draws=199, seed=seed, **KEYS)
        p.append(null.statistics["p_threshold"])
        if len(inside) >= 50:
            continue
        data["y"] += 3 * data.x * (data.q > 0.3)
        inside.append(0.3 in threshold_panel("y ~ x + z", data, draws=1, **KEYS).threshold_set)
    return np.array(p), np.mean(inside)


@pytest.mark.slow
def test_size_and_coverage():
    # 100 samples: Monte Carlo error .022 at .05; 50 sets: .031 at .95
    p, covered = rejections(100)
    assert 0.01 <= np.mean(p <= 0.05) <= 0.05 + 2 * 0.022
    assert covered >= 0.95 - 2 * 0.031
    p, _ = rejections(100, sigma=lambda q: np.exp(0.7 * q))
    assert np.mean(p <= 0.05) <= 0.07 + 2 * 0.026
