"""Ripley's K: by hand, edge correction by sampling the circle, against spatstat, its null."""

import json

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.ripley import Window, _null, as_window, ripley
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
    x, y = NOTCHED.T.copy()
    window = Window(NOTCHED)
    for cx, cy in ((1.0, 1.0), (5.0, 3.0), (3.5, 9.0), (9.0, 5.0)):
        turn = np.linspace(0, 2 * np.pi, 40_001)[:-1]
        circle = np.column_stack([cx + d * np.cos(turn), cy + d * np.sin(turn)])
        found = share_of_circle(cx, cy, d, x, y, np.empty(2 * x.size + 1))
        assert found == pytest.approx(window.holds(circle).mean(), abs=2e-4)


def test_circles_through_corners():
    """From a point on the right border, the circle that passes exactly through the corner."""
    x, y = as_window((0, 700, 0, 700)).corners.T.copy()
    for up in (19.52720134011122, 10 / 3, 0.1):
        found = share_of_circle(700.0, 700 - up, up, x, y, np.empty(9))
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
    curves = _null(30, as_window(window), radii, 400, 3)
    error = curves.std(axis=0) / np.sqrt(400)
    assert (np.abs(curves.mean(axis=0) - np.pi * radii**2) < 4 * error).all()


def test_l_is_a_transform():
    points, radii = uniform(80), [1, 2]
    k = ripley(points, distances=radii, window=SQUARE).curve["observed"]
    found = ripley(points, distances=radii, window=SQUARE, transform="L", simulations=19)
    np.testing.assert_allclose(found.curve["observed"], np.sqrt(k / np.pi))
    assert found.method == "Ripley L"
    again = ripley(points, distances=radii, window=SQUARE, transform="L", simulations=19)
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
