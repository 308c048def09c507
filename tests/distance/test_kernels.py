"""What the compiled kernels share: order of drawn sites, levels of nested sets, searches."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.density.counting import count
from agglometrics.distance.density.placements import count_nested
from agglometrics.distance.duranton_overman import duranton_overman
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.distance.pairs import by_site, first_beyond, first_from, levels, row_starts
from agglometrics.distance.places import Plane
from agglometrics.distance.relative.around import nested_draws, weights_around
from agglometrics.distance.relative.profiles import near, within


@pytest.mark.parametrize(("n", "N"), [(1, 1), (1, 9), (9, 9), (40, 300)])
def test_places_in_ascending_order_are_argsort(n, N):
    drawn = np.random.default_rng(n).permutation(N)[:n]
    np.testing.assert_array_equal(by_site(drawn, N), np.argsort(drawn))


def test_levels_by_hand():
    """Of sizes 2, 2 and 5: the first two places are in all, the next three in the last."""
    np.testing.assert_array_equal(levels(np.array([2, 2, 5])), [0, 0, 2, 2, 2])


def test_searches_are_those_of_numpy():
    values = np.sort(np.random.default_rng(0).integers(0, 9, 40) / 2.0)
    for x in np.arange(-1, 6, 0.25):
        assert first_from(values, 0, 40, x) == np.searchsorted(values, x)
        assert first_beyond(values, 0, 40, x) == np.searchsorted(values, x, side="right")
    assert first_from(values, 7, 7, 0.0) == 7


def test_rows_that_are_empty_start_where_the_next_one_does():
    np.testing.assert_array_equal(row_starts(np.array([0, 0, 3]), 5), [0, 2, 2, 2, 3, 3])


def test_spans_are_where_a_bin_counts():
    d = np.array([1.0, 2.0, 4.0])
    for profile in (within(d, Plane()), near(d, 0.3, Plane())):
        for (first, last), row in zip(profile.spans, profile.weights, strict=True):
            counted = np.flatnonzero(row > 0)
            found = np.arange(first, last)
            assert set(counted) <= set(found)
            assert not counted.size or (first, last) == (counted[0], counted[-1] + 1)
            assert counted.size or first == last


def test_plane_and_globe_share_their_compiled_kernels():
    """No kernel is compiled for a constant, nor for the plane and the globe apart."""
    rng = np.random.default_rng(0)
    points = pd.DataFrame(rng.uniform(0, 10, (60, 2)), columns=["x", "y"])
    points = points.assign(lon=points["x"], lat=points["y"], industry=["A", "B", "C"] * 20)
    for place in ({}, {"lon": "lon", "lat": "lat"}):
        duranton_overman(points, distances=[0, 5.0, 400.0], simulations=19, bandwidth=2.0, **place)
        marcon_puech(points, distances=[5.0, 300.0], simulations=19, **place)
    for kernel in (count, count_nested, nested_draws, weights_around):
        types = [str(found) for found in kernel.nopython_signatures]
        assert types
        assert not any("Literal" in found for found in types)
        assert not any("none, none" in found for found in types)
    kinds = {str(found).count("float32") > 0 for found in count_nested.nopython_signatures}
    assert len(count_nested.nopython_signatures) == len(kinds)
