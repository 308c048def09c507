"""Synthetic difference in differences: identities, variances, published figures, size."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.synthetic import sdid
from tests.evaluation.examples import NAMES, factor_panel, matrix


def did(frame, **options):
    return ag.synthetic_did(frame, **NAMES, **options)


def test_uniform_weights_are_difference_in_differences():
    frame = factor_panel(1, treated=(0, 1), effect=3)
    Y = matrix(frame)
    change = Y[:, 12:].mean(axis=1) - Y[:, :12].mean(axis=1)
    by_hand = change[:2].mean() - change[2:].mean()
    methods = did(frame).methods.set_index("method")["estimate"]
    assert methods["difference_in_differences"] == pytest.approx(by_hand)
    fit = ag.panel("y ~ d", frame, absorb=["i", "t"], cov=ag.Homoskedastic())
    assert methods["difference_in_differences"] == pytest.approx(fit.params[0])


def test_the_estimate_is_the_weighted_two_way_regression():
    # equation of the article: least squares with weights omega x lambda and two-way effects
    frame = factor_panel(2, effect=3)
    block = did(frame).found[0]
    omega = np.concatenate([[1.0], block.omega])
    lam = np.concatenate([block.lam, np.full(4, 0.25)])
    weight = np.outer(omega, lam).ravel()
    keep = weight > 1e-9
    i, t = np.divmod(np.arange(len(frame)), 16)
    X = np.column_stack([frame["d"], np.eye(12)[i], np.eye(16)[t]])[keep]
    root = np.sqrt(weight[keep])[:, None]
    beta = np.linalg.lstsq(root * X, root[:, 0] * frame["y"].to_numpy()[keep], rcond=None)[0]
    assert did(frame).estimate == pytest.approx(beta[0])


def test_weights_lie_in_the_simplex_and_zeta_is_the_article_s():
    fit = did(factor_panel(3))
    sums = fit.weights.groupby("kind")["weight"].agg(["sum", "min"])
    assert sums["sum"].to_numpy() == pytest.approx([1, 1]) and (sums["min"] >= 0).all()
    Y = matrix(factor_panel(3))
    sigma = np.diff(Y[1:, :12], axis=1).std(ddof=1)
    zeta = (1 * 4) ** 0.25 * sigma
    A, b = Y[1:, :12].T, Y[0, :12]
    w = sdid.simplex_weights(A - A.mean(0), b - b.mean(), 12 * zeta**2)
    assert fit.found[0].omega == pytest.approx(w)


def test_effects_of_units_and_periods_and_scale_change_nothing():
    frame = factor_panel(4, effect=2)
    fit = did(frame)
    moved = frame.assign(y=frame["y"] + 3.0 * frame["i"] + 0.5 * (frame["t"] - 2000))
    for other, scale in ((moved, 1.0), (frame.assign(y=1e-6 * frame["y"]), 1e-6),
                         (frame.assign(i=np.array(list("lkjihgfedcba"))[frame["i"]]), 1.0),
                         (frame.sample(frac=1, random_state=1), 1.0)):  # fmt: skip
        found = did(other).tidy().drop(columns=["term", "p_value", "level"]).to_numpy()
        expected = fit.tidy().drop(columns=["term", "p_value", "level"]).to_numpy()
        assert found == pytest.approx(scale * expected, rel=1e-6)
    assert did(factor_panel(4, effect=9)).estimate - fit.estimate == pytest.approx(7.0)


def test_starts_are_weighted_by_their_treated_periods():
    frame = factor_panel(5, treated=(0, 1, 2), effect=2)
    frame = frame.assign(d=frame["d"] * ((frame["i"] != 2) | (frame["t"] >= 2014)))
    fit = did(frame)
    assert fit.effects["share"].tolist() == [8 / 10, 2 / 10]
    early = did(frame[frame["i"] != 2]).estimate
    late = did(frame[~frame["i"].isin([0, 1])]).estimate
    assert fit.estimate == pytest.approx(0.8 * early + 0.2 * late)


def test_one_treated_unit_is_enumerated_whatever_the_seed():
    frame = factor_panel(6, effect=2)
    fit = did(frame)
    again = did(frame, variance=ag.PlaceboVariance(draws=7, seed=99))
    assert fit.enumerated and len(fit.placebos) == 11
    assert again.std_error == fit.std_error
    donors = frame[frame["i"] != 0]
    taus = [did(donors.assign(d=((donors["i"] == k) & (donors["t"] >= 2012)).astype(int))).estimate
            for k in range(1, 12)]  # fmt: skip
    assert fit.placebos["estimate"].to_numpy() == pytest.approx(taus)
    assert fit.std_error == pytest.approx(np.std(taus))


def test_the_rank_test_and_its_set_by_hand():
    fit = did(factor_panel(7, n=24, effect=3), level=0.9)
    row, size = fit.rank_test().iloc[0], np.sort(np.abs(fit.placebos["estimate"]))[::-1]
    assert row.p_value == (1 + (size >= abs(fit.estimate)).sum()) / 24
    assert row.smallest_p == 1 / 24
    assert row.conf_high - fit.estimate == pytest.approx(size[1])  # rejected: one above at most
    for c, inside in ((row.conf_high - 1e-6, True), (row.conf_high + 1e-6, False)):
        p = (1 + (size >= abs(fit.estimate - c)).sum()) / 24
        assert (p > 0.1) == inside
    assert np.isinf(did(factor_panel(7, effect=3)).rank_test()["conf_low"].item())


@pytest.mark.parametrize(("level", "z"), [(0.95, 1.959963984540054), (0.9, 1.6448536269514722)])
def test_the_detectable_effect_by_hand(level, z):
    """Twenty placebos, 1 and -1 in turn: the others of each have variance 1 - 1 / 19^2.

    An effect c makes them c + 1 and c - 1: more than half are rejected once both exceed z.
    """
    placebos = np.tile([1.0, -1.0], 10)
    fit = dataclasses.replace(did(factor_panel(7), level=level), placebo_estimates=placebos)
    assert fit.size.detectable == pytest.approx(1 + z * np.sqrt(1 - 1 / 19**2), rel=1e-6)
    assert fit.size.detectable_level == level
    assert fit.size.smallest_p == 1 / 21
    assert fit.size.tidy()["rejected"].tolist() == [0, 0]


def test_donors_that_never_move_reject_nothing_and_hide_no_effect():
    fit = dataclasses.replace(did(factor_panel(7)), placebo_estimates=np.zeros(20))
    assert fit.size.tidy()["rejected"].tolist() == [0, 0]
    assert 0 < fit.size.detectable < 1e-300


def test_two_donors_more_than_treated_units_are_enough_for_placebos():
    for n, sets in ((5, 0), (6, 6)):  # of 3 donors a pair would leave one, of 4 there are 6 pairs
        fit = did(factor_panel(8, n=n, treated=(0, 1)), variance=ag.JackknifeVariance())
        assert len(fit.placebo_estimates) == sets


def test_the_jackknife_by_its_definition():
    frame = factor_panel(8, treated=(0, 1, 2))
    fit = did(frame, variance=ag.JackknifeVariance())
    Y, block = matrix(frame), fit.found[0]
    taus = []
    for k in range(12):
        treated = [n for n in range(3) if n != k]
        omega = np.where(np.arange(3, 12) == k, 0, block.omega)
        gap = Y[treated].mean(axis=0) - omega / omega.sum() @ Y[3:]
        taus.append(gap[12:].mean() - block.lam @ gap[:12])
    expected = np.sqrt(11 / 12 * ((np.array(taus) - fit.estimate) ** 2).sum())
    assert fit.std_error == pytest.approx(expected)


def test_the_bootstrap_has_a_seed_and_no_labels():
    frame = factor_panel(9, treated=(0, 1, 2))
    spec = ag.BootstrapVariance(draws=40, seed=3)
    one = did(frame, variance=spec).std_error
    assert did(frame.assign(i=50 - frame["i"]), variance=spec).std_error == pytest.approx(one)
    assert did(frame, variance=ag.BootstrapVariance(40, seed=4)).std_error != one
    assert 0.3 < one / did(frame, variance=ag.JackknifeVariance()).std_error < 3


def test_refusals():
    frame = factor_panel(10)
    for spec, name in (
        (ag.JackknifeVariance(), "jackknife"),
        (ag.BootstrapVariance(), "bootstrap"),
    ):
        with pytest.raises(IdentificationError, match=rf"the {name} needs two treated.*Placebo"):
            did(frame, variance=spec)
    with pytest.raises(InputError, match=r"variance must be"):
        did(frame, variance="placebo")
    with pytest.raises(
        IdentificationError, match=r"at least 4 donors for 2 treated units; found 3"
    ):
        did(factor_panel(11, n=5, treated=(0, 1)))
    with pytest.raises(InputError, match=r"The donor 4 lacks 'y' in 2003"):
        did(frame[(frame["i"] != 4) | (frame["t"] != 2003)])
    with pytest.raises(IdentificationError, match="at least 2 periods"):
        did(frame[frame["t"] >= 2011])


@pytest.mark.parametrize("spec", [ag.PlaceboVariance(), ag.JackknifeVariance()])
def test_size_of_the_donor_panel(spec):
    treated = (0, 1)
    fit = did(factor_panel(12, n=16, treated=treated, effect=4), variance=spec)
    table = fit.size.tidy()
    assert table["rejected"].between(0, 0.5).all() and (table["placebos"] >= 60).all()
    same = did(factor_panel(12, n=16, treated=treated, effect=0), variance=spec)
    pd.testing.assert_frame_equal(same.size.tidy(), table)
    assert fit.size.detectable > 0 and fit.size.smallest_p == 1 / 92


def test_intervals_cover_the_truth_in_a_factor_model():
    # 60 panels with effect 2, placebo variance, nominal 90 percent; the standard error of the
    # share is 4 points, so that fewer than 46 or all 60 would be a fault (p below .002 each)
    covered = 0
    for seed in range(60):
        row = did(factor_panel(100 + seed, n=15, effect=2), level=0.9).tidy().iloc[0]
        covered += row.conf_low <= 2 <= row.conf_high
    assert 46 <= covered < 60


def frank_wolfe(A, b, eta, rounds, least, w=None):
    """Return simplex weights by conditional gradients with exact steps, stopped early."""
    w = np.full(A.shape[1], 1 / A.shape[1]) if w is None else w
    value = np.inf
    for _ in range(rounds):
        g = A.T @ (A @ w - b) + eta * w
        d = -w.copy()
        d[np.argmin(g)] += 1
        curve = ((A @ d) ** 2).sum() + eta * d @ d
        w = w + (min(max(-g @ d / curve, 0), 1) if curve > 0 else 0) * d
        last, value = value, (((A @ w - b) ** 2).sum() + eta * w @ w) / len(b)
        if last - value <= least**2:
            break
    return w


@pytest.mark.external
def test_proposition_99(reference):
    # Arkhangelsky et al. (2021): -15.604, -27.349 and -19.620 are what their R program synthdid
    # prints. It stops conditional gradients early (a decrease below 1e-5 sigma); the same steps
    # give its figures, and the exact minimum is lower.
    data = pd.read_csv(reference / "panel" / "california_prop99.csv")
    names = {"outcome": "PacksPerCapita", "unit": "State", "time": "Year", "treated": "treated"}
    fit = ag.synthetic_did(data, **names)
    methods = fit.methods.set_index("method")["estimate"]
    assert fit.estimate == pytest.approx(-15.604, abs=0.003)
    assert methods["difference_in_differences"] == pytest.approx(-27.349, abs=0.0005)
    assert methods["synthetic_control"] == pytest.approx(-19.514, abs=0.001)

    Y = data.pivot(index="State", columns="Year", values="PacksPerCapita")
    y, Y0 = Y.loc["California"].to_numpy(), Y.drop("California").to_numpy()
    sigma = sdid.noise(Y0, 19)
    A, b, eta = Y0[:, :19].T, y[:19], 19 * (1e-6 * sigma) ** 2
    early = frank_wolfe(A, b, eta, 100, 1e-5 * sigma)
    early = np.where(early <= early.max() / 4, 0, early)
    early = frank_wolfe(A, b, eta, 10_000, 1e-5 * sigma, early / early.sum())
    exact = sdid.control_block(Y0, y[None], 19)[1]
    assert (y - early @ Y0)[19:].mean() == pytest.approx(-19.620, abs=0.0005)
    assert ((A @ exact - b) ** 2).sum() < ((A @ early - b) ** 2).sum()


def test_a_jackknife_needs_no_donors_for_placebos():
    """Four treated and five donors: no set of donors can stand in, the jackknife needs none."""
    data = factor_panel(3, n=9, treated=(0, 1, 2, 3), effect=2.0)
    fit = ag.synthetic_did(data, variance=ag.JackknifeVariance(), **NAMES)
    assert fit.std_error > 0
    assert len(fit.placebos) == 0
    assert fit.rank_test()["p_value"].iloc[0] == 1
    assert "too few donors" in str(fit)
