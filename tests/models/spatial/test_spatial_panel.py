"""Spatial panels: likelihoods by brute force, printed tables, impacts, tests, and errors."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import (
    SpatialDurbin,
    SpatialError,
    SpatialLag,
    impacts,
    lagrange_multipliers,
    moran,
    panel,
    row_standardize,
    spatial_panel,
)
from agglometrics.errors import InputError

KEYS = {"entity": "r", "time": "t"}

# pyfixest and spreg use arguments that pandas will drop
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")


def ring(N: int) -> pd.DataFrame:
    """Neighbours left, right, and two to the right: not symmetric."""
    W = np.roll(np.eye(N), 1, axis=1) + np.roll(np.eye(N), -1, axis=1) + np.roll(np.eye(N), 2, 1)
    return row_standardize(pd.DataFrame(W))


def simulated(seed=0, N=20, T=6, rho=0.4, lam=0.0, effects=True):
    rng = np.random.default_rng(seed)
    W, eye = ring(N).to_numpy(), np.eye(N)
    unit = rng.normal(size=N) * effects
    year = rng.normal(size=(T, 1)) * effects
    x, z, e = rng.normal(size=(3, T, N))
    x = x + 0.5 * unit
    u = e @ np.linalg.inv(eye - lam * W).T
    y = (1 + x - 0.5 * z + unit + year + u) @ np.linalg.inv(eye - rho * W).T
    t, r = np.indices((T, N)).reshape(2, -1)
    return pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "z": z.ravel(), "y": y.ravel()})


def orthonormal(n: int) -> np.ndarray:
    """Return (n, n - 1) orthonormal columns that sum to zero: Lee and Yu's F."""
    values, vectors = np.linalg.eigh(np.eye(n) - 1 / n)
    return vectors[:, values > 0.5]


@pytest.mark.parametrize("absorb", [None, "r", ["r", "t"]])
@pytest.mark.parametrize("model", [SpatialLag(), SpatialError(), SpatialDurbin()])
def test_log_likelihood_is_the_normal_density(absorb, model):
    # the density of all observations, transformed by Lee and Yu's F, evaluated by scipy
    data = simulated()
    N, T = 20, 6
    fit = spatial_panel("y ~ x + z", data, weights=ring(N), absorb=absorb, model=model, **KEYS)
    W = ring(N).to_numpy()
    F = orthonormal(T) if absorb else np.eye(T)
    J = orthonormal(N) if absorb == ["r", "t"] else np.eye(N)
    Y = data.y.to_numpy().reshape(T, N)
    parts = {"Intercept": np.ones((T, N))}
    parts |= {name: data[name].to_numpy().reshape(T, N) for name in ("x", "z")}
    parts |= {f"W*{name}": parts[name] @ W.T for name in ("x", "z")}
    mean = sum(b * parts[term] for b, term in zip(fit.params[:-1], fit.terms[:-1], strict=True))
    y, m, Wj = F.T @ Y @ J, F.T @ mean @ J, J.T @ W @ J
    A = np.eye(J.shape[1]) - fit.params[-1] * Wj
    spread = np.linalg.inv(A)
    centre = m if isinstance(model, SpatialError) else m @ spread.T
    V = fit.statistics["sigma2"] * spread @ spread.T
    density = sum(stats.multivariate_normal(c, V).logpdf(v) for v, c in zip(y, centre, strict=True))
    assert fit.statistics["log_likelihood"] == pytest.approx(density, rel=1e-9)


def test_the_likelihood_is_at_its_peak():
    data = simulated()
    fit = spatial_panel("y ~ x + z", data, weights=ring(20), absorb=["r", "t"], **KEYS)
    at, rho = fit.layout, fit.params[-1]

    def value(r):
        X, y = at.X.reshape(-1, 2), (at.y - r * at.Wy).ravel()
        e = y - X @ np.linalg.lstsq(X, y)[0]
        return at.log_likelihood(r, e @ e)

    assert value(rho) >= max(value(rho - 1e-4), value(rho + 1e-4))


def test_without_dependence_the_lag_model_is_within():
    data = simulated(rho=0.0, N=60, T=8)
    fit = spatial_panel("y ~ x + z", data, weights=ring(60), absorb=["r", "t"], **KEYS)
    within = panel("y ~ x + z", data, absorb=["r", "t"])
    assert abs(fit.params[-1]) < 3 * fit.std_errors[-1]
    assert fit.params[:2] == pytest.approx(within.params, abs=0.02)


