"""The density index of Ciccone and Hall (1996), worker by worker.

Their table of states rests on the employment of some 3,000 counties in 1988, which no package and
no archive within reach carries, and the article itself could not be read. So there is no outside
number here: the index is computed from its definition in two other ways.
"""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def counties(seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    places = list(itertools.product(["A", "B", "C"], range(4), [1988, 1998]))
    frame = pd.DataFrame(places, columns=["state", "county", "year"])
    frame["jobs"] = rng.integers(0, 60, len(frame))
    frame["km2"] = rng.integers(1, 30, len(frame)).astype(float)
    frame["school"] = rng.uniform(8, 14, len(frame))
    return frame


@pytest.mark.parametrize("theta", [0.93, 1.052, 1.4])
def test_index_is_the_mean_over_workers_of_what_each_meets(theta):
    # one row per worker; each produces density^(theta - 1), the density of the own county
    frame = counties()
    workers = frame.loc[np.repeat(frame.index, frame["jobs"])]
    met = (workers["jobs"] / workers["km2"]) ** (theta - 1)
    D = met.groupby([workers["year"], workers["state"]]).mean()
    found = ag.density(
        frame,
        value="jobs",
        area="km2",
        region="state",
        time="year",
        index=ag.CicconeHall("county", theta=theta),
    )
    assert list(zip(found["year"], found["state"], strict=True)) == list(D.index)
    np.testing.assert_allclose(found["density_index"], D, rtol=1e-12)
    np.testing.assert_allclose(found["equivalent_density"], D ** (1 / (theta - 1)), rtol=1e-9)


def test_education_multiplies_workers():
    # output of a county by its production function q = a (n h^eta / a)^theta, summed over the state
    # and divided by its workers, in plain Python
    frame, theta, eta = counties(), 1.06, 0.51
    found = ag.density(
        frame,
        value="jobs",
        area="km2",
        region="state",
        time="year",
        index=ag.CicconeHall("county", theta=theta, education="school", eta=eta),
    )
    for row in found.itertuples():
        output = people = 0.0
        for c in frame.itertuples():
            if (c.state, c.year) == (row.state, row.year):
                output += c.km2 * (c.jobs * c.school**eta / c.km2) ** theta
                people += c.jobs
        assert row.density_index == pytest.approx(output / people, rel=1e-12)


def test_a_whole_theta_is_exact_in_fractions():
    # theta = 3: D = sum n^3 / a^2 / sum n, a fraction when areas are whole numbers
    frame = counties().query("year == 1988")
    found = ag.density(
        frame, value="jobs", area="km2", region="state", index=ag.CicconeHall("county", theta=3)
    ).set_index("state")
    for state, part in frame.groupby("state"):
        pairs = [(int(n), int(a)) for n, a in zip(part["jobs"], part["km2"], strict=True)]
        D = sum(Fraction(n**3, a**2) for n, a in pairs) / sum(n for n, _ in pairs)
        assert found.loc[state, "density_index"] == pytest.approx(float(D), rel=1e-14)


def test_doubling_density_raises_output_per_worker_by_two_to_theta_less_one():
    # the article's reading of its estimate: an elasticity of output per worker of theta - 1
    frame, index = counties(), ag.CicconeHall("county", theta=1.052)
    said = {"value": "jobs", "area": "km2", "region": "state", "time": "year", "index": index}
    once = ag.density(frame, **said)["density_index"]
    twice = ag.density(frame.assign(jobs=2 * frame["jobs"]), **said)["density_index"]
    np.testing.assert_allclose(twice / once, 2**0.052, rtol=1e-12)
