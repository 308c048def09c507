"""Ellison-Glaeser and its relatives: by hand, exact enumeration, other programs, errors."""

import itertools
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.measures.plants.ellison_glaeser import (
    dartboard_variance,
    ellison_glaeser,
    ellison_glaeser_cells,
)
from agglometrics.measures.plants.maurel_sedillot import (
    devereux_griffith_simpson,
    maurel_sedillot,
    share_variance,
)
from agglometrics.tables.collapse import collapse

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


def random_plants(seed=0, plants=400):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "industry": rng.choice(list("ABCDE"), plants),
            "region": rng.choice([f"r{k}" for k in range(12)], plants),
            "emp": np.ceil(rng.lognormal(3, 1, plants)),
            "year": rng.choice([2005, 2010], plants),
        }
    )


def test_by_hand():
    """x = (1/2, 1/2). A: s = (3/4, 1/4), G = 1/8, H = 3/8, (1/4 - 3/8) / (5/8) = -1/5."""
    plants = pd.DataFrame(
        {
            "industry": ["A", "A", "A", "B", "B"],
            "region": ["x", "x", "y", "x", "y"],
            "emp": [2, 1, 1, 1, 3],
        }
    )
    answer = ellison_glaeser(plants, size="emp").set_index("industry")
    a = answer.loc["A"]
    assert (a["g"], a["herfindahl"], a["x2"], a["n_plants"]) == (1 / 8, 3 / 8, 1 / 2, 3)
    assert a["gamma"] == pytest.approx(-1 / 5, abs=1e-15)
    assert answer.loc["B", "gamma"] == pytest.approx(-1, abs=1e-15)


def test_against_reat():
    """REAT 3.0.3 (R 4.2.2): ellison.a2(emp, industry, region) on the synthetic plants."""
    answer = ellison_glaeser(SYNTHETIC, size="emp")
    reat = {
        "gamma": [0.071935666738496, 0.0397208985078073, 0.161853117673666],
        "g": [0.297270408163265, 0.274770408163265, 0.262756122448979],
        "z": [0.23482548893197, 0.135769255809231, 0.780239455295114],
        "n_plants": [5, 4, 6],
        "herfindahl": [0.355, 0.345, 0.2302],
    }
    for column, values in reat.items():
        np.testing.assert_allclose(answer[column], values, rtol=1e-12, err_msg=column)


def brute_force(plants, x):
    """The definitions, one plant and one region at a time."""
    answers = {}
    for industry, own in plants.groupby("industry"):
        total = own["emp"].sum()
        H = sum((e / total) ** 2 for e in own["emp"])
        s = {r: own.loc[own["region"] == r, "emp"].sum() / total for r in x}
        x2 = sum(v**2 for v in x.values())
        G = sum((s[r] - x[r]) ** 2 for r in x)
        eg = (G - (1 - x2) * H) / ((1 - x2) * (1 - H))
        ms = ((sum(v**2 for v in s.values()) - x2) / (1 - x2) - H) / (1 - H)
        dgs = sum((v - 1 / len(x)) ** 2 for v in s.values())
        dgs -= sum((e / total - 1 / len(own)) ** 2 for e in own["emp"])
        answers[industry] = (eg, ms, dgs)
    return pd.DataFrame(answers, index=["gamma", "ms", "alpha"]).T


def test_relatives_against_brute_force():
    plants = random_plants()
    totals = plants.groupby("region")["emp"].sum()
    truth = brute_force(plants, (totals / totals.sum()).to_dict())
    for column, answer in {
        "gamma": ellison_glaeser(plants, size="emp")["gamma"],
        "ms": maurel_sedillot(plants, size="emp")["gamma"],
        "alpha": devereux_griffith_simpson(plants, size="emp")["alpha"],
    }.items():
        np.testing.assert_allclose(answer, truth[column], rtol=0, atol=1e-13)


