"""Permutation tests: by hand, enumeration, inversion, dates, sets, size."""

from itertools import combinations

import numpy as np
import pytest

import agglometrics as ag
from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.permuting import statistics
from tests.evaluation.examples import NAMES, factor_panel, matrix


def permute(frame, **options):
    return ag.permutation_test(frame, **NAMES, **options)


def test_pairs_by_hand():
    frame = factor_panel(1, n=7, treated=(0, 1), effect=2)
    test = permute(frame)
    Y = matrix(frame)
    change = Y[:, 12:].mean(axis=1) - Y[:, :12].mean(axis=1)
    taus = {s: change[list(s)].mean() - np.delete(change, s).mean()
            for s in combinations(range(7), 2)}  # fmt: skip
    placebos = test.placebos
    assert test.enumerated and len(placebos) == 21 and placebos["reassigned"][0] == "0, 1"
    assert test.estimate == pytest.approx(taus[0, 1])
    assert np.sort(placebos["estimate"]) == pytest.approx(np.sort(list(taus.values())))
    expected = np.mean([abs(v) >= abs(taus[0, 1]) - 1e-9 for v in taus.values()])
    assert test.p_value == pytest.approx(expected) and test.smallest_p == 1 / 21


def test_the_statistic_is_the_two_way_regression():
    frame = factor_panel(2, treated=(0, 4, 5))
    fit = ag.panel("y ~ d", frame, absorb=["i", "t"], cov=ag.Homoskedastic())
    assert permute(frame, over=ag.PermuteUnits(99)).estimate == pytest.approx(fit.params[0])


def test_starts_that_differ_by_hand():
    frame = factor_panel(3, n=8, treated=(0, 1))
    frame = frame.assign(d=frame["d"] * ((frame["i"] != 1) | (frame["t"] >= 2014)))
    Y = matrix(frame)
    change = [Y[:, s:].mean(axis=1) - Y[:, :s].mean(axis=1) for s in (12, 14)]
    one = change[0][0] - change[0][2:].mean()
    two = change[1][1] - change[1][2:].mean()
    test = permute(frame, over=ag.PermuteUnits(draws=200, seed=1))
    assert test.estimate == pytest.approx((4 * one + 2 * two) / 6)
    assert len(test.placebos) == 201 and not test.enumerated


@pytest.mark.parametrize("treated", [(0,), (0, 1), (0, 1, 2, 3)])
def test_the_set_is_the_inverted_test(treated):
    frame = factor_panel(4, n=8, treated=treated, effect=3)
    test = permute(frame)
    accepted = test.interval(0.7)
    for c in np.linspace(-15, 20, 71):
        p = permute(frame.assign(y=frame["y"] - c * frame["d"])).p_value
        assert (p > 0.3 + 1e-9) == (c in accepted), c


def test_labels_order_and_scale_change_nothing_and_the_seed_does():
    frame = factor_panel(5, n=24, treated=(0, 1, 2, 3, 4), effect=1)
    over = ag.PermuteUnits(draws=499, seed=3)
    test = permute(frame, over=over)
    for other, scale in ((frame.assign(i=70 - frame["i"]).sample(frac=1, random_state=1), 1),
                         (frame.assign(y=1e6 * frame["y"]), 1e6)):  # fmt: skip
        found = permute(other, over=over)
        columns = ["estimate", "std_error", "conf_low", "conf_high"]
        assert found.tidy()[columns].to_numpy() == pytest.approx(
            scale * test.tidy()[columns].to_numpy(), rel=1e-6
        )
        assert found.p_value == test.p_value
    again = permute(frame, over=ag.PermuteUnits(draws=499, seed=4))
    assert not np.allclose(np.sort(again.tau[1:]), np.sort(test.tau[1:]))


def test_an_effect_moves_the_set():
    one, other = (permute(factor_panel(6, effect=e)).interval(0.8).pieces for e in (0, 5))
    assert np.ravel(other) - np.ravel(one) == pytest.approx(np.full(2 * len(one), 5.0), abs=1e-6)


