"""Fits of pyfixest, linearmodels and statsmodels beside the same estimates of this package."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Cluster,
    Homoskedastic,
    InputError,
    LinearmodelsRules,
    Robust,
    SmallSample,
    Stars,
    compare,
    iv,
    panel,
    panels,
    poisson,
    weak_instruments,
)

pf = pytest.importorskip("pyfixest")
linearmodels = pytest.importorskip("linearmodels")
smf = pytest.importorskip("statsmodels.formula.api")
sm = pytest.importorskip("statsmodels.api")


def table(seed=3, N=12, T=6):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"firm": np.repeat(np.arange(N), T), "year": np.tile(np.arange(T), N)})
    e, z, v, q = rng.normal(size=(4, N * T))
    x = z + v + 0.5 * e
    return frame.assign(
        x=x, z=z, v=v, q=q, w=z + rng.normal(size=N * T), y=x + e, c=rng.poisson(3, N * T)
    )


DATA = table()
PANEL = DATA.set_index(["firm", "year"])
BY_FIRM = Cluster("firm")


def rows(*fits, **options):
    """Return the printed cells by the first of the row, all digits shown."""
    shown = compare(*fits, fmt=".8g", **options)
    found, last = {}, ""
    for name, *cells in shown.rows:
        last = name or f"se of {last}"
        found[last] = cells
    return found


def assert_same(found, names, rel=1e-6):
    """Require that both columns print the same number, or the same text, in each row."""
    for name in names:
        ours, theirs = found[name]
        assert ours != "", name
        if any(c.isalpha() for c in ours):
            assert ours == theirs, name
            continue
        numbers = [float(c.strip("()").replace("−", "-").replace(",", "")) for c in (ours, theirs)]
        assert numbers[0] == pytest.approx(numbers[1], rel=rel), name


def test_pyfixest_with_two_effects():
    ours = panel("y ~ x + q", DATA, absorb=["firm", "year"], cov=BY_FIRM)
    theirs = pf.feols("y ~ x + q | firm + year", DATA, vcov={"CRV1": "firm"})
    found = rows(ours, theirs)
    assert_same(found, found)  # every row
    assert found["firm effects"] == found["year effects"] == ["Yes", "Yes"]
    assert found["Standard errors"] == ["cluster (firm), 12"] * 2
    assert {"x", "se of x", "q", "se of q", "R-squared", "Within R-squared"} < set(found)


def test_pyfixest_with_an_instrument():
    ours = iv("y ~ q + [x ~ z + w]", DATA, absorb="firm", cov=Robust())
    theirs = pf.feols("y ~ q | firm | x ~ z + w", DATA, vcov="hetero")
    found = rows(ours, theirs, names=["ours", "theirs"])
    kept = {"x", "se of x", "q", "se of q", "First-stage F", "Observations", "firm effects"}
    assert_same(found, kept)
    assert "R-squared" not in found  # with instruments it is no share of anything
    F = weak_instruments(ours)["f"].item()
    assert float(found["First-stage F"][0]) == pytest.approx(F, rel=1e-6)


def test_pyfixest_poisson():
    found = rows(
        poisson("c ~ x", DATA, absorb="firm", cov=BY_FIRM),
        pf.fepois("c ~ x | firm", DATA, vcov={"CRV1": "firm"}),
    )
    assert_same(found, {"x", "se of x", "Pseudo R-squared", "Observations"}, rel=1e-5)
    assert "Method" not in found  # they agree in it


def test_a_multiple_estimation_of_pyfixest_gives_a_column_for_each_model():
    several = pf.feols("y + c ~ x + csw0(q, z)", DATA, vcov="iid")
    found = rows(several)
    assert len(found["x"]) == 6
    assert found["Outcome"] == ["y", "y", "y", "c", "c", "c"]
    assert found["z"][0::3] == ["", ""]
    ours = panel("y ~ x + q", DATA, cov=Homoskedastic())
    assert found["x"][1] == rows(ours)["x"][0]


def test_dummies_are_one_row_however_they_are_written():
    fits = [
        panel("y ~ x + C(year)", DATA, cov=Homoskedastic()),
        pf.feols("y ~ x + i(year)", DATA, vcov="iid"),
        smf.ols("y ~ x + C(year)", DATA).fit(),
    ]
    found = compare(*fits, fmt=".5f", labels={"year": "Year"})
    at = {row[0]: row[1:] for row in found.rows}
    assert len(set(at["Year = 3"])) == 1
    assert at["Year = 3"][0] == f"{fits[0].params[4]:.5f}".replace("-", "−")
    assert [row[0] for row in found.rows].count("Constant") == 1
    assert len(set(at["Constant"])) == 1


def test_linearmodels_panel():
    ours = panel("y ~ x + q", DATA, absorb=["firm", "year"], cov=Homoskedastic())
    model = linearmodels.PanelOLS.from_formula("y ~ x + q + EntityEffects + TimeEffects", PANEL)
    found = rows(ours, model.fit())
    assert_same(found, found)
    assert found["firm effects"] == found["year effects"] == ["Yes", "Yes"]
    robust = rows(model.fit(cov_type="clustered", cluster_entity=True))
    assert robust["Standard errors"] == ["cluster"]


def test_linearmodels_with_an_instrument():
    ours = iv("y ~ q + [x ~ z + w]", DATA, cov=Robust(), rule=LinearmodelsRules())
    model = linearmodels.IV2SLS.from_formula("y ~ 1 + q + [x ~ z + w]", DATA)
    found = rows(ours, model.fit(cov_type="robust", debiased=True))
    assert_same(found, {"x", "se of x", "q", "Constant", "First-stage F"})
    # by default theirs is a chi-square with two degrees of freedom, which compare turns into an
    # F, and corrects for no parameters: four of 72 observations
    expected = ours.first_stage_f()["x"] * 72 / 68
    default = rows(model.fit(cov_type="robust"))
    assert float(default["First-stage F"][0]) == pytest.approx(expected, rel=1e-6)


def test_linearmodels_absorbing_names_its_effects():
    absorb = DATA[["firm", "year"]].astype("category")
    fit = linearmodels.iv.AbsorbingLS(DATA.y, DATA[["x"]], absorb=absorb).fit()
    found = rows(fit, panel("y ~ x", DATA, absorb=["firm", "year"], cov=Robust()))
    assert_same(found, {"x", "R-squared", "firm effects", "year effects"})


@pytest.mark.parametrize(
    ("model", "method"),
    [
        (linearmodels.RandomEffects, "random effects"),
        (linearmodels.BetweenOLS, "between"),
        (linearmodels.PooledOLS, "least squares"),
    ],
)
def test_linearmodels_methods_are_named(model, method):
    fit = model.from_formula("y ~ 1 + x", PANEL).fit()
    found = rows(fit, iv("y ~ [x ~ z]", DATA))
    assert found["Method"] == [method, "two-stage least squares"]


def test_statsmodels_least_squares():
    fit = smf.ols("y ~ x + q", DATA).fit(cov_type="cluster", cov_kwds={"groups": DATA["firm"]})
    found = rows(panel("y ~ x + q", DATA, cov=BY_FIRM), fit)
    assert_same(found, {"x", "se of x", "q", "Constant", "R-squared", "Observations"})
    assert found["Standard errors"] == ["cluster (firm), 12", "cluster, 12"]


def test_statsmodels_calls_a_constant_const():
    fit = sm.OLS(DATA["y"], sm.add_constant(DATA[["x"]])).fit(cov_type="HC1")
    found = rows(panel("y ~ x", DATA, cov=Robust()), fit)
    assert_same(found, {"x", "se of x", "Constant", "se of Constant"})
    assert found["Standard errors"] == ["robust", "robust (HC1)"]


def test_statsmodels_likelihoods_have_a_pseudo_r2():
    rule = SmallSample(observations=False)
    ours = poisson("c ~ x", DATA, cov=Robust(), rule=rule)
    found = rows(ours, smf.poisson("c ~ x", DATA).fit(disp=0, cov_type="HC0"))
    assert_same(found, {"x", "Constant", "Pseudo R-squared", "Observations"}, rel=1e-5)


def test_statsmodels_mixed_and_quantile_fits_are_taken():
    mixed = smf.mixedlm("y ~ x", DATA, groups=DATA["firm"]).fit()
    found = rows(mixed, smf.quantreg("y ~ x", DATA).fit())
    assert found["Method"] == ["mixed model", "quantile regression"]
    assert found["Group Var"][1] == ""


def test_several_coefficients_per_term_are_refused():
    fit = sm.MNLogit(DATA["c"].clip(upper=2), sm.add_constant(DATA[["x"]])).fit(disp=0)
    with pytest.raises(InputError, match=r"several coefficients per term, \(2, 2\).*of its own"):
        compare(fit)


def test_stars_follow_the_fits_own_p_values():
    fit = smf.ols("y ~ x + q", DATA).fit()
    stars = Stars((0.99, 0.01))
    cell = rows(fit, stars=stars)["q"][0]
    assert cell.count("*") == int(fit.pvalues["q"] < 0.99) + int(fit.pvalues["q"] < 0.01)
    assert rows(fit, stars=stars)["x"][0].endswith("**")


def test_a_dictionary_of_panels_gives_its_keys_as_headings():
    shown = compare(panels("y + c ~ x", DATA, cov=Robust()))
    assert shown.columns == ("", "y", "c")


def test_two_endogenous_terms_have_two_rows_of_f():
    two = iv("y ~ [x + q ~ z + w + v]", DATA, cov=Robust())
    one = iv("y ~ [x ~ z]", DATA, cov=Robust())
    found = rows(two, one)
    expected = weak_instruments(two).set_index("term")["f"]
    for term in ("x", "q"):
        assert float(found[f"First-stage F: {term}"][0]) == pytest.approx(expected[term], rel=1e-6)
    assert found["First-stage F: q"][1] == ""


def test_objects_of_these_packages_that_are_no_fits_are_refused():
    for wrong in (sm.OLS(DATA["y"], DATA[["x"]]), linearmodels.PanelOLS, pf.feols):
        with pytest.raises(InputError, match="compare takes estimates"):
            compare(wrong)
