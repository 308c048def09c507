"""CR2 and its degrees of freedom, leverage, and warnings about clusters."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from agglometrics import CR2, CR3, Cluster, Robust, cluster_diagnostics, iv, panel
from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.inference.cr2 import bias_reduced
from agglometrics.linalg.least_squares import inverse_gram


def table(seed=0, units=12, T=5, regions=5):
    rng = np.random.default_rng(seed)
    unit, time = np.divmod(np.arange(units * T), T)
    x, z, e = rng.normal(size=(3, units * T))
    region = unit * regions // units
    y = x + z + rng.normal(size=regions)[region] * (1 + time) + e
    return pd.DataFrame({"i": unit, "t": time, "region": region, "x": x, "z": z, "y": y})


def by_definition(X, codes, y):
    """V and df of Pustejovsky and Tipton (2018), every effect a column of X."""
    N = len(y)
    B = np.linalg.pinv(X.T @ X)
    rest = np.eye(N) - X @ B @ X.T
    u = rest @ y
    V, P_parts = np.zeros((X.shape[1],) * 2), []
    for g in np.unique(codes):
        rows = codes == g
        values, vectors = np.linalg.eigh(rest[np.ix_(rows, rows)])
        root = np.where(values > 1e-8, 1 / np.sqrt(np.maximum(values, 1e-8)), 0)
        A = vectors @ np.diag(root) @ vectors.T
        half = B @ X[rows].T @ A
        V += half @ np.outer(u[rows], u[rows]) @ half.T
        P_parts.append(rest[:, rows] @ half.T)  # p_g of every coefficient, (N, K)
    df = []
    for k in range(X.shape[1]):
        P = np.array([[a[:, k] @ b[:, k] for b in P_parts] for a in P_parts])
        df.append(np.trace(P) ** 2 / np.sum(P**2))
    return V, np.array(df)


@pytest.mark.parametrize(
    ("absorb", "column"), [(None, "region"), ("i", "i"), (["i", "t"], "region"), ("t", "region")]
)
def test_cr2_is_the_definition_with_dummies(absorb, column):
    data = table().drop(index=[3, 17, 40])
    fit = panel("y ~ x + z", data, absorb=absorb, cov=CR2(column))
    parts = [data[["x", "z"]].to_numpy()]
    names = np.atleast_1d(absorb) if absorb else []
    parts += [pd.get_dummies(data[name]).to_numpy(dtype=float) for name in names]
    if absorb is None:
        parts.append(np.ones((len(data), 1)))
    V, df = by_definition(np.column_stack(parts), data[column].to_numpy(), data.y.to_numpy())
    at = [fit.terms.index("x"), fit.terms.index("z")]
    assert fit.covariance.matrix[np.ix_(at, at)] == pytest.approx(V[:2, :2], rel=1e-8)
    assert fit.covariance.dfs[at] == pytest.approx(df[:2], rel=1e-8)
    tidy = fit.tidy().set_index("term")
    half = (tidy.conf_high - tidy.conf_low) / 2 / tidy.std_error
    from scipy import stats

    assert half["x"] == pytest.approx(stats.t.ppf(0.975, df[0]))
    assert tidy.p_value["z"] == pytest.approx(2 * stats.t.sf(abs(tidy.statistic["z"]), df[1]))
    piece = fit.interval(0.95, "x").pieces[0]
    assert piece == pytest.approx((tidy.conf_low["x"], tidy.conf_high["x"]))


def test_alone_in_its_cluster_it_is_hc2_with_the_degrees_of_imbens_and_kolesar():
    """statsmodels 0.14's HC2; Imbens and Kolesar (2016, section II.B): 3 of 30 rows treated."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"i": range(30), "d": [1.0] * 3 + [0.0] * 27, "y": rng.normal(size=30)})
    fit = panel("y ~ d", data, cov=CR2("i"))
    reference = sm.OLS(data.y, sm.add_constant(data.d)).fit(cov_type="HC2")
    assert fit.std_errors == pytest.approx(reference.bse.to_numpy())
    n1, n0 = 3, 27
    known = (n0 + n1) ** 2 * (n0 - 1) * (n1 - 1) / (n1**2 * (n1 - 1) + n0**2 * (n0 - 1))
    assert known == pytest.approx(2.467, abs=5e-4)  # the article rounds to 2.5
    assert fit.covariance.dfs[fit.terms.index("d")] == pytest.approx(known)


def test_unbiased_with_one_variance():
    """V is quadratic in y, so its mean with independent errors is the sum over unit vectors."""
    rng = np.random.default_rng(2)
    X, codes = rng.normal(size=(24, 2)), np.repeat(np.arange(5), [2, 3, 4, 5, 10])
    Q, C = np.linalg.qr(X)
    bread = inverse_gram(X)
    residuals = np.eye(24) - Q @ Q.T
    mean = sum(bias_reduced(Q, C, u, bread, codes)[0] for u in residuals.T)
    assert mean == pytest.approx(bread)


def test_cr2_says_where_it_is_not_defined():
    data = table().assign(w=1.0)
    with pytest.raises(InputError, match="without weights"):
        panel("y ~ x", data, weights="w", cov=CR2("region"))
    with pytest.raises(InputError, match="CR2 is defined here for panel"):
        iv("y ~ [x ~ z]", data, cov=CR2("region"))


