"""Numbers that a design reports beside its estimates, by hand."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def incomplete(weights=(1.0, 1.0, 1.0, 1.0)) -> ag.ShiftShareDesign:
    """Four locations with sums of shares .2, .4, .6 and .4 in three sectors."""
    locations = pd.DataFrame(
        {"place": list("abcd"), "y": [1.0, 0.0, 5.0, 2.0], "x": [0.0, 1, 4, 2], "w": weights}
    )
    shares = pd.DataFrame(
        {
            "place": list("abccd"),
            "sector": list("stusu"),
            "share": [0.2, 0.4, 0.5, 0.1, 0.4],
        }
    )
    shocks = pd.DataFrame(
        {"sector": list("stu"), "shock": [0.0, 1.0, 2.0], "kind": ["z", "a", "z"]}
    )
    return ag.ShiftShareDesign(locations, shares, shocks, location="place")


def test_check_says_how_much_of_the_sums_of_shares_the_controls_leave():
    # sums .2 .4 .6 .4, less their mean .4: sqrt(.08) of sqrt(.72)
    item = "exposure to the constant and shock controls is controlled"
    row = incomplete().check("y", "x").set_index("item").loc[item]
    assert row["value"] == pytest.approx(np.sqrt(0.08 / 0.72))
    assert row["verdict"] == "wrong"
    # weights 3 1 1 1: mean 2 / 6, squares 3 (.2 - 1/3)^2 + ... of 3 .04 + .16 + .36 + .16
    weighted = incomplete((3.0, 1.0, 1.0, 1.0)).check("y", "x", weights="w").set_index("item")
    s, w = np.array([0.2, 0.4, 0.6, 0.4]), np.array([3.0, 1, 1, 1])
    left = np.sqrt(w @ (s - 1 / 3) ** 2 / (w @ s**2))
    assert weighted.loc[item, "value"] == pytest.approx(left)


def test_leaving_out_groups_answers_in_the_order_of_their_names():
    # parts of z'y and z'x, less the mean: y - 2 = (-1, -2, 3, 0), x - 7/4
    found = incomplete().leave_one_out("y", "x", by="kind")
    assert found["kind"].tolist() == ["a", "z"]
    W = np.array([[0.2, 0, 0], [0, 0.4, 0], [0.1, 0, 0.5], [0, 0, 0.4]])
    g, y, x = np.array([0.0, 1, 2]), np.array([-1.0, -2, 3, 0]), np.array([0.0, 1, 4, 2]) - 7 / 4
    py, px = g * (W.T @ y), g * (W.T @ x)
    estimates = [(py[0] + py[2]) / (px[0] + px[2]), py[1] / px[1]]
    assert found["estimate"].tolist() == pytest.approx(estimates)
    alpha = [px[1] / px.sum(), (px[0] + px[2]) / px.sum()]
    assert found["alpha"].tolist() == pytest.approx(alpha)
    assert found["change"].tolist() == pytest.approx(np.array(estimates) - py.sum() / px.sum())


def test_panel_errors_from_shares_with_weights_and_effects_are_the_designs_own():
    simulated = ag.simulate_shift_share(3, n_sectors=12, per_cluster=3).design
    table = simulated.locations.assign(z=simulated.instruments["shock"])
    fit = ag.panel(
        "y ~ z + q", table, absorb="state", weights="w", cov=ag.ShiftShare(simulated, "cluster")
    )
    own = simulated.fit(
        "y", controls="q", fixed_effects="state", weights="w", cov=ag.AKM("cluster")
    )
    assert fit.params[0] == pytest.approx(own.params[0])
    assert fit.std_errors[0] == pytest.approx(own.std_errors[0], rel=1e-8)
