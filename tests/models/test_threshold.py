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
    fit = threshold_panel("y ~ x + z", data, grid=50, draws=99, **KEYS)
    tried = {}
    for gamma in np.unique(np.quantile(data.q, np.linspace(0.05, 0.95, 50), method="lower")):
        split = data.assign(low=data.x * (data.q <= gamma), high=data.x * (data.q > gamma))
        one = panel("y ~ low + high + z", split, absorb="i", cov=Robust())
        tried[gamma] = (one.residuals() ** 2).sum(), one.params
    best = min(tried, key=lambda gamma: tried[gamma][0])
    assert fit.threshold == best
    assert fit.params == pytest.approx(tried[best][1])
    assert fit.terms == ("x[low]", "x[high]", "z")
    # F and LR as in Hansen (1999, eq. 12-14), with sigma^2 = S / n(T - 1)
    null = (panel("y ~ x + z", data, absorb="i").residuals() ** 2).sum()
    sigma2 = tried[best][0] / (60 * 5)
    assert fit.statistics["f_threshold"] == pytest.approx((null - tried[best][0]) / sigma2)
    for gamma, (ssr, _) in tried.items():
        inside = (ssr - tried[best][0]) / sigma2 <= -2 * np.log(1 - np.sqrt(0.95))
        assert (gamma in fit.threshold_set) == inside


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
        threshold_panel("y ~ x", data.assign(q=data.t % 2), **KEYS)


@pytest.mark.slow
def test_size_of_the_bootstrap():
    # 200 panels without a threshold: Monte Carlo error at .10 is .021
    p = [
        threshold_panel(
            "y ~ x + z", simulated(seed, N=40, jump=0.0), grid=40, draws=99, seed=seed, **KEYS
        ).statistics["p_threshold"]
        for seed in range(200)
    ]
    assert 0.05 < np.mean(np.array(p) <= 0.10) < 0.17
