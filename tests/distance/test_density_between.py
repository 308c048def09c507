"""K_d between two industries and on the globe: by hand, against all pairs, and their nulls."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

import agglometrics as ag
from agglometrics.distance.density import counting
from agglometrics.distance.density.grids import pair_counts
from agglometrics.distance.density.lengths import Lengths
from agglometrics.distance.density.plants import Plants
from agglometrics.distance.places import EARTH, Globe
from agglometrics.errors import IdentificationError, InputError
from agglometrics.random.seeds import root

D = np.linspace(0, 12, 13)
SPACE = Globe()


def plants(n=90, seed=0):
    """Plants of A, B and C with ties; A is drawn to B."""
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform(0, 10, (n, 2)), 1)
    xy[: n // 3] = np.round(xy[n // 3 : 2 * (n // 3)] + rng.normal(0, 0.5, (n // 3, 2)), 1)
    xy[:4] = xy[n // 3 : n // 3 + 4]  # on the same sites
    frame = pd.DataFrame(xy, columns=["x", "y"]).assign(jobs=np.ceil(rng.lognormal(2, 1, n)))
    return frame.assign(industry=np.repeat(["A", "B", "C"], n // 3))


def on_globe(n=120, seed=0, lon=(178.0, 183.0), lat=(60.0, 63.0)):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"lon": rng.uniform(*lon, n), "lat": rng.uniform(*lat, n)})
    frame["lon"] = (frame["lon"] + 180) % 360 - 180
    frame.loc[:5, ["lon", "lat"]] = frame.loc[0, ["lon", "lat"]].to_numpy()
    industry = np.resize(["A", "B", "C"], n)
    return frame.assign(industry=industry, jobs=np.ceil(rng.lognormal(2, 1, n)))


def great_circles(a, b):
    """Haversine distances in kilometres, straight from the formula."""
    lam, phi = np.radians(a["lon"].to_numpy())[:, None], np.radians(a["lat"].to_numpy())[:, None]
    mu, psi = np.radians(b["lon"].to_numpy()), np.radians(b["lat"].to_numpy())
    half = np.sin((phi - psi) / 2) ** 2 + np.cos(phi) * np.cos(psi) * np.sin((lam - mu) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.minimum(half, 1)))


def smoothed(lengths, pairs, d, h):
    """The sum over all pairs."""

    def f(u):
        return np.exp(-u * u / 2) / np.sqrt(2 * np.pi)

    sums = [(pairs * (f((r - lengths) / h) + f((r + lengths) / h))).sum() for r in d]
    return np.array(sums) / h / pairs.sum()


def parts(points, target, neighbor, weight, distance):
    """Distances and products of weights of all pairs, within one industry or between two."""
    a, b = (points[points["industry"] == name] for name in (target, neighbor))
    lengths = distance(a, b)
    w, v = (np.ones(len(p)) if weight is None else p[weight].to_numpy() for p in (a, b))
    if target == neighbor:
        once = np.triu_indices(len(a), 1)
        return lengths[once], np.outer(w, v)[once]
    return lengths.ravel(), np.outer(w, v).ravel()


def straight(a, b):
    return cdist(a[["x", "y"]], b[["x", "y"]])


@pytest.mark.parametrize("weight", [None, "jobs"])
@pytest.mark.parametrize("neighbor", ["A", "B", "C"])
@pytest.mark.parametrize("n", [90, 1_500])
def test_between_two_against_all_pairs(neighbor, weight, n):
    points = plants(n)
    found = ag.duranton_overman(
        points, target="A", neighbor=neighbor, distances=D, bandwidth=0.6, weight=weight
    )
    truth = smoothed(*parts(points, "A", neighbor, weight, straight), D, 0.6)
    np.testing.assert_allclose(found.curve["observed"], truth, atol=1e-3 * truth.max())
    assert found.n_points == n // 3
    assert found.target == ("A" if neighbor == "A" else ("A", neighbor))


def test_arcs_of_chords_are_diameters_times_arcsines(monkeypatch):
    """The series' eight terms and the half angle beyond a half, to 5e-8 radians."""
    arc = getattr(counting._arc, "py_func", counting._arc)  # uncompiled: a second less
    monkeypatch.setattr(counting, "_series", getattr(counting._series, "py_func", counting._series))
    for u in (0.0, 1e-3, 0.2, 0.5, 0.5001, 0.9, 1.0, 1 + 1e-15):
        expected = np.arcsin(min(u, 1.0))
        assert arc(3.0 * u, 3.0) / 3 == pytest.approx(expected, rel=0, abs=5e-8), u


