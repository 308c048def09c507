"""A covariance means the same in a design, in `panel` and in `iv`; kernels equal the design."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


@pytest.fixture
def design(simulate: Callable[..., Any]) -> ag.ShiftShareDesign:
    return simulate(3, per_cluster=3).design


@pytest.fixture
def table(design: ag.ShiftShareDesign) -> pd.DataFrame:
    return design.locations.merge(design.instruments[["location", "shock"]])


COVARIANCES = [
    ag.Homoskedastic(),
    ag.Robust(),
    ag.Cluster("state"),
    ag.Cluster("state", "region"),
]


@pytest.mark.parametrize("cov", COVARIANCES, ids=repr)
@pytest.mark.parametrize(
    "rule", [ag.SmallSample(), ag.StataAregRules(), ag.PlmRules()], ids=lambda r: type(r).__name__
)
@pytest.mark.parametrize("effects", [(), ("region",)])
def test_the_reduced_form_is_a_panel(
    design: ag.ShiftShareDesign, table: pd.DataFrame, cov: Any, rule: Any, effects: tuple[str, ...]
) -> None:
    table = table.assign(region=table["location"] % 7)
    design = ag.ShiftShareDesign(
        table.drop(columns="shock"), design.shares, design.shocks, location="location"
    )
    ours = design.fit("y", controls=["q"], fixed_effects=effects, cov=cov, rule=rule)
    theirs = ag.panel("y ~ shock + q", table, absorb=effects or None, cov=cov, rule=rule)
    expected = theirs.tidy().set_index("term").loc["shock"]
    found = ours.tidy().set_index("term").loc["shock"]
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    assert ours.covariance.name == theirs.covariance.name
    assert ours.covariance.df == theirs.covariance.df


@pytest.mark.parametrize("cov", COVARIANCES[:3], ids=repr)
def test_two_stages_are_iv(design: ag.ShiftShareDesign, table: pd.DataFrame, cov: Any) -> None:
    ours = design.fit("y", "x", controls=["q"], cov=cov).tidy().iloc[0]
    theirs = ag.iv("y ~ q + [x ~ shock]", table, cov=cov).tidy().iloc[0]
    assert ours.drop("term").to_numpy(float) == pytest.approx(
        theirs.drop("term").to_numpy(float), rel=1e-9
    )


def test_few_clusters_are_said_in_both(design: ag.ShiftShareDesign, table: pd.DataFrame) -> None:
    locations = design.locations.assign(half=design.locations["location"] % 4)
    few = ag.ShiftShareDesign(locations, design.shares, design.shocks, location="location")
    with pytest.warns(ag.AgglometricsWarning, match="4 clusters in 'half'"):
        few.fit("y", cov=ag.Cluster("half"))


def test_distances_serve_a_design_too(design: ag.ShiftShareDesign, table: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    places = table.assign(lon=rng.uniform(0, 10, len(table)), lat=rng.uniform(0, 10, len(table)))
    with_places = ag.ShiftShareDesign(
        places.drop(columns="shock"), design.shares, design.shocks, location="location"
    )
    cov = ag.Conley(km=200, kernel=ag.Bartlett())
    ours = with_places.fit("y", controls=["q"], cov=cov).std_errors[0]
    theirs = ag.panel("y ~ shock + q", places, cov=cov)
    assert ours == pytest.approx(theirs.std_errors[theirs.terms.index("shock")], rel=1e-9)


def test_the_jackknife_over_clusters_is_for_panels(design: ag.ShiftShareDesign) -> None:
    with pytest.raises(ag.InputError, match="CR3 is defined for panel"):
        design.fit("y", cov=ag.CR3("state"))


def arrays(design: ag.ShiftShareDesign) -> dict[str, Any]:
    W = design.aligned.W.toarray()
    f = design.aligned.tables.locations
    return {
        "outcome": f["y"].to_numpy(),
        "exposure": design.aligned.z[:, 0],
        "controls": np.column_stack([np.ones(len(f)), f["q"]]),
        "shares": W,
    }


def test_akm_kernel_is_the_design(design: ag.ShiftShareDesign) -> None:
    fit = design.fit("y", controls=["q"], cov=ag.AKM())
    assert ag.akm_std_error(**arrays(design)) == pytest.approx(fit.std_errors[0], rel=1e-9)


def test_akm0_kernel_is_the_design(design: ag.ShiftShareDesign) -> None:
    fit = design.fit("y", controls=["q"], cov=ag.AKM0())
    for level in (0.5, 0.9, 0.95):
        ours = ag.akm0_set(**arrays(design), level=level)
        theirs = fit.interval(level)
        assert np.ravel(ours.pieces) == pytest.approx(np.ravel(theirs.pieces), rel=1e-8)


def test_shock_level_kernel_is_the_design(design: ag.ShiftShareDesign) -> None:
    fit = design.fit("y", controls=["q"], cov=ag.ShockLevel())
    found = ag.shock_level_std_error(**arrays(design), shocks=design.aligned.g[:, 0])
    assert found == pytest.approx(fit.std_errors[0], rel=1e-9)
