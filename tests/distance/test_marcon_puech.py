"""M: by hand, against a loop over pairs, against dbmss, its null; and the envelopes."""

import json

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.answers import envelopes
from agglometrics.distance.answers.envelopes import (
    extremity,
    global_envelope,
    local_envelope,
    pointwise_ranks,
)
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.distance.nulls import PopulationIndependence, RandomLocation
from agglometrics.errors import IdentificationError, InputError


def random_points(seed=0, n=60, others=140):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.uniform(0, 10, (n + others, 2)), columns=["x", "y"])
    labels = ["A"] * n + list(rng.choice(["B", "C"], others))
    return frame.assign(industry=labels, weight=np.ceil(rng.lognormal(2, 1, n + others)))


def loop(points, target, neighbor, radii):
    """The definition, one plant and one radius at a time."""
    xy, w = points[["x", "y"]].to_numpy(), points["weight"].to_numpy()
    kind = points["industry"].to_numpy()
    answer = []
    for r in radii:
        local = expected = 0.0
        for i in np.flatnonzero(kind == target):
            near = np.hypot(*(xy - xy[i]).T) <= r
            near[i] = False
            if w[near].sum() > 0:
                local += w[near & (kind == neighbor)].sum() / w[near].sum()
                own = w[i] if target == neighbor else 0
                expected += (w[kind == neighbor].sum() - own) / (w.sum() - w[i])
        answer.append(local / expected if expected else np.nan)
    return np.array(answer)


def test_by_hand():
    """Around (0,0): A at 1; around (1,0): A and B at 1. (1 + 1/2) / (1/3 + 1/3) = 9/4."""
    plants = pd.DataFrame({"x": [0, 1, 1, 5], "y": [0, 0, 1, 5], "industry": list("AABB")})
    m = marcon_puech(plants, target="A", distances=[0.5, 1, 2, 20])
    assert np.isnan(m.curve["observed"][0])
    np.testing.assert_allclose(m.curve["observed"][1:], [2.25, 1.5, 1.0])


@pytest.mark.parametrize("neighbor", ["A", "B"])
def test_against_a_loop(neighbor):
    points, radii = random_points(), np.array([0.0, 0.1, 0.5, 1, 3, 20])
    found = marcon_puech(points, target="A", neighbor=neighbor, distances=radii, weight="weight")
    np.testing.assert_allclose(
        found.curve["observed"], loop(points, "A", neighbor, radii), rtol=1e-12
    )


def test_whole_area_is_one():
    found = marcon_puech(random_points(), target="A", distances=[100], weight="weight")
    assert found.curve["observed"][0] == pytest.approx(1, rel=1e-12)


def test_ties_and_same_sites():
    """dbmss 2.11.0, Mhat(T, c(0, 5, 10), 'S'): 2, 1.66666666666667, 1 on points made up for it."""
    points = pd.DataFrame(
        {"x": [0, 0, 3, 3], "y": [0, 0, 4, 4.5], "industry": ["S", "S", "S", "O"]}
    )
    found = marcon_puech(points, target="S", distances=[0, 5, 10])
    truth = loop(points.assign(weight=1.0), "S", "S", [0, 5, 10])
    np.testing.assert_allclose(found.curve["observed"], truth, rtol=1e-12)
    assert truth[0] > 1


@pytest.mark.external
@pytest.mark.parametrize(
    ("case", "file", "target", "neighbor"),
    [
        ("dbmss_M_QRosea", "dbmss_paracou16.csv", "Q. Rosea", None),
        ("dbmss_M_syn", "syn_points_14.csv", "S", None),
        ("dbmss_M_syn_inter", "syn_points_14.csv", "S", "O"),
        ("dbmss_M_ties", "tie_points.csv", "S", None),
    ],
)
def test_against_dbmss(reference, case, file, target, neighbor):
    folder = reference / "agglomeration"
    cases = {c["id"]: c["value"] for c in json.loads((folder / "dbmss.json").read_text())["cases"]}
    points = pd.read_csv(folder / "inputs" / file)
    found = marcon_puech(
        points,
        target=target,
        neighbor=neighbor,
        distances=cases[case]["r"],
        industry="type",
        weight="weight",
    )
    truth = np.array(cases[case]["M"], dtype=float)
    np.testing.assert_allclose(found.curve["observed"], truth, rtol=1e-12)


