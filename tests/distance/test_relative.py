"""M and m of all industries, on the globe, from a matrix; nested draws; m by direct sums."""

import itertools

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.answers import envelopes
from agglometrics.distance.goodness_of_fit import (
    IntegratedSquare,
    MaximumDeviation,
    goodness_of_fit,
)
from agglometrics.distance.lang_marcon_puech import lang_marcon_puech
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.distance.nulls import RandomLocation, RandomPosition, ShuffledLabels
from agglometrics.distance.places import EARTH, Globe, Plane
from agglometrics.distance.relative.profiles import near
from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.multiple_testing import benjamini_hochberg

RADII = [0.0, 0.5, 1.0, 2.5]


def plants(seed=0, n=150, labels="AABBBCCCCD"):
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform(0, 10, (n, 2)), 1)  # ties and twins
    frame = pd.DataFrame(xy, columns=["x", "y"]).assign(industry=list(labels) * (n // len(labels)))
    return frame.assign(weight=np.ceil(rng.lognormal(1, 1, n)))


def globe(seed=0, n=120, lon=(179, 182), lat=(84, 86)):
    rng = np.random.default_rng(seed)
    east = (rng.uniform(*lon, n) + 180) % 360 - 180
    frame = pd.DataFrame(
        {"lon": east, "lat": rng.uniform(*lat, n), "industry": ["A", "B", "B"] * 40}
    )
    return frame.assign(weight=np.ceil(rng.lognormal(1, 1, n)))


def haversine(frame):
    lam, phi = np.radians(frame["lon"].to_numpy()), np.radians(frame["lat"].to_numpy())
    h = np.sin(np.subtract.outer(phi, phi) / 2) ** 2
    h += np.outer(np.cos(phi), np.cos(phi)) * np.sin(np.subtract.outer(lam, lam) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1)))


def euclid(frame):
    xy = frame[["x", "y"]].to_numpy()
    return np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))


def kernel_m(D, kind, w, target, neighbor, d, h):
    """The definition of m: Gaussian weights of distances, plant by plant."""
    top = bottom = 0.0
    for i in np.flatnonzero(kind == target):
        other = np.arange(len(w)) != i
        f = w[:, None] * np.exp(-0.5 * ((D[i][:, None] - np.array(d)) / h) ** 2)
        top = top + f[other & (kind == neighbor)].sum(axis=0) / f[other].sum(axis=0)
        own = w[i] if target == neighbor else 0
        bottom += (w[kind == neighbor].sum() - own) / (w.sum() - w[i])
    return top / bottom


@pytest.mark.parametrize("neighbor", ["A", "B"])
def test_m_against_direct_sums(neighbor):
    points = plants().assign(x=lambda f: f["x"] + np.linspace(0, 0.037, len(f)))
    d, h = [0.0, 1.0, 3.0, 6.0], 0.8
    found = lang_marcon_puech(points, target="A", neighbor=neighbor, distances=d, weight="weight",
                              bandwidth=h)  # fmt: skip
    kind, w = points["industry"].to_numpy(), points["weight"].to_numpy()
    # a pair counts at the middle of its bin of h / 100, up to six bandwidths: the same sums
    profile = near(np.array(d), h, Plane())
    step = profile.reach / (profile.edges.size - 1)
    binned = (np.floor(euclid(points) / step) + 0.5) * step
    expected = kernel_m(binned, kind, w, "A", neighbor, d, h)
    np.testing.assert_allclose(found.curve["observed"], expected, rtol=1e-6)
    # what binning costs: each pair moves by at most half a bin, to either side
    expected = kernel_m(euclid(points), kind, w, "A", neighbor, d, h)
    np.testing.assert_allclose(found.curve["observed"], expected, rtol=1e-3)
    assert found.bandwidth == h
    # on the lattice, where distances are tied, it is half of that
    found = lang_marcon_puech(plants(), target="A", neighbor=neighbor, distances=d, weight="weight",
                              bandwidth=h)  # fmt: skip
    expected = kernel_m(euclid(plants()), kind, w, "A", neighbor, d, h)
    np.testing.assert_allclose(found.curve["observed"], expected, rtol=5e-4)


def test_m_takes_silvermans_bandwidth_of_its_pairs():
    points = plants()
    D, kind = euclid(points), points["industry"].to_numpy()
    across = D[kind == "A"][:, kind == "B"].ravel()
    across = across[across <= 4]
    q1, q3 = np.quantile(across, [0.25, 0.75])
    expected = 0.9 * min(across.std(ddof=1), (q3 - q1) / 1.34) * across.size**-0.2
    found = lang_marcon_puech(points, target="A", neighbor="B", distances=[1, 2])
    assert found.bandwidth == pytest.approx(expected)
    of_matrix = lang_marcon_puech(points, target="A", neighbor="B", distances=[1, 2],
                                  distance_matrix=D)  # fmt: skip
    assert of_matrix.bandwidth == pytest.approx(expected)
    pd.testing.assert_frame_equal(of_matrix.curve, found.curve, rtol=1e-9)


