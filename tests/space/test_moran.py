"""Moran's I: by hand, under every permutation, and where regions have no neighbour."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from agglometrics import moran
from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.space.moran import moran_moments

LINE = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)


def test_moments_by_hand_and_by_all_orders():
    # values 1 2 3 4 on a line: I = 4/6 x 2 (.75 - .25 + .75) / 5 = 1/3
    found = moran_moments(np.array([1.0, 2, 3, 4]), LINE)
    every = [moran_moments(np.array(order), LINE)[0] for order in permutations([1.0, 2, 3, 4])]
    assert found == pytest.approx((1 / 3, np.mean(every), np.var(every)))


def test_moments_hold_with_islands_and_one_way_weights():
    W = np.zeros((5, 5))
    W[0, 1], W[1, 0], W[1, 2] = 2.0, 1.0, 3.0
    x = np.array([1.0, 2, 4, 7, 3])
    every = [moran_moments(np.array(order), W)[0] for order in permutations(x)]
    assert moran_moments(x, sparse.csr_array(W))[1:] == pytest.approx(
        (np.mean(every), np.var(every))
    )


@pytest.mark.parametrize("scale", [1e-9, 1e9, 1e150])
def test_units_do_not_matter(scale):
    x = np.array([1.0, 2, 4, 7])
    base = moran_moments(x, LINE)
    assert moran_moments(x * scale, LINE) == pytest.approx(base, rel=1e-12)
    assert moran_moments(x, LINE * scale) == pytest.approx(base, rel=1e-12)


def test_islands_are_said_and_nothing_but_islands_refused():
    data = pd.DataFrame({"region": list("abcde"), "x": [1, 2, 3, 4, 6.0]})
    pair = {"a": ["b"], "b": ["a"], "c": [], "d": [], "e": []}
    with pytest.warns(AgglometricsWarning, match="3 of 5 regions have no neighbour: 'c', 'd', 'e'"):
        found = moran(data, value="x", weights=pair)["moran"].item()
    z = data.x.to_numpy() - data.x.mean()
    assert found == pytest.approx(5 / 2 * 2 * z[0] * z[1] / (z @ z))
    with pytest.raises(InputError, match="needs weights; all are zero"):
        moran(data, value="x", weights={key: [] for key in "abcde"})


def test_against_esda_formula_of_pysal():
    # the same moments from libpysal's own sums of the weights (s0, s1, s2 of W)
    libpysal = pytest.importorskip("libpysal")
    W = libpysal.weights.lat2W(4, 5, rook=False)
    x = np.random.default_rng(3).normal(size=20) ** 2
    n, z = W.n, x - x.mean()
    k = (z**4).sum() / n / ((z @ z) / n) ** 2
    a = n * ((n**2 - 3 * n + 3) * W.s1 - n * W.s2 + 3 * W.s0**2)
    b = k * ((n**2 - n) * W.s1 - 2 * n * W.s2 + 6 * W.s0**2)
    variance = (a - b) / ((n - 1) * (n - 2) * (n - 3) * W.s0**2) - 1 / (n - 1) ** 2
    data = pd.DataFrame({"region": range(20), "x": x})
    row = moran(data, value="x", weights=W).iloc[0]
    assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-10)


def test_values_that_say_nothing_are_refused():
    data = pd.DataFrame({"region": range(4), "x": 0.1})
    with pytest.raises(InputError, match="values that differ"):
        moran(data, value="x", weights=LINE)
    with pytest.raises(InputError, match="from four regions on; found 3"):
        moran_moments(np.array([1.0, 2, 4]), np.ones((3, 3)) - np.eye(3))
