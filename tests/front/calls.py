"""One valid call of each public name, from which the tests break one argument at a time."""

from __future__ import annotations

import functools
import inspect
import operator

import numpy as np
import pandas as pd

import agglometrics as ag

KEYS = pd.MultiIndex.from_product([[2000, 2001, 2002], list("abcd"), list("xyz")],
                                  names=["time", "region", "industry"])  # fmt: skip


def cells() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = KEYS.to_frame(index=False)
    n = len(frame)
    return frame.assign(jobs=rng.integers(20, 90, n) + 0.0, n=rng.integers(2, 9, n),
                        area=frame["region"].map({"a": 1.0, "b": 2, "c": 3, "d": 4}))  # fmt: skip


def plants() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"region": rng.choice(list("abcd"), 90), "industry": list("xyz") * 30})
    return frame.assign(emp=rng.integers(1, 50, 90) + 0.0, low=1.0, high=9.0)


def points() -> pd.DataFrame:
    xy = np.random.default_rng(2).uniform(size=(40, 2)) * 10
    return pd.DataFrame(xy, columns=["x", "y"]).assign(industry=["A", "B"] * 20, w=1.0)


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"i": np.repeat(np.arange(12), 6), "t": np.tile(np.arange(6), 12)})
    e, z, q = rng.normal(size=(3, 72))
    x = z + 0.5 * e + rng.normal(size=72)
    return frame.assign(x=x, z=z, q=q, y=x + e, count=rng.poisson(3, 72), w=1.0, g=frame["i"] % 4)


def flows() -> pd.DataFrame:
    return pd.DataFrame(
        {"supplier": list("xxyy"), "user": list("xyxy"), "value": [15.0, 50, 20, 10]}
    )


def sectors() -> pd.DataFrame:
    return pd.DataFrame({"industry": ["x", "y"], "gross_output": [100.0, 200], "exports": [1.0, 2],
                         "outflow": [4.0, 2], "imports": [5.0, 3], "inflow": [2.0, 1]})  # fmt: skip


def ring() -> pd.DataFrame:
    W = np.roll(np.eye(12), 1, axis=1) + np.roll(np.eye(12), -1, axis=1)
    return pd.DataFrame(W / 2)


@functools.cache
def least_squares():
    return ag.panel("y ~ x + q", rows(), cov=ag.Cluster("i"))


def within():
    return ag.panel("y ~ x + q", rows(), absorb="i", cov=ag.Homoskedastic())


def random_effects():
    keys = {"entity": "i", "time": "t", "cov": ag.Homoskedastic()}
    return ag.panel("y ~ x + q", rows(), estimator=ag.RandomEffects(), **keys)


def many_regions() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    keys = pd.MultiIndex.from_product([range(12), list("xyz")], names=["region", "industry"])
    return keys.to_frame(index=False).assign(jobs=rng.integers(20, 90, 36) + 0.0)


@functools.cache
def instrumented():
    return ag.iv("y ~ q + [x ~ z]", rows(), cov=ag.Cluster("i"))


@functools.cache
def spatial():
    return ag.spatial_panel("y ~ x", rows(), weights=ring(), entity="i", time="t", absorb="i")


def policy() -> pd.DataFrame:
    """Return twelve units over eight periods, the first treated in the last two."""
    rng = np.random.default_rng(6)
    i, t = np.divmod(np.arange(96), 8)
    on = (i == 0) & (t >= 6)
    return pd.DataFrame(
        {"i": i, "t": t, "y": i + t + rng.normal(size=96) + on, "d": on.astype(int)}
    )


def policy_call(**more):
    names = {"outcome": "y", "unit": "i", "time": "t", "treated": "d"}
    return {"data": policy(), **names, **more}


def pilot() -> pd.DataFrame:
    """Return thirty units in two groups over five periods, ten units treated in the last two."""
    rng = np.random.default_rng(8)
    keys = pd.MultiIndex.from_product([range(30), list("ab"), range(5)], names=["i", "g", "t"])
    frame = keys.to_frame(index=False)
    on = (frame["i"] < 10) & (frame["t"] >= 3) & (frame["g"] == "a")
    return frame.assign(y=rng.normal(size=300), d=on.astype(int))