def test_diagnostics_add_up_and_agree_with_refits():
    data = table()
    fit = panel("y ~ x + z", data, absorb="t", cov=Robust())
    found = cluster_diagnostics(fit, "region")
    assert found.clusters.leverage.sum() == pytest.approx(2)
    assert found.clusters["partial[x]"].sum() == pytest.approx(1)
    without = panel("y ~ x + z", data[data.region != 2], absorb="t", cov=Robust())
    assert found.clusters["without[x]"][2] == pytest.approx(without.params[0])
    # partial leverage by Frisch, Waugh and Lovell
    left = panel("x ~ z", data, absorb="t", cov=Robust()).residuals().to_numpy() ** 2
    shares = np.bincount(data.region, left) / left.sum()
    assert found.clusters["partial[x]"].to_numpy() == pytest.approx(shares)
    assert found.terms.effective_clusters[0] == pytest.approx(1 / np.sum(shares**2))
    assert found.terms.largest_cluster[0] == shares.argmax()


def test_equal_clusters_count_in_full_and_one_treated_counts_as_one():
    data = table(units=10, T=4, regions=10)
    data["x"] = np.tile([1.0, -1, 2, -2], 10)
    found = cluster_diagnostics(panel("y ~ x", data, absorb="i", cov=Robust()), "i")
    assert found.terms.effective_clusters[0] == pytest.approx(10)
    data["d"] = ((data.i == 0) & (data.t > 1)).astype(float)
    fit = panel("y ~ d", data, absorb=["i", "t"], cov=Robust())
    # after both effects the treated unit holds (N - 1) / N of the variation
    found = cluster_diagnostics(fit, "i").terms
    assert found.largest_share[0] == pytest.approx(0.9)
    assert found.effective_clusters[0] == pytest.approx(1 / (0.9**2 + 0.1**2 / 9))


def test_a_policy_of_one_or_two_clusters_is_warned_of():
    data = table(units=12, T=6, regions=12)
    for treated, warned in (([0], True), ([0, 1], True), ([0, 1, 2, 3], False)):
        data["d"] = (data.i.isin(treated) & (data.t > 2)).astype(float)
        for spec in (Cluster("i"), CR3("i"), CR2("i")):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                panel("y ~ d", data, absorb=["i", "t"], cov=spec)
            said = [str(w.message) for w in caught]
            assert any("one or two clusters of 'i'" in text for text in said) == warned


def test_a_regressor_of_the_region_with_clusters_by_cell_is_warned_of():
    data = table(units=20, T=4, regions=10)
    data["name"] = "r" + data.region.astype(str)
    data["policy"] = np.random.default_rng(5).normal(size=(10, 4))[data.region, data.t]
    with pytest.warns(
        AgglometricsWarning,
        match=r"'log\(policy \+ 9\)' varies only between the 10 groups of 'region'",
    ):
        panel("y ~ x + log(policy + 9)", data, entity="i", time="t", absorb=["i", "t"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel("y ~ x", data, entity="i", time="t", absorb=["i", "t"])
        clustered = Cluster("name")
        panel("y ~ x + policy", data, entity="i", time="t", absorb=["i", "t"], cov=clustered)


def simulate(spec, samples, G=12):
    """Return how often a true null is rejected: unequal clusters, regressor of the cluster."""
    sizes = np.linspace(4, 26, G).astype(int)
    g = np.repeat(np.arange(G), sizes)
    rejected = []
    for seed in range(samples):
        rng = np.random.default_rng(seed)
        x = rng.exponential(size=G)[g]
        y = rng.normal(size=G)[g] + rng.normal(size=len(g))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = panel("y ~ x", pd.DataFrame({"g": g, "x": x, "y": y}), cov=spec)
        rejected.append(fit.tidy().set_index("term").p_value["x"] <= 0.05)
    return np.mean(rejected)


@pytest.mark.slow
def test_size_with_twelve_unequal_clusters():
    # 200 samples: Monte Carlo error .015 at .05; in 1,000 samples CR2 .028, CR3 .061, Cluster .142
    assert simulate(CR2("g"), 200) <= 0.05 + 2 * 0.015


def test_a_term_that_a_cluster_fits_exactly_has_no_p_value_and_says_so():
    # a dummy of one cluster and one of the others, no constant: no residual of the first is left
    data = table().assign(alone=lambda d: (d.i == 0) * 1.0, rest=lambda d: (d.i > 0) * 1.0)
    with pytest.warns(AgglometricsWarning, match="fit 'alone' exactly.*no p-value"):
        fit = panel("y ~ 0 + alone + rest", data, cov=CR2("i"))
    found = fit.tidy().set_index("term")
    assert np.isnan(found.loc["alone", "p_value"])
    assert found.loc["rest", "df"] == pytest.approx(data.i.nunique() - 2)
    with (
        pytest.warns(AgglometricsWarning),
        pytest.raises(IdentificationError, match="varies within"),
    ):
        panel("y ~ 0 + C(i)", data, cov=CR2("i"))


def test_dates_are_not_taken_for_a_policy_of_groups():
    # dummies of years are the same for all regions: they do not vary between groups of units
    data = table(units=12).drop(columns="region").assign(state=lambda d: d.i // 4)
    keys = {"entity": "i", "time": "t", "cov": Cluster("i")}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel("y ~ x + C(t)", data, **keys)
    policy = data.assign(policy=lambda d: ((d.state == 1) & (d.t > 2)) * 1.0)
    with pytest.warns(AgglometricsWarning, match="'policy' varies only between the 3 groups"):
        panel("y ~ x + C(t) + policy", policy, **keys)
