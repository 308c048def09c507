"""Points in metres, kilometres or thousands of kilometres: the same answer in other units."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.distance.density.grids import pair_counts
from agglometrics.distance.density.plants import Plants


def points(n=300, seed=0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (n, 2))
    frame = {"x": xy[:, 0], "y": xy[:, 1], "industry": rng.choice(list("AB"), n)}
    return pd.DataFrame({**frame, "jobs": np.ceil(rng.lognormal(2, 1, n))})


@pytest.mark.parametrize("unit", [1e-3, 1e3])
def test_curves_do_not_depend_on_the_unit_of_length(unit):
    km, distances = points(), np.array([5.0, 10, 20, 40])
    other = km.assign(x=km["x"] * unit, y=km["y"] * unit)
    arguments = {"target": "A", "weight": "jobs"}
    # a density is per unit of length; M and K are not, or per area
    one = ag.duranton_overman(km, distances=distances, **arguments).curve["observed"]
    two = ag.duranton_overman(other, distances=distances * unit, **arguments).curve["observed"]
    assert (two * unit).to_numpy() == pytest.approx(one.to_numpy(), rel=1e-4)
    one = ag.marcon_puech(km, distances=distances, **arguments).curve["observed"]
    two = ag.marcon_puech(other, distances=distances * unit, **arguments).curve["observed"]
    assert two.to_numpy() == pytest.approx(one.to_numpy(), rel=1e-9)
    window = np.array([0.0, 100, 0, 100])
    one = ag.ripley(km, distances=distances, window=window).curve["observed"]
    two = ag.ripley(other, distances=distances * unit, window=window * unit).curve["observed"]
    assert two.to_numpy() / unit**2 == pytest.approx(one.to_numpy(), rel=1e-9)


@pytest.mark.parametrize("unit", [1e-2, 1.0, 1e2])
def test_pairs_within_reach_are_all_found(unit):
    # against every pair, shared in proportion between the two grid distances around its own
    table, reach, bins = points(120), 30.0 * unit, 60
    xy, w = table[["x", "y"]].to_numpy() * unit, table["jobs"].to_numpy()
    k, l = np.triu_indices(120, k=1)  # noqa: E741 (the notation's pair)
    place = np.hypot(*(xy[k] - xy[l]).T) * bins / reach
    near, lower = place < bins, np.floor(place).astype(int)
    expected = np.zeros(bins + 2)
    np.add.at(expected, lower[near], (w[k] * w[l] * (1 - place + lower))[near])
    np.add.at(expected, lower[near] + 1, (w[k] * w[l] * (place - lower))[near])
    found = pair_counts(Plants(xy, w), reach / bins, bins)
    assert found[:bins] == pytest.approx(expected[:bins], rel=1e-3)


@pytest.mark.parametrize("unit", [1e-300, 1e-160, 1e160, 1e300])
def test_curves_do_not_depend_on_the_unit_of_weights_however_extreme(unit):
    table, arguments = points(60), {"target": "A", "weight": "jobs", "distances": [5.0, 20]}
    other = table.assign(jobs=table["jobs"] * unit)
    for function, more in ((ag.duranton_overman, {"bandwidth": 5.0}), (ag.marcon_puech, {})):
        one, two = (function(t, **arguments, **more).curve["observed"] for t in (table, other))
        assert two.to_numpy() == pytest.approx(one.to_numpy(), rel=1e-9)