def test_dates_use_what_lies_before_the_treatment():
    frame = factor_panel(7, effect=4)
    test = permute(frame, over=ag.PermuteDates(least=3))
    assert test.placebos["reassigned"].tolist() == ["2012", *map(str, range(2003, 2009))]
    Y = matrix(frame)
    gap = Y[0] - Y[1:].mean(axis=0)
    assert test.placebos["estimate"][3] == pytest.approx(gap[5:9].mean() - gap[:5].mean())
    moved = permute(factor_panel(7, effect=9), over=ag.PermuteDates(least=3))
    assert moved.placebos["estimate"][1:].to_numpy() == pytest.approx(test.tau[1:])
    half = np.sort(np.abs(test.tau[1:]))[-1]
    piece = test.interval(0.8).pieces[0]  # one of seven is allowed: the truth itself
    assert piece == pytest.approx((test.estimate - half, test.estimate + half))


def test_sets_are_those_that_are_named():
    frame = factor_panel(8, treated=(0, 1))
    pairs = [(k, k + 1) for k in range(11)]
    test = permute(frame, over=ag.PermuteSets(pairs))
    assert test.placebos["reassigned"].tolist() == [f"{k}, {k + 1}" for k in range(11)]
    whole = permute(frame).placebos.set_index("reassigned")["estimate"]
    assert test.placebos["estimate"][4] == pytest.approx(whole["4, 5"])
    for bad, words in (([(1, 2, 3)], r"found \[\[1, 2, 3\]\]"), ([(1, 99)], "unknown units 99"),
                       ([(0, 1)], "one set besides the treated")):  # fmt: skip
        with pytest.raises(InputError, match=words):
            permute(frame, over=ag.PermuteSets(bad))


def test_refusals_and_the_attainable_level():
    frame = factor_panel(9, n=5)
    test = permute(frame)
    assert test.tidy()["level"].item() == pytest.approx(0.8)
    assert test.interval(0.95).pieces == ((-np.inf, np.inf),)
    with pytest.raises(IdentificationError, match=r"no earlier date leaves 2 periods"):
        permute(factor_panel(10, T=8, start=4), over=ag.PermuteDates())
    with pytest.raises(IdentificationError, match="all are treated"):
        permute(frame.assign(d=(frame["t"] >= 2012).astype(int)))
    with pytest.raises(InputError, match="The donor 3 lacks"):
        permute(frame[(frame["i"] != 3) | (frame["t"] != 2003)])


def test_size_and_power():
    test = permute(factor_panel(11, n=21, effect=2))
    size = test.size
    assert size.tidy()["test"].tolist() == [
        "the treated at pseudo-dates", "donors", "donors, smallest third", "donors, middle third",
        "donors, largest third",
    ]  # fmt: skip
    assert size.tidy()["placebos"].tolist() == [11, 20, 7, 7, 6]
    frame = factor_panel(11, n=21)
    donors = frame[frame["i"] != 0]
    found = []
    for unit in range(1, 21):
        for sign in (-1, 1):
            on = (donors["i"] == unit) & (donors["t"] >= 2012)
            given = donors.assign(d=on.astype(int), y=donors["y"] + sign * size.detectable * on)
            found.append(permute(given).p_value <= 1 - size.detectable_level + 1e-9)
    assert 0.8 <= np.mean(found) <= 0.9


def test_the_size_under_the_null_in_a_factor_model():
    # 200 panels, nominal 10 percent (19 donors and the treated: two of twenty): the standard error
    # is 2.1 points
    rejected = np.mean([permute(factor_panel(300 + s, n=20)).p_value <= 0.1 for s in range(200)])
    assert 0.03 < rejected < 0.17


def test_roots_of_the_inversion_by_hand():
    # one reassignment with kappa 0 and statistic 3, the truth 5: not below it for |5 - c| <= 3
    tau, kappa = np.array([5.0, 3.0]), np.array([1.0, 0.0])
    assert statistics.accepted_effects(tau, kappa, 0.5) == ((2.0, 8.0),)
    assert statistics.p_value(tau, kappa, 2.5) == 1.0
    assert statistics.p_value(tau, kappa, 1.5) == 0.5


def test_the_picture():
    assert permute(factor_panel(12)).plot().axes[0].patches
