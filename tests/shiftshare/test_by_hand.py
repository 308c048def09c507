"""The design of conftest.hand, worked on paper.

z = (0, 1, 2, 1); in deviation from means z = (-1, 0, 1, 0), y = (-1, -2, 3, 0) and
x = (-1.5, -1.5, 2.5, 0.5). Reduced form 4 / 2 = 2 with residual (1, -2, 1, 0), first stage
4 / 2 = 2 with residual (0.5, -1.5, 0.5, 0.5), 2SLS 4 / 4 = 1 with residual
(0.5, -0.5, 0.5, -0.5). Shares times residuals: (1, -2, 1), (0.75, -1.5, 0.75),
(0.25, -0.5, 0.25). Exposures (1.5, 1, 1.5), exposure-weighted mean shock 1.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics.inference.small_sample import ShiftShareSERules
from agglometrics.inference.specifications import Homoskedastic, Robust
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0
from agglometrics.shiftshare.inference.studentized import Unstudentized


def test_instrument_is_the_sum_of_shares_times_shocks(hand: ShiftShareDesign) -> None:
    assert hand.instruments["shock"].tolist() == [0.0, 1.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("cov", "variance"),
    [
        (Homoskedastic(), (6 / 2) / 2),  # residual sum of squares 6 on 4 - 2 degrees
        (Robust(), 4 / 2 * (1 + 1) / 2**2),
        (AKM(), (1 + 0 + 1) / 2**2),  # implied shocks (-1, 0, 1)
        (ShockLevel(), (1 + 0 + 1) / 2**2),  # demeaned shocks (-1, 0, 1)
    ],
)
def test_reduced_form(hand: ShiftShareDesign, cov: object, variance: float) -> None:
    estimates = hand.fit("y", cov=cov)
    assert estimates.params[0] == pytest.approx(2, rel=1e-14)
    assert estimates.std_errors[0] == pytest.approx(np.sqrt(variance), rel=1e-14)


@pytest.mark.parametrize(
    ("cov", "variance"),
    [
        (Homoskedastic(), (1 / 4) * 2 / 4**2),  # 1 / 4, no degrees of freedom taken off
        (Robust(), (0.25 + 0.25) / 4**2),
        (AKM(), 2 * 0.25**2 / 4**2),
        (ShockLevel(), 2 * 0.25**2 / 4**2),
    ],
)
def test_two_stage_least_squares(hand: ShiftShareDesign, cov: object, variance: float) -> None:
    estimates = hand.fit("y", "x", cov=cov, rule=ShiftShareSERules())
    assert estimates.params[0] == pytest.approx(1, rel=1e-14)
    assert estimates.std_errors[0] == pytest.approx(np.sqrt(variance), rel=1e-14)


@pytest.mark.parametrize("cov", [AKM(), ShockLevel()])
def test_first_stage_f(hand: ShiftShareDesign, cov: object) -> None:
    stage = hand.fit("y", "x", cov=cov).first_stage()
    assert stage.params[0] == pytest.approx(2, rel=1e-14)
    # 2^2 over (0.75^2 + 0.75^2) / 2^2
    assert stage.covariance.statistics["F"] == pytest.approx(4 / (1.125 / 4), rel=1e-13)


@pytest.mark.parametrize("cov", [AKM0(), ShockLevel0()])
def test_null_imposed_set(hand: ShiftShareDesign, cov: object) -> None:
    # (4 - 2 b)^2 <= c^2 [(1 - b)^2 + (3 - b)^2]; with b = 2 + d: d^2 (2 - c^2) <= c^2
    estimates = hand.fit("y", cov=cov)
    one_sd = 2 * stats.norm.cdf(1) - 1
    assert estimates.interval(one_sd).pieces[0] == pytest.approx((1, 3), rel=1e-12)
    assert estimates.interval(0.95).pieces == ((-np.inf, np.inf),)  # c^2 > 2
    assert np.isinf(estimates.std_errors[0])
    assert estimates.covariance.statistics["score_statistic"] == pytest.approx(4 / np.sqrt(1 + 9))
    p_value = 2 * stats.norm.sf(4 / np.sqrt(1 + 9))
    assert estimates.tidy()["p_value"][0] == pytest.approx(p_value, rel=1e-13)


def test_rotemberg_weights(hand: ShiftShareDesign) -> None:
    # shares times x: (-1.25, -1.5, 2.75); times y: (-1, -2, 3)
    frame = hand.rotemberg("y", "x")
    assert frame["alpha"].tolist() == pytest.approx([0, -0.375, 1.375], abs=1e-14)
    assert frame["beta"].tolist() == pytest.approx([0.8, 4 / 3, 3 / 2.75], rel=1e-13)
    demeaned = hand.rotemberg("y", "x", shock_controls=[])
    assert demeaned["alpha"].tolist() == pytest.approx([0.3125, 0, 0.6875], abs=1e-14)


def test_robust_first_stage_f_of_one_share(hand: ShiftShareDesign) -> None:
    # share of t: (0, 1, 0, 0), in deviation (-1, 3, -1, -1) / 4; slope of x -1.5 / 0.75 = -2;
    # residual x + 2 z = (-2, 0, 2, 0); HC1 variance 4 / 2 * (4 + 4) / 16 / 0.75^2
    f = hand.rotemberg("y", "x")["f"][1]
    assert f == pytest.approx((-2) ** 2 / (2 * 0.5 / 0.75**2), rel=1e-12)


def test_shock_level_rows(hand: ShiftShareDesign) -> None:
    rows = hand.shock_level(["y", "x"])
    assert rows["exposure"].tolist() == pytest.approx([1.5 / 4, 1 / 4, 1.5 / 4])
    assert rows["y"].tolist() == pytest.approx([-1 / 1.5, -2, 3 / 1.5])
    assert rows["x"].tolist() == pytest.approx([-1.25 / 1.5, -1.5, 2.75 / 1.5])


def test_shock_summary(hand: ShiftShareDesign) -> None:
    row = hand.shock_summary().iloc[0]
    assert row["mean"] == pytest.approx(1)
    assert row["sd"] == pytest.approx(np.sqrt(0.75))  # (1.5 + 1.5) / 4
    assert row["sd_sample"] == pytest.approx(np.sqrt(0.75 * 3 / 2))  # three shocks
    assert row["effective_shocks"] == pytest.approx(16 / 5.5)
    assert row["largest_exposure"] == pytest.approx(0.375)


def test_rotemberg_weights_of_groups(hand: ShiftShareDesign) -> None:
    # parts of z'y and z'x as below; s and t are one group: 0 - 2 and 0 - 1.5
    grouped = replace(hand, shocks=hand.shocks.assign(kind=["first", "first", "other"]))
    frame = grouped.rotemberg("y", "x", by="kind")
    assert frame["kind"].tolist() == ["first", "other"]
    assert frame["alpha"].tolist() == pytest.approx([-1.5 / 4, 5.5 / 4])
    assert frame["beta"].tolist() == pytest.approx([2 / 1.5, 6 / 5.5])
    # the shock of s is zero, so that t alone is in the first group's means
    assert frame["shock"].tolist() == pytest.approx([1, 2])
    # shares of t: 0, 1, 0, 0; of u: 0, 0, 1, 1/2
    assert frame["share_sd"].tolist() == pytest.approx([np.sqrt(3 / 16), np.sqrt(11 / 64)])


def test_leave_one_out(hand: ShiftShareDesign) -> None:
    # parts of z'y: 0 * -1, 1 * -2, 2 * 3; of z'x: 0, -1.5, 5.5
    frame = hand.leave_one_out("y", "x")
    assert frame["estimate"].tolist() == pytest.approx([4 / 4, 6 / 5.5, -2 / -1.5])
    assert frame["change"].tolist() == pytest.approx([0, 6 / 5.5 - 1, 1 / 3], abs=1e-14)


def test_randomization_over_a_table_of_draws(hand: ShiftShareDesign) -> None:
    # the actual (0, 1, 2) and draws (0, 1, 2), (2, 1, 0), (0, 1, 2), (2, 1, 0): mean (.8, 1, 1.2);
    # with shares times y (-1, -2, 3) each shock brings (.8, 0, 2.4) to the recentred z'y of the
    # actual and of draws 0 and 2, (-1.2, 0, -3.6) to that of 1 and 3
    draws = pd.DataFrame(
        {
            "draw": np.repeat([0, 1, 2, 3], 3),
            "sector": list("stu") * 4,
            "shock": [0.0, 1, 2, 2, 1, 0] * 2,
        }
    )
    test = hand.randomization_test("y", "x", counterfactuals=draws)
    assert test.simulated[:, 0].tolist() == pytest.approx([3.2, -4.8, 3.2, -4.8])
    assert test.variances[:, 0].tolist() == pytest.approx([6.4, 6.4, 14.4, 6.4, 14.4])
    # shares times x are (-1.25, -1.5, 2.75): z'x is .8 * 1.25 + .8 * 2.75
    assert test.actual[1] == pytest.approx(3.2)
    assert test.estimate == pytest.approx(1)
    assert test.null == "the effect of x on y is zero for every location"
    alone = hand.randomization_test("y", counterfactuals=draws)
    assert alone.null == "the effect of shock on y is zero for every location"
    assert test.p_value == 1  # 3.2^2 / 6.4 = 4.8^2 / 14.4: all are ties
    raw = hand.randomization_test("y", "x", counterfactuals=draws, statistic=Unstudentized())
    assert (raw.variances == [1, 0, 0]).all()
