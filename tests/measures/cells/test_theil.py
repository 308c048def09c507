import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError, concentration, theil_decomposition

MACRO = {"R1": "N", "R2": "N", "R3": "S", "R4": "S"}


def test_equals_brute_force(jobs):
    # Written from the definitions with exact sums.
    answer = theil_decomposition(jobs, value="emp", groups=MACRO)
    theil = [0.4684084551401352, 0.44258903646632236, 0.5024964735852612]
    between = [0.0907069170396031, 0.056633012265132426, 0.18571721833999677]
    within = [0.3777015381005321, 0.3859560242011899, 0.3167792552452644]
    np.testing.assert_allclose(answer["theil"], theil, rtol=1e-12)
    np.testing.assert_allclose(answer["between"], between, rtol=1e-12)
    np.testing.assert_allclose(answer["within"], within, rtol=1e-12)


def test_between_by_hand(jobs):
    # Industry A: 110 of 155 jobs in N, which has 250 of all 500.
    answer = theil_decomposition(jobs, value="emp", groups=MACRO)
    expected = 110 / 155 * np.log(110 / 155 * 2) + 45 / 155 * np.log(45 / 155 * 2)
    assert answer["between"][0] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("reference", ["including", "mean_of_others", "uniform", "area"])
def test_parts_add_up_and_the_total_is_theil(jobs, regions, reference):
    against = regions[["region", "area"]] if reference == "area" else reference
    answer = theil_decomposition(jobs, value="emp", groups=MACRO, reference=against)
    total = concentration(jobs, value="emp", reference=against)
    np.testing.assert_allclose(answer["between"] + answer["within"], total["theil"], rtol=1e-13)
    np.testing.assert_array_equal(answer["theil"], total["theil"])
    assert (answer["between_share"] == answer["between"] / answer["theil"]).all()


def test_pysal_inequality_of_region_totals():
    # inequality 1.1.2 TheilD on the regions' totals 150, 100, 80, 170 with two macro-regions of
    # 250 each: T = .0432, all of it within. It is the absolute (uniform) case of one "industry".
    cells = pd.DataFrame({"region": list(MACRO), "industry": "all", "emp": [150, 100, 80, 170]})
    answer = theil_decomposition(cells, value="emp", groups=MACRO, reference="uniform").iloc[0]
    assert answer["theil"] == pytest.approx(0.04320661826910397, rel=1e-12)
    assert answer["within"] == pytest.approx(0.04320661826910397, rel=1e-12)
    assert answer["between"] == pytest.approx(0, abs=1e-15)


def test_one_group_has_all_within_and_own_groups_all_between(jobs):
    one = theil_decomposition(jobs, value="emp", groups=dict.fromkeys(MACRO, "all"))
    own = theil_decomposition(jobs, value="emp", groups={r: r for r in MACRO})
    np.testing.assert_allclose(one["between"], 0, atol=1e-15)
    np.testing.assert_allclose(one["within"], one["theil"], rtol=1e-13)
    np.testing.assert_allclose(own["between"], own["theil"], rtol=1e-13)
    np.testing.assert_allclose(own["within"], 0, atol=1e-15)


def test_an_industry_in_one_group_only(jobs):
    # C leaves the north: between is ln(1 / x_S).
    south = jobs.assign(
        emp=jobs["emp"].where((jobs["industry"] != "C") | jobs["region"].isin(["R3", "R4"]), 0)
    )
    answer = theil_decomposition(south, value="emp", groups=MACRO)
    assert answer["between"][2] == pytest.approx(np.log(460 / 250), rel=1e-13)
    np.testing.assert_allclose(answer["between"] + answer["within"], answer["theil"], rtol=1e-13)


def test_groups_may_come_as_mapping_series_or_table(jobs, regions):
    expected = theil_decomposition(jobs, value="emp", groups=MACRO)
    table = regions[["region", "macro"]]
    for groups in (table, table.set_index("region")["macro"], pd.Series(MACRO)):
        answer = theil_decomposition(jobs, value="emp", groups=groups)
        pd.testing.assert_frame_equal(answer, expected)


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        ({"R1": "N", "R2": "N", "r3": "S"}, "no group for region 'R3', 'R4'"),
        (pd.DataFrame({"region": ["R1", "R1"], "macro": ["N", "S"]}), "do not identify rows"),
        (pd.DataFrame({"region": ["R1"], "macro": ["N"], "name": ["x"]}), "exactly one column"),
        (["N", "N", "S", "S"], "must be a table"),
    ],
)
def test_bad_groups_are_refused(jobs, groups, text):
    with pytest.raises(InputError, match=text):
        theil_decomposition(jobs, value="emp", groups=groups)
