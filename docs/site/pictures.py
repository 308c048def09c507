"""Pictures of the gallery that are drawn from the example tables and the study's data."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import agglometrics as ag
import hunan
from agglometrics import datasets
from hunan.samples.pilot import HUBEI, HUNAN, OUTCOMES, design, pilot_sample

PICTURES: dict[str, Callable[[], Any]] = {}
PILOT = {"outcome": "outcome", "unit": "region", "time": "time", "treated": "treated"}


def picture(call: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function that draws what `call` names."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        PICTURES[call] = function
        return function

    return register


def code_of(call: str) -> str:
    """Return the body of the function that draws a picture."""
    lines = inspect.getsource(PICTURES[call]).splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("def "))
    return textwrap.dedent("\n".join(lines[start + 1 :])).replace("return ", "", 1)


@cache
def growth() -> pd.DataFrame:
    """Return the growth of industrial output from 2007 to 2017, taken apart, with names."""
    cells = datasets.load_io_industries("industrial")
    parts = ag.shift_share(cells, value="gross_output", time="time", start=2007, end=2017)
    compared = parts[parts["region"].isin(["430000", "440000", "320000", "330000", "370000"])]
    named = datasets.with_names(compared)
    return named.assign(region=named["region_name"], industry=named["industry_name"])


@cache
def plants() -> pd.DataFrame:
    """Return the plants around Strasbourg that employ, with the industry's code as text."""
    found = datasets.load_plants()
    return found[found["low"] > 0].assign(industry=lambda t: t["division"].astype(str))


@cache
def pilot() -> pd.DataFrame:
    """Return the log GDP of provinces, the pilot's two provinces treated from 2008."""
    outcome = OUTCOMES[0]
    return design(pilot_sample(), outcome.name, treated=(HUNAN, HUBEI),
                  excluded=outcome.excluded, first_year=1995)[0]  # fmt: skip


@picture("plot_components")
def components() -> Any:
    return ag.plot_components(growth(), unit="10,000 yuan")


@picture("plot_quadrant")
def quadrant() -> Any:
    return ag.plot_quadrant(growth(), unit="10,000 yuan")


@picture("plot_rotemberg")
def rotemberg() -> Any:
    weights = datasets.load_growth_design().rotemberg("urban_jobs", "wage", weights="weight")
    return ag.plot_rotemberg(weights, least_f=0.5)


@picture("plot_first_stage")
def first_stage() -> Any:
    return ag.plot_first_stage(datasets.load_growth_design(), "wage", bins=10)


@picture("plot_shocks")
def shocks() -> Any:
    return ag.plot_shocks(datasets.load_growth_design(), most=15)


@picture("ClusterDiagnostics.plot")
def clusters() -> Any:
    cells = datasets.load_io_industries("industrial").query("value_added > 0")
    formula = "log(value_added) ~ log(gross_output)"
    fit = ag.panel(formula, cells, absorb=["region", "industry"], cov=ag.Cluster("region"))
    return ag.cluster_diagnostics(fit, "region").plot()


@picture("plot_leave_one_out")
def leave_one_out() -> Any:
    design = datasets.load_growth_design()
    return ag.plot_leave_one_out(design.leave_one_out("urban_jobs"), most=15)


@picture("Estimates.plot")
def estimates() -> Any:
    cells = datasets.load_io_industries("industrial").query("value_added > 0")
    formula = "log(value_added) ~ log(gross_output) + C(time)"
    keys = {"absorb": ["region", "industry"], "cov": ag.Cluster("region")}
    return ag.panel(formula, cells, **keys).plot()


@picture("DartboardDraws.plot")
def dartboard() -> Any:
    sizes = plants().rename(columns={"middle": "size"})
    return ag.dartboard_draws(sizes, of="33", size="size", region="commune").plot()


@picture("RandomizationTest.plot")
def randomization() -> Any:
    design = datasets.load_growth_design()
    test = design.randomization_test("urban_jobs", counterfactuals=ag.Permutation())
    return test.plot()


