"""Cells with covariates, and bands: by hand, identities, and simulations with a known truth."""

from __future__ import annotations

import numpy as np
import pytest

import agglometrics as ag
from agglometrics.evaluation.event.bands import critical_value, multipliers
from agglometrics.evaluation.event.doubly_robust import doubly_robust
from tests.evaluation.panels import KEYS, long, staggered


def test_a_covariate_with_two_values_by_hand() -> None:
    """Controls change by 1 and 3 where x = 0, by 6 where x = 1; of three treated one has x = 0.

    With x saturated, regression and weights agree: the counterfactual is (2 + 2 * 6) / 3. The
    logit gives odds 1/2 at x = 0 (1 of 3) and 2 at x = 1 (2 of 3), so h = (.5, .5, 2) / 3.
    """
    change = np.array([5.0, 9, 13, 1, 3, 6])
    x = np.array([[0.0, 1, 1, 0, 0, 1]])
    effect, w, _ = doubly_robust(change, np.arange(3), np.arange(3, 6), x)
    assert effect == pytest.approx(9 - 14 / 3)
    assert w == pytest.approx([1 / 3, 1 / 3, 1 / 3, -1 / 6, -1 / 6, -2 / 3])


def test_the_influence_of_a_logit_that_is_estimated_by_hand() -> None:
    """Treated at x = -1, 0, 1, 1, controls at -1, -1, 0, 1: odds 1/2, 1, 2, linear in logs.

    Then p = 1/3, 1/2, 2/3 with (3, 2, 3) units, whose information is diag(11/6, 4/3); h = (1, 1,
    2, 4) / 8 of the controls has the mean x of the treated, so that m adds nothing. Their change
    is x + (1, 0, -2, 1), m(x) = x, and h'e = 1/8; h (e - h'e) = (7, -1, -34, 28) / 64 sums to
    zero and to 22/64 in x, so that the logit adds -(D - p) x (22/64) / (4/3).
    """
    x = np.array([[-1.0, 0, 1, 1, -1, -1, 0, 1]])
    change = x[0] + np.array([3.0, 1, 0, 4, 1, 0, -2, 1])
    effect, _, influence = doubly_robust(change, np.arange(4), np.arange(4, 8), x)
    assert effect == pytest.approx(2 - 1 / 8)
    by_hand = np.array([54.0, -32, -75, 53, -25, -9, 68, -34]) / 128
    np.testing.assert_allclose(influence, by_hand, atol=1e-12)


def test_without_covariates_it_is_the_difference_of_means() -> None:
    change = np.array([4.0, 6, 0.5, 1.5, 1])
    effect, w, influence = doubly_robust(change, np.arange(2), np.arange(2, 5), np.empty((0, 5)))
    assert effect == pytest.approx(4)
    assert w == pytest.approx([0.5, 0.5, -1 / 3, -1 / 3, -1 / 3])
    assert influence @ influence == pytest.approx(2 / 4 + 0.5 / 9)


def cell(rng, n, *, bent_chance=False, bent_trend=False):
    """A cell whose effect is zero on the treated, with models that are right or bent."""
    x = rng.normal(size=n)
    chance = x - (x**2 if bent_chance else 0)
    on = rng.random(n) < 1 / (1 + np.exp(0.5 - 0.7 * chance))
    change = x + (0.8 * x**2 if bent_trend else 0) + rng.normal(size=n)
    return change, np.flatnonzero(on), np.flatnonzero(~on), x[None]


@pytest.mark.parametrize(("bent", "right"), [
    ({}, True), ({"bent_chance": True}, True), ({"bent_trend": True}, True),
    ({"bent_chance": True, "bent_trend": True}, False),
])  # fmt: skip
def test_one_right_model_is_enough(bent, right) -> None:
    rng = np.random.default_rng(5)
    found = [doubly_robust(*cell(rng, 400, **bent)) for _ in range(400)]
    effects = np.array([each[0] for each in found])
    errors = np.array([np.sqrt(each[2] @ each[2]) for each in found])
    off = abs(effects.mean()) / (effects.std() / np.sqrt(400))
    assert (off < 3.5) == right
    assert errors.mean() == pytest.approx(effects.std(), rel=0.12)  # its own error: 3.5 percent


