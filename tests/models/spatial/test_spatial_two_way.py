"""Spatial panels with period effects on weights whose columns do not sum to one.

On a ring every column of the row-standardized weights sums to one too, so that demeaning rows and
demeaning columns are the same. Here they are not. Everything is compared with the likelihood of
Lee and Yu (2010) written out: all observations transformed by F (T, T - 1) and J (N, N - 1), the
orthonormal columns that sum to zero, and one normal density of dense mean and covariance.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

import agglometrics as ag

N, T = 9, 5
KEYS = {"entity": "r", "time": "t"}
MODELS = [ag.SpatialLag(), ag.SpatialError(), ag.SpatialDurbin()]


def star() -> pd.DataFrame:
    """Weights that sum to one by row, and by column to anything."""
    rng = np.random.default_rng(7)
    W = rng.uniform(0.1, 1, (N, N)) * (rng.uniform(size=(N, N)) < 0.4)
    W[:, 0] = 3.0  # everyone looks at the first region
    W[0, 1] = 1.0
    np.fill_diagonal(W, 0)
    return ag.row_standardize(pd.DataFrame(W))


def data(absorb, seed=0) -> pd.DataFrame:
    """A lag model with the effects that will be absorbed."""
    rng = np.random.default_rng(seed)
    x, z, e = rng.normal(size=(3, T, N))
    effects = rng.normal(size=N) * ("r" in absorb) + rng.normal(size=(T, 1)) * ("t" in absorb)
    W = star().to_numpy()
    y = (x - 0.5 * z + effects + 0.7 * e) @ np.linalg.inv(np.eye(N) - 0.4 * W).T
    t, r = np.indices((T, N)).reshape(2, -1)
    return pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "z": z.ravel(), "y": y.ravel()})


def sums_to_zero(n: int) -> np.ndarray:
    """Return (n, n - 1) orthonormal columns that sum to zero."""
    return np.linalg.svd(np.eye(n) - 1 / n)[0][:, : n - 1]


class Dense:
    """The transformed panel as one vector y* ~ N(m, V), of length n."""

    def __init__(self, table, model, absorb):
        W = star().to_numpy()
        F = sums_to_zero(T) if "r" in absorb else np.eye(T)
        J = sums_to_zero(N) if "t" in absorb else np.eye(N)
        columns = [table[c].to_numpy().reshape(T, N) for c in ("x", "z")]
        if isinstance(model, ag.SpatialDurbin):
            columns += [c @ W.T for c in columns]
        self.error = isinstance(model, ag.SpatialError)
        self.y = (F.T @ table["y"].to_numpy().reshape(T, N) @ J).ravel()
        self.X = np.column_stack([(F.T @ c @ J).ravel() for c in columns])
        self.W = np.kron(np.eye(F.shape[1]), J.T @ W @ J)

    def moments(self, theta):
        """Mean and covariance at theta = (b, rho, sigma^2)."""
        spread = np.linalg.inv(np.eye(len(self.y)) - theta[-2] * self.W)
        mean = self.X @ theta[:-2]
        return mean if self.error else spread @ mean, theta[-1] * spread @ spread.T

    def log_likelihood(self, theta):
        return stats.multivariate_normal(*self.moments(theta)).logpdf(self.y)

    def information(self, theta):
        """m_i' inv(V) m_j + tr(inv(V) V_i inv(V) V_j) / 2, derivatives by differences."""
        inverse, steps = np.linalg.inv(self.moments(theta)[1]), 1e-5 * np.eye(len(theta))
        moves = [(self.moments(theta + h), self.moments(theta - h)) for h in steps]
        means = [(up[0] - down[0]) / 2e-5 for up, down in moves]
        spreads = [inverse @ (up[1] - down[1]) / 2e-5 for up, down in moves]
        return np.array(
            [
                [mi @ inverse @ mj + np.sum(Vi * Vj.T) / 2
                 for mj, Vj in zip(means, spreads, strict=True)]
                for mi, Vi in zip(means, spreads, strict=True)
            ]
        )  # fmt: skip


CASES = pytest.mark.parametrize("absorb", [["r", "t"], ["t"], ["r"]], ids="+".join)


def test_the_weights_are_asymmetric():
    columns = star().sum(axis=0)
    assert columns.max() > 3
    assert columns.min() < 0.3


