"""Poisson with instruments: by hand, its derivative, statsmodels, a bootstrap, a known truth."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics import poisson as ppml
from agglometrics.errors import IdentificationError, InputError
from agglometrics.linalg.demeaning import demean
from agglometrics.models.counts.control_function import ControlFunctionRegression, stacked_scores
from agglometrics.models.counts.iterations import iterate

FORMULA = "y ~ w + [x ~ z]"
NO_FACTOR = ag.PlmRules(t=False)

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def counts(seed: int, G: int = 60, T: int = 6, rho: float = 0.6, size: float = 1.0) -> pd.DataFrame:
    """x moves with v, which raises the mean by exp(rho v); effects move with z; truth .4, -.3."""
    rng = np.random.default_rng(seed)
    g, t = np.divmod(np.arange(G * T), T)
    a = 0.5 * rng.normal(size=G)[g]
    z, w, v = rng.normal(size=(3, G * T))
    x = z + a + 0.5 * w + v
    mean = size * np.exp(0.4 * x - 0.3 * w + rho * v + a)
    y = rng.poisson(mean * rng.gamma(4, 0.25, size=G * T)).astype(float)
    return pd.DataFrame({"g": g, "t": t, "x": x, "w": w, "z": z, "y": y})


def fit(data: pd.DataFrame, **options: object) -> ControlFunctionRegression:
    found = ppml(FORMULA, data, **options)
    assert isinstance(found, ControlFunctionRegression)
    return found


def test_four_cells_by_hand():
    # x = z + v, v = -1 or 1; y = 2 * 3^z * 2^v: ln y = ln 2 + ln 3 x + (ln 2 - ln 3) v
    data = pd.DataFrame({"z": [0, 0, 1, 1], "x": [-1, 1, 0, 2], "y": [1, 4, 3, 12]})
    found = ppml("y ~ [x ~ z]", data, cov=ag.Robust(), estimator=ag.ControlFunction())
    assert found.terms == ("x", "Intercept", "residual(x)")
    assert found.params == pytest.approx([np.log(3), np.log(2), np.log(2 / 3)], rel=1e-8)
    assert ppml("y ~ x", data, cov=ag.Robust()).params[1] < 0.95 * np.log(3)


def test_points_as_statsmodels_second_step():
    # statsmodels 0.14: OLS of x on w and z, then GLM Poisson with its residual
    import statsmodels.api as sm

    data = counts(0).assign(size=lambda d: np.log1p(d.t))
    first = sm.OLS(data.x, sm.add_constant(data[["w", "z"]])).fit()
    X = sm.add_constant(data[["x", "w"]]).assign(v=first.resid)
    glm = sm.GLM(data.y, X, family=sm.families.Poisson(), offset=data["size"]).fit(tol=1e-12)
    found = fit(data, cov=ag.Robust(), offset="size")
    assert found.terms == ("x", "Intercept", "w", "residual(x)")
    expected = glm.params[["x", "const", "w", "v"]].to_numpy()
    assert found.params == pytest.approx(expected, rel=1e-7)


def test_covariance_as_statsmodels_gmm():
    # statsmodels 0.14, GMM of both steps' moments at once (its derivative is numerical)
    from statsmodels.sandbox.regression.gmm import GMM

    data = counts(1, G=40)
    ones = np.ones(len(data))
    F = np.column_stack([ones, data.w, data.z])

    class Stacked(GMM):
        def momcond(self, params):
            v = data.x.to_numpy() - F @ params[:3]
            A = np.column_stack([data.x, ones, data.w, v])
            return np.column_stack(
                [F * v[:, None], A * (data.y.to_numpy() - np.exp(A @ params[3:]))[:, None]]
            )

    found = fit(data, cov=ag.Robust(), rule=NO_FACTOR)
    first = np.linalg.lstsq(F, data.x, rcond=None)[0]
    start = np.concatenate([first, found.params])
    model = Stacked(data.y, F, F, k_moms=7, k_params=7)
    gmm = model.fit(
        start, maxiter=0, optim_args={"disp": 0}, weights_method="cov", wargs={"centered": False}
    )
    assert np.asarray(gmm.params)[3:] == pytest.approx(found.params, rel=1e-5)
    assert found.std_errors == pytest.approx(np.asarray(gmm.bse)[3:], rel=1e-4)
    alone = ppml(
        "y ~ x + w + v", data.assign(v=data.x - F @ first), cov=ag.Robust(), rule=NO_FACTOR
    )
    assert found.std_errors[0] > 1.03 * alone.std_errors[1]  # the first step's part is no trifle


def test_first_step_moves_the_second_as_its_derivative_says():
    data = counts(2, G=20, size=3.0)
    y, g, w = data.y.to_numpy(), data.g.to_numpy(), 0.5 + data.t.to_numpy() / 4
    F = demean(data[["w", "z"]].to_numpy(), [g], w)
    x, none = demean(data[["x"]].to_numpy(), [g], w)[:, 0], np.zeros(len(data))
    gamma = np.linalg.solve(F.T @ (F * w[:, None]), F.T @ (w * x))

    def second(moved):
        v = x - F @ moved
        return iterate(y, np.column_stack([data.x, data.w, v]), [g], none, w)

    end = second(gamma)
    m, s, H = w * end.mu, w * (y - end.mu), 1e-4
    bread = np.linalg.inv(end.X.T @ (end.X * m[:, None]))
    # the first step's part is linear in its residual; with F_k for residual its sum is C's column k
    for k in range(2):
        e = np.eye(2)[k] * H
        numerical = (second(gamma + e).beta - second(gamma - e).beta) / (2 * H)
        direction = (F @ e / H)[:, None]
        everyone = np.arange(len(y))
        with_it = stacked_scores(end.X, s, m, F, w, direction, end.beta[-1:], everyone)
        own = end.X * s[:, None]
        assert bread @ (with_it - own).sum(axis=0) == pytest.approx(numerical, rel=1e-5, abs=1e-8)


def test_absorbing_equals_dummies():
    data = counts(3, G=15, size=4.0)
    options = {"cov": ag.Cluster("g"), "rule": NO_FACTOR}
    absorbed = fit(data, absorb=["g", "t"], **options)
    dummies = ppml("y ~ w + C(g) + C(t) + [x ~ z]", data, **options)
    at = [dummies.terms.index(term) for term in absorbed.terms]
    assert absorbed.params == pytest.approx(dummies.params[at], rel=1e-6)
    assert absorbed.std_errors == pytest.approx(dummies.std_errors[at], rel=1e-5)


def test_errors_as_a_bootstrap_of_both_steps():
    data = counts(4, G=80)
    found = fit(data, absorb="g", cov=ag.Cluster("g"))
    rng, draws = np.random.default_rng(0), []
    place = [np.flatnonzero(data.g == k) for k in range(80)]
    for _ in range(120):
        drawn = rng.integers(80, size=80)
        rows = np.concatenate([place[k] for k in drawn])
        copy = data.iloc[rows].assign(g=np.repeat(np.arange(80), 6))
        draws.append(fit(copy, absorb="g", cov=ag.Robust()).params)
    # 120 draws: the standard deviation's own error is some 7 percent
    assert found.std_errors == pytest.approx(np.std(draws, axis=0, ddof=1), rel=0.22)


def test_truth_is_found_and_covered():
    estimates, hits, rejected, naive = [], 0, 0, []
    for seed in range(40):
        data = counts(100 + seed)
        found = fit(data, absorb="g")
        estimates.append(found.params[0])
        hits += 0.4 in found.interval(0.95, "x")
        naive.append(ppml("y ~ x + w", data, absorb="g").params[0])
        exogenous = fit(counts(1000 + seed, rho=0.0), absorb="g")
        rejected += exogenous.endogeneity()["p_value"].item() < 0.05
    error = np.std(estimates) / np.sqrt(40)
    assert np.mean(estimates) == pytest.approx(0.4, abs=3 * error)
    assert np.mean(naive) > 0.6  # without instruments
    assert hits >= 33  # 38 of 40 expected, Monte Carlo error 1.4
    assert rejected <= 7  # 2 of 40 expected, Monte Carlo error 1.4


def test_weights_repeat_rows_and_units_do_not_matter():
    data = counts(5, G=30)
    w = 1 + data.index % 3
    one = fit(data.assign(k=w), absorb="g", weights="k", cov=ag.Cluster("g"), rule=NO_FACTOR)
    two = fit(data.loc[data.index.repeat(w)], absorb="g", cov=ag.Cluster("g"), rule=NO_FACTOR)
    assert one.params == pytest.approx(two.params, rel=1e-7)
    assert one.std_errors == pytest.approx(two.std_errors, rel=1e-6)
    scaled = data.assign(x=1000 * data.x, z=data.z / 50, y=7 * data.y).sample(
        frac=1, random_state=1
    )
    moved = fit(scaled, absorb="g", cov=ag.Cluster("g"))
    base = fit(data, absorb="g", cov=ag.Cluster("g"))
    assert moved.params * [1000, 1, 1000] == pytest.approx(base.params, rel=1e-6)
    assert moved.tidy()["statistic"].to_numpy() == pytest.approx(
        base.tidy()["statistic"].to_numpy(), rel=1e-5
    )


def test_groups_of_zeros_stay_in_the_first_step():
    data = counts(6, G=30)
    data.loc[data.g < 3, "y"] = 0
    found = fit(data, absorb="g")
    assert (
        found.n_obs
        == len(found.residuals())
        == int((data.groupby("g").y.transform("sum") > 0).sum())
    )
    assert "an absorbed group's outcomes are all zero" in found.notes[0]
    assert found.residuals().index.equals(data.index[data.groupby("g").y.transform("sum") > 0])
    first = ag.panel("x ~ z + w", data, absorb="g", cov=ag.Cluster("g"))
    assert found.first_stage().params == pytest.approx(first.params)
    assert found.first_stage("x").std_errors == pytest.approx(first.std_errors)
    every = found.residuals() + 1
    mu = data.y[every.index] / every  # y / mu - 1 is what residuals() gives
    assert mu[data.y[every.index] > 0].groupby(data.g).sum().notna().all()


def test_overidentified_and_two_endogenous():
    rng = np.random.default_rng(3)
    data = counts(7, G=200).assign(
        z2=rng.normal(size=1200), z3=rng.normal(size=1200), e=rng.normal(size=1200)
    )
    data["x2"] = data.z2 + data.z3 + data.e
    data["y"] = rng.poisson(np.exp(0.4 * data.x - 0.2 * data.x2 + 0.3 * data.e))
    found = ppml("y ~ w + [x + x2 ~ z + z2 + z3]", data, absorb="g")
    assert found.terms == ("x", "x2", "w", "residual(x)", "residual(x2)")
    assert abs(found.params[1] + 0.2) < 4 * found.std_errors[1]
    assert abs(found.params[4] - 0.3) < 4 * found.std_errors[4]
    test = found.endogeneity().iloc[0]
    assert test["df_num"] == 2
    assert test["p_value"] < 0.001


def test_other_covariances_and_refusals():
    data = counts(8, G=20).assign(lat=lambda d: d.g / 10, lon=0.0)
    found = fit(data, absorb="g", entity="g", time="t", rule=NO_FACTOR)
    places = found.with_cov(ag.Conley(km=1e-3)).std_errors  # each unit with itself alone
    assert places == pytest.approx(found.std_errors, rel=1e-8)
    assert (found.with_cov(ag.DriscollKraay(1)).std_errors > 0).all()
    with pytest.raises(
        InputError, match="Homoskedastic leaves out the sampling error of the first"
    ):
        found.with_cov(ag.Homoskedastic())
    with pytest.raises(InputError, match="SCPC leaves out the sampling error"):
        found.with_cov(ag.SCPC())
    with pytest.raises(InputError, match="CR3 is defined for panel"):
        found.with_cov(ag.CR3("g"))
    with pytest.raises(InputError, match="'w' is not endogenous"):
        found.first_stage("w")
    with pytest.raises(InputError, match="formula must hold one bracket"):
        ppml("y ~ x", data, estimator=ag.ControlFunction())
    with pytest.raises(InputError, match="found the class ControlFunction itself"):
        ppml(FORMULA, data, estimator=ag.ControlFunction)
    with pytest.raises(IdentificationError, match="need at least as many instruments"):
        ppml("y ~ [x + w ~ z]", data)
    with pytest.raises(IdentificationError, match="explain endogenous 'x' exactly"):
        ppml(FORMULA, data.assign(x=data.z + data.w), cov=ag.Robust())
