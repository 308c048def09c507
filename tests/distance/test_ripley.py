"""Ripley's K: by hand, edge correction by sampling the circle, against spatstat, its null."""

import json

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.corrections import Isotropic, Translation, Uncorrected
from agglometrics.distance.nulls import (
    Pattern,
    PopulationIndependence,
    RandomLocation,
    RandomPosition,
    ShuffledLabels,
)
from agglometrics.distance.polygons import as_window
from agglometrics.distance.ripley import _null, ripley
from agglometrics.distance.windows import share_of_circle
from agglometrics.errors import IdentificationError, InputError

SQUARE = (0.0, 10.0, 0.0, 10.0)
NOTCHED = np.array([[0.0, 0], [10, 0], [10, 10], [6, 10], [5, 4], [4, 10], [0, 10]])


def uniform(n, window=SQUARE, seed=0):
    xy = as_window(window).uniform(n, np.random.default_rng(seed))
    return pd.DataFrame(xy, columns=["x", "y"])


def test_by_hand():
    """Points 2 apart at (1, 5) and (3, 5): a third of the first circle, by acos(1/2), is out."""
    plants = pd.DataFrame({"x": [1.0, 3.0], "y": [5.0, 5.0]})
    found = ripley(plants, distances=[1, 2], window=SQUARE)
    np.testing.assert_allclose(found.curve["observed"], [0, 100 / 2 * (1 / (2 / 3) + 1)])


@pytest.mark.parametrize("d", [0.5, 2.0, 4.0, 6.5])
def test_share_of_the_circle_by_sampling(d):
    window = as_window(NOTCHED)
    for cx, cy in ((1.0, 1.0), (5.0, 3.0), (3.5, 9.0), (9.0, 5.0)):
        turn = np.linspace(0, 2 * np.pi, 40_001)[:-1]
        circle = np.column_stack([cx + d * np.cos(turn), cy + d * np.sin(turn)])
        found = share_of_circle(cx, cy, d, window.edges, np.empty(3 * len(window.edges)))
        assert found == pytest.approx(window.holds(circle).mean(), abs=2e-4)


def test_circles_through_corners():
    """From a point on the right border, the circle that passes exactly through the corner."""
    edges = as_window((0, 700, 0, 700)).edges
    for up in (19.52720134011122, 10 / 3, 0.1):
        found = share_of_circle(700.0, 700 - up, up, edges, np.empty(12))
        assert found == pytest.approx(1 / 2)


@pytest.mark.external
def test_against_spatstat(reference):
    """dbmss 2.11.0's Khat calls spatstat's Kest(correction="best"), isotropic in a polygon.

    Trees stand on a grid of half a metre, so that many are exactly r apart. By definition
    (spatstat's too: 1{d <= r}) they count; its histogram, closed on the left, counts them at the
    last r only. So it is met just below each other r, and at r it is exceeded.
    """
    folder = reference / "agglomeration"
    cases = json.loads((folder / "dbmss.json").read_text())
    border = cases["window_paracou16"]["bdry"][0]
    truth = next(c["value"] for c in cases["cases"] if c["id"] == "dbmss_K_all")
    points = pd.read_csv(folder / "inputs" / "dbmss_paracou16.csv")
    window = np.column_stack([border["x"], border["y"]])
    assert as_window(window).area == pytest.approx(border["area"])
    r, iso = np.array(truth["r"][1:], dtype=float), np.array(truth["iso"][1:])
    below = r - [1e-6, 1e-6, 1e-6, 1e-6, 0]
    found = ripley(points, distances=below, window=window)
    np.testing.assert_allclose(found.curve["observed"], iso, rtol=1e-4)
    at = ripley(points, distances=r, window=window).curve["observed"]
    assert (at[:-1] > 1.002 * iso[:-1]).all()


@pytest.mark.parametrize("window", [SQUARE, NOTCHED])
def test_the_correction_makes_k_unbiased(window):
    """400 patterns of 30 uniform points: the mean is pi r^2 within 4 Monte Carlo errors."""
    radii = np.array([0.5, 1.5, 3.0])
    everyone = np.ones(30, dtype=bool)
    pattern = Pattern(np.zeros((30, 2)), everyone, everyone, as_window(window))
    curves = _null(pattern, radii, Isotropic(), RandomPosition(), 400, 3)
    error = curves.std(axis=0) / np.sqrt(400)
    assert (np.abs(curves.mean(axis=0) - np.pi * radii**2) < 4 * error).all()


def test_l_is_a_transform():
    points, radii = uniform(80), [1, 2]
    options = {"distances": radii, "window": SQUARE, "simulations": 21, "level": 0.9}
    k, found = ripley(points, **options), ripley(points, transform="L", **options)
    # ranks stay, and the quantiles .05 and .95 of 21 values are two of them: all moves alike
    columns = ["observed", "local_low", "local_high", "global_low", "global_high"]
    np.testing.assert_allclose(found.curve[columns], np.sqrt(k.curve[columns] / np.pi))
    assert found.curve[columns].notna().all(axis=None)
    assert found.p_value == k.p_value
    assert found.method == "Ripley L"
    again = ripley(points, transform="L", **options)
    pd.testing.assert_frame_equal(found.curve, again.curve, check_exact=True)


