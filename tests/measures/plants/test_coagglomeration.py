"""Coagglomeration, colocation, the cluster index and bounds on gamma."""

import itertools
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.measures.cells.relabelling import RandomLabelling
from agglometrics.measures.clusters.litzenberger_sternberg import (
    cluster_index,
    litzenberger_sternberg,
)
from agglometrics.measures.plants.coagglomeration import coagglomeration
from agglometrics.measures.plants.colocation import colocation, expected_colocation
from agglometrics.measures.plants.ellison_glaeser import ellison_glaeser
from agglometrics.measures.plants.gamma_bounds import gamma_bounds

# Made up for the comparison with other programs: 15 plants, 3 industries, 4 regions.
SYNTHETIC = pd.DataFrame(
    [
        ("A", "r1", 50), ("A", "r1", 30), ("A", "r2", 10), ("A", "r3", 5), ("A", "r4", 5),
        ("B", "r1", 8), ("B", "r2", 40), ("B", "r2", 12), ("B", "r3", 20),
        ("C", "r1", 4), ("C", "r2", 6), ("C", "r3", 30), ("C", "r4", 25), ("C", "r4", 25),
        ("C", "r4", 10),
    ],
    columns=["industry", "region", "emp"],
)  # fmt: skip


def random_plants(seed=0, plants=600, industries=6):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "industry": rng.integers(0, industries, plants),
            "region": rng.choice([f"r{k}" for k in range(12)], plants),
            "emp": np.ceil(rng.lognormal(3, 1, plants)),
            "year": rng.choice([2005, 2010], plants),
        }
    )


def pair(answer, a, b, column="gamma"):
    return answer.set_index(["industry_a", "industry_b"]).loc[(a, b), column]


# ---------------------------------------------------------------- coagglomeration


def test_pair_by_hand():
    """x = (1/2, 1/2); deviations (1/4, -1/4) and (-1/4, 1/4): -1/8 / (1/2) = -1/4."""
    cells = pd.DataFrame({"industry": list("AABB"), "region": list("xyxy"), "emp": [3, 1, 1, 3]})
    answer = coagglomeration(cells, size="emp")
    assert answer.to_dict("records") == [
        {"industry_a": "A", "industry_b": "B", "gamma": -0.25, "reference": "total"}
    ]


@pytest.mark.parametrize(
    ("reference", "truth"),
    [
        # independent sums (brute force) of both variants on the synthetic plants
        (None, [-0.17753435982225899, -0.25937101718852273, -0.11927939099583201]),
        ("industry_mean", [-0.1884303213633233, -0.2374883943813831, -0.13416095121147684]),
    ],
)
def test_pairs_against_independent_sums(reference, truth):
    """REAT 3.0.3's ellison.c2 answers .932, .684 and .756 here: wrong (and each pair twice)."""
    answer = coagglomeration(SYNTHETIC, size="emp", reference=reference)
    np.testing.assert_allclose(answer["gamma"], truth, atol=1e-14)
    assert len(answer) == 3


def group_by_definition(plants, members):
    """Ellison and Glaeser (1997): the group's G and H, and each industry's own gamma and H."""
    totals = plants.groupby("region")["emp"].sum()
    x = totals / totals.sum()
    x2 = (x**2).sum()
    own = plants[plants["industry"].isin(members)]
    E = own["emp"].sum()
    s = own.groupby("region")["emp"].sum().reindex(x.index, fill_value=0) / E
    G = ((s - x) ** 2).sum()
    H = within = weights = 0.0
    index = ellison_glaeser(plants, size="emp").set_index("industry")
    for name in members:
        w = own.loc[own["industry"] == name, "emp"].sum() / E
        h, gamma = index.loc[name, ["herfindahl", "gamma"]]
        H += w**2 * h
        within += gamma * w**2 * (1 - h)
        weights += w**2
    return (G / (1 - x2) - H - within) / (1 - weights)