@pytest.mark.external
@pytest.mark.parametrize("case", ["EG_syn", "EG_FK2014_internal_x", "EG_FK2014_external_x"])
def test_reference_cases(reference, case):
    """Independent sums, and REAT's ellison.a2 and ellison.a, as the reference notes say."""
    folder = reference / "agglomeration"
    cases = {row["id"]: row for row in json.loads((folder / "brute_force.json").read_text())}
    plants = pd.read_csv(folder / cases[case]["input"])
    outside = None
    if case.endswith("external_x"):
        outside = plants[["region", "emp_region"]].drop_duplicates()
    size = "emp" if case == "EG_syn" else "emp_firm"
    arguments = {"size": size, "reference": outside}
    eg = ellison_glaeser(plants, **arguments).set_index("industry")
    ms = maurel_sedillot(plants, **arguments).set_index("industry")
    dgs = devereux_griffith_simpson(plants, **arguments).set_index("industry")
    for industry, value in cases[case]["value"].items():
        found = {
            "G": eg.loc[industry, "g"],
            "H": eg.loc[industry, "herfindahl"],
            "gamma": eg.loc[industry, "gamma"],
            "varG": eg.loc[industry, "variance_g"],
            "z": eg.loc[industry, "z"],
            "gamma_MS": ms.loc[industry, "gamma"],
            "alpha_DGS_K": dgs.loc[industry, "alpha"],
        }
        for name, number in found.items():
            assert number == pytest.approx(value[name], abs=1e-12), (industry, name)


def moments_by_enumeration(z, x, statistic):
    """Mean and variance of a statistic over every allocation of the plants."""
    mean = square = 0.0
    for places in itertools.product(range(len(x)), repeat=len(z)):
        s = np.bincount(places, weights=z, minlength=len(x))
        weight, value = np.prod(x[list(places)]), statistic(s)
        mean, square = mean + weight * value, square + weight * value**2
    return mean, square - mean**2


def test_moments_under_the_dartboard_are_exact():
    """Every one of the 3^6 allocations of six plants over three regions is visited."""
    z = np.array([0.4, 0.25, 0.15, 0.1, 0.06, 0.04])
    x = np.array([0.6, 0.3, 0.1])
    H, z3, z4 = ((z**power).sum() for power in (2, 3, 4))
    x2, x3 = (x**2).sum(), (x**3).sum()
    mean, variance = moments_by_enumeration(z, x, lambda s: ((s - x) ** 2).sum())
    assert H * (1 - x2) == pytest.approx(mean, rel=1e-12)
    assert dartboard_variance(H, z4, x2, x3) == pytest.approx(variance, rel=1e-12)
    mean, variance = moments_by_enumeration(z, x, lambda s: (s**2).sum())
    assert H + (1 - H) * x2 == pytest.approx(mean, rel=1e-12)
    assert share_variance(H, z3, z4, x2, x3) == pytest.approx(variance, rel=1e-12)


def test_rows_may_come_in_any_order():
    """REAT 3.0.3's ellison.a pairs regions with totals by position, and so depends on order."""
    plants = random_plants()
    outside = plants.groupby("region", as_index=False)["emp"].sum()
    once = ellison_glaeser(plants, size="emp", reference=outside)
    for seed in range(3):
        again = ellison_glaeser(
            plants.sample(frac=1, random_state=seed),
            size="emp",
            reference=outside.sample(frac=1, random_state=seed),
        )
        pd.testing.assert_frame_equal(once, again, rtol=1e-12)


def test_a_region_without_the_industry_is_zero_not_an_error():
    """REAT 3.0.3 raises when one region has no plant of the industry; B has none in r4."""
    assert not SYNTHETIC.query("industry == 'B' and region == 'r4'").size
    answer = ellison_glaeser(SYNTHETIC, size="emp").set_index("industry")
    assert answer.loc["B", "gamma"] == pytest.approx(0.0397208985078073, abs=1e-14)


def test_the_plant_herfindahl_is_subtracted():
    """concentrationMetrics 0.6.0 leaves H out, so that splitting plants would change nothing."""
    whole = ellison_glaeser(SYNTHETIC, size="emp").set_index("industry")
    halves = pd.concat([SYNTHETIC, SYNTHETIC]).assign(emp=lambda f: f["emp"] / 2)
    split = ellison_glaeser(halves, size="emp").set_index("industry")
    np.testing.assert_allclose(split["g"], whole["g"], rtol=1e-12)
    np.testing.assert_allclose(split["herfindahl"], whole["herfindahl"] / 2, rtol=1e-12)
    assert (split["gamma"] > whole["gamma"]).all()