def test_clusters_are_found_in_one_industry():
    points = uniform(60).assign(industry=["A", "B"] * 30)
    near = points.assign(x=points["x"].where(points["industry"] == "B", points["x"] / 8))
    a = ripley(near, distances=[0.5, 1], window=SQUARE, target="A", simulations=99)
    b = ripley(near, distances=[0.5, 1], window=SQUARE, target="B", simulations=99)
    assert a.localized
    assert not b.localized
    assert a.n_points == 30


def test_refuses():
    points = uniform(20)
    with pytest.raises(InputError, match="20 of 20 points are outside the window"):
        ripley(points, distances=[1], window=(20, 30, 0, 10))
    with pytest.raises(InputError, match="window must be"):
        ripley(points, distances=[1], window=(1, 2))
    with pytest.raises(InputError, match="no area"):
        ripley(points, distances=[1], window=[[0, 0], [1, 1], [2, 2]])
    with pytest.raises(InputError, match="choose 'K' or 'L'"):
        ripley(points, distances=[1], window=SQUARE, transform="M")
    with pytest.raises(IdentificationError, match="need two"):
        ripley(points[:1], distances=[1], window=SQUARE)


# ---------------------------------------------------------------- corrections, cross-K, nulls

DONUT = {
    "type": "Polygon",
    "coordinates": [
        [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]],
        [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]],
    ],
}


def pairs_sum(points, weights, radii, centre="A", counted="A"):
    """The definition of K, pair by pair, with a function of weights."""
    xy, kind = points[["x", "y"]].to_numpy(), points["industry"].to_numpy()
    out = np.zeros(len(radii))
    for i in np.flatnonzero(kind == centre):
        for j in np.flatnonzero(kind == counted):
            d = np.hypot(*(xy[i] - xy[j]))
            if i != j:
                out += (d <= np.array(radii) * (1 + 1e-12)) * weights(xy[i], xy[j], d)
    return out


def test_translation_by_hand():
    """In a rectangle the overlap is (10 - |dx|) (10 - |dy|): exactly, ties and twins included."""
    points = pd.DataFrame(
        {"x": [1.0, 1, 4, 9, 9.5, 2], "y": [1.0, 1, 5, 9, 0.5, 8], "industry": list("AAABBA")}
    )
    radii = [0.0, 5.0, 9.0]
    trans = lambda a, b, d: 100 / np.prod(10 - np.abs(a - b))  # noqa: E731
    arguments = {"distances": radii, "window": SQUARE, "correction": Translation()}
    found = ripley(points, target="A", **arguments).curve["observed"]
    np.testing.assert_allclose(found, 100 / 12 * pairs_sum(points, trans, radii), rtol=1e-7)
    assert found[0] > 0
    cross = ripley(points, target="A", neighbor="B", **arguments).curve["observed"]
    expected = 100 / 8 * pairs_sum(points, trans, radii, "A", "B")
    np.testing.assert_allclose(cross, expected, rtol=1e-7)
    none = ripley(points, target="A", distances=radii, window=SQUARE, correction=Uncorrected())
    one = lambda a, b, d: 1.0  # noqa: E731
    np.testing.assert_allclose(none.curve["observed"], 100 / 12 * pairs_sum(points, one, radii))


def test_cross_k_by_hand_and_with_itself():
    """A at (1, 5), B at (3, 5): the circle around A has a third outside, that around B none."""
    plants = pd.DataFrame({"x": [1.0, 3.0], "y": [5.0, 5.0], "industry": ["A", "B"]})
    arguments = {"distances": [1, 2], "window": SQUARE}
    ab = ripley(plants, target="A", neighbor="B", **arguments)
    assert ab.curve["observed"].tolist() == [0, pytest.approx(100 * 1.5)]
    ba = ripley(plants, target="B", neighbor="A", **arguments)
    assert ba.curve["observed"].tolist() == [0, pytest.approx(100)]
    assert ab.target == ("A", "B")
    points = uniform(50).assign(industry=["A", "B"] * 25)
    own = ripley(points, target="A", neighbor="A", **arguments).curve["observed"]
    np.testing.assert_array_equal(own, ripley(points, target="A", **arguments).curve["observed"])


@pytest.mark.parametrize("correction", [Isotropic(), Translation()])
def test_corrections_are_unbiased_with_a_hole(correction):
    """400 patterns of 30 uniform points in a square with a hole, within and between industries."""
    radii, window = np.array([0.5, 1.5, 3.0]), as_window(DONUT)
    half = np.arange(30) < 12
    for centre, counted in ((half | True, half | True), (half, ~half)):
        pattern = Pattern(np.zeros((30, 2)), centre, counted, window)
        curves = _null(pattern, radii, correction, RandomPosition(), 400, 5)
        error = curves.std(axis=0) / np.sqrt(400)
        assert (np.abs(curves.mean(axis=0) - np.pi * radii**2) < 4 * error).all()