def test_group_index_against_the_definition():
    """The plants cancel from the index: cells give what the formula with plants gives."""
    plants = random_plants()
    groups = {0: "light", 1: "light", 2: "light", 4: "heavy", 5: "heavy"}
    answer = coagglomeration(plants, size="emp", group=groups).set_index("group")
    for name, members in {"light": [0, 1, 2], "heavy": [4, 5]}.items():
        truth = group_by_definition(plants, members)
        assert answer.loc[name, "gamma"] == pytest.approx(truth, abs=1e-13)
    assert answer["n_industries"].tolist() == [2, 3]


def test_group_of_all_against_independent_sums():
    """Brute force: -0.1910853914780752; REAT 3.0.3's ellison.c answers 1.848 (on FK2014 12.07)."""
    answer = coagglomeration(SYNTHETIC, size="emp", group=dict.fromkeys("ABC", "all"))
    assert answer["gamma"][0] == pytest.approx(-0.1910853914780752, abs=1e-14)


def test_group_of_two_is_their_pair():
    pairs = coagglomeration(SYNTHETIC, size="emp")
    group = coagglomeration(SYNTHETIC, size="emp", group={"A": "g", "C": "g"})
    assert group["gamma"][0] == pytest.approx(pair(pairs, "A", "C"), abs=1e-14)


@pytest.mark.external
def test_reference_cases(reference):
    cases = json.loads((reference / "agglomeration" / "brute_force.json").read_text())
    values = {case["id"]: case["value"] for case in cases}
    pairs = coagglomeration(SYNTHETIC, size="emp")
    for name, truth in values["coagg_EG97_pairs_syn"].items():
        assert pair(pairs, *name.split("-")) == pytest.approx(truth["gamma_c"], abs=1e-14)
    plants = pd.read_csv(reference / "agglomeration" / "inputs" / "REAT_FK2014_EGC.csv")
    everyone = dict.fromkeys(plants["industry"], "all")
    answer = coagglomeration(plants.rename(columns={"emp_firm": "emp"}), size="emp", group=everyone)
    renamed = plants.rename(columns={"emp_firm": "emp"})
    truth = group_by_definition(renamed, list(dict.fromkeys(everyone)))
    assert answer["gamma"][0] == pytest.approx(truth, abs=1e-13)
    assert abs(answer["gamma"][0]) < 1  # REAT 3.0.3: 12.07


def test_all_pairs_against_a_loop():
    plants = random_plants(industries=15)
    answer = coagglomeration(plants, size="emp", time="year")
    assert len(answer) == 2 * 15 * 14 / 2
    for year, own in plants.groupby("year"):
        E = own.pivot_table(
            index="region", columns="industry", values="emp", aggfunc="sum", fill_value=0
        )
        s, x = E / E.sum(), E.sum(axis=1) / E.sum().sum()
        found = answer[answer["year"] == year]
        for a, b in itertools.combinations(E.columns, 2):
            truth = ((s[a] - x) * (s[b] - x)).sum() / (1 - (x**2).sum())
            assert pair(found, a, b) == pytest.approx(truth, abs=1e-14)


def test_weighted_pairs_and_own_terms_vanish():
    """Deviations from the whole sum to nothing when weighted by industry size."""
    plants = random_plants()
    answer = coagglomeration(plants, size="emp")
    E_i = plants.groupby("industry")["emp"].sum()
    own = ellison_glaeser(plants, size="emp").set_index("industry")
    w = E_i / E_i.sum()
    cross = 2 * sum(w[r.industry_a] * w[r.industry_b] * r.gamma for r in answer.itertuples())
    within = (w**2 * own["g"] / (1 - own["x2"])).sum()
    assert cross == pytest.approx(-within, rel=1e-10)


def test_outside_reference_and_order():
    outside = pd.DataFrame({"region": ["r5", "r4", "r3", "r2", "r1"], "emp": [70, 65, 55, 68, 92]})
    one = coagglomeration(SYNTHETIC, size="emp", reference=outside)
    two = coagglomeration(SYNTHETIC[::-1], size="emp", reference=outside[::-1])
    pd.testing.assert_frame_equal(one, two)
    assert set(one["reference"]) == {"external"}
    x = np.array([92, 68, 55, 65, 70]) / 350
    a, b = np.array([0.8, 0.1, 0.05, 0.05, 0]) - x, np.array([0.1, 0.65, 0.25, 0, 0]) - x
    assert pair(one, "A", "B") == pytest.approx(a @ b / (1 - x @ x), rel=1e-12)


