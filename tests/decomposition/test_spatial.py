"""Neighbours as the reference: Nazara and Hewings (2004), and weights of every form."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from agglometrics import Arcelus, Dunn, EstebanMarquillas, Spatial, shift_share
from agglometrics.decomposition.formulas.rates import industry_rates
from agglometrics.decomposition.growth import Growth
from agglometrics.errors import AgglometricsWarning, InputError

CALL = {"value": "jobs", "start": 0, "end": 1}
LINE = {"a": ["b"], "b": ["a", "c"], "c": ["b"]}  # three regions in a row


def long(E: np.ndarray) -> pd.DataFrame:
    t, r, i = np.indices(E.shape)
    return pd.DataFrame(
        {
            "region": np.array(["a", "b", "c", "d", "e"])[r.ravel()],
            "industry": np.array(["x", "y", "z"])[i.ravel()],
            "time": t.ravel(),
            "jobs": E.ravel(),
        }
    )


@pytest.fixture
def cells() -> pd.DataFrame:
    return long(np.random.default_rng(5).uniform(10, 100, (2, 3, 3)))


def decompose(cells, weights, base=None):
    base = base or Dunn()
    return shift_share(cells, **CALL, method=Spatial(weights, base=base))


def test_worked_by_hand():
    # Regions a, b, c in a row. x: 10, 20, 30 -> 15, 20, 45; y: 40, 30, 20 -> 40, 36, 14.
    # G = 20/150. Neighbours of b are a and c: x grows from 40 to 60 (1/2), y 60 to 54 (-1/10).
    E = np.array([[[10.0, 40], [20, 30], [30, 20]], [[15, 40], [20, 36], [45, 14]]])
    answer = decompose(long(E), LINE).set_index(["region", "industry"])
    G = 20 / 150
    np.testing.assert_allclose(answer.loc[("b", "x")], [0, 20 * G, 20 * (0.5 - G), -10], rtol=1e-12)
    np.testing.assert_allclose(answer.loc[("b", "y")], [6, 30 * G, 30 * (-0.1 - G), 9], rtol=1e-12)
    # a's only neighbour is b: x does not grow there, y by 1/5
    np.testing.assert_allclose(answer.loc[("a", "y")], [0, 40 * G, 40 * (0.2 - G), -8], rtol=1e-12)


def test_a_weighted_neighbourhood_by_hand():
    E = np.array([[[10.0, 40], [20, 30], [30, 20]], [[15, 40], [20, 36], [45, 14]]])
    weights = {"a": {"b": 1}, "b": {"a": 3, "c": 1}, "c": {"b": 1}}
    answer = decompose(long(E), weights).set_index(["region", "industry"])
    # x near b: 3 * 10 + 30 = 60 -> 3 * 15 + 45 = 90, a half; y: 140 -> 134
    assert answer.loc[("b", "y"), "competitive"] == pytest.approx(6 + 30 * 6 / 140, rel=1e-12)


@pytest.mark.parametrize("base", [Dunn(), Dunn("mean"), EstebanMarquillas(), Arcelus("end")])
def test_everybody_a_neighbour_of_everybody_is_not_spatial(cells, base):
    # a region is not its own neighbour for a user; the formula does not mind
    start, end = (cells[cells.time == t].jobs.to_numpy().reshape(3, 3) for t in (0, 1))
    total = start.sum(axis=0, keepdims=True), end.sum(axis=0, keepdims=True)
    nation = Growth(start, end, *total, pd.Index(list("abc"))).terms(base.weights)
    ones = np.ones((3, 3))
    near = industry_rates(ones @ nation.B, ones @ nation.D, nation.G)
    np.testing.assert_allclose(near, np.broadcast_to(nation.g, (3, 3)), rtol=1e-9)
    everybody = base.parts(replace(nation, g=near))
    plain = shift_share(cells, **CALL, method=base)
    for name, part in everybody.items():
        np.testing.assert_allclose(part.ravel(), plain[name], rtol=1e-9, atol=1e-12)


def test_all_others_as_neighbours_are_the_excluding_reference_of_industries(cells):
    spatial = decompose(cells, 1 - np.eye(3))
    others = shift_share(cells, **CALL, method=Dunn(), reference="excluding")
    np.testing.assert_allclose(spatial["competitive"], others["competitive"], rtol=1e-9)
    plain = shift_share(cells, **CALL, method=Dunn())
    np.testing.assert_allclose(spatial["national"], plain["national"], rtol=1e-12)


def test_the_scale_of_a_row_does_not_matter(cells):
    W = np.array([[0, 1.0, 2], [1, 0, 1], [5, 1, 0]])
    standardised = W / W.sum(axis=1, keepdims=True)
    pd.testing.assert_frame_equal(decompose(cells, W), decompose(cells, standardised), rtol=1e-12)


def test_neighbours_without_the_industry_leave_no_mix_effect():
    # nobody near a has y: its rate there is G = 30/160
    E = np.array([[[50.0, 20], [60, 0], [30, 0]], [[60, 35], [55, 0], [40, 0]]])
    row = decompose(long(E), LINE).set_index(["region", "industry"]).loc[("a", "y")]
    np.testing.assert_allclose(row, [15, 20 * 30 / 160, 0, 15 - 20 * 30 / 160], rtol=1e-12)


def test_weights_are_matched_by_label_not_by_place(cells):
    near = {"c": {"b": 1}, "b": {"c": 3, "a": 1}, "a": {"b": 2}}
    W = pd.DataFrame([[0, 2.0, 0], [1, 0, 3], [0, 1, 0]], index=list("abc"), columns=list("abc"))
    shuffled = cells.sample(frac=1, random_state=1)
    expected = decompose(cells, W)
    pd.testing.assert_frame_equal(decompose(shuffled, near), expected, rtol=1e-12)
    with pytest.warns(AgglometricsWarning, match="rows are taken to be 'a', 'b', 'c'"):
        pd.testing.assert_frame_equal(decompose(cells, W.to_numpy()), expected, rtol=1e-12)


def test_islands_are_refused_by_name(cells):
    with pytest.raises(InputError, match=r"every region needs a neighbour; none have 'c'"):
        decompose(cells, {"a": ["b"], "b": ["a"], "c": []})
