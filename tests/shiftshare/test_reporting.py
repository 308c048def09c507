"""Overidentification, balance, summaries, leave-one-out shocks, panels and pictures."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.small_sample import ShiftShareSERules
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.diagnostics.rotemberg_panels import rotemberg_panels
from agglometrics.shiftshare.diagnostics.shock_summary import (
    intraclass_correlation,
    weighted_quantile,
)
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.leave_one_out_growth import leave_one_out_growth
from agglometrics.shiftshare.plots import plot_first_stage, plot_leave_one_out, plot_rotemberg


@pytest.fixture
def design(simulate: Callable[..., Any]) -> ShiftShareDesign:
    return simulate(31, n_locations=120, n_sectors=8, per_cluster=2).design


# ---- against linearmodels ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cov", "theirs"),
    [
        (Homoskedastic(), {"cov_type": "unadjusted"}),
        (Robust(), {"cov_type": "robust"}),
        (Cluster("state"), {"cov_type": "clustered"}),
    ],
)
def test_two_stage_least_squares_against_linearmodels(
    design: ShiftShareDesign, cov: object, theirs: dict[str, Any]
) -> None:
    from linearmodels.iv import IV2SLS

    f = design.locations
    exogenous = np.column_stack([np.ones(len(f)), f["q"]])
    model = IV2SLS(f["y"], exogenous, f["x"], design.instruments["shock"], weights=f["w"])
    if isinstance(cov, Cluster):
        theirs = theirs | {"clusters": f["state"]}
    expected = model.fit(**theirs)
    ours = design.fit("y", "x", controls=["q"], weights="w", cov=cov, rule=ShiftShareSERules())
    assert ours.params[0] == pytest.approx(expected.params["x"], rel=1e-10)
    # linearmodels counts clusters: G / (G - 1) with its default
    factor = np.sqrt(10 / 9) if isinstance(cov, Cluster) else 1.0
    known = {1.0, factor}
    ratio = expected.std_errors["x"] / ours.std_errors[0]
    assert min(abs(ratio - k) for k in known) < 1e-9


def test_overidentification_against_linearmodels(design: ShiftShareDesign) -> None:
    from linearmodels.iv import IV2SLS, IVLIML

    f = design.locations
    W = design.aligned.W.toarray()[:, :-1]  # the last share is one minus the others
    exogenous = np.column_stack([np.ones(len(f)), f["q"]])
    ours = design.overidentification("y", "x", controls=["q"]).set_index("estimator")
    tsls = IV2SLS(f["y"], exogenous, f["x"], W).fit(cov_type="robust")
    liml = IVLIML(f["y"], exogenous, f["x"], W).fit(cov_type="robust")
    assert ours.loc["tsls", "estimate"] == pytest.approx(tsls.params["x"], rel=1e-9)
    assert ours.loc["tsls", "std_error"] == pytest.approx(tsls.std_errors["x"], rel=1e-9)
    assert ours.loc["tsls", "statistic"] == pytest.approx(tsls.sargan.stat, rel=1e-8)
    assert ours.loc["tsls", "df"] == 6
    assert ours.loc["liml", "estimate"] == pytest.approx(liml.params["x"], rel=1e-8)
    assert ours.loc["liml", "statistic"] == pytest.approx(liml.anderson_rubin.stat, rel=1e-7)
    rule = ShiftShareSERules()
    bartik = design.fit("y", "x", controls=["q"], cov=Robust(), rule=rule)
    assert ours.loc["bartik", "estimate"] == pytest.approx(bartik.params[0], rel=1e-10)
    assert ours.loc["bartik", "std_error"] == pytest.approx(bartik.std_errors[0], rel=1e-10)


def test_sectors_split_in_two_change_no_overidentification(design: ShiftShareDesign) -> None:
    """Two halves of a sector add nothing to one another: the span of the shares is the same."""
    first = design.shares["sector"] == 0
    halves = [design.shares[first].assign(sector=s, share=design.shares["share"][first] * w)
              for s, w in ((-2, 0.25), (-1, 0.75))]  # fmt: skip
    shares = pd.concat([*halves, design.shares[~first]], ignore_index=True)
    of_first = design.shocks["sector"] == 0
    twice = [design.shocks[of_first].assign(sector=s) for s in (-2, -1)]
    shocks = pd.concat([*twice, design.shocks[~of_first]], ignore_index=True)
    split = replace(design, shares=shares, shocks=shocks).overidentification("y", "x")
    pd.testing.assert_frame_equal(split, design.overidentification("y", "x"), rtol=1e-8)


def test_three_shocks_that_agree_leave_two_degrees_of_freedom(design: ShiftShareDesign) -> None:
    from scipy import stats

    rng = np.random.default_rng(4)
    shocks = design.shocks.assign(b=rng.normal(size=8), c=rng.normal(size=8))
    found = replace(design, shocks=shocks, shock=["shock", "b", "c"])
    row = found.shock_overidentification("y", "x").set_index("estimator").loc["gmm"]
    assert row["df"] == 2
    assert row["p_value"] == pytest.approx(stats.chi2.sf(row["statistic"], 2), rel=1e-12)


def test_bias_corrected_estimate_is_nearer_the_truth_with_many_shares() -> None:
    # exogenous shares, 40 instruments, strong endogeneity: 2SLS is biased towards OLS
    rng = np.random.default_rng(8)
    tsls, mbtsls = [], []
    for _ in range(40):
        W = rng.dirichlet(np.full(41, 0.1), size=200)
        first = 2 * W @ np.linspace(-1, 1, 41)
        u = rng.normal(size=200)
        x = first + 0.3 * (0.9 * u + np.sqrt(1 - 0.81) * rng.normal(size=200))
        locations = pd.DataFrame({"location": np.arange(200), "y": 1.0 * x + u, "x": x})
        place, sector = np.divmod(np.arange(W.size), 41)
        shares = pd.DataFrame({"location": place, "sector": sector, "share": W.ravel()})
        shocks = pd.DataFrame({"sector": np.arange(41), "shock": np.linspace(-1, 1, 41)})
        design = ShiftShareDesign(locations, shares, shocks)
        frame = design.overidentification("y", "x").set_index("estimator")["estimate"]
        tsls.append(frame["tsls"])
        mbtsls.append(frame["mbtsls"])
    error = np.std(mbtsls) / np.sqrt(40)
    assert np.mean(tsls) - 1 > 4 * error
    assert abs(np.mean(mbtsls) - 1) < 3 * error


def test_overidentification_needs_more_locations_than_shares(simulate: Callable[..., Any]) -> None:
    wide = simulate(3, n_locations=20, n_sectors=25).design
    with pytest.raises(IdentificationError, match=r"needs more than"):
        wide.overidentification("y", "x")


# ---- balance -------------------------------------------------------------------------------
def test_balance_is_a_reduced_form_and_a_shock_regression(simulate: Callable[..., Any]) -> None:
    design = simulate(32, per_cluster=3).design
    frame = design.balance(["q"], ["age"], weights="w", cov=ShockLevel("cluster"))
    assert frame["level"].tolist() == ["location", "shock"]
    reduced = design.fit("q", weights="w", cov=ShockLevel("cluster")).tidy()
    assert frame.loc[0, "std_error"] == pytest.approx(reduced.loc[0, "std_error"])
    # by hand: weighted regression of age on shock, clustered without correction
    s = design.shock_level([], weights="w")["exposure"].to_numpy()
    g, age = (design.shocks[c] - np.average(design.shocks[c], weights=s) for c in ("shock", "age"))
    slope = (s * g * age).sum() / (s * g * g).sum()
    score = (s * g * (age - slope * g)).groupby(design.shocks["cluster"]).sum()
    assert frame.loc[1, "estimate"] == pytest.approx(slope, rel=1e-10)
    error = np.sqrt((score**2).sum()) / (s * g * g).sum()
    assert frame.loc[1, "std_error"] == pytest.approx(error, rel=1e-10)
    # age is made of the shock: it is not balanced, q is unrelated noise
    assert frame.loc[1, "p_value"] < 1e-4 < frame.loc[0, "p_value"]


def test_balance_of_nothing(design: ShiftShareDesign) -> None:
    with pytest.raises(InputError, match=r"name location variables or shock variables"):
        design.balance()


# ---- summaries -----------------------------------------------------------------------------
def test_weighted_quantile() -> None:
    g = np.array([3.0, 1.0, 2.0])
    assert weighted_quantile(g, np.array([1.0, 1.0, 2.0]), 0.25) == 1.5  # F(1) is .25 exactly
    assert weighted_quantile(g, np.array([1.0, 1.0, 2.0]), 0.3) == 2.0
    assert weighted_quantile(g, np.array([1.0, 1.0, 2.0]), 0.9) == 3.0


def test_intraclass_correlation() -> None:
    groups = np.array([0, 0, 1, 1])
    # within groups equal, about mean zero: pairs 1 * 1 and -1 * -1, variance 1
    assert intraclass_correlation(np.array([1.0, 1, -1, -1]), np.ones(4), groups) == 1
    assert intraclass_correlation(np.array([1.0, -1, 1, -1]), np.ones(4), groups) == -1
    rng = np.random.default_rng(0)
    c = np.repeat(np.arange(2000), 5)
    g = np.sqrt(0.3) * rng.normal(size=2000)[c] + np.sqrt(0.7) * rng.normal(size=10000)
    assert intraclass_correlation(g, rng.uniform(1, 2, 10000), c) == pytest.approx(0.3, abs=0.03)


def test_summary_of_residual_shocks(simulate: Callable[..., Any]) -> None:
    design = simulate(33, per_cluster=3).design
    row = design.shock_summary(clusters=["cluster"], shock_controls=["age"]).iloc[0]
    assert row["mean"] == pytest.approx(0, abs=1e-12)
    raw = design.shock_summary(clusters=["cluster"]).iloc[0]
    assert row["sd"] < raw["sd"]
    assert row["effective_cluster"] == raw["effective_cluster"] < 20
    assert raw["icc_cluster"] > 0.5  # clusters carry 1 / 1.25 of the variance


def test_a_weight_of_zero_is_not_negative() -> None:
    frame = pd.DataFrame({"sector": list("stu"), "alpha": [0.75, 0.25, 0.0], "beta": [1.0, 2, 9],
                          "shock": [1.0, 3, 2], "f": [4, 2, 0], "share_sd": [2, 1, 0]})  # fmt: skip
    signs = rotemberg_panels(frame).signs
    assert signs.loc[0].to_dict() == {"sign": "positive", "sum": 1, "mean": 1 / 3, "size": 3,
                                      "share": 1}  # fmt: skip
    assert len(signs) == 1


def test_panels(simulate: Callable[..., Any]) -> None:
    design = simulate(34).design
    frame = design.rotemberg("y", "x")
    panels = rotemberg_panels(frame)
    assert panels.signs["sum"].sum() == pytest.approx(1)
    assert panels.signs["share"].sum() == pytest.approx(1)
    beta = (frame["alpha"] * frame["beta"]).sum()
    assert panels.estimates["alpha_weighted_sum"].sum() == pytest.approx(beta)
    assert panels.periods["sum"].tolist() == pytest.approx([1])
    assert panels.sectors["alpha"].is_monotonic_decreasing
    expected = np.corrcoef(frame["alpha"], frame["shock"])[0, 1]
    assert panels.correlations.loc["alpha", "shock"] == pytest.approx(expected)


def two_periods(design: ShiftShareDesign) -> ShiftShareDesign:
    """The design twice, with weights and shocks that differ by period."""
    rng = np.random.default_rng(3)
    locations = pd.concat(design.locations.assign(time=t) for t in (1990, 2000))
    shocks = pd.concat(design.shocks.assign(time=t) for t in (1990, 2000))
    return replace(
        design,
        locations=locations.assign(
            x=rng.normal(size=len(locations)) + np.tile(design.locations["x"], 2),
            w=rng.uniform(1, 2, len(locations)),
        ),
        shocks=shocks.assign(shock=rng.normal(size=len(shocks)) + 0.5 * shocks["shock"]),
        time="time",
    )


def test_panels_of_two_periods(design: ShiftShareDesign) -> None:
    twice = two_periods(design)
    options: dict[str, Any] = {"controls": "q", "weights": "w", "fixed_effects": "time"}
    by_period = twice.rotemberg("y", "x", **options)
    by_sector = twice.rotemberg("y", "x", **options, by="sector")
    summed = by_period.groupby("sector")["alpha"].sum()
    assert by_sector["alpha"].to_numpy() == pytest.approx(summed.to_numpy(), abs=1e-12)
    parts = (by_period["alpha"] * by_period["beta"]).groupby(by_period["sector"]).sum() / summed
    assert by_sector["beta"].to_numpy() == pytest.approx(parts.to_numpy(), rel=1e-9)
    panels = rotemberg_panels(by_sector, by_period)
    assert panels.signs["sum"].sum() == pytest.approx(1)
    beta = twice.fit("y", "x", **options, cov=Robust()).params[0]
    assert panels.estimates["alpha_weighted_sum"].sum() == pytest.approx(beta)
    per_year = by_period.groupby("time")["alpha"].sum()
    assert panels.periods["sum"].tolist() == pytest.approx(per_year.tolist())
    with pytest.raises(InputError, match=r"8 rows repeat one.*rotemberg\(\.\.\., by='sector'\)"):
        rotemberg_panels(by_period)


def test_spread_of_shares_is_that_of_the_period(design: ShiftShareDesign) -> None:
    twice = two_periods(design)
    row = twice.rotemberg("y", "x", weights="w").query("sector == 3 and time == 2000").iloc[0]
    share = design.shares.query("sector == 3").set_index("location")["share"]
    of_period = twice.locations.query("time == 2000").set_index("location")["w"]
    w, v = of_period.to_numpy(), share.reindex(of_period.index).fillna(0).to_numpy()
    variance = np.average((v - np.average(v, weights=w)) ** 2, weights=w)
    assert row["share_sd"] == pytest.approx(np.sqrt(variance), rel=1e-10)


def test_exposure_to_many_groups_is_joined_once(design: ShiftShareDesign) -> None:
    many = pd.DataFrame({"sector": range(150), "shock": 1.0})
    wide = replace(design, shocks=many.assign(name="g" + many["sector"].astype(str)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # pandas warns of frames that grow by columns
        columns = wide.with_exposure(["name"]).locations.filter(like="exposure_name_")
    assert columns.shape == (120, 150)
    assert columns.sum(axis=1).to_numpy() == pytest.approx(np.ones(120))


# ---- leave-one-out shocks ------------------------------------------------------------------
def test_leave_one_out_growth_as_an_instrument() -> None:
    rng = np.random.default_rng(6)
    base = rng.uniform(1, 9, size=(12, 5))
    later = base * rng.uniform(0.8, 1.6, size=(12, 5))
    keys = pd.MultiIndex.from_product([range(12), range(5)], names=["region", "industry"])
    cells = pd.concat(
        keys.to_frame(index=False).assign(time=t, jobs=values.ravel())
        for t, values in ((2005, base), (2012, later))
    )
    growth = leave_one_out_growth(cells, value="jobs", start=2005, end=2012)
    r, i = 3, 2
    cell = growth.query("region == 3 and industry == 2").iloc[0]
    others = np.delete(later[:, i], r).sum() / np.delete(base[:, i], r).sum() - 1
    assert cell["growth_without"] == pytest.approx(others)
    assert cell["growth"] == pytest.approx(later[:, i].sum() / base[:, i].sum() - 1)
    shares = keys.to_frame(index=False).assign(
        share=(base / base.sum(axis=1, keepdims=True)).ravel()
    )
    locations = pd.DataFrame({"region": range(12), "y": later.sum(axis=1) / base.sum(axis=1) - 1})
    design = ShiftShareDesign(
        locations, shares, growth, location="region", sector="industry", shock="growth_without"
    )
    table = growth.pivot(index="region", columns="industry", values="growth_without").to_numpy()
    z = (base / base.sum(axis=1, keepdims=True) * table).sum(axis=1)
    assert design.instruments["growth_without"].to_numpy() == pytest.approx(z)
    fit = design.fit("y", cov=ShockLevel())
    dz, dy = z - z.mean(), locations["y"] - locations["y"].mean()
    assert fit.params[0] == pytest.approx((dz @ dy) / (dz @ dz))
    # its error, from the definition: sum_l w_ln (g_ln - c) e_l, with c the weighted mean shock
    e = dy - fit.params[0] * dz
    W = shares["share"].to_numpy().reshape(12, 5)
    c = (W * table).sum() / W.sum()
    score = (W * (table - c) * e.to_numpy()[:, None]).sum(axis=0)
    assert fit.std_errors[0] == pytest.approx(np.sqrt(score @ score) / (dz @ dz), rel=1e-10)
    with pytest.raises(InputError, match=r"leave the own location out use cov=ShockLevel"):
        design.fit("y", cov=AKM())
    with pytest.raises(InputError, match="period 2020 is not in the table"):
        leave_one_out_growth(cells, value="jobs", start=2005, end=2020)


def test_local_shock_of_every_share(design: ShiftShareDesign) -> None:
    local = design.shares[["location", "sector"]].assign(shock=1.0).iloc[:-1]
    with pytest.raises(InputError, match=r"1 labels \['location', 'sector'\] of shares are not"):
        replace(design, shocks=local)


# ---- pictures ------------------------------------------------------------------------------
def test_pictures(simulate: Callable[..., Any]) -> None:
    design = simulate(35).design
    beta = design.fit("y", "x").params[0]
    figure = plot_rotemberg(design.rotemberg("y", "x"))
    assert figure.axes[0].lines[0].get_ydata()[0] == pytest.approx(beta)
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["Positive weight", "Negative weight", "Estimate"]
    axes = plot_first_stage(design, "x", bins=10).axes[0]
    assert len(axes.collections[0].get_offsets()) == 10
    rows = design.shock_level(["x"])
    s = np.sqrt(rows["exposure"].to_numpy())
    line = np.polyfit(rows["shock"], rows["x"], 1, w=s)
    assert axes.lines[0].get_slope() == pytest.approx(line[0])
    left_out = design.leave_one_out("y", "x")
    axes = plot_leave_one_out(left_out, most=7).axes[0]
    assert len(axes.get_yticks()) == 7
    assert axes.lines[0].get_xdata()[0] == pytest.approx(beta)
    furthest = left_out.loc[left_out["change"].abs().nlargest(7).index, "estimate"]
    np.testing.assert_allclose(axes.lines[1].get_xdata(), furthest.sort_values())
    with pytest.raises(InputError, match=r"columns \['alpha'"):
        plot_rotemberg(design.shocks)
