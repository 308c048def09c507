"""Conley's sums over near pairs: equal to the sum over all pairs, wherever the places lie."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Bartlett, Conley, Robust, Uniform, iv, panel, poisson
from agglometrics.inference.spatial.near_pairs import CHUNK, EDGE, all_pairs_meat, banded_meat
from agglometrics.space.globe import unit_vectors

RNG = np.random.default_rng(7)
GRID = np.meshgrid(np.arange(100.0, 120), np.arange(-10.0, 12))
PATTERNS = {
    "globe": (RNG.uniform(-180, 180, 500), RNG.uniform(-90, 90, 500)),
    "date line": (RNG.uniform(170, 190, 500), RNG.uniform(-10, 10, 500)),
    "north pole": (RNG.uniform(-180, 180, 500), 90 - RNG.uniform(0, 3, 500) ** 2),
    "south pole": (np.r_[RNG.uniform(-180, 180, 500), 0, 50], np.repeat([-88.0, -90], [500, 2])),
    "lattice": (GRID[0].ravel(), GRID[1].ravel()),
    "ties": (np.full(400, 10.0), RNG.choice(np.arange(5.0), 400)),
}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("angle", [1e-6, np.radians(2), 0.09, 0.8, 2.0, 3.3])
@pytest.mark.parametrize("bartlett", [False, True])
def test_bands_equal_all_pairs(pattern, angle, bartlett):
    xyz = unit_vectors(*PATTERNS[pattern])
    scores = np.random.default_rng(1).normal(size=(len(xyz), 2, 3))
    limit = 4 * np.sin(min(angle, np.pi) / 2) ** 2 * (1 + EDGE)
    all_pairs = all_pairs_meat(scores, xyz, angle, limit, bartlett)
    found = banded_meat(scores, xyz, angle, limit, bartlett)
    np.testing.assert_allclose(found, all_pairs, atol=1e-11 * np.abs(all_pairs).max())


def test_two_places_by_hand():
    # a tenth of the cut-off apart: 3^2 + 5^2 + 2 * 0.9 * 15, and all of 8^2
    xyz, scores = unit_vectors(np.zeros(2), np.array([0, 0.1])), np.array([3.0, 5])[:, None, None]
    angle = np.radians(1.0)
    limit = 4 * np.sin(angle / 2) ** 2 * (1 + EDGE)
    assert banded_meat(scores, xyz, angle, limit, True) == pytest.approx(34 + 27, rel=1e-12)
    assert banded_meat(scores, xyz, angle, limit, False) == pytest.approx(64, rel=1e-12)


@pytest.mark.parametrize("bartlett", [False, True])
def test_more_near_places_than_are_weighed_at_once(bartlett):
    # all at one site: every pair has weight one, the meat is the square of the sum
    P, angle = 2 * CHUNK + 10, np.radians(1.0)
    xyz = unit_vectors(np.full(P, 10.0), np.full(P, 20.0))
    scores, limit = np.arange(1.0, P + 1)[:, None, None], 4 * np.sin(angle / 2) ** 2
    total = P * (P + 1) / 2
    assert banded_meat(scores, xyz, angle, limit, bartlett) == pytest.approx(total**2, rel=1e-12)


def many(P: int = 1100, T: int = 2) -> pd.DataFrame:
    """Return more places than are summed pair by pair."""
    rng = np.random.default_rng(3)
    place, time = np.divmod(np.arange(P * T), T)
    lon, lat = rng.uniform(176, 184, P), rng.uniform(-4, 4, P)
    z, v, e = rng.normal(size=(3, P * T))
    columns = {"place": place, "time": time, "z": z, "x": z + v, "y": z + 2 * v + e}
    count = rng.poisson(np.exp(0.3 * z))
    return pd.DataFrame(columns | {"n": count, "lon": lon[place], "lat": lat[place]})


@pytest.mark.parametrize("kernel", [Uniform(), Bartlett()])
@pytest.mark.parametrize("model", ["panel", "iv", "poisson"])
def test_every_estimator_with_lags_as_the_sum_over_rows(model, kernel):
    data, cov = many(), Robust()
    fit = {
        "panel": lambda: panel("y ~ x", data, absorb="time", cov=cov),
        "iv": lambda: iv("y ~ [x ~ z]", data, cov=cov),
        "poisson": lambda: poisson("n ~ x", data, cov=cov),
    }[model]()
    spec = Conley(km=80, kernel=kernel, time="time", lags=1)
    xyz = unit_vectors(data.lon, data.lat)
    arc = 2 * np.arcsin(np.sqrt(((xyz[:, None] - xyz) ** 2).sum(axis=2)) / 2) * spec.radius
    near = arc <= 80 if kernel == Uniform() else np.maximum(1 - arc / 80, 0)
    gap = np.abs(np.subtract.outer(data.time.to_numpy(), data.time.to_numpy()))
    weight = np.where(gap == 0, near, (1 - gap / 2) * (arc == 0))
    meat = fit.fit.scores.T @ weight @ fit.fit.scores
    truth = fit.fit.bread @ meat @ fit.fit.bread
    found = fit.with_cov(spec).covariance.matrix
    np.testing.assert_allclose(found / found[0, 0] * truth[0, 0], truth, rtol=1e-8, atol=1e-12)
    assert found[0, 0] == pytest.approx(truth[0, 0], rel=5e-3)  # but for (n - 1) / (n - K)
