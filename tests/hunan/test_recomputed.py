"""Numbers of the article, drawn at random, computed again from data/raw without the package.

The draw: 25 of the 153 keys that ``paper/paper.md`` had then, in alphabetical order, by
``random.Random(20261128).sample``; and five of the 17 estimates in the tables of verdicts and of
turns, which came later, by ``random.Random(20261129).sample``. Only pandas, numpy and two solvers
of scipy (non-negative least squares, a root) are used. Three of the 25 are not computed here: two
p-values adjusted over ten tests, some by wild bootstraps whose draws are the package's own, and
the count of claims within tolerance, which needs the whole ledger.
"""

import itertools
import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, nnls

ROOT = Path(__file__).parents[2]
HUNAN, HUBEI, TIBET = "430000", "420000", "540000"
NOT_COMPUTED = {"ce_co2_intensity_holm", "ce_cell_co2_holm", "claims_within_tolerance"}
Tables = pd.DataFrame


@cache
def raw(name: str) -> Tables:
    text = ["region", "sector", "code", "industry", "city", "unit", "supplier", "user"]
    return pd.read_csv(ROOT / "data" / "raw" / f"{name}.csv", dtype=dict.fromkeys(text, "str"))


# ---- input-output tables ---------------------------------------------------------------------


@cache
def output(measure: str = "gross_output") -> Tables:
    """Region, industry (of the 23 common industrial ones), time, value; provinces only."""
    sectors, concordance = raw("io_sectors"), raw("industry_concordance")
    sectors = sectors[sectors["region"] != "000000"].assign(
        classification=lambda t: "io_" + t["time"].astype(str), code=lambda t: t["sector"]
    )
    cells = sectors.merge(concordance, on=["classification", "code"])
    kinds = raw("industries").query("classification == 'io_common'").set_index("industry")
    cells = cells[cells["industry"].map(kinds["industrial"]).astype(bool)]
    # a residue below 100 yuan in a sector without input is no output
    residue = (cells["intermediate_input"] == 0) & (cells["gross_output"].abs() < 0.01)
    value = cells[measure].mask(residue, 0.0)
    cells = cells.assign(value=value)
    return cells.groupby(["region", "industry", "time"])["value"].sum().reset_index()


def by_region(year: int) -> "pd.Series[float]":
    return output().query("time == @year").groupby("region")["value"].sum()


def wide(year: int) -> Tables:
    cells = output().query("time == @year and region != @TIBET")
    return cells.pivot(index="region", columns="industry", values="value")


def quotients(table: Tables) -> Tables:
    return table.div(table.sum(axis=1), axis=0) / (table.sum() / table.to_numpy().sum())


def level_2007(region: str) -> float:
    """Output per head over the nation's."""
    panel = raw("province_panel").query("variable == 'population' and time == 2007")
    heads = panel.set_index("region")["value"].reindex(by_region(2007).index)
    return float(by_region(2007)[region] / heads[region] / (by_region(2007).sum() / heads.sum()))


def shift_share(start: int, end: int) -> dict[str, float]:
    """Dunn's parts of Hunan in percent of its base, and the industries that outgrew the nation."""
    first, last = wide(start), wide(end)
    known = (first.sum() > 0) & (last.sum() > 0)
    first, last = first.loc[:, known], last.loc[:, known]
    base, nation = first.loc[HUNAN], last.to_numpy().sum() / first.to_numpy().sum() - 1
    growth = last.sum() / first.sum() - 1
    own = last.loc[HUNAN] - base - base * growth
    return {
        "mix": float(100 * (base * (growth - nation)).sum() / base.sum()),
        "competitive": float(100 * own.sum() / base.sum()),
        "positive": float((own > 0).sum()),
    }