def test_between_an_industry_and_itself_is_within_it():
    points = plants()
    arguments = {"target": "A", "distances": D, "simulations": 39, "weight": "jobs"}
    one, two = (ag.duranton_overman(points, neighbor=n, **arguments) for n in (None, "A"))
    pd.testing.assert_frame_equal(one.curve, two.curve, check_exact=True)
    assert one.bandwidth == two.bandwidth
    assert two.target == "A"


@pytest.mark.parametrize("weight", [None, "jobs"])
def test_pairs_of_a_union_are_those_within_and_between(weight):
    """(A or B) within = A within + B within + A to B, weighted by numbers of pairs."""
    points = plants().query("industry != 'C'")
    mass = {}
    curve = {}
    for target, neighbor in (("A", "A"), ("B", "B"), ("A", "B"), ("B", "A")):
        kd = ag.duranton_overman(
            points, target=target, neighbor=neighbor, distances=D, bandwidth=0.6, weight=weight
        )
        mass[target + neighbor] = parts(points, target, neighbor, weight, straight)[1].sum()
        curve[target + neighbor] = kd.curve["observed"].to_numpy()
    everyone = ag.duranton_overman(
        points.assign(industry="all"), target="all", distances=D, bandwidth=0.6, weight=weight
    )
    np.testing.assert_allclose(curve["AB"], curve["BA"], rtol=1e-9)
    sums = sum(mass[k] * curve[k] for k in ("AA", "BB", "AB")) / sum(
        mass[k] for k in ("AA", "BB", "AB")
    )
    np.testing.assert_allclose(everyone.curve["observed"], sums, atol=1e-5)


def test_one_plant_has_a_curve_to_others_and_sets_a_bandwidth():
    points = plants().iloc[30:].copy()
    points.loc[30, "industry"] = "A"
    kd = ag.duranton_overman(points, target="A", neighbor="B", distances=D)
    lengths = parts(points, "A", "B", None, straight)[0]
    h = Lengths.exactly(lengths)
    assert kd.bandwidth == pytest.approx(0.9 * h.scale(1.34) * lengths.size**-0.2, rel=1e-12)
    np.testing.assert_allclose(
        kd.curve["observed"], smoothed(lengths, np.ones(lengths.size), D, kd.bandwidth), atol=1e-5
    )


def test_plants_on_one_site_need_a_bandwidth():
    points = plants().assign(x=1.0, y=2.0)
    with pytest.raises(IdentificationError, match="industry 'A to B'; found none, or all equal"):
        ag.duranton_overman(points, target="A", neighbor="B", distances=D)
    kd = ag.duranton_overman(points, target="A", neighbor="B", distances=[0, 1], bandwidth=1.0)
    assert kd.curve["observed"].to_numpy() == pytest.approx(
        2 / np.sqrt(2 * np.pi) * np.exp([0, -0.5]), rel=1e-4
    )


NULLS = [ag.PopulationIndependence(), ag.RandomLocation(), ag.ShuffledLabels()]


@pytest.mark.parametrize("null", NULLS)
def test_what_is_drawn_together_is_found(null):
    """Each of 30 plants of A is .1 from one of B: 30 near pairs where some 3 are by chance.

    A curve that is the largest everywhere has the least p-value there is, 1 / (B + 1).
    """
    points, near = plants(), np.linspace(0, 0.3, 4)
    beside = np.random.default_rng(5).normal(0, 0.1, (30, 2))
    points.loc[:29, ["x", "y"]] = points.loc[30:59, ["x", "y"]].to_numpy() + beside
    asked = {"neighbor": "B", "distances": near, "simulations": 199, "null": null, "bandwidth": 0.2}
    kd = ag.duranton_overman(points, target="A", bands=ag.DurantonOvermanBands(), **asked)
    draws = simulated(points, near, null, None, kd.bandwidth, 199, root(0))
    assert (kd.curve["observed"].to_numpy() > draws).all()
    assert kd.localized
    assert kd.p_value == 1 / 200


def test_what_is_not_drawn_together_is_not_found():
    points = plants()
    away = ag.duranton_overman(points, target="A", neighbor="C", distances=D, simulations=199)
    assert not away.localized
    assert away.null == "plants of the target stay, all others on random sites"


@pytest.mark.parametrize("null", NULLS)
def test_the_p_value_is_a_rank_over_all_distances(null):
    """Extreme rank length, by sorting: a curve that is the largest at more distances comes first.

    To 12, where A's plants are drawn to B's at the first distances alone, a curve of the null may
    be the largest at more distances than the observed one, though never by as much: the p-value
    is then above 1 / (B + 1), however far the observed one is out at one distance.
    """
    points = plants()
    asked = {"neighbor": "B", "distances": D, "simulations": 199, "null": null}
    kd = ag.duranton_overman(points, target="A", bands=ag.DurantonOvermanBands(), **asked)
    draws = simulated(points, D, null, None, kd.bandwidth, 199, root(0))
    together = np.vstack([kd.curve["observed"], draws])
    ranks = [sorted((together > own + 1e-9).sum(axis=0)) for own in together]
    assert kd.p_value == np.mean([other <= ranks[0] for other in ranks])
    spread = draws.std(axis=0)
    assert ((together[0] - draws.mean(axis=0)) / spread).max() > 4
    assert kd.p_value <= 0.05


