"""Where shift-share rules change their answer: at the boundary, just inside, just outside."""

import warnings

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.inference.sets import quadratic_set, score_set
from agglometrics.shiftshare.diagnostics.shock_summary import weighted_moments
from agglometrics.shiftshare.inference.share_projection import gram

INF = np.inf


def own_sectors(n: int, first: float = 1.0) -> ag.ShiftShareDesign:
    """n locations, each all in its own sector; the first location has the share `first`."""
    rng = np.random.default_rng(n)
    at = np.arange(n)
    locations = pd.DataFrame({"place": at, "y": rng.normal(size=n), "x": rng.normal(size=n)})
    shares = pd.DataFrame({"place": at, "sector": at, "share": np.where(at == 0, first, 1.0)})
    shocks = pd.DataFrame({"sector": at, "shock": np.sin(at)})
    return ag.ShiftShareDesign(locations, shares, shocks, location="place")


# ---- few shocks, dominant shocks --------------------------------------------------------------


def test_fifty_equal_shocks_are_not_few():
    for n, few in ((49, True), (50, False)):
        notes = " ".join(own_sectors(n).fit("y", cov=ag.ShockLevel0()).notes)
        assert ("few shocks: their effective number is 49, below 50" in notes) is few
        verdict = own_sectors(n).check("y").set_index("item").loc["effective number of shocks"]
        assert verdict["value"] == pytest.approx(n)
        assert verdict["verdict"] == ("doubtful" if few else "good")


def test_a_tenth_of_the_exposure_does_not_dominate():
    for n, verdict in ((9, "doubtful"), (10, "good")):
        row = own_sectors(n).check("y").set_index("item").loc["largest exposure among shocks"]
        assert row["value"] == pytest.approx(1 / n)
        assert row["verdict"] == verdict


# ---- sums of shares ---------------------------------------------------------------------------


def test_sums_of_shares_are_one_within_a_millionth():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        own_sectors(5, 1 + 0.9e-6)
        low = own_sectors(5, 1 - 0.9e-6)
    assert not any("incomplete" in note for note in low.fit("y", cov=ag.Robust()).notes)
    with pytest.warns(ag.AgglometricsWarning, match="exceed one in 1 of 5 locations"):
        own_sectors(5, 1 + 1.1e-6)
    for edge in (1 - 1e-6, 1 + 1e-6):  # the largest gap that is none
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            notes = own_sectors(5, edge).fit("y", cov=ag.Robust()).notes
        assert not any("shares" in note for note in notes)
    lower = own_sectors(5, 1 - 1.1e-6)
    assert any("between 1 and 1" in note for note in lower.fit("y", cov=ag.Robust()).notes)


def test_an_instrument_may_be_off_by_a_ten_thousandth_of_its_largest_value():
    made = own_sectors(6)
    z = made.instruments["shock"].to_numpy()
    largest = np.abs(z).max()
    for gap, accepted in ((0.9e-4, True), (1.1e-4, False)):
        given = made.locations.assign(z=z + gap * largest * (np.arange(6) == 2))
        tables = (given, made.shares, made.shocks)
        if accepted:
            ag.ShiftShareDesign(*tables, location="place", instrument="z")
        else:
            with pytest.raises(ag.InputError, match=r"not the sum of shares times.*'place': 2"):
                ag.ShiftShareDesign(*tables, location="place", instrument="z")


# ---- AKM: as many sectors as locations, and collinear shares ------------------------------------


def test_akm_needs_one_location_more_than_sectors():
    made = own_sectors(4)
    with pytest.raises(ag.IdentificationError, match="found 4 sectors with shares and 4 locations"):
        made.fit("y", cov=ag.AKM())
    more = pd.concat([made.locations, made.locations.iloc[:1].assign(place=4, y=3.0)])
    shares = pd.concat([made.shares, made.shares.iloc[:1].assign(place=4)])
    wider = ag.ShiftShareDesign(more, shares, made.shocks, location="place")
    assert wider.fit("y", cov=ag.AKM()).std_errors[0] > 0


def almost_collinear(condition: float) -> ag.ShiftShareDesign:
    """Two sectors with shares (1, 0, 0, 1)' and (1, eps, 0, 1)' / norm.

    Columns of length one with the product c have W'W of 1-norm condition (1 + c) / (1 - c), whose
    root is 2 sqrt(2) / eps for small eps.
    """
    eps = 2 * np.sqrt(2) / condition
    shares = pd.DataFrame(
        {
            "place": [0, 3, 0, 1, 3],
            "sector": list("aabbb"),
            "share": [0.4, 0.4, 0.4, 0.4 * eps, 0.4],
        }
    )
    locations = pd.DataFrame({"place": range(4), "y": [1.0, 3.0, 2.0, 5.0], "w": [1.0, 1, 1, 1]})
    shocks = pd.DataFrame({"sector": list("ab"), "shock": [1.0, 2.0]})
    return ag.ShiftShareDesign(locations, shares, shocks, location="place")