@picture("DensityCurve.plot")
def density_curve() -> Any:
    found = ag.duranton_overman(plants(), target="33", simulations=39, seed=1)
    return found.plot()


@picture("IndustryCurves.plot")
def industry_curves() -> Any:
    found = ag.duranton_overman(plants(), target=["18", "33"], simulations=39, seed=1)
    return found.plot(columns=2)


@picture("DistanceCurve.plot")
def distance_curve() -> Any:
    distances = [500, 1000, 2000, 4000, 8000, 16000]
    found = ag.marcon_puech(plants(), target="33", distances=distances, simulations=39, seed=1)
    return found.plot()


@picture("LocalConcentration.plot")
def local_concentration() -> Any:
    return ag.local_concentration(plants(), target="25", distance=5000).plot()


@picture("ScanClusters.plot")
def scan_clusters() -> Any:
    places = plants().groupby("commune")[["x", "y"]].mean().reset_index()
    cells = plants().groupby(["commune", "industry"]).size().rename("plants").reset_index()
    found = ag.scan_clusters(cells, target="25", value="plants", regions=places,
                             region="commune", simulations=199)  # fmt: skip
    return found.plot()


@picture("RelativeCurves.plot")
def relative_curves() -> Any:
    few = plants()[plants()["industry"].isin(["18", "33", "20"])]
    distances = [500, 1000, 2000, 4000, 8000]
    return ag.marcon_puech(few, distances=distances, simulations=39, seed=1).plot(columns=3)


@cache
def cities() -> pd.DataFrame:
    """Return the log GDP of prefectures, those of two provincial batches of a pilot treated."""
    frame = hunan.load_city_gdp("ck2019")
    frame = frame[frame["gdp_nominal"] > 0].assign(outcome=lambda t: np.log(t["gdp_nominal"]))
    complete = frame.groupby("city")["time"].transform("size") == frame["time"].nunique()
    pilots = hunan.load_pilots("low_carbon").query("level == 'city' and group != 'batch_3'")
    start = pilots.assign(year=pilots["approved"].str[:4].astype(int))
    first = frame["city"].map(start.set_index("unit")["year"])
    frame = frame.assign(treated=(frame["time"] >= first.fillna(9999)).astype(int))
    return frame.loc[complete, ["city", "time", "outcome", "treated"]]


CITIES = PILOT | {"unit": "city"}


@picture("EventStudy.plot")
def event_study() -> Any:
    return ag.event_study(cities(), estimator=ag.SunAbraham(), **CITIES).plot()


@picture("BaconDecomposition.plot")
def bacon() -> Any:
    return ag.bacon_decomposition(cities(), **CITIES).plot()


@picture("HonestBounds.plot")
def honest_bounds() -> Any:
    fit = ag.event_study(cities(), estimator=ag.SunAbraham(), **CITIES)
    return ag.honest_bounds(fit, ag.RelativeMagnitudes(m=[0, 0.5, 1])).plot()


@picture("PretrendPower.plot")
def pretrend_power() -> Any:
    fit = ag.event_study(cities(), estimator=ag.SunAbraham(), **CITIES)
    return ag.pretrend_power(fit).plot()


@picture("SyntheticControl.plot")
def synthetic_control() -> Any:
    return ag.synthetic_control(pilot(), **PILOT).plot()


@picture("SyntheticDID.plot")
def synthetic_did() -> Any:
    return ag.synthetic_did(pilot(), **PILOT).plot()


@picture("PermutationTest.plot")
def permutation() -> Any:
    return ag.permutation_test(pilot(), **PILOT).plot()


@picture("ExposureRings.plot")
def rings() -> Any:
    borders = hunan.load_neighbours().groupby("region")["neighbour"].agg(list).to_dict()
    kept = set(pilot()["region"])
    around = {region: [n for n in borders.get(region, []) if n in kept] for region in kept}
    return ag.exposure_rings(pilot(), weights=around, **PILOT).plot()
