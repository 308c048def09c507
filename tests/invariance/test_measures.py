"""What may change an answer, for every public measure and decomposition, as one table.

Each row says, for a public name, what each change of the table does to the answer: **invariant**;
**equivariant**, multiplied by the factor to a stated power; **changes**, with the reason; or not
applicable, with the reason. Every statement but the last kind is tested, on tables that hypothesis
draws, and a public name that is not in the table fails.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import agglometrics as ag

R, I = 9, 4  # noqa: E741 (regions, industries)
REGIONS, INDUSTRIES, YEARS = range(1, R + 1), range(11, 11 + I), (2001, 2002, 2003)
MACRO = {r: "north" if r < 5 else "south" for r in REGIONS}
SECTOR = {i: "goods" if i < 13 else "services" for i in INDUSTRIES}
IDLE = 5  # a label that no table has, before some and after others
FACTORS = (1e-9, 1e-6, 1e6, 1e9)
Tables = dict[str, pd.DataFrame]


def tables(seed: int) -> Tables:
    """Return one table of each kind, of random figures and with its keys as whole numbers."""
    rng = np.random.default_rng(seed)
    regions, industries = [r + (r >= IDLE) for r in REGIONS], list(INDUSTRIES)
    keys = pd.MultiIndex.from_product(
        [YEARS, regions, industries], names=["time", "region", "industry"]
    )
    cells = keys.to_frame(index=False)
    cells["v"] = rng.integers(1, 400, len(cells)).astype(float)
    cells.loc[rng.random(len(cells)) < 0.08, "v"] = 0.0
    cells["n"] = np.where(cells["v"] > 0, rng.integers(1, 30, len(cells)), 0)
    cells["km2"] = cells["region"] * 7.0
    plants = cells.loc[cells.index.repeat(2), ["time", "region", "industry"]].reset_index(drop=True)
    plants = plants[rng.random(len(plants)) < 0.7].reset_index(drop=True)
    plants["size"] = np.round(rng.lognormal(3, 1, len(plants)) + 1, 2)
    plants["high"] = plants["size"] * 2
    places = pd.DataFrame(
        {"region": regions, "area": rng.uniform(1, 9, R), "people": rng.uniform(10, 99, R)}
    )
    pairs = pd.MultiIndex.from_product(
        [regions[:2], industries, industries], names=["region", "supplier", "user"]
    )
    flows = pairs.to_frame(index=False).assign(z=rng.uniform(1, 9, 2 * I * I))
    sectors = pd.MultiIndex.from_product(
        [regions[:2], industries], names=["region", "industry"]
    ).to_frame(index=False)
    sectors["x"] = rng.uniform(60, 90, len(sectors))
    for name in ("out", "in"):
        sectors[name] = rng.uniform(1, 30, len(sectors))
    listings = pd.DataFrame({"zone": range(1, 13), "region": np.resize(regions[:4], 12)})
    listings["industry"] = rng.choice(industries, 12)
    return {
        "cells": cells,
        "plants": plants,
        "places": places,
        "flows": flows,
        "sectors": sectors,
        "listings": listings,
    }


@dataclass(frozen=True)
class Row:
    """One public name: how it is called, and what each change does to its answer.

    power : by column of figures ("table.column"), the answer's columns that are multiplied by the
        factor to a power (all others are invariant); or a text that says why it changes
    region, industry, period : "" if an idle one (or, of periods, a further one) changes nothing;
        else why it does, or why there is none
    rename : columns of the answer that draws make: identical only under the same names
    order : columns that rest on the order of labels by definition
    """

    call: Callable[[Tables], pd.DataFrame]
    power: Mapping[str, Mapping[str, float] | str] = field(default_factory=dict)
    region: str = ""
    industry: str = ""
    period: str = ""
    rename: tuple[str, ...] = ()
    keys: tuple[str, ...] = ("time", "region", "industry")


def measure(
    function: Callable[..., pd.DataFrame], **options: object
) -> Callable[[Tables], pd.DataFrame]:
    """Return a call on the cells, by period, with what is undefined left NaN."""
    return lambda t: function(t["cells"], value="v", time="time", undefined="nan", **options)


def decomposition(
    function: Callable[..., pd.DataFrame], **options: object
) -> Callable[[Tables], pd.DataFrame]:
    return lambda t: function(t["cells"], value="v", start=2001, end=2003, **options)


def from_plants(
    function: Callable[..., pd.DataFrame], **options: object
) -> Callable[[Tables], pd.DataFrame]:
    return lambda t: function(t["plants"], size="size", time="time", **options)


def dartboards(t: Tables) -> pd.DataFrame:
    """Return what the draws say of every industry and period."""
    rows = []
    for year, plants in t["plants"].groupby("time"):
        for name in plants["industry"].unique():
            found = ag.dartboard_draws(plants, of=name, size="size", test=ag.Dartboard(draws=99))
            rows.append({"time": year, "industry": name, "g": found.g, "p_value": found.p_value,
                         "mean": found.draws.mean()})  # fmt: skip
    return pd.DataFrame(rows)


def one_year(t: Tables) -> pd.DataFrame:
    return t["cells"][t["cells"]["time"] == 2003].drop(columns="time")


def chain_links(labels: list[object]) -> dict[object, list[object]]:
    """Return neighbours of regions in the order of the table, which is given by the caller."""
    return {a: [labels[k - 1], labels[(k + 1) % len(labels)]] for k, a in enumerate(labels)}


def ring(t: Tables) -> dict[object, list[object]]:
    return chain_links(list(t["places"].sort_values("area")["region"]))


def estimates(fit: object) -> pd.DataFrame:
    return fit.tidy()[["term", "estimate", "std_error", "p_value"]]


def maturity(t: Tables) -> pd.DataFrame:
    supply = t["sectors"].assign(rate=0.6)[["region", "industry", "rate"]]
    return ag.cluster_maturity(
        t["cells"], value="v", time="time", start=2001, end=2003, local_supply=supply
    )


def entropy(t: Tables) -> pd.DataFrame:
    index, _ = ag.entropy_index(t["places"], positive=["area"], negative=["people"])
    return t["places"][["region"]].assign(index=index)


def macro(t: Tables) -> pd.Series:
    """Groups of regions by their area, which no change of labels touches."""
    places = t["places"].sort_values("area").reset_index(drop=True)
    groups = pd.Series(np.where(places.index < R // 2, "a", "b"), index=places["region"])
    extra = pd.Index(t["cells"]["region"].unique()).difference(groups.index)
    return pd.concat([groups, pd.Series("c", index=extra)])


def sectors_of(t: Tables) -> pd.Series:
    found = pd.Index(t["cells"]["industry"].unique())
    totals = t["cells"].groupby("industry", observed=True)["n"].sum()
    first = set(totals.nlargest(2).index)
    return pd.Series(["a" if i in first else "b" for i in found], index=found)


def trade(**names: str) -> dict[str, object]:
    return {"output": "x", "trade": ag.Trade(["out"], ["in"]), **names}


def scores(t: Tables) -> pd.DataFrame:
    return ag.location_quotient(one_year(t), value="v", undefined="nan")


def published_errors(t: Tables) -> ag.RelativeStandardErrors:
    """Return errors of cells that differ, whatever the unit of v; the totals are known to 2 %."""
    cells = t["cells"][["time", "region", "industry"]].assign(rse=t["cells"]["n"] + 0.5)
    return ag.RelativeStandardErrors(
        cells, 2.0, 2.0, 0.0, given_in="percent", covariance="cauchy_schwarz"
    )


def plotted(t: Tables) -> pd.DataFrame:
    """Return what the plots show: they take the totals of a decomposition and compute nothing."""
    return ag.component_totals(decomposition(ag.shift_share)(t), by="region")


V, N = {"cells.v": {}}, {"cells.v": {}, "cells.n": {}}
SIZE = {"plants.size": {}}
LEVELS = ("change", "national", "industry_mix", "competitive")
EVERY = dict.fromkeys((*LEVELS, "allocation", "residual", "specialization", "allocation"), 1.0)
ARCELUS = {
    f"{effect}_{base}": 1.0
    for effect, base in product(
        ("national", "industry_mix", "regional", "regional_industry"),
        ("homothetic", "differential"),
    )
} | {"change": 1.0}
COUNTS = {"cells.n": "changes: counts are drawn, in whole units"}
NO_IDLE = "not applicable: a table of plants has no region or industry without plants"
ONE = "not applicable: one period"
NEIGHBOURS = "not applicable: weights name their regions"
MODEL = "changes: mean and spread over regions are the yardstick"

TABLE: dict[str, Row] = {
    "concentration": Row(measure(ag.concentration), V),
    "specialization": Row(measure(ag.specialization), V),
    "location_quotient": Row(
        measure(ag.location_quotient, variants=True), {"cells.v": {"horizontal_clustering": 1.0}}
    ),
    "regional_shares": Row(measure(ag.regional_shares), V),
    "theil_decomposition": Row(lambda t: measure(ag.theil_decomposition, groups=macro(t))(t), V),
    "externalities": Row(measure(ag.externalities, firms="n"), N),
    "variety": Row(lambda t: measure(ag.variety, sectors=sectors_of(t))(t), V),
    "proximity": Row(measure(ag.proximity), V, keys=("time", "industry_a", "industry_b")),
    "relatedness_density": Row(measure(ag.relatedness_density), V),
    "cluster_stars": Row(measure(ag.cluster_stars, top=0.4), V),
    "cluster_cutoff": Row(measure(ag.cluster_cutoff), V),
    "NormalCutoff": Row(measure(ag.cluster_cutoff, rule=ag.NormalCutoff(1.645)), V),
    "BootstrapCutoff": Row(
        measure(ag.cluster_cutoff, rule=ag.BootstrapCutoff(draws=39, seed=1)),
        V,
        rename=("cutoff", "cutoff_error", "lq_cutoff", "n_clusters"),
    ),
    "Exact": Row(
        lambda t: ag.location_quotient(
            t["cells"], value="n", time="time", undefined="nan", interval=ag.Exact("plants")
        ),
        COUNTS,
    ),
    "Moineddin": Row(
        lambda t: ag.location_quotient(
            t["cells"], value="n", time="time", undefined="nan", interval=ag.Moineddin("plants")
        ),
        COUNTS,
    ),
    "PlantSizes": Row(
        lambda t: measure(
            ag.location_quotient,
            interval=ag.PlantSizes(pd.Series(0.04, index=t["cells"]["industry"].unique())),
        )(t),
        V,
    ),
    "RelativeStandardErrors": Row(
        lambda t: measure(ag.location_quotient, interval=published_errors(t))(t), V
    ),
    "RandomLabelling": Row(
        lambda t: ag.concentration(
            t["cells"],
            value="n",
            time="time",
            undefined="nan",
            inference=ag.RandomLabelling("plants", draws=39, seed=1),
        ),
        COUNTS,
        industry="",
        rename=tuple(
            f"{m}_{s}" for m in ("hoover", "gini", "theil") for s in ("expected", "p_value")
        ),
    ),
    "leave_one_out": Row(
        lambda t: ag.leave_one_out(
            ag.concentration, one_year(t), leave="industry", value="v", undefined="nan"
        ),
        V,
        region="",
        industry="changes: one more is left out, n_undefined counts it",
        period=ONE,
        keys=("industry", "statistic"),
        rename=("low_without", "high_without"),
    ),
    "over_zonings": Row(
        lambda t: ag.over_zonings(
            ag.concentration, t["cells"], {"two": macro(t)}, value="v", time="time", undefined="nan"
        ),
        V,
        region="",
        keys=("zoning", "time", "industry"),
    ),
    "measurement_error": Row(
        lambda t: ag.measurement_error(
            ag.concentration,
            t["cells"],
            relative=0.05,
            draws=9,
            seed=1,
            value="v",
            time="time",
            undefined="nan",
        ),
        V,
        keys=("time", "industry", "statistic"),
        rename=("low", "high"),
    ),
    "density": Row(
        lambda t: ag.density(one_year(t), value="v", area="km2", industry="industry"),
        {"cells.v": {"activity": 1, "density": 1}, "cells.km2": {"area": 1, "density": -1}},
        period=ONE,
        region="not applicable: a region has a positive area, and a row of its own",
    ),
    "CicconeHall": Row(
        lambda t: ag.density(
            one_year(t), value="v", area="km2", index=ag.CicconeHall("industry", theta=1.5)
        ),
        {
            "cells.v": {"activity": 1, "density": 1, "density_index": 0.5, "equivalent_density": 1},
            "cells.km2": {
                "area": 1,
                "density": -1,
                "density_index": -0.5,
                "equivalent_density": -1,
            },
        },
        region="changes: refused, a region without workers has no mean over them",
        industry="changes: a further part has its own area",
        period=ONE,
    ),
    "dynamic_index": Row(
        lambda t: ag.dynamic_index(
            t["cells"], value="v", time="time", start=2001, end=2003, undefined="nan"
        ),
        V,
    ),
    "cluster_maturity": Row(maturity, V),
    "MaturityRules": Row(maturity, V),
    "maturity_sensitivity": Row(
        lambda t: ag.maturity_sensitivity(maturity(t), ag.MaturityRules().around()), V
    ),
    "entropy_index": Row(
        entropy,
        {"places.area": {}, "places.people": {}},
        region="not applicable: rows are observations",
        industry=ONE,
        period=ONE,
    ),
    "litzenberger_sternberg": Row(
        lambda t: ag.litzenberger_sternberg(
            t["cells"],
            value="v",
            time="time",
            population="people",
            regions=t["places"],
        ),
        {"cells.v": {}, "cells.n": {}, "places.area": {}, "places.people": {}},
        region="changes: its area and inhabitants are part of the whole economy",
    ),
    "policy_alignment": Row(
        lambda t: ag.policy_alignment(t["listings"], scores(t).dropna(), draws=99, seed=1),
        V,
        region="",
        period=ONE,
        keys=("region",),
        rename=("expected", "null_low", "null_high", "p_value", "p_adjusted", "detectable"),
    ),
    "chain_completeness": Row(
        lambda t: ag.chain_completeness(t["flows"], one_year(t), value="v", flow="z"),
        {"cells.v": {}, "flows.z": {}},
        keys=("region", "user"),
        period=ONE,
    ),
    "linkages": Row(
        lambda t: ag.linkages(t["flows"], t["sectors"], flow="z", output="x"),
        {"flows.z+sectors.x": {}},
        region=ONE,
        industry=ONE,
        period=ONE,
    ),
    "multipliers": Row(
        lambda t: ag.multipliers(t["flows"], t["sectors"], flow="z", output="x"),
        {"flows.z+sectors.x": {}},
        region=ONE,
        industry=ONE,
        period=ONE,
        keys=("region", "supplier", "user"),
    ),
    "local_share": Row(
        lambda t: ag.local_share(t["sectors"], **trade()),
        {"sectors.x+sectors.out+sectors.in": {"use": 1}},
        region=ONE,
        industry=ONE,
        period=ONE,
    ),
    "Trade": Row(
        lambda t: ag.local_share(t["sectors"], **trade()),
        {"sectors.x+sectors.out+sectors.in": {"use": 1}},
        region=ONE,
        industry=ONE,
        period=ONE,
    ),
    "local_supply_rate": Row(
        lambda t: ag.local_supply_rate(t["flows"], t["sectors"], flow="z", **trade()),
        {"flows.z+sectors.x+sectors.out+sectors.in": {"inputs": 1}},
        region=ONE,
        industry=ONE,
        period=ONE,
        keys=("region", "user"),
    ),
    "local_flows": Row(
        lambda t: ag.local_flows(t["flows"], t["sectors"], flow="z", **trade()),
        {"flows.z+sectors.x+sectors.out+sectors.in": {"z": 1}},
        region=ONE,
        industry=ONE,
        period=ONE,
        keys=("region", "supplier", "user"),
    ),
    "dartboard_draws": Row(dartboards, SIZE, NO_IDLE, NO_IDLE, rename=("p_value", "mean")),
    "ellison_glaeser": Row(
        from_plants(ag.ellison_glaeser, reference="excluding"), SIZE, NO_IDLE, NO_IDLE
    ),
    "ellison_glaeser_cells": Row(
        lambda t: ag.ellison_glaeser_cells(
            ag.collapse(t["plants"], by=["region", "industry", "time"], value="size"),
            value="size",
            time="time",
        ),
        SIZE,
        NO_IDLE,
        NO_IDLE,
    ),
    "Dartboard": Row(
        from_plants(ag.ellison_glaeser, inference=ag.Dartboard(draws=39)),
        SIZE,
        NO_IDLE,
        NO_IDLE,
        rename=("p_value", "z_size"),
    ),
    "LocationChoice": Row(
        from_plants(ag.ellison_glaeser, inference=ag.LocationChoice(draws=39)),
        SIZE,
        NO_IDLE,
        NO_IDLE,
        rename=("std_error", "conf_low", "conf_high"),
    ),
    "NaturalAdvantage": Row(
        from_plants(
            ag.maurel_sedillot, inference=ag.LocationChoice(39, mechanism=ag.NaturalAdvantage())
        ),
        SIZE,
        NO_IDLE,
        NO_IDLE,
        rename=("std_error", "conf_low", "conf_high"),
    ),
    "Spillover": Row(
        from_plants(ag.ellison_glaeser, inference=ag.LocationChoice(39, mechanism=ag.Spillover())),
        SIZE,
        NO_IDLE,
        NO_IDLE,
        rename=("std_error", "conf_low", "conf_high"),
    ),
    "maurel_sedillot": Row(from_plants(ag.maurel_sedillot), SIZE, NO_IDLE, NO_IDLE),
    "devereux_griffith_simpson": Row(
        from_plants(ag.devereux_griffith_simpson), SIZE, NO_IDLE, NO_IDLE
    ),
    "herfindahl_bounds": Row(
        lambda t: ag.herfindahl_bounds(t["plants"], low="size", high="high", time="time"),
        {"plants.size+plants.high": {}},
        NO_IDLE,
        NO_IDLE,
    ),
    "coagglomeration": Row(
        from_plants(ag.coagglomeration),
        SIZE,
        NO_IDLE,
        NO_IDLE,
        keys=("time", "industry_a", "industry_b"),
    ),
    "PlantChoice": Row(
        from_plants(ag.coagglomeration, inference=ag.PlantChoice(draws=39)),
        SIZE,
        NO_IDLE,
        NO_IDLE,
        keys=("time", "industry_a", "industry_b"),
        rename=("p_value",),
    ),
    "colocation": Row(
        lambda t: ag.colocation(
            t["plants"], time="time", inference=ag.RandomLabelling("plants", draws=39)
        ),
        {},
        NO_IDLE,
        NO_IDLE,
        keys=("time", "industry_a", "industry_b"),
        rename=("p_value", "n_a", "n_b"),
    ),
    "gamma_bounds": Row(
        lambda t: ag.gamma_bounds(t["cells"], value="v", plants="n", time="time"),
        {"cells.v": {}},
        region="",
    ),
    "shift_share": Row(decomposition(ag.shift_share), {"cells.v": EVERY}),
    "Dunn": Row(decomposition(ag.shift_share, method=ag.Dunn("mean")), {"cells.v": EVERY}),
    "EstebanMarquillas": Row(
        decomposition(ag.shift_share, method=ag.EstebanMarquillas()), {"cells.v": EVERY}
    ),
    "Arcelus": Row(decomposition(ag.shift_share, method=ag.Arcelus()), {"cells.v": ARCELUS}),
    "Gerfin": Row(
        decomposition(ag.shift_share, method=ag.Gerfin()),
        {"cells.v": {"change": 1.0}},
        region="changes: refused, an idle region has no growth factor",
        keys=("region",),
    ),
    "Dynamic": Row(
        decomposition(ag.shift_share, method=ag.Dynamic(periods=(2001, 2002, 2003))),
        {"cells.v": EVERY},
    ),
    "Spatial": Row(
        lambda t: decomposition(ag.shift_share, method=ag.Spatial(ring(t)))(t),
        {"cells.v": EVERY},
        region=NEIGHBOURS,
    ),
    "Stochastic": Row(decomposition(ag.shift_share, method=ag.Stochastic()), {"cells.v": EVERY}),
    "shift_share_path": Row(
        decomposition(ag.shift_share_path),
        {"cells.v": EVERY},
    ),
    "component_totals": Row(
        lambda t: ag.component_totals(decomposition(ag.shift_share)(t), by="region"),
        {"cells.v": EVERY},
        keys=("region",),
    ),
    "stochastic_shift_share": Row(
        lambda t: estimates(decomposition(ag.stochastic_shift_share)(t)),
        V,
        keys=("term",),
    ),
    "CellBootstrap": Row(
        lambda t: estimates(
            decomposition(ag.stochastic_shift_share, cov=ag.CellBootstrap(draws=99))(t)
        ),
        V,
        keys=("term",),
    ),
    "allocation_types": Row(
        decomposition(ag.allocation_types),
        {"cells.v": {"specialization": 1, "allocation": 1}},
    ),
    "plot_components": Row(plotted, {"cells.v": EVERY}, keys=("region",)),
    "plot_quadrant": Row(plotted, {"cells.v": EVERY}, keys=("region",)),
}


def answer(row: Row, t: Tables) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        return row.call(t)


@cache
def _answered(name: str, seed: int) -> tuple[Tables, pd.DataFrame]:
    t = tables(seed)
    return t, answer(TABLE[name], t)


def as_given(name: str, seed: int) -> tuple[Row, Tables, pd.DataFrame]:
    """Return a row, tables and its answer to them, made once for all changes."""
    t, base = _answered(name, seed)
    return TABLE[name], dict(t), base.copy()


def texts(frame: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return a frame with its key columns as text, renamed back."""
    keys = {
        "time",
        "region",
        "industry",
        "industry_a",
        "industry_b",
        "supplier",
        "user",
        "zone",
        "term",
    }
    out = frame.copy()
    for column in keys & {*frame.columns}:
        values = out[column].astype(object).map(str)
        out[column] = values.map(lambda label: (names or {}).get(label, label))
    return out