def test_order_of_rows_and_labels_do_not_matter():
    data = simulated()
    base = spatial_panel("y ~ x", data, weights=ring(20), absorb="r", **KEYS)
    mixed = ring(20).sample(frac=1, random_state=1)
    mixed = mixed[mixed.columns[::-1]]
    again = spatial_panel(
        "y ~ x", data.sample(frac=1, random_state=2), weights=mixed, absorb="r", **KEYS
    )
    assert again.params == pytest.approx(base.params, rel=1e-7)


def test_regions_and_periods_are_counted():
    fit = spatial_panel("y ~ x", simulated(), weights=ring(20), absorb="r", **KEYS)
    assert (fit.glance().n_regions[0], fit.glance().n_periods[0], fit.n_obs) == (20, 6, 120)


def test_impacts_by_hand():
    # S = inv(I - rho W) b: its mean diagonal, and b / (1 - rho) for rows that sum to one
    data = simulated()
    fit = spatial_panel("y ~ x", data, weights=ring(20), absorb="r", **KEYS)
    b, rho = fit.params
    S = b * np.linalg.inv(np.eye(20) - rho * ring(20).to_numpy())
    found = impacts(fit, draws=500).set_index("impact")["estimate"]
    assert found["direct"] == pytest.approx(np.trace(S) / 20)
    assert found["total"] == pytest.approx(b / (1 - rho))
    assert found["indirect"] == pytest.approx(found["total"] - found["direct"])


def test_durbin_impacts_by_hand_with_weights_that_do_not_sum_to_one():
    data, W = simulated(), 2 * ring(20) * np.linspace(0.3, 0.5, 20)[:, None]
    fit = spatial_panel("y ~ x", data, weights=W, absorb="r", model=SpatialDurbin(), **KEYS)
    b, theta, rho = fit.params
    S = np.linalg.inv(np.eye(20) - rho * W.to_numpy()) @ (b * np.eye(20) + theta * W.to_numpy())
    found = impacts(fit, draws=500).set_index("impact")["estimate"]
    assert found["direct"] == pytest.approx(np.trace(S) / 20)
    assert found["total"] == pytest.approx(S.sum() / 20)


def test_impact_errors_equal_the_delta_method():
    # total = b / (1 - rho): gradient (1 / (1 - rho), b / (1 - rho)^2); 20,000 draws: error .5 %
    data = simulated(N=80, T=20)
    fit = spatial_panel("y ~ x", data, weights=ring(80), absorb="r", **KEYS)
    b, rho = fit.params
    gradient = np.array([1 / (1 - rho), b / (1 - rho) ** 2])
    delta = np.sqrt(gradient @ fit.covariance.matrix @ gradient)
    found = impacts(fit, draws=20_000, seed=1).set_index("impact")["std_error"]
    assert found["total"] == pytest.approx(delta, rel=0.04)


def test_lagrange_multipliers_point_the_right_way():
    names = ["lag", "error", "robust_lag", "robust_error"]
    lag = lagrange_multipliers(
        spatial_panel("y ~ x + z", simulated(N=40), weights=ring(40), absorb=["r", "t"], **KEYS)
    ).set_index("test")["p_value"]
    data = simulated(N=40, rho=0.0, lam=0.6)
    error = lagrange_multipliers(
        spatial_panel("y ~ x + z", data, weights=ring(40), absorb=["r", "t"], **KEYS)
    ).set_index("test")["p_value"]
    assert list(lag.index) == names
    assert lag["robust_lag"] < 0.001 < lag["robust_error"]
    assert error["robust_error"] < 0.001 < error["robust_lag"]


def test_moran_by_period():
    data = simulated(T=3)
    found = moran(data, value="y", weights=ring(20), region="r", time="t")
    assert list(found["t"]) == [0, 1, 2]
    one = moran(data[data.t == 1], value="y", weights=ring(20), region="r")
    assert found["moran"][1] == pytest.approx(one["moran"][0])


