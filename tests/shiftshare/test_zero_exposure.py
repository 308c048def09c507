"""Sectors without exposure: they are named, and move nothing.

The design of conftest.hand is repeated with two sectors more: "a", whose shares are rows of zero
and whose label comes first, and "v", which has a shock but no share. Each has a cluster and a
shock control of its own.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

LOCATIONS = pd.DataFrame(
    {
        "place": list("abcd"),
        "y": [1.0, 0.0, 5.0, 2.0],
        "x": [0.0, 0.0, 4.0, 2.0],
        "size": [1.0, 2, 3, 2],
    }
)
SHARES = pd.DataFrame(
    {"place": list("abcdd"), "sector": list("stusu"), "share": [1.0, 1.0, 1.0, 0.5, 0.5]}
)
SHOCKS = pd.DataFrame(
    {"sector": list("stu"), "shock": [0.0, 1.0, 2.0], "kind": list("mmn"), "age": [3.0, 1.0, 2.5]}
)
ZEROS = pd.DataFrame({"place": list("abcd"), "sector": "a", "share": 0.0})
IDLE = pd.DataFrame(
    {"sector": ["a", "v"], "shock": [9.0, -7.0], "kind": ["k", "z"], "age": [40.0, 90.0]}
)
COVARIANCES = [
    ag.AKM(), ag.AKM0(), ag.ShockLevel(), ag.ShockLevel0(),
    ag.AKM("kind"), ag.AKM0("kind"), ag.ShockLevel("kind"), ag.ShockLevel0("kind"),
]  # fmt: skip


def design(idle: bool) -> ag.ShiftShareDesign:
    shares = pd.concat([ZEROS, SHARES]) if idle else SHARES
    shocks = pd.concat([SHOCKS, IDLE]) if idle else SHOCKS
    return ag.ShiftShareDesign(LOCATIONS, shares, shocks, location="place")


def test_they_are_named():
    notes = " ".join(design(idle=True).fit("y").notes)
    assert "2 shocks have no shares: {'sector': 'a'}, {'sector': 'v'}" in notes
    assert "have no shares" not in " ".join(design(idle=False).fit("y").notes)


@pytest.mark.parametrize("rows", [ZEROS.iloc[:0], ZEROS.assign(place="e")], ids=["none", "zeros"])
def test_locations_without_shares_are_named(rows):
    locations = pd.concat([LOCATIONS, LOCATIONS.iloc[:1].assign(place="e")])
    shares = pd.concat([SHARES, rows.drop_duplicates()])
    shocks = pd.concat([SHOCKS, IDLE])
    made = ag.ShiftShareDesign(locations, shares, shocks, location="place")
    notes = " ".join(made.fit("y", cov=ag.Robust()).notes)
    assert "1 locations have no shares: {'place': 'e'}" in notes


@pytest.mark.parametrize("cov", COVARIANCES, ids=repr)
@pytest.mark.parametrize("treatment", [None, "x"])
@pytest.mark.parametrize("weights", [None, "size"])
def test_estimates_errors_sets_and_counts_stay(cov, treatment, weights):
    with_idle, without = (
        design(idle).fit("y", treatment, weights=weights, cov=cov) for idle in (True, False)
    )
    assert with_idle.params == pytest.approx(without.params, rel=1e-12)
    assert with_idle.std_errors == pytest.approx(without.std_errors, rel=1e-9)
    for level in (0.5, 0.9):
        sets = [np.ravel(fit.interval(level).pieces) for fit in (with_idle, without)]
        assert sets[0] == pytest.approx(sets[1], rel=1e-9)
    found, known = (fit.covariance.statistics for fit in (with_idle, without))
    assert found.keys() == known.keys()
    for name in found:
        assert found[name] == pytest.approx(known[name], rel=1e-9), name
    groups = 2 if cov.cluster else 3
    assert found["n_shock_groups"] == groups
    if treatment:
        F = [fit.first_stage().covariance.statistics["F"] for fit in (with_idle, without)]
        assert F[0] == pytest.approx(F[1], rel=1e-9)


def test_shock_controls_are_taken_out_among_sectors_with_exposure():
    # the ages of idle sectors, far from the others', would tilt the line through these
    known = ag.simulate_shift_share(1, per_cluster=3).design
    idle = pd.DataFrame(
        {"sector": [-1, 999], "shock": [9.0, -7.0], "cluster": [-5, 999], "age": [400.0, -900.0]}
    )
    wider = replace(known, shocks=pd.concat([known.shocks, idle]))
    for cov in (ag.ShockLevel("cluster"), ag.ShockLevel0("cluster"), ag.AKM("cluster")):
        fits = [
            one.with_exposure("age").fit(
                "y", "x", controls=["q", "exposure_age"], shock_controls="age", cov=cov
            )
            for one in (wider, known)
        ]
        assert fits[0].params == pytest.approx(fits[1].params, rel=1e-9)
        assert fits[0].std_errors == pytest.approx(fits[1].std_errors, rel=1e-9)
        assert fits[0].std_errors[0] > 0.01
        for name, value in fits[1].covariance.statistics.items():
            assert fits[0].covariance.statistics[name] == pytest.approx(value, rel=1e-9), name


def test_rows_of_shocks_and_their_summary_are_of_sectors_with_exposure():
    with_idle, without = (design(idle).shock_level(["y", "x"]) for idle in (True, False))
    pd.testing.assert_frame_equal(with_idle, without)
    pd.testing.assert_frame_equal(*(design(idle).shock_summary() for idle in (True, False)))


@pytest.mark.parametrize("shock_controls", [None, []])
def test_rotemberg_weights_are_zero(shock_controls):
    with_idle, without = (
        design(idle).rotemberg("y", "x", shock_controls=shock_controls).set_index("sector")
        for idle in (True, False)
    )
    pd.testing.assert_frame_equal(with_idle.loc[["s", "t", "u"]], without)
    rest = with_idle.loc[["a", "v"]]
    assert (rest["alpha"] == 0).all()
    assert (rest["share_sd"] == 0).all()
    assert rest[["beta", "f"]].isna().all(axis=None)
    # a share that is zero everywhere rejects no value
    assert np.isneginf(rest["conf_low"]).all()
    assert np.isposinf(rest["conf_high"]).all()


def test_leaving_one_out_changes_nothing():
    with_idle, without = (
        design(idle).leave_one_out("y", "x").set_index("sector") for idle in (True, False)
    )
    pd.testing.assert_frame_equal(with_idle.loc[["s", "t", "u"]], without)
    assert with_idle.loc[["a", "v"], "change"].tolist() == pytest.approx([0, 0], abs=1e-15)


def test_checks_stay():
    with_idle, without = (
        design(idle).check("y", "x", cluster="kind")[["item", "value", "verdict"]]
        for idle in (True, False)
    )
    pd.testing.assert_frame_equal(with_idle, without)


def test_a_randomization_test_of_shocks_stays():
    # the idle shocks move with the draws, and weigh nothing
    rng = np.random.default_rng(0)
    draws = pd.DataFrame(
        {
            "draw": np.repeat(range(40), 5),
            "sector": list("astuv") * 40,
            "shock": rng.normal(size=200),
        }
    )
    tests = [
        design(idle).randomization_test("y", "x", counterfactuals=table)
        for idle, table in ((True, draws), (False, draws[draws["sector"].isin(list("stu"))]))
    ]
    assert tests[0].p_value == tests[1].p_value
    assert tests[0].simulated == pytest.approx(tests[1].simulated, rel=1e-12)
    assert tests[0].estimate == pytest.approx(tests[1].estimate, rel=1e-12)