def same(
    found: pd.DataFrame,
    base: pd.DataFrame,
    row: Row,
    powers: Mapping[str, float],
    factor: float = 1.0,
    skip: tuple[str, ...] = (),
    pairs: bool = False,
) -> None:
    """Assert that `found` holds every row of `base`, its numbers times the factor to the power."""
    keys = [key for key in row.keys if key in base.columns]
    if pairs and "industry_a" in keys:  # a pair may come in the other order
        for frame in (found, base):
            frame[["industry_a", "industry_b"]] = np.sort(
                frame[["industry_a", "industry_b"]].to_numpy(), axis=1
            )
    both = base.merge(found, on=keys, how="left", suffixes=("_base", ""), indicator=True)
    assert (both["_merge"] == "both").all(), "a row of the answer is lost"
    assert len(both) == len(base)
    for column in base.columns.drop(keys):
        if column in skip:
            continue
        before, after = both[f"{column}_base"], both[column]
        if not pd.api.types.is_numeric_dtype(before) or pd.api.types.is_bool_dtype(before):
            assert (before.astype(str) == after.astype(str)).all(), column
            continue
        expected = before.to_numpy(dtype=float, na_value=np.nan) * factor ** powers.get(column, 0.0)
        scale = np.nanmax(np.abs(expected[np.isfinite(expected)]), initial=0.0)
        np.testing.assert_allclose(
            after.to_numpy(dtype=float, na_value=np.nan),
            expected,
            rtol=1e-7,
            atol=1e-9 * scale,
            err_msg=column,
        )


