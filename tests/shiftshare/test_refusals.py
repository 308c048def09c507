"""What designs refuse, and corners that other tests do not reach."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

DESIGN = ag.simulate_shift_share(1, n_locations=60, n_sectors=12, per_cluster=3).design


def made(locations=None, shares=None, shocks=None, **names) -> ag.ShiftShareDesign:
    """The simulated design with some of its tables replaced."""
    tables = [DESIGN.locations if locations is None else locations]
    tables += [DESIGN.shares if shares is None else shares]
    return ag.ShiftShareDesign(*tables, DESIGN.shocks if shocks is None else shocks, **names)


def two_shocks() -> ag.ShiftShareDesign:
    return made(
        locations=DESIGN.locations.assign(copy=lambda t: t.x),
        shocks=DESIGN.shocks.assign(other=lambda t: t.age**2),
        shock=["shock", "other"],
    )


def only_z() -> ag.ShiftShareDesign:
    known = DESIGN.locations.assign(z=DESIGN.instruments["shock"])
    return ag.ShiftShareDesign(known, DESIGN.shares, None, instrument="z")


def one_group() -> ag.ShiftShareDesign:
    return made(DESIGN.locations.assign(one=1), shocks=DESIGN.shocks.assign(one="a"))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: DESIGN.fit("y", "x", controls=["x"]),
            ag.IdentificationError,
            r"treatments have no variation of their own .*\[0.0\].*not be among its own controls",
        ),
        (
            lambda: DESIGN.fit("y", "x", controls=["q", "shock"]),
            ag.IdentificationError,
            "the instruments have no variation of their own",
        ),
        (
            lambda: two_shocks().fit("y", ["x", "copy"]),
            ag.IdentificationError,
            "do not move the treatments .*smallest singular value",
        ),
        (
            lambda: two_shocks().fit("y", ["x", "q"]).first_stage(),
            ag.InputError,
            r"name one of the treatments \['x', 'q'\] in first_stage",
        ),
        (
            lambda: DESIGN.fit("y", "x").first_stage("q"),
            ag.InputError,
            r"'q' is not among the treatments \['x'\]",
        ),
        (
            lambda: two_shocks().rotemberg("y", "x"),
            ag.InputError,
            r"found shocks \['shock', 'other'\], differing by location: False",
        ),
        (
            lambda: two_shocks().leave_one_out("y", "x"),
            ag.InputError,
            r"needs one known shock per sector; found \['shock', 'other'\]",
        ),
        (
            lambda: only_z().leave_one_out("y", "x"),
            ag.InputError,
            r"needs one known shock per sector; found \[\]",
        ),
        (
            lambda: DESIGN.with_missing_sector(5),
            ag.InputError,
            "sector 5 exists already. Choose another label",
        ),
        (
            lambda: only_z().with_missing_sector(99),
            ag.InputError,
            "a missing sector can be added where the shocks are known",
        ),
        (
            lambda: one_group().fit("y", "x", cov=ag.Cluster("one")),
            ag.IdentificationError,
            "clustering by 'one' needs at least two clusters; found 1",
        ),
        (
            lambda: one_group().fit("y", "x", cov=ag.AKM("one")),
            ag.InputError,
            "column 'one' has one group only; at least two are needed",
        ),
        (
            lambda: made(
                DESIGN.locations.assign(z1=1.0, z2=2.0), instrument=["z1", "z2"]
            ),
            ag.InputError,
            r"2 instruments \['z1', 'z2'\] do not pair with 1 shocks \['shock'\]",
        ),
        (
            lambda: ag.simulate_shift_share(1, n_sectors=3, per_cluster=2),
            ag.InputError,
            "at least two clusters and two locations are needed; found 3 sectors",
        ),
        (
            lambda: ag.simulate_shift_share(1, n_locations=1),
            ag.InputError,
            "and 1 locations",
        ),
    ],
)  # fmt: skip
def test_errors_say_what_was_found(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_instruments_that_are_orthogonal_to_the_treatment_are_refused():
    # own sectors: z1 = (1, 1, -1, -1), z2 = (1, -1, 1, -1), and x is orthogonal to both exactly
    at = list("abcd")
    locations = pd.DataFrame({"location": at, "y": [1.0, 2, 4, 3], "x": [1.0, -1, -1, 1]})
    shares = pd.DataFrame({"location": at, "sector": at, "share": 1.0})
    shocks = pd.DataFrame({"sector": at, "z1": [1.0, 1, -1, -1], "z2": [1.0, -1, 1, -1]})
    design = ag.ShiftShareDesign(locations, shares, shocks, shock=["z1", "z2"])
    with pytest.raises(ag.IdentificationError, match="do not move the treatments"):
        design.fit("y", "x", cov=ag.Robust())


def test_shares_above_one_leave_nothing_for_a_missing_sector():
    with pytest.warns(ag.AgglometricsWarning, match="exceed one in 60 of 60 locations"):
        large = made(shares=DESIGN.shares.assign(share=DESIGN.shares["share"] * 1.2))
    with pytest.raises(ag.InputError, match=r"shares add up to 1.2 somewhere"):
        large.with_missing_sector(99)


def test_a_missing_sector_of_every_period():
    # half of each share, in two periods: the new sector has the other half, its shock is zero
    years = pd.DataFrame({"time": [1990, 2000]})
    halved = DESIGN.shares.assign(share=DESIGN.shares["share"] / 2)
    tables = [
        table.merge(years, how="cross") for table in (DESIGN.locations, halved, DESIGN.shocks)
    ]
    whole = ag.ShiftShareDesign(*tables, time="time").with_missing_sector(99)
    assert whole.sums_of_shares["sum_of_shares"].to_numpy() == (pytest.approx(np.ones(120)))
    added = whole.shocks[whole.shocks["sector"] == 99]
    assert added[["time", "shock"]].to_numpy().tolist() == [[1990, 0], [2000, 0]]
    assert len(whole.shares[whole.shares["sector"] == 99]) == 120


def test_the_instrument_is_a_column_like_any_other():
    # z on itself is one; its exposure-weighted averages weight the shocks into z'z
    made_of = made(shocks=DESIGN.shocks.rename(columns={"shock": "g"}), shock="g")
    assert made_of.fit("g").params == pytest.approx([1])
    named = made(DESIGN.locations.assign(z=DESIGN.instruments["shock"]), instrument="z")
    rows = named.shock_level(["z"])
    z = DESIGN.instruments["shock"].to_numpy()
    total = (rows["exposure"] * rows["shock"] * rows["z"]).sum() * len(z)
    assert total == pytest.approx(((z - z.mean()) ** 2).sum())


def test_a_first_stage_takes_another_covariance():
    first = DESIGN.fit("y", "x", controls=["q"]).first_stage()
    robust = first.with_cov(ag.Robust())
    own = DESIGN.fit("x", controls=["q"], cov=ag.Robust())
    assert robust.covariance.matrix == pytest.approx(own.covariance.matrix)
    F = (own.params[0] / own.std_errors[0]) ** 2
    assert robust.covariance.statistics["F"] == pytest.approx(F)
    assert first.covariance.statistics["F"] != pytest.approx(F, rel=1e-3)


def test_check_says_what_it_cannot_say():
    # as many sectors as locations: no AKM; sums of shares that differ: no shock-level estimate
    rng = np.random.default_rng(2)
    at = np.arange(12)
    locations = pd.DataFrame({"location": at, "y": rng.normal(size=12), "x": rng.normal(size=12)})
    shares = pd.DataFrame({"location": at, "sector": at, "share": rng.uniform(0.2, 0.8, 12)})
    design = ag.ShiftShareDesign(
        locations, shares, pd.DataFrame({"sector": at, "shock": rng.normal(size=12)})
    )
    found = design.check("y", "x").set_index("item")
    akm = found.loc["AKM is available"]
    assert akm["verdict"] == "no"
    assert "AKM needs fewer sectors than locations; found 12 sectors" in akm["meaning"]
    same = found.loc["locations and shocks give the same estimate"]
    assert same["verdict"] == "no"
    assert "with_missing_sector" in same["meaning"]
    assert np.isnan(same["value"])
    assert (
        found.loc["exposure to the constant and shock controls is controlled", "verdict"] == "wrong"
    )


def test_check_without_a_treatment_has_no_first_stage_and_no_weights():
    items = set(DESIGN.check("y")["item"])
    more = set(DESIGN.check("y", "x")["item"]) - items
    assert more == {
        "exposure-robust first-stage F",
        "part of the five largest Rotemberg weights",
        "sum of negative Rotemberg weights",
    }


def test_text_among_the_shock_controls_is_a_set_of_effects():
    # kinds of sectors as effects are their dummies as controls
    kinds = DESIGN.shocks.assign(kind=np.where(DESIGN.shocks["sector"] < 5, "old", "new"))
    dummies = kinds.assign(old=(kinds["kind"] == "old").astype(float))
    by_text = made(shocks=kinds).with_exposure("kind")
    by_dummy = made(shocks=dummies).with_exposure("old")
    fits = [
        by_text.fit("y", "x", controls="exposure_kind_new", shock_controls="kind"),
        by_dummy.fit("y", "x", controls="exposure_old", shock_controls="old"),
    ]
    assert fits[0].params == pytest.approx(fits[1].params, rel=1e-9)
    assert fits[0].std_errors == pytest.approx(fits[1].std_errors, rel=1e-9)
