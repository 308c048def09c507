import numpy as np
import pandas as pd
import pytest

from agglometrics import IdentificationError, InputError, dynamic_index


def cells(start, end, industry="cars"):
    regions = [f"R{k:02}" for k in range(len(start))]
    one = pd.DataFrame({"region": regions, "industry": industry})
    return pd.concat([one.assign(year=2002, output=start), one.assign(year=2007, output=end)])


def index(table, **options):
    return dynamic_index(table, value="output", time="year", start=2002, end=2007, **options)


def test_by_hand():
    # Growth 100, 0 and 50 percent; in all regions from 60 to 90: 50 percent.
    answer = index(cells([20.0, 20.0, 20.0], [40.0, 20.0, 30.0]))
    assert answer["growth"].tolist() == [1.0, 0.0, 0.5]
    assert answer["reference_growth"].tolist() == [0.5] * 3
    assert answer["dynamic_index"].tolist() == [2.0, 0.0, 1.0]
    assert answer["rank"].tolist() == [1, 3, 2]
    assert answer["growth_rank"].tolist() == [1, 3, 2]
    assert set(answer["status"]) == {"ok"}


def test_mean_weighted_by_the_base_is_one():
    rng = np.random.default_rng(7)
    start, end = rng.gamma(2, 50, (2, 30))
    answer = index(cells(start, end * 1.5))
    assert np.average(answer["dynamic_index"], weights=start) == pytest.approx(1, rel=1e-12)


def test_equal_regions_share_the_best_rank():
    answer = index(cells([10.0, 10.0, 10.0], [20.0, 20.0, 11.0]))
    assert answer["rank"].tolist() == [1, 1, 3]


def test_a_declining_nation_turns_the_meaning_round():
    # 100 -> 80 in all: -20 percent. R0 loses half, R1 gains a tenth.
    answer = index(cells([50.0, 50.0], [25.0, 55.0]))
    np.testing.assert_allclose(answer["dynamic_index"], [2.5, -0.5], rtol=1e-14)
    assert answer["rank"].tolist() == [1, 2]
    assert answer["growth_rank"].tolist() == [2, 1]
    assert set(answer["status"]) == {"reference_declines"}


def test_flat_national_growth_is_refused_by_name_or_nan():
    table = pd.concat(
        [
            cells([50.0, 50.0], [30.0, 70.5], "flat"),
            cells([50.0, 50.0], [60.0, 70.0], "cars"),
        ]
    )
    with pytest.raises(IdentificationError, match=r"tolerance=0\.01.*flat \(\+0\.0050\).*'nan'"):
        index(table)
    answer = index(table, undefined="nan").set_index(["industry", "region"])
    flat = answer.loc["flat"]
    assert flat[["dynamic_index", "rank"]].isna().all(axis=None)
    np.testing.assert_allclose(flat["growth"], [-0.4, 0.41], rtol=1e-14)
    assert set(flat["status"]) == {"reference_flat"}
    np.testing.assert_allclose(answer.loc["cars", "dynamic_index"], [2 / 3, 4 / 3], rtol=1e-14)
    allowed = index(table, tolerance=0.001)
    assert allowed["dynamic_index"].notna().all()


def test_a_region_that_starts_at_zero_has_no_growth():
    answer = index(cells([0.0, 50.0, 0.0], [10.0, 60.0, 0.0]))
    assert answer["status"].tolist() == ["entered", "ok", "absent"]
    assert answer[["growth", "dynamic_index", "rank"]].isna().all(axis=1).tolist() == [1, 0, 1]
    # The entrant counts in the nation: from 50 to 70.
    assert answer["reference_growth"][1] == pytest.approx(0.4)
    assert answer["rank"][1] == 1


def test_an_industry_that_starts_at_zero_everywhere():
    table = pd.concat([cells([0.0, 0.0], [3.0, 0.0], "new"), cells([5.0, 5.0], [9.0, 9.0])])
    with pytest.raises(IdentificationError, match=r"undefined.*new \(\+nan\)"):
        index(table)
    answer = index(table, undefined="nan")
    assert set(answer.loc[answer["industry"] == "new", "status"]) == {"reference_absent"}


def test_exactly_flat_growth_is_flat_at_any_tolerance():
    table = cells([50.0, 50.0], [40.0, 60.0])
    with pytest.raises(IdentificationError, match=r"cars \(\+0\.0000\)"):
        index(table, tolerance=0)
    answer = index(table, tolerance=0, undefined="nan")
    assert set(answer["status"]) == {"reference_flat"}
    with pytest.raises(InputError, match="tolerance must not be negative; found -1"):
        index(table, tolerance=-1)


def test_nothing_known_at_both_ends_is_refused():
    late = cells([5.0, 5.0], [9.0, 6.0], "late").query("year == 2007")
    table = pd.concat([late, cells([5.0, np.nan], [9.0, 6.0], "gap")])
    with (
        pytest.warns(UserWarning, match="'gap'"),
        pytest.raises(IdentificationError, match="'year' has only 2007"),
    ):
        index(table, missing="drop_industry")


def test_an_unknown_cell_takes_its_industry_out_of_both_periods():
    table = pd.concat([cells([5.0, 5.0], [9.0, np.nan], "gap"), cells([5.0, 5.0], [9.0, 6.0])])
    with pytest.raises(InputError, match=r"NaN \(unknown\) in 1 cells"):
        index(table)
    with pytest.warns(UserWarning, match="'gap'"):
        answer = index(table, missing="drop_industry")
    pd.testing.assert_frame_equal(answer, index(cells([5.0, 5.0], [9.0, 6.0])))


def test_other_periods_do_not_matter():
    table = cells([5.0, 5.0], [9.0, 6.0])
    between = table[table["year"] == 2002].assign(year=2005, output=[np.nan, -1.0])
    pd.testing.assert_frame_equal(index(pd.concat([table, between])), index(table))


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (2002, 2012, r"2012 is not in 'year', which has 2002, 2007"),
        (2007, 2002, "start must come before end"),
        (2002, 2002, "start must come before end"),
    ],
)
def test_bad_periods_are_refused(start, end, text):
    with pytest.raises(InputError, match=text):
        dynamic_index(
            cells([5.0, 5.0], [9.0, 6.0]), value="output", time="year", start=start, end=end
        )


def test_one_region_and_unknown_choices_are_refused():
    with pytest.raises(IdentificationError, match="two at least"):
        index(cells([5.0], [9.0]))
    with pytest.raises(InputError, match="undefined='skip' is unknown"):
        index(cells([5.0, 5.0], [9.0, 6.0]), undefined="skip")
