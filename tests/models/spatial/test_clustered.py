"""Clustered covariances of spatial panels: by brute force, identities, coverage, and texts."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Cluster,
    Homoskedastic,
    NoDependence,
    Robust,
    SpatialDurbin,
    SpatialError,
    SpatialLag,
    impacts,
    panel,
    spatial_panel,
)
from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.models.spatial.clustered import meat

KEYS = {"entity": "r", "time": "t"}
N, T = 25, 8


def lattice(side: int = 5) -> np.ndarray:
    place = np.arange(side * side).reshape(side, side)
    A = np.zeros((side * side, side * side))
    for one, two in ((place[:, 1:], place[:, :-1]), (place[1:], place[:-1])):
        A[one.ravel(), two.ravel()] = A[two.ravel(), one.ravel()] = 1.0
    return A / A.sum(axis=1, keepdims=True)


W = lattice()


def serial(rng, phi):
    v = rng.normal(size=(T + 20, N))
    for k in range(1, T + 20):
        v[k] += phi * v[k - 1]
    return v[20:]


def simulated(seed=0, phi=0.8, rho=0.4):
    rng = np.random.default_rng(seed)
    x, e = serial(rng, phi), serial(rng, phi)
    y = (x + e + rng.normal(size=N)) @ np.linalg.inv(np.eye(N) - rho * W).T
    t, r = np.indices((T, N)).reshape(2, -1)
    data = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})
    return data.assign(z=np.cos(np.arange(T * N)), g=data.r // 2)


def estimated(model, absorb, **more):
    return spatial_panel(
        "y ~ x + z", simulated(), weights=W, absorb=absorb, model=model, **KEYS, **more
    )


def brute_meat(fit, model, codes):
    """The meat from the score's terms one by one, in dense matrices, lists and loops."""
    at, e, s2 = fit.layout, fit.residuals, fit.statistics["sigma2"]
    rho, beta = fit.params[-1], fit.params[:-1]
    J = np.eye(N) - (1 / N if at.both else 0)
    G = J @ W @ np.linalg.inv(np.eye(N) - rho * W) @ J
    error = isinstance(model, SpatialError)
    X = at.X - rho * at.spatial_lag(at.X) if error else at.X
    pull = np.zeros_like(e) if error else at.Wy - e @ G.T
    if not error:  # W y = G X b + G e
        np.testing.assert_allclose(pull, (at.X @ beta) @ G.T, atol=1e-9)
    K, groups = len(beta), sorted(set(codes))
    rows = []
    for g in groups:
        own = [i for i in range(N) if codes[i] == g]
        b = sum(X[t, i] * e[t, i] for i in own for t in range(T)) / s2
        lag = sum(pull[t, i] * e[t, i] for i in own for t in range(T)) / s2
        lag += sum(G[i, j] * (e[:, i] @ e[:, j]) for i in own for j in own) / s2
        lag -= at.periods * sum(G[i, i] for i in own)
        spread = sum(e[:, i] @ e[:, i] / (2 * s2**2) - at.n / N / (2 * s2) for i in own)
        rows.append([*b, lag, spread])
    for a, g in enumerate(groups):
        for h in groups[a + 1 :]:
            pair = sum(
                (G[i, j] + G[j, i]) * (e[:, i] @ e[:, j]) / s2
                for i in range(N)
                for j in range(N)
                if codes[i] == g and codes[j] == h
            )
            rows.append([*np.zeros(K), pair, 0])
    rows = np.array(rows)
    # the parts add up to the score of the likelihood, which is zero at its peak
    scale = np.sqrt(np.diag(rows.T @ rows))
    assert np.abs(rows.sum(axis=0) / scale).max() < 1e-6
    return rows.T @ rows


@pytest.mark.parametrize("absorb", ["r", ["r", "t"]])
@pytest.mark.parametrize("model", [SpatialLag(), SpatialError(), SpatialDurbin()])
@pytest.mark.parametrize("column", ["r", "g"])
def test_the_meat_is_made_of_the_terms_of_the_score(model, absorb, column):
    fit = estimated(model, absorb)
    codes = np.arange(N) if column == "r" else np.arange(N) // 2
    from agglometrics.models.spatial.likelihood import fit_error, fit_lag

    found = (fit_error if isinstance(model, SpatialError) else fit_lag)(fit.layout)
    B = brute_meat(fit, model, codes)
    np.testing.assert_allclose(meat(fit.layout, found, codes), B, rtol=1e-5, atol=1e-6 * B.max())
    G, P, n = len(set(codes)), len(fit.params), N * T
    periods = T - 1 if "t" in absorb else 0  # of the effects those not nested in the clusters count
    factor = G / (G - 1) * (n - 1) / (n - P - 1 - periods)
    V = found.bread @ B @ found.bread * factor
    clustered = fit.with_cov(Cluster(column))
    np.testing.assert_allclose(clustered.covariance.matrix, V[:P, :P], rtol=1e-4)
    assert clustered.covariance.df == G - 1


