"""Synthetic control: by hand, identities, the inverted rank test, published tables, errors."""

import itertools

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.panel import read_panel
from agglometrics.evaluation.synthetic import conformal, fits, ridge
from agglometrics.evaluation.synthetic.predictors import predictor_weights
from agglometrics.evaluation.synthetic.simplex import simplex_weights
from tests.evaluation.examples import NAMES, factor_panel, matrix
from tests.simulations.sim_evaluation import mixed


def control(frame, **options):
    return ag.synthetic_control(frame, **NAMES, **options)


def by_hand():
    """Return a treated unit that is halfway between two of three donors, and 3 above after."""
    a, b, c = [1.0, 2, 4, 5, 7], [3.0, 2, 2, 5, 9], [9.0, 9, 1, 1, 9]
    y = (np.add(a, b) / 2 + [0, 0, 0, 2, 4]).tolist()
    frame = pd.DataFrame({"t": range(5), "x": y, "a": a, "b": b, "c": c})
    long = frame.melt("t", var_name="i", value_name="y")
    return long.assign(d=((long["i"] == "x") & (long["t"] >= 3)).astype(int))


def test_by_hand():
    fit = control(by_hand())
    weights = fit.weights.set_index("unit")["weight"]
    assert weights.to_dict() == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0}, abs=1e-6)
    assert fit.estimate == pytest.approx(3.0, abs=1e-5)
    truth = {"unit": "x", "time": range(5), "outcome": [2.0, 2, 3, 7, 12],
             "synthetic": [2.0, 2, 3, 5, 8], "gap": [0.0, 0, 0, 2, 4],
             "treated": [False] * 3 + [True] * 2}  # fmt: skip
    pd.testing.assert_frame_equal(fit.gaps, pd.DataFrame(truth), check_exact=False, atol=1e-5)
    assert fit.smallest_p == fit.p_value == 0.25
    # one fourth is above .05: the interval is at .75, and says so
    row = fit.tidy().iloc[0]
    assert row.level == 0.75 and row.term == "att"
    assert fit.interval(0.95).pieces == ((-np.inf, np.inf),)


def test_the_estimate_is_the_mean_gap_and_the_placebos_hold_the_truth_first():
    fit = control(factor_panel(1, effect=4))
    gaps = fit.gaps
    assert fit.estimate == pytest.approx(gaps.loc[gaps["treated"], "gap"].mean())
    placebos = fit.placebos
    assert placebos["true"].tolist() == [True] + [False] * 11
    assert placebos["units"][0] == "0" and fit.enumerated
    before = gaps.loc[~gaps["treated"], "gap"]
    assert placebos["rmspe_before"][0] == pytest.approx(np.sqrt((before**2).mean()))
    assert fit.p_value == (placebos["ratio"] >= placebos["ratio"][0]).mean()
    assert fit.tidy()["std_error"].item() == pytest.approx(placebos["estimate"][1:].std(ddof=0))


def test_an_effect_moves_the_estimate_one_for_one_and_the_set_with_it():
    plain, moved = control(factor_panel(2)), control(factor_panel(2, effect=7.5))
    assert moved.estimate - plain.estimate == pytest.approx(7.5)
    one, other = plain.interval(0.75).pieces, moved.interval(0.75).pieces
    assert np.isfinite(one).all()
    assert np.ravel(other) - np.ravel(one) == pytest.approx(np.full(2 * len(one), 7.5), abs=1e-6)


def test_the_set_holds_what_the_rank_test_of_adjusted_outcomes_does_not_reject():
    frame = factor_panel(3, effect=3)
    fit = control(frame)
    accepted = fit.interval(0.8)
    for c in np.linspace(fit.estimate - 12, fit.estimate + 12, 41):
        p = control(frame.assign(y=frame["y"] - c * frame["d"])).p_value
        assert (p > 0.2 + 1e-9) == (c in accepted), c


