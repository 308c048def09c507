"""Maps of every kind: nearest neighbours, one-way chains, large weights, large sparse maps."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from agglometrics import (
    SpatialDurbin,
    SpatialError,
    SpatialLag,
    impacts,
    lagrange_multipliers,
    spatial_panel,
)
from agglometrics.errors import ConvergenceError, IdentificationError, InputError
from agglometrics.models.spatial import jacobian as jacobians
from agglometrics.models.spatial.gains import barycentric, gains, gains_at

KEYS = {"entity": "r", "time": "t"}


def nearest(N, k, seed=0):
    xy = np.random.default_rng(seed).uniform(size=(N, 2))
    D = ((xy[:, None] - xy) ** 2).sum(axis=-1)
    np.fill_diagonal(D, np.inf)
    W = np.zeros_like(D)
    W[np.repeat(np.arange(N), k), np.argsort(D, axis=1, kind="stable")[:, :k].ravel()] = 1 / k
    return W


def spread(W, rho=0.4, T=6, seed=0):
    rng = np.random.default_rng(seed)
    N = len(W)
    x, e = rng.normal(size=(2, T, N))
    y = (2 * x + e + rng.normal(size=N)) @ np.linalg.inv(np.eye(N) - rho * W).T
    t, r = np.indices((T, N)).reshape(2, -1)
    return pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})


def chain(N=25):
    W = np.zeros((N, N))
    W[np.arange(1, N), np.arange(N - 1)] = 1.0
    return W


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("N", [50, 450])
def test_impacts_of_nearest_neighbours_are_those_of_the_dense_inverse(N, k):
    # matrices of nearest neighbours lack eigenvectors: (b + theta) / (1 - rho) for rows of one
    W = nearest(N, k)
    fit = spatial_panel(
        "y ~ x", spread(W, T=3), weights=W, absorb="r", model=SpatialDurbin(), **KEYS
    )
    b, theta, rho = fit.params
    S = np.linalg.solve(np.eye(N) - rho * W, b * np.eye(N) + theta * W)
    found = impacts(fit, draws=50).set_index("impact")["estimate"]
    assert found["direct"] == pytest.approx(np.trace(S) / N)
    assert found["total"] == pytest.approx(S.sum() / N)
    assert found["total"] == pytest.approx((b + theta) / (1 - rho))


@pytest.mark.parametrize("W", [nearest(60, 2), chain(), nearest(40, 4) * 7e5, nearest(450, 3)])
def test_gains_of_many_draws_are_those_of_each(W):
    at = jacobians.jacobian(sparse.csr_array(W))
    rho = np.append(np.linspace(-0.9, 0.999, 40), 1 - 1e-6) * at.unit
    own, whole = gains(at, rho)
    N = len(W)
    for i in (0, 17, 39, 40):
        G = W @ np.linalg.inv(np.eye(N) - rho[i] * W)
        assert (own[i], whole[i]) == pytest.approx((np.trace(G) / N, G.sum() / N), rel=1e-8)
        assert gains_at(at, rho[i]) == pytest.approx((own[i], whole[i]), rel=1e-7)


def test_a_polynomial_is_read_off_its_own_points():
    x = np.cos(np.pi * np.arange(9) / 8)
    curve = np.polynomial.Polynomial([1.0, -2.0, 0.0, 3.0, 0.5, 0, 0, 1, -4])
    at = np.append(np.linspace(-1, 1, 7), x)
    found = barycentric(x, np.column_stack([curve(x), -curve(x)]), at)
    np.testing.assert_allclose(found, np.column_stack([curve(at), -curve(at)]), atol=1e-13)


def test_impacts_are_the_same_to_the_last_bit_whatever_else_was_drawn():
    W = nearest(30, 3)
    fit = spatial_panel("y ~ x", spread(W), weights=W, absorb="r", **KEYS)
    np.random.seed(1)  # noqa: NPY002  a library drew its points from numpy's own state
    first = impacts(fit, draws=300)
    for seed in range(2, 6):
        np.random.seed(seed)  # noqa: NPY002
        pd.testing.assert_frame_equal(impacts(fit, draws=300), first, check_exact=True)


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.4, 0.95])
def test_sparse_factors_and_eigenvalues_agree(rho, monkeypatch):
    W = sparse.csr_array(nearest(80, 4) * np.linspace(0.5, 2, 80)[:, None])
    dense = jacobians.jacobian(W)
    monkeypatch.setattr(jacobians, "DENSE", 10)
    large = jacobians.jacobian(W)
    assert large.roots is None
    assert large.radius == pytest.approx(dense.radius, rel=1e-10)
    r = rho * dense.unit
    sign, value = np.linalg.slogdet(np.eye(80) - r * W.toarray())
    assert sign == 1
    for at in (dense, large):
        assert at.log_det(r) == pytest.approx(value, rel=1e-9, abs=1e-12)
        slope = (at.log_det(r + 1e-6) - at.log_det(r - 1e-6)) / 2e-6
        assert at.trace(r) == pytest.approx(-slope, rel=1e-6, abs=1e-6)
        B = np.random.default_rng(0).normal(size=(80, 3))
        A = np.eye(80) - r * W.toarray()
        np.testing.assert_allclose(at.solver(r)(B, "N"), np.linalg.solve(A, B), rtol=1e-8)
        np.testing.assert_allclose(at.solver(r)(B, "T"), np.linalg.solve(A.T, B), rtol=1e-8)


@pytest.mark.parametrize("scale", [1.0, 0.5, 8.0])
def test_a_large_ring_is_regular_up_to_the_inverse_of_its_radius(scale):
    # both neighbours weigh `scale`: the eigenvalues run from -2 to 2 times it
    N = jacobians.DENSE + 2
    links = np.arange(N), (np.arange(N) + 1) % N
    one_way = sparse.csr_array((np.full(N, scale), links), shape=(N, N))
    at = jacobians.jacobian(sparse.csr_array(one_way + one_way.T))
    assert at.roots is None
    assert at.bounds() == pytest.approx((-0.5 / scale, 0.5 / scale), rel=1e-14)


@pytest.mark.parametrize("model", [SpatialLag(), SpatialError(), SpatialDurbin()])
def test_a_large_map_is_estimated_as_a_small_one(model, monkeypatch):
    W = nearest(60, 4)
    data = spread(W)
    call = {"weights": sparse.csr_array(W), "absorb": ["r", "t"], "model": model, **KEYS}
    small = spatial_panel("y ~ x", data, **call)
    monkeypatch.setattr(jacobians, "DENSE", 10)
    large = spatial_panel("y ~ x", data, **call)
    assert large.layout.jacobian.roots is None
    assert large.params == pytest.approx(small.params, rel=1e-9)
    np.testing.assert_allclose(large.covariance.matrix, small.covariance.matrix, rtol=1e-8)
    assert lagrange_multipliers(large).statistic.to_numpy() == pytest.approx(
        lagrange_multipliers(small).statistic.to_numpy(), rel=1e-9
    )


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 50.0, 1e6, 1e9])
@pytest.mark.parametrize("model", [SpatialLag(), SpatialError(), SpatialDurbin()])
def test_weights_in_other_units_change_rho_alone(scale, model):
    W = nearest(40, 3) * np.linspace(0.5, 1, 40)[:, None]
    data = spread(W)
    call = {"absorb": "r", "model": model, **KEYS}
    base = spatial_panel("y ~ x", data, weights=W, **call)
    other = spatial_panel("y ~ x", data, weights=W * scale, **call)
    unit = np.array([1 / scale if name in ("rho", "lambda") else 1.0 for name in base.terms])
    unit[[name.startswith("W*") for name in base.terms]] = 1 / scale
    assert other.params == pytest.approx(base.params * unit, rel=1e-7)
    assert other.std_errors == pytest.approx(base.std_errors * unit, rel=1e-6)
    if not isinstance(model, SpatialError):
        assert impacts(other, draws=50).estimate.to_numpy() == pytest.approx(
            impacts(base, draws=50).estimate.to_numpy(), rel=1e-6
        )


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_outcome_and_regressor_in_other_units(scale):
    W = nearest(40, 3)
    data = spread(W)
    base = spatial_panel("y ~ x", data, weights=W, absorb="r", **KEYS)
    y = spatial_panel("y ~ x", data.assign(y=data.y * scale), weights=W, absorb="r", **KEYS)
    x = spatial_panel("y ~ x", data.assign(x=data.x * scale), weights=W, absorb="r", **KEYS)
    for other, unit in ((y, [scale, 1]), (x, [1 / scale, 1])):
        assert other.params == pytest.approx(base.params * unit, rel=1e-8)
        assert other.std_errors == pytest.approx(base.std_errors * unit, rel=1e-7)


def test_one_way_weights_have_no_determinant_and_rho_is_least_squares():
    data = spread(chain(), 0.3)
    fit = spatial_panel("y ~ x", data, weights=chain(), absorb="r", **KEYS)
    at = fit.layout
    assert at.log_det(3.0) == 0.0
    X = np.column_stack([at.X.ravel(), at.Wy.ravel()])
    assert fit.params == pytest.approx(np.linalg.lstsq(X, at.y.ravel())[0], rel=1e-8)
    far = spatial_panel("y ~ x", spread(chain(), 1.5), weights=chain(), absorb="r", **KEYS)
    assert far.params[-1] == pytest.approx(1.5, rel=1e-3)  # no bound at one


def test_a_rho_below_minus_one_where_no_root_forbids_it():
    ring = np.roll(np.eye(25), 1, axis=1)  # an odd one-way ring: its only real root is 1
    fit = spatial_panel("y ~ x", spread(ring, -1.6), weights=ring, absorb="r", **KEYS)
    assert fit.params[-1] == pytest.approx(-1.6, abs=0.1)


def test_what_is_not_identified_has_no_standard_error():
    W, data = nearest(30, 3), spread(nearest(30, 3))
    with pytest.raises(IdentificationError, match="nothing is left of the spatial lag"):
        spatial_panel("y ~ x", data, weights=W * 0, absorb="r", **KEYS)
    everybody = (1 - np.eye(30)) / 29
    with pytest.raises((IdentificationError, ConvergenceError)):
        spatial_panel("y ~ x", data, weights=everybody, absorb=["r", "t"], **KEYS)
    with pytest.raises(IdentificationError, match="residuals are zero"):
        spatial_panel("y ~ x", data.assign(y=2 * data.x), weights=W, absorb="r", **KEYS)


def test_a_likelihood_that_rises_to_the_edge_is_refused():
    W = nearest(30, 3)
    at = spatial_panel("y ~ x", spread(W), weights=W, absorb="r", **KEYS).layout
    from agglometrics.models.spatial.likelihood import _maximize

    with pytest.raises(ConvergenceError, match=r"still rises at 1, the end of the interval"):
        _maximize(lambda rho: rho, lambda rho: 1.0, at)


def test_the_search_below_minus_one_ends_where_a_root_forbids_it():
    # a ring of three and one of two, weighed 0.8: real roots 1 and -0.8, rho from -1.25 to 1
    from agglometrics.models.spatial.likelihood import _maximize

    W = np.zeros((5, 5))
    W[:3, :3], W[3:, 3:] = np.roll(np.eye(3), 1, axis=1), 0.8 * np.roll(np.eye(2), 1, axis=1)
    found = jacobians.jacobian(sparse.csr_array(W))
    assert found.bounds() == pytest.approx((-1.25, 1), rel=1e-12)
    at = SimpleNamespace(jacobian=found)
    peaks = {"inside": -1.2, "beyond": -1.6}
    inside = _maximize(lambda rho: -abs(rho - peaks["inside"]), lambda rho: 0.0, at)
    assert inside == pytest.approx(-1.2, abs=1e-8)
    with pytest.raises(ConvergenceError, match=r"still rises at -1.25, the end"):
        _maximize(lambda rho: -abs(rho - peaks["beyond"]), lambda rho: 0.0, at)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"draws": 1}, "draws must be a whole number from 2"),
        ({"draws": 10**20}, "draws must be a whole number from 1 to 10,000,000"),
        ({"draws": 99.5}, "draws must be a whole number"),
        ({"level": 95}, "level must lie between 0 and 1; found 95"),
    ],
)
def test_bad_draws_are_named(call, message):
    W = nearest(30, 3)
    fit = spatial_panel("y ~ x", spread(W), weights=W, absorb="r", **KEYS)
    with pytest.raises(InputError, match=message):
        impacts(fit, **call)


@pytest.mark.slow
def test_three_thousand_regions():
    # six neighbours, eight periods: 6 CPU s and 350 MB when written; the bar is 20 s and 1 GB
    from time import process_time

    from scipy.sparse.linalg import splu
    from scipy.spatial import cKDTree

    N, T, rng = 3000, 8, np.random.default_rng(0)
    near = cKDTree(xy := rng.uniform(size=(N, 2))).query(xy, 7)[1][:, 1:]
    links = (np.full(6 * N, 1 / 6), (np.repeat(np.arange(N), 6), near.ravel()))
    W = sparse.csr_array(links, shape=(N, N))
    x, e = rng.normal(size=(2, T, N))
    y = splu(sparse.csc_array(sparse.eye_array(N) - 0.4 * W)).solve((2 * x + e).T).T
    t, r = np.indices((T, N)).reshape(2, -1)
    data = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})
    start = process_time()
    fit = spatial_panel("y ~ x", data, weights=W, absorb="r", **KEYS)
    found = impacts(fit, draws=1000).set_index("impact")
    assert process_time() - start < 20
    assert 0.4 in fit.interval(0.999, "rho")
    assert found.estimate["total"] == pytest.approx(fit.params[0] / (1 - fit.params[1]))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("rho", SpatialLag()),
        ("W*x", SpatialDurbin()),
        ("W*x", SpatialLag()),
        ("lambda", SpatialError()),
    ],
)
def test_columns_named_like_what_the_model_adds_are_refused(name, model):
    # W*x beside x was taken for the spatial lag of x, and its impacts were another variable's
    data = spread(nearest(20, 3), T=3).assign(**{name: 0.5})
    data[name] = np.random.default_rng(1).normal(size=len(data))
    with pytest.raises(InputError, match=r"gives to its spatial lags or its parameter. Rename"):
        spatial_panel(f"y ~ x + `{name}`", data, weights=nearest(20, 3), model=model, **KEYS)


def test_islands_are_said_and_a_model_without_regressors_has_no_impacts():
    W = nearest(20, 3)
    data = spread(W, T=3)
    fit = spatial_panel("y ~ 1", data, weights=W, **KEYS)
    assert not any("no neighbour" in note for note in fit.notes)
    with pytest.raises(InputError, match="no regressor, so that nothing has an impact"):
        impacts(fit)
    W[4], W[:, 4] = 0, 0
    notes = spatial_panel("y ~ x", data, weights=W, **KEYS).notes
    assert "1 of 20 regions have no neighbour: their lag is zero" in notes
