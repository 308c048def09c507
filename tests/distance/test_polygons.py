"""Windows: rings as files write them, holes and islands, what is refused; shares and overlaps."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.corrections import Isotropic, Translation, Uncorrected, enclosing_radius
from agglometrics.distance.polygons import Window, as_window
from agglometrics.distance.ripley import ripley
from agglometrics.distance.windows import overlap, share_of_circle
from agglometrics.errors import InputError

SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]
DONUT = {
    "type": "Polygon",
    "coordinates": [
        [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]],
        [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]],
    ],
}
ISLANDS = {
    "type": "MultiPolygon",
    "coordinates": [DONUT["coordinates"], [[[12, 0], [15, 0], [15, 9], [12, 0]]]],
}


def common(window, dx, dy):
    edges = window.edges
    size = float(np.ptp(edges[:, 0]))
    return overlap(dx, dy, edges, np.empty(len(edges) + 2), size)


def share(window, x, y, d):
    return share_of_circle(x, y, d, window.edges, np.empty(3 * len(window.edges)))


@pytest.mark.parametrize(
    "ring",
    [
        [*SQUARE, SQUARE[0]],
        SQUARE[::-1],
        [(0, 0), (0.5, 0), (0.5, 0), (1, 0), (1, 1), (0, 1), (0, 0), (0, 0)],
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[*SQUARE, SQUARE[0]]]}},
        [(0, 1), (0, 0), (1, 0), (1, 1)],
        (0, 1, 0, 1),
    ],
)
def test_rings_as_they_are_written_give_one_answer(ring):
    points = pd.DataFrame({"x": [0.2, 0.3, 0.9], "y": [0.3, 0.3, 0.5]})
    expected = ripley(points, distances=[0.1, 0.5, 1], window=SQUARE).curve["observed"]
    found = ripley(points, distances=[0.1, 0.5, 1], window=ring).curve["observed"]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert as_window(ring).area == pytest.approx(1)


def test_holes_and_islands_by_hand():
    donut, islands = as_window(DONUT), as_window(ISLANDS)
    assert donut.area == pytest.approx(100 - 4)
    assert islands.area == pytest.approx(96 + 13.5)
    assert islands.diameter == pytest.approx(np.hypot(15, 10))
    xy = np.array([[5.0, 5], [4, 5], [1, 1], [11, 1], [14, 1], [5, 6.1]])
    assert islands.holds(xy).tolist() == [False, True, True, False, True, True]
    # around the middle of the hole: all of the circle of radius 3 is inside, none of radius 0.5
    assert share(donut, 5.0, 5.0, 3.0) == 1
    assert share(donut, 5.0, 5.0, 0.5) == 0
    # a circle of radius 2 around a hole's corner loses the quarter that is the hole, but its ends
    assert share(donut, 4.0, 4.0, 1.0) == pytest.approx(3 / 4)
    drawn = islands.uniform(4_000, np.random.default_rng(0))
    assert islands.holds(drawn).all()
    assert (drawn[:, 0] > 11).mean() == pytest.approx(13.5 / 109.5, abs=4 * np.sqrt(0.11 / 4_000))


def test_shapely_and_geopandas():
    shapely = pytest.importorskip("shapely")
    geopandas = pytest.importorskip("geopandas")
    given = shapely.geometry.shape(ISLANDS)
    for window in (given, geopandas.GeoSeries([given]), geopandas.GeoDataFrame(geometry=[given])):
        found, expected = as_window(window), as_window(ISLANDS)
        assert sorted(map(tuple, found.edges)) == sorted(map(tuple, expected.edges))
    # neighbours that share a border are one window
    halves = geopandas.GeoSeries([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 3, 2)])
    assert as_window(halves).area == pytest.approx(6)
    with pytest.raises(InputError, match=r"window must be in a projected system.*to_crs"):
        as_window(geopandas.GeoSeries([given], crs="EPSG:4326"))


@pytest.mark.parametrize("window", [(0, 10, 0, 10), DONUT, ISLANDS])
def test_overlap_against_shapely(window):
    shapely = pytest.importorskip("shapely")
    mine = as_window(window)
    polygon = (
        shapely.geometry.shape(window) if isinstance(window, dict) else shapely.box(0, 0, 10, 10)
    )
    rng = np.random.default_rng(0)
    shifts = np.vstack([rng.uniform(-9, 9, (60, 2)), [[3, 0], [0, -2], [2, 0], [12, 0], [0, 0]]])
    for dx, dy in shifts:
        moved = shapely.affinity.translate(polygon, dx, dy)
        assert common(mine, dx, dy) == pytest.approx(polygon.intersection(moved).area, abs=1e-5)


def test_tangents_by_hand():
    """From (4, 5) a circle of radius 6 leaves the square at the left, above and below only.

    It touches the right side: its arcs beyond x = 0, y = 0 and y = 10 are 2 acos(4/6) and twice
    2 acos(5/6) wide, each whole, as the corners (0, 0) and (0, 10) are further than 6 away.
    """
    square = as_window((0, 10, 0, 10))
    out = (2 * np.arccos(4 / 6) + 4 * np.arccos(5 / 6)) / (2 * np.pi)
    assert share(square, 4.0, 5.0, 6.0) == pytest.approx(1 - out, rel=1e-9)
    for d in (1 - 1e-13, 1.0, 1 + 1e-13):
        assert share(square, 5.0, 1.0, d) == pytest.approx(1, abs=1e-5)
    assert share(square, 5.0, 5.0, np.hypot(5, 5)) == pytest.approx(0, abs=1e-6)


def test_k_where_a_circle_touches_the_edge():
    """spatstat.explore 3.0-6, Kest(correction="isotropic"): 298.57."""
    points = pd.DataFrame({"x": [4.0, 10.0], "y": [5.0, 5.0]})
    found = ripley(points, distances=[6.0], window=(0, 10, 0, 10)).curve["observed"]
    assert found[0] == pytest.approx(298.57, abs=0.005)


def test_weights_are_capped_and_it_is_said():
    """Points in opposite corners: their circles have nothing inside, and each weighs 100."""
    corners = pd.DataFrame({"x": [0.0, 100], "y": [100.0, 0]})
    found = ripley(corners, distances=[10, np.hypot(100, 100)], window=(0, 100, 0, 100))
    assert found.curve["observed"].tolist() == [0, pytest.approx(1e4 / 2 * 200)]
    assert any("2 ordered pairs" in note and "cut to the cap" in note for note in found.notes)
    assert any("beyond 70.7107 the correction" in note for note in found.notes)
    other = ripley(
        corners, distances=[np.hypot(100, 100)], window=(0, 100, 0, 100), correction=Isotropic(7.0)
    )
    assert other.curve["observed"][0] == pytest.approx(1e4 / 2 * 14)
    inside = ripley(corners * 0.1 + 45, distances=[20], window=(0, 100, 0, 100))
    assert len(inside.notes) == 1


def test_limits_by_hand():
    box = as_window((0, 8, 0, 6))
    assert Isotropic().limit(box) == pytest.approx(5)
    assert Translation().limit(box) == pytest.approx(6)
    assert Uncorrected().limit(box) == 0
    assert Isotropic().limit(as_window(ISLANDS)) == pytest.approx(
        enclosing_radius(np.array([[12.0, 0], [15, 0], [15, 9]]))
    )
    # an equilateral triangle, and an obtuse one, whose longest side is the diameter
    assert enclosing_radius(np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])) == pytest.approx(
        1 / np.sqrt(3)
    )
    assert enclosing_radius(np.array([[0.0, 0], [4, 0], [2, 0.5]])) == pytest.approx(2)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ([(0, 0), (1, 1), (1, 0), (0, 1.1)], "crosses itself.*make_valid"),
        ([(0, 0), (2, 0), (2, 2), (1, 0), (0, 2)], "crosses itself"),  # a corner on an edge
        ([(0, 0), (1, 1), (2, 0), (2, 2), (1, 1), (0, 2)], "crosses itself"),  # an eight
        ([(0, 0), (1, 0), (3, 0), (1, 0), (1, 1)], "crosses itself"),  # a spike
        (
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [[(0.5, 0.5), (2, 0), (2, 2)]]]},
            "crosses another ring.*dissolve",
        ),
        (
            {"type": "Polygon", "coordinates": [SQUARE, [(3, 3), (4, 3), (4, 4)]]},
            "hole of the window.*outside every part",
        ),
        (
            {
                "type": "MultiPolygon",
                "coordinates": [[SQUARE], [[(0.2, 0.2), (0.4, 0.2), (0.4, 0.4)]]],
            },
            "part of the window.*inside another",
        ),
        ({"type": "LineString", "coordinates": SQUARE}, "found a LineString"),
        ([(0, 0), (1, 0), (0, 0)], "2 different vertices"),
        ([(0, 0), (1, np.nan), (1, 1)], "not finite"),
        ("square", "window must be"),
        (None, "window must be"),
    ],
)
def test_refuses_windows(window, message):
    with pytest.raises(InputError, match=f"(?s){message}"):
        as_window(window)


def test_refuses_radii_beyond_the_window():
    points = pd.DataFrame({"x": [0.2, 0.3], "y": [0.3, 0.3]})
    with pytest.raises(InputError, match=r"largest distance is 1\.41421; found 2"):
        ripley(points, distances=[1, 2], window=SQUARE)


def test_an_island_in_a_hole_is_a_part():
    lake = {"type": "Polygon", "coordinates": DONUT["coordinates"]}
    island = [[4.5, 4.5], [5.5, 4.5], [5.5, 5.5], [4.5, 5.5]]
    both = {"type": "MultiPolygon", "coordinates": [lake["coordinates"], [island]]}
    window = as_window(both)
    assert isinstance(window, Window)
    assert window.area == pytest.approx(97)
    assert window.holds(np.array([[5.0, 5.0], [4.2, 4.2]])).tolist() == [True, False]