def test_a_rank_test_of_which_no_effect_changes_the_ranks():
    # ratios 4, 3, 2, 1 whatever the effect: p = 1/4 if the truth is the first, which is rejected
    # at its own size, 1/4
    q = np.array([[4.0, 3, 2, 1], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert fits.inverted(q, 0, 0.25) == ()
    assert fits.inverted(q, 0, 0.24) == fits.inverted(q, 1, 0.25) == ((-np.inf, np.inf),)


def test_a_rank_test_of_which_one_effect_changes_the_ranks():
    # a ratio of -c beside the truth's of 1, whatever c: p = 1 up to c = -1, then 1/2
    q = np.array([[1.0, 0], [0, 1], [0, 0]])
    assert fits.inverted(q, 0, 0.5) == ((-np.inf, -1.0),)


def test_labels_order_and_units_change_nothing():
    frame = factor_panel(4, effect=2)
    fit = control(frame)
    names = np.array(list("lkjihgfedcba"))
    shuffled = frame.assign(i=names[frame["i"]]).sample(frac=1, random_state=3)
    for other, scale in ((shuffled, 1.0), (frame.assign(y=1e6 * frame["y"]), 1e6),
                         (frame.assign(y=frame["y"] + 1e4), 1.0)):  # fmt: skip
        found = control(other)
        assert found.tidy()["estimate"].item() == pytest.approx(scale * fit.estimate, rel=1e-5)
        ends = ["std_error", "conf_low", "conf_high"]
        assert found.tidy()[ends].to_numpy() == pytest.approx(
            scale * fit.tidy()[ends].to_numpy(), rel=1e-5
        )
        assert found.p_value == fit.p_value
        assert np.sort(found.weights["weight"]) == pytest.approx(
            np.sort(fit.weights["weight"]), abs=1e-6
        )


def test_exchanging_two_donors_only_exchanges_their_placebos():
    frame = factor_panel(5)
    swapped = frame.assign(i=frame["i"].map({3: 7, 7: 3}).fillna(frame["i"]).astype(int))
    one = control(frame).placebos.set_index("units")["estimate"]
    other = control(swapped).placebos.set_index("units")["estimate"]
    assert other["7"] == pytest.approx(one["3"]) and other["3"] == pytest.approx(one["7"])
    assert other["5"] == pytest.approx(one["5"])


def test_pairs_are_enumerated_and_starts_may_differ():
    frame = factor_panel(6, n=9, treated=(0, 1), effect=5)
    fit = control(frame)
    assert len(fit.placebos) == 36 and fit.placebos["units"][0] == "0, 1" and fit.enumerated
    assert set(fit.weights["treated"]) == {0, 1} and not fit.weights["unit"].isin([0, 1]).any()
    later = frame.assign(d=frame["d"] * ((frame["i"] != 1) | (frame["t"] >= 2013)))
    staggered = control(later)
    assert len(staggered.placebos) == 1 + 7 * 6
    gaps = staggered.gaps
    assert staggered.estimate == pytest.approx(gaps.loc[gaps["treated"], "gap"].mean())
    with pytest.raises(InputError, match=r"need one start; found 2012, 2013"):
        staggered.in_time()


def test_many_sets_are_drawn_with_a_seed_whatever_the_labels():
    frame = factor_panel(7, n=24, T=8, start=6, treated=(0, 1, 2))
    fit = control(frame, seed=5)
    assert len(fit.placebos) == 2000 and not fit.enumerated
    again = control(frame.assign(i=99 - frame["i"]).iloc[::-1], seed=5)
    assert again.p_value == fit.p_value
    assert again.estimate == pytest.approx(fit.estimate)


def test_donors_allowed():
    frame = factor_panel(8, treated=(0, 1))
    fit = control(frame, donors={0: [2, 3, 4], 1: [5, 6, 7, 8]})
    of = fit.weights.groupby("treated")["unit"].agg(set)
    assert of[0] == {2, 3, 4} and of[1] == {5, 6, 7, 8}
    listed = control(frame, donors=[2, 3, 4, 5])
    assert set(listed.weights["unit"]) == {2, 3, 4, 5} and len(listed.panel.units) == 6


def test_leaving_a_donor_out_is_estimating_without_it():
    frame = factor_panel(9)
    fit = control(frame)
    weights = fit.weights.set_index("unit")["weight"]
    for row in fit.leave_one_out().itertuples():
        assert row.weight == weights[row.unit] > 0
        assert control(frame[frame["i"] != row.unit]).estimate == pytest.approx(row.estimate)


def test_a_placebo_in_time_is_an_earlier_start_in_a_shorter_table():
    frame = factor_panel(10)
    found = control(frame).in_time(least=4)
    assert found["start"].tolist() == list(range(2004, 2012))
    short = frame[frame["t"] < 2012]
    short = short.assign(d=((short["i"] == 0) & (short["t"] >= 2007)).astype(int))
    other, row = control(short), found.set_index("start").loc[2007]
    assert other.estimate == pytest.approx(row.estimate) and other.p_value == row.p_value


# ---- augmentation ------------------------------------------------------------------------------


def test_the_ridge_by_its_limits_and_its_formula():
    rng = np.random.default_rng(1)
    A, b = rng.normal(size=(6, 10)), 4 * rng.normal(size=6)
    w = simplex_weights(A, b)
    assert ridge.augmented_weights(A, b, w, 1e12) == pytest.approx(w, abs=1e-9)
    fitted = ridge.augmented_weights(A, b, w, 1e-10)
    assert A @ fitted == pytest.approx(b, abs=1e-6) and fitted.sum() == pytest.approx(1)
    assert fitted.min() < 0
    # a ridge regression of each later outcome on the outcomes before, added to the simplex answer
    later, penalty = rng.normal(size=10), 0.7
    X = (A - A.mean(axis=1)[:, None]).T
    slope = np.linalg.solve(X.T @ X + penalty * np.eye(6), X.T @ (later - later.mean()))
    expected = w @ later + slope @ (b - A @ w)
    assert ridge.augmented_weights(A, b, w, penalty) @ later == pytest.approx(expected)


def test_the_penalty_of_cross_validation_by_brute_force():
    rng = np.random.default_rng(2)
    A = rng.normal(size=(8, 12)) + rng.normal(size=(8, 1))
    b = A[:, 0] * 1.3 + 0.1 * rng.normal(size=8)
    penalties = ridge.grid(A)
    errors = np.array([
        [(b[t] - A[t] @ ridge.augmented_weights(
            np.delete(A, t, 0), np.delete(b, t),
            simplex_weights(np.delete(A, t, 0), np.delete(b, t)), p)) ** 2 for p in penalties]
        for t in range(8)
    ])  # fmt: skip
    mean, k = errors.mean(0), errors.mean(0).argmin()
    within = mean <= mean[k] + errors[:, k].std(ddof=1) / np.sqrt(8)
    assert ridge.chosen_penalty(A, b) == pytest.approx(penalties[within].max())


def test_the_augmented_estimate_is_invariant_to_units():
    frame = factor_panel(11, effect=2)
    fit = control(frame, augment=ag.Ridge())
    other = control(frame.assign(y=1e3 * frame["y"]), augment=ag.Ridge())
    assert other.estimate == pytest.approx(1e3 * fit.estimate, rel=1e-6)
    assert fit.weights["weight"].sum() == pytest.approx(1)
    assert control(frame, augment=ag.Ridge(1e12)).estimate == pytest.approx(control(frame).estimate)


# ---- conformal ---------------------------------------------------------------------------------


def test_the_conformal_p_value_by_its_definition():
    frame = factor_panel(12, T=9, start=7, effect=3)
    Y = matrix(frame)
    y, A = Y[0], Y[1:].T
    for c in (0.0, 3.0, -5.0):
        null = y - c * (np.arange(9) >= 7)
        u = np.abs(null - A @ simplex_weights(A, null))
        shifts = [np.roll(u, k)[7:].mean() for k in range(9)]
        expected = np.mean(np.array(shifts) >= u[7:].mean() - 1e-9)
        assert conformal.conformal_p_value(y, A, 7, c) == expected


def test_conformal_sets_and_the_attainable_level():
    fit = control(factor_panel(13, T=14, effect=3, noise=0.3))
    table = fit.conformal(level=0.95).set_index("term")
    assert table.loc["att", "smallest_p"] == pytest.approx(1 / 14)
    assert table.loc["att", "level"] == pytest.approx(1 - 1 / 14)  # .95 is out of reach
    assert table.loc[2012, "smallest_p"] == pytest.approx(1 / 13)
    att = table.loc["att"]
    assert att.conf_low < 3 < att.conf_high and np.isfinite([att.conf_low, att.conf_high]).all()
    Y = matrix(factor_panel(13, T=14, effect=3, noise=0.3))
    for end, out in ((att.conf_low, -1e-4), (att.conf_high, 1e-4)):
        p = [conformal.conformal_p_value(Y[0], Y[1:].T, 12, end + s * out) for s in (1, -1)]
        assert p[0] <= 1 / 14 + 1e-9 < p[1]


@pytest.mark.parametrize("end", [0.995, 0.985, 0.005])
def test_the_ends_of_a_set_that_is_accepted_up_to_the_last_point_but_one(end):
    found = conformal.accepted(lambda c: float(abs(c - 7) < end), 7, 1, 0.05)
    assert found == (pytest.approx((7 - end, 7 + end), abs=1e-9),)


def test_conformal_sets_cover_by_period():
    # a short version of the experiment "one treated of 31, by period" of tests/simulations: the
    # bound is three Monte Carlo errors below .95
    trial = mixed(30, 20, 0.0)
    said = [trial(np.random.default_rng([7, k])) for k in range(40)]
    least = 0.95 - 3 * np.sqrt(0.95 * 0.05 / 40)
    for name, share in pd.DataFrame(said).mean().items():
        assert share >= least, name


def test_conformal_sets_need_one_treated_and_outcomes():
    with pytest.raises(InputError, match="one treated unit at a time"):
        control(factor_panel(14, treated=(0, 1))).conformal()


# ---- size and power ----------------------------------------------------------------------------


def test_size_is_computed_from_donors_alone():
    frame = factor_panel(15, n=21, effect=0)
    one, other = control(frame).size, control(factor_panel(15, n=21, effect=50)).size
    pd.testing.assert_frame_equal(one.tidy(), other.tidy())  # an effect tells nothing of the size
    assert one.detectable == pytest.approx(other.detectable)
    assert one.smallest_p == 1 / 21
    rank = one.tidy().iloc[0]
    assert rank["placebos"] == 20 and rank["rejected"] <= 0.05 + 1e-9
    assert rank["mc_error"] == pytest.approx(np.sqrt(rank.rejected * (1 - rank.rejected) / 20))
    assert "effect found four times in five" in str(one)


def test_the_detectable_effect_is_found_four_times_in_five():
    frame = factor_panel(16, n=15)
    size = control(frame).size
    donors = frame[frame["i"] != 0]
    found = []
    for unit in range(1, 15):
        for sign in (-1, 1):
            on = (donors["i"] == unit) & (donors["t"] >= 2012)
            given = donors.assign(d=on.astype(int), y=donors["y"] + sign * size.detectable * on)
            found.append(control(given).p_value <= 1 - size.detectable_level + 1e-9)
    assert np.mean(found) >= 0.8
    assert np.mean(found) <= 0.9


# ---- predictors --------------------------------------------------------------------------------


def with_predictors(seed=18):
    frame = factor_panel(seed, n=10)
    rng = np.random.default_rng(seed)
    level = frame.groupby("i")["y"].transform("mean")
    return frame.assign(a=level + 0.1 * rng.normal(size=len(frame)), b=rng.normal(size=len(frame)))


def test_predictors_scale_and_importance():
    frame = with_predictors()
    match = ag.Predictors(["a", ag.Predictor("b", 2003, 2007), ag.Predictor("y", 2011)])
    fit = control(frame, match=match)
    v = fit.importance
    assert v["importance"].sum() == pytest.approx(1) and v["predictor"].tolist() == ["a", "b", "y"]
    assert v["importance"].max() <= match.spread * v["importance"].min() * (1 + 1e-9)
    other = control(frame.assign(a=1e5 * frame["a"], b=-frame["b"]), match=match)
    assert other.estimate == pytest.approx(fit.estimate, rel=1e-6)


def test_the_importance_is_the_best_of_a_fine_grid():
    # three predictors and a bound of eight: 17 x 17 logarithms of V around each largest one
    rng = np.random.default_rng(23)
    X, x = rng.normal(size=(3, 9)), rng.normal(size=3) / 2
    Z, z = rng.normal(size=(12, 9)), rng.normal(size=12)
    w, v, gap = predictor_weights(X, x, Z, z, 8.0)
    assert v.max() <= 8 * v.min() * (1 + 1e-9) and w.sum() == pytest.approx(1)
    assert np.mean((z - Z @ w) ** 2) == pytest.approx(gap)
    steps, grid = np.linspace(-np.log(8), 0, 17), []
    for top in range(3):
        for pair in itertools.product(steps, steps):
            root = np.exp(np.insert(np.array(pair), top, 0.0) / 2)
            fitted = Z @ simplex_weights(root[:, None] * X, root * x)
            grid.append(np.mean((z - fitted) ** 2))
    assert gap <= min(grid) * (1 + 1e-9)
    assert gap < 0.999 * grid[-1]  # of equal importance
    flipped = predictor_weights(-X[::-1], -x[::-1], Z, z, 8.0)
    assert flipped[2] == pytest.approx(gap, rel=1e-3)


def test_predictors_that_all_donors_share_leave_every_weight_to_care():
    # donors alike in all predictors: no compiled answer has its digits, and weights are equal
    X, Z = np.ones((2, 4)), np.arange(12.0).reshape(3, 4)
    w, _, gap = predictor_weights(X, np.ones(2), Z, np.zeros(3), 50.0)
    assert w == pytest.approx(np.full(4, 0.25)) and gap == pytest.approx(np.mean(Z.mean(1) ** 2))


def test_equal_importance_is_least_squares_on_scaled_predictors():
    frame = with_predictors(19)
    match = ag.Predictors(["a", "b"], spread=1.0)
    fit = control(frame, match=match)
    early = frame[frame["t"] < 2012].groupby("i")[["a", "b"]].mean()
    X = (early / early.std()).to_numpy().T
    expected = simplex_weights(X[:, 1:], X[:, 0])
    assert fit.weights["weight"].to_numpy() == pytest.approx(expected, abs=1e-6)


def test_predictors_are_refused_in_words():
    frame = with_predictors()
    cases = [
        (["a", "nothing"], {}, "not in the table"),
        ([ag.Predictor("a", 2011, 2013)], {}, "must lie before the first treatment, 2012"),
        ([ag.Predictor("a", 1990)], {}, "names the period 1990"),
        ([3], {}, "must be a list of Predictor"),
        (["a"], {"spread": 0.5}, "spread must be a number from 1"),
    ]
    for predictors, options, words in cases:
        with pytest.raises(InputError, match=words):
            control(frame, match=ag.Predictors(predictors, **options))
    holes = frame.assign(a=frame["a"].where(frame.index != 3))
    with pytest.raises(InputError, match=r"same periods for every unit; units 0 lack"):
        control(holes, match=ag.Predictors(["a"]))
    with pytest.raises(InputError, match="is the same for all units"):
        control(frame.assign(a=1.0), match=ag.Predictors(["a"]))
    with pytest.raises(InputError, match=r"Pass match=Predictors"):
        _ = control(frame).importance
    with pytest.raises(InputError, match="penalty must be a number above zero"):
        ag.Ridge(-1.0)
    with pytest.raises(InputError, match="penalty must be a number above zero; found 0"):
        ag.Ridge(0.0)


# ---- bad inputs --------------------------------------------------------------------------------


def test_bad_panels():
    frame = factor_panel(20)
    with pytest.raises(InputError, match=r"treated unit 0 lacks 'y' before its treatment in 2003"):
        control(frame[(frame["i"] != 0) | (frame["t"] != 2003)])
    with pytest.raises(InputError, match=r"The donor 4 lacks 'y' in 2003"):
        control(frame[(frame["i"] != 4) | (frame["t"] != 2003)])
    with pytest.raises(IdentificationError, match="at least 2 periods before"):
        control(frame[frame["t"] >= 2011])
    with pytest.raises(IdentificationError, match="all are treated"):
        control(frame.assign(d=(frame["t"] >= 2012).astype(int)))
    with pytest.raises(InputError, match=r"donors 77 are not units"):
        control(frame, donors=[77, 3])
    with pytest.raises(InputError, match=r"units 0 are treated and cannot be donors"):
        control(frame, donors=[0, 3])
    with pytest.raises(InputError, match=r"names none for the treated units 0"):
        control(frame, donors={3: [4, 5]})
    with pytest.raises(IdentificationError, match=r"at least 2 units must be never treated"):
        control(frame, donors=[3])
    with pytest.raises(IdentificationError, match=r"fewer than two donors"):
        control(factor_panel(21, treated=(0, 1)), donors={0: [3], 1: [4, 5]})


# ---- published ---------------------------------------------------------------------------------


@pytest.mark.external
def test_basque_country_with_predictors(reference):
    # Catalonia .8508, Madrid .1492 and a mean squared gap of .008864 over 1960-69: the optimum of
    # Synth (R) for Abadie and Gardeazabal (2003), as the tests of pysyncon (test_synth_basque.py,
    # which compares with Synth) hold the weights: .850816306 and .149183694.
    data = pd.read_csv(reference / "panel" / "basque.csv").query("regionno != 1")
    treated = (data["regionno"] == 17) & (data["year"] >= 1970)
    schools = ["school.illit", "school.prim", "school.med", "school.high", "school.post.high"]
    sectors = ["agriculture", "energy", "industry", "construction", "services.venta",
               "services.nonventa"]  # fmt: skip
    predictors = [
        *(ag.Predictor(each, 1964, 1969) for each in [*schools, "invest"]),
        ag.Predictor("gdpcap", 1960, 1969),
        *(ag.Predictor(f"sec.{each}", 1961, 1969) for each in sectors),
        ag.Predictor("popdens", 1969, 1969),
    ]
    panel = read_panel(
        data.assign(treated=treated.astype(int)),
        outcome="gdpcap", unit="regionname", time="year", treated="treated",
    )  # fmt: skip
    rule = ag.Predictors(predictors, 1960, 1969).importance(panel)
    w, v, gap = rule(panel.Y, int(np.flatnonzero(panel.ever)[0]), ~panel.ever, 15)
    found = pd.Series(w, panel.units[~panel.ever])
    assert found["Cataluna"] == pytest.approx(0.8508, abs=1e-3)
    assert found["Madrid (Comunidad De)"] == pytest.approx(0.1492, abs=1e-3)
    assert gap == pytest.approx(0.008864, abs=2e-6)
    assert v.sum() == pytest.approx(1)


@pytest.mark.external
def test_california_on_outcomes_alone(reference):
    # the six states of the exact optimum; programs that stop earlier report other estimates
    data = pd.read_csv(reference / "panel" / "california_prop99.csv")
    fit = ag.synthetic_control(
        data, outcome="PacksPerCapita", unit="State", time="Year", treated="treated"
    )
    w = fit.weights.set_index("unit")["weight"]
    assert set(w.index[w > 0.01]) == {
        "Utah", "Montana", "Nevada", "Connecticut", "New Hampshire", "Colorado",
    }  # fmt: skip
    assert fit.estimate == pytest.approx(-19.514, abs=0.001)


def test_kernels_agree_with_the_table(monkeypatch):
    frame = factor_panel(22, n=8)
    Y = matrix(frame)
    everyone = np.ones(8, dtype=bool)
    found = fits.fit_assignments(
        Y, np.array([[0]]), np.array([[12]]), lambda n: everyone, fits.outcome_weights, True
    )
    assert found.att[0] == pytest.approx(control(frame).estimate)
