"""SCPC: by hand, by identity, against scpc-python, and its size by simulation."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import SCPC, Robust, iv, panel, poisson
from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.inference.spatial.exponential import average_correlation, decay, pairs_of
from agglometrics.inference.spatial.locations import sphere_distances
from agglometrics.inference.spatial.principal_components import components
from agglometrics.inference.spatial.rejection import (
    critical_value,
    rejection_probability,
    root_of,
)


def table(P: int = 60, T: int = 1, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(P), T)
    lon, lat = rng.uniform(100, 120, P), rng.uniform(20, 40, P)
    z, e, v = rng.normal(size=(3, P * T))
    x = z + v
    y = 0.5 * x + e + v + 0.1 * (lat[place] - 30)
    w = rng.normal(size=P * T)
    columns = {"y": y, "x": x, "z": z, "w": w, "place": place}
    return pd.DataFrame(columns | {"lon": lon[place], "lat": lat[place], "g": np.arange(P * T) % 5})


# ---- the rejection probability ----------------------------------------------------------------


@pytest.mark.parametrize("q", [1, 2, 5, 12])
def test_independent_averages_reject_as_students_t(q):
    kappa = 1.7 / np.sqrt(q)
    p = rejection_probability(np.eye(q + 1), kappa)
    assert p == pytest.approx(2 * stats.t.sf(1.7, q), rel=1e-9)
    # the upper end of a bracket of width .001
    cv, t = critical_value(np.eye(q + 1)[None], 0.05), stats.t.ppf(0.975, q)
    assert t <= cv <= t + 1.1e-3


def test_two_correlated_normals_by_hand():
    # Z0 / Z1 is Cauchy with location r s0 / s1 and scale s0 / s1 sqrt(1 - r^2)
    s0, s1, r, kappa = 1.5, 0.8, 0.6, 2.3
    omega = np.array([[s0**2, r * s0 * s1], [r * s0 * s1, s1**2]])
    ratio = stats.cauchy(r * s0 / s1, s0 / s1 * np.sqrt(1 - r**2))
    truth = ratio.sf(kappa) + ratio.cdf(-kappa)
    assert rejection_probability(root_of(omega), kappa) == pytest.approx(truth, rel=1e-9)


def test_simulated_rejections_of_a_known_covariance():
    rng = np.random.default_rng(1)
    root = np.tril(rng.normal(size=(5, 5))) + 2 * np.eye(5)
    Z = root @ rng.normal(size=(5, 200_000))
    share = np.mean(Z[0] ** 2 > 0.8 * (Z[1:] ** 2).sum(axis=0))
    p = float(rejection_probability(root, np.sqrt(0.8)))
    assert share == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 200_000))


def test_root_of_a_singular_matrix_and_of_its_blocks():
    A = np.random.default_rng(2).normal(size=(4, 3))
    omega = A @ A.T  # rank 3
    L = root_of(omega)
    np.testing.assert_allclose(L @ L.T, omega, atol=1e-12)
    np.testing.assert_allclose(L[:2, :2] @ L[:2, :2].T, omega[:2, :2], atol=1e-12)
    assert np.triu(L, 1) == pytest.approx(0, abs=1e-14)


# ---- the components ---------------------------------------------------------------------------


def test_components_are_averages_orthogonal_to_the_mean():
    data = table()
    d = sphere_distances(data[["lon", "lat"]].to_numpy())
    parts = components(d, 0.03)
    np.testing.assert_allclose(parts.W.T @ parts.W, np.eye(parts.q + 1), atol=1e-10)
    assert average_correlation(parts.decays[0], pairs_of(d)) == pytest.approx(0.03, rel=1e-4)
    assert parts.decays[1:] == pytest.approx(1.2 * parts.decays[:-1])
    assert average_correlation(parts.decays[-1], pairs_of(d)) < 1e-3
    # each case rejects at most 5 percent at the critical value, the worst almost 5
    worst = rejection_probability(parts.roots, parts.critical / np.sqrt(parts.q)).max()
    assert 0.0498 < worst <= 0.05


def test_distances_on_the_globe_by_hand():
    # a quarter of the equator, pole to pole, a hundredth of a degree of latitude
    d = sphere_distances(np.array([[0.0, 0], [90, 0], [10, 90], [200, -90], [0, 0.01]]))
    assert d[0, 1] == pytest.approx(0.25)
    assert d[2, 3] == pytest.approx(0.5)
    assert d[0, 4] == pytest.approx(0.01 / 360, rel=1e-10)


# ---- invariance -------------------------------------------------------------------------------


def answers(fit) -> np.ndarray:
    return fit.tidy().drop(columns="term").to_numpy(float)


def test_row_order_units_and_a_turned_globe_do_not_matter():
    data = table()
    base = panel("y ~ x + w", data, cov=SCPC())
    mixed = panel("y ~ x + w", data.sample(frac=1, random_state=1), cov=SCPC())
    turned = panel("y ~ x + w", data.assign(lon=(data.lon + 250) % 360 - 180), cov=SCPC())
    scaled = panel("y ~ x + w", data.assign(x=data.x * 1e6), cov=SCPC())
    assert answers(mixed) == pytest.approx(answers(base), rel=1e-7)
    assert answers(turned) == pytest.approx(answers(base), rel=1e-7)
    assert scaled.tidy().p_value.to_numpy() == pytest.approx(base.tidy().p_value, rel=1e-7)


def test_units_and_axes_of_the_plane_do_not_matter():
    data = table().assign(u=lambda d: 1e5 * (d.lon + d.lat), v=lambda d: 1e5 * (d.lon - d.lat))
    base = panel("y ~ x + w", data, cov=SCPC(x="lon", y="lat"))
    turned = panel("y ~ x + w", data, cov=SCPC(x="u", y="v"))
    assert answers(turned) == pytest.approx(answers(base), rel=1e-7)
    c0 = base.glance().c0[0] / (1e5 * np.sqrt(2))
    assert turned.glance().c0[0] == pytest.approx(c0, rel=1e-9)


def test_cluster_of_one_row_each_is_no_cluster():
    data = table()
    alone = panel("y ~ x + w", data, cov=SCPC())
    grouped = panel("y ~ x + w", data, cov=SCPC(cluster="place"))
    assert answers(grouped) == pytest.approx(answers(alone), rel=1e-10)


def test_instruments_that_are_the_regressor_are_least_squares():
    data = table().assign(copy=lambda d: d.x)
    ols = panel("y ~ x + w", data, cov=SCPC()).tidy().set_index("term")
    two = iv("y ~ w + [x ~ copy]", data, cov=SCPC()).tidy().set_index("term")
    assert two.loc["x"].to_numpy(float) == pytest.approx(ols.loc["x"].to_numpy(float), rel=1e-8)


def test_dummies_are_absorbed_effects():
    data = table()
    within = panel("y ~ x + w", data, absorb="g", cov=SCPC()).tidy().set_index("term")
    dummies = panel("y ~ x + w + C(g)", data, cov=SCPC()).tidy().set_index("term")
    for term in ("x", "w"):
        left, right = within.loc[term].to_numpy(float), dummies.loc[term].to_numpy(float)
        assert left == pytest.approx(right, rel=1e-7)


def test_poisson_of_a_mean_is_the_delta_method():
    # log of a mean: influence (y - mean) / mean, so the standard error is that of the mean / mean
    data = table().assign(n=lambda d: np.exp(0.3 * d.y).round() + 1)
    mean = panel("n ~ 1", data, cov=SCPC())
    log = poisson("n ~ 1", data, cov=SCPC())
    assert log.std_errors[0] == pytest.approx(mean.std_errors[0] / mean.params[0], rel=1e-6)


def test_interval_and_p_value_say_the_same():
    data = table()
    fit = panel("y ~ x", data, cov=SCPC())
    p = fit.tidy().p_value[1]
    for level, inside in ((1 - 0.9 * p, True), (1 - 1.1 * p, False)):
        assert (0 in fit.interval(level, "x")) == inside


# ---- against scpc-python ----------------------------------------------------------------------

# scpc-python 0.1.2 on statsmodels 0.15 and pyfixest 0.50.1: q, cv, c0, then estimate, std_error,
# t, p, low, high of a coefficient. Its 40-node rule gives p to about 1e-6.
SPHERE = (6, 3.3932009136449786, 116.51241658520401), {
    "x": [0.8831012282738786, 0.15774599070777096, 5.59824832511813, 0.007218646395184197,
          0.34167543571841563, 1.4245270208293417],
    "w": [0.1256516479596203, 0.19511062959708586, 0.6440020629275705, 0.6682593614855723,
          -0.5600245964538306, 0.8113278923730711],
}  # fmt: skip
INSTRUMENTS = (9, 2.548289975298205, 229.05588365333085), {
    "x": [0.4331488982083553, 0.2517271877110228, 1.7207076523875542, 0.16159990504040692,
          -0.2117665533901401, 1.0780643498068507],
    "w": [0.09028506691820327, 0.1586335940848665, 0.5691421633547691, 0.6415803505805506,
          -0.3429285514285816, 0.5234986852649885],
}  # fmt: skip
INSTRUMENTS_WITHIN = (9, 2.548289975298205, 229.05588365333085), {
    "x": [0.4582265669088798, 0.2271150443195842, 2.0175967130741346, 0.1135318726752713,
          -0.1382717866075916, 1.0547249204253513],
}  # fmt: skip
PLACES = (8, 2.5481916352041654, 233.85503276225927), {
    "x": [0.9538928993033776, 0.15188705533969182, 6.280277783844177, 0.000789663247586616,
          0.5339269364403854, 1.3738588621663699],
    "w": [0.2007237454087683, 0.14567725164619152, 1.3778660919295012, 0.2511355725800557,
          -0.17048980867558916, 0.5719372994931258],
}  # fmt: skip


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        (lambda: panel("y ~ x + w", table(), cov=SCPC(avc=0.1)), SPHERE),
        (lambda: iv("y ~ w + [x ~ z]", table(), cov=SCPC()), INSTRUMENTS),
        (lambda: iv("y ~ w + [x ~ z]", table(), absorb="g", cov=SCPC()), INSTRUMENTS_WITHIN),
        (lambda: panel("y ~ x + w", table(40, 3, 6), cov=SCPC(cluster="place")), PLACES),
    ],
)
def test_as_scpc_python(fit, expected):
    (q, cv, c0), rows = expected
    found = fit()
    whole = found.glance().iloc[0]
    assert [whole.q, whole.critical_value, whole.c0] == pytest.approx([q, cv, c0], rel=1e-9)
    tidy = found.tidy().set_index("term")
    for term, row in rows.items():
        assert tidy.loc[term].to_numpy(float) == pytest.approx(row, rel=1e-6)


def test_the_plane_as_scpc_python_within_its_search():
    # scpc-python 0.1.2 finds c0 = .58806 to .001 only, in the units of the coordinates
    found = panel("y ~ x + w", table(), cov=SCPC(x="lon", y="lat"))
    whole = found.glance().iloc[0]
    assert whole.q == 9
    assert whole.c0 == pytest.approx(0.5880608981511082, abs=1e-3)
    assert whole.critical_value == pytest.approx(2.555125912798205, abs=2e-3)
    assert found.tidy().std_error[1] == pytest.approx(0.12251988440814818, rel=5e-4)


@pytest.mark.external
@pytest.mark.parametrize(
    ("case", "spec"),
    [
        ("fracblack|avc.03", SCPC()),
        ("fracblack|avc.05", SCPC(avc=0.05)),
        ("fracblack|cluster", SCPC(cluster="state")),
    ],
)
@pytest.mark.filterwarnings("ignore:coordinates vary within clusters")
def test_commuting_zones_as_scpc_python(reference, case, spec):
    folder = reference / "published" / "chetty_zones"
    expected = json.loads((folder / "scpc.json").read_text())["cases"][case]
    data = pd.read_csv(folder / "chetty.csv")
    data = data[~data.state.isin(["AK", "HI"])]
    data = data[["am", "fracblack", "lat", "lon", "state"]].dropna()
    for name in ("am", "fracblack"):
        data[name] = (data[name] - data[name].mean()) / data[name].std()
    fit = panel("am ~ fracblack", data, cov=spec)
    whole = fit.glance().iloc[0]
    printed = [expected[name] for name in ("n", "q", "cv", "c0")]
    assert [whole.n_obs, whole.q, whole.critical_value, whole.c0] == pytest.approx(
        printed, rel=1e-9
    )
    slope = fit.tidy().iloc[1, 1:].to_numpy(float)
    assert slope == pytest.approx(expected["rows"][1], rel=1e-9)
    assert fit.std_errors[0] == pytest.approx(expected["rows"][0][1], rel=1e-9)


# ---- size -------------------------------------------------------------------------------------


def field_root(d: np.ndarray, average: float) -> np.ndarray:
    c = decay(average, pairs_of(d), 1e5)
    return np.linalg.cholesky(np.exp(-c * d) + 1e-12 * np.eye(len(d)))


def mean_size(d: np.ndarray, average: float, draws: int, seed: int) -> float:
    parts = components(d, 0.03)
    noise = np.random.default_rng(seed).normal(size=(len(d), draws))
    Z = parts.W.T @ (field_root(d, average) @ noise)
    tau = np.sqrt(parts.q) * Z[0] / np.sqrt((Z[1:] ** 2).sum(axis=0))
    return float(np.mean(np.abs(tau) > parts.critical))


@pytest.mark.parametrize(("average", "low"), [(0.03, 0.04), (0.01, 0), (0.001, 0)])
def test_size_of_a_mean_at_the_bound_and_below(average, low):
    # 20,000 draws: Monte Carlo standard error .0015
    d = sphere_distances(table(100, seed=8)[["lon", "lat"]].to_numpy())
    assert low < mean_size(d, average, 20_000, 1) < 0.056


def test_a_spatial_unit_root_is_beyond_the_promise():
    # average correlation .6, not .03: the mean is rejected far too often, and nothing is claimed
    d = sphere_distances(table(100, seed=8)[["lon", "lat"]].to_numpy())
    assert mean_size(d, 0.6, 4_000, 1) > 0.3


def test_size_of_a_slope_at_the_bound():
    # the east against the west: given the regressor the critical value is one number, so that
    # 20,000 samples cost a product (Monte Carlo standard error .0015); robust errors reject .3
    frame = table(80, seed=9)[["lon", "lat"]]
    frame["x"] = (frame.lon > 110).astype(float)
    d = sphere_distances(frame[["lon", "lat"]].to_numpy())
    noise = np.random.default_rng(3).normal(size=(80, 20_000))
    outcomes = field_root(d, 0.03) @ noise
    fit = panel("y ~ x", frame.assign(y=outcomes[:, 0]), cov=SCPC())
    X = np.column_stack([np.ones(80), frame.x])
    influence = (X @ np.linalg.inv(X.T @ X))[:, 1]
    scores = influence[:, None] * (outcomes - X @ np.linalg.lstsq(X, outcomes)[0])
    W = components(d, 0.03).W[:, 1:]
    se = np.sqrt(80 * ((W.T @ scores) ** 2).mean(axis=0))
    slope = influence @ outcomes
    first = fit.tidy().iloc[1]
    assert [first.estimate, first.std_error] == pytest.approx([slope[0], se[0]], rel=1e-8)
    cv = (first.conf_high - first.estimate) / first.std_error
    assert 0.035 < np.mean(np.abs(slope) > cv * se) < 0.056
    robust = np.sqrt((scores**2).sum(axis=0))
    assert np.mean(np.abs(slope) > 1.99 * robust) > 0.2


# ---- what it says when it cannot --------------------------------------------------------------


def test_errors_name_the_way_out():
    data = table(20, 3, 4)
    fit = panel("y ~ x", data, cov=Robust())
    with pytest.raises(InputError, match=r"avc, an average correlation.* found 0\.0"):
        SCPC(avc=0.0)
    with pytest.raises(InputError, match=r"needs x=\.\.\. and y=\.\.\.; found x='lon', y=None"):
        fit.with_cov(SCPC(x="lon"))
    with pytest.raises(InputError, match=r"of all pairs share a place.* Pass cluster="):
        fit.with_cov(SCPC())
    with pytest.raises(InputError, match="places need degrees: 'lat' within 90"):
        panel("y ~ x", data.assign(lat=data.lon), cov=SCPC(cluster="place"))
    with pytest.warns(AgglometricsWarning, match="coordinates vary within clusters of 'h'"):
        panel("y ~ x", data.assign(h=data.place // 2), cov=SCPC(cluster="h"))
    with pytest.raises(InputError, match="at least three places; found 2"):
        panel("y ~ 1", data[:6], cov=SCPC(cluster="place"))
    with pytest.raises(InputError, match="20000 places need 3 GB"):
        big = pd.DataFrame({"y": np.arange(20_000.0), "lat": 0.0, "lon": 0.0})
        panel("y ~ 1", big, cov=SCPC())


def test_three_places_are_enough_and_two_are_not():
    at = np.array([[0.0, 1, 3], [1, 0, 2], [3, 2, 0]]) / 3
    assert components(at, 0.03).q in (1, 2)
    with pytest.raises(InputError, match="needs at least three places; found 2"):
        components(at[:2, :2], 0.03)
