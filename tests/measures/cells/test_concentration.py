import numpy as np
import pandas as pd
import pytest

from agglometrics import IdentificationError, InputError, concentration
from agglometrics.errors import AgglometricsWarning
from agglometrics.measures.cells.inequality import by_quotient, lorenz_gini

# Written from the definitions with exact sums (brute force), and confirmed by REAT 3.0.3 (hoover,
# gini_lq), econcomplex 1.0.1 (hoover, gini_shares; its locational Gini is half of `gini`).
INCLUDING = {
    "hoover": [0.4432258064516129, 0.44000000000000006, 0.45487179487179485],
    "gini": [0.4845161290322581, 0.49733333333333335, 0.5030769230769231],
    "gini_lq": [0.4459152798789713, 0.43396846254927723, 0.5849514563106796],
    "gini_shares": [0.5080645161290323, 0.38333333333333336, 0.6217948717948717],
    "krugman": [0.8864516129032258, 0.8800000000000001, 0.9097435897435897],
    "theil": [0.4684084551401352, 0.44258903646632236, 0.5024964735852612],
    "herfindahl": [0.48803329864724243, 0.37777777777777777, 0.658119658119658],
}


@pytest.mark.parametrize("measure", INCLUDING)
def test_including_the_industry_equals_brute_force(jobs, measure):
    answer = concentration(jobs, value="emp")
    np.testing.assert_allclose(answer[measure], INCLUDING[measure], rtol=1e-12)
    assert set(answer["reference"]) == {"including"}


def test_by_hand():
    # Two regions of 100 jobs. Cars 60 + 20, cloth 40 + 80: s = (3/4, 1/4), (1/3, 2/3); x = 1/2.
    cells = pd.DataFrame(
        {
            "region": ["N", "N", "S", "S"],
            "industry": ["cars", "cloth"] * 2,
            "jobs": [60, 40, 20, 80],
        }
    )
    answer = concentration(cells, value="jobs").set_index("industry")
    cars = answer.loc["cars"]
    assert cars["hoover"] == pytest.approx(1 / 4)
    assert cars["krugman"] == pytest.approx(1 / 2)
    # Lorenz curve through (1/2, 1/4): area between it and the diagonal 1/8, twice that.
    assert cars["gini"] == pytest.approx(1 / 4)
    # Quotients 1/2 and 3/2: mean absolute difference over n^2 pairs 1/2, over twice the mean.
    assert cars["gini_lq"] == pytest.approx(1 / 4)
    assert cars["gini_shares"] == pytest.approx(1 / 4)
    assert cars["theil"] == pytest.approx(0.75 * np.log(1.5) + 0.25 * np.log(0.5))
    assert cars["herfindahl"] == pytest.approx(5 / 8)
    assert (cars["cr1"], cars["cr4"]) == (0.75, 1.0)
    assert answer.loc["cloth", "hoover"] == pytest.approx(1 / 6)


def test_excluding_equals_brute_force(jobs):
    answer = concentration(jobs, value="emp", reference="excluding")
    expected = [0.6423562412342216, 0.6285714285714286, 0.7456914670029424]
    np.testing.assert_allclose(answer["hoover"], expected, rtol=1e-12)


def test_excluding_equals_segregation(jobs):
    # segregation 2.5.4: Dissim of A against the rest is hoover with the industry excluded.
    answer = concentration(jobs, value="emp", reference="excluding").set_index("industry")
    assert answer.loc["A", "hoover"] == pytest.approx(0.6423562412342216, rel=1e-12)
    # segregation 2.5.4 Gini: the Lorenz curve of A against the rest.
    assert answer.loc["A", "gini"] == pytest.approx(0.702197288452548, rel=1e-12)


def test_mean_of_others_equals_reat(jobs):
    # REAT 3.0.3 conc(): column K.
    answer = concentration(jobs, value="emp", reference="mean_of_others")
    expected = [1.25260545905707, 1.22613730355666, 1.49081885856079]
    np.testing.assert_allclose(answer["krugman"], expected, rtol=1e-12)