def test_errors_say_what_to_do():
    data = simulated()
    with pytest.raises(InputError, match=r"must be balanced: 20 regions x 6 periods need 120"):
        spatial_panel("y ~ x", data.iloc[1:], weights=ring(20), **KEYS)
    with pytest.raises(InputError, match="weights lack 1 of 20 regions: 3"):
        spatial_panel("y ~ x", data, weights=ring(20).drop(index=3), **KEYS)
    with pytest.raises(InputError, match=r"weights must be 20 x 20.*found \(19, 19\)"):
        spatial_panel("y ~ x", data, weights=ring(19).to_numpy(), **KEYS)
    with pytest.raises(InputError, match="zero on the diagonal"):
        spatial_panel("y ~ x", data, weights=ring(20) + np.eye(20), **KEYS)
    with pytest.raises(InputError, match="rows sum to one"):
        spatial_panel("y ~ x", data, weights=2 * ring(20), absorb=["r", "t"], **KEYS)
    with pytest.raises(InputError, match="absorb= takes 'r' and 't' here"):
        spatial_panel("y ~ x", data.assign(g=data.r // 5), weights=ring(20), absorb="g", **KEYS)
    error = spatial_panel("y ~ x", data, weights=ring(20), model=SpatialError(), **KEYS)
    with pytest.raises(InputError, match="impacts are its coefficients"):
        impacts(error)
    with pytest.raises(InputError, match=r"needs a spatial_panel\(\) estimate"):
        lagrange_multipliers(panel("y ~ x", data))


@pytest.mark.slow
def test_coverage_with_both_effects_and_few_periods():
    # 200 panels, T = 4: Monte Carlo error of a coverage of .95 is .015
    hits, variance = np.zeros(2), []
    for seed in range(200):
        data = simulated(seed, N=40, T=4)
        fit = spatial_panel("y ~ x + z", data, weights=ring(40), absorb=["r", "t"], **KEYS)
        variance.append(fit.statistics["sigma2"])
        truth = {"x": 1.0, "rho": 0.4}
        hits += [truth[term] in fit.interval(0.95, term) for term in truth]
    assert np.all((hits / 200 > 0.90) & (hits / 200 < 0.99))
    # the direct likelihood would give (T - 1) / T = .75
    assert np.mean(variance) == pytest.approx(1.0, abs=0.04)


# ---- against other programs: Munnell's states -----------------------------------------------

MUNNELL = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"


@pytest.fixture(scope="module")
def states(reference):
    folder = reference / "panel"
    return pd.read_csv(folder / "Produc.csv"), pd.read_csv(folder / "usaww.csv", index_col=0)


@pytest.mark.external
def test_munnell_error_model_as_splm(states):
    # Millo and Piras (2012, J. Stat. Software 47(1)), within model with spatial errors, splm;
    # their likelihood counts T periods: standard errors smaller by sqrt(16 / 17)
    data, W = states
    fit = spatial_panel(
        MUNNELL, data, weights=W, entity="state", time="year", absorb="state", model=SpatialError()
    )
    coef = [0.0051438, 0.2053026, 0.7822540, -0.0022317, 0.5574013]
    assert fit.params == pytest.approx(coef, abs=6e-7)
    se = [0.0250109, 0.0231427, 0.0278057, 0.0010709, 0.0330749]
    assert fit.std_errors * np.sqrt(16 / 17) == pytest.approx(se, abs=2e-6)


@pytest.mark.external
def test_munnell_lag_model_as_spreg_but_for_its_likelihood(states):
    # spreg 1.9.0: the coefficients agree; its log-likelihood is not that of its own estimate
    libpysal = pytest.importorskip("libpysal")
    spreg = pytest.importorskip("spreg")
    data, frame = states
    W = libpysal.weights.util.full2W(frame.to_numpy(), ids=list(frame.index))
    ordered = data.sort_values(["year", "state"])
    y = np.log(ordered[["gsp"]].to_numpy())
    X = np.column_stack([np.log(ordered[["pcap", "pc", "emp"]]), ordered["unemp"]])
    theirs = spreg.Panel_FE_Lag(y, X, W)
    ours = spatial_panel(MUNNELL, data, weights=W, entity="state", time="year", absorb="state")
    assert ours.params == pytest.approx(theirs.betas.ravel(), abs=2e-5)
    n, sigma2 = len(data), ours.statistics["sigma2"] * 16 / 17
    direct = ours.layout.log_det(ours.params[-1]) * 17 / 16 - n / 2 * (
        np.log(2 * np.pi * sigma2) + 1
    )
    assert abs(theirs.logll - direct) > 1


@pytest.mark.external
def test_lagrange_multipliers_as_spreg(states):
    # spreg 1.9.0 divides residual squares by n - k, the articles by n: a factor of its square
    libpysal = pytest.importorskip("libpysal")
    spreg = pytest.importorskip("spreg")
    data, frame = states
    W = libpysal.weights.util.full2W(frame.to_numpy(), ids=list(frame.index))
    W.transform = "r"
    ordered = data.sort_values(["year", "state"])
    y = np.log(ordered[["gsp"]].to_numpy())
    X = np.column_stack([np.ones(len(y)), np.log(ordered[["pcap", "pc", "emp"]]), ordered["unemp"]])
    fit = spatial_panel(MUNNELL, data, weights=frame, entity="state", time="year")
    ours = lagrange_multipliers(fit).set_index("test")["statistic"]
    assert ours["error"] == pytest.approx(
        spreg.panel_LMerror(y, X, W)[0] * (816 / 811) ** 2, rel=1e-6
    )
    assert ours["lag"] == pytest.approx(spreg.panel_LMlag(y, X, W)[0] * (816 / 811) ** 2, rel=1e-3)