def pilot_call():
    names = {"outcome": "y", "unit": "i", "time": "t", "treated": "d"}
    return {"data": pilot().query("g == 'a'"), **names}


@functools.cache
def events():
    return ag.event_study(**pilot_call())


@functools.cache
def design():
    return ag.simulate_shift_share(1, n_locations=40, n_sectors=12, per_cluster=3).design


def parts_of_a_design():
    d = design()
    return {"locations": d.locations, "shares": d.shares, "shocks": d.shocks}


@functools.cache
def placed():
    return ag.panel("y ~ x + q", rows())


@functools.cache
def maturity():
    supply = cells().query("time == 2002")[["region", "industry"]].assign(rate=0.6)
    call = {"value": "jobs", "time": "time", "start": 2000, "end": 2002, "local_supply": supply}
    return call, ag.cluster_maturity(cells(), **call)


def in_periods(**more):
    return {"cells": cells(), "value": "jobs", "time": "time", **more}


def change(**more):
    return in_periods(start=2000, end=2001, **more)


def of_plants(**more):
    return {"plants": plants(), "size": "emp", **more}


def one_year():
    return cells().query("time == 2000").drop(columns="time")


def squares() -> pd.DataFrame:
    """Return a square per region, side by side, as GeoJSON."""
    rings = [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]] for x in range(4)]
    shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in rings]
    return pd.DataFrame({"region": list("abcd"), "geometry": shapes})


def panel_call(**more):
    return {"formula": "y ~ x", "data": rows(), "entity": "i", "time": "t", **more}


def gaps() -> pd.DataFrame:
    """Return a gap over four years with a constant band."""
    years = {"time": range(2005, 2009), "gap": [0.0, 0.1, 0.3, 0.2]}
    return pd.DataFrame({"outcome": "gdp", **years, "low": -0.5, "high": 0.5})


def calls() -> dict[str, tuple[object, dict[str, object]]]:
    """Return the function and the arguments of a valid call, by public name."""
    return {name: (function, dict(call)) for name, (function, call) in _calls().items()}


