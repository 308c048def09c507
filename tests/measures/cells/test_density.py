"""Density and the index of Ciccone and Hall (1996)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from agglometrics import CicconeHall, IdentificationError, InputError, density


@pytest.fixture
def counties() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": ["N", "N", "S", "S"],
            "county": ["n1", "n2", "s1", "s2"],
            "jobs": [8.0, 2.0, 5.0, 5.0],
            "km2": [2.0, 2.0, 1.0, 4.0],
            "years": [4.0, 1.0, 1.0, 1.0],
        }
    )


def drawn(regions: int = 5, parts: int = 7) -> pd.DataFrame:
    rng = np.random.default_rng(20)
    n = regions * parts
    return pd.DataFrame(
        {
            "region": np.repeat(np.arange(regions), parts),
            "county": np.tile(np.arange(parts), regions),
            "jobs": rng.lognormal(3, 1, n),
            "km2": rng.lognormal(0, 1, n),
            "years": rng.uniform(8, 14, n),
        }
    )


def test_by_hand(counties: pd.DataFrame) -> None:
    found = density(counties, value="jobs", area="km2", index=CicconeHall("county", theta=1.5))
    # N: densities 4 and 1, D = (8 sqrt 4 + 2 sqrt 1) / 10 = 1.8, squared 3.24
    # S: densities 5 and 1.25, D = (5 sqrt 5 + 5 sqrt 1.25) / 10
    south = (5 * 5**0.5 + 5 * 1.25**0.5) / 10
    assert found["density"].tolist() == [2.5, 2.0]
    np.testing.assert_allclose(found["density_index"], [1.8, south], rtol=1e-14)
    np.testing.assert_allclose(found["equivalent_density"], [3.24, south**2], rtol=1e-14)
    assert found["units"].tolist() == [2, 2]


def test_by_hand_with_education(counties: pd.DataFrame) -> None:
    index = CicconeHall("county", theta=1.5, education="years", eta=0.5)
    found = density(counties, value="jobs", area="km2", index=index)
    # N: n h^eta = 16 and 2; D = (16^1.5 + 2^1.5) / sqrt 2 / 10
    assert found["density_index"][0] == pytest.approx((64 + 2**1.5) / 2**0.5 / 10, rel=1e-14)
    assert "equivalent_density" not in found


def test_it_is_the_productivity_of_regions_whose_parts_produce_by_density() -> None:
    frame = drawn()
    theta, eta = 1.06, 0.4
    workers = frame["jobs"] * frame["years"] ** eta
    frame["output"] = frame["km2"] * (workers / frame["km2"]) ** theta
    sums = frame.groupby("region")[["output", "jobs"]].sum()
    index = CicconeHall("county", theta=theta, education="years", eta=eta)
    found = density(frame, value="jobs", area="km2", index=index)
    np.testing.assert_allclose(found["density_index"], sums["output"] / sums["jobs"], rtol=1e-12)


def test_with_theta_two_it_is_the_mean_density_of_a_worker() -> None:
    frame = drawn()
    found = density(frame, value="jobs", area="km2", index=CicconeHall("county", theta=2))
    met = [
        np.average(part["jobs"] / part["km2"], weights=part["jobs"])
        for _, part in frame.groupby("region")
    ]
    np.testing.assert_allclose(found["equivalent_density"], met, rtol=1e-12)


@pytest.mark.parametrize("theta", [0.9, 1.05, 1.4])
def test_invariances(theta: float) -> None:
    frame, index = drawn(), CicconeHall("county", theta=theta)
    found = density(frame, value="jobs", area="km2", index=index)
    # Another unit of area
    acres = density(frame.assign(km2=frame["km2"] * 247), value="jobs", area="km2", index=index)
    np.testing.assert_allclose(
        acres["density_index"], found["density_index"] * 247 ** (1 - theta), rtol=1e-12
    )
    np.testing.assert_allclose(
        acres["equivalent_density"], found["equivalent_density"] / 247, rtol=1e-9
    )
    # Every part cut in two of the same density; rows in another order
    halves = frame.assign(jobs=frame["jobs"] / 2, km2=frame["km2"] / 2)
    cut = pd.concat([halves, halves.assign(county=halves["county"] + 100)])
    cut = density(cut.sample(frac=1, random_state=1), value="jobs", area="km2", index=index)
    np.testing.assert_allclose(cut["density_index"], found["density_index"], rtol=1e-12)
    assert cut["units"].tolist() == [14] * 5
    # A power mean over workers lies within the densities of the parts
    each = (frame["jobs"] / frame["km2"]).groupby(frame["region"])
    assert (found["equivalent_density"] > each.min().to_numpy()).all()
    assert (found["equivalent_density"] < each.max().to_numpy()).all()


def test_even_density_is_its_own_equivalent() -> None:
    frame = drawn().assign(jobs=lambda f: f["km2"] * 12.5)
    found = density(frame, value="jobs", area="km2", index=CicconeHall("county", theta=1.05))
    np.testing.assert_allclose(found["equivalent_density"], 12.5, rtol=1e-10)
    np.testing.assert_allclose(found["density_index"], 12.5**0.05, rtol=1e-12)


def test_industries_and_periods(counties: pd.DataFrame) -> None:
    cells = pd.DataFrame(
        {
            "place": ["S", "N", "S", "N"] * 2,
            "kind": ["cars", "cars", "food", "food"] * 2,
            "year": [2000] * 4 + [2010] * 4,
            "jobs": [1, 2, 3, 4, 5, 6, 7, 8],
            "km2": [10, 5, 10, 5, 10, 4, 10, 4],  # N lost land
        }
    )
    found = density(cells, value="jobs", area="km2", region="place", industry="kind", time="year")
    assert list(found) == ["year", "place", "kind", "activity", "area", "density"]
    assert found["density"].tolist() == [0.4, 0.8, 0.1, 0.3, 1.5, 2.0, 0.5, 0.7]
    with pytest.raises(InputError, match="do not identify rows"):
        density(cells, value="jobs", area="km2", region="place", time="year")


def test_messages(counties: pd.DataFrame) -> None:
    index = CicconeHall("county", theta=1.1)
    with pytest.raises(InputError, match="'km2' must be known and positive; 1 rows"):
        density(counties.assign(km2=[2, 0, 1, 4]), value="jobs", area="km2", index=index)
    with pytest.raises(InputError, match="'jobs' must be known and not negative"):
        density(counties.assign(jobs=[1, None, 1, 4]), value="jobs", area="km2", index=index)
    with pytest.raises(IdentificationError, match=r"no activity in \{'region': 'S'\}"):
        density(counties.assign(jobs=[1, 1, 0, 0]), value="jobs", area="km2", index=index)
    twice = pd.concat([counties.assign(kind="a"), counties.assign(kind="b", km2=3.0)])
    with pytest.raises(InputError, match=r"'km2' must be the same in all rows of a place"):
        density(twice, value="jobs", area="km2", industry="kind", index=index)
    with pytest.raises(InputError, match=r"columns \['parish'\]"):
        density(counties, value="jobs", area="km2", index=CicconeHall("parish", theta=1.1))
    with pytest.raises(InputError, match="theta must be positive and not 1"):
        CicconeHall("county", theta=1)
    with pytest.raises(InputError, match="must come together"):
        CicconeHall("county", theta=1.1, education="years")
    with pytest.raises(InputError, match="names of answers"):
        density(counties.rename(columns={"region": "density"}), value="jobs", area="km2",
                region="density")  # fmt: skip
