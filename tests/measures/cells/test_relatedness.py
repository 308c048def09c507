import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError, proximity, relatedness_density


@pytest.fixture
def cells():
    """Five regions by four industries, strong: A in 1, 3; B in 2, 3, 5; C in 4; D in 2, 5."""
    E = [[100, 20, 30, 5], [10, 80, 10, 40], [40, 40, 0, 20], [5, 10, 155, 10], [30, 60, 20, 90]]
    wide = pd.DataFrame(E, index=[f"R{k}" for k in range(1, 6)], columns=list("ABCD"), dtype=float)
    return wide.stack().rename_axis(["region", "industry"]).rename("emp").reset_index()


def test_proximity_equals_econcomplex_and_hand(cells):
    # econcomplex 1.0.1 proximity(m)["product"]. By hand: A and B meet in region 3 of A's 2 and
    # B's 3: min(1/3, 1/2); B and D meet in 2 and 5: min(2/3, 2/2).
    answer = proximity(cells, value="emp")
    pairs = [("A", "B"), ("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"), ("C", "D")]
    assert list(zip(answer["industry_a"], answer["industry_b"], strict=True)) == pairs
    np.testing.assert_allclose(answer["proximity"], [1 / 3, 0, 0, 0, 2 / 3, 0], rtol=1e-15)


def test_density_equals_econcomplex_where_something_is_related(cells):
    # econcomplex 1.0.1 relatedness_density(m), in percent. Nothing is related to C: it answers 0
    # (none of nothing), we answer NaN (0 / 0).
    percent = [
        [0.0, 33.33333333333333, np.nan, 0.0],
        [100.0, 66.66666666666666, np.nan, 100.0],
        [100.0, 33.33333333333333, np.nan, 100.0],
        [0.0, 0.0, np.nan, 0.0],
        [100.0, 66.66666666666666, np.nan, 100.0],
    ]
    answer = relatedness_density(cells, value="emp")
    np.testing.assert_allclose(answer["relatedness_density"] * 100, np.ravel(percent), rtol=1e-12)
    strong = answer.pivot(index="region", columns="industry", values="advantage")
    assert strong.sum().tolist() == [2, 3, 1, 2]


def test_periods_answer_like_one_each(cells):
    later = cells.assign(emp=cells["emp"].to_numpy()[::-1])
    both = pd.concat([cells.assign(year=2002), later.assign(year=2007)])
    for measure in (proximity, relatedness_density):
        answer = measure(both, value="emp", time="year")
        assert answer.columns[0] == "year"
        second = answer[answer["year"] == 2007].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(second, measure(later, value="emp"))


def test_threshold_moves_the_strong(cells):
    strong = relatedness_density(cells, value="emp", threshold=2.0)["advantage"]
    loose = relatedness_density(cells, value="emp", threshold=0.5)["advantage"]
    assert strong.sum() < loose.sum()
    with pytest.raises(InputError, match="threshold must be positive; found 0"):
        proximity(cells, value="emp", threshold=0)


def test_normalised_co_occurrence_is_another_measure(cells):
    # by hand, after EconGeo's relatedness(method = "prob"), whose source was read, not run:
    # co-occurrence over what pairs drawn at random would give. A and B meet once, B and D twice;
    # A, B, D meet others 1, 3, 2 times, all 6.
    def normalised(c, a, b, t=6):
        return c / ((a / t * b / (t - a) + b / t * a / (t - b)) * t / 2)

    theirs = {"AB": normalised(1, 1, 3), "BD": normalised(2, 3, 2)}
    answer = proximity(cells, value="emp")
    ours = answer.set_index(answer["industry_a"] + answer["industry_b"])["proximity"]
    assert theirs["AB"] == pytest.approx(1.25)
    assert theirs["BD"] == pytest.approx(8 / 7)
    assert theirs["AB"] > theirs["BD"] and ours["AB"] < ours["BD"]
