"""Event studies: by hand, identities, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from tests.evaluation.panels import KEYS, growing, long, staggered
from tests.plotting.reading import points

ROBUST = [ag.CallawaySantAnna(), ag.CallawaySantAnna(controls=ag.NotYetTreated()),
          ag.SunAbraham(), ag.Imputation()]  # fmt: skip
ALL = [*ROBUST, ag.TwoWay()]
NAMED = [str(each) for each in ALL]


def att(fit) -> float:
    return float(fit.params[-1])


def test_two_groups_and_two_periods_by_hand() -> None:
    """Changes: treated 4 and 6, controls 0.5, 1.5 and 1: the effect is 5 - 1 = 4.

    CS's variance is the sum of squared deviations over n^2 in each group: 2/4 + 0.5/9.
    """
    Y = np.array([[1.0, 5], [3, 9], [0, 0.5], [2, 3.5], [1, 2.0]])
    first = np.array([1, 1, 2, 2, 2])
    data = long(Y, first)
    change = Y[:, 1] - Y[:, 0]  # 4, 6; 0.5, 1.5, 1
    expected = (4 + 6) / 2 - (0.5 + 1.5 + 1) / 3
    assert expected == 4.0
    for estimator in ALL:
        with pytest.warns(ag.AgglometricsWarning, match="2 units are treated"):
            fit = ag.event_study(data, estimator=estimator, **KEYS)
        assert att(fit) == pytest.approx(4.0)
        assert fit.params[0] == pytest.approx(4.0)  # the only event time is 0
        assert fit.terms == ("event 0", "att")
        assert np.isnan(fit.std_errors).all()
    pieces = ag.CallawaySantAnna().fit(Y, first, np.empty((0, 5, 2)))
    variance = ((change[:2] - 5) ** 2).sum() / 4 + ((change[2:] - 1) ** 2).sum() / 9
    assert pieces.covariance[-1, -1] == pytest.approx(variance)  # 0.5 + 0.5 / 9
    assert variance == pytest.approx(0.5 + 0.5 / 9)


def test_three_cohorts_by_hand() -> None:
    """One unit per cohort, no noise: cells, averages and the two-way coefficient in fractions.

    a is treated from the second period with effects 1, 3; b from the third with effect 10; c never.
    ATT = (1 + 3 + 10) / 3. By event time: 0: (1 + 10) / 2, 1: 3. Two-way: with treatment dummies
    (0,1,1), (0,0,1), (0,0,0) less both means, in ninths a (-3, 3, 0), b (0, -3, 3), c (3, 0, -3);
    the sum of squares is 54/81 = 2/3, and the sum of products with y is (3 * 1 + 3 * 10) / 9.
    """
    Y = np.array([[0.0, 1, 3], [0, 0, 10], [0, 0, 0]]) + np.array([[5.0], [1], [2]]) + [0, 4.0, 2]
    data = long(Y, np.array([1, 2, 3]))
    for estimator in ROBUST:
        with pytest.warns(ag.AgglometricsWarning, match="permutation_test"):
            fit = ag.event_study(data, estimator=estimator, **KEYS)
        found = dict(zip(fit.terms, fit.params, strict=True))
        assert found["att"] == pytest.approx(14 / 3)
        assert found["event 0"] == pytest.approx(5.5)
        assert found["event 1"] == pytest.approx(3.0)
        cells = fit.cells.set_index(["cohort", "t"])["estimate"]
        assert cells[2001, 2001] == pytest.approx(1)
        assert cells[2001, 2002] == pytest.approx(3)
        assert cells[2002, 2002] == pytest.approx(10)
    with pytest.warns(ag.AgglometricsWarning):
        fit = ag.event_study(data, estimator=ag.TwoWay(), **KEYS)
    assert att(fit) == pytest.approx(33 / 9 / (2 / 3))


@pytest.mark.parametrize("estimator", ALL, ids=NAMED)
def test_weights_give_the_estimate_and_add_up(estimator) -> None:
    Y, first = staggered(1)
    fit = ag.event_study(long(Y + growing(first, 8), first), estimator=estimator, **KEYS)
    weights = fit.weights
    assert (weights["weight"] * (Y + growing(first, 8)).ravel()).sum() == pytest.approx(att(fit))
    assert weights.loc[weights["treated"], "weight"].sum() == pytest.approx(1)
    assert weights.groupby("i")["weight"].sum().abs().max() < 1e-12
    assert weights.groupby("t")["weight"].sum().abs().max() < 1e-12
    every = np.einsum("ent,nt->e", fit.pieces.W, Y + growing(first, 8))
    np.testing.assert_allclose(every, fit.params, atol=1e-11)


def test_estimators_agree_where_they_are_one() -> None:
    """One start, one period before and after: all are the difference in differences.

    Sun and Abraham's coefficients are Callaway and Sant'Anna's with never treated controls and a
    universal base, in any balanced panel; their standard errors differ by the small-sample rule
    and the sizes of cohorts alone.
    """
    Y, first = staggered(2, sizes=(10, 14), starts=(1, 2), T=2)
    fits = [ag.event_study(long(Y, first), estimator=each, **KEYS) for each in ALL]
    by_hand = np.diff(Y[:10]).mean() - np.diff(Y[10:]).mean()
    for fit in fits:
        assert att(fit) == pytest.approx(by_hand)
    assert fits[3].std_errors[-1] == pytest.approx(fits[0].std_errors[-1])
    Y, first = staggered(3)
    cs, sa = (ag.event_study(long(Y, first), estimator=e, **KEYS) for e in (ROBUST[0], ROBUST[2]))
    np.testing.assert_allclose(cs.params, sa.params, atol=1e-11)
    pieces = cs.pieces
    one = pieces.events.tolist().index(4)  # a single cohort is seen four periods on
    ratio = np.sqrt(sa.pieces.scale)
    assert sa.std_errors[one] == pytest.approx(ratio * cs.std_errors[one])


def test_two_way_is_the_panel_regression() -> None:
    Y, first = staggered(4)
    data = long(Y + growing(first, 8), first)
    fit = ag.event_study(data, estimator=ag.TwoWay(), **KEYS)
    same = ag.panel("y ~ on", data, absorb=["i", "t"], cov=ag.Cluster("i"))
    row, other = fit.tidy().iloc[-1], same.tidy().iloc[0]
    for name in ("estimate", "std_error", "p_value", "conf_low", "conf_high"):
        assert row[name] == pytest.approx(other[name])


def test_sun_abraham_with_controls_is_the_panel_regression() -> None:
    """Cohort-by-event dummies written out, and averaged with shares by hand."""
    Y, first = staggered(5)
    data = long(Y + growing(first, 8), first)
    data["x"] = np.random.default_rng(5).normal(size=len(data)) + data["on"]
    data["y"] += 0.7 * data["x"]
    terms = {}
    for g in (3, 5, 6):
        for t in range(8):
            if t != g - 1:
                name = f"d{g}_{t}"
                mine = (first[data["i"]] == g) & (data["t"] == 2000 + t)
                data[name] = mine.astype(float)
                terms[name] = float(t >= g)
    fit = ag.event_study(data, estimator=ag.SunAbraham(), controls=["x"], **KEYS)
    formula = "y ~ x + " + " + ".join(terms)
    same = ag.panel(formula, data, absorb=["i", "t"], cov=ag.Cluster("i"))
    c = np.array([0.0, *terms.values()]) / sum(terms.values())  # cohorts are of one size
    assert att(fit) == pytest.approx(c @ same.params)
    assert fit.std_errors[-1] == pytest.approx(np.sqrt(c @ same.covariance.matrix @ c))


def test_imputation_is_least_squares_on_untreated_rows() -> None:
    """Effects fitted with dummies by numpy, with a control, against the closed form."""
    Y, first = staggered(6)
    data = long(Y + growing(first, 8), first)
    data["x"] = np.random.default_rng(6).normal(size=len(data))
    data["y"] += 0.5 * data["x"] * data["t"].sub(1999)
    fit = ag.event_study(data, estimator=ag.Imputation(), controls=["x"], **KEYS)
    Z = np.column_stack([pd.get_dummies(data["i"]), pd.get_dummies(data["t"]), data["x"]])
    Z = Z.astype(float)
    clean = (data["on"] == 0).to_numpy()
    b = np.linalg.lstsq(Z[clean], data["y"][clean])[0]
    tau = data["y"] - Z @ b
    assert att(fit) == pytest.approx(tau[~clean].mean())
    e = data["t"] - 2000 - first[data["i"]]
    assert fit.params[0] == pytest.approx(tau[e == 0].mean())
    weights = fit.weights["weight"].to_numpy()
    assert weights @ data["x"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("ahead", [0, 1])
def test_imputation_s_leads_are_a_regression_on_untreated_rows(ahead) -> None:
    Y, first = staggered(7)
    data = long(Y + growing(first, 8), first)
    fit = ag.event_study(data, estimator=ag.Imputation(leads=2, anticipation=ahead), **KEYS)
    e = data["t"] - 2000 - np.where(first < 8, first, 99)[data["i"]]
    clean = data[e < -ahead].copy()
    for k in (1, 2):
        clean[f"lead{k}"] = (e[clean.index] == -ahead - k).astype(float)
    same = ag.panel("y ~ lead2 + lead1", clean, absorb=["i", "t"], cov=ag.Cluster("i"),
                    rule=ag.PlmRules())  # fmt: skip
    assert fit.terms[:2] == (f"event {-2 - ahead}", f"event {-1 - ahead}")
    np.testing.assert_allclose(fit.params[:2], same.params, rtol=1e-8)
    np.testing.assert_allclose(fit.std_errors[:2], same.std_errors, rtol=1e-8)
    plain = ag.event_study(data, estimator=ag.Imputation(anticipation=ahead), **KEYS)
    np.testing.assert_allclose(fit.params[2:], plain.params)


@pytest.mark.parametrize("estimator", ROBUST, ids=NAMED[:-1])
def test_growing_effects_without_noise_are_found_exactly_and_two_way_misses(estimator) -> None:
    Y, first = staggered(8, noise=0.0)
    effects = growing(first, 8)
    truth = effects[effects > 0].mean()
    data = long(Y + effects, first)
    assert att(ag.event_study(data, estimator=estimator, **KEYS)) == pytest.approx(truth)
    missed = att(ag.event_study(data, estimator=ag.TwoWay(), **KEYS))
    assert missed < 0.8 * truth


@pytest.mark.parametrize("estimator", ALL, ids=NAMED)
def test_a_simulation_with_heterogeneous_effects(estimator) -> None:
    """300 panels of 40 units: the mean of the ATT within 4 Monte Carlo standard errors of truth.

    Two-way is off by more than 20 of them. Intervals of 95 percent cover at least 0.90 (Monte Carlo
    standard error 0.013); those of CS nearly always, because they count the sizes of cohorts, which
    are fixed here, as drawn.
    """
    found, covered = [], []
    _, first = staggered(0)
    effects = growing(first, 8)
    truth = effects[effects > 0].mean()
    for seed in range(300):
        Y, _ = staggered(seed)
        pieces = estimator.fit(Y + effects, first, np.empty((0, *Y.shape)))
        found.append(pieces.params[-1])
        se = np.sqrt(pieces.covariance[-1, -1])
        covered.append(abs(pieces.params[-1] - truth) < (1.96 if pieces.df is None else 2.02) * se)
    error = np.std(found) / np.sqrt(300)
    if isinstance(estimator, ag.TwoWay):
        assert np.mean(found) < truth - 20 * error
    else:
        assert abs(np.mean(found) - truth) < 4 * error
        most = 1.0 if isinstance(estimator, ag.CallawaySantAnna) else 0.99
        assert 0.90 <= np.mean(covered) <= most


def test_anticipation_moves_the_reference() -> None:
    """Units react one period early: without allowing for it the ATT is off by that reaction."""
    Y, first = staggered(9, noise=0.0)
    e = np.arange(8) - first[:, None]
    treated = first[:, None] < 8
    Y = Y + 2.0 * (e >= 0) * treated + 0.5 * (e == -1) * treated
    data = long(Y, first)
    for kind in (ag.CallawaySantAnna, ag.SunAbraham, ag.Imputation, ag.TwoWay):
        fit = ag.event_study(data, estimator=kind(anticipation=1), **KEYS)
        found = dict(zip(fit.terms, fit.params, strict=True))
        assert found["event -1"] == pytest.approx(0.5)
        assert found["att"] == pytest.approx(2.0)
        assert "event -2" not in found
    off = ag.event_study(data, estimator=ag.CallawaySantAnna(), **KEYS)
    assert att(off) == pytest.approx(1.5)
    assert off.params[off.terms.index("event -2")] == pytest.approx(-0.5)


def test_without_never_treated_units() -> None:
    Y, first = staggered(10, sizes=(8, 8, 8), starts=(3, 5, 6), noise=0.0)
    effects = growing(first, 8)
    data = long(Y + effects, first)
    seen = (effects > 0) & (np.arange(8) < 6)
    for estimator in (ROBUST[1], ag.SunAbraham(), ag.Imputation()):
        fit = ag.event_study(data, estimator=estimator, **KEYS)
        assert any("left out" in note for note in fit.notes)
        assert att(fit) == pytest.approx(effects[seen].mean())
    fit = ag.event_study(data, estimator=ag.TwoWay(), **KEYS)
    assert "event time -6 is left out too" in fit.notes[0]
    with pytest.raises(ag.IdentificationError, match=r"controls=NotYetTreated\(\)"):
        ag.event_study(data, estimator=ag.CallawaySantAnna(), **KEYS)


def test_varying_base_gives_changes_before_treatment() -> None:
    Y, first = staggered(11)
    data = long(Y, first)
    levels = ag.event_study(data, estimator=ag.CallawaySantAnna(), **KEYS).cells
    changes = ag.event_study(data, estimator=ag.CallawaySantAnna(base=ag.VaryingBase()), **KEYS)
    level = levels.set_index(["cohort", "event_time"])["estimate"]
    change = changes.cells.set_index(["cohort", "event_time"])["estimate"]
    assert change[2005, -3] == pytest.approx(level[2005, -3] - level[2005, -4])
    assert change[2005, -1] == pytest.approx(-level[2005, -2])
    assert change[2005, 2] == pytest.approx(level[2005, 2])


@pytest.mark.parametrize("estimator", [*ALL, ag.Imputation(leads=2)],
                         ids=[*NAMED, "leads"])  # fmt: skip
def test_neither_order_nor_labels_nor_units_matter(estimator) -> None:
    Y, first = staggered(12)
    data = long(Y + growing(first, 8), first)
    base = ag.event_study(data, estimator=estimator, **KEYS).tidy()
    mixed = data.sample(frac=1, random_state=1).assign(
        i=lambda f: "unit " + (99 - f["i"]).astype(str)
    )
    mixed["y"] = 1000 * mixed["y"] + 5e5
    moved = ag.event_study(mixed, estimator=estimator, **KEYS).tidy()
    np.testing.assert_allclose(moved["estimate"] / 1000, base["estimate"], atol=1e-9)
    np.testing.assert_allclose(moved["std_error"] / 1000, base["std_error"], rtol=1e-7)


def test_tidy_plot_and_compare() -> None:
    Y, first = staggered(13)
    fit = ag.event_study(long(Y, first), **KEYS)
    tidy = fit.tidy(0.9)
    assert tidy["event_time"].dropna().tolist() == [-6, -5, -4, -3, -2, 0, 1, 2, 3, 4]
    assert tidy["term"].iloc[-1] == "att"
    assert (tidy["conf_high"] - tidy["conf_low"]).iloc[-1] == pytest.approx(
        2 * 1.6448536 * fit.std_errors[-1], rel=1e-6)  # fmt: skip
    drawn = points(fit.plot().axes[0])
    assert sorted(drawn[:, 0]) == [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert fit.plot(lang="zh", unit="%").axes[0].get_ylabel() == "效应：y（%）"
    assert "event 0" in str(ag.to_markdown(ag.compare(fit, ag.event_study(
        long(Y, first), estimator=ag.TwoWay(), **KEYS))))  # fmt: skip


def test_size_where_standard_errors_are_right_and_where_they_are_not() -> None:
    """Independent noise, 20 of 80 units treated: size near 0.05. Three treated: far above.

    The detectable effect is near (1.96 + 0.84) placebo standard deviations.
    """
    Y, first = staggered(14, sizes=(20, 60), starts=(4, 8))
    good = ag.event_study(long(Y, first), **KEYS).calibrate(draws=400, seed=1).iloc[0]
    assert good["size"] == pytest.approx(0.05, abs=4 * 0.011)
    assert good["mc_error"] == pytest.approx(np.sqrt(good["size"] * (1 - good["size"]) / 400))
    assert 2.3 < good["detectable_effect"] / good["placebo_sd"] < 3.3
    Y, first = staggered(15, sizes=(3, 40), starts=(4, 8))
    with pytest.warns(ag.AgglometricsWarning, match=r"3 units are treated.*permutation_test"):
        few = ag.event_study(long(Y, first), **KEYS)
    bad = few.size.iloc[0]
    assert bad["size"] > 0.1
    assert bad["placements"] == 40 * 39 * 38 / 6
    assert bad["smallest_p_value"] == pytest.approx(1 / 9881)


def test_size_with_one_treated_unit_has_no_test_by_clusters() -> None:
    Y, first = staggered(16, sizes=(1, 19), starts=(4, 8))
    with pytest.warns(ag.AgglometricsWarning, match="no standard errors: 1 unit is treated"):
        fit = ag.event_study(long(Y, first), **KEYS)
    row = fit.size.iloc[0]
    assert np.isnan(row["size"])
    assert np.isnan(row["detectable_effect"])
    assert row["smallest_p_value"] == pytest.approx(1 / 20)
    assert row["placebo_sd"] > 0.1
    assert np.isnan(fit.tidy()["p_value"]).all()


def test_what_is_refused() -> None:
    Y, first = staggered(17)
    data = long(Y, first)
    with pytest.raises(ag.IdentificationError, match="cannot be told apart among the"):
        ag.event_study(data.assign(x=1.0), controls=["x"], **KEYS)
    apart = data.groupby("i")["on"].transform("max") + 0.01 * data["i"]
    with pytest.raises(ag.IdentificationError, match="covariates separate the"):
        ag.event_study(data.assign(x=apart), controls=["x"], **KEYS)
    with pytest.raises(ag.InputError, match="every unit needs an outcome in every period"):
        ag.event_study(data.drop(index=5), **KEYS)
    with pytest.raises(ag.InputError, match=r"none lies between \[?2003\]? and \[?2005\]?"):
        ag.event_study(data[data["t"] != 2004], **KEYS)
    with pytest.raises(ag.IdentificationError, match="anticipation=3 each treated unit needs 4"):
        ag.event_study(data, estimator=ag.SunAbraham(anticipation=3), **KEYS)
    with pytest.raises(ag.InputError, match="anticipation must be a whole number"):
        ag.TwoWay(anticipation=-1)
    with pytest.raises(ag.InputError, match="leads must be a whole number"):
        ag.Imputation(leads=-1)
    with pytest.raises(ag.IdentificationError, match="leads=6 are not identified"):
        ag.event_study(data, estimator=ag.Imputation(leads=6), **KEYS)
    with pytest.raises(ag.InputError, match="control 'x' is unknown in 1 unit-periods"):
        ag.event_study(data.assign(x=data["y"].where(data.index != 3)), controls=["x"],
                       estimator=ag.TwoWay(), **KEYS)  # fmt: skip
    together = long(Y, np.full(len(first), 4))
    for estimator in (*ROBUST, ag.TwoWay()):
        with pytest.raises(ag.IdentificationError, match=r"control|untreated|never"):
            ag.event_study(together, estimator=estimator, **KEYS)
    with pytest.raises(ag.InputError, match="size is calibrated on units that are never treated"):
        ag.event_study(long(*staggered(1, sizes=(10, 11), starts=(4, 8))), **KEYS).calibrate()
    with pytest.raises(ag.InputError, match="one covariance"):
        ag.event_study(data, **KEYS).with_cov(ag.Robust())
    with pytest.raises(ag.IdentificationError, match="control 1 of 1"):
        ag.event_study(data.assign(x=data["i"] * 1.0), controls=["x"], estimator=ag.Imputation(),
                       **KEYS)  # fmt: skip


@pytest.mark.parametrize("estimator", [ag.SunAbraham(), ag.TwoWay()])
def test_a_control_that_effects_explain_is_not_left_out_in_silence(estimator) -> None:
    data = long(*staggered(0)).assign(area=lambda d: d[KEYS["unit"]].rank(method="dense"))
    with pytest.raises(ag.IdentificationError, match=r"control 1 of 1 .*Drop what does not vary"):
        ag.event_study(data, estimator=estimator, controls=["area"], **KEYS)
