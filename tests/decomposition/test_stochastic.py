"""The two-way regression: by hand, against statsmodels, and in simulations with known truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import Stochastic, shift_share, stochastic_shift_share
from agglometrics.decomposition.regression import two_way, wald
from agglometrics.errors import IdentificationError
from agglometrics.inference.specifications import Homoskedastic, Robust

CALL = {"value": "jobs", "start": 0, "end": 1}


def long(E0: np.ndarray, E1: np.ndarray) -> pd.DataFrame:
    E = np.stack([E0, E1])
    t, r, i = np.indices(E.shape)
    return pd.DataFrame(
        {"region": r.ravel(), "industry": i.ravel(), "time": t.ravel(), "jobs": E.ravel()}
    )


def random_cells(seed=0, R=6, I=5):  # noqa: E741
    rng = np.random.default_rng(seed)
    E0 = rng.uniform(20, 200, (R, I))
    E0[1, 2] = 0
    return E0, E0 * rng.uniform(0.8, 1.6, (R, I)) + 5 * (E0 == 0)


def test_worked_by_hand():
    # Equal bases of 10, growth rates [[.1, .3], [.2, .8]]: mu = .35; region effects -/+ .15,
    # industry effects -/+ .2, residual +/- .1; sigma^2 = 4 * 10 * .01 / 1 = .4, so the standard
    # error of mu is sqrt(.4 / 40) = .1, and with two regions of one size that of an effect too.
    fit = stochastic_shift_share(
        long(np.full((2, 2), 10.0), 10 * np.array([[1.1, 1.3], [1.2, 1.8]])), **CALL
    )
    assert fit.terms == ("national", "region[0]", "region[1]", "industry[0]", "industry[1]")
    np.testing.assert_allclose(fit.params, [0.35, -0.15, 0.15, -0.2, 0.2], rtol=1e-12)
    np.testing.assert_allclose(fit.std_errors, 0.1, rtol=1e-12)
    glance = fit.glance().iloc[0]
    assert glance["df_resid"] == 1
    assert glance["sigma2"] == pytest.approx(0.4, rel=1e-12)
    assert glance["f_region"] == pytest.approx(1.5**2, rel=1e-12)
    assert glance["f_industry"] == pytest.approx(4, rel=1e-12)
    assert glance["p_region"] == pytest.approx(2 * stats.t.sf(1.5, 1), rel=1e-12)


@pytest.fixture(scope="module")
def fitted():
    """Our fit, the cells with a base, and statsmodels' WLS with region and industry dummies."""
    import statsmodels.api as sm

    E0, E1 = random_cells()
    r, i = np.nonzero(E0)
    rate, base = (E1 / np.where(E0 > 0, E0, 1) - 1)[r, i], E0[r, i]
    X = np.column_stack([np.eye(6)[r], np.eye(5)[i][:, 1:]])
    return stochastic_shift_share(long(E0, E1), **CALL), sm.WLS(rate, X, weights=base)


@pytest.mark.parametrize(("spec", "kind"), [(Homoskedastic(), "nonrobust"), (Robust(), "HC3")])
def test_differences_of_effects_equal_statsmodels(fitted, spec, kind):
    # statsmodels 0.15, WLS with dummies, t and F tests of differences between regions
    fit, model = fitted
    ours = fit.with_cov(spec)
    theirs = model.fit(cov_type=kind, use_t=True)
    contrast = np.zeros((5, 10))
    contrast[:, 0], contrast[np.arange(5), np.arange(1, 6)] = -1, 1
    test = theirs.t_test(contrast)
    ours_contrast = np.zeros((5, len(ours.terms)))
    ours_contrast[:, 1:7] = contrast[:, :6]
    V = ours_contrast @ ours.covariance.matrix @ ours_contrast.T
    np.testing.assert_allclose(ours_contrast @ ours.params, test.effect, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(V)), test.sd, rtol=1e-9)
    assert ours.covariance.df == theirs.df_resid == 29 - 10
    if kind == "HC3":  # F is withheld
        assert "f_region" not in ours.glance()
        return
    joint = theirs.f_test(contrast)
    assert ours.glance()["f_region"].item() == pytest.approx(joint.fvalue, rel=1e-9)
    assert ours.glance()["p_region"].item() == pytest.approx(joint.pvalue, rel=1e-8)
    joint = theirs.f_test(np.eye(10)[6:])
    assert ours.glance()["f_industry"].item() == pytest.approx(joint.fvalue, rel=1e-9)