def test_akm_takes_condition_numbers_up_to_a_million():
    fit = almost_collinear(0.98e6).fit("y", cov=ag.AKM())
    assert fit.covariance.statistics["condition_number"] == pytest.approx(0.98e6, rel=1e-3)
    with pytest.raises(ag.IdentificationError, match=r"condition number 1.02e\+06, at most 1e\+06"):
        almost_collinear(1.02e6).fit("y", cov=ag.AKM())
    # what the check says of it is the same
    for condition, verdict in ((0.98e6, "yes"), (1.02e6, "no")):
        check = almost_collinear(condition).check("y").set_index("item")
        assert check.loc["AKM is available", "verdict"] == verdict


def test_akm_of_well_conditioned_shares_says_their_condition():
    # shares (1, 0), (0, 1), (1/2, 1/2): columns of length sqrt(5/4), product 1/5; the 1-norm
    # condition of W'W is 1.2 / .8, and its root is reported
    shares = pd.DataFrame(
        {"place": [0, 1, 2, 2], "sector": list("abab"), "share": [1.0, 1.0, 0.5, 0.5]}
    )
    locations = pd.DataFrame({"place": range(3), "y": [1.0, 3.0, 7.0]})
    shocks = pd.DataFrame({"sector": list("ab"), "shock": [1.0, 2.0]})
    made = ag.ShiftShareDesign(locations, shares, shocks, location="place")
    found = made.fit("y", cov=ag.AKM()).covariance.statistics["condition_number"]
    assert found == pytest.approx(np.sqrt(1.2 / 0.8))


@pytest.mark.parametrize("filled", [0.05, 0.14, 0.16, 1.0])
def test_both_ways_to_the_cross_product_agree(filled):
    # sparse below a share of .15 filled, dense above
    from scipy import sparse

    rng = np.random.default_rng(3)
    dense = np.zeros((50, 20))
    dense.flat[rng.permutation(1000)[: int(1000 * filled)]] = rng.uniform(1, 2, int(1000 * filled))
    np.testing.assert_allclose(gram(sparse.csr_array(dense)), dense.T @ dense, rtol=1e-13)


# ---- confidence sets: every shape, and where one becomes another --------------------------------


def not_rejected(actual, draw):
    """The b that one draw leaves: where (d_y - b d_x)^2 >= (a_y - b a_x)^2."""
    test = ag.RandomizationTest(
        "",
        0.0,
        0.5,
        1,
        np.array(actual, dtype=float),
        np.array([draw], dtype=float),
        np.array([[1.0, 0, 0]] * 2),
    )
    return test.interval(0.5).pieces


@pytest.mark.parametrize(
    ("actual", "draw", "pieces"),
    [
        ((4, 2), (2, 1), ((2, 2),)),  # on the actual ray, shorter: the estimate alone
        ((4, 2), (8, 4), ((-INF, INF),)),  # on it, longer: everything
        ((4, 2), (4, 2), ((-INF, INF),)),  # the actual draw again
        ((4, 2), (-4, -2), ((-INF, INF),)),  # and its mirror
        ((4, 2), (0, 2), ((1, INF),)),  # (2 b)^2 >= (4 - 2 b)^2
        ((4, 2), (8, 2), ((-INF, 3),)),  # (8 - 2 b)^2 >= (4 - 2 b)^2
        ((4, 2), (0, -2), ((1, INF),)),
        ((4, 2), (2, 0), ((1, 3),)),  # 4 >= (4 - 2 b)^2
        ((4, 2), (-2, 0), ((1, 3),)),
        ((4, 2), (0, 0), ((2, 2),)),
        ((0, 2), (4, 4), ((-INF, 2 / 3), (2, INF))),  # |4 - 4 b| >= |2 b|
        ((0, 2), (0, 1), ((0, 0),)),
        ((3, 0), (5, 0), ((-INF, INF),)),  # no first stage in either
        ((3, 0), (3, 0), ((-INF, INF),)),
        ((5, 0), (3, 0), ()),
    ],
)
def test_set_of_one_draw_by_hand(actual, draw, pieces):
    found = not_rejected(actual, draw)
    assert np.ravel(found) == pytest.approx(np.ravel(pieces))
    assert len(found) == len(pieces)