def test_a_group_column():
    plants = SYNTHETIC.assign(sector=SYNTHETIC["industry"].map({"A": "s", "B": "s", "C": "t"}))
    with pytest.warns(AgglometricsWarning, match="one industry is undefined and left NaN: 't'"):
        answer = coagglomeration(plants, size="emp", group="sector").set_index("group")
    assert answer.loc["s", "gamma"] == pytest.approx(-0.17753435982225899, abs=1e-14)
    assert np.isnan(answer.loc["t", "gamma"])
    assert answer.loc["t", "note"] == "one industry: gamma undefined"


def test_refuses_groups():
    plants = SYNTHETIC.assign(sector=["s", "t"] * 7 + ["s"])
    with pytest.raises(InputError, match="an industry belongs to one group; found"):
        coagglomeration(plants, size="emp", group="sector")
    with pytest.raises(InputError, match="maps none of the industries"):
        coagglomeration(SYNTHETIC, size="emp", group={"Z": "g"})
    with pytest.raises(IdentificationError, match="in one region"):
        coagglomeration(SYNTHETIC.query("region == 'r1'"), size="emp")
    with pytest.raises(InputError, match="lacks region 'r4'"):
        outside = pd.DataFrame({"region": ["r1", "r2", "r3"], "emp": [1, 2, 3]})
        coagglomeration(SYNTHETIC, size="emp", reference=outside)


# ---------------------------------------------------------------- colocation


def test_colocation_of_the_article():
    """REAT 3.0.3's howard.cl(1:6, ABABAB, XXXYYX): (2 * 2 + 1 * 1) / 9."""
    plants = pd.DataFrame({"industry": list("ABABAB"), "region": list("XXXYYX")})
    [row] = colocation(plants).to_dict("records")
    assert row["colocation"] == pytest.approx(5 / 9)
    assert (row["n_a"], row["n_b"]) == (3, 3)
    assert row["expected"] == pytest.approx((4 * 3 + 2 * 1) / (6 * 5))
    assert row["excess"] == pytest.approx(5 / 9 - 14 / 30)


def test_colocation_against_reat_and_a_loop():
    """REAT 3.0.3: howard.cl(plant, industry, region, 'A', 'B') = 0.25 on the synthetic plants."""
    answer = colocation(SYNTHETIC)
    assert pair(answer, "A", "B", "colocation") == 0.25
    for a, b in itertools.combinations("ABC", 2):
        left, right = (SYNTHETIC.loc[SYNTHETIC["industry"] == k, "region"] for k in (a, b))
        truth = np.mean([p == q for p in left for q in right])
        assert pair(answer, a, b, "colocation") == pytest.approx(truth)


def test_expected_colocation_is_the_mean_over_all_relabellings():
    """Five plants, two of them A: all ten ways to deal the label."""
    where = np.array(list("xxyyy"))
    found = []
    for chosen in itertools.combinations(range(5), 2):
        own = np.isin(np.arange(5), chosen)
        found.append(np.mean(where[own][:, None] == where[~own]))
    assert expected_colocation(np.array([2.0, 3.0])) == pytest.approx(np.mean(found))


def test_permutation_test():
    plants = random_plants(plants=120)
    answer = colocation(plants, inference=RandomLabelling("plants", 199, seed=1))
    again = colocation(
        plants.sample(frac=1, random_state=0), inference=RandomLabelling("plants", 199, seed=1)
    )
    pd.testing.assert_frame_equal(answer, again)
    assert answer["p_value"].between(0.05, 1).mean() > 0.8  # industries were dealt at random
    together = plants.assign(
        region=plants["region"].where(plants["industry"] > 1, "r0"),
    )
    clustered = colocation(together, inference=RandomLabelling("plants", 199, seed=1))
    assert pair(clustered, 0, 1, "p_value") == pytest.approx(1 / 200)
    assert clustered["model"].str.startswith("labels of plants permuted").all()