def ss_beta() -> float:
    """Hunan's effect in growth = mu + alpha_i + beta_r; weights are bases B, sum of B beta zero."""
    first, last = wide(2007), wide(2012)
    cells = pd.DataFrame({"base": first.stack(), "end": last.stack()}).query("base > 0")
    cells = cells.reset_index().assign(growth=lambda t: t["end"] / t["base"] - 1)
    dummies = pd.get_dummies(cells[["region", "industry"]], dtype=float)
    root = np.sqrt(cells["base"].to_numpy())
    fitted = np.linalg.lstsq(
        dummies.to_numpy() * root[:, None], cells["growth"].to_numpy() * root, rcond=None
    )[0]
    effects = pd.Series(fitted, index=dummies.columns).filter(like="region_")
    effects.index = effects.index.str.removeprefix("region_")
    weight = cells.groupby("region")["base"].sum()
    return float(100 * (effects[HUNAN] - (effects * weight).sum() / weight.sum()))


# ---- employment ------------------------------------------------------------------------------


@cache
def jobs() -> Tables:
    """Persons by (region, time) and two-digit industry; automobiles with other vehicles."""
    cells = raw("employment").assign(
        industry=lambda t: t["industry"].replace({"36": "36+37", "37": "36+37"})
    )
    return cells.pivot_table(
        index=["region", "time"], columns="industry", values="employment", aggfunc="sum"
    ).fillna(0.0)


def of_year(year: int) -> Tables:
    return jobs().xs(year, level="time")


def link_gamma_positive_2012() -> int:
    """Gamma at the largest plant Herfindahl, one plant per region."""
    table = of_year(2012)
    s, x = table / table.sum(), table.sum(axis=1) / table.to_numpy().sum()
    G, H = ((s.sub(x, axis=0)) ** 2).sum(), (s**2).sum()
    return int(((G / (1 - (x**2).sum()) - H) / (1 - H) > 0).sum())


def a_near_period() -> str:
    """Periods in which a reading of transport equipment is within 5 percent of the claimed one."""
    claimed = float(raw("claims").set_index("claim_id").at["C28", "value"])
    readings: list[tuple[str, float]] = []
    for year in (2002, 2007, 2012, 2017):
        for measure in ("gross_output", "value_added"):
            cells = output(measure).query("time == @year and region != @TIBET")
            table = cells.pivot(index="region", columns="industry", values="value")
            quotient = quotients(table).at[HUNAN, "transport_equipment"]
            readings.append((str(year), quotient))
    readings += [
        (str(year), quotients(of_year(year)).at[HUNAN, "36+37"]) for year in range(2005, 2017)
    ]
    pairs = [(2002, 2007), (2007, 2012), (2012, 2017), (2002, 2012), (2007, 2017), (2002, 2017)]
    for start, end in pairs:
        first, last = wide(start)["transport_equipment"], wide(end)["transport_equipment"]
        index = (last[HUNAN] / first[HUNAN] - 1) / (last.sum() / first.sum() - 1)
        readings.append((f"{start}-{end}", index))
    near = [period for period, value in readings if abs(value - claimed) <= 0.05 * claimed]
    return "; ".join(near)


def ss_top_industry() -> str:
    """Largest Rotemberg weight: alpha_k in proportion to g_k sum_l w_l s_lk (z_l - mean z)."""
    first, last = of_year(2005), of_year(2012)
    g = last.sum() / first.sum() - 1
    shares = first.div(first.sum(axis=1), axis=0)
    z, w = shares @ g, first.sum(axis=1) / first.to_numpy().sum()
    alpha = g * (shares.mul(w * (z - (w * z).sum()), axis=0)).sum()
    name = raw("industries").query("classification == 'csic2011_combined'").set_index("industry")
    return str(name.at[alpha.abs().idxmax(), "name_en"]).lower()


def ce_growth_end() -> int:
    """Last year before the survey widens: the largest jump of the total."""
    total = jobs().groupby("time").sum().sum(axis=1)
    return int((total / total.shift()).idxmax()) - 1


STRUCTURE = ["specialization", "diversity", "concentration"]


