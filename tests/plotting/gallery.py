"""Every picture of the package on tables that are hard to letter: 16 Laender, 31 provinces.

The estimates are simulated; names of places and of industries are as long as they are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import agglometrics as ag
from agglometrics.labels import Label, Labels

LAENDER = {  # tile row, tile column, from the north-west
    "Schleswig-Holstein": (0, 1), "Hamburg": (1, 1), "Mecklenburg-Vorpommern": (0, 2),
    "Bremen": (1, 0), "Niedersachsen": (2, 1), "Brandenburg": (1, 3), "Berlin": (1, 2),
    "Nordrhein-Westfalen": (2, 0), "Sachsen-Anhalt": (2, 2), "Sachsen": (2, 3),
    "Hessen": (3, 1), "Thüringen": (3, 2), "Rheinland-Pfalz": (3, 0), "Saarland": (4, 0),
    "Baden-Württemberg": (4, 1), "Bayern": (4, 2), "Deutschland": (5, 3),
}  # fmt: skip
BOTH = """
Beijing:北京 Tianjin:天津 Hebei:河北 Shanxi:山西 Inner_Mongolia:内蒙古
Liaoning:辽宁 Jilin:吉林 Heilongjiang:黑龙江 Shanghai:上海 Jiangsu:江苏
Zhejiang:浙江 Anhui:安徽 Fujian:福建 Jiangxi:江西 Shandong:山东
Henan:河南 Hubei:湖北 Hunan:湖南 Guangdong:广东 Guangxi:广西
Hainan:海南 Chongqing:重庆 Sichuan:四川 Guizhou:贵州 Yunnan:云南
Tibet:西藏 Shaanxi:陕西 Gansu:甘肃 Qinghai:青海 Ningxia:宁夏
Xinjiang:新疆
"""
PROVINCES = dict(pair.split(":") for pair in BOTH.split())
INDUSTRIES = {
    "Food, drink and tobacco": "食品饮料烟草",
    "Textiles": "纺织",
    "Clothing and leather": "服装皮革",
    "Timber and furniture": "木材家具",
    "Paper, printing, toys": "造纸印刷文教",
    "Coal": "煤炭",
    "Oil refining and coking": "石油炼焦",
    "Chemicals": "化学",
    "Non-metallic minerals": "非金属矿物",
    "Metals": "金属冶炼",
    "Metal products": "金属制品",
    "Machinery": "机械",
    "Transport equipment": "交通运输设备",
    "Electrical machinery": "电气机械",
    "Electronics": "电子设备",
    "Instruments": "仪器仪表",
}
NAMES = Labels({**{en: Label(en.replace("_", " "), zh) for en, zh in PROVINCES.items()},
                **{en: Label(en, zh) for en, zh in INDUSTRIES.items()}})  # fmt: skip


@functools.cache
def cells() -> pd.DataFrame:
    """Return jobs of 31 provinces in 16 industries, some clustered."""
    rng = np.random.default_rng(1)
    keys = pd.MultiIndex.from_product([PROVINCES, INDUSTRIES], names=["region", "industry"])
    size = np.exp(rng.normal(6, 1, len(PROVINCES)))[:, None]
    place, kind = rng.normal(size=(len(PROVINCES), 3)), rng.normal(size=(3, len(INDUSTRIES)))
    jobs = size * np.exp(0.5 * place @ kind + rng.normal(0, 0.3, (len(size), len(INDUSTRIES))))
    return keys.to_frame(index=False).assign(jobs=np.round(jobs.ravel()) + 1)


@functools.cache
def quotients() -> pd.DataFrame:
    return ag.location_quotient(cells(), value="jobs")


@functools.cache
def plants() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    weights = np.linspace(1, 4, 9) / np.linspace(1, 4, 9).sum()
    region = np.concatenate([rng.choice(9, 400, p=weights), rng.choice(9, 60, p=weights[::-1])])
    industry = ["others"] * 400 + ["clustered"] * 60
    size = np.exp(rng.normal(3, 1, 460)).round() + 1
    return pd.DataFrame({"region": region, "industry": industry, "size": size})


@functools.cache
def data() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    region, year = np.divmod(np.arange(31 * 8), 8)
    e, z, w = rng.normal(size=(3, len(region)))
    x = 0.4 * z + 0.5 * w + 0.6 * e + rng.normal(size=len(region))
    names = np.array(list(PROVINCES))[region]
    return pd.DataFrame({"region": names, "year": year, "x": x, "z": z, "w": w,
                         "y": 0.5 * x + 0.3 * w + e + region / 20})  # fmt: skip


@functools.cache
def fits() -> dict[str, Any]:
    named = {"main": "y ~ x", "with the control": "y ~ x + w"}
    found = {name: ag.panel(f, data(), cov=ag.Cluster("region")) for name, f in named.items()}
    found["province effects"] = ag.panel("y ~ x + w", data(), absorb="region")
    return found


@functools.cache
def weak() -> Any:
    return ag.iv("y ~ w + [x ~ z]", data().iloc[:60], cov=ag.Robust())


def macro() -> dict[str, int]:
    return {name: number % 4 for number, name in enumerate(PROVINCES)}


def layout() -> pd.DataFrame:
    rows = [(name, *place) for name, place in LAENDER.items()]
    return pd.DataFrame(rows, columns=["region", "tile_row", "tile_column"])


def of_laender() -> pd.DataFrame:
    values = np.random.default_rng(4).uniform(0.3, 2.4, len(LAENDER))
    return pd.DataFrame({"region": list(LAENDER), "lq": values}).iloc[:-1]


def shapes(names: list[str], columns: int) -> pd.DataFrame:
    """Return quadrangles that share their corners, one per name, around 50 degrees north."""
    rng = np.random.default_rng(5)
    rows = -(-len(names) // columns)
    corner = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    corner = corner + rng.uniform(-0.3, 0.3, corner.shape) + [6, 47]
    found = []
    for k in range(len(names)):
        r, c = divmod(k, columns)
        ring = corner[[r, r, r + 1, r + 1, r], [c, c + 1, c + 1, c, c]]
        found.append({"type": "Polygon", "coordinates": [ring.tolist()]})
    return pd.DataFrame({"region": names, "geometry": found})


@functools.cache
def decomposed(names: tuple[str, ...]) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    keys = pd.MultiIndex.from_product([names, list("abcd"), [0, 1]],
                                      names=["region", "industry", "time"])  # fmt: skip
    frame = keys.to_frame(index=False).assign(jobs=rng.integers(50, 150, len(keys)) + 0.0)
    frame.loc[frame["time"] == 1, "jobs"] *= 1.1
    return ag.shift_share(frame, value="jobs", start=0, end=1)


@functools.cache
def specifications() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    keys = pd.MultiIndex.from_product(
        [["none", "income", "income and size"], ["all provinces", "coast", "without Tibet"],
         ["log", "level"]], names=["controls", "sample", "outcome"])  # fmt: skip
    estimate, half = rng.normal(0.2, 0.15, len(keys)), rng.uniform(0.1, 0.4, len(keys))
    return keys.to_frame(index=False).assign(
        estimate=estimate, conf_low=estimate - half, conf_high=estimate + half
    )


@functools.cache
def matured() -> pd.DataFrame:
    both = pd.concat([cells().assign(time=0), cells().assign(time=1)])
    rng = np.random.default_rng(8)
    both["jobs"] = both["jobs"] * np.exp(rng.normal(0, 0.2, len(both)))
    supply = cells()[["region", "industry"]].assign(rate=rng.uniform(0.3, 0.9, len(cells())))
    supply.loc[rng.uniform(size=len(supply)) < 0.1, "rate"] = np.nan
    found = ag.cluster_maturity(both, value="jobs", time="time", start=0, end=1,
                                local_supply=supply)  # fmt: skip
    return ag.maturity_sensitivity(found, ag.MaturityRules().around())


@functools.cache
def design() -> Any:
    return ag.simulate_shift_share(1, n_locations=200, n_sectors=40, per_cluster=4).design


@functools.cache
def spatial_impacts() -> pd.DataFrame:
    ring = np.roll(np.eye(20), 1, axis=1) / 2 + np.roll(np.eye(20), -1, axis=1) / 2
    x, v, e = np.random.default_rng(0).normal(size=(3, 10, 20))
    y = (2 * x - v + e) @ np.linalg.inv(np.eye(20) - 0.4 * ring).T
    t, r = np.indices((10, 20)).reshape(2, -1)
    table = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "v": v.ravel(), "y": y.ravel()})
    fit = ag.spatial_panel("y ~ x + v", table, weights=ring, entity="r", time="t", absorb="r")
    return ag.impacts(fit, draws=300)


@functools.cache
def thresholds() -> Any:
    frame = data().assign(income=np.random.default_rng(10).uniform(5, 40, 31 * 8).round(1))
    frame["y"] = frame["y"] + 1.2 * frame["x"] * (frame["income"] > 20)
    return ag.threshold_panel("y ~ x", frame, by="income", varying=["x"], entity="region",
                              time="year", draws=19)  # fmt: skip


def curves() -> dict[str, Any]:
    fit = weak()
    return {"Wald": fit.interval, "Anderson-Rubin": lambda level: ag.anderson_rubin(fit, level)}


def paths(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    keys = pd.MultiIndex.from_product([list(PROVINCES)[:n], range(2001, 2021)],
                                      names=["region", "time"])  # fmt: skip
    return keys.to_frame(index=False).assign(
        lq=1 + rng.normal(0, 0.05, len(keys)).reshape(n, -1).cumsum(axis=1).ravel()
    )


@functools.cache
def policy() -> pd.DataFrame:
    """Return output of sixteen provinces by quarter; three are treated, at two dates."""
    rng = np.random.default_rng(11)
    i, t = np.divmod(np.arange(16 * 12), 12)
    factor = rng.normal(size=(2, 12)).cumsum(axis=1)
    y = 20 + (rng.uniform(0, 1, (16, 2)) @ factor).ravel() + 0.3 * rng.normal(size=len(i))
    on = ((i == 0) & (t >= 7)) | (np.isin(i, [1, 2]) & (t >= 9))
    names, quarters = list(PROVINCES), pd.period_range("2018Q1", periods=12, freq="Q")
    return pd.DataFrame({"region": np.array(names)[i], "quarter": quarters[t],
                         "output": y + 2 * on, "treated": on.astype(int)})  # fmt: skip


POLICY = {"outcome": "output", "unit": "region", "time": "quarter", "treated": "treated"}


@functools.cache
def alone() -> Any:
    """Return the synthetic control of one province."""
    return ag.synthetic_control(policy()[~policy()["region"].isin(["Tianjin", "Hebei"])], **POLICY)


@functools.cache
def several() -> Any:
    return ag.synthetic_did(policy(), **POLICY)


@functools.cache
def pilots() -> pd.DataFrame:
    """Return noise of sixty cities over nine years; cohorts of ten start in the 4th, 6th, 8th."""
    i, t = np.divmod(np.arange(60 * 9), 9)
    first = np.r_[np.repeat([4, 6, 8], 10), np.full(30, 99)][i]
    noise = np.random.default_rng(12).normal(size=len(i))
    return pd.DataFrame({"region": i, "quarter": t, "output": noise + (t >= first),
                         "treated": (t >= first).astype(int)})  # fmt: skip


@functools.cache
def events() -> Any:
    return ag.event_study(pilots(), **POLICY)


@functools.cache
def bounds() -> Any:
    return ag.honest_bounds(events())


@functools.cache
def smooth() -> Any:
    return ag.honest_bounds(events(), ag.Smoothness([0, 0.1, 0.4]))


@functools.cache
def pretrends() -> Any:
    return ag.pretrend_power(events())


@functools.cache
def left_out() -> pd.DataFrame:
    return ag.leave_one_out(ag.concentration, cells(), leave="region", value="jobs")


def ringed() -> Any:
    names = list(PROVINCES)[:16]
    line = {names[k]: names[max(k - 1, 0) : k + 2] for k in range(16)}
    line = {name: [n for n in near if n != name] for name, near in line.items()}
    one = policy().assign(treated=lambda t: t["treated"] * (t["region"] == "Beijing"))
    return ag.exposure_rings(one, weights=line, rings=2, **POLICY)


def gaps() -> pd.DataFrame:
    rng = np.random.default_rng(13)
    keys = pd.MultiIndex.from_product([list(INDUSTRIES)[:7], range(1995, 2017)],
                                      names=["outcome", "time"])  # fmt: skip
    return keys.to_frame(index=False).assign(gap=rng.normal(0, 0.1, len(keys)), low=-0.2, high=0.3)


def pictures() -> dict[str, Callable[..., Any]]:
    """Return a function of lang and labels per picture."""
    shares = ag.concentration(cells(), value="jobs")
    return {
        "heat map": lambda **o: ag.plot_heat_map(
            quotients()[quotients()["region"].isin(list(PROVINCES)[:6])], **o),
        "heat map of 31": lambda **o: ag.plot_heat_map(quotients(), **o),
        "tile map of Laender": lambda **o: ag.plot_tile_map(
            of_laender(), layout(), value="lq", highlight=["Bayern"], **o),
        "map of Laender": lambda **o: ag.plot_map(
            of_laender(), shapes(list(LAENDER), 4), value="lq", named=list(LAENDER),
            highlight=["Bayern"], **o),
        "map of 31": lambda **o: ag.plot_map(
            quotients()[quotients()["industry"] == "Textiles"], shapes(list(PROVINCES), 7),
            value="lq", named=list(PROVINCES), **o),
        "ranked bars": lambda **o: ag.plot_ranked_bars(
            quotients()[quotients()["industry"] == "Textiles"], value="lq", reference=1,
            highlight=["Hunan"], **o),
        "ranked dots": lambda **o: ag.plot_ranked_dots(shares, value="gini", **o),
        "ranked dots with intervals": lambda **o: ag.plot_ranked_dots(
            shares.assign(low=shares["gini"] - 0.03, high=shares["gini"] + 0.05,
                          by_chance=shares["gini"] / 3),
            value="gini", low="low", high="high", expected="by_chance", highlight=["Coal"], **o),
        "Theil": lambda **o: ag.plot_theil(
            ag.theil_decomposition(cells(), value="jobs", groups=macro()), highlight=["Coal"],
            **o),
        "trajectories": lambda **o: ag.plot_trajectories(
            paths(7), value="lq", reference=1, highlight=["Hebei"], **o),
        "ranges": lambda **o: ag.plot_ranges(
            shares.assign(low=shares["gini"] - 0.03, high=shares["gini"] + 0.05),
            low="low", high="high", value="gini", key="industry", estimate="gini", **o),
        "coefficients": lambda **o: ag.plot_coefficients(fits(), highlight=["main"], **o),
        "one estimate": lambda **o: fits()["with the control"].plot(**o),
        "impacts": lambda **o: ag.plot_impacts(spatial_impacts(), **o),
        "specification curve": lambda **o: ag.plot_specification_curve(
            specifications(), choices=["controls", "sample", "outcome"], **o),
        "confidence curve": lambda **o: ag.plot_confidence_curve(curves(), **o),
        "confidence set": lambda **o: ag.anderson_rubin(weak(), 0.95).plot(**o),
        "binned scatter": lambda **o: ag.plot_binned_scatter(
            ag.binned_scatter("y ~ x + w", data(), x="x", bins=8), units=("km", "%"), **o),
        "without each": lambda **o: ag.plot_without_each(
            ag.without_each(fits()["main"], "region"), term="x",
            estimate=float(fits()["main"].params[1]), **o),
        "sensitivity": lambda **o: ag.plot_sensitivity(
            left_out(), statistic="gini", **o),
        "zonings": lambda **o: ag.plot_zonings(
            ag.over_zonings(ag.concentration, cells(),
                            {"four": macro(), "two": {k: v // 2 for k, v in macro().items()}},
                            value="jobs"), value="gini", **o),
        "maturity": lambda **o: ag.plot_maturity(matured(), highlight=["Hunan"], **o),
        "relatedness": lambda **o: ag.plot_relatedness(
            ag.proximity(cells(), value="jobs"), **o),
        "network": lambda **o: ag.plot_network(ag.proximity(cells(), value="jobs"), **o),
        "dartboard": lambda **o: ag.dartboard_draws(
            plants(), of="clustered", size="size", reference="excluding").plot(**o),
        "randomisation": lambda **o: design().randomization_test(
            "y", "x", counterfactuals=ag.Permutation(), draws=499, seed=1).plot(**o),
        "components of 31": lambda **o: ag.plot_components(
            decomposed(tuple(PROVINCES)), unit="jobs", **o),
        "quadrant of Laender": lambda **o: ag.plot_quadrant(
            decomposed(tuple(LAENDER)), unit="jobs", highlight=["Bayern"], **o),
        "quadrant of 31": lambda **o: ag.plot_quadrant(
            decomposed(tuple(PROVINCES)), unit="jobs", **o),
        "Rotemberg": lambda **o: ag.plot_rotemberg(design().rotemberg("y", "x"), **o),
        "threshold": lambda **o: ag.plot_threshold(thresholds(), unit="1,000 yuan", **o),
        "clusters": lambda **o: ag.cluster_diagnostics(fits()["main"], "region").plot(**o),
        "shocks": lambda **o: ag.plot_shocks(design(), **o),
        "gaps": lambda **o: ag.plot_gaps(gaps(), start=2008, **o),
        "synthetic control": lambda **o: alone().plot(unit="bn yuan", **o),
        "placebos": lambda **o: alone().plot_placebos(**o),
        "weights": lambda **o: alone().plot_weights(**o),
        "size of tests": lambda **o: alone().size.plot(**o),
        "synthetic DID": lambda **o: several().plot(unit="bn yuan", **o),
        "placebos' estimates": lambda **o: several().plot_placebos(unit="bn yuan", **o),
        "weights of two starts": lambda **o: several().plot_weights(**o),
        "reassignments": lambda **o: ag.permutation_test(
            policy(), over=ag.PermuteUnits(199), **POLICY).plot(unit="bn yuan", **o),
        "rings": lambda **o: ringed().plot(unit="bn yuan", **o),
        "event study": lambda **o: events().plot(unit="bn yuan", **o),
        "comparisons": lambda **o: ag.bacon_decomposition(pilots(), **POLICY).plot(
            unit="bn yuan", **o),
        "honest bounds": lambda **o: bounds().plot(unit="bn yuan", **o),
        "smooth trends": lambda **o: smooth().plot(unit="bn yuan", **o),
        "pre-trends": lambda **o: pretrends().plot(unit="bn yuan", **o),
        "specifications without intervals": lambda **o: ag.plot_specification_curve(
            specifications(), choices=["controls", "sample"], low=None, high=None,
            highlight=[0], **o),
        "first stage": lambda **o: ag.plot_first_stage(design(), "x", **o),
        "leave one sector out": lambda **o: ag.plot_leave_one_out(
            design().leave_one_out("y", "x"), **o),
    }  # fmt: skip