def test_size_of_the_permutation_test():
    """200 data sets of two random industries: at most 5 % and 3 Monte Carlo errors (1.5 %)."""
    rejected = []
    for seed in range(200):
        plants = random_plants(seed, plants=60, industries=2)
        answer = colocation(plants, inference=RandomLabelling("plants", 39, seed=seed))
        rejected.append(answer["p_value"][0] <= 0.05)
    assert 0.005 < np.mean(rejected) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_colocation_by_period_on_any_engine():
    plants = random_plants()
    both = colocation(plants, time="year")
    arrow = colocation(pa.Table.from_pandas(plants), time="year")
    pd.testing.assert_frame_equal(both, arrow)
    alone = colocation(plants[plants["year"] == 2005])
    np.testing.assert_array_equal(both.loc[both["year"] == 2005, "colocation"], alone["colocation"])
    with pytest.raises(InputError, match=r"RandomLabelling\(...\)"):
        colocation(plants, inference=0.05)
    with pytest.raises(InputError, match="counts plants"):
        colocation(plants, inference=RandomLabelling("persons"))


def test_an_industry_without_plants_in_a_period_takes_no_part_in_its_test():
    plants = random_plants(plants=120)
    early, late = (plants.assign(year=year) for year in (2005, 2006))
    early = early[early["industry"] > 0]
    options = {"time": "year", "inference": RandomLabelling("plants", 39, seed=1)}
    both = colocation(pd.concat([early, late]), **options)
    alone = colocation(early, **options)
    pd.testing.assert_frame_equal(both[both["year"] == 2005], alone)
    assert (both.loc[both["year"] == 2006, "industry_a"] == 0).any()


# ---------------------------------------------------------------- cluster index


def test_cluster_index_of_the_textbook():
    """Farhauer and Kroell, printed 21.87491; REAT 3.0.3's litzenberger(...) 21.8749110167254."""
    ID, IS, PS, CI = cluster_index(1743, 5740, 50, 576, 488, 4621, 35, 53)
    assert pytest.approx(21.8749110167254, rel=1e-12) == CI
    assert pytest.approx((1743 / 50) / (5740 / 576)) == ID
    assert pytest.approx((1743 / 488) / (5740 / 4621)) == IS
    assert pytest.approx((1743 / 35) / (5740 / 53)) == PS


def textbook_tables():
    """The same cell in a table, the rest of the country in one region."""
    cells = pd.DataFrame(
        {"region": ["j", "rest"], "industry": "i", "emp": [1743, 5740 - 1743], "n": [35, 18]}
    )
    regions = pd.DataFrame(
        {"region": ["rest", "j"], "area": [576 - 50, 50], "population": [4621 - 488, 488]}
    )
    return cells, regions


def test_cluster_index_from_tables():
    cells, regions = textbook_tables()
    answer = litzenberger_sternberg(cells, value="emp", regions=regions).set_index("region")
    assert answer.loc["j", "cluster_index"] == pytest.approx(21.8749110167254, rel=1e-12)
    yearly = pd.concat([cells.assign(year=2000), cells.assign(year=2001)])
    for places in (regions, pd.concat([regions.assign(year=2000), regions.assign(year=2001)])):
        both = litzenberger_sternberg(yearly, value="emp", regions=places, time="year")
        np.testing.assert_allclose(both["cluster_index"][:2], 21.8749110167254, rtol=1e-12)
        assert len(both) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c, r: (c, r[:1]), "table of regions lacks 'j' of the cells"),
        (lambda c, r: (c.assign(n=[0, 18]), r), "must both be positive or both zero"),
        (lambda c, r: (c.assign(emp=[-1, 5]), r), "'emp' must be known and not negative"),
        (lambda c, r: (c, r.assign(area=[0, 50])), "'area' of a region must be known and positive"),
        (lambda c, r: (pd.concat([c, c]), r), "do not identify rows"),
        (lambda c, r: (c, r.drop(columns="area")), r"\['area'\] are not in the table"),
    ],
)
def test_cluster_index_refuses(change, message):
    cells, regions = change(*textbook_tables())
    with pytest.raises(InputError, match=message):
        litzenberger_sternberg(cells, value="emp", regions=regions)