@cache
def structure() -> Tables:
    """Three measures of structure by region and time."""
    table = jobs()
    rows = []
    for (region, year), own in table.iterrows():
        nation = of_year(year)
        q, others = own / own.sum(), (nation.sum() - own) / (nation.sum() - own).sum()
        share = own / nation.sum().where(nation.sum() > 0)
        rows.append(
            (
                region,
                year,
                (q - others).abs().sum(),
                -np.log((q**2).sum()),
                np.log((q * share).sum()),
            )
        )
    return pd.DataFrame(rows, columns=["region", "time", *STRUCTURE])


def ce_gdp_per_worker_b() -> float:
    """Two-way effects, by dummies: log GDP per worker on three measures of structure."""
    panel = raw("province_panel").query("time >= 2005 and time <= 2016")
    gdp = panel.query("variable == 'gdp_nominal' and vintage == 'revised'")
    workers = panel.query("variable == 'employment'")
    keys = ["region", "time"]
    data = structure().merge(gdp[[*keys, "value"]], on=keys)
    data = data.merge(workers[[*keys, "value"]], on=keys, suffixes=("_gdp", "_workers"))
    y = np.log(data["value_gdp"] / data["value_workers"]).to_numpy()
    effects = pd.get_dummies(data[keys].astype(str), dtype=float).to_numpy()
    X = np.column_stack([data[STRUCTURE].to_numpy(), effects])
    return float(np.linalg.lstsq(X, y, rcond=None)[0][0])


def ce_def_co2_intensity_trends_b() -> float:
    """Effects of province and year and a trend of each province, by dummies."""
    y = outcome("co2_intensity").stack().rename("y").reset_index()
    data = structure().merge(y, on=["region", "time"]).dropna()
    provinces = pd.get_dummies(data["region"], dtype=float).to_numpy()
    years = pd.get_dummies(data["time"].astype(str), dtype=float).to_numpy()
    trends = provinces * (data["time"].to_numpy() - 2005)[:, None]
    X = np.column_stack([data[STRUCTURE].to_numpy(), provinces, years, trends])
    return float(np.linalg.lstsq(X, data["y"].to_numpy(), rcond=None)[0][0])


def diversity_of_others(E: pd.Series) -> "pd.Series[float]":
    """Inverse Herfindahl of the other industries, for each."""
    total, squares = E.sum() - E, (E**2).sum() - E**2
    return total**2 / squares


def related(E: Tables) -> Tables:
    """Strength in what an industry trades with, the industry itself left out; flows of 2002."""
    concordance = raw("industry_concordance")
    group_of = concordance.query("classification == 'csic2011'").set_index("code")["industry"]
    sector_of = concordance.query("classification == 'io_2002'").set_index("code")["industry"]
    kept = sorted(set(output()["industry"]))
    flows = raw("io_flows").query("time == 2002")
    F = (
        flows.assign(a=flows["supplier"].map(sector_of), b=flows["user"].map(sector_of))
        .pivot_table(index="a", columns="b", values="value", aggfunc="sum", fill_value=0)
        .reindex(index=kept, columns=kept, fill_value=0)
    )
    links = (F + F.T.to_numpy()).div((F + F.T.to_numpy()).sum(axis=1), axis=0)
    group = pd.Series({name: group_of[name[:2]] for name in E.columns})
    strength = {}
    for name in E.columns:
        others = E.assign(**{name: 0.0})
        groups = others.T.groupby(group).sum().T.reindex(columns=kept, fill_value=0.0)
        lq = quotients(groups).fillna(0.0)
        weight = links.loc[group[name]] * (groups.sum() > 0)
        strength[name] = lq @ (weight / weight.sum())
    return pd.DataFrame(strength)