@pytest.mark.parametrize("measure", [marcon_puech, lang_marcon_puech])
def test_all_industries_are_each_one(measure):
    points = plants()
    h = {"bandwidth": 0.7} if measure is lang_marcon_puech else {}
    together = measure(points, distances=RADII, weight="weight", **h)
    assert list(together.summary["industry"]) == ["A", "B", "C", "D"]
    assert together.summary["n"].tolist() == [30, 45, 60, 15]
    for label in "ABCD":
        alone = measure(points, target=label, distances=RADII, weight="weight", **h)
        np.testing.assert_allclose(
            together[label].curve["observed"], alone.curve["observed"], rtol=1e-12
        )
    some = measure(points, target=["C", "A"], distances=RADII, weight="weight", **h)
    assert some.summary["industry"].tolist() == ["C", "A"]
    assert list(some.curve)[:3] == ["industry", "distance", "observed"]
    assert len(some.curve) == 2 * len(RADII)
    with pytest.raises(InputError, match="no curve of industry 'B'; found 'C', 'A'"):
        some["B"]


@pytest.mark.parametrize("weight", [None, "weight"])
def test_nested_draws_are_m_of_shuffled_industries(weight):
    """Mean and standard deviation of nested draws equal those of plain permutations.

    400 draws each; 5 Monte Carlo errors of the mean, and of the standard deviation.
    """
    points, arguments = plants(), {"distances": [1.0, 2.5], "weight": weight}
    more = {"simulations": 400, "seed": 3, "null": ShuffledLabels(), **arguments}
    nested = marcon_puech(points, **more)
    rng = np.random.default_rng(8)
    drawn = {label: [] for label in "ABCD"}
    for _ in range(400):
        mixed = points.assign(industry=rng.permutation(points["industry"]))
        found = marcon_puech(mixed, **arguments)
        for label in drawn:
            drawn[label].append(found[label].curve["observed"].to_numpy())
    for label, curves in drawn.items():
        one, two = nested[label].simulated, np.array(curves)
        error = np.sqrt((one.var(axis=0) + two.var(axis=0)) / 400)
        assert (np.abs(one.mean(axis=0) - two.mean(axis=0)) < 5 * error).all()
        assert one.std(axis=0) == pytest.approx(two.std(axis=0), rel=5 / np.sqrt(400))
    alone = marcon_puech(points, target="C", **more)
    # the largest industry takes the same sites, alone or with others
    np.testing.assert_allclose(alone.simulated, nested["C"].simulated, rtol=1e-12)


def test_weighted_draws_that_move_weights():
    """All 5,040 ways of putting seven plants on seven sites give the null's mean exactly.

    It is not 1: around a plant with one neighbour the share of an industry is its share in numbers,
    not in weights. 4,000 draws, within four Monte Carlo errors.
    """
    points = plants(n=10, labels="AABBBCCCCD")[:7].assign(weight=[9.0, 4, 1, 1, 2, 1, 1])
    near = (euclid(points) <= 6.0) & ~np.eye(7, dtype=bool)
    kind, w = points["industry"].to_numpy() == "A", points["weight"].to_numpy()
    every = []
    for order in map(list, itertools.permutations(range(7))):
        own, weight = kind[order], w[order]
        total = near @ weight
        known = own & (total > 0)
        share = (near @ (weight * own))[known] / total[known]
        g = (weight[own].sum() - weight[known]) / (weight.sum() - weight[known])
        every.append(share.sum() / g.sum() if known.any() else np.nan)
    found = marcon_puech(points, target="A", distances=[6.0], weight="weight", simulations=4_000)
    truth, drawn = np.array(every), found.simulated[:, 0]
    assert found.null == RandomLocation().name
    assert np.nanmean(truth) < 0.9
    error = np.nanstd(truth) / np.sqrt(4_000)
    assert np.nanmean(drawn) == pytest.approx(np.nanmean(truth), abs=4 * error)