@pytest.mark.parametrize(("spec", "kind"), [(Homoskedastic(), "nonrobust"), (Robust(), "HC3")])
def test_the_national_effect_and_its_error_equal_statsmodels(fitted, spec, kind):
    # mu is the mean of the fitted growth over all units, a contrast of the dummies
    fit, model = fitted
    theirs = model.fit(cov_type=kind, use_t=True).t_test(
        np.average(model.exog, axis=0, weights=model.weights)
    )
    row = fit.with_cov(spec).tidy().set_index("term").loc["national"]
    assert row["estimate"] == pytest.approx(theirs.effect.item(), rel=1e-9)
    assert row["std_error"] == pytest.approx(theirs.sd.item(), rel=1e-9)


@pytest.mark.parametrize(("spec", "kind"), [(Homoskedastic(), "nonrobust"), (Robust(), "HC3")])
def test_a_competitive_effect_and_its_error_equal_statsmodels(fitted, spec, kind):
    # beta_r is the dummy of r less the mean of the dummies weighted by the regions' bases
    fit, model = fitted
    base = np.average(model.exog[:, :6], axis=0, weights=model.weights)
    contrast = np.zeros((6, 10))
    contrast[:, :6] = np.eye(6) - base
    theirs = model.fit(cov_type=kind, use_t=True).t_test(contrast)
    ours = fit.with_cov(spec).tidy().iloc[1:7]
    np.testing.assert_allclose(ours["estimate"], theirs.effect, rtol=1e-9)
    np.testing.assert_allclose(ours["std_error"], theirs.sd, rtol=1e-9)
    np.testing.assert_allclose(ours["p_value"], theirs.pvalue, rtol=1e-8)


def test_robust_covariances_with_the_national_effect_equal_statsmodels(fitted):
    # mu + beta_r + alpha_i is the prediction for a cell: one dummy of each kind
    fit, model = fitted
    V = fit.with_cov(Robust()).covariance.matrix
    ours = np.zeros(len(fit.terms))
    ours[[0, 1 + 2, 1 + 6 + 3]] = 1
    theirs = np.zeros(10)
    theirs[[2, 6 + 3 - 1]] = 1
    test = model.fit(cov_type="HC3", use_t=True).t_test(theirs)
    assert ours @ fit.params == pytest.approx(test.effect.item(), rel=1e-9)
    assert np.sqrt(ours @ V @ ours) == pytest.approx(test.sd.item(), rel=1e-9)
    assert abs(V[0, 1:]).max() > 1e-5


