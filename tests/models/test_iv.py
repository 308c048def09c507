"""Instruments: by hand, by identity, against linearmodels and printed figures, and their errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Cluster,
    Homoskedastic,
    PlmRules,
    Robust,
    anderson_rubin,
    anderson_rubin_test,
    iv,
    overidentification,
    panel,
    weak_instruments,
)
from agglometrics.errors import IdentificationError, InputError
from agglometrics.models.checks.anderson_rubin import accepted
from agglometrics.models.iv import system_of

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def simulated(seed=1, N=240, strength=0.5, beta=1.0, instruments=3):
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(N, instruments))
    u, w, second = rng.normal(size=(3, N))
    x = strength * Z.sum(axis=1) / np.sqrt(instruments) + u + 0.3 * w
    x2 = Z[:, 0] - Z[:, -1] + 0.5 * u + second
    e = 0.8 * u + 0.6 * rng.normal(size=N)
    frame = {"x": x, "x2": x2, "w": w, "y": beta * x + 0.5 * w + e * (1 + (Z[:, 0] > 0))}
    frame |= {f"z{j + 1}": Z[:, j] for j in range(instruments)}
    return pd.DataFrame(frame | {"g": np.arange(N) // 6, "t": np.arange(N) % 6})


def test_wald_estimate_by_hand():
    data = pd.DataFrame({"z": [0, 0, 1, 1], "x": [1.0, 2, 3, 4], "y": [1.0, 3, 4, 8]})
    fit = iv("y ~ [x ~ z]", data, cov=Homoskedastic())
    # b = (6 - 2) / (3.5 - 1.5) = 2, a = 4 - 2 x 2.5; u = 0 0 -1 1; var b = (2 / 2) / (z part of x)
    assert fit.params == pytest.approx([2, -1])
    # fitted x: 1.5 1.5 3.5 3.5, sum of squares about the mean 4
    assert fit.std_errors[0] == pytest.approx(np.sqrt(1 / 4))


def test_a_regressor_as_its_own_instrument_is_least_squares():
    data = simulated().assign(copy=lambda d: d.x)
    two = iv("y ~ w + [x ~ copy]", data, absorb="g", cov=Robust())
    one = panel("y ~ x + w", data, absorb="g", cov=Robust())
    assert two.params == pytest.approx(one.params, rel=1e-9)
    assert two.std_errors == pytest.approx(one.std_errors, rel=1e-9)


@pytest.mark.parametrize("cov", [Robust(), Cluster("g"), Homoskedastic()])
def test_absorbing_equals_dummies(cov):
    data = simulated()
    formula = "y ~ w + {}[x + x2 ~ z1 + z2 + z3]"
    absorbed = iv(formula.format(""), data, absorb=["g", "t"], cov=cov, rule=PlmRules())
    dummies = iv(formula.format("C(g) + C(t) + "), data, cov=cov, rule=PlmRules())
    assert absorbed.params[:2] == pytest.approx(dummies.params[:2], rel=1e-8)
    ratio = absorbed.std_errors[:2] / dummies.std_errors[:2]
    # PlmRules counts no parameter in sandwiches
    assert ratio == pytest.approx([1, 1], rel=1e-8)
    a, b = weak_instruments(absorbed), weak_instruments(dummies)
    assert a["kleibergen_paap"].to_numpy() == pytest.approx(b["kleibergen_paap"].to_numpy())


def test_equals_linearmodels():
    from linearmodels.iv import IV2SLS

    data = simulated().assign(one=1.0)
    fit = iv("y ~ w + [x + x2 ~ z1 + z2 + z3]", data, cov=Robust(), rule=PlmRules())
    model = IV2SLS(data.y, data[["one", "w"]], data[["x", "x2"]], data[["z1", "z2", "z3"]])
    theirs = model.fit(cov_type="robust")
    order = [*fit.terms]
    names = ["one" if term == "Intercept" else term for term in order]
    assert fit.params == pytest.approx(theirs.params[names].to_numpy(), rel=1e-9)
    assert fit.std_errors == pytest.approx(theirs.std_errors[names].to_numpy(), rel=1e-9)
    plain = fit.with_cov(Homoskedastic())
    sargan = model.fit(cov_type="unadjusted").sargan
    assert overidentification(plain).iloc[0]["statistic"] == pytest.approx(sargan.stat, rel=1e-8)


def test_first_stage_is_a_regression_on_instruments():
    data = simulated()
    fit = iv("y ~ w + [x ~ z1 + z2 + z3]", data, absorb="g", cov=Cluster("g"))
    by_hand = panel("x ~ z1 + z2 + z3 + w", data, absorb="g", cov=Cluster("g"))
    first = fit.first_stage()
    assert first.params == pytest.approx(by_hand.params, rel=1e-9)
    assert first.std_errors == pytest.approx(by_hand.std_errors, rel=1e-9)
    F = by_hand.wald("z1", "z2", "z3")["statistic"][0]
    assert weak_instruments(fit)["f"][0] == pytest.approx(F, rel=1e-8)
    robust = fit.with_cov(Robust()).first_stage("x")
    assert robust.std_errors == pytest.approx(by_hand.with_cov(Robust()).std_errors, rel=1e-9)


def test_one_instrument_makes_every_f_the_same():
    data = simulated(instruments=1)
    row = weak_instruments(iv("y ~ w + [x ~ z1]", data, cov=Cluster("g"))).iloc[0]
    assert row["effective_f"] == pytest.approx(row["f"], rel=1e-9)
    assert row["kleibergen_paap"] == pytest.approx(row["f"], rel=1e-9)
    # Montiel Olea and Pflueger (2013), table 1: 23.1 for one effective degree of freedom
    assert row["effective_f_critical"] == pytest.approx(23.1, abs=0.05)


def test_kleibergen_paap_is_cragg_donald_under_homoskedasticity():
    # Cragg and Donald (1993): the least eigenvalue of X' P_Z X inv(Sigma), over L
    data = simulated()
    fit = iv("y ~ w + [x + x2 ~ z1 + z2 + z3]", data, cov=Homoskedastic())
    _, X, Z = system_of(fit).partial()
    projected = Z @ np.linalg.lstsq(Z, X)[0]
    sigma = (X - projected).T @ (X - projected) / (len(X) - 5)
    least = np.linalg.eigvals(projected.T @ projected @ np.linalg.inv(sigma)).real.min()
    assert weak_instruments(fit)["kleibergen_paap"][0] == pytest.approx(least / 3, rel=1e-8)


@pytest.mark.parametrize("cov", [Homoskedastic(), Robust(), Cluster("g")])
@pytest.mark.parametrize("strength", [0.6, 0.05])
@pytest.mark.parametrize("instruments", [1, 3])
def test_anderson_rubin_set_is_where_the_test_does_not_reject(cov, strength, instruments):
    data = simulated(strength=strength, instruments=instruments)
    z = " + ".join(f"z{j + 1}" for j in range(instruments))
    fit = iv(f"y ~ w + [x ~ {z}]", data, cov=cov)
    found = anderson_rubin(fit, 0.9)
    inside = [value in found for value in np.linspace(-8, 8, 161)]
    accepts = [
        anderson_rubin_test(fit, [value])["p_value"][0] >= 0.1 for value in np.linspace(-8, 8, 161)
    ]
    assert inside == accepts
    for low, high in found.pieces:
        for edge in (low, high):
            if np.isfinite(edge):
                assert anderson_rubin_test(fit, [edge])["p_value"][0] == pytest.approx(0.1)


def test_sets_of_every_shape():
    # one instrument, identity covariance: (a - x b)^2 <= c (1 + x^2)
    V, c = np.eye(2), 4.0
    (interval,) = accepted(np.array([[1.0], [3.0]]), V, c)  # 5 x^2 - 6 x - 3 <= 0
    assert interval == pytest.approx(((6 - np.sqrt(96)) / 10, (6 + np.sqrt(96)) / 10))
    rays = accepted(np.array([[3.0], [1.0]]), V, c)  # -3 x^2 - 6 x + 5 <= 0
    ends = (-1 - np.sqrt(96) / 6, -1 + np.sqrt(96) / 6)
    assert rays[0] == pytest.approx((-np.inf, ends[0]))
    assert rays[1] == pytest.approx((ends[1], np.inf))
    assert accepted(np.array([[1.0], [1.0]]), V, c) == ((-np.inf, np.inf),)
    # two instruments that disagree: slopes 5 / 5 and -5 / 5
    assert accepted(np.array([[5.0, -5.0], [5.0, 5.0]]), np.eye(4), c) == ()


def test_overidentification_sees_a_bad_instrument():
    data = simulated()
    good = overidentification(iv("y ~ w + [x ~ z1 + z2 + z3]", data, cov=Cluster("g")))
    bad = overidentification(
        iv("y ~ w + [x ~ z1 + z2 + z3]", data.assign(y=data.y + data.z1), cov=Cluster("g"))
    )
    assert good["p_value"][0] > 0.05 > 1e-4 > bad["p_value"][0]
    assert good["df"][0] == 2


def test_errors_say_what_to_do():
    data = simulated().assign(constant=1.0)
    with pytest.raises(InputError, match="formula must hold one bracket"):
        iv("y ~ x + z1", data)
    with pytest.raises(IdentificationError, match="2 endogenous terms need at least as many"):
        iv("y ~ [x + x2 ~ z1]", data)
    with pytest.raises(IdentificationError, match=r"1 are left, \['z1'\].*'z9': 'is collinear"):
        iv("y ~ [x + x2 ~ z1 + z9]", data.assign(z9=2 * data.z1))
    with pytest.raises(IdentificationError, match="endogenous 'x' is not identified"):
        iv("y ~ w + [x ~ z1]", data.assign(x=data.w))
    with pytest.raises(InputError, match="both endogenous and an instrument"):
        iv("y ~ [x ~ x + z1]", data)
    with pytest.raises(
        InputError, match=r"'z1' of .* is both exogenous and an instrument.*leave it"
    ):
        iv("y ~ z1 + [x ~ z1 + z2]", data)
    with pytest.raises(InputError, match=r"'x' of .* is both exogenous and endogenous.*bracket"):
        iv("y ~ x + [x ~ z1]", data)
    two = iv("y ~ w + [x + x2 ~ z1 + z2 + z3]", data, cov=Robust())
    with pytest.raises(InputError, match="not a set on the line"):
        anderson_rubin(two)
    with pytest.raises(InputError, match=r"null must give 2 values, for \['x', 'x2'\]"):
        anderson_rubin_test(two, [0])
    with pytest.raises(InputError, match="nothing is left to test"):
        overidentification(iv("y ~ [x ~ z1]", data, cov=Robust()))
    with pytest.raises(InputError, match="needs an iv"):
        weak_instruments(panel("y ~ x", data, cov=Robust()))


@pytest.mark.slow
def test_anderson_rubin_covers_with_weak_instruments():
    # first-stage F about 1.5; 200 samples: Monte Carlo error at .95 is .015. The Wald interval
    # of the same samples misses far more often
    hits = wald = 0
    for seed in range(200):
        data = simulated(seed, N=150, strength=0.15)
        fit = iv("y ~ w + [x ~ z1 + z2 + z3]", data, cov=Robust())
        hits += 1.0 in anderson_rubin(fit)
        wald += 1.0 in fit.interval(0.95, "x")
    assert 0.904 < hits / 200 < 0.996
    assert wald / 200 < 0.9


# ---- against printed figures: Mroz's wages, as linearmodels ships them ----------------------


@pytest.fixture(scope="module")
def mroz():
    from linearmodels.datasets import mroz

    return mroz.load().dropna()


def test_mroz_effective_f(mroz):
    # by hand in expected.json: HC0 55.397811804012576, HC1 54.750641105367585 (pyfixest: 88.89),
    # robust Wald F 49.52655332338571; linearmodels, homoskedastic: 55.4003
    formula = "lwage ~ exper + expersq + [educ ~ fatheduc + motheduc]"
    fit = iv(formula, mroz, cov=Robust())
    row = weak_instruments(fit).iloc[0]
    assert row["effective_f"] == pytest.approx(54.750641105367585, rel=1e-9)
    assert row["f"] == pytest.approx(49.52655332338571, rel=1e-9)
    assert row["f_homoskedastic"] == pytest.approx(55.4003, abs=5e-5)
    zero = iv(formula, mroz, cov=Robust(), rule=PlmRules())
    assert weak_instruments(zero)["effective_f"][0] == pytest.approx(55.397811804012576, rel=1e-9)


def test_mroz_textbook(mroz):
    # Wooldridge, Econometric Analysis of Cross Section and Panel Data, example 5.3:
    # educ .0614 (.0314); overidentification .378, p .539
    fit = iv("lwage ~ exper + expersq + [educ ~ fatheduc + motheduc]", mroz, cov=Homoskedastic())
    assert fit.params[0] == pytest.approx(0.0614, abs=5e-5)
    assert fit.std_errors[0] == pytest.approx(0.0314, abs=5e-5)
    test = overidentification(fit).iloc[0]
    assert (test["statistic"], test["p_value"]) == pytest.approx((0.378, 0.539), abs=5e-4)


def test_mroz_first_stage_of_linearmodels_is_no_f(mroz):
    # linearmodels 7.1: f.stat of a robust fit is the chi-square, twice our F up to HC0
    from linearmodels.iv import IV2SLS

    data = mroz.assign(one=1.0)
    theirs = IV2SLS(
        data.lwage,
        data[["one", "exper", "expersq"]],
        data[["educ"]],
        data[["fatheduc", "motheduc"]],
    ).fit(cov_type="robust")
    chi2 = theirs.first_stage.diagnostics["f.stat"].iloc[0]
    fit = iv(
        "lwage ~ exper + expersq + [educ ~ fatheduc + motheduc]",
        mroz,
        cov=Robust(),
        rule=PlmRules(),
    )
    assert chi2 == pytest.approx(2 * weak_instruments(fit)["f"][0], rel=1e-6)


@pytest.mark.external
def test_crime_as_baltagi(reference):
    # Baltagi (2006), Estimating an econometric model of crime using panel data from North
    # Carolina, within 2SLS: two endogenous terms, county and year effects. Each first stage
    # looks strong alone (F of 22 and 13); the rank statistic says that the pair is not identified
    data = pd.read_csv(reference / "panel" / "Crime.csv")
    controls = (
        "lprbconv + lprbpris + lavgsen + ldensity + lwcon + lwtuc + lwtrd + lwfir + lwser"
        " + lwmfg + lwfed + lwsta + lwloc + lpctymle"
    )
    fit = iv(
        f"lcrmrte ~ {controls} + [lprbarr + lpolpc ~ ltaxpc + lmix]",
        data,
        absorb=["county", "year"],
        cov=Homoskedastic(),
    )
    assert fit.params[:5] == pytest.approx([-0.576, 0.658, -0.423, -0.250, 0.009], abs=6e-4)
    assert fit.std_errors[:5] == pytest.approx([0.802, 0.847, 0.502, 0.279, 0.049], abs=6e-4)
    found = weak_instruments(fit)
    assert (found["f"] > 10).all()
    assert (found["kleibergen_paap"] < 1).all()


def test_a_part_that_cannot_be_read_is_answered_in_one_line():
    with pytest.raises(InputError, match="as terms: String literals are not valid") as said:
        iv("y ~ w + [x ~ z1 + 'a']", simulated(0))
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ 1 + [x ~ 1 + z1]",
        "y ~ [x ~ 1 + z1]",
        "y ~ w + [x ~ 0 + z1]",
        "y ~ w + [x ~ z1 - 1]",
        "y ~ w + [x ~ z1 - w]",
        "y ~ w + [1 + x ~ z1 + z2]",
    ],
)
def test_what_acts_on_the_controls_stands_outside_the_bracket(formula):
    # each of these was read as a second stage without its constant, or without w
    with pytest.raises(InputError, match=r"in the bracket .* write terms and '\+' alone"):
        iv(formula, simulated())


def test_a_constant_may_be_an_instrument_where_the_equation_has_none():
    data = simulated().assign(one=1.0)
    found = iv("y ~ 0 + [x ~ 1 + z1]", data, cov=Homoskedastic())
    same = iv("y ~ 0 + [x ~ one + z1]", data, cov=Homoskedastic())
    assert found.params == pytest.approx(same.params, rel=1e-12)
    assert found.terms == ("x",)