def test_weights_that_stay_leave_a_mean_of_one_to_the_denominator():
    """E sum_i W_N / W = E sum_i g_i, exactly: weighted by its denominator M averages 1."""
    points, r = plants(), 2.5
    D, w = euclid(points), points["weight"].to_numpy()
    near = (r >= D) & ~np.eye(len(w), dtype=bool)
    assert near.any(axis=1).all()
    found = marcon_puech(points, target="A", distances=[r], weight="weight", simulations=1_000,
                         null=ShuffledLabels())  # fmt: skip
    rng, gaps = np.random.default_rng(2), []
    for _ in range(4_000):
        own = rng.permutation(points["industry"].to_numpy()) == "A"
        top = ((near @ (w * own)) / (near @ w))[own].sum()
        gaps.append([top, ((w[own].sum() - w[own]) / (w.sum() - w[own])).sum()])
    top, bottom = np.array(gaps).T
    error = (top - bottom).std() / np.sqrt(top.size)
    assert abs((top - bottom).mean()) < 4 * error
    # and the ratio has the mean that these draws have
    error = np.hypot((top / bottom).std() / np.sqrt(top.size), found.simulated.std() / 1_000**0.5)
    assert found.simulated.mean() == pytest.approx((top / bottom).mean(), abs=4 * error)


def test_found_in_all_and_adjusted():
    points = plants(1, 200)
    near = points.assign(x=np.where(points["industry"] == "B", points["x"] / 6, points["x"]))
    found = marcon_puech(near, distances=[0.5, 1.0, 2.0], simulations=99)
    table = found.summary.set_index("industry")
    assert list(table) == ["n", "localized", "dispersed", "p_value", "p_adjusted"]
    assert table.loc["B", "localized"]
    assert not table.loc["B", "dispersed"]
    np.testing.assert_allclose(table["p_adjusted"], benjamini_hochberg(table["p_value"].to_numpy()))
    assert found.plot().axes


def test_benjamini_hochberg_as_r():
    """R 4.2.2: p.adjust(c(.01, .04, .03, .2, NA), "BH") is .04 .05333333 .05333333 .2 NA."""
    found = benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.2, np.nan]))
    np.testing.assert_allclose(found, [0.04, 0.16 / 3, 0.16 / 3, 0.2, np.nan])


@pytest.mark.parametrize(
    ("lon", "lat"), [((179, 182), (84, 86)), ((-180, 180), (88, 90)), ((5, 9), (-40, -36)),
                     ((-180, 180), (-90, 90))]
)  # fmt: skip
def test_great_circles_against_haversine(lon, lat):
    points = globe(lon=lon, lat=lat)
    D = haversine(points)
    radii = np.quantile(D[D > 0], [0.05, 0.2, 0.5, 0.9])
    arguments = {"target": "A", "weight": "weight", "distances": radii}
    on = {"lon": "lon", "lat": "lat"}
    found = marcon_puech(points, **on, **arguments)
    given = marcon_puech(points, distance_matrix=D, **arguments)
    np.testing.assert_allclose(found.curve["observed"], given.curve["observed"], rtol=1e-12)
    assert found.unit == "km"
    near = lang_marcon_puech(points, bandwidth=radii[0], **on, **arguments)
    kind, w = points["industry"].to_numpy(), points["weight"].to_numpy()
    expected = kernel_m(D, kind, w, "A", "A", radii, radii[0])
    np.testing.assert_allclose(near.curve["observed"], expected, rtol=2e-3)


def test_chords_by_hand():
    """A quarter of the way round: 2 R sin(pi / 4); the antipodes: 2 R."""
    space = Globe()
    quarter = np.array([np.pi / 2 * EARTH, np.pi * EARTH])
    np.testing.assert_allclose(space.chord(quarter), [np.sqrt(2) * EARTH, 2 * EARTH])
    np.testing.assert_allclose(space.arc(space.chord(quarter)), quarter)
    xyz = space.coordinates(np.array([0.0, 90.0, 10.0]), np.array([0.0, 0.0, 90.0]))
    lengths = np.sqrt(((xyz - xyz[[1, 2, 0]]) ** 2).sum(axis=1))
    np.testing.assert_allclose(lengths, np.sqrt(2) * EARTH)


def test_coincident_and_few_points():
    same = pd.DataFrame({"x": [1.0] * 6, "y": 2.0, "industry": list("AAABBB")})
    assert marcon_puech(same, target="A", distances=[1, 2]).curve["observed"].tolist() == [1, 1]
    two = pd.DataFrame({"x": [0.0, 3], "y": [0.0, 4], "industry": list("AB")})
    found = marcon_puech(two, target="A", neighbor="B", distances=[4, 5])
    np.testing.assert_array_equal(found.curve["observed"], [np.nan, 1.0])
    with pytest.raises(IdentificationError, match=r"Pass bandwidth="):
        lang_marcon_puech(same, target="A", distances=[1])


def test_where_all_plants_are_on_one_site_every_draw_is_one_at_radius_zero():
    here = plants().assign(x=3.0, y=4.0)
    found = marcon_puech(here, distances=[0.0, 1.0], simulations=19)
    for label in "ABC":
        np.testing.assert_allclose(found[label].curve["observed"], 1, rtol=1e-12)
        np.testing.assert_allclose(found[label].simulated, 1, rtol=1e-12)