def test_one_reference_point_between_industries():
    """dbmss 2.11.0's Mhat raises with one reference point; around it the counts are plain."""
    points = pd.DataFrame(
        {"x": [0.0, 1, 2, 3], "y": 0.0, "industry": list("ABCB"), "weight": [1.0, 2, 3, 4]}
    )
    found = marcon_puech(points, target="A", neighbor="B", distances=[1, 2, 3], weight="weight")
    np.testing.assert_allclose(found.curve["observed"], np.array([1, 2 / 5, 6 / 9]) / (6 / 9))


def with_neighbours(points, r):
    """How many sites have another one within r."""
    D = np.hypot(*(points[["x", "y"]].to_numpy()[:, None] - points[["x", "y"]].to_numpy()).T)
    return int(((r >= D).sum(axis=0) > 1).sum())


def test_mean_of_the_null_within_an_industry():
    """Exactly 1 where every site has a neighbour. Of N sites with N' that do, n plants meet k.

    Given k, E M = (k - 1) (N - 1) / ((N' - 1) (n - 1)), which is linear in k, whose mean is
    n N' / N. 2,000 draws, within five Monte Carlo errors.
    """
    points = random_points()
    found = marcon_puech(points, target="A", distances=[1, 3], simulations=2_000, seed=1)
    N, n = len(points), found.n_points
    for r, column in zip([1, 3], found.simulated.T, strict=True):
        have = with_neighbours(points, r)
        mean = (n * have / N - 1) * (N - 1) / ((have - 1) * (n - 1))
        error = column.std() / np.sqrt(column.size)
        assert 0 < error < 0.01
        assert column.mean() == pytest.approx(mean, abs=5 * error)


def test_mean_of_the_null_between_industries():
    """The target stays: E M = (1 - g M_A) / (1 - g), g its share in all but one of its plants.

    Around plant i stand W_i - A_i plants of others, n_B of whose N - n_A are of B. So M is below 1
    on average where the target is crowded. 2,000 draws, within five Monte Carlo errors.
    """
    points, radii = random_points(), [1, 3]
    crowd = points["industry"] == "A"
    points.loc[crowd, ["x", "y"]] *= 0.5
    found = marcon_puech(points, target="A", neighbor="B", distances=radii, simulations=2_000)
    own = marcon_puech(points, target="A", distances=radii).curve["observed"].to_numpy()
    g = (found.n_points - 1) / (len(points) - 1)
    expected = (1 - g * own) / (1 - g)
    error = found.simulated.std(axis=0) / np.sqrt(2_000)
    assert (expected < 0.95).all()
    assert (np.abs(found.simulated.mean(axis=0) - expected) < 5 * error).all()


def test_the_null_is_named():
    arguments = {"target": "A", "distances": [1]}
    between = marcon_puech(random_points(), neighbor="B", **arguments)
    assert between.null == PopulationIndependence().name
    assert marcon_puech(random_points(), **arguments).null == RandomLocation().name


def test_same_seed_same_answer_on_any_threads(monkeypatch):
    arguments = {"target": "A", "distances": [0.5, 1, 2], "simulations": 40, "weight": "weight"}
    one = marcon_puech(random_points(), seed=1, **arguments)
    monkeypatch.setattr(envelopes.os, "cpu_count", lambda: 7)
    two = marcon_puech(random_points(), seed=1, **arguments)
    pd.testing.assert_frame_equal(one.curve, two.curve, check_exact=True)


def test_a_cluster_is_localized():
    points = random_points()
    near = points.assign(x=np.where(points["industry"] == "A", points["x"] / 8, points["x"]))
    found = marcon_puech(near, target="A", distances=[0.5, 1, 2], simulations=99)
    assert found.localized
    assert found.p_value == pytest.approx(1 / 100)
    assert found.bandwidth is None