def test_population_as_reference_equals_econcomplex(jobs, regions):
    # econcomplex 1.0.1 hoover_index(m, pop) in percent, hoover_gini(m, pop).
    answer = concentration(jobs, value="emp", reference=regions[["region", "pop"]])
    hoover = [49.41348973607038, 43.63636363636363, 43.123543123543115]
    gini = [0.5278592375366569, 0.47878787878787876, 0.48018648018648025]
    np.testing.assert_allclose(answer["hoover"] * 100, hoover, rtol=1e-12)
    np.testing.assert_allclose(answer["gini"], gini, rtol=1e-12)
    assert set(answer["reference"]) == {"external"}


def test_a_series_of_totals_is_a_reference_too(jobs, regions):
    expected = concentration(jobs, value="emp", reference=regions[["region", "pop"]])
    series = regions.set_index("region")["pop"]
    pd.testing.assert_frame_equal(concentration(jobs, value="emp", reference=series), expected)


def test_area_as_reference_is_the_mori_index(jobs, regions):
    # Brute force: Mori, Nishikimi and Smith's D with the regions' areas.
    answer = concentration(jobs, value="emp", reference=regions[["region", "area"]])
    expected = [0.9447659732473273, 0.35307068931922936, 0.7710024008566161]
    np.testing.assert_allclose(answer["theil"], expected, rtol=1e-12)


def test_uniform_reference_is_absolute_concentration(jobs):
    # Brute force: Theil against 1 / R. Against a uniform reference all three Ginis are one.
    answer = concentration(jobs, value="emp", reference="uniform")
    expected = [0.4663869039134023, 0.24937776928688987, 0.7635136000037761]
    np.testing.assert_allclose(answer["theil"], expected, rtol=1e-12)
    np.testing.assert_allclose(answer["gini"], answer["gini_shares"], rtol=1e-12)
    np.testing.assert_allclose(answer["gini_lq"], answer["gini_shares"], rtol=1e-12)


def test_published_gini_of_quotients():
    # REAT 3.0.3 gini.conc() on the example of Farhauer and Kroell (2013): .4068966.
    names = list("abcde")
    cells = pd.DataFrame({"region": names, "industry": "i", "emp": [500, 500, 1000, 7000, 1000]})
    totals = pd.DataFrame({"region": names, "all": [20000, 15000, 20000, 40000, 5000]})
    answer = concentration(cells, value="emp", reference=totals)
    assert answer["gini_lq"].item() == pytest.approx(0.406896551724138, rel=1e-12)


def test_published_krugman_against_the_mean_of_others():
    # REAT 3.0.3 krugman.conc2() on the example of Farhauer and Kroell (2013): .8619.
    wide = pd.DataFrame(
        {
            "this": [4320, 7811, 3900, 2300, 47560],
            "chemistry": [20000, 11000, 31000, 8000, 20000],
            "social": [40000, 10000, 25000, 9000, 16000],
            "electronics": [10000, 11000, 14000, 14000, 13000],
            "wood": [7000, 7500, 11000, 1500, 36000],
        }
    )
    cells = wide.melt(ignore_index=False, var_name="industry", value_name="emp")
    answer = concentration(
        cells.reset_index(names="region"), value="emp", reference="mean_of_others"
    ).set_index("industry")
    assert answer.loc["this", "krugman"] == pytest.approx(0.861932135776099, rel=1e-12)


def test_published_gini_and_herfindahl_of_shares():
    # REAT 3.0.3 gini(c(20,50,20,10)) = .3 and herf() = .34 on an example of Doersam (2004);
    # with the correction n / (n - 1) that we leave to the reader: .4.
    cells = pd.DataFrame({"region": list("abcd"), "industry": "i", "emp": [20, 50, 20, 10]})
    with pytest.warns(AgglometricsWarning, match="alone"):
        answer = concentration(cells, value="emp").iloc[0]
    assert answer["gini_shares"] == pytest.approx(0.3, rel=1e-12)
    assert answer["gini_shares"] * 4 / 3 == pytest.approx(0.4, rel=1e-12)
    assert answer["herfindahl"] == pytest.approx(0.34, rel=1e-12)


def test_lorenz_gini_does_not_depend_on_row_order(jobs, regions):
    # REAT 3.0.3's weighted Gini does: it cumulates in the order of the rows.
    shuffled = jobs.sample(frac=1, random_state=3)
    reference = regions[["region", "pop"]]
    expected = concentration(jobs, value="emp", reference=reference)
    answer = concentration(shuffled, value="emp", reference=reference.iloc[::-1])
    pd.testing.assert_frame_equal(answer, expected)


