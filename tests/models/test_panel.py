"""Linear panels: by hand, by identity, against R and Stata's conventions, and their errors."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Between,
    Cluster,
    FirstDifference,
    Homoskedastic,
    Mundlak,
    PlmRules,
    RandomEffects,
    Robust,
    panel,
)
from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError


def small_panel(seed: int = 1, units: int = 12, periods: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    unit, time = np.divmod(np.arange(units * periods), periods)
    effect, year = rng.normal(size=units), rng.normal(size=periods)
    x = rng.normal(size=len(unit)) + effect[unit]
    z = rng.normal(size=len(unit))
    y = 1 + 2 * x - z + effect[unit] + year[time] + rng.normal(size=len(unit))
    w = rng.uniform(0.5, 2, len(unit))
    return pd.DataFrame(
        {"unit": unit, "time": time, "x": x, "z": z, "y": y, "w": w, "state": unit // 3}
    )


def test_within_by_hand():
    # demeaned x: -1 0 1 | -2 0 2, demeaned y: -2 0 2 | -5 1 4: b = (4 + 18) / (2 + 8) = 2.2
    data = pd.DataFrame(
        {"i": [1, 1, 1, 2, 2, 2], "x": [1.0, 2, 3, 0, 2, 4], "y": [0.0, 2, 4, 0, 6, 9]}
    )
    fit = panel("y ~ x", data, absorb="i", cov=Homoskedastic())
    assert fit.params == pytest.approx([2.2])
    # residuals .2 0 -.2 | -.6 1 -.4; SSR = 1.6; df = 6 - 3; var = 1.6 / 3 / 10
    assert fit.std_errors == pytest.approx([np.sqrt(1.6 / 3 / 10)])
    assert list(fit.residuals()) == pytest.approx([0.2, 0, -0.2, -0.6, 1, -0.4])


@pytest.mark.parametrize("cov", [Homoskedastic(), Robust(), Cluster("unit"), Cluster("time")])
def test_absorbing_equals_dummies(cov):
    data = small_panel()
    few = cov == Cluster("time")
    with pytest.warns(AgglometricsWarning, match="6 clusters") if few else nullcontext():
        absorbed = panel("y ~ x + z", data, absorb=["unit", "time"], cov=cov)
        dummies = panel("y ~ x + z + C(unit) + C(time)", data, cov=cov)
    at = [dummies.terms.index(term) for term in absorbed.terms]
    assert absorbed.params == pytest.approx(dummies.params[at], rel=1e-10)
    ratio = absorbed.std_errors / dummies.std_errors[at]
    if not isinstance(cov, Cluster):
        assert ratio == pytest.approx([1, 1], rel=1e-9)
    else:  # effects nested in the clusters do not count: 72 - 19 against 72 - 8 (or 14)
        counted = 2 + 1 + (5 if cov.columns == ("unit",) else 11)
        assert ratio == pytest.approx([np.sqrt((72 - 19) / (72 - counted))] * 2, rel=1e-9)


def test_weighted_within_equals_weighted_dummies():
    data = small_panel()
    absorbed = panel("y ~ x + z", data, absorb=["unit", "time"], weights="w", cov=Robust())
    dummies = panel("y ~ x + z + C(unit) + C(time)", data, weights="w", cov=Robust())
    assert absorbed.params == pytest.approx(dummies.params[1:3], rel=1e-10)
    assert absorbed.std_errors == pytest.approx(dummies.std_errors[1:3], rel=1e-9)


def test_three_effects_equal_dummies_and_a_combined_effect_its_interaction():
    data = small_panel()
    data["group"] = (data["unit"] + data["time"]) % 4
    fit = panel("y ~ x", data, absorb=["unit", "time", "group"], cov=Robust())
    dummies = panel("y ~ x + C(unit) + C(time) + C(group)", data, cov=Robust())
    assert fit.params[0] == pytest.approx(dummies.params[dummies.terms.index("x")], rel=1e-9)
    both = panel("y ~ x", data, absorb=["state^time"], cov=Robust())
    named = panel("y ~ x", data.assign(c=data.state * 100 + data.time), absorb="c", cov=Robust())
    assert both.params == pytest.approx(named.params, rel=1e-12)


def test_one_observation_clusters_are_robust():
    data = small_panel().assign(row=lambda d: d.index)
    fit = panel("y ~ x + z", data, cov=Cluster("row"))
    # (n-1)/(n-K) G/(G-1) = n/(n-K): HC1
    assert fit.std_errors == pytest.approx(fit.with_cov(Robust()).std_errors, rel=1e-12)


def test_scaling_the_outcome_scales_the_answer():
    data = small_panel()
    one = panel("y ~ x + z", data, absorb=["unit"])
    ten = panel("y10 ~ x + z", data.assign(y10=10 * data.y), absorb=["unit"])
    assert ten.params == pytest.approx(10 * one.params, rel=1e-10)
    assert ten.std_errors == pytest.approx(10 * one.std_errors, rel=1e-10)


def test_singletons_go_and_are_reported():
    data = small_panel()
    lone = pd.DataFrame({"unit": [99], "time": [0], "x": [5.0], "z": [1.0], "y": [9.0]})
    fit = panel("y ~ x + z", pd.concat([data, lone]), absorb=["unit", "time"])
    assert fit.n_obs == len(data)
    assert "1 singleton rows left out" in fit.notes[0]
    assert fit.params == pytest.approx(panel("y ~ x + z", data, absorb=["unit", "time"]).params)


def test_collinear_and_absorbed_terms_go_and_are_reported():
    data = small_panel().assign(double=lambda d: 2 * d.x + d.z, fixed=lambda d: d.unit * 1.5)
    fit = panel("y ~ x + z + double + fixed", data, absorb=["unit"])
    assert fit.terms == ("x", "z")
    assert "term 'double' left out: it is collinear with other terms" in fit.notes
    assert "term 'fixed' left out: it is explained by absorbed effects" in fit.notes


def test_unknown_values_go_and_are_reported():
    data = small_panel()
    data.loc[3, "x"] = np.nan
    fit = panel("y ~ x", data, cov=Robust())
    assert fit.n_obs == 71
    assert fit.notes == ("1 of 72 rows left out: a value is unknown",)


def test_lag_stays_within_units_and_does_not_jump_gaps():
    data = small_panel().query("not (unit == 0 and time == 2)").sample(frac=1, random_state=2)
    fit = panel("y ~ lag(x)", data, entity="unit", time="time", cov=Robust())
    by_hand = data[["unit", "time", "x"]].assign(time=lambda d: d.time + 1)
    merged = data.merge(by_hand, on=["unit", "time"], suffixes=("", "_lag"))
    assert fit.n_obs == len(merged) == 12 * 5 - 2
    direct = panel("y ~ x_lag", merged, cov=Robust())
    assert fit.params == pytest.approx(direct.params, rel=1e-12)


def test_random_effects_lie_between_between_and_within():
    data = small_panel()
    keys = {"entity": "unit", "time": "time"}
    within = panel("y ~ x", data, absorb="unit").params[0]
    between = panel("y ~ x", data, estimator=Between(), cov=Robust(), **keys).params[1]
    random = panel("y ~ x", data, estimator=RandomEffects(), **keys).params[1]
    assert min(within, between) < random < max(within, between)


def test_mundlak_slopes_are_within_slopes():
    data = small_panel()
    fit = panel("y ~ x + z", data, entity="unit", time="time", estimator=Mundlak())
    within = panel("y ~ x + z", data, absorb="unit")
    assert fit.params[1:3] == pytest.approx(within.params, rel=1e-9)
    assert fit.terms[3:] == ("mean(x)", "mean(z)")


def test_variance_components_of_an_unbalanced_panel_are_unbiased():
    # truth: sigma_e^2 = 1, sigma_u^2 = 2; 200 panels of 40 units seen 2 to 9 times
    from agglometrics.models.random_effects import swamy_arora

    rng = np.random.default_rng(7)
    unit = np.repeat(np.arange(40), rng.integers(2, 10, 40))
    draws = []
    for _ in range(200):
        X = np.column_stack([np.ones(len(unit)), rng.normal(size=len(unit)) + unit / 20])
        y = X @ [1.0, 2.0] + np.sqrt(2) * rng.normal(size=40)[unit] + rng.normal(size=len(unit))
        draws.append(swamy_arora(y, X, unit))
    mean, error = np.mean(draws, axis=0), np.std(draws, axis=0) / np.sqrt(200)
    assert np.all(np.abs(mean - [1, 2]) < 3 * error)


def test_two_periods_differenced_are_within():
    data = small_panel(periods=2)
    keys = {"entity": "unit", "time": "time"}
    changes = panel("y ~ x + z - 1", data, estimator=FirstDifference(), cov=Robust(), **keys)
    assert changes.params == pytest.approx(panel("y ~ x + z", data, absorb="unit").params)


@pytest.mark.parametrize("lost", [0, 2])
def test_rows_after_a_gap_are_counted_in_first_differences(lost):
    data = small_panel()  # 12 units of 6 periods, of which some lose the third
    kept = data[(data["time"] != data["time"].unique()[2]) | (data["unit"] >= lost)]
    keys = {"entity": "unit", "time": "time"}
    fit = panel("y ~ x", kept, estimator=FirstDifference(), cov=Robust(), **keys)
    said = [note for note in fit.notes if "follow a gap" in note]
    assert said == ([f"{lost} rows follow a gap and give no difference"] if lost else [])


def test_wald_test_of_one_term_is_its_t_test():
    fit = panel("y ~ x + z", small_panel(), absorb="unit")
    row = fit.wald("x").iloc[0]
    assert row["statistic"] == pytest.approx(fit.tidy()["statistic"][0] ** 2)
    assert row["p_value"] == pytest.approx(fit.tidy()["p_value"][0])


def test_errors_say_what_to_do():
    data = small_panel()
    with pytest.raises(InputError, match="weights 'w' must be positive; found 1 rows"):
        panel("y ~ x", data.assign(w=np.r_[0.0, np.ones(71)]), weights="w")
    with pytest.raises(InputError, match=r"columns \['q'\] are not in the table"):
        panel("y ~ q", data)
    with pytest.raises(InputError, match="do not identify rows: 72 repeats"):
        panel("y ~ x", pd.concat([data, data]), entity="unit", time="time")
    with pytest.raises(IdentificationError, match="no term is identified: 'f' is explained by"):
        panel("y ~ f", data.assign(f=data.unit * 2.0), absorb="unit")
    with pytest.raises(IdentificationError, match="outcome 'f' does not vary beyond the effects"):
        panel("f ~ x", data.assign(f=data.unit * 2.0), absorb="unit")
    with pytest.raises(InputError, match=r"cannot be read: Operator `\+`"):
        panel("y ~ x +", data)
    with pytest.raises(InputError, match="absorb="):
        panel("y ~ x | unit", data)
    with pytest.raises(InputError, match=r"infinite in .* \(the log of a zero"):
        panel("log(x2) ~ z", data.assign(x2=np.r_[0.0, np.ones(71)]))
    with pytest.raises(
        InputError, match=r"found the class Between itself. Write estimator=Between\("
    ):
        panel("y ~ x", data, estimator=Between)
    with pytest.raises(InputError, match=r"absorb= names \['unit'\] more than once"):
        panel("y ~ x", data, absorb=["unit", "time", "unit"])
    with pytest.raises(InputError, match=r"the class PlmRules itself. Write rule=PlmRules"):
        panel("y ~ x", data, rule=PlmRules)
    with pytest.raises(InputError, match="needs the column of units"):
        panel("y ~ x", data, estimator=RandomEffects())
    with pytest.raises(InputError, match="lag\\(\\) in a formula needs the panel's keys"):
        panel("y ~ lag(x)", data)
    with pytest.raises(IdentificationError, match="do not leave a degree of freedom"):
        panel("y ~ x + z", data.iloc[:3], cov=Robust())


# ---- against other programs ----------------------------------------------------------------


@pytest.fixture(scope="module")
def grunfeld(reference):
    return pd.read_csv(reference / "panel" / "Grunfeld.csv")


@pytest.mark.external
def test_grunfeld_as_plm(grunfeld):
    # R 4.2.2, plm 2.6-2 (expected_plm.json)
    keys = {"entity": "firm", "time": "year"}
    within = panel("inv ~ value + capital", grunfeld, absorb="firm", cov=Homoskedastic())
    assert within.params == pytest.approx([0.11012380412, 0.3100653413], rel=1e-9)
    assert within.std_errors == pytest.approx([0.011856694214, 0.017354502776], rel=1e-9)
    random = panel(
        "inv ~ value + capital",
        grunfeld,
        estimator=RandomEffects(),
        cov=Homoskedastic(),
        **keys,
    )
    assert random.params == pytest.approx([-57.834414905, 0.10978115223, 0.30811298283], rel=1e-9)
    assert random.std_errors == pytest.approx(
        [28.8989352603, 0.01049266355, 0.01718046909], rel=1e-9
    )
    assert random.statistics["theta_min"] == pytest.approx(0.8612, abs=5e-5)
    twoway = panel("inv ~ value + capital", grunfeld, absorb=["firm", "year"])
    assert twoway.params == pytest.approx([0.1177159, 0.3579163], abs=5e-8)


@pytest.mark.external
def test_produc_as_plm(reference):
    # R 4.2.2, plm 2.6-2 (expected_plm.json); Munnell (1990)
    data = pd.read_csv(reference / "panel" / "Produc.csv")
    formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
    pooled = panel(formula, data, cov=Homoskedastic())
    assert pooled.params == pytest.approx(
        [1.643302263, 0.15500700517, 0.30919016739, 0.59393489758, -0.0067329755778], rel=1e-8
    )
    within = panel(formula, data, absorb="state")
    assert within.params == pytest.approx(
        [-0.026149653595, 0.29200692508, 0.7681594726, -0.0052977412595], rel=1e-8
    )
    random = panel(formula, data, estimator=RandomEffects(), entity="state", time="year")
    assert random.params == pytest.approx(
        [2.1354110021, 0.0044385884678, 0.3105484342, 0.72967053259, -0.0061724730132], rel=1e-7
    )


@pytest.mark.external
def test_gasoline_as_baltagi(reference):
    # Baltagi, Econometrics (5th ed.), tables 12.1-12.4, Baltagi and Griffin's (1983) data
    data = pd.read_csv(reference / "panel" / "Gasoline.csv")
    keys = {"entity": "country", "time": "year", "cov": Homoskedastic()}
    formula = "lgaspcar ~ lincomep + lrpmg + lcarpcap"
    pooled = panel(formula, data, **keys)
    assert pooled.params[1:] == pytest.approx([0.890, -0.892, -0.763], abs=6e-4)
    assert pooled.std_errors[1:] == pytest.approx([0.036, 0.030, 0.019], abs=6e-4)
    found = {
        "within": panel(formula, data, absorb="country", **keys).params[1],
        "between": panel(formula, data, estimator=Between(), **keys).params[2],
        "random": panel(formula, data, estimator=RandomEffects(), **keys).params[2],
    }
    assert found == pytest.approx({"within": -0.322, "between": -0.964, "random": -0.420}, abs=6e-4)


@pytest.mark.external
def test_unbalanced_random_effects_as_plm(reference):
    # plm's vignette, Hedonic data (towns of 1 to 30 tracts): variances .01696 and .01324,
    # least theta .2505
    data = pd.read_csv(reference / "panel" / "Hedonic.csv")
    data["tract"] = data.groupby("townid").cumcount()
    formula = (
        "mv ~ crim + zn + indus + chas + nox + rm + age + dis + rad + tax + ptratio + blacks"
        " + lstat"
    )
    fit = panel(formula, data, estimator=RandomEffects(), entity="townid", time="tract")
    variances = fit.statistics["sigma_e"] ** 2, fit.statistics["sigma_u"] ** 2
    assert variances == pytest.approx((0.01696, 0.01324), abs=6e-6)
    assert fit.statistics["theta_min"] == pytest.approx(0.2505, abs=6e-5)


def test_random_effects_need_more_units_than_terms_and_rows_beyond_units_and_slopes():
    rng = np.random.default_rng(0)

    def panel_of(units, extra):
        i = np.concatenate([np.arange(units), np.arange(extra) % units])
        x, z, y = rng.normal(size=(3, len(i)))
        return pd.DataFrame({"i": i, "t": np.arange(len(i)) // units, "x": x, "z": z, "y": y})

    def estimate(data):
        return panel("y ~ x + z", data, entity="i", time="t", estimator=RandomEffects())

    # three terms with the constant: as many units as terms leave no variance between units
    with pytest.raises(IdentificationError, match="3 units and 9 rows do not determine"):
        estimate(panel_of(3, 6))
    assert np.isfinite(estimate(panel_of(4, 8)).params).all()
    # two slopes within: rows = units + 2 leave no variance within units
    with pytest.raises(IdentificationError, match="8 units and 10 rows do not determine"):
        estimate(panel_of(8, 2))
    assert np.isfinite(estimate(panel_of(8, 3)).params).all()