def test_units_of_covariates_change_nothing() -> None:
    rng = np.random.default_rng(6)
    change, treated, controls, x = cell(rng, 80)
    plain = doubly_robust(change, treated, controls, x)
    for other in (1e9 * x, 1e-9 * x, x + 1e4):
        moved = doubly_robust(change, treated, controls, other)
        assert moved[0] == pytest.approx(plain[0], rel=1e-7)
        np.testing.assert_allclose(moved[2], plain[2], atol=1e-8)


def with_covariate(seed, effect=0.0):
    """Two cohorts whose trends depend on x, of which the treated have more."""
    rng = np.random.default_rng(seed)
    Y, first = staggered(seed, sizes=(25, 25, 70), starts=(4, 6, 8))
    x = rng.normal(size=len(Y)) + 0.7 * (first < 8)
    Y = Y + x[:, None] * np.arange(Y.shape[1]) + effect * (np.arange(Y.shape[1]) >= first[:, None])
    return long(Y, first).assign(x=np.repeat(x, Y.shape[1]))


def test_covariates_mend_trends_that_hang_on_them() -> None:
    gaps = {True: [], False: []}
    for seed in range(20):
        data = with_covariate(seed)
        for with_x in gaps:
            fit = ag.event_study(data, controls=["x"] if with_x else (), **KEYS)
            truth = ag.event_study(
                data.assign(y=data["y"] - data["x"] * (data["t"] - data["t"].min())), **KEYS
            )
            gaps[with_x].append(fit.params[-1] - truth.params[-1])
    assert abs(np.mean(gaps[False])) > 1
    assert abs(np.mean(gaps[True])) < 0.1


def test_multipliers_have_the_moments_of_mammen() -> None:
    v = multipliers(np.random.default_rng(1), (1000, 1000))
    assert v.mean() == pytest.approx(0, abs=5e-3)
    assert (v**2).mean() == pytest.approx(1, abs=5e-3)
    assert (v**3).mean() == pytest.approx(1, abs=2e-2)
    assert len(np.unique(v)) == 2


def test_critical_values_between_one_test_and_bonferroni() -> None:
    from scipy import special

    rng = np.random.default_rng(2)
    psi = rng.normal(size=(400, 5))
    one, all_five = special.ndtri(0.975), special.ndtri(1 - 0.025 / 5)
    apart = critical_value(psi, one, 0.95, 9999, 0)
    assert one + 0.2 < apart < all_five + 0.05
    same = critical_value(psi[:, [0, 0, 0, 0, 0]], one, 0.95, 9999, 0)  # one estimate, five times
    assert same == pytest.approx(one, abs=0.06)
    assert critical_value(psi, one, 0.95, 9999, 0) == apart  # a seed gives one answer


def test_bands_cover_together_and_intervals_do_not() -> None:
    """200 panels of 100 units without an effect, seven event times; Monte Carlo error .015 to .03."""  # noqa: E501
    covered = {"band": 0, "conf": 0}
    for seed in range(200):
        rng = np.random.default_rng(seed)
        first = np.where(np.arange(100) < 40, 4, 8)
        data = long(rng.normal(size=(100, 8)), first)
        frame = ag.event_study(data, **KEYS).bands(draws=999)
        for name in covered:
            inside = (frame[f"{name}_low"] <= 0) & (frame[f"{name}_high"] >= 0)
            covered[name] += inside.all() / 200
    assert covered["band"] == pytest.approx(0.95, abs=0.05)
    assert covered["conf"] < 0.85


