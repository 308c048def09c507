"""Exposure rings: rings by hand, the identity of the naive estimate, bounds, errors."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import IdentificationError, InputError
from tests.evaluation.examples import NAMES, factor_panel, matrix

LINE = {k: [n for n in (k - 1, k + 1) if 0 <= n < 12] for k in range(12)}


def rings(frame, weights=LINE, **options):
    return ag.exposure_rings(frame, **NAMES, weights=weights, **options)


def test_rings_by_hand_and_one_way_links_count_in_both_directions():
    frame = factor_panel(1, treated=(5,))
    expected = [-1, -1, -1, 2, 1, 0, 1, 2, -1, -1, -1, -1]
    assert rings(frame, rings=2).rings["ring"].tolist() == expected
    one_way = {k: [k + 1] if k < 11 else [] for k in range(12)}
    assert rings(frame, one_way, rings=2).rings["ring"].tolist() == expected
    assert rings(frame).far == [0, 1, 2, 3, 7, 8, 9, 10, 11]


def test_labels_that_sort_differently_keep_their_neighbours():
    names = np.array([str(k) for k in range(12)])  # as text, "10" sorts before "2"
    frame = factor_panel(2, treated=(5,), labels=names)
    line = {str(k): [str(n) for n in near] for k, near in LINE.items()}
    found = rings(frame, line).rings.set_index("unit")["ring"]
    assert found[found == 1].index.tolist() == ["4", "6"]
    one, other = rings(factor_panel(2, treated=(5,))).tidy(), rings(frame, line).tidy()
    pd.testing.assert_frame_equal(one, other)


def test_estimates_and_the_identity_of_the_naive_one():
    frame = factor_panel(3, treated=(5,), effect=4)
    found = rings(frame)
    Y = matrix(frame)
    change = Y[:, 12:].mean(axis=1) - Y[:, :12].mean(axis=1)
    far = change[[0, 1, 2, 3, 7, 8, 9, 10, 11]].mean()
    tidy = found.tidy().set_index("term")["estimate"]
    assert tidy["att"] == pytest.approx(change[5] - far)
    assert tidy["ring_1"] == pytest.approx(change[[4, 6]].mean() - far)
    assert found.exposed_share == pytest.approx(2 / 11)
    assert tidy["naive"] == pytest.approx(tidy["att"] - 2 / 11 * tidy["ring_1"])


def test_bounds_hold_the_estimate_when_the_exposed_move_that_much():
    clean = factor_panel(4, treated=(5,), effect=4, noise=0)
    near = clean["i"].isin([4, 6]) & (clean["t"] >= 2012)
    truth = rings(clean).tests["naive"].estimate
    for spill in (-2.0, 0.5, 2.0):
        row = rings(clean.assign(y=clean["y"] + spill * near)).bound(2.0).iloc[0]
        assert row.low - 1e-9 <= truth <= row.high + 1e-9
        assert row.high - row.low == pytest.approx(2 * 2 / 11 * 2)
        at = row.low if spill < 0 else row.high
        assert (at == pytest.approx(truth)) == (abs(spill) == 2)
    with pytest.raises(InputError, match="largest must be a number from zero"):
        rings(clean).bound(-1.0)


def test_far_units_are_donors_of_a_synthetic_control():
    frame = factor_panel(5, treated=(5,))
    fit = ag.synthetic_control(frame, **NAMES, donors=rings(frame).far)
    assert not set(fit.weights["unit"]) & {4, 5, 6}


def test_refusals():
    frame = factor_panel(6, treated=(5,))
    alone = {**LINE, 4: [3], 6: [7], 5: []}
    with pytest.raises(IdentificationError, match="rings 1 around 5 hold no unit"):
        rings(frame, alone)
    with pytest.raises(IdentificationError, match=r"farther than 6 links from the treated"):
        rings(frame, rings=6)
    with pytest.raises(InputError, match="rings must be a whole number"):
        rings(frame, rings=0)
    with pytest.raises(InputError, match="weights lack 1 of 12 regions"):
        rings(frame, {k: v for k, v in LINE.items() if k != 11 and 11 not in v} | {10: [9]})


def test_size_placebos_and_picture():
    found = rings(factor_panel(7, treated=(5,)))
    assert found.size.smallest_p == 1 / 10
    assert set(found.placebos["term"]) == {"att", "ring_1", "naive"}
    assert len(found.plot().axes[0].get_yticks()) == 3 and found.weights[
        "weight"
    ].sum() == pytest.approx(1)