def test_parts_are_effects_times_base():
    E0, E1 = random_cells()
    parts = shift_share(long(E0, E1), **CALL, method=Stochastic())
    fit = stochastic_shift_share(long(E0, E1), **CALL)
    beta = fit.params[1:7]
    np.testing.assert_allclose(
        parts["competitive"], (E0 * beta[:, None]).ravel(), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(parts["national"], E0.ravel() * fit.params[0], rtol=1e-12)
    # the restrictions: effects, and residuals in each region with a base, sum to zero
    with_base = E0.ravel() > 0
    assert parts["competitive"].sum() == pytest.approx(0, abs=1e-9)
    assert parts["industry_mix"].sum() == pytest.approx(0, abs=1e-9)
    residuals = parts[with_base].groupby("region")["residual"].sum()
    np.testing.assert_allclose(residuals, 0, atol=1e-9)
    # the cell without a base gained 5, which no rate explains
    assert parts.loc[~with_base, "residual"].tolist() == [5.0]
    assert fit.notes[0].startswith("1 cells without a base have no growth rate and are not used")


def test_regions_and_industries_without_a_base_are_named():
    E0, E1 = random_cells()
    E0[4], E0[:, 3] = 0, 0
    fit = stochastic_shift_share(long(E0, E1), **CALL)
    assert "region[4]" not in fit.terms and "industry[3]" not in fit.terms
    assert "regions without a base, which have no effect: 4." in fit.notes
    assert "industries without a base, which have no effect: 3." in fit.notes
    kept = np.ix_([0, 1, 2, 3, 5], [0, 1, 2, 4])
    alone = stochastic_shift_share(long(E0[kept], E1[kept]), **CALL)
    np.testing.assert_allclose(fit.params, alone.params, rtol=1e-9)
    parts = shift_share(long(E0, E1), **CALL, method=Stochastic())
    entered = parts[(parts["region"] == 4) | (parts["industry"] == 3)]
    np.testing.assert_allclose(entered["residual"], entered["change"], rtol=1e-12)


def test_growth_without_error_is_recovered_exactly():
    rng = np.random.default_rng(3)
    B, beta, alpha = rng.uniform(5, 50, (4, 3)), rng.normal(0, 0.1, 4), rng.normal(0, 0.2, 3)
    fit = two_way(B, B * (beta[:, None] + alpha))
    centre = np.average(beta, weights=B.sum(axis=1))
    np.testing.assert_allclose(fit.effects[:4], beta - centre, rtol=1e-9, atol=1e-12)
    assert fit.rss < 1e-20


def simulate(rng, B, beta, alpha):
    """Growth with the model's errors, variance 4 / B; returns D and the restricted truth."""
    y = 0.2 + beta[:, None] + alpha + rng.normal(size=B.shape) * 2 / np.sqrt(B)
    return B * y, beta - np.average(beta, weights=B.sum(axis=1))


def test_intervals_cover_and_tests_keep_their_size():
    # 2,000 draws: the Monte Carlo standard error of a coverage of .95 or a size of .05 is .005
    rng, draws = np.random.default_rng(7), 2000
    B, alpha = rng.uniform(20, 400, (6, 5)), rng.normal(0, 0.2, 5)
    beta = rng.normal(0, 0.15, 6)
    covered, rejected = np.zeros(6), 0
    critical = stats.t.ppf(0.975, 20)
    for _ in range(draws):
        D, truth = simulate(rng, B, beta, alpha)
        fit = two_way(B, D)
        error = np.sqrt(np.diag(fit.homoskedastic()))[1:7]
        covered += np.abs(fit.effects[:6] - truth) <= critical * error
        null = two_way(B, simulate(rng, B, np.zeros(6), alpha)[0])
        f, df = wald(null.effects[:6], null.homoskedastic()[1:7, 1:7])
        rejected += stats.f.sf(f, df, null.df) < 0.05
    np.testing.assert_allclose(covered / draws, 0.95, atol=4 * 0.005)
    assert rejected / draws == pytest.approx(0.05, abs=4 * 0.005)


def test_robust_errors_cover_where_the_variance_function_is_wrong():
    # The errors of the largest region have twelve times the stated standard deviation, and its
    # effect and everyone's are tested. 1,000 draws, Monte Carlo standard error about .007.
    rng, draws = np.random.default_rng(8), 1000
    B = rng.uniform(20, 60, (8, 40))
    covered = {"homoskedastic": 0, "robust": 0}
    for _ in range(draws):
        noise = rng.normal(size=B.shape) / np.sqrt(B)
        noise[0] *= 12
        fit = two_way(B, B * noise)
        for kind in covered:
            error = np.sqrt(getattr(fit, kind)()[1, 1])
            covered[kind] += abs(fit.effects[0]) <= stats.t.ppf(0.975, fit.df) * error
    assert covered["robust"] / draws == pytest.approx(0.95, abs=0.03)
    assert covered["homoskedastic"] / draws < 0.75


def test_variance_function_is_koenkers_test(fitted):
    """statsmodels' het_breuschpagan (Koenker's form) of the standardised residuals on log B."""
    from statsmodels.stats.diagnostic import het_breuschpagan

    fit, model = fitted
    found = model.fit()
    h = (np.linalg.qr(model.wexog).Q ** 2).sum(axis=1)
    on = np.column_stack([np.ones(len(h)), np.log(model.weights)])
    lm, p, _, _ = het_breuschpagan(found.wresid / np.sqrt(1 - h), on)
    glance = fit.glance()
    assert glance["variance_lm"].item() == pytest.approx(lm, rel=1e-8)
    assert glance["p_variance"].item() == pytest.approx(p, rel=1e-8)


def test_variance_function_has_size_and_power():
    # 400 draws, 8 regions and 20 industries: Monte Carlo error .011 at .05
    rng = np.random.default_rng(9)
    B = np.exp(rng.normal(4, 1.0, (8, 20)))
    noise = rng.normal(size=(400, *B.shape))
    right = [two_way(B, B * e / np.sqrt(B)).variance_test()[1] <= 0.05 for e in noise]
    wrong = [two_way(B, B * e).variance_test()[1] <= 0.05 for e in noise]
    assert np.mean(right) == pytest.approx(0.05, abs=0.035)
    assert np.mean(wrong) > 0.6


def test_robust_errors_need_more_than_one_cell_a_region():
    E0, E1 = random_cells(R=4, I=4)
    E0[0, 1:] = 0
    cells = long(E0, E1)
    assert stochastic_shift_share(cells, **CALL).glance()["f_region"].item() > 0
    with pytest.raises(IdentificationError, match=r"1 cells are fitted exactly.*Homoskedastic\(\)"):
        stochastic_shift_share(cells, **CALL, cov=Robust())


def test_leverage_is_the_diagonal_of_the_hat_matrix(fitted):
    _, model = fitted
    E0, E1 = random_cells()
    theirs = (np.linalg.qr(model.wexog).Q ** 2).sum(axis=1)
    np.testing.assert_allclose(two_way(E0, E1 - E0).leverage()[E0 > 0], theirs, rtol=1e-9)


def test_a_perfect_fit_cannot_be_tested():
    cells = long(np.full((3, 3), 16.0), np.full((3, 3), 20.0))
    with pytest.raises(IdentificationError, match="the model fits without error"):
        stochastic_shift_share(cells, **CALL)
