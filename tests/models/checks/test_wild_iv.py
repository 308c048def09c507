"""The wild bootstrap with instruments: against running every draw, and its size."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Cluster, PlmRules, WildBootstrap, iv, wild_iv
from agglometrics.errors import InputError
from agglometrics.inference.wild_bootstrap import draw_weights
from agglometrics.models.wild_iv_bootstrap import forms, p_value, sample_t

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def simulated(seed=1, G=8, size=12, strength=0.6):
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(G), size)
    z1, z2 = rng.normal(size=(2, G * size)) + rng.normal(size=(2, G))[:, g]
    u = rng.normal(size=G * size) + rng.normal(size=G)[g]
    x = strength * (z1 + z2) + u + rng.normal(size=G * size)
    w = rng.normal(size=G * size)
    y = 0.5 * x + w + u + rng.normal(size=G * size)
    year = np.tile(np.arange(size), G)
    return pd.DataFrame({"g": g, "year": year, "x": x, "z1": z1, "z2": z2, "w": w, "y": y})


def by_running(data, null, v, absorb):
    """Davidson and MacKinnon's steps with plain regressions on dummies."""
    g = data.g.to_numpy()
    D = pd.get_dummies(data.year).to_numpy(float) if absorb else np.ones((len(data), 1))
    W, Z = np.column_stack([D, data.w]), data[["z1", "z2"]].to_numpy()
    y, x = data.y.to_numpy(), data.x.to_numpy()

    def residual(target, on):
        return target - on @ np.linalg.lstsq(on, target)[0]

    def t_of(y, x):
        hat = residual(x, W) - residual(residual(x, W), residual(Z, W))
        b = hat @ y / (hat @ x)
        sums = np.bincount(g, hat * residual(y - b * x, W))
        return (b - null) * (hat @ x) / np.sqrt(sums @ sums)

    u = residual(y - null * x, W)
    full = np.column_stack([Z, W, u])
    beta = np.linalg.lstsq(full, x)[0]
    mean = np.column_stack([Z, W]) @ beta[:-1]
    draws = []
    for weights in v.T:
        xs = mean + weights[g] * (x - mean)
        ys = null * xs + weights[g] * u
        draws.append(t_of(ys, xs))
    return np.mean(np.abs(draws) >= abs(t_of(y, x)) * (1 - 1e-9))


@pytest.mark.parametrize("absorb", [None, "year"])
@pytest.mark.parametrize("null", [0.0, 0.4])
def test_p_value_equals_running_every_draw(absorb, null):
    data = simulated()
    spec = WildBootstrap("g", draws=199, seed=5)
    fit = iv("y ~ w + [x ~ z1 + z2]", data, absorb=absorb, cov=Cluster("g"), rule=PlmRules())
    row = wild_iv(fit, spec, null=null).iloc[0]
    v, _ = draw_weights(spec, 8)
    assert row["p_value"] == pytest.approx(by_running(data, null, v, absorb))
    assert row["estimate"] == pytest.approx(fit.params[0])
    assert row["std_error"] == pytest.approx(fit.std_errors[0])


def test_bounds_are_where_the_p_value_is_alpha():
    fit = iv("y ~ w + [x ~ z1 + z2]", simulated(), cov=Cluster("g"))
    spec = WildBootstrap("g", draws=999, seed=5)
    row = wild_iv(fit, spec, level=0.9).iloc[0]
    for edge in (row["conf_low"], row["conf_high"]):
        assert wild_iv(fit, spec, null=edge).iloc[0]["p_value"] == pytest.approx(0.1, abs=0.004)


def test_errors_say_what_to_do():
    data = simulated().assign(x2=lambda d: d.z1 - d.z2 + d.w**2)
    fit = iv("y ~ w + [x + x2 ~ z1 + z2]", data, cov=Cluster("g"))
    with pytest.raises(InputError, match="is for one endogenous term"):
        wild_iv(fit, WildBootstrap("g"))
    with pytest.raises(InputError, match="is for one endogenous term"):
        fit.with_cov(WildBootstrap("g"))


def test_as_a_covariance():
    fit = iv("y ~ w + [x ~ z1 + z2]", simulated(), cov=Cluster("g"))
    spec = WildBootstrap("g", draws=199, seed=5)
    row, found = wild_iv(fit, spec).iloc[0], fit.with_cov(spec).tidy().set_index("term")
    assert found.loc["x", "p_value"] == row["p_value"]
    assert tuple(found.loc["x", ["conf_low", "conf_high"]]) == (row["conf_low"], row["conf_high"])
    assert found.loc["w", ["p_value", "conf_low"]].isna().all()


@pytest.mark.slow
def test_size_with_ten_clusters():
    # 200 samples under the null: Monte Carlo error at .05 is .015
    reject = 0
    for seed in range(200):
        data = simulated(seed, G=10)
        fit = iv("y ~ w + [x ~ z1 + z2]", data, cov=Cluster("g"))
        v, _ = draw_weights(WildBootstrap("g", draws=199, seed=seed), 10)
        reject += p_value(forms(fit.system, data.g.to_numpy()), 0.5, v) < 0.05
    assert 0.004 < reject / 200 < 0.097


@pytest.mark.parametrize("absorb", [None, "g"])
def test_sample_t_is_that_of_the_clustered_estimate(absorb):
    data = simulated()
    fit = iv("y ~ w + [x ~ z1 + z2]", data, absorb=absorb, cov=Cluster("g"), rule=PlmRules())
    codes = data["g"].to_numpy()
    t, estimate, error = sample_t(forms(fit.system, codes), 0.3)
    assert estimate == pytest.approx(fit.params[0])
    assert error == pytest.approx(fit.std_errors[0])
    assert t == pytest.approx((fit.params[0] - 0.3) / fit.std_errors[0])