@cache
def growth_cells() -> Tables:
    """Cells that grew from 2005 to 2012 and have a quotient of output of 2002."""
    E = of_year(2005)
    nation = diversity_of_others(E.sum())
    measures = {
        "related": np.log(related(E)),
        "diversity": np.log(E.apply(diversity_of_others, axis=1) / nation),
        "specialization": np.log(quotients(E).where(E > 0)),
        "growth": np.log(of_year(2012).where(of_year(2012) > 0) / E.where(E > 0)),
    }
    cells = pd.DataFrame({name: table.stack() for name, table in measures.items()}).reset_index()
    cells.columns = ["region", "industry", *measures]
    concordance = raw("industry_concordance").query("classification == 'csic2011'")
    group = cells["industry"].str[:2].map(concordance.set_index("code")["industry"])
    lq = quotients(wide(2002)).stack()
    at = pd.MultiIndex.from_arrays([cells["region"], group])
    cells["output_lq"] = np.log(lq.where(lq > 0).reindex(at).to_numpy())
    return cells.dropna()


def ce_growth_source_cells_b() -> float:
    """Growth on related, diversity and specialisation; effects by dummies."""
    cells = growth_cells()
    effects = pd.get_dummies(cells[["region", "industry"]], dtype=float).to_numpy()
    X = np.column_stack([cells[["related", "diversity", "specialization"]].to_numpy(), effects])
    return float(np.linalg.lstsq(X, cells["growth"].to_numpy(), rcond=None)[0][0])


def ce_growth_other_source_b() -> float:
    """The same, specialisation by output's quotient; 2SLS."""
    cells = growth_cells()
    effects = pd.get_dummies(cells[["region", "industry"]], dtype=float).to_numpy()
    X = np.column_stack([cells[["related", "diversity", "specialization"]].to_numpy(), effects])
    Z = np.column_stack([cells[["related", "diversity", "output_lq"]].to_numpy(), effects])
    fitted = Z @ np.linalg.lstsq(Z, X, rcond=None)[0]
    return float(np.linalg.lstsq(fitted, cells["growth"].to_numpy(), rcond=None)[0][0])


# ---- emissions of cells ----------------------------------------------------------------------


@cache
def emitting_cells() -> Tables:
    """Cells of 2007, 2012 and 2017: CO2, output, and the log quotient of output before."""
    table = output().pivot(index=["region", "time"], columns="industry", values="value")
    before = pd.concat({t + 5: quotients(table.xs(t, level="time")) for t in (2002, 2007, 2012)})
    before = before.stack().rename("before").rename_axis(["time", "region", "industry"])
    of_industry = raw("co2_sectors")[["sector", "industry"]].dropna()
    co2 = raw("co2").merge(of_industry, on="sector")
    co2 = co2.groupby(["region", "industry", "time"])["co2_mt"].sum().rename("co2")
    keys = ["region", "industry", "time"]
    cells = output().merge(before.reset_index(), on=keys).merge(co2.reset_index(), on=keys)
    cells = cells[(cells["value"] > 0) & (cells["before"] > 0)]
    return cells.assign(x=np.log(cells["before"]))


def poisson_slope(effects: list[list[str]]) -> float:
    """Slope of log quotients in mu = output e^(b x) times effects: where its score is zero.

    At a given b the effects follow by scaling each group's sum of mu to that of CO2, in turn.
    """
    cells = emitting_cells()
    for _ in range(3):  # groups without emissions say nothing: their effect is zero
        for by in effects:
            cells = cells[cells.groupby(by)["co2"].transform("sum") > 0]
    y, x = cells["co2"].to_numpy(), cells["x"].to_numpy()
    groups = [cells.groupby(by).ngroup().to_numpy() for by in effects]
    sums = [np.bincount(group, y) for group in groups]

    def score(b: float) -> float:
        mu = cells["value"].to_numpy() * np.exp(b * x)
        for _ in range(5000):
            last = mu
            for group, total in zip(groups, sums, strict=True):
                mu = mu * (total / np.bincount(group, mu))[group]
            if np.abs(mu - last).max() < 1e-11 * y.max():
                break
        return float((x * (y - mu)).sum())

    return float(brentq(score, -1.0, 1.0, xtol=1e-9))


