"""Shares of circles in a window, where a circle meets no border."""

import numpy as np
import pytest

from agglometrics.distance.polygons import as_window
from agglometrics.distance.windows import _conflict, held, rings_cross, share_of_circle


def share(x, y, d, window=(0, 10, 0, 10)):
    edges = as_window(window).edges
    return share_of_circle(float(x), float(y), float(d), edges, np.empty(3 * len(edges)))


def test_circles_that_meet_no_border_by_hand():
    assert share(5, 5, 4) == 1  # inside
    assert share(5, 5, 8) == 0  # around the square
    assert share(30, 5, 3) == 0  # beside it
    assert share(-5, 5, 4.9) == 0
    # around a point outside, through the square's sides only
    assert 0 < share(-5, 5, 6) < 0.5


def test_circles_through_one_side_by_hand():
    # at distance h from a side, a circle of radius d has acos(h / d) / pi of itself outside
    for h, d in ((1, 2), (3, 4), (4.9, 5)):
        assert share(h, 5, d) == pytest.approx(1 - np.arccos(h / d) / np.pi)


def test_circles_around_a_corner_by_hand():
    assert share(0, 0, 3) == pytest.approx(1 / 4)
    assert share(10, 5, 3) == pytest.approx(1 / 2)


def test_points_on_the_border_are_held_by_hand():
    edges = as_window((0, 10, 0, 10)).edges
    px, py = np.array([0.0, 5, 10, 5, -1e-6, 11, 5]), np.array([5.0, 0, 5, 10, 5, 5, 5])
    assert held(px, py, edges, 1e-8).tolist() == [True, True, True, True, False, False, True]
    assert held(px, py, edges, 1e-5).tolist() == [True, True, True, True, True, False, True]


def test_edges_that_cross_leftwards_by_hand() -> None:
    """(0, 0)-(1, 1) and (1, 0)-(-1, 2) meet in (1/2, 1/2), in whatever direction they are drawn."""
    rising, falling = [0.0, 0.0, 1.0, 1.0], [1.0, 0.0, -1.0, 2.0]
    backwards = falling[2:] + falling[:2]
    rings, uncompiled = np.array([0, 1]), getattr(rings_cross, "py_func", rings_cross)
    for second in (falling, backwards):
        for edges in (np.array([rising, second]), np.array([second, rising])):
            for found in (rings_cross, uncompiled):
                assert found(edges, rings, 1e-9) == (0, 1)
    apart = np.array([rising, [1.0, 0.0, 3.0, -2.0]])
    assert uncompiled(apart, rings, 1e-9) == (-1, -1)


def test_an_edge_that_only_another_ones_line_would_meet_is_no_conflict() -> None:
    """(1, 1)-(2, 3) goes on to (1/2, 0), on (0, 0)-(4, 0), but ends above it."""
    level, steep = np.array([0.0, 0, 4, 0]), np.array([1.0, 1, 2, 3])
    assert not _conflict(level, steep, True, 1e-9)
    assert not _conflict(steep, level, True, 1e-9)
    assert _conflict(level, np.array([0.5, -1.0, 2, 3]), True, 1e-9)