@pytest.mark.parametrize("weight", [None, "jobs"])
def test_means_of_the_nulls(weight):
    """Unweighted pairs of random sites are those of all sites; a target that stays meets all other
    sites. Within four Monte Carlo errors; weights that stay on their sites weigh these.
    """
    points, d = plants(), np.array([1.0, 3.0, 6.0])
    sites = points.assign(industry="all")
    all_sites = smoothed(*parts(sites, "all", "all", None, straight), d, 0.6)
    rest = points.assign(industry=np.where(points["industry"] == "A", "A", "rest"))
    w, v = (points.loc[rest["industry"] == name, "jobs"].to_numpy() for name in ("A", "rest"))
    lengths = straight(rest.query("industry == 'A'"), rest.query("industry == 'rest'"))
    one = np.ones(len(w)) if weight is None else w
    met = smoothed(lengths.ravel(), np.outer(one, np.ones(v.size)).ravel(), d, 0.6)
    for null, truth in ((ag.RandomLocation(), all_sites), (ag.PopulationIndependence(), met)):
        kd = simulated(points, d, null, weight)
        error = kd.std(axis=0) / np.sqrt(len(kd))
        assert (np.abs(kd.mean(axis=0) - truth) < 4 * error).all()


def simulated(points, d, null, weight, h=0.6, draws=1_000, seed=1):
    from agglometrics.distance.density.simulating import drawn_curves
    from agglometrics.distance.points import read_points

    data = read_points(points, "x", "y", "industry", weight)
    own, counted = data.of("A"), data.of("B")
    return drawn_curves(data, own, counted, weight is not None, null, d, h, draws, seed)


def test_weights_that_stay_make_another_null():
    """Within an industry: jobs that stay on their sites, or move with the plants."""
    points = plants()
    arguments = {"target": "A", "distances": D, "weight": "jobs", "simulations": 99}
    move, stay = (
        ag.duranton_overman(points, null=null, **arguments)
        for null in (ag.RandomLocation(), ag.ShuffledLabels())
    )
    np.testing.assert_allclose(move.curve["observed"], stay.curve["observed"], rtol=1e-7)
    assert (move.curve["local_high"] != stay.curve["local_high"]).any()
    assert stay.null == "industries on random plants, which keep site and weight"
    several = ag.duranton_overman(points, null=ag.ShuffledLabels(), **arguments | {"target": ["A"]})
    pd.testing.assert_frame_equal(several["A"].curve, stay.curve)


def test_size_between_two():
    """200 true nulls at 5 %, within three Monte Carlo errors (1.5 % each)."""
    rejected = 0
    for seed in range(200):
        xy = np.random.default_rng(seed).uniform(0, 10, (45, 2))
        points = pd.DataFrame(xy, columns=["x", "y"]).assign(industry=["A"] * 10 + ["B"] * 35)
        points.loc[30:, "industry"] = "C"
        kd = ag.duranton_overman(
            points, target="A", neighbor="B", distances=np.linspace(0, 6, 7), bandwidth=0.8,
            simulations=39, seed=seed,
        )  # fmt: skip
        rejected += kd.p_value <= 0.05
    assert abs(rejected / 200 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 200)


# --- on the globe ---------------------------------------------------------------------------------

FAR = {"lon": (-180.0, 180.0), "lat": (-89.0, 89.0)}


@pytest.mark.parametrize("weight", [None, "jobs"])
@pytest.mark.parametrize("neighbor", ["A", "B"])
@pytest.mark.parametrize(
    ("where", "last", "h"),
    [({}, 200, 8.0), ({"lat": (86.0, 90.0), "lon": (0.0, 360.0)}, 400, 20.0),
     (FAR, 20_000, 300.0), (FAR, 6_000, 200.0)],
)  # fmt: skip
def test_globe_against_all_pairs(where, last, h, neighbor, weight):
    """Across the date line, around a pole, and as far as the other side of the earth."""
    points, d = on_globe(**where), np.linspace(0, last, 21)
    kd = ag.duranton_overman(
        points, target="A", neighbor=neighbor, distances=d, bandwidth=h, weight=weight,
        lon="lon", lat="lat",
    )  # fmt: skip
    truth = smoothed(*parts(points, "A", neighbor, weight, great_circles), d, h)
    np.testing.assert_allclose(kd.curve["observed"], truth, atol=1e-4 * truth.max())
    assert kd.unit == "km"


