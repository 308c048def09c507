import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError, RandomLabelling, concentration, theil_decomposition
from agglometrics.measures.cells.concentration import concentration_measures
from agglometrics.measures.cells.references import Reference
from agglometrics.measures.cells.relabelling import permutation_test, reassigned
from agglometrics.tables import to_cube

MACRO = {"R1": "N", "R2": "N", "R3": "S", "R4": "S"}


def test_p_value_by_enumeration():
    # Two regions of 3 and 3 plants, an industry of 2, both in region a. Of the 15 ways to deal
    # 2 labels among 6 plants, 3 give (2, 0) and 3 give (0, 2): with both as uneven, P = 6/15.
    cells = pd.DataFrame({"region": list("aabb"), "industry": list("ijij"), "plants": [2, 1, 0, 3]})
    answer = concentration(
        cells, value="plants", inference=RandomLabelling(unit="plants", draws=9999, seed=1)
    )
    # Monte Carlo standard error sqrt(.4 .6 / 9999) = .0049.
    assert answer["hoover_p_value"][0] == pytest.approx(0.4, abs=3 * 0.0049)
    # Hoover is 1/2 in these 6 cases and 0 in the other 9.
    assert answer["hoover_expected"][0] == pytest.approx(0.5 * 0.4, abs=3 * 0.0025)


def test_dealing_keeps_the_mean_and_never_exceeds_a_region():
    E_r = np.array([30.0, 10.0, 60.0])
    counts = reassigned(E_r, 20, 4000, np.random.default_rng(2))
    assert (counts.sum(axis=1) == 20).all()
    assert (counts <= E_r).all()
    # Hypergeometric mean 20 E_r / 100; standard error of a mean below .035.
    np.testing.assert_allclose(counts.mean(axis=0), [6, 2, 12], atol=0.12)


def test_size_where_industries_do_not_matter():
    # 400 random tables of an industry of 40 among 300 plants in 8 regions, 99 draws each: at 5
    # percent the test rejects 5 percent, Monte Carlo standard error sqrt(.05 .95 / 400) = .011.
    rng = np.random.default_rng(3)
    E_r = np.array([80.0, 60, 50, 40, 30, 20, 15, 5])
    x = E_r / E_r.sum()
    tables = reassigned(E_r, 40, 400, rng)
    observed = concentration_measures(tables, x)["theil"]
    rejected = 0
    for value in observed:
        drawn = concentration_measures(reassigned(E_r, 40, 99, rng), x)["theil"]
        rejected += (1 + (drawn >= value - 1e-12).sum()) / 100 <= 0.05
    assert abs(rejected / 400 - 0.05) < 3 * 0.011


def test_real_concentration_is_found(jobs):
    answer = concentration(
        jobs, value="emp", inference=RandomLabelling(unit="persons", draws=199, seed=4)
    )
    for measure in ("hoover", "gini", "theil"):
        assert (answer[f"{measure}_p_value"] == 1 / 200).all()
        assert (answer[f"{measure}_expected"] < answer[measure] / 3).all()
    assert set(answer["experiment"]) == {"labels of persons permuted, 199 draws"}


def test_theil_between_and_within_are_tested(jobs):
    # Swap labels within macro-regions only: A and B are mixed between N and S as the total is.
    even = jobs.assign(emp=[60, 2, 18, 2, 60, 18, 50, 10, 20, 12, 52, 16])
    answer = theil_decomposition(
        even, value="emp", groups=MACRO, inference=RandomLabelling(unit="persons", seed=5)
    )
    assert (answer["between_p_value"] > 0.1).all()
    assert (answer["within_p_value"][:2] < 0.01).all()
    expected = answer["between_expected"] + answer["within_expected"]
    np.testing.assert_allclose(expected, answer["theil_expected"], rtol=1e-10)


def test_the_same_seed_gives_the_same_answer(jobs):
    first, again, other = (
        concentration(
            jobs, value="emp", inference=RandomLabelling(unit="persons", draws=49, seed=seed)
        )
        for seed in (np.random.default_rng(7), np.random.default_rng(7), 8)
    )
    pd.testing.assert_frame_equal(first, again)
    assert (first["theil_expected"] != other["theil_expected"]).all()


def test_bad_statements_are_refused(jobs):
    with pytest.raises(InputError, match="unit= must name what is permuted"):
        RandomLabelling(unit="")
    with pytest.raises(InputError, match=r"draws must be a whole number from 1 .*; found 0"):
        RandomLabelling(unit="plants", draws=0)
    with pytest.raises(InputError, match="RandomLabelling draws whole units"):
        concentration(
            jobs.assign(emp=jobs["emp"] / 3), value="emp", inference=RandomLabelling(unit="plants")
        )
    with pytest.raises(InputError, match="it needs 'including'"):
        concentration(
            jobs, value="emp", reference="excluding", inference=RandomLabelling(unit="plants")
        )
    with pytest.raises(InputError, match=r"can be permuted. Count in a larger unit"):
        concentration(
            jobs.assign(emp=jobs["emp"] * 1e7), value="emp", inference=RandomLabelling(unit="yuan")
        )


@pytest.mark.parametrize("inference", ["permutation", RandomLabelling, 999])
def test_what_is_no_labelling_is_refused_with_the_way_out(jobs, inference):
    words = r"inference must be RandomLabelling\(\.\.\.\); found"
    with pytest.raises(InputError, match=words):
        concentration(jobs, value="emp", inference=inference)
    with pytest.raises(InputError, match=words):
        theil_decomposition(jobs, value="emp", groups=MACRO, inference=inference)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_ties_are_ties_in_any_unit_of_the_measure(unit):
    """The largest plant count of a region: two of two labels in one of two regions, P = 6/15."""
    cells = pd.DataFrame({"region": list("aabb"), "industry": list("ijij"), "n": [2, 1, 0, 3]})
    cube = to_cube(cells, value="n")
    answer = permutation_test(
        cube,
        Reference("including", lambda t, E: E.sum(axis=1)),
        {"most": np.array([[2.0, 3.0]]) * unit},
        lambda counts, x: {"most": counts.max(axis=1) * unit},
        RandomLabelling(unit="plants", draws=9999, seed=1),
    )
    assert answer["most_p_value"][0, 0] == pytest.approx(0.4, abs=3 * 0.0049)
