"""Ties: what is equal in exact arithmetic is equal in every rank, threshold and index."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.tables.rounding import (
    above,
    at_least,
    descending_ranks,
    even,
    one_if_even,
    without_dust,
)

EVEN = np.outer([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.7, 1.1])


def cells(values):
    R, I = values.shape  # noqa: E741
    return pd.DataFrame(
        {
            "region": np.repeat(list("abcdefgh")[:R], I),
            "industry": np.tile(list("uvwxyz")[:I], R),
            "v": values.ravel(),
        }
    )


def test_thresholds():
    third = 0.1 + 0.2  # 0.30000000000000004
    assert at_least([0.3, third, 0.2999999], third).tolist() == [True, True, False]
    assert above([0.3, third, 0.3000001], 0.3).tolist() == [False, False, True]
    assert not at_least(np.nan, 1.0) and not above(np.nan, 1.0)
    assert even(np.array([0.3, third])) and not even(np.array([1.0, 1.0 + 1e-8]))


def test_dust():
    assert without_dust([1e-12, -1e-12, 1e-3], 1.0).tolist() == [0.0, 0.0, 1e-3]
    assert without_dust([1e-12], 1e-13).tolist() == [1e-12]
    assert one_if_even(np.array([1 - 1e-15, 1 + 1e-6])).tolist() == [1.0, 1 + 1e-6]


def test_ranks_of_ties():
    values = np.array([[0.1 + 0.2, 5.0], [0.3, np.nan], [0.7, 5.0], [0.1, 6.0]])
    assert descending_ranks(values)[:, 0].tolist() == [2, 2, 1, 4]
    assert descending_ranks(values)[[0, 2, 3], 1].tolist() == [2, 2, 1]
    assert np.isnan(descending_ranks(values)[1, 1])


@pytest.mark.parametrize("unit", [1, 10, 1 / 3, 1e-9, 1e9])
def test_regions_of_one_mix_are_even_in_any_unit(unit):
    table = cells(EVEN * unit)
    assert ag.relatedness_density(table, value="v")["advantage"].all()
    assert (ag.proximity(table, value="v")["proximity"] == 1).all()
    assert ag.cluster_stars(table, value="v", quotient=1.0)["specialization_star"].all()
    flows = pd.DataFrame({"region": "a", "supplier": list("uvwxy"), "user": "u", "value": 1.0})
    assert (ag.chain_completeness(flows, table, value="v")["completeness"] == 1).all()
    quotients = ag.location_quotient(table, value="v", variants=True)
    assert (quotients["lq"] == 1).all() and (quotients["lq_log"] == 0).all()
    assert quotients[["slq", "slq_log"]].isna().all(axis=None)
    assert (quotients[["rsca", "lq_additive", "horizontal_clustering"]] == 0).all(axis=None)
    split = ag.theil_decomposition(table, value="v", groups={"a": 0, "b": 0, "c": 1, "d": 1})
    assert (split[["theil", "between", "within"]] == 0).all(axis=None)
    assert split["between_share"].isna().all()
    index = ag.concentration(table, value="v")
    assert (index[["hoover", "gini", "gini_lq", "krugman", "theil"]] == 0).all(axis=None)


def test_theil_is_accurate_near_evenness():
    # x = (1/2, 1/2), s = (1 + e, 1 - e) / 2: the index is e^2 / 2 + e^4 / 12 + ...
    e = 1e-6
    table = pd.DataFrame(
        {"region": list("abab"), "industry": list("uuvv"), "v": [1 + e, 1 - e, 1 - e, 1 + e]}
    )
    assert ag.concentration(table, value="v")["theil"].to_numpy() == pytest.approx(
        e**2 / 2, rel=1e-6
    )


def test_an_empty_macro_region_is_absent():
    table = cells(np.array([[5.0, 1], [3, 2], [0, 0], [0, 0]]))
    groups = {"a": "n", "b": "s", "c": "w", "d": "w"}
    found = ag.theil_decomposition(table, value="v", groups=groups, undefined="nan")
    without = ag.theil_decomposition(table[table["v"] > 0], value="v", groups=groups)
    pd.testing.assert_frame_equal(found, without)
    assert (found["within"] == 0).all()
    assert found["theil"].to_numpy() == pytest.approx(found["between"].to_numpy())


def test_within_is_unknown_where_the_reference_has_nothing_in_a_group():
    table = cells(np.array([[5.0, 3], [3, 2], [4, 0], [0, 6]]))
    groups = {"a": "n", "b": "n", "c": "w", "d": "s"}
    with pytest.warns(ag.AgglometricsWarning, match="infinite"):
        found = ag.theil_decomposition(table, value="v", groups=groups, reference="excluding")
    assert np.isinf(found["theil"]).all() and found["within"].isna().all()


def test_uniform_counts_the_regions_of_the_period_only():
    table = cells(np.array([[1.0, 2], [2, 1], [0, 0]]))
    found = ag.concentration(table, value="v", reference="uniform", undefined="nan")
    without = ag.concentration(table[table["v"] > 0], value="v", reference="uniform")
    pd.testing.assert_frame_equal(found, without)
    assert found["hoover"].tolist() == pytest.approx([1 / 6, 1 / 6])


def test_zeros_share_a_rank():
    values = np.array([[0.0, -1], [2, 0], [0, 0], [np.nan, 0.5]])
    expected = [[2, 4], [1, 2], [2, 2], [np.nan, 1]]
    np.testing.assert_array_equal(descending_ranks(values), expected)
