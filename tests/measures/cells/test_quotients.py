import numpy as np
import pandas as pd
import pytest

from agglometrics import IdentificationError, InputError, location_quotient, regional_shares

# REAT 3.0.3 locq2() and econcomplex 1.0.1 location_quotient(), which agree.
LQ = {
    "A": [2.150537634408602, 0.32258064516129037, 1.6129032258064517, 0.09487666034155598],
    "B": [0.4444444444444445, 2.666666666666667, 1.6666666666666667, 0.19607843137254902],
    "C": [0.5128205128205129, 0.25641025641025644, 0.0, 2.337858220211161],
}
# Brute force: (LQ - mean) / sd over the regions, sd with n - 1.
SLQ = {
    "A": [1.1110027719064974, -0.7263637578845054, 0.570600851379732, -0.9552398654017238],
    "B": [-0.6972153119012553, 1.2418702181308654, 0.36928172961641104, -0.9139366358460217],
    "C": [-0.24864209646351704, -0.49018013302807667, -0.7317181695926362, 1.47054039908423],
}


def wide(answer, column):
    return answer.pivot(index="region", columns="industry", values=column)


def test_equals_reat_and_econcomplex(jobs):
    answer = location_quotient(jobs, value="emp")
    np.testing.assert_allclose(wide(answer, "lq"), pd.DataFrame(LQ), rtol=1e-12)


def test_by_hand():
    # Farhauer and Kroell (2013): 1,714 of 79,006 in the region, 879,213 of 15,593,224 in all.
    cells = pd.DataFrame(
        {
            "region": ["r", "r", "rest", "rest"],
            "industry": ["i", "j"] * 2,
            "emp": [1714, 79006 - 1714, 879213 - 1714, 15593224 - 879213 - 79006 + 1714],
        }
    )
    answer = location_quotient(cells, value="emp")
    assert answer["lq"][0] == pytest.approx(1714 / 79006 / (879213 / 15593224), rel=1e-14)
    # REAT 3.0.3 locq().
    assert answer["lq"][0] == pytest.approx(0.384762342301328, rel=1e-12)
    # The same with one region, and the nation given from outside.
    nation = pd.DataFrame({"industry": ["i", "j"], "emp": [879213, 15593224 - 879213]})
    one = location_quotient(cells[:2], value="emp", reference=nation)
    assert one["lq"][0] == pytest.approx(0.384762342301328, rel=1e-12)
    assert one["reference"][0] == "external"


def test_variants_equal_brute_force(jobs):
    answer = location_quotient(jobs, value="emp", variants=True)
    A = answer[answer["industry"] == "A"]
    rsca = [0.3651877133105802, -0.5121951219512194, 0.23456790123456792, -0.826689774696707]
    additive = [0.35666666666666663, -0.21, 0.19, -0.28058823529411764]
    np.testing.assert_allclose(A["rsca"], rsca, rtol=1e-12)
    np.testing.assert_allclose(A["lq_additive"], additive, rtol=1e-12)
    np.testing.assert_allclose(A["horizontal_clustering"], [53.5, -21, 15.2, -47.7], rtol=1e-12)
    np.testing.assert_allclose(A["lq_log"], np.log(LQ["A"]), rtol=1e-12)


def test_standardized_quotient_equals_brute_force_not_reat(jobs):
    # REAT 3.0.3 locq2(LQ.norm = "OG") subtracts the means of regions where those of industries
    # over regions are meant. Within an industry the z-scores must have mean 0 and variance 1.
    answer = location_quotient(jobs, value="emp", variants=True)
    slq = wide(answer, "slq")
    np.testing.assert_allclose(slq, pd.DataFrame(SLQ), rtol=1e-12)
    np.testing.assert_allclose(slq.mean(), 0, atol=1e-15)
    np.testing.assert_allclose(slq.var(ddof=1), 1, rtol=1e-12)


def test_standardized_log_quotient_leaves_zeros_out(jobs):
    answer = location_quotient(jobs, value="emp", variants=True)
    C = answer[answer["industry"] == "C"].set_index("region")
    logs = np.log(np.array(LQ["C"])[[0, 1, 3]])
    expected = (logs - logs.mean()) / logs.std(ddof=1)
    np.testing.assert_allclose(C.loc[["R1", "R2", "R4"], "slq_log"], expected, rtol=1e-12)
    assert np.isnan(C.loc["R3", "slq_log"])
    assert C.loc["R3", "lq_log"] == -np.inf
    assert C.loc["R3", "rsca"] == -1


def test_excluding_the_region_itself(jobs):
    answer = location_quotient(jobs, value="emp", reference="excluding")
    # R1 has 100 of 150 in A; the other three 55 of 350.
    assert answer["lq"][0] == pytest.approx((100 / 150) / (55 / 350), rel=1e-14)


def test_an_industry_in_one_region_only_has_no_others():
    cells = pd.DataFrame(
        {"region": list("aabb"), "industry": list("xyxy"), "emp": [5.0, 5.0, 0.0, 5.0]}
    )
    with pytest.warns(UserWarning, match=r"reference is zero.*region 'a'"):
        answer = location_quotient(cells, value="emp", reference="excluding", variants=True)
    assert answer["lq"].tolist()[:2] == [np.inf, 0.5]
    assert answer["rsca"][0] == 1


def test_quotients_average_to_one(jobs):
    answer = location_quotient(jobs, value="emp")
    x = jobs.groupby("region")["emp"].sum() / jobs["emp"].sum()
    mean = (answer["lq"] * answer["region"].map(x)).groupby(answer["industry"]).sum()
    np.testing.assert_allclose(mean, 1, rtol=1e-14)