def test_units_do_not_matter():
    for index in (ellison_glaeser, maurel_sedillot):
        thousands = SYNTHETIC.assign(emp=SYNTHETIC["emp"] / 1000)
        pd.testing.assert_frame_equal(index(SYNTHETIC, size="emp"), index(thousands, size="emp"))


def test_periods_are_answered_separately():
    plants = random_plants()
    both = ellison_glaeser(plants, size="emp", time="year")
    assert list(both.columns[:2]) == ["year", "industry"]
    for year, one in both.groupby("year"):
        alone = ellison_glaeser(plants.loc[plants["year"] == year], size="emp")
        np.testing.assert_allclose(one["gamma"], alone["gamma"], rtol=1e-12)


def test_an_industry_absent_in_a_period_is_not_answered_there():
    plants = random_plants().query("not (industry == 'C' and year == 2005)")
    answer = ellison_glaeser(plants, size="emp", time="year")
    assert set(answer.query("year == 2005")["industry"]) == set("ABDE")
    assert answer["gamma"].notna().all()


def test_any_engine():
    plants = random_plants()
    pd.testing.assert_frame_equal(
        ellison_glaeser(plants, size="emp", time="year"),
        ellison_glaeser(pa.Table.from_pandas(plants), size="emp", time="year"),
        rtol=1e-12,
    )


def test_reference_may_know_more_regions():
    """With r5 empty of plants: x = (92, 68, 55, 65, 70) / 350, G of A by hand."""
    x = np.array([92, 68, 55, 65, 70]) / 350
    s = np.array([0.8, 0.1, 0.05, 0.05, 0.0])
    reference = pd.DataFrame({"region": ["r1", "r2", "r3", "r4", "r5"], "jobs": x * 350})
    for given in (reference, reference.set_index("region")["jobs"]):
        answer = ellison_glaeser(SYNTHETIC, size="emp", reference=given).set_index("industry")
        assert answer.loc["A", "g"] == pytest.approx(((s - x) ** 2).sum(), rel=1e-12)
        assert answer.loc["A", "x2"] == pytest.approx((x**2).sum(), rel=1e-12)


def test_reference_by_period():
    plants = random_plants()
    totals = plants.groupby(["region", "year"], as_index=False)["emp"].sum()
    said = ["own_share", "note"]  # of totals from outside, the own share is unknown
    outside = ellison_glaeser(plants, size="emp", time="year", reference=totals)
    inside = ellison_glaeser(plants, size="emp", time="year")
    pd.testing.assert_frame_equal(outside.drop(columns=said), inside.drop(columns=said), rtol=1e-12)
    assert outside["own_share"].isna().all()
    by_year = inside.groupby("year")["own_share"].sum()
    assert by_year.to_numpy() == pytest.approx(1.0)


def test_one_plant_is_said():
    plants = pd.concat([SYNTHETIC, pd.DataFrame({"industry": ["D"], "region": ["r1"], "emp": [7]})])
    for index in (ellison_glaeser, maurel_sedillot):
        with pytest.warns(AgglometricsWarning, match=r"one plant only.*'industry': 'D'"):
            answer = index(plants, size="emp").set_index("industry")
        assert np.isnan(answer.loc["D", ["gamma", "z", "p_value"]].astype(float)).all()
        assert "gamma undefined" in answer.loc["D", "note"]
        others = answer["note"].drop("D")
        assert others.str.contains("10 percent or more of its own reference").all()
    alpha = devereux_griffith_simpson(plants, size="emp").set_index("industry")["alpha"]
    assert alpha["D"] == pytest.approx(1 - 1 / 4)