def test_threads_and_row_order_change_nothing(monkeypatch):
    points = plants()
    for null, weight in ((None, None), (ShuffledLabels(), "weight"), (RandomLocation(), "weight")):
        arguments = {"distances": [1, 2], "simulations": 20, "null": null, "weight": weight}
        monkeypatch.setattr(envelopes.os, "cpu_count", lambda: 1)
        one = marcon_puech(points, seed=1, **arguments)
        monkeypatch.setattr(envelopes.os, "cpu_count", lambda: 5)
        two = marcon_puech(points.sample(frac=1, random_state=2), seed=1, **arguments)
        pd.testing.assert_frame_equal(one.curve, two.curve, check_exact=True)


def test_far_point_costs_nothing():
    points = plants().drop(columns="weight")
    far = pd.DataFrame({"x": [1e10, -3e25], "y": [1e10, 7e20], "industry": ["D", "D"]})
    found = marcon_puech(pd.concat([points, far]), target="A", distances=RADII)
    D = euclid(points)
    # around the plants nothing changes; the shares of A in the whole do
    n, N = 30, 150
    plain = marcon_puech(points, target="A", distances=RADII).curve["observed"]
    factor = ((n - 1) / (N - 1)) / ((n - 1) / (N + 1))
    np.testing.assert_allclose(found.curve["observed"], plain * factor, rtol=1e-12)
    assert D.max() < 15


def test_refuses():
    points = plants()
    with pytest.raises(InputError, match="RandomPosition needs a window"):
        marcon_puech(points, target="A", neighbor="B", distances=[1], null=RandomPosition(),
                     simulations=19)  # fmt: skip
    with pytest.raises(InputError, match=r"distance_matrix must hold.*found shape \(2, 2\)"):
        marcon_puech(points, target="A", distances=[1], distance_matrix=np.eye(2))
    with pytest.raises(InputError, match="neighbor='B' goes with one target"):
        marcon_puech(points, neighbor="B", distances=[1])
    with pytest.raises(InputError, match=r"the globe needs both coordinates"):
        marcon_puech(points, target="A", distances=[1], lon="x")
    with pytest.raises(InputError, match=r"'y' must be degrees within 90; found 1e\+10 in row 4"):
        wrong = points.assign(y=np.where(points.index == 4, 1e10, points["y"]))
        marcon_puech(wrong, target="A", distances=[1], lon="x", lat="y")
    with pytest.raises(IdentificationError, match=r"no industry has 10 plants; the largest has 6"):
        marcon_puech(points[:15], distances=[1])
    with pytest.raises(IdentificationError, match=r"no industry has 10 plants\. Name those"):
        lang_marcon_puech(points[:15], distances=[1])
    named = lang_marcon_puech(points[:15], target=["A"], distances=[9])
    assert named.summary["industry"].tolist() == ["A"]
    with pytest.raises(InputError, match="bandwidth must be positive"):
        lang_marcon_puech(points, target="A", distances=[1], bandwidth=-1.0)


# ---------------------------------------------------------------- goodness of fit


def test_goodness_of_fit_is_exact_and_by_hand():
    points = plants()
    found = marcon_puech(points, target="A", distances=[1, 2, 4], simulations=99, seed=5)
    curves = np.vstack([found.curve["observed"], found.simulated])
    away = (curves - curves.mean(axis=0)) ** 2
    u = (away[:, 0] + away[:, 1]) / 2 + (away[:, 1] + away[:, 2])  # trapezoids of width 1 and 2
    test = goodness_of_fit(found)
    assert test.statistic == pytest.approx(u[0])
    assert test.p_value == pytest.approx((u >= u[0]).mean())
    assert goodness_of_fit(found, MaximumDeviation()).p_value > 1 / 100 - 1e-12
    with pytest.raises(InputError, match="no test without a simulated null"):
        goodness_of_fit(marcon_puech(points, target="A", distances=[1]))


@pytest.mark.parametrize("statistic", [IntegratedSquare(), MaximumDeviation()])
def test_goodness_of_fit_has_its_size(statistic):
    """2,000 sets of 20 exchangeable curves: the first has p <= .1 in a tenth, within 4 errors."""
    rng = np.random.default_rng(0)
    base = marcon_puech(plants(), target="A", distances=[1, 2, 4], simulations=19)
    hits = 0
    for _ in range(2_000):
        curves = rng.exponential(size=(20, 3)).cumsum(axis=1)
        table = base.curve.assign(observed=curves[0])
        case = type(base)(**{**vars(base), "curve": table, "simulated": curves[1:]})
        hits += goodness_of_fit(case, statistic).p_value <= 0.1 + 1e-12
    assert abs(hits / 2_000 - 0.1) < 4 * np.sqrt(0.09 / 2_000)