def test_every_pair_and_period_answers(jobs):
    both = pd.concat([jobs.assign(year=2002), jobs[jobs["emp"] > 0].assign(year=2007)])
    answer = location_quotient(both, value="emp", time="year")
    assert len(answer) == 24
    assert list(answer.columns[:3]) == ["year", "region", "industry"]
    first, second = answer[answer["year"] == 2002], answer[answer["year"] == 2007]
    np.testing.assert_array_equal(first["lq"], second["lq"])


def test_other_column_names(jobs):
    renamed = jobs.rename(columns={"region": "province", "industry": "sector"})
    answer = location_quotient(renamed, value="emp", region="province", industry="sector")
    assert list(answer.columns) == ["province", "sector", "lq", "reference"]
    np.testing.assert_array_equal(answer["lq"], location_quotient(jobs, value="emp")["lq"])


def test_a_region_without_activity_is_refused_or_nan(jobs):
    empty = pd.concat([jobs, pd.DataFrame({"region": ["R0"], "industry": ["A"], "emp": [0.0]})])
    with pytest.raises(IdentificationError, match="no activity in region 'R0'"):
        location_quotient(empty, value="emp")
    answer = location_quotient(empty, value="emp", undefined="nan", variants=True)
    assert answer.loc[answer["region"] == "R0", "lq"].isna().all()
    rest = answer[answer["region"] != "R0"].reset_index(drop=True)
    pd.testing.assert_frame_equal(rest, location_quotient(jobs, value="emp", variants=True))


def test_a_zero_industry_is_refused_or_nan(jobs):
    empty = jobs.assign(emp=jobs["emp"].where(jobs["industry"] != "B", 0))
    with pytest.raises(IdentificationError, match="no activity in industry 'B'"):
        location_quotient(empty, value="emp")
    answer = location_quotient(empty, value="emp", undefined="nan")
    assert answer.loc[answer["industry"] == "B", "lq"].isna().all()
    assert answer.loc[answer["industry"] != "B", "lq"].notna().all()


def test_one_region_is_refused(jobs):
    with pytest.raises(IdentificationError, match="two at least"):
        location_quotient(jobs[jobs["region"] == "R2"], value="emp")


def test_reference_lacking_an_industry_is_refused(jobs):
    nation = pd.DataFrame({"industry": ["A", "B", "c"], "emp": [10, 20, 30]})
    with pytest.raises(InputError, match="lacks industry 'C'"):
        location_quotient(jobs, value="emp", reference=nation)


def test_unknown_cells_are_the_callers_choice(jobs):
    unknown = jobs.assign(emp=jobs["emp"].where(jobs["emp"] > 0))
    with pytest.raises(InputError, match=r"NaN \(unknown\) in 1 cells.*'R3'"):
        location_quotient(unknown, value="emp")
    as_zero = location_quotient(unknown, value="emp", missing="zero")
    pd.testing.assert_frame_equal(as_zero, location_quotient(jobs, value="emp"))
    with pytest.warns(UserWarning, match="'industry': 'C'"):
        without = location_quotient(unknown, value="emp", missing="drop_industry")
    expected = location_quotient(jobs[jobs["industry"] != "C"], value="emp")
    pd.testing.assert_frame_equal(without, expected)


# --- Shares -------------------------------------------------------------------------------------


def test_regional_shares_by_hand(jobs):
    answer = regional_shares(jobs, value="emp").set_index(["region", "industry"])
    assert answer.loc[("R1", "A"), "share"] == 100 / 155
    assert answer.loc[("R4", "A"), "total_share"] == 170 / 500
    assert answer.xs("A", level="industry")["rank"].tolist() == [1, 3, 2, 4]
    np.testing.assert_allclose(answer.groupby("industry")["share"].sum(), 1, rtol=1e-15)


def test_equal_shares_have_the_best_rank():
    cells = pd.DataFrame({"region": list("abc"), "industry": "i", "emp": [2.0, 1.0, 2.0]})
    assert regional_shares(cells, value="emp")["rank"].tolist() == [1, 3, 1]


def test_shares_over_lq_are_the_quotients(jobs):
    shares = regional_shares(jobs, value="emp")
    lq = location_quotient(jobs, value="emp")["lq"]
    np.testing.assert_allclose(shares["share"] / shares["total_share"], lq, rtol=1e-14)


# --- Unknown cells of some periods, and industries alone ------------------------------------------


def test_an_industry_left_out_of_one_period_is_nan_there_only(jobs):
    later = jobs.assign(year=2007, emp=jobs["emp"].where(jobs["emp"] > 0))
    both = pd.concat([jobs.assign(year=2002), later])
    with pytest.warns(UserWarning, match="'year': 2007, 'industry': 'C'"):
        answer = location_quotient(both, value="emp", time="year", missing="drop_industry")
    answer = answer.set_index(["year", "industry"]).sort_index()
    assert answer.loc[(2007, "C"), "lq"].isna().all()
    np.testing.assert_allclose(answer.loc[(2002, "C"), "lq"], LQ["C"], rtol=1e-12)
    expected = location_quotient(jobs[jobs["industry"] != "C"], value="emp").set_index("industry")
    for industry in ("A", "B"):
        found = answer.loc[(2007, industry), "lq"]
        np.testing.assert_array_equal(found, expected.loc[industry, "lq"])


def test_one_industry_is_refused(jobs):
    with pytest.raises(IdentificationError, match="one industry, 'A', so its share of every"):
        location_quotient(jobs[jobs["industry"] == "A"], value="emp")
