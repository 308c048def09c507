"""What must hold whatever the data: identities between estimators, and invariances."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agglometrics.inference.small_sample import ShiftShareSERules
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.diagnostics.rotemberg_panels import rotemberg_panels
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0

ALL = [
    Homoskedastic(),
    Robust(),
    Cluster("state"),
    AKM(),
    AKM("cluster"),
    AKM0("cluster"),
    ShockLevel(),
    ShockLevel("cluster"),
    ShockLevel0("cluster"),
]
OPTIONS: dict[str, Any] = {"controls": ["q"], "weights": "w"}


def numbers(design: ShiftShareDesign, cov: object) -> np.ndarray:
    """Everything that a fit says, as one vector."""
    fit = design.fit("y", "x", **OPTIONS, cov=cov)
    return np.concatenate([fit.tidy().iloc[0, 1:].to_numpy(float), fit.first_stage().params])


@pytest.mark.parametrize("cov", ALL, ids=str)
def test_order_of_rows_does_not_matter(simulate: Callable[..., Any], cov: object) -> None:
    design = simulate(1, per_cluster=3).design
    rng = np.random.default_rng(0)
    shuffled = replace(
        design,
        locations=design.locations.iloc[rng.permutation(len(design.locations))],
        shares=design.shares.iloc[rng.permutation(len(design.shares))],
        shocks=design.shocks.iloc[rng.permutation(len(design.shocks))],
    )
    assert np.array_equal(numbers(shuffled, cov), numbers(design, cov))  # to the last bit
    weights = [d.rotemberg("y", "x", **OPTIONS) for d in (design, shuffled)]
    pd.testing.assert_frame_equal(*weights, check_exact=True)
    z = shuffled.instruments.set_index("location")["shock"]
    assert z.index.tolist() == shuffled.locations["location"].tolist()
    assert np.array_equal(z.sort_index(), design.instruments["shock"])


@pytest.mark.parametrize("cov", ALL, ids=str)
def test_labels_do_not_matter(simulate: Callable[..., Any], cov: object) -> None:
    design = simulate(2, per_cluster=3).design
    rename = {i: f"label {(7 * i) % 60}" for i in range(60)}
    place = {i: f"place {(11 * i) % 150}" for i in range(150)}
    renamed = replace(
        design,
        locations=design.locations.assign(location=design.locations["location"].map(place)),
        shares=design.shares.assign(
            location=design.shares["location"].map(place),
            sector=design.shares["sector"].map(rename),
        ),
        shocks=design.shocks.assign(sector=design.shocks["sector"].map(rename)),
    )
    assert np.abs(numbers(renamed, cov)[:2] / numbers(design, cov)[:2] - 1).max() < 1e-12


@pytest.mark.parametrize("cov", ALL, ids=str)
def test_scales_of_outcome_shock_and_weights(simulate: Callable[..., Any], cov: object) -> None:
    design = simulate(3, per_cluster=3).design
    scaled = replace(
        design,
        locations=design.locations.assign(
            y=1000 * design.locations["y"], w=7 * design.locations["w"]
        ),
        shocks=design.shocks.assign(shock=-0.01 * design.shocks["shock"]),
    )
    ours, theirs = (d.fit("y", "x", **OPTIONS, cov=cov) for d in (design, scaled))
    assert theirs.params[0] == pytest.approx(1000 * ours.params[0], rel=1e-11)
    assert theirs.std_errors[0] == pytest.approx(1000 * ours.std_errors[0], rel=1e-10)


def test_shock_regression_run_by_hand_is_the_location_regression(
    simulate: Callable[..., Any],
) -> None:
    design = simulate(4).design
    rows = design.shock_level(["y", "x"], **OPTIONS)
    s, g = rows["exposure"], rows["shock"]
    g = g - (s * g).sum() / s.sum()
    beta = (s * g * rows["y"]).sum() / (s * g * rows["x"]).sum()
    residual = rows["y"] - beta * rows["x"]
    error = np.sqrt(((s * g * residual) ** 2).sum()) / abs((s * g * rows["x"]).sum())
    estimates = design.fit("y", "x", **OPTIONS)
    assert estimates.params[0] == pytest.approx(beta, rel=1e-11)
    assert estimates.std_errors[0] == pytest.approx(error, rel=1e-10)


@pytest.mark.parametrize("null_imposed", [AKM0(), AKM0("cluster"), ShockLevel0("cluster")])
def test_null_imposed_p_value_is_that_of_the_reduced_form(
    simulate: Callable[..., Any], null_imposed: object
) -> None:
    design = simulate(5, per_cluster=3).design
    reduced = design.fit("y", **OPTIONS, cov=null_imposed).tidy()["p_value"][0]
    assert design.fit("y", "x", **OPTIONS, cov=null_imposed).tidy()["p_value"][0] == pytest.approx(
        reduced, rel=1e-10
    )
    assert 0 < reduced < 1


@pytest.mark.parametrize("null_imposed", [AKM0(), ShockLevel0()])
def test_p_value_and_set_agree(simulate: Callable[..., Any], null_imposed: object) -> None:
    estimates = simulate(6).design.fit("y", "x", **OPTIONS, cov=null_imposed)
    p = estimates.tidy()["p_value"][0]
    assert 0.0 in estimates.interval(1 - 0.99 * p)
    assert 0.0 not in estimates.interval(1 - 1.01 * p)


@pytest.mark.parametrize("cov", [AKM0(), ShockLevel0("cluster")])
def test_weak_first_stages_give_rays_or_the_line(simulate: Callable[..., Any], cov: object) -> None:
    shapes = set()
    for seed in range(12):
        design = simulate(seed, per_cluster=3).design
        rng = np.random.default_rng(seed)
        locations = design.locations.assign(x=rng.normal(size=150) + 0.1 * design.locations["x"])
        weak = replace(design, locations=locations)
        estimates = weak.fit("y", "x", cov=cov)
        pieces = estimates.interval().pieces
        shapes.add(len(pieces) + 2 * np.isinf(pieces[0][0]))
        row = estimates.tidy().iloc[0]
        assert (row["conf_low"], row["conf_high"]) == (pieces[0][0], pieces[-1][1])
        for b in [-2.0, -0.5, 0.5, 1.5, *(end for piece in pieces for end in piece)]:
            if np.isfinite(b):
                moved = locations.assign(rest=lambda f, b=b: f["y"] - b * f["x"])
                p = replace(weak, locations=moved).fit("rest", cov=cov).tidy()["p_value"][0]
                assert p == pytest.approx(0.05, abs=1e-7) or (p > 0.05) == (
                    b in estimates.interval()
                )
    assert {1, 4} <= shapes  # an interval and two rays at least; 3 is the whole line


def test_instrumenting_z_by_itself_is_the_reduced_form(simulate: Callable[..., Any]) -> None:
    design = simulate(7).design
    locations = design.locations.assign(copy=design.instruments["shock"].to_numpy())
    itself = replace(design, locations=locations)
    for cov in (AKM(), ShockLevel(), AKM0()):
        reduced, iv = (itself.fit("y", t, **OPTIONS, cov=cov) for t in (None, "copy"))
        assert iv.params[0] == pytest.approx(reduced.params[0], rel=1e-11)
        assert iv.std_errors[0] == pytest.approx(reduced.std_errors[0], rel=1e-11)


def test_one_sector_clusters_change_nothing(simulate: Callable[..., Any]) -> None:
    design = simulate(8, per_cluster=1).design
    for plain, clustered in ((AKM(), AKM("cluster")), (ShockLevel(), ShockLevel("cluster"))):
        ours, theirs = (design.fit("y", "x", **OPTIONS, cov=c) for c in (plain, clustered))
        assert theirs.std_errors[0] == pytest.approx(ours.std_errors[0], rel=1e-12)


def test_concentrated_shares_reduce_to_clusters_by_sector() -> None:
    # each location in one sector: AKM is the error clustered by that sector, without correction
    rng = np.random.default_rng(9)
    sector = np.arange(80) % 16
    g = rng.normal(size=16)
    y = g[sector] + rng.normal(size=16)[sector] + rng.normal(size=80)
    locations = pd.DataFrame({"location": np.arange(80), "y": y, "x": g[sector], "own": sector})
    shares = pd.DataFrame({"location": np.arange(80), "sector": sector, "share": 1.0})
    shocks = pd.DataFrame({"sector": np.arange(16), "shock": g})
    design = ShiftShareDesign(locations, shares, shocks)
    clustered = design.fit("y", "x", cov=Cluster("own"), rule=ShiftShareSERules())
    for cov in (AKM(), ShockLevel()):
        error = design.fit("y", "x", cov=cov).std_errors[0]
        assert error == pytest.approx(clustered.std_errors[0], rel=1e-11)


def test_fixed_effects_equal_dummies(simulate: Callable[..., Any]) -> None:
    design = simulate(10).design
    state = design.locations["state"]
    half = (design.locations["location"] > 70).astype(int)
    dummies = pd.get_dummies(state, prefix="state", drop_first=True)
    wide = replace(design, locations=pd.concat([design.locations, dummies], axis=1).assign(h=half))
    for cov in (AKM(), ShockLevel(), Robust()):
        absorbed = wide.fit("y", "x", controls=["q"], fixed_effects=["state", "h"], cov=cov)
        typed = wide.fit("y", "x", controls=["q", *dummies.columns, "h"], cov=cov)
        assert absorbed.params[0] == pytest.approx(typed.params[0], rel=1e-11)
        assert absorbed.std_errors[0] == pytest.approx(typed.std_errors[0], rel=1e-10)


def test_missing_sector_and_sums_of_shares_agree(simulate: Callable[..., Any]) -> None:
    design = simulate(11, complete=False).design
    by_control = design.with_exposure().fit("y", "x", controls=["q", "sum_of_shares"])
    # a missing sector with the mean shock instead of zero leaves the same shocks
    rows = design.shock_level([], controls=["q"])
    mean = np.average(rows["shock"], weights=rows["exposure"])
    by_sector = design.with_missing_sector(-1, shock=mean, cluster=-1)
    assert by_sector.sums_of_shares["sum_of_shares"].to_numpy() == pytest.approx(np.ones(150))
    assert np.isfinite(by_sector.fit("y", "x", controls=["q"]).params[0])
    assert by_control.params[0] == pytest.approx(
        by_sector.fit("y", "x", controls=["q", "sums"]).params[0], rel=1e-9
    )


@pytest.mark.parametrize("shock_controls", [None, []])
def test_rotemberg_identities(
    simulate: Callable[..., Any], shock_controls: list[str] | None
) -> None:
    design = simulate(12).design
    frame = design.rotemberg("y", "x", **OPTIONS, shock_controls=shock_controls)
    beta = design.fit("y", "x", **OPTIONS).params[0]
    assert frame["alpha"].sum() == pytest.approx(1, rel=1e-12)
    assert (frame["alpha"] * frame["beta"]).sum() == pytest.approx(beta, rel=1e-10)
    sectors = rotemberg_panels(frame).sectors
    assert (sectors["alpha"] * sectors["beta"]).sum() == pytest.approx(beta, rel=1e-10)


def test_adding_a_constant_to_complete_shocks(simulate: Callable[..., Any]) -> None:
    design = simulate(13).design
    moved = replace(design, shocks=design.shocks.assign(shock=design.shocks["shock"] + 5))
    ours, theirs = (d.fit("y", "x", **OPTIONS) for d in (design, moved))
    assert theirs.params[0] == pytest.approx(ours.params[0], rel=1e-9)
    raw, raw_moved = (d.rotemberg("y", "x", **OPTIONS)["alpha"] for d in (design, moved))
    assert (raw - raw_moved).abs().max() > 0.01  # raw weights move
    demeaned, demeaned_moved = (
        d.rotemberg("y", "x", **OPTIONS, shock_controls=[])["alpha"] for d in (design, moved)
    )
    assert demeaned_moved.to_numpy() == pytest.approx(demeaned.to_numpy(), abs=1e-10)


def test_just_identified_estimates_and_sets_are_those_of_one_share(
    simulate: Callable[..., Any],
) -> None:
    design = simulate(14).design
    row = design.rotemberg("y", "x", **OPTIONS).iloc[5]
    share = design.shares.query("sector == 5").set_index("location")["share"]
    locations = design.locations.assign(own=design.locations["location"].map(share))
    alone = ShiftShareDesign(locations, design.shares, None, instrument="own")
    estimates = alone.fit("y", "x", **OPTIONS, cov=Robust())
    assert estimates.params[0] == pytest.approx(row["beta"], rel=1e-10)
    stage = estimates.first_stage()  # a least-squares fit: HC1
    assert stage.covariance.statistics["F"] == pytest.approx(row["f"], rel=1e-10)
    clustered = design.rotemberg("y", "x", **OPTIONS, cluster="state").iloc[5]
    stage = estimates.with_cov(Cluster("state")).first_stage()
    assert stage.covariance.statistics["F"] == pytest.approx(clustered["f"], rel=1e-10)
    assert clustered["f"] != pytest.approx(row["f"], rel=0.01)
    if row["conf_pieces"] == 1:  # at its ends the test of no effect of the share just rejects
        moved = alone.locations.assign(rest=locations["y"] - row["conf_low"] * locations["x"])
        at_end = replace(alone, locations=moved).fit("rest", **OPTIONS, cov=Robust())
        assert abs(at_end.tidy()["statistic"][0]) == pytest.approx(1.959963984540054, rel=1e-8)


def test_leaving_out_a_shock_is_setting_it_to_zero(simulate: Callable[..., Any]) -> None:
    design = simulate(15, per_cluster=3).design
    without = design.leave_one_out("y", "x", **OPTIONS).iloc[7]
    shocks = design.shocks.assign(shock=design.shocks["shock"].where(design.shocks.sector != 7, 0))
    again = replace(design, shocks=shocks).fit("y", "x", **OPTIONS, cov=Robust())
    assert without["estimate"] == pytest.approx(again.params[0], rel=1e-10)
    groups = design.leave_one_out("y", "x", **OPTIONS, by="cluster")
    assert len(groups) == 20
    assert groups["alpha"].sum() == pytest.approx(1)


def test_location_specific_shocks_that_are_the_same_everywhere(
    simulate: Callable[..., Any],
) -> None:
    design = simulate(16).design
    spread = design.shares[["location", "sector"]].merge(design.shocks, on="sector")
    local = replace(design, shocks=spread)
    for cov in (ShockLevel(), ShockLevel("cluster"), ShockLevel0(), Robust()):
        ours, theirs = (d.fit("y", "x", **OPTIONS, cov=cov) for d in (design, local))
        assert theirs.params[0] == pytest.approx(ours.params[0], rel=1e-10)
        assert theirs.std_errors[0] == pytest.approx(ours.std_errors[0], rel=1e-9)


def test_with_cov_is_a_fit_with_that_covariance(simulate: Callable[..., Any]) -> None:
    design = simulate(17, per_cluster=3).design
    base = design.fit("y", "x", **OPTIONS)
    for cov in ALL:
        again, direct = base.with_cov(cov), design.fit("y", "x", **OPTIONS, cov=cov)
        assert again.tidy().equals(direct.tidy())
        assert again.first_stage().covariance.statistics == (
            direct.first_stage().covariance.statistics
        )
        assert again.interval().pieces == direct.interval().pieces


def test_two_shocks_and_two_treatments(simulate: Callable[..., Any]) -> None:
    design = simulate(18).design
    rng = np.random.default_rng(18)
    shocks = design.shocks.assign(second=rng.normal(size=60))
    both = replace(design, shocks=shocks, shock=["shock", "second"])
    z = both.instruments
    other = z["second"].to_numpy() + 0.1 * rng.normal(size=150)
    locations = both.locations.assign(other=other, z1=z["shock"].to_numpy())
    both = replace(both, locations=locations)
    estimates = both.fit("y", ["x", "other"], **OPTIONS)
    assert estimates.terms == ("x", "other")
    # textbook formula on weighted residuals
    Q = np.column_stack([np.ones(150), locations["q"]])
    root = np.sqrt(locations["w"].to_numpy())[:, None]

    def residual(columns: pd.DataFrame) -> np.ndarray:
        v, q = columns.to_numpy() * root, Q * root
        return v - q @ np.linalg.lstsq(q, v)[0]

    Z, X = residual(z[["shock", "second"]]), residual(locations[["x", "other"]])
    y = residual(locations[["y"]])[:, 0]
    assert estimates.params == pytest.approx(np.linalg.solve(Z.T @ X, Z.T @ y), rel=1e-9)
    e = y - X @ estimates.params
    A, W = Z.T @ X, both.aligned.W.toarray()
    exposed = W.T @ (root[:, 0] * e)
    g = both.aligned.shock_values
    g = g - np.average(g, axis=0, weights=W.T @ root[:, 0] ** 2)
    implied = np.linalg.lstsq(W * root, Z)[0]
    for cov, shock in ((ShockLevel(), g), (AKM(), implied)):
        score = np.linalg.solve(A, (shock * exposed[:, None]).T)
        errors = both.fit("y", ["x", "other"], **OPTIONS, cov=cov).std_errors
        assert errors == pytest.approx(np.sqrt((score**2).sum(axis=1)), rel=1e-8)
    # over-identified: one treatment, two instruments
    one = both.fit("y", "x", **OPTIONS)
    P = Z @ np.linalg.solve(Z.T @ Z, Z.T @ X[:, 0])
    assert one.params[0] == pytest.approx(P @ y / (P @ X[:, 0]), rel=1e-9)
    assert one.first_stage().terms == ("shock", "second")


def test_least_squares_beside_it(simulate: Callable[..., Any]) -> None:
    design = simulate(19).design
    x, y = design.locations["x"], design.locations["y"]
    slope = np.cov(x, y)[0, 1] / x.var()
    assert design.ols("y", "x").params[0] == pytest.approx(slope, rel=1e-11)