# ---------------------------------------------------------------- bounds on gamma


def cells_of(plants):
    return plants.groupby(["region", "industry"], as_index=False).agg(
        emp=("emp", "sum"), n=("emp", "size")
    )


def test_bounds_by_hand():
    """x = (1/2, 1/2), s = (.9, .1): g = .64; H in (0, .82]: gamma in [-1, .64)."""
    cells = pd.DataFrame({"industry": list("AABB"), "region": list("xyxy"), "emp": [9, 1, 1, 9]})
    a = gamma_bounds(cells, value="emp").iloc[0]
    assert a["gamma_low"] == pytest.approx(-1)
    assert a["gamma_high"] == pytest.approx(0.64)
    assert (a["herfindahl_low"], a["herfindahl_high"]) == (0, pytest.approx(0.82))


@pytest.mark.parametrize("seed", range(5))
def test_bounds_hold_the_gamma_of_every_allocation_of_plants(seed):
    plants = random_plants(seed)
    known = ellison_glaeser(plants, size="emp")
    wide = gamma_bounds(cells_of(plants), value="emp")
    narrow = gamma_bounds(cells_of(plants), value="emp", plants="n")
    assert (wide["gamma_low"] <= known["gamma"]).all()
    assert (known["gamma"] <= narrow["gamma_high"]).all()
    assert (narrow["gamma_high"] < wide["gamma_high"]).all()
    assert (narrow["herfindahl_low"] <= known["herfindahl"]).all()
    assert (known["herfindahl"] <= wide["herfindahl_high"]).all()


def test_bounds_are_attained():
    """One plant a region attains the lower end, equal plants within regions the upper one."""
    cells = cells_of(SYNTHETIC)
    single = ellison_glaeser(cells, size="emp")
    bounds = gamma_bounds(cells, value="emp", plants="n")
    np.testing.assert_allclose(bounds["gamma_low"], single["gamma"], rtol=1e-12)
    means = SYNTHETIC.groupby(["industry", "region"])["emp"].transform("mean")
    equal = ellison_glaeser(SYNTHETIC.assign(emp=means), size="emp")
    np.testing.assert_allclose(bounds["gamma_high"], equal["gamma"], rtol=1e-12)


def test_an_industry_in_one_region_has_no_lower_bound():
    cells = pd.concat(
        [cells_of(SYNTHETIC), pd.DataFrame({"industry": ["D"], "region": ["r1"], "emp": [9]})]
    )
    d = gamma_bounds(cells, value="emp").set_index("industry").loc["D"]
    assert d["gamma_low"] == -np.inf
    assert d["gamma_high"] == pytest.approx(d["g"] / (1 - d["x2"]))


def test_where_gamma_rises_in_h():
    """All in a region with a share of .02 of the reference: G / (1 - x2) > 1."""
    cells = pd.DataFrame({"industry": "A", "region": ["x", "y"], "emp": [0.97, 0.03]})
    outside = pd.DataFrame({"region": ["x", "y", "z"], "total": [0.02, 0.49, 0.49]})
    a = gamma_bounds(cells, value="emp", reference=outside).iloc[0]
    assert a["g"] > 1 - a["x2"]
    assert a["gamma_low"] == pytest.approx(a["g"] / (1 - a["x2"]))  # at H = 0
    single = ellison_glaeser(cells, size="emp", reference=outside)
    assert a["gamma_high"] == pytest.approx(single["gamma"][0])


def test_bounds_refuse():
    cells = cells_of(SYNTHETIC)
    with pytest.raises(InputError, match="'n' must be at least 1 where there is activity"):
        gamma_bounds(cells.assign(n=0), value="emp", plants="n")
    with pytest.raises(InputError, match="NaN"):
        gamma_bounds(cells.assign(emp=np.nan), value="emp")
    with pytest.raises(IdentificationError, match="in one region"):
        gamma_bounds(cells.query("region == 'r1'"), value="emp")