drawn = settings(
    max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
seeds = st.integers(0, 10**6)
names = pytest.mark.parametrize("name", sorted(TABLE))


@names
@drawn
@given(seed=seeds)
def test_units_of_figures(name: str, seed: int) -> None:
    row, t, base = as_given(name, seed)
    for columns, powers in row.power.items():
        if isinstance(powers, str):
            assert powers.startswith("changes: ")
            continue
        for factor in FACTORS:
            scaled = dict(t)
            for one in columns.split("+"):
                table, column = one.split(".")
                scaled[table] = scaled[table].assign(**{column: scaled[table][column] * factor})
            same(answer(row, scaled), base, row, powers, factor)


@names
@drawn
@given(seed=seeds)
def test_order_of_rows_and_type_of_keys(name: str, seed: int) -> None:
    row, t, base = as_given(name, seed)
    shuffled = {key: frame.sample(frac=1, random_state=seed % 2**31) for key, frame in t.items()}
    same(answer(row, shuffled), base, row, {})
    as_text = {key: texts(frame) for key, frame in shuffled.items()}
    for frame in as_text.values():
        if "time" in frame.columns:
            frame["time"] = frame["time"].astype("int64")  # start= and end= are numbers
    found = texts(answer(row, as_text))
    # text sorts otherwise than numbers do: which of two labels is named first may change
    same(found, texts(base), row, {}, pairs=True)


@names
@drawn
@given(seed=seeds)
def test_labels_renamed(name: str, seed: int) -> None:
    row, t, base = as_given(name, seed)
    labels = [*range(1, R + 2), *INDUSTRIES]
    new = {label: f"{'zyxwvutsrq'[label % 10]}{label}" for label in labels}
    renamed = {}
    for key, frame in t.items():
        columns = {*frame.columns} & {"region", "industry", "supplier", "user"}
        renamed[key] = frame.assign(**{column: frame[column].map(new) for column in columns})
    back = {label: str(old) for old, label in new.items()}
    back |= {
        f"{kind}[{label}]": f"{kind}[{old}]"
        for kind in ("region", "industry")
        for old, label in new.items()
    }
    same(texts(answer(row, renamed), back), texts(base), row, {}, skip=row.rename, pairs=True)


@names
@pytest.mark.parametrize("axis", ["region", "industry", "period"])
@drawn
@given(seed=seeds)
def test_idle_region_industry_or_further_period(name: str, axis: str, seed: int) -> None:
    row, t, base = as_given(name, seed)
    reason = getattr(row, axis)
    if reason:
        assert reason.startswith(("changes: ", "not applicable: "))
        return
    if axis == "period":
        more = {k: _with_period(frame) for k, frame in t.items()}
        more["listings"] = t["listings"]
    else:
        label = IDLE if axis == "region" else 12.5
        idle = t["cells"].drop_duplicates(["time", "industry" if axis == "region" else "region"])
        idle = idle.assign(**{axis: label, "v": 0.0, "n": 0})
        more = t | {"cells": pd.concat([t["cells"], idle], ignore_index=True)}
        if axis == "region":
            more["cells"][axis] = more["cells"][axis].astype("int64")
    same(texts(_whole(answer(row, more))), texts(_whole(base)), row, {})


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with industries as floats, as an idle one between two others makes them."""
    columns = {*frame.columns} & {"industry", "industry_a", "industry_b"}
    out = frame.assign(**{column: frame[column].astype(float) for column in columns})
    if "term" in out:
        out["term"] = out["term"].str.replace(".0]", "]", regex=False)
    return out


def _with_period(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a period before the first, of other figures."""
    if "time" not in frame.columns:
        return frame
    earlier = frame[frame["time"] == 2002].assign(time=1999)
    for column in ("v", "size", "high"):
        if column in earlier:
            earlier[column] = earlier[column] * 2 + (earlier[column] > 0)
    return pd.concat([frame, earlier], ignore_index=True)


def test_every_public_measure_is_in_the_table() -> None:
    listing = (Path(ag.__file__).parent / "__init__.pyi").read_text()
    public: set[str] = set()
    for module, plain, block in re.findall(
        r"from \.(measures|decomposition)\.\S+ import (?:\(([^)]*)\)|(.*))", listing
    ):
        assert module
        public |= {word.strip() for word in (plain or block).split(",") if word.strip()}
    assert len(public) > 50
    assert public <= {*TABLE}, f"not in the table: {sorted(public - {*TABLE})}"