BY_YEAR = [["region", "time"], ["industry", "time"]]


# ---- the pilot -------------------------------------------------------------------------------


def simplex(A: np.ndarray, b: np.ndarray, ridge: float) -> np.ndarray:
    """Weights, not negative and one in sum, with the least |A w - b|^2 + ridge |w|^2."""
    scale = np.abs(A).max() * 1e4
    stacked = np.vstack([A, np.sqrt(ridge) * np.eye(A.shape[1]), np.full(A.shape[1], scale)])
    w: np.ndarray = nnls(stacked, np.r_[b, np.zeros(A.shape[1]), scale], maxiter=10_000)[0]
    return w / w.sum()


def sdid(Y: np.ndarray, treated: list[int], donors: list[int], start: int) -> float:
    """Arkhangelsky et al. (2021): double difference with weights of donors and of years."""
    Y0, y = Y[donors], Y[treated].mean(axis=0)
    A = Y0[:, :start].T
    noise = np.diff(Y0[:, :start], axis=1).std(ddof=1)
    zeta2 = np.sqrt(len(treated) * (Y.shape[1] - start)) * noise**2
    omega = simplex(A - A.mean(axis=0), y[:start] - y[:start].mean(), start * zeta2)
    B, after = Y0[:, :start], Y0[:, start:].mean(axis=1)
    lam = simplex(B - B.mean(axis=0), after - after.mean(), len(Y0) * (1e-6 * noise) ** 2)
    gap = y - omega @ Y0
    return float(gap[start:].mean() - lam @ gap[:start])


OTHER_PILOTS = {"310000", "120000", "500000", "510000", "440000", "210000", "140000"}
LOW_CARBON = {"610000", "530000"}


@cache
def outcome(name: str) -> Tables:
    """Region by year, logs (a share in percent), NaN where unknown or zero."""
    panel = raw("province_panel")
    panel = panel[panel["vintage"].isna() | (panel["vintage"] == "revised")]
    values = panel.pivot(index=["region", "time"], columns="variable", values="value")
    gdp = values["gdp_nominal"]
    if name == "secondary_share":
        return (100 * values[name]).unstack()
    inventory = raw("co2").groupby(["region", "time"])["co2_mt"].sum()
    so2 = values["so2"].drop(index=[("130000", 1991)])  # ten times its neighbours: masked
    level = {
        "gdp": gdp,
        "inventions": values["invention_patents_per_1e4"],
        "co2_intensity": 100 * inventory / gdp,
        "so2": so2,
        "effluent": values["effluent"],
    }[name]
    return np.log(level.where(level > 0)).unstack()


def rank_p(name: str, first: int, carbon: bool) -> float:
    treated = [HUNAN] if carbon else [HUNAN, HUBEI]
    left_out = {TIBET, *OTHER_PILOTS, *({HUBEI, *LOW_CARBON} if carbon else set())}
    table = outcome(name).loc[:, first:2016].dropna()
    table = table[~table.index.isin(left_out)]
    Y, start = table.to_numpy(), 2008 - first
    at = [table.index.get_loc(region) for region in treated]
    donors = [n for n in range(len(Y)) if n not in at]
    estimate = abs(sdid(Y, at, donors, start))
    placebos = [
        abs(sdid(Y, list(each), [n for n in donors if n not in each], start))
        for each in itertools.combinations(donors, len(treated))
    ]
    return (1 + sum(p >= estimate for p in placebos)) / (1 + len(placebos))


CONFIRMATORY = {
    "gdp": (1985, False), "secondary_share": (1985, False), "inventions": (2001, False),
    "co2_intensity": (1998, True), "so2": (1985, False), "effluent": (1985, False),
}  # fmt: skip


@cache
def pilot_least_p() -> float:
    return min(rank_p(name, first, carbon) for name, (first, carbon) in CONFIRMATORY.items())


