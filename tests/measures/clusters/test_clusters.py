import numpy as np
import pandas as pd
import pytest

from agglometrics import AgglometricsWarning, InputError, cluster_stars, litzenberger_sternberg
from agglometrics.measures.clusters.cluster_stars import leading


def test_leading_counts_the_best_tenth_of_those_that_have_it():
    values = np.zeros((30, 1))
    values[:20, 0] = np.arange(1, 21)
    assert np.flatnonzero(leading(values, 0.1)[:, 0]).tolist() == [18, 19]
    # A tenth of 30 is three, not four.
    full = np.arange(1.0, 31.0)[:, None]
    assert leading(full, 0.1).sum() == 3
    # A tie at the border counts whole; a column of zeros has no leader.
    assert leading(np.array([[3.0], [3.0], [1.0]]), 0.3).sum() == 2
    assert leading(np.zeros((3, 1)), 0.3).sum() == 0


def test_stars_by_hand(jobs):
    # A: 100, 10, 40, 5 of 155; LQ 2.15, .32, 1.61, .09; shares of regions 2/3, 1/10, 1/2, 1/34.
    # With top = .25, the best one of the four has the stars of size and focus.
    answer = cluster_stars(jobs, value="emp", top=0.25).set_index(["industry", "region"])
    stars = answer.loc["A", ["size_star", "specialization_star", "focus_star"]]
    assert stars.to_numpy().tolist() == [[True] * 3, [False] * 3, [False] * 3, [False] * 3]
    assert answer.loc["A", "stars"].tolist() == [3, 0, 0, 0]
    # B: R2 leads in all three; C: three regions have it, and R4 leads.
    assert answer.loc["B", "stars"].tolist() == [0, 3, 0, 0]
    assert answer.loc["C", "stars"].tolist() == [0, 0, 0, 3]


def test_small_cells_get_no_star(jobs):
    answer = cluster_stars(jobs, value="emp", top=0.25, minimum=120)
    assert answer["stars"].sum() == 3


def test_thresholds_are_the_callers(jobs):
    loose = cluster_stars(jobs, value="emp", quotient=1.5, top=0.5)
    assert loose["stars"].sum() > cluster_stars(jobs, value="emp", top=0.25)["stars"].sum()


@pytest.mark.parametrize("bad", [{"top": 0}, {"top": 1.5}, {"quotient": 0}, {"minimum": -1}])
def test_bad_thresholds_are_refused(jobs, bad):
    with pytest.raises(InputError, match="top must lie in"):
        cluster_stars(jobs, value="emp", **bad)


def test_periods_are_apart(jobs):
    both = pd.concat([jobs.assign(year=2002), jobs.assign(year=2007)])
    answer = cluster_stars(both, value="emp", time="year", top=0.25)
    assert answer.groupby("year")["stars"].sum().tolist() == [9, 9]


def test_an_industry_without_activity_has_no_cluster_index_and_is_named():
    cells = pd.DataFrame(
        {
            "region": ["x", "y"] * 2,
            "industry": list("AABB"),
            "emp": [60.0, 40, 0, 0],
            "n": [6, 2, 0, 0],
        }
    )
    regions = pd.DataFrame({"region": ["x", "y"], "area": [1.0, 1], "population": [100.0, 300]})
    with pytest.warns(AgglometricsWarning, match="without activity in any region.*'B'"):
        answer = litzenberger_sternberg(cells, value="emp", regions=regions).set_index("industry")
    assert answer.loc["B"].drop(columns="region").isna().all(axis=None)
    assert answer.loc["A", "cluster_index"].tolist() == pytest.approx([3.6, 0.8 / 3])