def test_a_quarter_and_a_half_of_the_earth():
    """Pole, equator and the other pole: a quarter and a half of a great circle."""
    points = pd.DataFrame({"lon": [0.0, 0, 0], "lat": [90.0, 0, -90], "industry": "A"})
    kd = ag.duranton_overman(
        points, target="A", distances=[np.pi / 2 * EARTH, np.pi * EARTH], bandwidth=50.0,
        lon="lon", lat="lat",
    )  # fmt: skip
    peak = 1 / (50 * np.sqrt(2 * np.pi))
    assert kd.curve["observed"].to_numpy() == pytest.approx([2 / 3 * peak, peak / 3], rel=1e-3)


def test_small_parts_of_the_globe_are_a_plane():
    points = on_globe(lon=(9.9, 10.1), lat=(-0.1, 0.1))
    scale = np.radians(1) * EARTH
    flat = points.assign(x=points["lon"] * scale, y=points["lat"] * scale)
    arguments = {"distances": np.linspace(0, 20, 9), "simulations": 39}
    one = ag.duranton_overman(points, lon="lon", lat="lat", **arguments)
    two = ag.duranton_overman(flat, **arguments)
    for name in ("bandwidth", "p_value", "gamma_index"):
        np.testing.assert_allclose(one.summary[name], two.summary[name], rtol=2e-4)
    for name in ("observed", "local_low", "global_high"):
        # the same sites are drawn: the order of coordinates is the same
        np.testing.assert_allclose(one.curve[name], two.curve[name], rtol=2e-3, atol=1e-6)


def test_sets_on_the_globe_are_single_industries():
    points = on_globe(300)
    arguments = {
        "distances": np.linspace(0, 150, 11),
        "simulations": 39,
        "lon": "lon",
        "lat": "lat",
    }
    several = ag.duranton_overman(points, **arguments)
    for label in "ABC":
        alone = ag.duranton_overman(points, target=label, **arguments)
        for name in ("observed", "local_low", "local_high"):
            found, truth = several[label].curve[name], alone.curve[name]
            np.testing.assert_allclose(found, truth, atol=2e-3 * truth.max())
    assert "km" in several.plot().get_supxlabel()


@pytest.mark.parametrize("far", [False, True])
def test_bandwidths_of_many_pairs_on_the_globe(far):
    """1,600 points are seen through a histogram; with few far ones moments are summed exactly."""
    points = on_globe(1_600)
    if far:
        points.loc[:9, ["lon", "lat"]] = [-60.0, -60.0]
    xyz = SPACE.coordinates(points["lon"].to_numpy(), points["lat"].to_numpy())
    some, others = Plants(xyz, None, SPACE), Plants(xyz[:1_000], None, SPACE)
    for other in (None, others):
        exact = Lengths.exactly(some.lengths(other))
        found = Lengths.of(some, None, other)
        assert found.n == exact.n
        assert found.deviation == pytest.approx(exact.deviation, rel=2e-3)
        assert found.quartiles == pytest.approx(exact.quartiles, rel=2e-3)


def test_counts_of_many_points_do_not_depend_on_parts():
    """Weights between two sets of 2,200 and 400 points, in parts, against all pairs."""
    rng = np.random.default_rng(0)
    xy, w = rng.uniform(0, 30, (2_600, 2)), rng.uniform(1, 9, 2_600)
    a, b = Plants(xy[:2_200], w[:2_200]), Plants(xy[2_200:], w[2_200:])
    found = pair_counts(a, 0.1, 100, b)
    place = cdist(a.xyz, b.xyz).ravel() / 0.1
    low, product = place.astype(int), np.outer(a.w, b.w).ravel()
    truth = np.bincount(low, product * (1 - place + low), 600)
    truth += np.bincount(low + 1, product * (place - low), 600)
    assert found[:100] == pytest.approx(truth[:100], rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": ["A"], "neighbor": "B"}, "goes with one target"),
        ({"target": "A", "neighbor": "Z"}, "no point has industry 'Z'"),
        ({"target": "A", "lon": "x"}, "needs both coordinates"),
        ({"target": "A", "null": ag.RandomPosition()}, "needs a window"),
        ({"target": "A", "null": ag.PopulationIndependence()}, "found one industry"),
        ({"target": "A", "null": "random"}, "null must be a Null; found 'random'"),
        ({"target": "A", "bandwidth": 1e-6}, "bandwidth must be at least .* Pass a larger"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(InputError, match=message):
        ag.duranton_overman(plants(), distances=D, simulations=39, **arguments)