@cache
def cities() -> tuple[np.ndarray, list[int], list[int]]:
    """Log GDP 1994-2010 of the cities of the second source; the treated, the donors."""
    rows = raw("city_gdp").query("source == 'yz2015' and variable == 'gdp_nominal'")
    renamed = raw("prefecture_codes").set_index("code")["city"]
    city = rows["code"].astype(str).replace(renamed.to_dict())
    rows = rows.assign(city=city).query("time >= 1994 and time <= 2010 and value > 0")
    table = np.log(rows.pivot(index="city", columns="time", values="value")).dropna()
    province = raw("prefectures").set_index("city")["region"].reindex(table.index)
    members = raw("pilots").query("pilot == 'two_oriented_society'")["unit"]
    core = ["430100", "430200", "430300"]
    out = province.isin({TIBET, *OTHER_PILOTS}) | (
        table.index.isin(members) & ~table.index.isin(core)
    )
    table = table[~out]
    at = [table.index.get_loc(city) for city in core if city in table.index]
    return table.to_numpy(), at, [n for n in range(len(table)) if n not in at]


def pilot_city_gdp_2_b() -> float:
    Y, treated, donors = cities()
    return sdid(Y, treated, donors, 2008 - 1994)


def pilot_city_gdp_2_p() -> float:
    """500 sets of donors, drawn by a seed of this test: near the printed one, not equal to it."""
    Y, treated, donors = cities()
    estimate, draw = abs(pilot_city_gdp_2_b()), random.Random(1)
    extreme = 0
    for _ in range(500):
        each = draw.sample(donors, len(treated))
        others = [n for n in donors if n not in each]
        extreme += abs(sdid(Y, each, others, 2008 - 1994)) >= estimate
    return (1 + extreme) / 501


# ---- claims ----------------------------------------------------------------------------------


def search_market_share_first() -> int:
    """Earliest of the years at which a series is nearest to the six claimed shares."""
    claims = raw("claims").set_index("claim_id").loc[[f"C{n}" for n in range(33, 39)]]
    target, regions = claims["value"].astype(float).to_numpy(), claims["region"].tolist()
    panel = raw("province_panel").query("time >= 1998 and time <= 2010")

    def of(variable: str, vintage: str) -> "pd.Series[float]":
        rows = panel[(panel["variable"] == variable) & (panel["vintage"] == vintage)]
        return rows.set_index(["time", "region"])["value"]

    series = [
        of("gdp_nominal", "revised") * of("secondary_share", "revised"),
        of("gdp_secondary_nominal", "first_release"),
        raw("employment").query("time <= 2010").groupby(["time", "region"])["employment"].sum(),
        *(
            output(measure).query("time <= 2012").groupby(["time", "region"])["value"].sum()
            for measure in ("gross_output", "value_added")
        ),
    ]
    years = []
    for values in series:
        shares = (
            (100 * values / values.groupby("time").transform("sum")).unstack()[regions].dropna()
        )
        away = {
            year: (
                np.sqrt(np.mean((row - target) ** 2)),
                np.sqrt(np.mean(np.log(row / target) ** 2)),
                np.abs(row - target).max(),
                np.sqrt(np.mean((row / row[0] - target / target[0]) ** 2)),
            )
            for year, row in zip(shares.index, shares.to_numpy(), strict=True)
        }
        years += [min(away, key=lambda year, m=m, away=away: away[year][m]) for m in range(4)]
    return int(min(years))