def test_bands_hang_on_no_order_no_label_and_no_unit_of_measurement() -> None:
    data = with_covariate(3)
    frame = ag.event_study(data, controls=["x"], **KEYS).bands(draws=499)
    named = data.assign(i=data["i"].map(lambda n: f"u{(n * 37) % 997}")).sample(
        frac=1, random_state=1
    )
    other = ag.event_study(named, controls=["x"], **KEYS).bands(draws=499)
    numbers = ["estimate", "std_error", "band_low", "band_high", "critical"]
    np.testing.assert_allclose(other[numbers], frame[numbers], rtol=1e-9)
    scaled = ag.event_study(data.assign(y=1e9 * data["y"]), controls=["x"], **KEYS).bands(draws=499)
    assert scaled["critical"].iloc[0] == pytest.approx(frame["critical"].iloc[0], rel=1e-9)


def test_bands_are_missing_where_standard_errors_are() -> None:
    rng = np.random.default_rng(4)
    first = np.where(np.arange(20) < 1, 3, 6)
    with pytest.warns(ag.AgglometricsWarning, match="no standard errors"):
        fit = ag.event_study(long(rng.normal(size=(20, 6)), first), **KEYS)
    assert fit.bands().loc[:, ["band_low", "band_high", "critical"]].isna().all(axis=None)


def test_size_with_covariates_counts_the_placements_that_exist() -> None:
    data = with_covariate(7)
    row = ag.event_study(data, controls=["x"], **KEYS).calibrate(draws=60).iloc[0]
    assert 30 <= row["draws"] <= 60
    assert row["detectable_effect"] > 0


def test_a_table_of_few_controls_is_refused() -> None:
    rng = np.random.default_rng(8)
    data = long(rng.normal(size=(8, 5)), np.where(np.arange(8) < 5, 3, 5))
    data = data.assign(**{f"x{k}": rng.normal(size=40) for k in range(3)})
    with pytest.raises(ag.IdentificationError, match="cannot be told apart among the 3 control"):
        ag.event_study(data, controls=["x0", "x1", "x2"], **KEYS)


def test_covariates_are_read_in_the_base_period() -> None:
    """The earlier of two periods, the rule of csdid, is ours but for leads from a universal base.

    csdid (Python, compute_att_gt.py and bmisc.py as stored in public) sorts the two periods and
    keeps the first row of each unit. One cohort, so that event times are cells.
    """
    Y, first = staggered(9, sizes=(14, 30), starts=(4, 7), T=7)
    rng = np.random.default_rng(9)
    x = 0.5 * rng.normal(size=(len(Y), 1)) + rng.normal(size=Y.shape).cumsum(axis=1) / 3
    data = long(Y, first).assign(x=x.ravel())

    def cells(base):
        fit = ag.event_study(data, controls=["x"], estimator=ag.CallawaySantAnna(base=base), **KEYS)
        return fit.tidy().set_index("event_time")["estimate"]

    universal, varying = cells(ag.UniversalBase()), cells(ag.VaryingBase())
    treated, controls = np.flatnonzero(first < 7), np.flatnonzero(first == 7)

    def by_rule(t, b, at):
        return doubly_robust(Y[:, t] - Y[:, b], treated, controls, x[None, :, at])[0]

    for e in (0, 1, 2):  # after treatment the base is the earlier period
        assert universal[e] == varying[e] == pytest.approx(by_rule(4 + e, 3, min(4 + e, 3)))
    for e in (-2, -3, -4):  # before it the base is the later one
        assert universal[e] == pytest.approx(by_rule(4 + e, 3, 3))
        assert abs(universal[e] - by_rule(4 + e, 3, min(4 + e, 3))) > 1e-3
    for e in (-1, -2, -3):  # a varying base is the period before
        assert varying[e] == pytest.approx(by_rule(4 + e, 3 + e, 3 + e))
    still = long(Y, first).assign(x=np.repeat(x[:, 0], 7))
    fit = ag.event_study(still, controls=["x"], **KEYS).tidy().set_index("event_time")["estimate"]
    assert fit[-3] == pytest.approx(by_rule(1, 3, 0))
