"""Bandwidths of K_d as values: by hand, by their definitions, and what they depend on."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.spatial.distance import pdist

import agglometrics as ag
from agglometrics.distance.density import lengths as module
from agglometrics.distance.density.bandwidths import silverman_rule
from agglometrics.distance.density.counting import moments
from agglometrics.distance.density.lengths import Lengths
from agglometrics.distance.density.plants import Plants
from agglometrics.errors import IdentificationError, InputError


def points(n=300, seed=0):
    rng = np.random.default_rng(seed)
    near = rng.normal(50, 4, (n // 2, 2))
    return np.vstack([near, rng.uniform(0, 100, (n - n // 2, 2))])


def silverman(lengths):
    """R's bw.nrd0."""
    q1, q3 = np.quantile(lengths, [0.25, 0.75])
    return 0.9 * min(lengths.std(ddof=1), (q3 - q1) / 1.34) * len(lengths) ** -0.2


def sheather_jones(x):
    """The equation over all differences of distances, without a grid."""
    n, difference = len(x), x[:, None] - x

    def phi(u, polynomial):
        return (np.exp(-u * u / 2) / np.sqrt(2 * np.pi) * np.polyval(polynomial, u)).sum()

    def fourth(h):
        return phi(difference / h, [1, 0, -6, 0, 3]) / (n * (n - 1) * h**5)

    def sixth(h):
        return -phi(difference / h, [1, 0, -15, 0, 45, 0, -15]) / (n * (n - 1) * h**7)

    q1, q3 = np.quantile(x, [0.25, 0.75])
    s = min(x.std(ddof=1), (q3 - q1) / 1.349)
    ratio = fourth(1.24 * s * n ** (-1 / 7)) / sixth(1.23 * s * n ** (-1 / 9))
    alpha = 1.357 * ratio ** (1 / 7)
    start = s * n**-0.2
    return brentq(
        lambda h: (1 / (2 * np.sqrt(np.pi) * n * fourth(alpha * h ** (5 / 7)))) ** 0.2 - h,
        start / 50, 3 * start,
    )  # fmt: skip


def test_silverman_by_hand():
    """Plants at 0, 1 and 3 on a line: distances 1, 2, 3; sd 1, IQR 1 / 1.34 = .746."""
    h = ag.Silverman().bandwidth(Plants(np.array([[0.0, 0], [1, 0], [3, 0]])), "A")
    assert h == pytest.approx(0.9 / 1.34 * 3**-0.2)


def test_all_pairs_or_those_within():
    xy = points()
    lengths = pdist(xy)
    assert ag.Silverman().bandwidth(Plants(xy), "A") == pytest.approx(silverman(lengths), rel=1e-12)
    near = ag.Silverman(within=30).bandwidth(Plants(xy), "A")
    assert near == pytest.approx(silverman(lengths[lengths <= 30]), rel=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_sheather_jones_against_its_equation(seed):
    xy = points(40, seed)
    assert ag.SheatherJones().bandwidth(Plants(xy), "A") == pytest.approx(
        sheather_jones(pdist(xy)), rel=1e-5
    )


@pytest.mark.parametrize("within", [None, 40.0])
@pytest.mark.parametrize("far", [False, True])
def test_many_points_are_seen_through_a_histogram(monkeypatch, within, far):
    xy = points(900)
    xy = np.vstack([xy, [[1e5, 0.0]]]) if far else xy
    exact = Lengths.of(Plants(xy), within)
    monkeypatch.setattr(module, "EXACT", 10)
    found = Lengths.of(Plants(xy), within)
    assert found.n == pytest.approx(exact.n, rel=1e-4)
    assert found.deviation == pytest.approx(exact.deviation, rel=1e-4)
    assert found.quartiles == pytest.approx(exact.quartiles, rel=5e-4)
    assert silverman_rule(found) == pytest.approx(silverman_rule(exact), rel=5e-4)


def test_sums_of_distances_by_hand():
    """Distances 3, 4 and 5; 5 and 0 to two others; and a quarter of a circle around the globe."""
    x, y = np.array([0.0, 3, 0]), np.array([0.0, 0, 4])
    one, square, none = np.array([1.0, 0]), np.array([0.0, 1]), np.empty(0)
    for sums in (moments, getattr(moments, "py_func", moments)):
        assert sums(x, y, none, x, y, none, 0.0, True) == (12, 50)
        assert sums(x[:1], y[:1], none, 3 * one, 4 * one, none, 0.0, False) == (5, 25)
        quarter = sums(one, square, 0 * one, one, square, 0 * one, 2.0, True)
        assert quarter == pytest.approx((np.pi / 2, np.pi**2 / 4))


def frame(xy):
    return pd.DataFrame(xy, columns=["x", "y"]).assign(industry="A")


@pytest.mark.parametrize("rule", [None, ag.Silverman(), ag.SheatherJones()])
def test_it_does_not_depend_on_the_distances_asked_for(rule):
    short = ag.duranton_overman(frame(points()), target="A", distances=[0, 10, 20], bandwidth=rule)
    long = ag.duranton_overman(frame(points()), target="A", distances=[0, 10, 50], bandwidth=rule)
    assert short.bandwidth == long.bandwidth
    assert short.curve["observed"][1] == pytest.approx(long.curve["observed"][1], rel=1e-5)
    assert "all pairs" in short.bandwidth_rule


def test_the_rule_is_named():
    named = {
        ag.Silverman(within=12.5): "Silverman's rule, pairs within 12.5",
        ag.SheatherJones(): "Sheather and Jones, all pairs",
        2.0: "given",
    }
    for bandwidth, rule in named.items():
        found = ag.duranton_overman(
            frame(points()), target="A", distances=[10], bandwidth=bandwidth
        )
        assert found.bandwidth_rule == rule


def test_units_do_not_matter():
    for rule in (ag.Silverman(), ag.SheatherJones()):
        one, two = (rule.bandwidth(Plants(points() * unit), "A") for unit in (1.0, 1e-9))
        assert two == pytest.approx(one * 1e-9, rel=1e-6)


def test_refusals():
    for rule in (ag.Silverman, ag.SheatherJones):
        with pytest.raises(InputError, match="within must be a positive distance; found -1"):
            rule(within=-1)
        with pytest.raises(IdentificationError, match=r"all equal\. Give bandwidth="):
            rule().bandwidth(Plants(np.zeros((5, 2))), "A")