@pytest.mark.parametrize("null", [RandomPosition(), RandomLocation(), ShuffledLabels(),
                                  PopulationIndependence()])  # fmt: skip
def test_nulls_between_independent_industries_average_pi_r2(null):
    points, radii = uniform(60, seed=4).assign(industry=["A", "B", "C"] * 20), np.array([1.0, 2.0])
    found = ripley(points, target="A", neighbor="B", distances=radii, window=SQUARE, null=null,
                   simulations=200, seed=2)  # fmt: skip
    mean, error = found.simulated.mean(axis=0), found.simulated.std(axis=0) / np.sqrt(200)
    # labels keep the sites: their mean is K of all points, which is itself random
    centre = np.pi * radii**2
    if isinstance(null, RandomLocation | ShuffledLabels):
        centre = ripley(points, distances=radii, window=SQUARE).curve["observed"].to_numpy()
    assert (np.abs(mean - centre) < 4 * error).all()
    assert (error > 0).all()
    assert found.null == null.name


def test_industries_that_avoid_each_other_are_dispersed():
    left = uniform(40, (0, 4, 0, 10)).assign(industry="A")
    right = uniform(40, (6, 10, 0, 10), 1).assign(industry="B")
    arguments = {"distances": [1, 2, 3], "window": SQUARE, "simulations": 99}
    found = ripley(pd.concat([left, right]), target="A", neighbor="B", null=ShuffledLabels(),
                   **arguments)  # fmt: skip
    assert found.dispersed
    assert found.p_value == pytest.approx(0.01)


def test_the_order_of_rows_changes_nothing():
    points = uniform(60).assign(industry=["A", "B"] * 30)
    arguments = {"target": "A", "distances": [1, 2], "window": SQUARE, "simulations": 19}
    for null in (RandomPosition(), ShuffledLabels()):
        one = ripley(points, null=null, **arguments).curve
        two = ripley(points.sample(frac=1, random_state=1), null=null, **arguments).curve
        pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_refuses_nulls_and_neighbours():
    points = uniform(20).assign(industry=["A", "B"] * 10)
    arguments = {"distances": [1], "window": SQUARE, "simulations": 19}
    with pytest.raises(InputError, match="rectangular window; found a polygon"):
        ripley(points, target="A", neighbor="B", null=PopulationIndependence(),
               **{**arguments, "window": [(-1, -1), (12, -1), (11, 11), (-1, 11)]})  # fmt: skip
    with pytest.raises(InputError, match=r"found one industry. Pass neighbor="):
        ripley(points, target="A", null=PopulationIndependence(), **arguments)
    with pytest.raises(InputError, match=r"neighbor='B' needs an industry"):
        ripley(points, neighbor="B", **arguments)
    with pytest.raises(InputError, match=r"null must be a Null; found the class RandomPosition"):
        ripley(points, target="A", null=RandomPosition, **arguments)
    with pytest.raises(InputError, match="cap must be at least 1"):
        Isotropic(0.5)
    with pytest.raises(InputError, match="outside the window"):
        ripley(points.assign(x=points["x"] + np.where(points["industry"] == "B", 99, 0)),
               target="A", null=ShuffledLabels(), **arguments)  # fmt: skip


def test_far_and_impossible_points():
    points = uniform(20).assign(industry=["A", "B"] * 10)
    points.loc[19, ["x", "y"]] = 1e10
    arguments = {"target": "A", "distances": [1, 2], "window": SQUARE}
    plain = ripley(points[:19], **arguments).curve
    pd.testing.assert_frame_equal(ripley(points, **arguments).curve, plain)
    for value in (-1.797693e308, -3.4e38):
        points.loc[19, "y"] = value
        with pytest.raises(InputError, match=r"'y' must hold coordinates.*row 19"):
            ripley(points, **arguments)
    with pytest.raises(InputError, match=r"'lon' is a name for degrees"):
        ripley(points.rename(columns={"x": "lon"}), x="lon", **arguments)


def test_geodataframe_of_points():
    geopandas = pytest.importorskip("geopandas")
    points = uniform(30).assign(industry=["A", "B"] * 15)
    geometry = geopandas.points_from_xy(points["x"], points["y"])
    frame = geopandas.GeoDataFrame(points[["industry"]], geometry=geometry, crs="EPSG:32650")
    arguments = {"target": "A", "distances": [1, 2], "window": SQUARE}
    found = ripley(frame, **arguments)
    pd.testing.assert_frame_equal(found.curve, ripley(points, **arguments).curve)
    assert found.unit == "metre"
    with pytest.raises(InputError, match=r"points must be in a projected system.*lon="):
        ripley(frame.set_crs("EPSG:4326", allow_override=True), **arguments)
    areas = frame.set_geometry(frame.buffer(1))
    with pytest.raises(InputError, match=r"geometry must be points; found 'Polygon' in row 0"):
        ripley(areas, **arguments)
