"""Bounds on the Herfindahl from size brackets: by hand, by search, by random sizes."""

import itertools

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.measures.plants.size_brackets import (
    _relaxed,
    herfindahl_bounds,
    largest_herfindahl,
    smallest_herfindahl,
)


def herfindahl(z):
    return (z**2).sum() / z.sum() ** 2


def brackets(seed, n):
    rng = np.random.default_rng(seed)
    low = rng.choice([1.0, 6.0, 20.0, 100.0], n)
    return low, low * rng.choice([1.0, 1.9, 5.0], n)


def test_by_hand():
    """Sizes in [1, 2], [1, 2], [10, 20]: evenest (2, 2, 10): 108 / 196; least even (1, 1, 20)."""
    low, high = np.array([1.0, 1, 10]), np.array([2.0, 2, 20])
    assert smallest_herfindahl(low, high) == pytest.approx(108 / 196, rel=1e-12)
    assert largest_herfindahl(low, high) == pytest.approx(402 / 484, rel=1e-12)


def test_known_sizes_have_one_herfindahl():
    z = np.array([3.0, 7, 40, 1])
    assert smallest_herfindahl(z, z) == pytest.approx(herfindahl(z), rel=1e-12)
    assert largest_herfindahl(z, z) == pytest.approx(herfindahl(z), rel=1e-12)


def test_wide_brackets_can_be_even():
    low, high = np.array([1.0, 2, 3, 4]), np.array([9.0, 8, 7, 6])
    assert smallest_herfindahl(low, high) == pytest.approx(1 / 4, rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_no_sizes_in_the_brackets_are_outside(seed):
    """Against all ends of 8 brackets, where the maximum lies, and 2,000 random sizes inside."""
    low, high = brackets(seed, 8)
    ends = np.array(list(itertools.product(*zip(low, high, strict=True))))
    truth = max(herfindahl(z) for z in ends)
    bound = largest_herfindahl(low, high)
    assert truth <= bound * (1 + 1e-12)
    assert bound <= truth * 1.02  # the narrowest two of eight may be raised in part
    sizes = np.random.default_rng(seed).uniform(low, high, (2_000, 8))
    least = min(herfindahl(z) for z in np.vstack([sizes, ends]))
    assert smallest_herfindahl(low, high) <= least * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_least_is_a_minimum(seed):
    """A general optimiser finds nothing lower, and gets there."""
    from scipy.optimize import minimize

    low, high = brackets(seed, 6)
    found = minimize(
        herfindahl, (low + high) / 2, bounds=list(zip(low, high, strict=True)), tol=1e-14
    )
    assert smallest_herfindahl(low, high) == pytest.approx(found.fun, rel=1e-5)


def test_table():
    low, high = brackets(0, 30)
    plants = pd.DataFrame({"industry": list("AB") * 15, "year": 2000, "low": low, "high": high})
    answer = herfindahl_bounds(plants, low="low", high="high", time="year")
    assert list(answer.columns[:2]) == ["year", "industry"]
    assert answer["n_plants"].tolist() == [15, 15]
    assert answer["herfindahl_high"][1] == pytest.approx(largest_herfindahl(low[1::2], high[1::2]))
    shuffled = plants.sample(frac=1, random_state=0)
    again = herfindahl_bounds(shuffled, low="low", high="high", time="year")
    pd.testing.assert_frame_equal(answer, again, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"high": 0.5}, "0 < 'low' <= 'high'; found 1 of 3 plants"),
        ({"low": 0.0}, "found 1 of 3"),
        ({"low": np.nan}, "found 1 of 3"),
        ({"high": np.inf}, "'high' is infinite in 1 rows"),
        ({"industry": None}, "'industry' is missing in 1 of 3"),
    ],
)
def test_refuses(change, message):
    plants = pd.DataFrame({"industry": list("AAA"), "low": [1.0, 2, 3], "high": [2.0, 3, 4]})
    plants["industry"] = plants["industry"].astype("object")
    for column, entry in change.items():
        plants.loc[1, column] = entry
    with pytest.raises(InputError, match=message):
        herfindahl_bounds(plants, low="low", high="high")


def test_a_plant_raised_in_part_by_hand():
    """Sizes in [2, 5] and [1, 2]: from (2, 1) the first is raised to s, where sum z^2 is 7 S - 16.

    At S = 32 / 7, inside its bracket, that over S^2 is greatest, 16 (7 / 32)^2; raising the second
    from (5, 1), 26 / 36, to (5, 2), 29 / 49, only lowers it.
    """
    low, high = np.array([2.0, 1]), np.array([5.0, 2])
    assert _relaxed(np.array([]), low, high) == pytest.approx(49 / 64, rel=1e-14)