@pytest.mark.parametrize(
    ("a", "b", "c", "pieces"),
    [
        (1, 0, -4, ((-2, 2),)),
        (1, 0, 0, ((0, 0),)),
        (1, 3, 9, ((3, 3),)),  # (x - 3)^2 <= 0
        (1, -3, 9, ((-3, -3),)),
        (-1, -3, -9, ((-INF, 3), (3, INF))),  # -(x - 3)^2 <= 0 touches zero once
        (-1, 0, 0, ((-INF, 0), (0, INF))),
        (4, -2, -3, ((-1.5, 0.5),)),
        (0, 1, 0, ((0, INF),)),
        (0, -1, 0, ((-INF, 0),)),
        (0, 0, 0, ((-INF, INF),)),
    ],
)
def test_quadratic_set_where_it_changes_shape(a, b, c, pieces):
    found = quadratic_set(a, b, c)
    assert len(found) == len(pieces)
    assert np.ravel(found) == pytest.approx(np.ravel(pieces))


def test_score_set_with_one_score_by_hand():
    # (6 - 2 b)^2 <= c^2 (1 + (1 - b)^2), scores 1 - b and 1 (slopes 1 and 0)
    moment, slope, total = np.array([1.0, 1.0]), np.array([1.0, 0.0]), (6.0, 2.0)
    # c = 1: 3 b^2 - 22 b + 34 <= 0
    root = np.sqrt(121 - 102)
    assert score_set(moment, slope, total, 1.0)[0] == pytest.approx(
        ((11 - root) / 3, (11 + root) / 3)
    )
    # c = 2: the squares cancel, -16 b + 28 <= 0
    assert score_set(moment, slope, total, 2.0) == ((1.75, INF),)
    # c = 3: -5 b^2 - 6 b + 18 <= 0
    far = np.sqrt(9 + 90)
    found = score_set(moment, slope, total, 3.0)
    assert np.ravel(found) == pytest.approx([-INF, (-3 - far) / 5, (-3 + far) / 5, INF])


def test_score_set_is_the_estimate_where_nothing_varies():
    # no critical value, or scores that are all zero at the estimate
    scores = np.array([0.7, -0.2])
    zero = np.zeros(2)
    for moment, critical in ((scores, 0.0), (zero, 1.96)):
        pieces = score_set(moment, moment, (3.0, 2.0), critical)
        assert np.ravel(pieces) == pytest.approx([1.5, 1.5])


# ---- moments of shocks, concentrated weights --------------------------------------------------


def test_weighted_moments_by_hand():
    # mean (1 + 2 * 2 + 4) / 4 = 2.25; squares (1.25^2 + 2 * .25^2 + 1.75^2) / 4 = 1.1875
    found = weighted_moments(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 1.0]))
    assert found["mean"] == pytest.approx(2.25)
    assert found["sd"] == pytest.approx(np.sqrt(1.1875))
    assert found["sd_sample"] == pytest.approx(np.sqrt(1.1875 * 3 / 2))
    # a quarter at 1 exactly: halfway to 2; three quarters at 2 exactly: halfway to 4
    assert found["iqr"] == pytest.approx(3.0 - 1.5)


def test_weights_are_concentrated_where_five_have_more_than_half():
    for n in (8, 40):
        rows = own_sectors(n).check("y", "x").set_index("item")
        row = rows.loc["part of the five largest Rotemberg weights"]
        assert row["verdict"] == ("concentrated" if row["value"] > 0.5 else "spread")
        assert row["verdict"] == ("concentrated" if n == 8 else "spread")


@pytest.mark.parametrize("sectors", [2, 3])
@pytest.mark.parametrize("cov", [ag.AKM(), ag.ShockLevel()])
def test_two_shocks_beside_a_constant_leave_no_residual(sectors, cov):
    # as many coefficients (the constant, the treatment) as shocks: zero variance for any outcome
    rng = np.random.default_rng(1)
    share = rng.dirichlet(np.ones(sectors), 12)
    keys = {"place": np.repeat(np.arange(12), sectors), "sector": np.tile(np.arange(sectors), 12)}
    shares = pd.DataFrame({**keys, "share": share.ravel()})
    shocks = pd.DataFrame({"sector": np.arange(sectors), "shock": np.sin(1 + np.arange(sectors))})
    places = pd.DataFrame({"place": np.arange(12), "y": rng.normal(size=12)})
    design = ag.ShiftShareDesign(places, shares, shocks, location="place")
    if sectors == 2:
        with pytest.warns(ag.AgglometricsWarning, match=r"no residual.*2 of them.*more sectors"):
            found = design.fit("y", cov=cov)
        assert np.isnan([found.std_errors[0], found.tidy()["p_value"].iloc[0]]).all()
        x = (design.instruments["shock"] - design.instruments["shock"].mean()).to_numpy()
        assert found.params[0] == pytest.approx(x @ places["y"] / (x @ x), rel=1e-10)
    else:
        assert design.fit("y", cov=cov).std_errors[0] > 1e-3
