"""Goodman-Bacon's decomposition: by hand, identities, another program."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from tests.evaluation.panels import KEYS, growing, long, staggered


def test_three_cohorts_by_hand() -> None:
    """One unit each over three periods, starts 2, 3 and never: D = 2/3, 1/3; n = 1/3 each.

    V, times 81: a-never (1/9)(2/9) = 2; b-never 2; a against b untreated (1/9)(1/3)(1/3) = 1;
    b against a treated (1/9)(1/3)(1/3) = 1. Two-by-twos on y = (0,1,3), (0,0,10), (0,0,0):
    a-never 2, b-never 10; a-b 1; b-a (10 - 0) - (3 - 1) = 8. Average: (4 + 20 + 1 + 8) / 6 = 5.5,
    the two-way coefficient (33 / 9) / (2 / 3).
    """
    Y = np.array([[0.0, 1, 3], [0, 0, 10], [0, 0, 0]]) + np.array([[5.0], [1], [2]]) + [0, 4.0, 2]
    found = ag.bacon_decomposition(long(Y, np.array([1, 2, 3])), **KEYS)
    rows = found.comparisons.set_index(["treated", "kind"])
    assert rows.loc[(2001, "treated vs never"), "estimate"] == pytest.approx(2)
    assert rows.loc[(2002, "treated vs never"), "estimate"] == pytest.approx(10)
    assert rows.loc[(2001, "earlier vs later"), "estimate"] == pytest.approx(1)
    assert rows.loc[(2002, "later vs earlier"), "estimate"] == pytest.approx(8)
    weights = {kind: weight for (_, kind), weight in rows["weight"].items()}
    assert weights["earlier vs later"] == pytest.approx(1 / 6)
    assert rows["weight"].tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 3, 1 / 3])
    assert found.estimate == pytest.approx(33 / 9 / (2 / 3))


@pytest.mark.parametrize("seed", range(3))
def test_weights_add_up_and_average_to_the_two_way_estimate(seed: int) -> None:
    Y, first = staggered(seed, sizes=(3, 9, 5, 11), starts=(2, 3, 7, 8))
    data = long(Y + growing(first, 8), first)
    found = ag.bacon_decomposition(data, **KEYS)
    assert found.comparisons["weight"].sum() == pytest.approx(1)
    assert (found.comparisons["weight"] > 0).all()
    two_way = ag.event_study(data, estimator=ag.TwoWay(), **KEYS)
    assert found.estimate == pytest.approx(two_way.params[-1])
    tidy = found.tidy()
    assert tidy["estimate"] @ tidy["weight"] == pytest.approx(found.estimate)
    assert len(found.comparisons) == 3 + 3 * 2


def test_later_cohorts_inherit_earlier_effects_with_a_minus() -> None:
    """Effects grow; the true ones are positive, and a comparison with treated units is negative."""
    Y, first = staggered(4, noise=0.0)
    found = ag.bacon_decomposition(long(Y + 3 * growing(first, 8), first), **KEYS)
    kinds = found.tidy().set_index("kind")["estimate"]
    assert kinds["treated vs never"] > 0
    assert kinds["later vs earlier"] < 0
    figure = found.plot()
    assert len(figure.legends[0].get_texts()) == 4


def test_one_start_without_controls_is_refused() -> None:
    Y, _ = staggered(5)
    with pytest.raises(ag.IdentificationError, match="nothing to compare with"):
        ag.bacon_decomposition(long(Y, np.full(len(Y), 4)), **KEYS)


@pytest.mark.external
def test_mpdta_as_diff_diff(reference) -> None:
    """Computed with diff-diff 3.13.0, BaconDecomposition().fit(mpdta): two-way -0.036548936674."""
    data = pd.read_csv(reference / "panel/mpdta.csv")
    data["on"] = ((data["first.treat"] > 0) & (data["year"] >= data["first.treat"])).astype(int)
    found = ag.bacon_decomposition(
        data, outcome="lemp", unit="countyreal", time="year", treated="on"
    )
    assert found.estimate == pytest.approx(-0.03654893667406696)
    rows = found.comparisons.fillna({"control": 0}).set_index(["treated", "control"])
    expected = {
        (2004, 0): (-0.079749, 0.081780), (2006, 0): (-0.022570, 0.245339),
        (2007, 0): (-0.043106, 0.535656), (2004, 2006): (-0.045608, 0.005293),
        (2006, 2004): (0.054287, 0.010586), (2004, 2007): (-0.091055, 0.026003),
        (2007, 2004): (-0.019605, 0.026003), (2006, 2007): (0.018480, 0.052005),
        (2007, 2006): (0.010575, 0.017335),
    }  # fmt: skip
    assert len(rows) == len(expected)
    for pair, (estimate, weight) in expected.items():
        assert rows.loc[pair, "estimate"] == pytest.approx(estimate, abs=6e-7)
        assert rows.loc[pair, "weight"] == pytest.approx(weight, abs=6e-7)
