import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    IdentificationError,
    InputError,
    externalities,
    location_quotient,
    specialization,
    variety,
)


def test_diversity_by_hand(jobs):
    # R1 has 100, 20, 30; around A: 20 and 30 of 50, inverse Herfindahl 1 / (.16 + .36).
    # The nation has 155, 150, 195; around A: 150 and 195 of 345.
    answer = externalities(jobs, value="emp").set_index(["region", "industry"])
    region = 50**2 / (20**2 + 30**2)
    nation = 345**2 / (150**2 + 195**2)
    assert answer.loc[("R1", "A"), "diversity"] == pytest.approx(region, rel=1e-14)
    assert answer.loc[("R1", "A"), "jacobs"] == pytest.approx(region / nation, rel=1e-14)


def test_mar_is_the_location_quotient(jobs):
    answer = externalities(jobs, value="emp")
    lq = location_quotient(jobs, value="emp")["lq"]
    np.testing.assert_allclose(answer["mar"], lq, rtol=1e-14)


def test_a_region_with_one_industry_has_no_others(jobs):
    only = jobs[(jobs["region"] != "R4") | (jobs["industry"] == "C")]
    answer = externalities(only, value="emp").set_index(["region", "industry"])
    assert np.isnan(answer.loc[("R4", "C"), "diversity"])
    # Around A and B there is C alone.
    assert answer.loc[("R4", "A"), "diversity"] == 1


def test_diversity_of_others_keeps_its_digits_beside_a_giant():
    # Two others of 1 and 3 beside 1e12: the total less the giant would leave no digit.
    cells = pd.DataFrame(
        {"region": list("aaabbb"), "industry": list("xyz") * 2, "emp": [1e12, 1, 3, 5, 5, 5]}
    )
    answer = externalities(cells, value="emp")
    assert answer["diversity"][0] == pytest.approx(16 / 10, rel=1e-15)


def test_competition_by_hand(jobs):
    firms = jobs.assign(n=[10, 2, 3, 5, 8, 1, 4, 4, 0, 1, 1, 31])
    answer = externalities(firms, value="emp", firms="n").set_index(["region", "industry"])
    # A: 20 firms and 155 jobs in all; R2 has 5 and 10.
    assert answer.loc[("R2", "A"), "porter"] == pytest.approx((5 / 10) / (20 / 155), rel=1e-14)
    assert np.isnan(answer.loc[("R3", "C"), "porter"])
    weights = firms.set_index(["region", "industry"])["emp"]
    mean = (answer["porter"] * weights).groupby("industry").sum() / weights.groupby(
        "industry"
    ).sum()
    np.testing.assert_allclose(mean, 1, rtol=1e-14)


def test_firms_without_activity_are_refused(jobs):
    firms = jobs.assign(n=1)
    with pytest.raises(InputError, match=r"counts firms where 'emp' is zero, in 1 cells.*'R3'"):
        externalities(firms, value="emp", firms="n")


def test_errors_of_externalities(jobs):
    with pytest.raises(IdentificationError, match="two at least"):
        externalities(jobs[jobs["region"] == "R1"], value="emp")
    with pytest.raises(IdentificationError, match="one industry"):
        externalities(jobs[jobs["industry"] == "A"], value="emp")


# --- Variety --------------------------------------------------------------------------------------

SECTORS = {"A": "making", "B": "making", "C": "serving"}


def test_variety_by_hand(jobs):
    # R2 has 80, 10, 10 hundredths in A = 10, B = 80, C = 10: sectors 90 and 10.
    answer = variety(jobs, value="emp", sectors=SECTORS).set_index("region")
    entropy = lambda *p: -sum(x * np.log2(x) for x in p)  # noqa: E731
    assert answer.loc["R2", "unrelated_variety"] == pytest.approx(entropy(0.9, 0.1), rel=1e-13)
    within = 0.9 * entropy(1 / 9, 8 / 9)
    assert answer.loc["R2", "related_variety"] == pytest.approx(within, rel=1e-12)
    assert answer.loc["R2", "variety"] == pytest.approx(entropy(0.1, 0.8, 0.1), rel=1e-13)


def test_variety_equals_econcomplex_and_shannon(jobs):
    # econcomplex 1.0.1 shannon_entropy(): bits.
    answer = variety(jobs, value="emp", sectors=SECTORS)
    bits = [1.2419460322060458, 0.9219280948873623, 1.0, 0.5115779700152474]
    np.testing.assert_allclose(answer["variety"], bits, rtol=1e-12)
    nats = specialization(jobs, value="emp")["shannon"]
    np.testing.assert_allclose(answer["variety"] * np.log(2), nats, rtol=1e-14)


def test_variety_in_one_sector_is_all_related(jobs):
    one = variety(jobs, value="emp", sectors=dict.fromkeys("ABC", "all"))
    own = variety(jobs, value="emp", sectors={k: k for k in "ABC"})
    np.testing.assert_allclose(one["related_variety"], one["variety"], rtol=1e-14)
    np.testing.assert_allclose(own["unrelated_variety"], own["variety"], rtol=1e-14)


def test_variety_of_many_periods_and_one_region(jobs):
    one = jobs[jobs["region"] == "R1"]
    both = pd.concat([one.assign(year=2002), one.assign(year=2007, emp=[10, 10, 20])])
    answer = variety(both, value="emp", sectors=SECTORS, time="year")
    assert list(answer["year"]) == [2002, 2007]
    assert answer["variety"][1] == pytest.approx(1.5, rel=1e-14)


def test_an_industry_without_a_sector_is_refused(jobs):
    with pytest.raises(InputError, match="no group for industry 'C'"):
        variety(jobs, value="emp", sectors={"A": "making", "B": "making"})
