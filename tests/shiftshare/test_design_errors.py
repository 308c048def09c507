"""Every fault that was seen in other programs, and other bad input, gives an error that helps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agglometrics import panel
from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.counterfactuals import Permutation
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0


@pytest.fixture
def design(simulate: Callable[..., Any]) -> ShiftShareDesign:
    return simulate(1, n_locations=40, n_sectors=12, per_cluster=3).design


def test_repeated_columns(design: ShiftShareDesign) -> None:
    twice = pd.concat([design.locations, design.locations[["y"]]], axis=1)
    with pytest.raises(InputError, match=r"columns \['y'\] of locations come more than once"):
        replace(design, locations=twice)


# ---- keys and labels -----------------------------------------------------------------------
def test_repeated_locations(design: ShiftShareDesign) -> None:
    doubled = pd.concat([design.locations, design.locations.iloc[[3]]])
    with pytest.raises(InputError, match=r"do not identify rows: 1 repeats, first .*3"):
        replace(design, locations=doubled)


def test_repeated_shares(design: ShiftShareDesign) -> None:
    doubled = pd.concat([design.shares, design.shares.iloc[[3]]])
    with pytest.raises(InputError, match=r"do not identify rows: 1 repeats, first"):
        replace(design, shares=doubled)


def test_repeated_shocks(design: ShiftShareDesign) -> None:
    doubled = pd.concat([design.shocks, design.shocks.iloc[[3]]])
    with pytest.raises(InputError, match=r"do not identify rows"):
        replace(design, shocks=doubled)


def test_sector_without_a_shock(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"1 labels \['sector'\] of shares are not in shocks.*3"):
        replace(design, shocks=design.shocks.query("sector != 3"))


def test_share_of_an_unknown_location(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"of shares are not in locations: \{'location': 5\}"):
        replace(design, locations=design.locations.query("location != 5"))


def test_labels_of_another_type(design: ShiftShareDesign) -> None:
    text = design.shares.assign(sector=design.shares["sector"].astype(str))
    with pytest.raises(InputError, match=r"must match in value and type"):
        replace(design, shares=text)


def test_unknown_column(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"columns \['weight'\] are not in the table"):
        replace(design, share="weight")
    with pytest.raises(InputError, match=r"columns \['wage'\] are not in the table"):
        design.fit("wage")
    with pytest.raises(InputError, match=r"'sic' is neither in the shocks .* nor in the shares"):
        design.fit("y", cov=ShockLevel("sic"))


@pytest.mark.parametrize("table", ["shares", "shocks"])
def test_unknown_values(design: ShiftShareDesign, table: str) -> None:
    column = {"shares": "share", "shocks": "shock"}[table]
    frame = getattr(design, table).copy()
    frame.loc[4, column] = np.nan
    with pytest.raises(InputError, match=rf"column '{column}' of {table} is missing in 1 of"):
        replace(design, **{table: frame})


# ---- the instrument ------------------------------------------------------------------------
def test_instrument_that_is_not_shares_times_shocks(design: ShiftShareDesign) -> None:
    z = design.instruments["shock"].to_numpy()
    right = design.locations.assign(z=z)
    assert replace(design, locations=right, instrument="z").fit("y").params[0] == pytest.approx(
        design.fit("y").params[0], rel=1e-12
    )
    wrong = design.locations.assign(z=z[::-1])  # the order of rows, where labels were meant
    with pytest.raises(InputError, match=r"'z' is not the sum of shares times shocks: at"):
        replace(design, locations=wrong, instrument="z")


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_an_instrument_is_judged_in_its_own_units(design: ShiftShareDesign, unit: float) -> None:
    shocks = design.shocks.assign(shock=unit * design.shocks["shock"])
    z = unit * design.instruments["shock"].to_numpy()
    single = design.locations.assign(z=z.astype(np.float32).astype(float))
    found = replace(design, locations=single, shocks=shocks, instrument="z").fit("y")
    assert found.params[0] * unit == pytest.approx(design.fit("y").params[0], rel=1e-5)
    with pytest.raises(InputError, match="is not the sum of shares times shocks"):
        replace(design, locations=single.assign(z=z[::-1]), shocks=shocks, instrument="z")


def test_instrument_outside_the_span_of_the_shares(design: ShiftShareDesign) -> None:
    wrong = design.locations.assign(z=design.instruments["shock"].to_numpy()[::-1])
    unknown = replace(design, locations=wrong, shocks=None, instrument="z")
    with pytest.raises(InputError, match=r"not a sum of shares times shocks, whatever the shocks"):
        unknown.fit("y", cov=AKM())


def test_neither_shocks_nor_instrument(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"name its column .* instrument='column'"):
        replace(design, shocks=None)


def test_shock_level_inference_needs_shocks(design: ShiftShareDesign) -> None:
    known_z = design.locations.assign(z=design.instruments["shock"].to_numpy())
    unknown = replace(design, locations=known_z, shocks=None, instrument="z")
    with pytest.raises(InputError, match=r"needs the shocks.*cov=AKM\(\)"):
        unknown.fit("y", cov=ShockLevel())
    assert unknown.fit("y").covariance.name == "AKM"  # the default follows what is known
    with pytest.raises(InputError, match=r"shocks are unknown"):
        unknown.rotemberg("y", "x")


def test_sum_of_shares_must_be_controlled(simulate: Callable[..., Any]) -> None:
    incomplete = simulate(2, complete=False).design
    with pytest.raises(InputError, match=r"with_missing_sector\(\).*with_exposure"):
        incomplete.fit("y", "x", cov=ShockLevel())
    with pytest.raises(InputError, match=r"with_exposure\(\['age'\]\)"):
        incomplete.fit("y", "x", controls=["sums"], shock_controls=["age"])
    both = incomplete.with_exposure(["age"])
    estimates = both.fit(
        "y", "x", controls=["sum_of_shares", "exposure_age"], shock_controls=["age"]
    )
    assert np.isfinite(estimates.params[0])
    assert "shares are incomplete" in estimates.notes[0]


# ---- identification ------------------------------------------------------------------------
def test_two_treatments_for_one_instrument(design: ShiftShareDesign) -> None:
    with pytest.raises(IdentificationError, match=r"2 treatments need at least 2 instruments"):
        design.fit("y", ["x", "w"])


def test_repeated_control_name(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"controls names \['q'\] more than once"):
        design.fit("y", "x", controls=["q", "q"])


def test_a_lone_name_is_a_list_of_one(design: ShiftShareDesign) -> None:
    alone = design.fit("y", "x", controls="q", fixed_effects="state", cov=Robust())
    listed = design.fit("y", "x", controls=["q"], fixed_effects=["state"], cov=Robust())
    assert alone.tidy().equals(listed.tidy())
    assert design.balance("q", "age").equals(design.balance(["q"], ["age"]))
    assert design.with_exposure("age").locations.columns[-1] == "exposure_age"


@pytest.mark.parametrize("argument", ["outcome", "weights"])
def test_values_in_place_of_a_name(design: ShiftShareDesign, argument: str) -> None:
    names: dict[str, Any] = {"outcome": "y", "treatment": "x"}
    with pytest.raises(
        InputError, match=r"must be a text .*found a Series. Pass the name of the column"
    ):
        design.fit(**names | {argument: design.locations["w"]})


@pytest.mark.parametrize("method", ["fit", "rotemberg"])
def test_collinear_controls(design: ShiftShareDesign, method: str) -> None:
    locations = design.locations.assign(copy=2 * design.locations["q"] + 1, one=1.0)
    again = replace(design, locations=locations)
    call = getattr(again, method)
    with pytest.raises(IdentificationError, match=r"controls 'copy' are linear combinations"):
        call("y", "x", controls=["q", "w", "copy"])
    with pytest.raises(IdentificationError, match=r"controls 'one' are linear combinations"):
        call("y", "x", controls=["q", "one"])
    with pytest.raises(IdentificationError, match=r"controls 'state' are"):
        call("y", "x", controls=["state"], fixed_effects=["state"])


def test_controls_that_explain_the_instrument(design: ShiftShareDesign) -> None:
    locations = design.locations.assign(z=design.instruments["shock"].to_numpy())
    with pytest.raises(IdentificationError, match=r"no variation of their own"):
        replace(design, locations=locations).fit("y", "x", controls=["z"])


def test_as_many_sectors_as_locations(simulate: Callable[..., Any]) -> None:
    wide = simulate(3, n_locations=20, n_sectors=25).design
    for cov in (AKM(), AKM0()):
        with pytest.raises(IdentificationError, match=r"fewer sectors than locations; found 25"):
            wide.fit("y", "x", cov=cov)
    assert wide.fit("y", "x", cov=ShockLevel()).std_errors[0] > 0


@pytest.mark.filterwarnings("ignore::agglometrics.errors.AgglometricsWarning")
def test_ill_conditioned_shares(simulate: Callable[..., Any]) -> None:
    design = simulate(4, n_locations=40, n_sectors=12).design
    # a thirteenth sector that follows the twelfth but for rounding
    twin = design.shares.query("sector == 11").assign(sector=12)
    twin["share"] *= 0.5 + 1e-9 * np.random.default_rng(0).normal(size=40)
    shocks = pd.concat([design.shocks, design.shocks.tail(1).assign(sector=12, shock=3.0)])
    near = replace(design, shares=pd.concat([design.shares, twin]), shocks=shocks)
    with pytest.raises(IdentificationError, match=r"condition number \d\.?\d*e\+.*ShockLevel"):
        near.fit("y", cov=AKM())


def test_null_imposed_takes_one_coefficient(design: ShiftShareDesign) -> None:
    shocks = design.shocks.assign(other=np.arange(12.0) ** 2)
    two = replace(design, shocks=shocks, shock=["shock", "other"])
    for cov in (AKM0(), ShockLevel0()):
        with pytest.raises(IdentificationError, match=r"one coefficient"):
            two.fit("y", cov=cov)


# ---- columns -------------------------------------------------------------------------------
def test_missing_clusters_are_not_dropped(design: ShiftShareDesign) -> None:
    shocks = design.shocks.assign(cluster=design.shocks["cluster"].where(lambda c: c != 2))
    locations = design.locations.assign(state=design.locations["state"].where(lambda s: s != 2))
    gaps = replace(design, shocks=shocks, locations=locations)
    for cov in (AKM("cluster"), AKM0("cluster"), ShockLevel("cluster"), ShockLevel0("cluster")):
        with pytest.raises(InputError, match=r"'cluster' is missing for 3 of 12 shocks"):
            gaps.fit("y", "x", cov=cov)
    with pytest.raises(InputError, match=r"column 'state' is missing in 4 of the 40 rows used"):
        gaps.fit("y", "x", cov=Cluster("state"))


def test_cluster_that_varies_within_a_sector(design: ShiftShareDesign) -> None:
    shares = design.shares.assign(group=np.arange(len(design.shares)) % 2)
    constant = design.shares.assign(group=design.shares["sector"] // 3)
    by_shares = replace(design, shares=constant).fit("y", cov=AKM("group"))
    assert by_shares.std_errors == pytest.approx(design.fit("y", cov=AKM("cluster")).std_errors)
    moved = replace(design, shares=shares.assign(group=np.arange(len(shares)) // 7 % 2))
    with pytest.raises(InputError, match=r"do not identify rows"):
        moved.fit("y", cov=AKM("group"))


@pytest.mark.parametrize("argument", ["outcome", "treatment", "controls", "weights"])
def test_unknown_values_of_locations(design: ShiftShareDesign, argument: str) -> None:
    column = {"outcome": "y", "treatment": "x", "controls": "q", "weights": "w"}[argument]
    locations = design.locations.copy()
    locations.loc[[3, 8], column] = np.nan
    with pytest.raises(InputError, match=rf"'{column}' of locations is missing in 2 of 40"):
        replace(design, locations=locations).fit("y", "x", controls=["q"], weights="w")


def test_weights_above_zero(design: ShiftShareDesign) -> None:
    locations = design.locations.assign(w=design.locations["w"].where(lambda w: w > 1, 0.0))
    with pytest.raises(InputError, match=r"must be above zero"):
        replace(design, locations=locations).fit("y", weights="w")


def test_text_as_a_control(design: ShiftShareDesign) -> None:
    locations = design.locations.assign(name="n" + design.locations["state"].astype(str))
    texts = replace(design, locations=locations)
    with pytest.raises(InputError, match=r"'name' must be numeric"):
        texts.fit("y", controls=["name"])


def test_unknown_covariance(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"cov must be a covariance; found 'AKM'.*or AKM\(\)"):
        design.fit("y", cov="AKM")
    with pytest.raises(InputError, match=r"belongs to the instrument"):
        design.ols("y", "x", cov=AKM())
    with pytest.raises(
        InputError, match=r"AKM.* is for ShiftShareDesign.fit.*ShiftShare\(design\)"
    ):
        panel("y ~ x", design.locations, cov=AKM())


def test_first_stage_of_what_has_none(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"has no first stage"):
        design.fit("y").first_stage()
    with pytest.raises(InputError, match=r"not among the treatments \['x'\]"):
        design.fit("y", "x").first_stage("w")


def test_edited_arrays_are_noticed(design: ShiftShareDesign) -> None:
    assert design.aligned.g is not None
    design.aligned.g[0] += 10
    with pytest.raises(InputError, match=r"off the sum of shares times shocks"):
        design.fit("y")


def test_completing_twice(simulate: Callable[..., Any]) -> None:
    design = simulate(5, complete=False).design
    with pytest.raises(InputError, match=r"sector 3 exists already"):
        design.with_missing_sector(3)
    with pytest.raises(InputError, match=r"columns \['sic'\] are not in the shocks"):
        design.with_missing_sector(-1, sic=0)
    with pytest.raises(InputError, match=r"already have columns \['sum_of_shares'\]"):
        design.with_exposure().with_exposure()
    # a column that is not said is missing, and says so when it is used
    with pytest.raises(InputError, match=r"'cluster' is missing for 1 of 61"):
        design.with_missing_sector(-1).fit("y", cov=ShockLevel("cluster"))


def test_empty_locations_and_idle_shocks_are_named(design: ShiftShareDesign) -> None:
    shocks = pd.concat([design.shocks, pd.DataFrame({"sector": [99], "shock": [1.0]})])
    shares = design.shares.query("location != 7")
    notes = replace(design, shocks=shocks, shares=shares).fit("y", cov=Robust()).notes
    assert any("1 locations have no shares: {'location': 7}" in note for note in notes)
    assert any("1 shocks have no shares: {'sector': 99}" in note for note in notes)


def test_labels_of_two_types(design: ShiftShareDesign, simulate: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match=r"key 'sector' mixes text and numbers"):
        simulate(6, complete=False).design.with_missing_sector("services")


def test_shares_above_one_are_said(design: ShiftShareDesign) -> None:
    double = design.shares.assign(share=design.shares["share"] * 2)
    words = r"sums of shares exceed one in 40 of 40 locations: they add up to between 2 and 2"
    with pytest.warns(AgglometricsWarning, match=words + r".*divide them by their total"):
        doubled = replace(design, shares=double)
    notes = doubled.fit("y", cov=Robust()).notes
    assert any("exceed one" in note for note in notes)
    assert not any("incomplete" in note for note in notes)


def test_negative_shares_are_said(design: ShiftShareDesign) -> None:
    shares = design.shares.assign(share=design.shares["share"].where(design.shares.index != 4, -1))
    with pytest.warns(AgglometricsWarning, match=r"1 shares are negative"):
        replace(design, shares=shares)


@pytest.mark.filterwarnings("ignore::agglometrics.errors.AgglometricsWarning")
def test_negative_exposure(design: ShiftShareDesign) -> None:
    shares = design.shares.copy()
    shares.loc[shares["sector"] == 0, "share"] = -5.0
    with pytest.raises(InputError, match=r"1 sectors have negative exposure"):
        replace(design, shares=shares).fit("y", cov=ShockLevel())


def test_one_shock_does_not_overidentify(design: ShiftShareDesign) -> None:
    with pytest.raises(IdentificationError, match=r"takes at least two shocks; found \['shock'\]"):
        design.shock_overidentification("y", "x")


def test_few_shocks_are_said(design: ShiftShareDesign) -> None:
    assert any("few shocks: their effective number is" in n for n in design.fit("y").notes)


def test_inputs_stay_as_they_are(design: ShiftShareDesign) -> None:
    # R's ssaggregate writes into its caller's data
    before = [t.copy() for t in (design.locations, design.shares, design.shocks)]
    design.with_exposure()
    for cov in (AKM("cluster"), AKM0(), ShockLevel("cluster"), ShockLevel0()):
        design.fit("y", "x", controls=["q"], weights="w", cov=cov)
    design.rotemberg("y", "x", controls=["q"], weights="w")
    design.shock_level(["y"], weights="w")
    for table, copy in zip((design.locations, design.shares, design.shocks), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_later_changes_of_a_table_do_not_reach_the_design(design: ShiftShareDesign) -> None:
    mine = design.locations.copy()
    again = replace(design, locations=mine)
    before = again.fit("y", "x").params[0]
    mine["location"] = mine["location"].to_numpy()[::-1]
    mine.loc[:, "y"] = 0.0
    assert again.fit("y", "x").params[0] == before


def test_empty_tables(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"needs locations and shares; found 40 and 0 rows"):
        replace(design, shares=design.shares.iloc[:0])


def test_tables_of_polars(design: ShiftShareDesign) -> None:
    polars = pytest.importorskip("polars")
    tables = [polars.from_pandas(t) for t in (design.locations, design.shares, design.shocks)]
    ours, theirs = (d.fit("y", "x") for d in (design, ShiftShareDesign(*tables)))
    assert theirs.tidy().equals(ours.tidy())


def test_a_location_column_with_the_name_of_the_shock(design: ShiftShareDesign) -> None:
    # the treatment may be called as the shock is; the reduced form still means the instrument
    same = replace(design, locations=design.locations.assign(shock=design.locations["x"]))
    plain, named = (d.leave_one_out("y") for d in (design, same))
    pd.testing.assert_frame_equal(plain, named)
    tests = (d.randomization_test("y", counterfactuals=Permutation()) for d in (design, same))
    assert len({t.estimate for t in tests}) == 1
    assert same.fit("y", "shock").params[0] == pytest.approx(design.fit("y", "x").params[0])


def test_bool_controls_are_numbers(design: ShiftShareDesign) -> None:
    locations = design.locations.assign(late=design.locations["q"] > 0)
    typed = locations.assign(late=locations["late"].astype(float))
    ours, theirs = (
        replace(design, locations=t).fit("y", controls=["late"], cov=Homoskedastic())
        for t in (locations, typed)
    )
    assert ours.params[0] == theirs.params[0]