@CASES
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.method)
def test_fit_is_the_peak_of_the_dense_likelihood(absorb, model):
    table = data(absorb)
    fit = ag.spatial_panel("y ~ x + z", table, weights=star(), absorb=absorb, model=model, **KEYS)
    dense = Dense(table, model, absorb)
    theta = np.append(fit.params, fit.statistics["sigma2"])
    value = dense.log_likelihood(theta)
    assert fit.statistics["log_likelihood"] == pytest.approx(value, rel=1e-10)
    # found again from elsewhere, and no step along an axis is uphill
    start = np.r_[np.linalg.lstsq(dense.X, dense.y)[0], 0.1, dense.y.var()]
    again = optimize.minimize(
        lambda th: -dense.log_likelihood(th), start, method="L-BFGS-B",
        bounds=[(None, None)] * (len(start) - 2) + [(-0.9, 0.9), (1e-3, None)],
        options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 500},
    )  # fmt: skip
    assert theta == pytest.approx(again.x, abs=2e-4)
    for step in np.r_[1e-3 * np.eye(len(theta)), -1e-3 * np.eye(len(theta))]:
        assert dense.log_likelihood(theta + step) < value


@CASES
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.method)
def test_errors_are_from_the_dense_information(absorb, model):
    table = data(absorb, 1)
    fit = ag.spatial_panel("y ~ x + z", table, weights=star(), absorb=absorb, model=model, **KEYS)
    theta = np.append(fit.params, fit.statistics["sigma2"])
    V = np.linalg.inv(Dense(table, model, absorb).information(theta))[:-1, :-1]
    np.testing.assert_allclose(fit.covariance.matrix, V, rtol=1e-5, atol=1e-9)


@CASES
def test_lagrange_multipliers_are_those_of_the_dense_model(absorb):
    # Anselin, Bera, Florax and Yoon (1996) on the transformed observations, whose weights have a
    # trace: the score of rho at zero is e'W y / s2 - tr W, and s2 is estimated with it
    table = data(absorb, 2)
    fit = ag.spatial_panel("y ~ x + z", table, weights=star(), absorb=absorb, **KEYS)
    found = ag.lagrange_multipliers(fit).set_index("test")
    dense = Dense(table, ag.SpatialLag(), absorb)
    y, X, W = dense.y, dense.X, dense.W
    b = np.linalg.lstsq(X, y)[0]
    e = y - X @ b
    s2 = e @ e / len(y)
    pull = W @ X @ b
    left = pull - X @ np.linalg.lstsq(X, pull)[0]
    tau = np.trace(W)
    trace = np.trace(W @ W + W.T @ W) - 2 * tau**2 / len(y)
    lag, error = e @ W @ y / s2 - tau, e @ W @ e / s2 - tau
    J = left @ left / s2 + trace
    expected = {
        "lag": lag**2 / J,
        "error": error**2 / trace,
        "robust_lag": (lag - error) ** 2 / (J - trace),
        "robust_error": (error - trace / J * lag) ** 2 / (trace * (1 - trace / J)),
    }
    assert found["statistic"].to_dict() == pytest.approx(expected, rel=1e-9)
    p = stats.chi2.sf(np.array(list(expected.values())), 1)
    assert found.loc[list(expected), "p_value"].to_numpy() == pytest.approx(p)


@CASES
def test_impacts_by_hand(absorb):
    # weights that sum to one by row only: S = inv(I - rho W)(b I + theta W)
    model = ag.SpatialDurbin()
    fit = ag.spatial_panel(
        "y ~ x", data(absorb), weights=star(), absorb=absorb, model=model, **KEYS
    )
    b, theta, rho = fit.params
    W = star().to_numpy()
    S = np.linalg.inv(np.eye(N) - rho * W) @ (b * np.eye(N) + theta * W)
    found = ag.impacts(fit, draws=200).set_index("impact")["estimate"]
    assert found["direct"] == pytest.approx(np.trace(S) / N)
    assert found["total"] == pytest.approx((b + theta) / (1 - rho))
    assert found["indirect"] == pytest.approx(found["total"] - found["direct"])


@CASES
def test_residuals_are_those_of_the_model(absorb):
    # y - rho W y - X b, demeaned; their mean square over the observations left is sigma^2
    table = data(absorb)
    fit = ag.spatial_panel("y ~ x + z", table, weights=star(), absorb=absorb, **KEYS)
    Y, X, Z = (table[c].to_numpy().reshape(T, N) for c in ("y", "x", "z"))
    e = Y - fit.params[-1] * Y @ star().to_numpy().T - fit.params[0] * X - fit.params[1] * Z
    e = e - e.mean(axis=0) if "r" in absorb else e
    e = e - e.mean(axis=1, keepdims=True) if "t" in absorb else e
    np.testing.assert_allclose(fit.residuals, e, atol=1e-12)
    n = (T - ("r" in absorb)) * (N - ("t" in absorb))
    assert fit.statistics["sigma2"] == pytest.approx((e**2).sum() / n)
