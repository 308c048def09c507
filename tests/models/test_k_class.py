"""LIML, Fuller, tF and the wild Anderson-Rubin test: references, running every draw, size."""

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IVLIML

from agglometrics import (
    Cluster,
    Fuller,
    Homoskedastic,
    Liml,
    Robust,
    TwoStage,
    Webb,
    WildBootstrap,
    anderson_rubin_test,
    iv,
    tf,
    weak_instruments,
    wild_anderson_rubin,
    wild_anderson_rubin_test,
)
from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.wild_bootstrap import draw_weights
from agglometrics.models.checks.tf import CRITICAL, ROOTS, tf_critical

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def simulated(seed=1, G=12, size=10, strength=0.6, common=False):
    """Two instruments; `common`: they are the cluster's, as a shock would be."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(G), size)
    own = 0.0 if common else 1.0
    z1, z2 = own * rng.normal(size=(2, G * size)) + rng.normal(size=(2, G))[:, g]
    u = rng.normal(size=G * size) + rng.normal(size=G)[g]
    x = strength * (z1 + z2) + u + rng.normal(size=G * size)
    w = rng.normal(size=G * size)
    y = 0.5 * x + w + u
    year = np.tile(np.arange(size), G)
    return pd.DataFrame({"g": g, "year": year, "x": x, "z1": z1, "z2": z2, "w": w, "y": y})


@pytest.mark.parametrize("a", [0, 1, 4])
def test_liml_and_fuller_are_those_of_linearmodels(a):
    """linearmodels 7.1, IVLIML(fuller=a)."""
    data = simulated(strength=0.2).assign(c=1.0)
    way = Fuller(a) if a else Liml()
    fit = iv("y ~ w + [x ~ z1 + z2]", data, cov=Homoskedastic(), estimator=way)
    reference = IVLIML(data.y, data[["c", "w"]], data.x, data[["z1", "z2"]], fuller=a)
    found = reference.fit(cov_type="unadjusted", debiased=True)
    names = [{"Intercept": "c", "1": "c"}.get(term, term) for term in fit.terms]
    assert fit.params == pytest.approx(found.params[names].to_numpy(), rel=1e-7)
    assert fit.statistics["kappa"] == pytest.approx(found.kappa, rel=1e-9)
    assert fit.std_errors == pytest.approx(found.std_errors[names].to_numpy(), rel=1e-7)
    # robust ones differ: the score there has the projected regressor, here that of the k-class
    robust = fit.with_cov(Robust()).std_errors
    other = reference.fit(cov_type="robust", debiased=True).std_errors[names].to_numpy()
    assert robust == pytest.approx(other, rel=0.02)


def test_absorbed_effects_are_dummies_and_one_instrument_is_two_stage():
    data = simulated()
    one = iv("y ~ w + [x ~ z1 + z2]", data, absorb="year", cov=Cluster("g"), estimator=Fuller(1.0))
    two = iv("y ~ w + C(year) + [x ~ z1 + z2]", data, cov=Cluster("g"), estimator=Fuller(1.0))
    assert one.params[0] == pytest.approx(two.params[0])
    assert one.statistics["kappa"] == pytest.approx(two.statistics["kappa"])
    liml = iv("y ~ w + [x ~ z1]", data, cov=Cluster("g"), estimator=Liml())
    plain = iv("y ~ w + [x ~ z1]", data, cov=Cluster("g"), estimator=TwoStage())
    assert liml.params == pytest.approx(plain.params)
    assert liml.covariance.matrix == pytest.approx(plain.covariance.matrix)
    assert "LIML" in liml.method
    frame = weak_instruments(one)
    assert frame["f"].item() == pytest.approx(weak_instruments(two)["f"].item())


def test_liml_minimises_the_anderson_rubin_statistic():
    """Its first-order condition: nearby nulls have a larger homoskedastic statistic."""
    fit = iv("y ~ w + [x ~ z1 + z2]", simulated(), cov=Homoskedastic(), estimator=Liml())
    at, low, high = (
        anderson_rubin_test(fit, [fit.params[0] + step]).statistic.item()
        for step in (0.0, -0.05, 0.05)
    )
    assert at < min(low, high)


def test_errors_of_estimators():
    with pytest.raises(InputError, match="a must be positive"):
        Fuller(0.0)
    with pytest.raises(InputError, match=r"found the class Liml itself\. Write estimator=Liml"):
        iv("y ~ [x ~ z1]", simulated(), estimator=Liml)
    made = simulated().assign(x=lambda d: d.z1 + d.z2 - 2 * d.y)
    with pytest.raises(IdentificationError, match=r"outcome and \['x'\] exactly.*TwoStage"):
        iv("y ~ [x ~ z1 + z2]", made, estimator=Liml())


# tF


def test_tf_uses_the_f_of_the_same_covariance():
    data = simulated(strength=0.6)
    fit = iv("y ~ w + [x ~ z1]", data, cov=Cluster("g"))
    row = tf(fit, null=0.5).iloc[0]
    first = fit.first_stage().tidy().set_index("term").statistic["z1"]
    assert row.f == pytest.approx(first**2)
    half = np.interp(abs(first), ROOTS, CRITICAL) * fit.std_errors[0]
    assert (row.conf_high - row.conf_low) / 2 == pytest.approx(half)
    assert row.reject == (not row.conf_low <= 0.5 <= row.conf_high)
    with pytest.raises(InputError, match="one instrument"):
        tf(iv("y ~ [x ~ z1 + z2]", data))


def test_tf_is_infinite_below_and_normal_above():
    """Lee et al. (2022): 3.84, 104.7, and 3.43 at F = 10 (the abstract and section I)."""
    assert tf_critical(3.8) == np.inf
    assert tf_critical(104.7) == pytest.approx(1.96, abs=0.007)
    assert tf_critical(1e6) == 1.96
    assert tf_critical(10.0) == pytest.approx(3.43, abs=0.006)


@pytest.mark.parametrize("strength", [0.0, 1.0, 2.0, 4.0, 8.0])
@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
def test_tf_never_rejects_a_true_null_too_often(strength, rho):
    """The model of the article: t_AR and the first stage's t are normal, correlated rho.

    200,000 draws: Monte Carlo error .0005 at .05.
    """
    rng = np.random.default_rng(0)
    f, e = rng.normal(size=(2, 200_000))
    ar = rho * f + np.sqrt(1 - rho**2) * e
    f = strength + f
    t2 = ar**2 / (1 - 2 * rho * ar / f + (ar / f) ** 2)
    critical = np.where(np.abs(f) < ROOTS[0], np.inf, np.interp(np.abs(f), ROOTS, CRITICAL))
    assert np.mean(t2 > critical**2) <= 0.05 + 3 * 0.0005


# the wild Anderson-Rubin test


def by_running(data, null, v, instruments):
    """Regress each drawn u on instruments and exogenous terms; the cluster Wald statistic."""
    g = data.g.to_numpy()
    W = np.column_stack([np.ones(len(data)), data.w])
    Z = data[instruments].to_numpy()
    Z = Z - W @ np.linalg.lstsq(W, Z)[0]
    u = (data.y - null * data.x).to_numpy()
    u = u - W @ np.linalg.lstsq(W, u)[0]

    def wald(outcome):
        full = np.column_stack([Z, W])
        pi, left = np.linalg.lstsq(full, outcome)[0], None
        left = outcome - full @ pi
        sums = np.stack([np.bincount(g, z * left) for z in Z.T], axis=1)
        bread = np.linalg.inv(Z.T @ Z)
        k = Z.shape[1]
        return pi[:k] @ np.linalg.solve(bread @ sums.T @ sums @ bread, pi[:k])

    draws = [wald(weights[g] * u) for weights in v.T]
    return wald(u), np.mean(np.array(draws) >= wald(u) * (1 - 1e-9))


@pytest.mark.parametrize("instruments", [["z1"], ["z1", "z2"]])
@pytest.mark.parametrize("null", [0.0, 3.0])
def test_wild_test_equals_running_every_draw(instruments, null):
    data = simulated()
    spec = WildBootstrap("g", draws=199, seed=5)
    fit = iv(f"y ~ w + [x ~ {' + '.join(instruments)}]", data, cov=Cluster("g"))
    v, _ = draw_weights(spec, 12)
    statistic, p = by_running(data, null, v, instruments)
    row = wild_anderson_rubin_test(fit, spec, null=null).iloc[0]
    assert row.statistic * len(instruments) == pytest.approx(statistic)
    assert row.p_value == p


@pytest.mark.parametrize("strength", [1.0, 0.0])
def test_wild_set_holds_what_the_test_does_not_reject(strength):
    data = simulated(seed=3, strength=strength)
    spec = WildBootstrap("g", draws=399, seed=5, weights=Webb())
    fit = iv("y ~ w + [x ~ z1 + z2]", data, cov=Cluster("g"))
    found = wild_anderson_rubin(fit, spec)
    for null in np.linspace(-4, 4, 41):
        p = wild_anderson_rubin_test(fit, spec, null=null).p_value.item()
        assert (null in found) == (p > 0.05)
    scaled = iv("y ~ w + [x ~ z1 + z2]", data.assign(y=100 * data.y), cov=Cluster("g"))
    moved = wild_anderson_rubin(scaled, spec)
    assert np.array(moved.pieces) / 100 == pytest.approx(np.array(found.pieces), rel=1e-5)


def test_wild_test_needs_more_clusters_than_instruments():
    data = simulated(G=2)
    fit = iv("y ~ w + [x ~ z1 + z2]", data, cov=Robust())
    with pytest.raises(IdentificationError, match="2 instruments need more than 2 clusters"):
        wild_anderson_rubin_test(fit, WildBootstrap("g"))


def rejections(strength, samples):
    """Return how often the plain and the wild test reject the truth, instruments of the cluster."""
    plain, wild = [], []
    for seed in range(samples):
        fit = iv(
            "y ~ w + [x ~ z1 + z2]",
            simulated(seed, strength=strength, common=True),
            cov=Cluster("g"),
        )
        plain.append(anderson_rubin_test(fit, [0.5]).p_value.item() <= 0.05)
        spec = WildBootstrap("g", draws=199, seed=seed)
        wild.append(wild_anderson_rubin_test(fit, spec, null=0.5).p_value.item() <= 0.05)
    return np.mean(plain), np.mean(wild)


@pytest.mark.slow
def test_size_of_the_wild_test():
    # 120 samples: Monte Carlo error .020 at .05
    _, wild = rejections(0.05, 120)
    assert wild <= 0.06 + 2 * 0.022