def test_without_dependence_it_is_the_cluster_covariance_of_panel():
    fit = estimated(NoDependence(), ["r", "t"], cov=Cluster("r"))
    linear = panel("y ~ x + z", simulated(), absorb=["r", "t"], cov=Cluster("r"), entity="r")
    np.testing.assert_allclose(fit.covariance.matrix, linear.covariance.matrix, rtol=1e-9)
    assert fit.covariance.name == linear.covariance.name
    assert fit.covariance.df == linear.covariance.df


@pytest.mark.parametrize("model", [SpatialLag(), SpatialError()])
def test_with_independent_errors_both_covariances_agree_on_average(model):
    # scores without the pairs of regions would leave tr(G G) out: a quarter of rho's variance
    ratio = []
    for seed in range(60):
        data = simulated(seed, phi=0.0)
        fit = spatial_panel("y ~ x", data, weights=W, absorb="r", model=model, **KEYS)
        ratio.append((fit.with_cov(Cluster("r")).std_errors / fit.std_errors) ** 2)
    assert np.mean(ratio, axis=0) == pytest.approx([1.0, 1.0], abs=0.1)


def test_order_and_units_do_not_matter():
    data, name = (
        simulated(),
        dict(zip(range(N), np.random.default_rng(1).permutation(N), strict=True)),
    )
    base = spatial_panel("y ~ x", data, weights=W, absorb="r", cov=Cluster("g"), **KEYS)
    frame = pd.DataFrame(W).rename(index=name, columns=name)
    mixed = data.assign(r=data.r.map(name), y=data.y * 1e6).sample(frac=1, random_state=0)
    other = spatial_panel("y ~ x", mixed, weights=frame, absorb="r", cov=Cluster("g"), **KEYS)
    assert other.std_errors == pytest.approx(base.std_errors * [1e6, 1], rel=1e-6)


def test_impacts_take_the_chosen_covariance():
    fit = estimated(SpatialLag(), "r")
    clustered = fit.with_cov(Cluster("r"))
    b, rho = fit.params[[0, -1]]
    gradient = np.array([1 / (1 - rho), 0, b / (1 - rho) ** 2])
    delta, drawn = [], []
    for chosen in (fit, clustered):
        delta.append(np.sqrt(gradient @ chosen.covariance.matrix @ gradient))
        drawn.append(impacts(chosen, draws=4000).iloc[2]["std_error"])
    # b / (1 - rho) is curved: draws spread a little more than its tangent, under both alike
    assert delta[1] / delta[0] > 1.2
    assert drawn[1] / drawn[0] == pytest.approx(delta[1] / delta[0], rel=0.05)
    wide, normal = (impacts(c, draws=4000).iloc[0] for c in (clustered, fit))
    # t with 24 degrees of freedom: bounds of 2.06 standard errors, not 1.96
    assert (wide.conf_high - wide.conf_low) / wide.std_error == pytest.approx(2 * 2.06, rel=0.04)
    assert (normal.conf_high - normal.conf_low) / normal.std_error == pytest.approx(
        2 * 1.96, rel=0.04
    )


def test_maximum_likelihood_comes_back():
    fit = estimated(SpatialLag(), "r", cov=Cluster("r"))
    np.testing.assert_array_equal(
        fit.with_cov(Homoskedastic()).covariance.matrix,
        estimated(SpatialLag(), "r").covariance.matrix,
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (Robust(), r"must be Homoskedastic\(\) .* or Cluster of one column; found Robust\(\)"),
        (Cluster("r", "t"), "Cluster of one column"),
        (Cluster("t"), r"one cluster in all periods; 't' changes within 0, 1, 2, 3, 4 and 20 more"),
        (Cluster("nowhere"), r"columns \['nowhere'\] are not in the table"),
        (Cluster, r"the class Cluster itself. Write cov=Cluster\(...\)"),
    ],
)
def test_other_covariances_are_refused(spec, message):
    with pytest.raises(InputError, match=message):
        estimated(SpatialLag(), "r", cov=spec)


def test_few_clusters_are_said():
    data = simulated()
    with pytest.warns(AgglometricsWarning, match="5 clusters in 'h'.*4 degrees of freedom"):
        spatial_panel(
            "y ~ x", data.assign(h=data.r // 5), weights=W, absorb="r", cov=Cluster("h"), **KEYS
        )


@pytest.mark.slow
def test_coverage_with_serially_correlated_errors():
    # 120 panels, AR(1) of .8 in errors and regressor: Monte Carlo error of .95 is .02. The
    # information matrix covers about .83 and .85 (b, rho), and the total impact .78
    hits = {"likelihood": np.zeros(3), "cluster": np.zeros(3)}
    truth = np.array([1.0, 0.4, 1 / 0.6])
    for seed in range(120):
        fit = spatial_panel("y ~ x", simulated(seed), weights=W, absorb="r", **KEYS)
        for name, chosen in (("likelihood", fit), ("cluster", fit.with_cov(Cluster("r")))):
            table = pd.concat([chosen.tidy(), impacts(chosen, draws=200, seed=seed)[2:]])
            hits[name] += (table.conf_low < truth).to_numpy() & (truth < table.conf_high).to_numpy()
    assert np.all(hits["cluster"] / 120 > 0.88)
    assert np.all(hits["likelihood"] / 120 < 0.91)