def test_ties_in_the_lorenz_curve_do_not_matter():
    # Regions 1 and 3 have the same quotient: merged, they are one piece of the same curve.
    s, x = np.array([[0.2, 0.5, 0.3]]), np.array([0.32, 0.2, 0.48])
    merged = lorenz_gini(*by_quotient(np.array([[0.5, 0.5]]), np.array([0.8, 0.2])))
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        gini = lorenz_gini(*by_quotient(s[:, order], x[order]))
        np.testing.assert_allclose(gini, merged, rtol=1e-14)


def test_missing_cells_are_zero(jobs):
    # REAT 3.0.3 raises when a region-industry cell has no row.
    expected = concentration(jobs, value="emp")
    answer = concentration(jobs[jobs["emp"] > 0], value="emp")
    pd.testing.assert_frame_equal(answer, expected)


def test_many_periods_answer_like_one_each(jobs):
    later = jobs.assign(emp=jobs["emp"] ** 1.1 + 3)
    both = pd.concat([jobs.assign(year=2002), later.assign(year=2007)])
    answer = concentration(both, value="emp", time="year")
    assert list(answer["year"]) == [2002] * 3 + [2007] * 3
    for year, cells in ((2002, jobs), (2007, later)):
        one = answer[answer["year"] == year].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(one, concentration(cells, value="emp"))


def test_reference_by_period(jobs, regions):
    both = pd.concat([jobs.assign(year=2002), jobs.assign(year=2007)])
    totals = pd.concat(
        [
            regions[["region", "pop"]].assign(year=2002),
            regions[["region", "area"]].rename(columns={"area": "pop"}).assign(year=2007),
        ]
    )
    answer = concentration(both, value="emp", time="year", reference=totals)
    population = concentration(jobs, value="emp", reference=regions[["region", "pop"]])
    area = concentration(jobs, value="emp", reference=regions[["region", "area"]])
    np.testing.assert_array_equal(answer["theil"], [*population["theil"], *area["theil"]])
    lacking = totals[~((totals["region"] == "R3") & (totals["year"] == 2007))]
    with pytest.raises(InputError, match="no row for year 2007, region 'R3'"):
        concentration(both, value="emp", time="year", reference=lacking)


# --- What is undefined, and bad input -----------------------------------------------------------


def test_an_industry_without_activity_is_refused_or_nan(jobs):
    empty = pd.concat([jobs, pd.DataFrame({"region": ["R1"], "industry": ["D"], "emp": [0.0]})])
    with pytest.raises(IdentificationError, match=r"no activity in industry 'D'.*undefined='nan'"):
        concentration(empty, value="emp")
    answer = concentration(empty, value="emp", undefined="nan").set_index("industry")
    assert answer.loc["D"].drop("reference").isna().all()
    expected = concentration(jobs, value="emp").set_index("industry")
    pd.testing.assert_frame_equal(answer.drop(index="D"), expected)


def test_a_region_without_activity_counts_as_absent_if_allowed(jobs):
    empty = pd.concat([jobs, pd.DataFrame({"region": ["R0"], "industry": ["A"], "emp": [0.0]})])
    with pytest.raises(IdentificationError, match="no activity in region 'R0'"):
        concentration(empty, value="emp")
    answer = concentration(empty, value="emp", undefined="nan")
    pd.testing.assert_frame_equal(answer, concentration(jobs, value="emp"), rtol=1e-13)


def test_emptiness_is_named_with_its_period(jobs):
    later = jobs[jobs["industry"] != "B"].assign(year=2007)
    both = pd.concat([jobs.assign(year=2002), later])
    with pytest.raises(IdentificationError, match=r"\{'year': 2007, 'industry': 'B'\}"):
        concentration(both, value="emp", time="year")


def test_one_region_is_refused(jobs):
    one = jobs[jobs["region"] == "R1"]
    with pytest.raises(IdentificationError, match=r"1 active region.*two at least"):
        concentration(one, value="emp")


