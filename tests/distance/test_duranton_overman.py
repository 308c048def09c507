"""K_d: by hand, against the sum over all pairs, against dbmss, its null and its envelopes."""

import json

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from agglometrics.distance.answers import envelopes
from agglometrics.distance.density.bandwidths import Silverman
from agglometrics.distance.density.grids import pair_counts
from agglometrics.distance.density.plants import Plants
from agglometrics.distance.density.simulating import null_curves
from agglometrics.distance.duranton_overman import duranton_overman
from agglometrics.distance.pairs import random_sites
from agglometrics.errors import IdentificationError, InputError

# Made up for the comparison with other programs (the first 8 of 14 points).
SYNTHETIC = pd.DataFrame(
    [
        (1.0, 1.0, "S", 2), (1.5, 1.2, "S", 1), (2.1, 0.8, "S", 3), (8.0, 8.5, "S", 1),
        (8.4, 8.1, "S", 2), (5.0, 5.2, "O", 4), (3.3, 7.1, "O", 1), (6.7, 2.9, "O", 2),
    ],
    columns=["x", "y", "industry", "weight"],
)  # fmt: skip


def random_points(n, seed=0, side=100.0):
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, side, (8, 2))
    xy = np.vstack(
        [
            centres[rng.integers(0, 8, n // 2)] + rng.normal(0, 3, (n // 2, 2)),
            rng.uniform(0, side, (n - n // 2, 2)),
        ]
    )
    frame = pd.DataFrame(xy, columns=["x", "y"])
    return frame.assign(industry="A", weight=np.ceil(rng.lognormal(2, 1, n)))


def exact(points, d, h, weighted=False):
    """K_d as the sum over all pairs."""
    lengths = pdist(points[["x", "y"]])
    w = points["weight"].to_numpy(dtype=float) if weighted else np.ones(len(points))
    k, m = np.triu_indices(len(points), 1)
    pairs = w[k] * w[m]

    def f(u):
        return np.exp(-u * u / 2) / np.sqrt(2 * np.pi)

    sums = [(pairs * (f((r - lengths) / h) + f((r + lengths) / h))).sum() for r in d]
    return np.array(sums) / h / pairs.sum()


def test_by_hand():
    """Distances 3, 4 and 5, h = 1: at 3 the mean of f(0), f(1), f(2) and their mirror images."""
    plants = pd.DataFrame({"x": [0.0, 0, 3], "y": [0.0, 4, 0], "industry": "A"})
    kd = duranton_overman(plants, target="A", distances=[3], bandwidth=1.0)
    assert kd.curve["observed"][0] == pytest.approx((0.398942 + 0.241971 + 0.053991) / 3, rel=5e-4)


@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.parametrize("h", [0.5, 2.0, 10.0])
def test_against_the_sum_over_all_pairs(h, weight):
    points, d = random_points(700), np.linspace(0, 60, 25)
    found = duranton_overman(points, target="A", distances=d, bandwidth=h, weight=weight)
    truth = exact(points, d, h, weight is not None)
    np.testing.assert_allclose(found.curve["observed"], truth, rtol=5e-4)


def test_lattices_have_no_bias():
    """All distances on multiples of a step: a histogram's edges would shift them by half a bin."""
    x, y = np.meshgrid(np.arange(12.0), np.arange(12.0))
    points = pd.DataFrame({"x": x.ravel(), "y": y.ravel(), "industry": "A"})
    d = np.linspace(0, 8, 33)
    found = duranton_overman(points, target="A", distances=d, bandwidth=0.4)
    np.testing.assert_allclose(found.curve["observed"], exact(points, d, 0.4), rtol=1e-3)


def test_it_is_a_density():
    points, d = random_points(300), np.linspace(0, 200, 2_001)
    found = duranton_overman(points, target="A", distances=d, bandwidth=2.0)
    assert np.trapezoid(found.curve["observed"], d) == pytest.approx(1, abs=1e-4)


def test_units_and_origin_do_not_matter():
    points, d = random_points(200), np.linspace(0, 50, 11)
    far = points.assign(x=1000 * points["x"] + 4e6, y=1000 * points["y"] - 3e6)
    one = duranton_overman(points, target="A", distances=d)
    two = duranton_overman(far, target="A", distances=1000 * d)
    assert two.bandwidth == pytest.approx(1000 * one.bandwidth, rel=1e-9)
    np.testing.assert_allclose(1000 * two.curve["observed"], one.curve["observed"], rtol=1e-3)


def test_against_dbmss_on_few_points():
    """dbmss 2.11.0, Kdhat(S, r, "S") with r to 8; it interpolates in a grid of 512: to 5e-3."""
    truth = [0.11415093716282, 0.107358584939942, 0.0678138038243281, 0.0711972721250179]
    found = duranton_overman(
        SYNTHETIC, target="S", distances=[0, 1, 3, 8],
        bandwidth=Silverman(within=16),
    )  # fmt: skip
    np.testing.assert_allclose(found.curve["observed"], truth, rtol=5e-3)


@pytest.mark.external
@pytest.mark.parametrize(
    ("case", "file", "target", "weight"),
    [
        ("dbmss_Kd_QRosea", "dbmss_paracou16.csv", "Q. Rosea", None),
        ("dbmss_Kd_syn", "syn_points_14.csv", "S", None),
        ("dbmss_Kd_syn_w", "syn_points_14.csv", "S", "weight"),
    ],
)
def test_against_dbmss(reference, case, file, target, weight):
    """dbmss 2.11.0 interpolates in a grid of 512: to 5e-3; its bandwidth exactly."""
    folder = reference / "agglomeration"
    cases = {c["id"]: c["value"] for c in json.loads((folder / "dbmss.json").read_text())["cases"]}
    points = pd.read_csv(folder / "inputs" / file)
    found = duranton_overman(
        points, target=target, industry="type", distances=cases[case]["r"], weight=weight,
        bandwidth=Silverman(within=2 * cases[case]["r"][-1]),
    )  # fmt: skip
    np.testing.assert_allclose(found.curve["observed"], cases[case]["Kd"], rtol=5e-3)
    if case == "dbmss_Kd_QRosea":
        bandwidth = cases["dbmss_Kd_QRosea_bandwidth"]["bw"]
        assert found.bandwidth == pytest.approx(bandwidth, rel=1e-12)


@pytest.mark.parametrize("reach", [0.7, 5.0, 30.0, 500.0])
def test_pairs_against_all_distances(reach):
    points = random_points(400)
    w = points["weight"].to_numpy(dtype=float)
    xy = points[["x", "y"]].to_numpy()
    found = pair_counts(Plants(xy, w), reach / 50, 50)
    k, m = np.triu_indices(len(w), 1)
    lengths, products = pdist(points[["x", "y"]]), w[k] * w[m]
    place = lengths / reach * 50
    truth = np.zeros(52)
    near = place < 51
    low = place[near].astype(int)
    share = place[near] - low
    np.add.at(truth, low, products[near] * (1 - share))
    np.add.at(truth, low + 1, products[near] * share)
    np.testing.assert_allclose(found[:50], truth[:50], rtol=1e-3, atol=1e-3 * products.max())


def test_random_sites_are_different_and_equally_likely():
    """10,000 draws of 3 out of 7: each site in 3/7 of them, within 4 Monte Carlo errors."""
    draws = np.array([random_sites(3, 7, np.uint64(5), b) for b in range(10_000)])
    assert all(len(set(draw)) == 3 for draw in draws.tolist())
    for place in range(3):
        often = np.bincount(draws[:, place], minlength=7) / 10_000
        assert np.abs(often - 1 / 7).max() < 4 * np.sqrt(6 / 49 / 10_000)


def two_industries(seed=0, n=40, others=160):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.uniform(0, 10, (n + others, 2)), columns=["x", "y"])
    return frame.assign(industry=["A"] * n + ["B"] * others, weight=rng.integers(1, 9, n + others))


def test_same_seed_same_answer_on_any_threads(monkeypatch):
    arguments = {"target": "A", "distances": np.linspace(0, 6, 13), "simulations": 50, "seed": 3}
    one = duranton_overman(two_industries(), weight="weight", **arguments)
    monkeypatch.setattr(envelopes.os, "cpu_count", lambda: 5)
    two = duranton_overman(two_industries(), weight="weight", **arguments)
    pd.testing.assert_frame_equal(one.curve, two.curve, check_exact=True)
    three = duranton_overman(two_industries(), weight="weight", **arguments | {"seed": 4})
    assert (three.curve["local_high"] != one.curve["local_high"]).any()


def test_the_mean_of_the_null_is_the_curve_of_all_sites():
    """A random pair of random sites is a random pair of all: within 4 Monte Carlo errors."""
    points, d = two_industries(), np.linspace(0, 6, 7)
    everyone = points.assign(industry="all")
    truth = duranton_overman(everyone, target="all", distances=d, bandwidth=0.5)
    xy = points[["x", "y"]].to_numpy()
    curves = null_curves(Plants(xy), Plants(xy[:40]), d, 0.5, 2_000, 1)
    error = curves.std(axis=0) / np.sqrt(2_000)
    assert (np.abs(curves.mean(axis=0) - truth.curve["observed"]) < 4 * error).all()


def test_clusters_are_localized():
    points = two_industries()
    near = points.assign(
        x=np.where(points["industry"] == "A", points["x"] / 10, points["x"]),
        y=np.where(points["industry"] == "A", points["y"] / 10, points["y"]),
    )
    arguments = {"target": "A", "distances": np.linspace(0, 6, 25), "simulations": 99}
    found = duranton_overman(near, **arguments)
    assert found.localized
    assert not found.dispersed
    assert found.p_value == pytest.approx(1 / 100)
    assert found.n_points == 40
    assert "random sites" in found.null


def test_size_of_the_global_test():
    """300 true nulls at 5 %: 5 % within 3 Monte Carlo errors (1.3 % each).

    dbmss 2.11.0's global envelope is too narrow, and rejects more often.
    """
    rejected = 0
    for seed in range(300):
        found = duranton_overman(
            two_industries(seed, n=15, others=60),
            target="A",
            distances=np.linspace(0, 6, 10),
            bandwidth=0.7,
            simulations=99,
            seed=seed,
        )
        outside = found.localized or found.dispersed
        assert outside == (found.p_value <= 0.05)
        rejected += outside
    assert abs(rejected / 300 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 300)


def test_even_spreads_are_dispersed():
    x, y = np.meshgrid(np.linspace(0.5, 9.5, 6), np.linspace(0.5, 9.5, 6))
    even = pd.DataFrame({"x": x.ravel(), "y": y.ravel(), "industry": "A"})
    others = two_industries().query("industry == 'B'")
    found = duranton_overman(
        pd.concat([even, others]), target="A", distances=np.linspace(0, 1.2, 7), bandwidth=0.3,
        simulations=199,
    )  # fmt: skip
    assert found.dispersed
    assert not found.localized


def test_plot():
    mpl.use("agg")
    arguments = {"target": "A", "distances": np.linspace(0, 6, 5)}
    for simulations in (0, 19):
        figure = duranton_overman(two_industries(), simulations=simulations, **arguments).plot()
        axes = figure.axes[0]
        assert axes.get_ylabel() == "Duranton-Overman K_d"
        assert len(axes.lines) == (3 if simulations else 1)
        assert axes.get_xlabel() == "Distance (unit of the coordinates)"
    one = duranton_overman(two_industries(), **arguments)
    axes = one.plot(unit="km", lang="zh", labels={"A": ("Food", "食品")}).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("距离（km）", "Duranton-Overman 密度 K_d")
    assert axes.get_legend_handles_labels()[1] == ["食品"]


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"target": "Z"}, "no point has industry 'Z'; found 'A', 'B'"),
        ({}, {"distances": [2, 1]}, "ascending"),
        ({}, {"distances": [-1, 1]}, "not negative"),
        ({}, {"distances": []}, "list of numbers"),
        ({}, {"bandwidth": 0}, "bandwidth must be positive"),
        ({}, {"level": 95}, "level must lie between 0 and 1"),
        ({}, {"simulations": 5}, "5 simulations cannot give envelopes .* at least 19"),
        (
            {},
            {"simulations": -1},
            "simulations must be a whole number from 0 to 10,000,000; found -1",
        ),
        ({"x": np.nan}, {}, "'x' is unknown in 1 of 200 points, first row 2"),
        ({"weight": 0}, {"weight": "weight"}, "'weight' must be positive; found 1 of 200"),
        ({"industry": None}, {}, "'industry' is missing in 1 of 200"),
    ],
)
def test_refuses(change, arguments, message):
    points = two_industries().astype({"industry": "object", "weight": "float64"})
    for column, entry in change.items():
        points.loc[2, column] = entry
    with pytest.raises(InputError, match=message):
        duranton_overman(points, **{"target": "A", "distances": [1, 2]} | arguments)


def test_refuses_what_has_no_distances():
    points = two_industries()
    alone = points.assign(industry=["Z", *points["industry"][1:]])
    with pytest.raises(IdentificationError, match="'Z' has 1 point"):
        duranton_overman(alone, target="Z", distances=[1, 2])
    same = points.assign(x=0.0, y=0.0)
    with pytest.raises(IdentificationError, match=r"all equal\. Give bandwidth="):
        duranton_overman(same, target="A", distances=[1, 2])
    with pytest.raises(InputError, match="no envelope without a simulated null"):
        _ = duranton_overman(points, target="A", distances=[1, 2]).localized