COMPUTED: dict[str, Callable[[], float | str]] = {
    "n_propositions": lambda: int(raw("claims")["claim_id"].str.startswith("P").sum()),
    "times_smaller_2007": lambda: float(by_region(2007).max() / by_region(2007)[HUNAN]),
    "rank_gross_output_2007": lambda: int((by_region(2007) >= by_region(2007)[HUNAN]).sum()),
    "top_lq_2007": lambda: float(quotients(wide(2007)).loc[HUNAN].max()),
    "largest_cluster_share_2017": lambda: float(
        100
        * (
            wide(2017).loc[HUNAN]
            / output().query("time == 2017").groupby("industry")["value"].sum()
        ).max()
    ),
    "a_near_period": a_near_period,
    "link_gamma_positive_2012": link_gamma_positive_2012,
    "ss_industry_mix_gross_output_2007_2012": lambda: shift_share(2007, 2012)["mix"],
    "ss_competitive_gross_output_2012_2017": lambda: shift_share(2012, 2017)["competitive"],
    "ss_positive_2007_2012": lambda: shift_share(2007, 2012)["positive"],
    "ss_beta_gross_output_2007_2012": ss_beta,
    "ss_top_industry": ss_top_industry,
    "ce_growth_end": ce_growth_end,
    "ce_growth_other_source_b": ce_growth_other_source_b,
    "ce_gdp_per_worker_b": ce_gdp_per_worker_b,
    "pilot_least_p": pilot_least_p,
    "pilot_least_holm": lambda: min(1.0, len(CONFIRMATORY) * pilot_least_p()),
    "pilot_city_gdp_2_p": pilot_city_gdp_2_p,
    "pilot_city_gdp_2_b": pilot_city_gdp_2_b,
    "level_guangdong_2007": lambda: level_2007("440000"),
    "claims_none": lambda: int((raw("claims")["testability"] == "none").sum()),
    "search_market_share_first": search_market_share_first,
}

DRAWN = [*COMPUTED, *sorted(NOT_COMPUTED)]
LATER: dict[str, Callable[[], float | str]] = {
    "ce_cell_co2_b": lambda: poisson_slope(BY_YEAR),
    "level_hunan_2007": lambda: level_2007(HUNAN),
    "ce_growth_source_cells_b": ce_growth_source_cells_b,
    "ce_def_co2_intensity_trends_b": ce_def_co2_intensity_trends_b,
    "ce_cell_co2_within_b": lambda: poisson_slope([*BY_YEAR, ["region", "industry"]]),
}
IN_TABLES = [
    "ce_growth_b", "ce_growth_source_cells_b", "ce_growth_replaced_b", "ce_growth_output_held_b",
    "ce_cell_co2_b", "ce_cell_co2_jobs_b", "ce_cell_co2_within_b", "ce_wage_growth_b",
    "ce_patents_b", "ce_def_log_inventions_effects_b", "ce_def_log_inventions_trends_b",
    "ce_co2_intensity_b", "ce_def_co2_intensity_trends_b", "level_hunan_2007", "level_hunan_2017",
    "ss_beaten_2007_2012", "ss_beaten_2012_2017",
]  # fmt: skip


def test_the_draw_is_the_one_that_is_told() -> None:
    text = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
    keys = sorted(set(re.findall(r"\{\{([a-z0-9_]+)\}\}", text)))
    assert len(DRAWN) == len(set(DRAWN)) == 25
    # the text may change after the draw; a draw of which little is left is drawn again
    assert len(set(DRAWN) & set(keys)) >= 20
    assert list(LATER) == random.Random(20261129).sample(sorted(IN_TABLES), 5)


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, float | str]]:
    files = sorted((ROOT / "paper" / "numbers").glob("*.json"))
    if not files:
        pytest.skip("no recorded numbers: make builds them")
    return {row["key"]: row for file in files for row in json.loads(file.read_text("utf-8"))}


@pytest.mark.parametrize("key", COMPUTED | LATER)
def test_the_number_is_the_one_recorded(
    key: str, recorded: dict[str, dict[str, float | str]]
) -> None:
    if key not in recorded:
        pytest.skip(f"{key} is not recorded: make builds it")
    computed, told = (COMPUTED | LATER)[key](), recorded[key]["value"]
    if key == "pilot_city_gdp_2_p":
        # two independent samples of 500 placebos: three standard errors of their difference
        assert abs(computed - told) < 3 * np.sqrt(2 * told * (1 - told) / 500)
    elif isinstance(told, str):
        assert computed == told
    else:
        assert computed == pytest.approx(told, rel=1e-6)
