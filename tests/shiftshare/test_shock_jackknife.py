"""The jackknife over shocks: what leaving a shock out is, and how often its interval covers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def without(design: ag.ShiftShareDesign, gone: list[Any], **options: Any) -> float:
    """Estimate the design that never had these sectors, its sums of shares controlled for."""
    rest = ag.ShiftShareDesign(
        design.locations,
        design.shares[~design.shares["sector"].isin(gone)],
        design.shocks[~design.shocks["sector"].isin(gone)],
        time=design.time,
    )
    q = options.pop("shock_controls", [])
    exposed = rest.with_exposure(q)
    controls = [
        "q",
        *options.pop("more", []),
        *[c for c in exposed.locations if c.startswith(("sum_of", "exposure_"))],
    ]
    fit = exposed.fit("y", controls=controls, shock_controls=q, cov=ag.Robust(), **options)
    return float(fit.params[0])


def jackknifed(design: ag.ShiftShareDesign, groups: list[list[Any]], b: float, **options) -> float:
    away = np.array([without(design, gone, **options) - b for gone in groups])
    G = len(groups)
    return float(np.sqrt((G - 1) / G * away @ away))


@pytest.mark.parametrize("treatment", [None, "x"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_leaving_a_shock_out_is_a_design_without_its_sector(
    simulate: Callable[..., Any], treatment: str | None, weights: str | None
) -> None:
    design = simulate(5, n_locations=60, n_sectors=9).design
    options = {"treatment": treatment, "weights": weights}
    fit = design.fit("y", controls=["q"], cov=ag.ShockJackknife(), **options)
    expected = jackknifed(design, [[i] for i in range(9)], fit.params[0], **options)
    assert fit.std_errors[0] == pytest.approx(expected, rel=1e-8)
    assert fit.covariance.df == 8


def test_leaving_a_cluster_out_with_shock_controls(simulate: Callable[..., Any]) -> None:
    design = simulate(6, n_locations=80, n_sectors=15, per_cluster=3).design
    # the exposure to all shock controls stays; the exposure to those that are left is added
    kept = design.with_exposure(["age"]).locations.rename(columns={"exposure_age": "all_ages"})
    design = ag.ShiftShareDesign(kept.drop(columns="sum_of_shares"), design.shares, design.shocks)
    options = {"treatment": "x", "shock_controls": ["age"]}
    fit = design.fit("y", controls=["q", "all_ages"], cov=ag.ShockJackknife("cluster"), **options)
    groups = [[3 * c, 3 * c + 1, 3 * c + 2] for c in range(5)]
    expected = jackknifed(design, groups, fit.params[0], more=["all_ages"], **options)
    assert fit.std_errors[0] == pytest.approx(expected, rel=1e-8)
    assert (fit.covariance.df, fit.covariance.statistics["n_shock_groups"]) == (4, 5)
    assert fit.covariance.name == "jackknife over shocks, cluster (cluster)"


def test_kernel_is_the_design(simulate: Callable[..., Any]) -> None:
    design = simulate(7, n_locations=50, n_sectors=12).design
    f = design.aligned.tables.locations
    found = ag.shock_jackknife_std_error(
        f["y"].to_numpy(),
        design.aligned.z[:, 0],
        np.column_stack([np.ones(len(f)), f["q"]]),
        design.aligned.W.toarray(),
    )
    fit = design.fit("y", controls=["q"], cov=ag.ShockJackknife())
    assert found == pytest.approx(fit.std_errors[0], rel=1e-9)


def test_one_location_a_sector_is_the_jackknife_of_clusters() -> None:
    # every location in one sector: leaving a shock out is leaving its cluster of locations out
    rng = np.random.default_rng(2)
    sector = np.arange(60) % 10
    g = rng.normal(size=10)
    y = g[sector] + rng.normal(size=10)[sector] + rng.normal(size=60)
    locations = pd.DataFrame({"location": np.arange(60), "y": y, "g": g[sector], "own": sector})
    shares = pd.DataFrame({"location": np.arange(60), "sector": sector, "share": 1.0})
    design = ag.ShiftShareDesign(
        locations, shares, pd.DataFrame({"sector": np.arange(10), "shock": g})
    )
    ours = design.fit("y", cov=ag.ShockJackknife())
    theirs = ag.panel("y ~ g", locations, cov=ag.CR3("own"))
    assert ours.std_errors[0] == pytest.approx(theirs.std_errors[1], rel=1e-9)
    assert ours.covariance.df == theirs.covariance.df == 9


def test_the_default_follows_the_effective_number(simulate: Callable[..., Any]) -> None:
    few, many = simulate(1, n_sectors=30).design, simulate(1, n_sectors=90).design
    assert few.fit("y").covariance.name == "jackknife over shocks"
    assert any("ShockJackknife" in note for note in few.fit("y").notes)
    assert many.fit("y").covariance.name == "shock-level"
    table = few.balance(["q"], ["age"])
    assert set(table["level"]) == {"location", "shock"}
    stage = few.fit("y", "x").first_stage()
    t = stage.params[0] / stage.std_errors[0]
    assert stage.covariance.statistics["F"] == pytest.approx(t**2)


def test_balance_of_shocks_by_jackknife(simulate: Callable[..., Any]) -> None:
    design = simulate(8, n_sectors=12).design
    row = design.balance((), ["age"], cov=ag.ShockJackknife()).iloc[0]
    s = np.asarray(design.aligned.W.sum(axis=0)).ravel()
    g, age = design.aligned.g[:, 0], design.shocks["age"].to_numpy()

    def slope(keep: np.ndarray) -> float:
        return float(np.polyfit(g[keep], age[keep], 1, w=np.sqrt(s[keep]))[0])

    everything = np.ones(12, dtype=bool)
    away = np.array([slope(np.arange(12) != c) for c in range(12)]) - slope(everything)
    assert row["estimate"] == pytest.approx(slope(everything), rel=1e-9)
    assert row["std_error"] == pytest.approx(np.sqrt(11 / 12 * away @ away), rel=1e-9)


def persistent(design: ag.ShiftShareDesign, periods: int) -> ag.ShiftShareDesign:
    """The same shares and shocks in every period."""
    locations = pd.concat([design.locations.assign(time=t) for t in range(periods)])
    shocks = pd.concat([design.shocks.assign(time=t) for t in range(periods)])
    return ag.ShiftShareDesign(locations, design.shares, shocks, time="time")


@pytest.mark.parametrize("cov", [ag.ShockLevel, ag.AKM, ag.ShockJackknife])
def test_periods_of_a_sector_are_one_shock(simulate: Callable[..., Any], cov: Any) -> None:
    design = simulate(9, n_locations=90, n_sectors=20).design
    once = design.fit("y", controls=["q"], cov=cov())
    twice = persistent(design, 2).fit("y", controls=["q"], cov=cov())
    assert twice.params[0] == pytest.approx(once.params[0], rel=1e-9)
    assert twice.std_errors[0] == pytest.approx(once.std_errors[0], rel=1e-7)
    assert twice.covariance.statistics["n_shock_groups"] == 20
    apart = persistent(design, 2).fit("y", controls=["q"], cov=cov(["sector", "time"]))
    assert apart.covariance.statistics["n_shock_groups"] == 40
    assert apart.std_errors[0] < 0.8 * once.std_errors[0]


def test_too_few_groups_are_refused() -> None:
    locations = pd.DataFrame({"location": range(4), "y": [0.0, 1, 3, 4]})
    shares = pd.DataFrame(
        {"location": [0, 1, 2, 3, 1], "sector": list("ssttt"), "share": [1, 0.5, 1, 1, 0.5]}
    )
    design = ag.ShiftShareDesign(
        locations, shares, pd.DataFrame({"sector": ["s", "t"], "shock": [0.0, 1.0]})
    )
    with pytest.raises(ag.IdentificationError, match="at least three groups of shocks"):
        design.fit("y", cov=ag.ShockJackknife())


@pytest.mark.parametrize(("n_locations", "skewed", "low"), [(150, False, 0.92), (31, True, 0.88)])
def test_coverage_with_few_shocks(n_locations: int, skewed: bool, low: float) -> None:
    # 400 samples of 14 shocks: the Monte Carlo standard error of .95 is .011
    rng = np.random.default_rng(31)
    covered = 0
    for _ in range(400):
        W = rng.gamma(0.3, size=(n_locations, 14)) + 1e-9
        W *= np.exp(rng.normal(size=14)) if skewed else 1.0
        W /= W.sum(axis=1, keepdims=True)
        z, e = W @ rng.normal(size=14), W @ rng.normal(size=14)
        y = 0.5 * z + e + 0.05 * rng.normal(size=n_locations)
        one = np.ones((n_locations, 1))
        error = ag.shock_jackknife_std_error(y, z, one, W)
        b = np.polyfit(z, y, 1)[0]
        covered += abs(b - 0.5) <= 2.1604 * error  # t, 13 degrees of freedom
    assert low <= covered / 400 <= 0.985