def test_refuses():
    points = random_points()
    alone = points.assign(industry=["Z", *points["industry"][1:]])
    with pytest.raises(IdentificationError, match=r"'Z' has 1 point.*neighbor="):
        marcon_puech(alone, target="Z", distances=[1])
    with pytest.raises(IdentificationError, match="relative to itself M is 1 everywhere"):
        marcon_puech(points.assign(industry="A"), target="A", distances=[1])
    with pytest.raises(InputError, match="no point has industry 'Z'"):
        marcon_puech(points, target="A", neighbor="Z", distances=[1])


# ---------------------------------------------------------------- envelopes


def test_extremity_by_hand():
    """Ranks by distance (1, 3), (2, 3), (2, 3), (1, 1), (3, never): sorted, then compared."""
    curves = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 7.0], [2.5, np.nan]])
    assert pointwise_ranks(curves)[:, 0].tolist() == [1, 2, 2, 1, 3]
    assert pointwise_ranks(curves)[:, 1].tolist() == [3, 3, 3, 1, 5]
    assert extremity(curves).tolist() == [2, 4, 4, 1, 5]


def test_global_envelope_by_hand():
    """Nineteen simulated values and one observed: at 90 % the two ends of the twenty are out."""
    curves = np.arange(1.0, 20.0)[:, None]
    low, high, p = global_envelope(np.array([25.0]), curves, 0.90)
    assert (low[0], high[0]) == (2.0, 19.0)
    assert p[0] == pytest.approx(2 / 20)
    low, high, p = global_envelope(np.array([10.5]), curves, 0.90)
    assert (low[0], high[0]) == (2.0, 18.0)
    assert p[0] == 1.0
    assert p[1:].tolist() == [min(2 * k, 20) / 20 for k in [*range(1, 11), *range(9, 0, -1)]]


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_global_coverage(level):
    """1,000 sets of 100 exchangeable curves: the first stays inside as often as the level says.

    Within 3 Monte Carlo errors; it is outside exactly where the p-value says so.
    """
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(1_000):
        curves = np.cumsum(rng.normal(size=(100, 6)), axis=1)
        low, high, p = global_envelope(curves[0], curves[1:], level)
        within = bool(((curves[0] >= low) & (curves[0] <= high)).all())
        assert within == (p[0] > 1 - level + 1e-12)
        inside.append(within)
    error = np.sqrt(level * (1 - level) / 1_000)
    assert abs(np.mean(inside) - level) < 3 * error


def test_local_envelope_is_a_pair_of_quantiles():
    curves = np.arange(101.0)[:, None] * np.array([1.0, np.nan])
    low, high = local_envelope(curves, 0.9)
    assert (low[0], high[0]) == pytest.approx((5.0, 95.0))
    assert np.isnan(low[1])


@pytest.mark.external
@pytest.mark.parametrize("case", ["KdEnv", "MEnv"])
def test_local_envelope_against_dbmss(reference, case):
    """The quantiles that dbmss 2.11.0 took of its own 99 simulated curves."""
    folder = reference / "agglomeration"
    cases = {c["id"]: c["value"] for c in json.loads((folder / "dbmss.json").read_text())["cases"]}
    truth = cases[f"dbmss_{case}_local"]
    curves = pd.read_csv(folder / "inputs" / f"dbmss_{case}_QRosea_sims.csv").set_index("r").T
    low, high = local_envelope(curves.to_numpy(), 0.95)
    for found, name in ((low, "lo"), (high, "hi")):
        known = np.array(truth[name], dtype=float)
        np.testing.assert_allclose(found[1:], known[1:], rtol=1e-12)


@pytest.mark.parametrize("target", ["A", None])
def test_no_plant_has_a_neighbour_within_any_distance(target):
    """M is unknown there, observed and in all draws, and so are its envelopes."""
    k = np.arange(24.0)
    points = pd.DataFrame({"x": k, "y": 0.0, "industry": ["A", "B"] * 12})
    found = marcon_puech(points, target=target, distances=[0.25, 0.5], simulations=39)
    assert found.curve.filter(regex="observed|local|global").isna().all(axis=None)
    one = found if target else found["A"]
    assert not one.localized
    assert not one.dispersed