def test_a_giant_plant_is_said():
    plants = pd.DataFrame(
        {"industry": list("AABB"), "region": list("xyxy"), "emp": [1e20, 1.0, 2e20, 1e20]}
    )
    with pytest.warns(AgglometricsWarning, match="one plant holds all"):
        answer = ellison_glaeser(plants, size="emp")
    assert np.isnan(answer["gamma"][0])
    assert answer["note"][0] == "H = 1, gamma undefined"


def test_attainable_evenness():
    """Two equal plants over four regions, apart: as even as can be, so alpha_attainable is 0."""
    plants = pd.concat(
        [
            SYNTHETIC,
            pd.DataFrame({"industry": ["D", "D"], "region": ["r1", "r2"], "emp": [5, 5]}),
        ]
    )
    answer = devereux_griffith_simpson(plants, size="emp").set_index("industry")
    assert answer.loc["D", "alpha"] == pytest.approx(1 / 4)
    assert answer.loc["D", "alpha_attainable"] == pytest.approx(0, abs=1e-15)


def faulty(**change):
    plants = SYNTHETIC.astype({"emp": "float64", "region": "object"})
    for column, entry in change.items():
        plants.loc[3, column] = entry
    return plants


@pytest.mark.parametrize(
    ("plants", "message"),
    [
        (faulty(region=None), "key 'region' is missing in 1 of 15 rows, .*belongs to no cell"),
        (faulty(emp=0), "'emp' must be positive; found 1 of 15 .*size zero is not a plant"),
        (faulty(emp=-5), "'emp' must not be negative; found 1 of 15"),
        (faulty(emp=np.nan), "'emp' must be known"),
        (SYNTHETIC.drop(columns="region"), r"columns \['region'\] are not in the table"),
        (SYNTHETIC.head(0), "no rows"),
    ],
)
def test_refuses_plants(plants, message):
    for index in (ellison_glaeser, maurel_sedillot, devereux_griffith_simpson):
        with pytest.raises(InputError, match=message):
            index(plants, size="emp")


def totals(**change):
    numbers = {"r1": 92.0, "r2": 68.0, "r3": 55.0, "r4": 65.0} | change
    return pd.DataFrame({"region": list(numbers), "emp": list(numbers.values())})


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (totals().query("region != 'r3'"), "lacks region 'r3'"),
        (totals().replace("r3", "R3 "), "lacks region 'r3'. Names must be equal"),
        (totals(r2=-1.0), "not negative; found .*'r2'"),
        (totals(r2=np.nan), "must be known .*'r2'"),
        (totals(r2=0.0), "zero where there is activity, in region 'r2'"),
        (pd.concat([totals(), totals()]), "do not identify rows"),
        (totals().rename(columns={"emp": "a"}).assign(b=1.0), "exactly one column more"),
        (totals().drop(columns="region"), r"\['region'\] are not in the table"),
        ("including", "reference='including' is unknown here"),
    ],
)
def test_refuses_references(reference, message):
    with pytest.raises(InputError, match=message):
        ellison_glaeser(SYNTHETIC, size="emp", reference=reference)


def test_cells_serve_as_plants():
    plants = random_plants()
    cells = collapse(plants, by=["region", "industry", "year"], value="emp")
    found = ellison_glaeser_cells(cells, value="emp", time="year")
    known = ellison_glaeser(plants, size="emp", time="year")
    pd.testing.assert_frame_equal(found, known[found.columns], rtol=1e-12)
    with pytest.raises(InputError, match=r"impossible for .*2005.*'A'"):
        ellison_glaeser_cells(cells.assign(emp_squared=1.0), value="emp", time="year")
    with pytest.raises(InputError, match="'n' must be known and not negative"):
        ellison_glaeser_cells(cells.assign(n=np.nan), value="emp", time="year")


def test_refuses_one_region():
    with pytest.raises(IdentificationError, match="in one region, 'r1'"):
        ellison_glaeser(SYNTHETIC.query("region == 'r1'"), size="emp")


def test_refuses_an_unknown_inference():
    with pytest.raises(InputError, match=r"Dartboard\(...\) or LocationChoice\(...\)"):
        ellison_glaeser(SYNTHETIC, size="emp", inference="dartboard")
