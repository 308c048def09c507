"""The wild cluster bootstrap: against refitting every draw, by enumeration, and its size."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Cluster, PlmRules, Rademacher, Webb, WildBootstrap, panel
from agglometrics.errors import InputError
from agglometrics.inference.wild_bootstrap import draw_weights, null_family

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def clustered(seed: int = 5, G: int = 8, size: int = 9) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(G), size)
    x = rng.normal(size=G)[g] + rng.normal(size=G * size)
    y = 0.3 * x + rng.normal(size=G)[g] + rng.normal(size=G * size)
    return pd.DataFrame({"g": g, "year": np.tile(np.arange(size), G), "x": x, "y": y})


def refit_p_value(data, null, v, absorb):
    """Impose the null, flip residuals by cluster, and run every regression again."""
    full = panel("y ~ x", data, absorb=absorb, cov=Cluster("g"), rule=PlmRules())
    k = full.terms.index("x")
    t = (full.params[k] - null) / full.std_errors[k]
    moved = data.assign(y=data.y - null * data.x)
    null_fit = panel(
        "y ~ 1" if not absorb else "y ~ zero", moved.assign(zero=0.0), cov=Cluster("g")
    )
    u = null_fit.residuals().to_numpy()
    draws = []
    for weights in v.T:
        sample = data.assign(y=null * data.x + u * weights[data.g])
        fit = panel("y ~ x", sample, absorb=absorb, cov=Cluster("g"), rule=PlmRules())
        draws.append((fit.params[k] - null) / fit.std_errors[k])
    return np.mean(np.abs(draws) >= abs(t) * (1 - 1e-9))


def test_p_value_equals_refitting_every_draw():
    data = clustered()
    spec = WildBootstrap("g", draws=99, weights=Webb(), seed=3)
    fit = panel("y ~ x", data, cov=spec)
    v, _ = draw_weights(spec, 8)
    assert fit.tidy()["p_value"][1] == pytest.approx(refit_p_value(data, 0.0, v, None))


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("absorb", [["g"], ["year"], ["g", "year"]])
def test_absorbed_effects_equal_dummies(absorb, weights):
    # effects inside clusters, across clusters, and both
    data = clustered().assign(w=lambda d: 1 + d.index % 3)
    spec = WildBootstrap("g", draws=499, seed=4)
    absorbed = panel("y ~ x", data, absorb=absorb, weights=weights, cov=spec)
    dummies = " + ".join(f"C({name})" for name in absorb)
    full = panel(f"y ~ x + {dummies}", data, weights=weights, cov=spec)
    k = full.terms.index("x")
    assert absorbed.tidy()["p_value"][0] == pytest.approx(full.tidy()["p_value"][k])
    ends = absorbed.interval(0.9, "x").pieces[0]
    assert ends == pytest.approx(full.interval(0.9, "x").pieces[0], rel=1e-6)


def test_all_sign_patterns_by_hand():
    # y on nothing but x = 1 in three clusters with sums 3, 2, -1 of y and one row each:
    # under b = 0, t(v) depends on v only through s = 3 v1 + 2 v2 - v3 since sum of squares is 14:
    # b* = s/3, score_g = v_g y_g - s/3; |t*| rises with |s|; |s| in {4, 6, 0, 2}: 4 is the sample
    from agglometrics.inference.wild_bootstrap import null_family

    data = pd.DataFrame({"g": [1, 2, 3], "y": [3.0, 2, -1]})
    fit = panel("y ~ 1", data, cov=Cluster("g")).fit
    v = np.array([[a, b, c] for a in (-1.0, 1) for b in (-1.0, 1) for c in (-1.0, 1)]).T
    family = null_family(fit, np.arange(3), 0, v)
    assert np.abs(family.n[0]) == pytest.approx(np.abs(v.T @ [3, 2, -1]) / 3)
    # patterns with |s| >= 4: (1,1,-1): 6, (1,1,1): 4 and their negatives: 4 of 8
    assert family.p_value(0.0) == pytest.approx(0.5)


def test_bounds_are_where_the_p_value_is_alpha():
    data = clustered()
    fit = panel("y ~ x", data, cov=WildBootstrap("g", draws=1999, seed=1))
    low, high = fit.interval(0.95, "x").pieces[0]
    row = fit.tidy(0.95).iloc[1]
    assert (row["conf_low"], row["conf_high"]) == (low, high)
    for edge in (low, high):
        moved = panel("y ~ x", data.assign(y=data.y - edge * data.x), cov=fit_spec(1999, 1))
        assert moved.tidy()["p_value"][1] == pytest.approx(0.05, abs=2 / 1999)


def fit_spec(draws: int, seed: int) -> WildBootstrap:
    return WildBootstrap("g", draws=draws, seed=seed)


def test_same_seed_same_answer_and_few_patterns_are_enumerated():
    data = clustered()
    fit = panel("y ~ x", data, cov=fit_spec(999, 8))
    assert fit.tidy().equals(fit.with_cov(fit_spec(999, 8)).tidy())
    signs = fit.with_cov(WildBootstrap("g", weights=Rademacher()))
    assert "all 256 sign patterns" in signs.covariance.name


def test_too_few_clusters_for_signs():
    data = clustered(G=4)
    with pytest.raises(InputError, match=r"4 clusters give only 16 sign patterns.*Webb"):
        panel("y ~ x", data, cov=WildBootstrap("g", weights=Rademacher()))
    with pytest.raises(InputError, match="draws must be at least 99"):
        WildBootstrap("g", draws=10)


def test_size_with_ten_clusters():
    # 300 samples under the null, cluster-level regressor: Monte Carlo error at .05 is .013;
    # t by cluster with G - 1 degrees of freedom over-rejects in the same samples
    rng = np.random.default_rng(99)
    G, size, reject, naive = 10, 12, 0, 0
    g = np.repeat(np.arange(G), size)
    for draw in range(300):
        x = (rng.normal(size=G) ** 3)[g]
        y = rng.normal(size=G)[g] + rng.normal(size=G * size)
        data = pd.DataFrame({"g": g, "x": x, "y": y})
        fit = panel("y ~ x", data, cov=Cluster("g"))
        naive += fit.tidy()["p_value"][1] < 0.05
        boot = fit.with_cov(WildBootstrap("g", draws=199, seed=draw))
        reject += boot.covariance.p_values[1] < 0.05
    assert 0.012 < reject / 300 < 0.088
    assert naive > reject


def test_a_set_that_no_null_leaves_is_the_whole_line():
    # with two clusters a sixth of Webb's draws keep or flip all residuals, and tie with the
    # sample at every null: no p-value falls below .05
    fit = panel("y ~ x", clustered(G=2, size=12), cov=WildBootstrap("g", draws=99, weights=Webb()))
    bounds = fit.tidy()[["conf_low", "conf_high"]].to_numpy()
    np.testing.assert_array_equal(bounds, [[-np.inf, np.inf]] * 2)


@pytest.mark.parametrize("far", [1e3, 1e9, 1e15])
def test_draws_that_keep_or_flip_everything_tie_however_far_the_null(far):
    data = clustered(G=6)
    fit = panel("y ~ x", data, absorb="year", cov=Cluster("g")).fit
    v = np.array([[1.0] * 6, [-1.0] * 6, [1.5] * 6]).T
    family = null_family(fit, fit.sample.codes("g"), 0, v)
    assert family.p_value(family.estimate + far * family.std_error) == 1.0
