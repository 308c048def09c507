"""Linkages where their rules change: one industry, idle industries, radius one, averages of one."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def tables(Z, x, labels=None):
    """Flows and outputs of one table: Z from supplier (row) to user (column)."""
    Z, x = np.array(Z, dtype=float), np.array(x, dtype=float)
    labels = np.arange(len(x)) if labels is None else np.array(labels)
    i, j = (axis.ravel() for axis in np.indices(Z.shape))
    flows = pd.DataFrame({"supplier": labels[i], "user": labels[j], "value": Z.ravel()})
    return flows, pd.DataFrame({"industry": labels, "gross_output": x})


def linkages(Z, x, labels=None):
    return ag.linkages(*tables(Z, x, labels), region=None)


def test_an_economy_of_one_industry_is_average():
    found = linkages([[50]], [100]).iloc[0]
    assert found["output_multiplier"] == 2
    assert found["input_multiplier"] == 2
    # its linkages are the mean, and not above it; one industry has no spread
    assert found[["backward", "forward", "sensitivity"]].tolist() == [1, 1, 1]
    assert found["role"] == "weak"
    assert np.isnan(found["backward_spread"])
    assert np.isnan(found["forward_spread"])


def test_an_industry_that_uses_all_it_makes_is_refused():
    assert linkages([[99.9]], [100])["output_multiplier"][0] == pytest.approx(1000)
    with pytest.raises(ag.IdentificationError, match=r"spectral radius 1.000, not below 1"):
        linkages([[100]], [100])
    # radius below one although a column of inputs exceeds output
    A = np.array([[0.0, 1.2], [0.5, 0.0]])
    found = linkages(A * [100, 100], [100, 100])
    assert found["output_multiplier"].to_numpy() == pytest.approx(
        np.linalg.inv(np.eye(2) - A).sum(axis=0)
    )


def test_the_four_roles():
    # an economy with one industry of each; L and G by numpy
    Z = np.array([[7, 7, 26, 5], [0, 35, 4, 6], [37, 16, 25, 20], [4, 34, 38, 25]], dtype=float)
    x = np.array([150, 120, 120, 150], dtype=float)
    found = linkages(Z, x)
    L, G = np.linalg.inv(np.eye(4) - Z / x), np.linalg.inv(np.eye(4) - Z / x[:, None])
    np.testing.assert_allclose(found["backward"], L.sum(axis=0) / L.sum() * 4, rtol=1e-12)
    np.testing.assert_allclose(found["forward"], G.sum(axis=1) / G.sum() * 4, rtol=1e-12)
    assert (found["backward"] > 1).tolist() == [False, True, True, False]
    assert (found["forward"] > 1).tolist() == [False, False, True, True]
    assert found["role"].tolist() == ["weak", "backward", "key", "forward"]


def test_spreads_by_the_definition():
    # Rasmussen's coefficient of variation: columns of L for backward, rows of G for forward
    Z = np.array([[10, 20, 5], [0, 10, 30], [15, 5, 0]], dtype=float)
    x = np.array([100, 80, 120], dtype=float)
    found = linkages(Z, x)
    L, G = np.linalg.inv(np.eye(3) - Z / x), np.linalg.inv(np.eye(3) - Z / x[:, None])
    np.testing.assert_allclose(
        found["backward_spread"], L.std(axis=0, ddof=1) / L.mean(axis=0), rtol=1e-12
    )
    np.testing.assert_allclose(
        found["forward_spread"], G.std(axis=1, ddof=1) / G.mean(axis=1), rtol=1e-12
    )
    np.testing.assert_allclose(found["sensitivity"], L.sum(axis=1) / L.sum() * 3, rtol=1e-12)


def test_idle_industries_count_in_no_mean_and_no_spread():
    # "ore" makes nothing here and is bought; "none" makes nothing and is not bought
    Z = np.array([[0, 10, 20, 0], [0, 20, 5, 0], [0, 15, 10, 0], [0, 0, 0, 0]], dtype=float)
    x = np.array([0, 90, 110, 0], dtype=float)
    found = linkages(Z, x, ["ore", "cars", "steel", "zinc"]).set_index("industry")
    active = ["cars", "steel"]
    A = Z[1:3, 1:3] / x[1:3]
    L, G = np.linalg.inv(np.eye(2) - A), np.linalg.inv(np.eye(2) - Z[1:3, 1:3] / x[1:3, None])
    of_ore = Z[0, 1:3] / x[1:3] @ L  # ore per unit of final demand
    multiplier = L.sum(axis=0) + of_ore
    np.testing.assert_allclose(found.loc[active, "output_multiplier"], multiplier, rtol=1e-12)
    np.testing.assert_allclose(
        found.loc[active, "backward"], multiplier / multiplier.mean(), rtol=1e-12
    )
    np.testing.assert_allclose(
        found.loc[active, "backward_spread"], L.std(axis=0, ddof=1) / L.mean(axis=0), rtol=1e-12
    )
    np.testing.assert_allclose(
        found.loc[active, "forward"], G.sum(axis=1) / G.sum() * 2, rtol=1e-12
    )
    np.testing.assert_allclose(
        found.loc[active, "forward_spread"], G.std(axis=1, ddof=1) / G.mean(axis=1), rtol=1e-12
    )
    idle = found.loc[["ore", "zinc"]]
    assert (idle["role"] == "none").all()
    assert idle.drop(columns="role").isna().all(axis=None)


def test_an_industry_without_output_may_take_no_input():
    Z = np.array([[0, 10], [1e-9, 20]], dtype=float)
    with pytest.raises(ag.InputError, match=r"industries without output take inputs: .*: 0"):
        linkages(Z, [0, 100])
    # nor give one back: a negative input is an input
    with (
        pytest.raises(ag.InputError, match="industries without output take inputs"),
        pytest.warns(ag.AgglometricsWarning, match="are negative and kept"),
    ):
        linkages(-Z, [0, 100])


def test_zero_is_an_output_and_a_flow():
    with pytest.raises(ag.InputError, match=r"output 'gross_output' is negative"):
        linkages([[0, 0], [0, 10]], [-1e-12, 100])
    found = linkages([[0, 0], [0, 0]], [1, 100])  # nothing is used: everyone is average
    assert found["output_multiplier"].tolist() == [1, 1]
    assert found["role"].tolist() == ["weak", "weak"]


def test_tables_of_different_regions_keep_apart():
    # the first table has the radius .2, the second 1.2: only the second is named
    flows, outputs = tables([[20]], [100])
    both = [pd.concat([t.assign(region="p"), t.assign(region="q")]) for t in (flows, outputs)]
    both[0].loc[both[0]["region"] == "q", "value"] = 120.0
    with pytest.raises(ag.IdentificationError, match=r"of \{'region': 'q'\} have .*1\.200"):
        ag.linkages(*both)
    both[0].loc[both[0]["region"] == "q", "value"] = 60.0
    assert ag.linkages(*both)["output_multiplier"].tolist() == pytest.approx([1.25, 2.5])


def test_multipliers_name_supplier_and_user():
    Z = np.array([[0, 30], [10, 0]], dtype=float)
    found = ag.multipliers(*tables(Z, [100, 60], ["b", "a"]), region=None)
    pairs = found.set_index(["supplier", "user"])
    # b supplies a with 30 of a's output of 60; a supplies b with 10 of 100
    assert pairs.loc[("b", "a"), "input_coefficient"] == pytest.approx(0.5)
    assert pairs.loc[("b", "a"), "output_coefficient"] == pytest.approx(0.3)
    assert pairs.loc[("a", "b"), "input_coefficient"] == pytest.approx(0.1)
    assert pairs.loc[("a", "b"), "output_coefficient"] == pytest.approx(10 / 60)
    assert pairs.loc[("b", "a"), "leontief"] == pytest.approx(0.5 / 0.95)
    assert pairs.loc[("a", "b"), "ghosh"] == pytest.approx(1 / 6 / 0.95)