@functools.cache
def _calls() -> dict[str, tuple[object, dict[str, object]]]:
    zones = pd.DataFrame({"zone": range(4), "region": list("aabb"), "industry": list("xyxy")})
    scores = ag.location_quotient(one_year(), value="jobs")
    groups = {"a": 0, "b": 0, "c": 1, "d": 1}
    regions = pd.DataFrame({"region": list("abcd"), "area": 1.0, "population": 9.0})
    tiles = pd.DataFrame({"region": list("abcd"), "tile_row": range(4), "tile_column": 0})
    concentrated = ag.concentration(one_year(), value="jobs")
    d, matured = design(), maturity()
    where = {"target": "A", "distances": [1.0, 2.0, 3.0]}
    design_call = {"outcome": "y", "treatment": "x"}
    found = {
        "allocation_types": change(),
        "avg_slopes": {"fit": least_squares()},
        "lincom": {"fit": least_squares()},
        "panels": {"formula": "y + q ~ x", "data": rows()},
        "predict": {"fit": least_squares()},
        "CellBootstrap": {"draws": 99},
        "PairsBootstrap": {"cluster": "i", "draws": 99},
        "Permutation": {},
        "Studentized": {},
        "anderson_rubin": {"fit": instrumented()},
        "anderson_rubin_test": {"fit": instrumented(), "null": [0.0]},
        "bacon_decomposition": pilot_call(),
        "binned_scatter": {"formula": "y ~ x + q", "data": rows(), "x": "x", "bins": 5},
        "chain_completeness": {
            "flows": flows().merge(one_year()[["region"]].drop_duplicates(), how="cross"),
            "cells": one_year().query("industry != 'z'"), "value": "jobs"},
        "cluster_cutoff": {"cells": many_regions(), "value": "jobs"},
        "cluster_maturity": {"cells": cells(), **matured[0]},
        "cluster_stars": in_periods(),
        "coagglomeration": of_plants(),
        "collapse": {"plants": plants(), "by": ["region", "industry"], "value": "emp"},
        "colocation": {"plants": plants()},
        "compare": {},
        "component_totals": {"frame": ag.shift_share(**change())},
        "concentration": in_periods(),
        "dartboard_draws": {**of_plants(), "of": "x"},
        "density": {**in_periods(), "area": "area", "industry": "industry"},
        "detectable_effect": {"fit": least_squares()},
        "devereux_griffith_simpson": of_plants(),
        "duranton_overman": {"points": points(), **where, "bandwidth": 1.0},
        "dynamic_index": change(),
        "dynamic_panel": panel_call(formula="y ~ lag(y) + x", gmm=ag.Gmm("y", collapse=True)),
        "ellison_glaeser": of_plants(),
        "ellison_glaeser_cells": {
            "cells": ag.collapse(plants(), by=["region", "industry"], value="emp"), "value": "emp"},
        "entropy_index": {"data": rows()[["count", "w"]] + 1.0, "positive": ["count"]},
        "event_study": pilot_call(),
        "exposure_rings": policy_call(weights=ring(), draws=99, seed=1),
        "externalities": in_periods(),
        "gamma_bounds": in_periods(),
        "hausman": {"fixed": within(), "random": random_effects()},
        "honest_bounds": {"fit": events()},
        "herfindahl_bounds": {"plants": plants(), "low": "low", "high": "high"},
        "goodness_of_fit": {"curve": ag.marcon_puech(points(), **where, simulations=19)},
        "impacts": {"fit": spatial(), "draws": 20},
        "iv": panel_call(formula="y ~ q + [x ~ z]"),
        "lagrange_multipliers": {"fit": spatial()},
        "lang_marcon_puech": {"points": points(), **where, "bandwidth": 1.0},
        "leave_one_out": {"measure": ag.concentration, "leave": "region", **in_periods()},
        "leave_one_out_growth": change(),
        "linkages": {"flows": flows(), "outputs": sectors(), "region": None},
        "litzenberger_sternberg": {**in_periods(), "regions": regions},
        "local_concentration": {"points": points(), "target": "A", "distance": 2.0, "weight": "w"},
        "local_flows": {"flows": flows(), "sectors": sectors(), "region": None},
        "local_share": {"sectors": sectors(), "region": None},
        "local_supply_rate": {"flows": flows(), "sectors": sectors(), "region": None},
        "location_quotient": in_periods(),
        "marcon_puech": {"points": points(), **where},
        "maturity_sensitivity": {"maturity": matured[1], "variants": ag.MaturityRules().around()},
        "maurel_sedillot": of_plants(),
        "measurement_error": {
            "measure": ag.concentration, "relative": 0.05, "draws": 5, "seed": 1, **in_periods()},
        "moran": {"data": rows(), "value": "x", "weights": ring(), "region": "i", "time": "t"},
        "multipliers": {"flows": flows(), "outputs": sectors(), "region": None},
        "oster": {"formula": "y ~ x + q", "data": rows(), "treatment": "x", "r_max": 0.99},
        "over_zonings": {"measure": ag.concentration, "zonings": {"two": groups}, **in_periods()},
        "overidentification": {"fit": ag.iv("y ~ [x ~ z + q]", rows(), cov=ag.Cluster("i"))},
        "panel": panel_call(absorb="i", cov=ag.Cluster("i")),
        "permutation_test": policy_call(),
        "poisson": panel_call(formula="count ~ x", absorb="i", offset="q"),
        "plot_binned_scatter": {
            "frame": ag.binned_scatter("y ~ x + q", rows(), x="x", bins=5)},
        "plot_coefficients": {
            "frame": least_squares().tidy().assign(specification=["a", "b", "c"])},
        "plot_components": {"frame": ag.shift_share(**change())},
        "plot_confidence_curve": {"sets": least_squares().interval, "levels": [0.5, 0.95]},
        "plot_first_stage": {"design": d, "treatment": "x", "bins": 4},
        "plot_gaps": {"frame": gaps()},
        "plot_heat_map": {"frame": scores},
        "plot_impacts": {"frame": ag.impacts(spatial(), draws=20)},
        "plot_leave_one_out": {"frame": d.leave_one_out(**design_call)},
        "plot_map": {"frame": scores.query("industry == 'x'"), "value": "lq", "shapes": squares()},
        "plot_maturity": {"frame": matured[1]},
        "plot_network": {"frame": ag.proximity(one_year(), value="jobs")},
        "plot_quadrant": {"frame": ag.shift_share(**change())},
        "plot_ranges": {"frame": concentrated.assign(low=0.0, high=1.0), "low": "low",
                        "high": "high", "value": "gini", "key": "industry"},
        "plot_ranked_bars": {"frame": scores.query("industry == 'x'"), "value": "lq"},
        "plot_ranked_dots": {"frame": concentrated, "value": "gini"},
        "plot_relatedness": {"frame": ag.proximity(one_year(), value="jobs")},
        "plot_rotemberg": {"weights": d.rotemberg(**design_call)},
        "plot_sensitivity": {
            "frame": ag.leave_one_out(
                ag.concentration, one_year(), leave="region", value="jobs"),
            "statistic": "gini"},
        "plot_shocks": {"design": d},
        "plot_specification_curve": {
            "frame": least_squares().tidy().assign(sample=["a", "b", "a"]), "choices": ["sample"]},
        "plot_threshold": {"fit": ag.threshold_panel(
            **panel_call(by="q", varying=["x"], draws=5))},
        "plot_theil": {
            "frame": ag.theil_decomposition(one_year(), value="jobs", groups=groups)},
        "plot_tile_map": {
            "frame": scores.query("industry == 'x'"), "value": "lq", "layout": tiles},
        "plot_trajectories": {
            "frame": ag.location_quotient(**in_periods()).query("industry == 'x'"), "value": "lq"},
        "plot_without_each": {
            "frame": ag.without_each(least_squares(), "i"), "term": "x"},
        "plot_zonings": {
            "frame": ag.over_zonings(
                ag.concentration, one_year(), {"two": groups}, value="jobs"),
            "value": "gini"},
        "policy_alignment": {"listings": zones, "scores": scores, "draws": 99, "seed": 1},
        "pretrend_power": {"fit": events()},
        "proximity": in_periods(),
        "regional_shares": in_periods(),
        "relatedness_density": in_periods(),
        "ripley": {"points": points(), **where, "window": (0, 10, 0, 10)},
        "robust_hausman": panel_call(),
        "row_standardize": {"weights": ring()},
        "scan_clusters": {
            "cells": one_year(), "target": "x", "value": "n", "simulations": 9,
            "regions": pd.DataFrame({"region": list("abcd"), "x": [0.0, 1, 2, 4], "y": 0.0})},
        "shift_share": change(),
        "shift_share_path": {**change(), "end": 2002},
        "simulate_shift_share": {"seed": 1, "n_locations": 20, "n_sectors": 6},
        "spatial_panel": panel_call(weights=ring(), absorb="i"),
        "specialization": in_periods(),
        "stochastic_shift_share": change(),
        "synthetic_control": policy_call(),
        "synthetic_did": policy_call(),
        "theil_decomposition": {**in_periods(), "groups": groups},
        "threshold_panel": panel_call(by="q", varying=["x"], draws=5),
        "triple_difference": {**pilot_call(), "data": pilot(), "group": "g"},
        "u_test": {"fit": ag.panel("y ~ x + I(x**2)", rows()), "linear": "x",
                   "square": "I(x ** 2)", "low": 0.0, "high": 1.0},
        "variety": {**in_periods(), "sectors": {"x": 0, "y": 0, "z": 1}},
        "weak_instruments": {"fit": instrumented()},
        "cluster_diagnostics": {"fit": least_squares(), "column": "i"},
        "compare_covariances": {"fit": least_squares(), "covariances": [ag.Robust()]},
        "conley_cutoff": {"fit": placed(), "lon": "x", "lat": "z"},
        "from_columns": {"outcome": "y", "regressors": ["x"]},
        "lbm_gls": {"data": rows(), "columns": ["y", "x"], "x": "q", "y": "z"},
        "spatial_stationarity_test": {
            "formula": "y", "data": rows(), "x": "q", "y": "z", "draws": 200},
        "spatial_unit_root_test": {
            "formula": "y", "data": rows(), "x": "q", "y": "z", "draws": 200},
        "tf": {"fit": instrumented()},
        "cite": {},
        "to_docx": {"data": pd.DataFrame({"a": [1.0]})},
        "to_html": {"data": pd.DataFrame({"a": [1.0]})},
        "wild_anderson_rubin": {
            "fit": instrumented(), "spec": ag.WildBootstrap("i", draws=99)},
        "wild_anderson_rubin_test": {
            "fit": instrumented(), "spec": ag.WildBootstrap("i", draws=99)},
        "datasets.load_growth_design": {},
        "datasets.load_io_industries": {},
        "datasets.load_plants": {},
        "Fuller": {},
        "PlantChoice": {},
        "SCPC": {},
        "ShiftShareDesign": parts_of_a_design(),
        "wild_iv": {"fit": instrumented(), "spec": ag.WildBootstrap("i", draws=99)},
        "without_each": {"fit": least_squares(), "column": "i"},
        "BootstrapCutoff": {"seed": 1},
        "BootstrapVariance": {"draws": 9, "seed": 1},
        "CR3": {"column": "i"},
        "Conley": {"km": 10.0},
        "Dartboard": {},
        "DriscollKraay": {"bandwidth": 1},
        "Exact": {"unit": "persons"},
        "Gmm": {"variable": "y"},
        "IntegratedSquare": {},
        "Isotropic": {},
        "LocationChoice": {},
        "MaximumDeviation": {},
        "Moineddin": {"unit": "persons"},
        "NeweyWest": {"bandwidth": 1},
        "PermuteUnits": {"draws": 9, "seed": 1},
        "PlaceboVariance": {"draws": 9, "seed": 1},
        "PopulationIndependence": {},
        "RandomLabelling": {"unit": "person", "seed": 1},
        "RelativeStandardErrors": {
            "cells": one_year()[["region", "industry", "n"]], "of_regions": 1.0,
            "of_industries": 1.0, "of_total": 0.0, "given_in": "percent",
            "covariance": "independent"},
        "RandomLocation": {},
        "RandomPosition": {},
        "ShockLevel": {"cluster": "c"},
        "ShuffledLabels": {},
        "Translation": {},
        "Uncorrected": {},
        "WildBootstrap": {"column": "i"},
    }  # fmt: skip
    named = {name: (operator.attrgetter(name)(ag), call) for name, call in found.items()}
    named["compare"] = (functools.partial(ag.compare, least_squares()), {})
    named["Estimates.tidy"] = (least_squares().tidy, {"level": 0.9})
    named["Estimates.interval"] = (least_squares().interval, {"level": 0.9, "term": "x"})
    named["Regression.wald"] = (least_squares().wald, {})
    named["ShiftShareDesign.fit"] = (d.fit, {**design_call})
    named["ShiftShareDesign.ols"] = (d.ols, {**design_call})
    named["ShiftShareDesign.shock_level"] = (d.shock_level, {"columns": ["y", "x"]})
    for name, call in {
        "balance": {"variables": ["q"]},
        "check": design_call,
        "leave_one_out": {**design_call, "by": "cluster"},
        "overidentification": design_call,
        "rotemberg": design_call,
        "shock_overidentification": design_call,
        "shock_summary": {},
        "with_exposure": {},
    }.items():
        named[f"ShiftShareDesign.{name}"] = (getattr(d, name), call)
    named["ShiftShareDesign.recentred"] = (
        d.recentred, {"counterfactuals": ag.Permutation(), "draws": 20, "seed": 1})  # fmt: skip
    named["ShiftShareDesign.randomization_test"] = (
        d.randomization_test,
        {**design_call, "counterfactuals": ag.Permutation(), "draws": 20, "seed": 1},
    )
    return named


def parameters(function: object) -> dict[str, inspect.Parameter]:
    found = inspect.signature(function).parameters  # type: ignore[arg-type]
    return {name: p for name, p in found.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