def test_one_region_of_a_larger_reference_is_an_answer(jobs, regions):
    one = jobs[jobs["region"] == "R1"]
    answer = concentration(one, value="emp", reference=regions[["region", "pop"]])
    # All of it in R1, which has 300 of 1,100 people: 1/2 (1 - 3/11 + 8/11) = 8/11.
    np.testing.assert_allclose(answer["hoover"], [8 / 11] * 3, rtol=1e-14)
    np.testing.assert_allclose(answer["gini_shares"], [3 / 4] * 3, rtol=1e-14)


def test_reference_may_know_more_regions(jobs, regions):
    more = pd.concat(
        [
            regions[["region", "pop"]],
            pd.DataFrame({"region": ["R0"], "pop": [1100]}),
        ]
    )
    answer = concentration(jobs, value="emp", reference=more)
    # The new region has half of the reference and nothing else: x halves elsewhere.
    s = np.array([100, 10, 40, 5]) / 155
    x = np.array([300, 250, 150, 400]) / 2200
    assert answer["hoover"][0] == pytest.approx((np.abs(s - x).sum() + 0.5) / 2, rel=1e-14)


def test_one_industry_is_its_own_reference(jobs):
    one = jobs[jobs["industry"] == "A"]
    with pytest.warns(AgglometricsWarning, match="industry 'A' is alone"):
        answer = concentration(one, value="emp")
    assert answer["hoover"].item() == 0
    with pytest.raises(IdentificationError, match="needs a second industry"):
        concentration(one, value="emp", reference="excluding")


def test_an_industry_alone_in_a_region_has_an_infinite_theil(jobs):
    alone = jobs[(jobs["region"] != "R4") | (jobs["industry"] == "C")]
    with pytest.warns(AgglometricsWarning, match=r"zero where there is activity of industry 'C'"):
        answer = concentration(alone, value="emp", reference="excluding").set_index("industry")
    assert np.isinf(answer.loc["C", "theil"])
    assert np.isnan(answer.loc["C", "gini_lq"])
    # s = (30, 10, 0, 155) / 195 against (120, 90, 80, 0) / 290 is still a Hoover index.
    s, x = np.array([30, 10, 0, 155]) / 195, np.array([120, 90, 80, 0]) / 290
    assert answer.loc["C", "hoover"] == pytest.approx(np.abs(s - x).sum() / 2, rel=1e-14)
    assert np.isfinite(answer.loc[["A", "B"], "theil"]).all()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda r: r.replace({"region": {"R4": "r4"}}), "lacks region 'R4'"),
        (lambda r: r.assign(extra=1), r"exactly one column more; found \['pop', 'extra'\]"),
        (lambda r: r.assign(pop=[300, 0, 150, 400]), "zero where there is activity.*'R2'"),
        (lambda r: r.assign(pop=[300, -1, 150, 400]), "known and not negative.*'R2'"),
        (lambda r: r.assign(pop=[300, None, 150, 400]), "known and not negative.*'R2'"),
        (lambda r: pd.concat([r, r.iloc[:1]]), "do not identify rows"),
        (lambda r: r.rename(columns={"region": "name"}), r"columns \['region'\] are not in"),
        (lambda r: "population", "reference='population' is unknown"),
        (lambda r: 3, "must be a table"),
    ],
)
def test_a_bad_reference_is_refused(jobs, regions, change, text):
    with pytest.raises(InputError, match=text):
        concentration(jobs, value="emp", reference=change(regions[["region", "pop"]]))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda c: pd.concat([c, c.iloc[:1]]), r"do not identify rows: 1 repeats.*collapse\(\)"),
        (lambda c: c.assign(emp=[np.nan, *c["emp"][1:]]), r"NaN \(unknown\) in 1 cells.*'R1'"),
        (lambda c: c.assign(emp=[-1, *c["emp"][1:]]), "must not be negative.*'R1'"),
        (lambda c: c.rename(columns={"emp": "jobs"}), r"columns \['emp'\] are not in the table"),
        (lambda c: c.iloc[:0], "no rows"),
    ],
)
def test_bad_cells_are_refused(jobs, change, text):
    with pytest.raises(InputError, match=text):
        concentration(change(jobs), value="emp")


def test_an_unknown_choice_is_refused(jobs):
    with pytest.raises(InputError, match="undefined='drop' is unknown"):
        concentration(jobs, value="emp", undefined="drop")
