"""Poisson: fit statistics by hand, model-based errors, and steps that overshoot."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag

TWO_MEANS = pd.DataFrame({"x": [0, 0, 0, 1, 1, 1], "y": [1, 2, 3, 4, 6, 8]})

# The fourth row's 87,827 is far from the rest: Newton's steps from the usual start overshoot.
STEEP = pd.DataFrame(
    {
        "x": [9.8, 0.8, 0.0, 21.8, 2.3],
        "z": [-1.3, -0.3, 0.7, -0.4, -5.8],
        "y": [0.0, 38, 87827, 3, 59],
    }
)


def test_pseudo_r2_by_hand():
    # McFadden's 1 - l / l0: means 2 and 6 against one of 4
    y = TWO_MEANS["y"].to_numpy()
    one, two = stats.poisson(4), stats.poisson(np.repeat([2, 6], 3))
    found = ag.poisson("y ~ x", TWO_MEANS, cov=ag.Robust()).statistics
    assert found["log_likelihood"] == pytest.approx(two.logpmf(y).sum())
    assert found["pseudo_r2"] == pytest.approx(1 - two.logpmf(y).sum() / one.logpmf(y).sum())
    assert 0.2 < found["pseudo_r2"] < 0.4
    # 2 sum y ln(y / mu): the rest of the deviance is zero with a constant
    assert found["deviance"] == pytest.approx(2 * (y * np.log(y / np.repeat([2, 6], 3))).sum())


def test_pseudo_r2_and_deviance_of_weights_are_those_of_repeated_rows():
    data = TWO_MEANS.assign(w=[1, 3, 2, 2, 1, 4])
    weighted = ag.poisson("y ~ x", data, weights="w", cov=ag.Robust()).statistics
    rows = data.loc[data.index.repeat(data["w"])]
    repeated = ag.poisson("y ~ x", rows, cov=ag.Robust()).statistics
    for name in ("deviance", "log_likelihood", "pseudo_r2"):
        assert weighted[name] == pytest.approx(repeated[name], rel=1e-10), name


def test_a_constant_alone_explains_nothing():
    found = ag.poisson("y ~ 1", TWO_MEANS, cov=ag.Robust())
    assert found.statistics["pseudo_r2"] == pytest.approx(0, abs=1e-12)
    assert found.params == pytest.approx([np.log(4)])


def test_homoskedastic_errors_by_hand():
    # the information of a saturated model: var b = 1 / sum mu of either half, 1/6 + 1/18
    fit = ag.poisson("y ~ x", TWO_MEANS, cov=ag.Homoskedastic(), rule=ag.PlmRules())
    assert fit.std_errors == pytest.approx([np.sqrt(1 / 6), np.sqrt(1 / 6 + 1 / 18)])
    # as fixest: (n - 1) / (n - K) = 5/4 under the default rule, and normal statistics
    ruled = ag.poisson("y ~ x", TWO_MEANS, cov=ag.Homoskedastic())
    assert ruled.std_errors == pytest.approx(np.sqrt(5 / 4) * fit.std_errors)
    z = ruled.params / ruled.std_errors
    assert ruled.tidy()["p_value"].to_numpy() == pytest.approx(2 * stats.norm.sf(z))


def test_homoskedastic_errors_do_not_rest_on_residuals():
    # the same means, every outcome at its mean: robust errors vanish, model-based ones do not
    exact = TWO_MEANS.assign(y=[2, 2, 2, 6, 6, 6])
    model, spread = (
        ag.poisson("y ~ x", data, cov=ag.Homoskedastic()).std_errors for data in (exact, TWO_MEANS)
    )
    assert model == pytest.approx(spread)
    robust = ag.poisson("y ~ x", exact, cov=ag.Robust()).std_errors
    assert robust == pytest.approx([0, 0], abs=1e-8)


def test_homoskedastic_errors_count_absorbed_effects():
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(10), 6)
    x = rng.normal(size=60)
    data = pd.DataFrame({"i": unit, "x": x, "y": rng.poisson(np.exp(1 + 0.3 * x + unit / 10))})
    absorbed = ag.poisson("y ~ x", data, absorb="i", cov=ag.Homoskedastic())
    dummies = ag.poisson("y ~ x + C(i)", data, cov=ag.Homoskedastic())
    at = dummies.terms.index("x")
    assert absorbed.std_errors[0] == pytest.approx(dummies.std_errors[at], rel=1e-7)
    # by the dense information matrix: 60 rows, 11 parameters
    D = np.column_stack([x, unit[:, None] == np.arange(10)]).astype(float)
    mu = np.exp(D @ np.r_[dummies.params[at], np.zeros(10)])
    mu *= (np.bincount(unit, data["y"]) / np.bincount(unit, mu))[unit]
    V = np.linalg.inv(D.T @ (D * mu[:, None])) * 59 / 49
    assert absorbed.std_errors[0] == pytest.approx(np.sqrt(V[0, 0]), rel=1e-6)


def newton(data: pd.DataFrame, columns: list[str], steps: int) -> list[float]:
    """The deviances of plain Newton steps from mu = (y + mean) / 2."""
    y = data["y"].to_numpy(float)
    X = np.column_stack([np.ones(len(y)), data[columns]])
    mu, found = (y + y.mean()) / 2, []
    eta = np.log(mu)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            root = np.sqrt(mu)
            b = np.linalg.lstsq(X * root[:, None], (eta + y / mu - 1) * root)[0]
            eta = X @ b
            mu = np.exp(eta)
            logs = np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mu), 0)
            found.append(float(2 * (logs - y + mu).sum()))
            if not found[-1] < 1e12:
                break
    return found


def test_iterations_are_counted():
    # as plain Newton's, until the deviance stands still to a relative 1e-10; the step before must
    # have come within 1e-6, for its change sets the precision of the next demeaning
    found = newton(TWO_MEANS, ["x"], 30)
    change = np.r_[np.inf, np.abs(np.diff(found)) / (0.1 + np.abs(found[1:]))]
    still = (change[1:] < 1e-10) & (change[:-1] < 1e-6)
    fit = ag.poisson("y ~ x", TWO_MEANS, cov=ag.Robust())
    assert fit.statistics["iterations"] == 2 + np.flatnonzero(still)[0]


def test_a_step_that_overshoots_is_halved():
    # plain Newton leaves the range of numbers
    plain = newton(STEEP, ["x", "z"], 100)
    assert not plain[-1] < 1e12
    fit = ag.poisson("y ~ x + z", STEEP, cov=ag.Robust())
    # the likelihood is concave: where its derivative is zero is the estimate
    X = np.column_stack([np.ones(5), STEEP[["x", "z"]]])
    mu = np.exp(X @ fit.params)
    assert X.T @ (STEEP["y"] - mu) == pytest.approx(np.zeros(3), abs=0.01)
    assert fit.statistics["deviance"] < min(plain)


def test_a_step_that_overshoots_leaves_absorbed_effects_their_precision():
    # one group of all rows is the constant; at the estimate one row has mu = 1e-100 and y = 3
    dense = ag.poisson("y ~ x + z", STEEP, cov=ag.Robust())
    absorbed = ag.poisson("y ~ x + z", STEEP.assign(g=0), absorb="g", cov=ag.Robust())
    assert absorbed.params == pytest.approx(dense.params[1:], rel=1e-7)
    for spec in (ag.Robust(), ag.Homoskedastic()):
        errors = [fit.with_cov(spec).std_errors[-2:] for fit in (absorbed, dense)]
        assert errors[0] == pytest.approx(errors[1], rel=1e-7)


def test_halving_saves_steps_where_newton_swings():
    data = pd.DataFrame({"x": [-2.3, -52.3, 6.2, -0.3, -0.7, 0.7], "y": [0.0, 1, 5744, 0, 2, 2]})
    plain = newton(data, ["x"], 100)
    assert (np.diff(plain) > 0).sum() > 5  # the deviance rises now and then
    until = 1 + np.flatnonzero(np.abs(np.diff(plain)) < 1e-10 * np.array(plain[1:]))[0]
    fit = ag.poisson("y ~ x", data, cov=ag.Robust())
    assert fit.statistics["iterations"] < until - 10
    assert fit.statistics["deviance"] == pytest.approx(plain[-1], rel=1e-8)


def test_halving_weighs_rows():
    data = STEEP.assign(w=[2, 1, 3, 1, 2])
    weighted = ag.poisson("y ~ x + z", data, weights="w", cov=ag.Robust())
    rows = data.loc[data.index.repeat(data["w"])]
    repeated = ag.poisson("y ~ x + z", rows, cov=ag.Robust())
    assert weighted.params == pytest.approx(repeated.params, rel=1e-7)
    assert weighted.statistics["iterations"] == repeated.statistics["iterations"]


def test_a_row_of_weight_w_counts_as_w_rows_in_the_likelihoods_own_variance():
    from statsmodels.api import GLM, add_constant, families

    rng = np.random.default_rng(8)
    data = pd.DataFrame({"x": rng.normal(size=60), "w": rng.integers(1, 5, 60)})
    data["y"] = rng.poisson(np.exp(0.3 + 0.5 * data.x))
    ours = ag.poisson("y ~ x", data, weights="w", cov=ag.Homoskedastic())
    repeated = ag.poisson("y ~ x", data.loc[data.index.repeat(data.w)], cov=ag.Homoskedastic())
    theirs = GLM(data.y, add_constant(data.x), families.Poisson(), freq_weights=data.w).fit()
    few, many = (np.sqrt((n - 1) / (n - 2)) for n in (60, data.w.sum()))  # the small-sample factor
    assert ours.std_errors / few == pytest.approx(repeated.std_errors / many, rel=1e-8)
    assert ours.std_errors / few == pytest.approx(theirs.bse.to_numpy(), rel=1e-7)
    fourfold = ag.poisson("y ~ x", data.assign(w=4 * data.w), weights="w", cov=ag.Homoskedastic())
    assert fourfold.std_errors == pytest.approx(ours.std_errors / 2, rel=1e-8)
