"""Identities and invariances of the areal measures on random cells."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agglometrics import (
    concentration,
    location_quotient,
    regional_shares,
    specialization,
    theil_decomposition,
)

examples = settings(max_examples=30, deadline=None, derandomize=True)


@st.composite
def cells(draw):
    """Cells of 2-6 regions and 2-5 industries, a third of them zero, no empty row or column."""
    shape = draw(st.tuples(st.integers(2, 6), st.integers(2, 5)))
    values = st.one_of(st.just(0.0), st.floats(0.01, 1000), st.integers(1, 10).map(float))
    E = draw(arrays(float, shape, elements=values))
    E[:, 0] += 1.0
    E[0] += 1.0
    regions = [f"r{k}" for k in range(shape[0])]
    industries = [f"i{k}" for k in range(shape[1])]
    wide = pd.DataFrame(E, index=regions, columns=industries)
    return wide.stack().rename_axis(["region", "industry"]).rename("emp").reset_index()


@examples
@given(cells(), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(table, random):
    rows = list(range(len(table)))
    random.shuffle(rows)
    for measure in (concentration, specialization, location_quotient):
        expected = measure(table, value="emp")
        pd.testing.assert_frame_equal(measure(table.iloc[rows], value="emp"), expected)


@examples
@given(cells(), st.floats(1e-3, 1e6))
def test_the_unit_does_not_matter(table, factor):
    scaled = table.assign(emp=table["emp"] * factor)
    for measure in (concentration, specialization, location_quotient):
        expected = measure(table, value="emp")
        answer = measure(scaled, value="emp")
        pd.testing.assert_frame_equal(answer, expected, rtol=1e-9, atol=1e-12)


@examples
@given(cells())
def test_relabelling_regions_permutes_nothing_else(table):
    names = sorted(table["region"].unique())
    turned = table.replace({"region": dict(zip(names, names[::-1], strict=True))})
    expected = concentration(table, value="emp")
    answer = concentration(turned, value="emp")
    pd.testing.assert_frame_equal(answer, expected, rtol=1e-9, atol=1e-12)


@examples
@given(cells())
def test_quotients_average_to_one_and_shares_add_up(table):
    lq = location_quotient(table, value="emp")
    shares = regional_shares(table, value="emp")
    weighted = lq["lq"] * shares["total_share"]
    np.testing.assert_allclose(weighted.groupby(lq["industry"]).sum(), 1, rtol=1e-12)
    np.testing.assert_allclose(shares.groupby("industry")["share"].sum(), 1, rtol=1e-12)


@examples
@given(cells(), st.integers(0, 63))
def test_theil_is_between_plus_within(table, code):
    groups = {region: code >> k & 1 for k, region in enumerate(sorted(table["region"].unique()))}
    answer = theil_decomposition(table, value="emp", groups=groups)
    np.testing.assert_allclose(
        answer["between"] + answer["within"], answer["theil"], rtol=1e-9, atol=1e-13
    )
    assert (answer[["theil", "between", "within"]] > -1e-13).all(axis=None)


@examples
@given(cells())
def test_an_empty_region_changes_nothing_where_it_is_allowed(table):
    extra = pd.DataFrame({"region": ["r"], "industry": ["i0"], "emp": [0.0]})
    expected = concentration(table, value="emp")
    answer = concentration(pd.concat([table, extra]), value="emp", undefined="nan")
    pd.testing.assert_frame_equal(answer, expected, rtol=1e-9, atol=1e-12)


@examples
@given(cells())
def test_bounds_and_relations(table):
    answer = concentration(table, value="emp")
    n = table["region"].nunique()
    assert (answer["hoover"] * 2 == answer["krugman"]).all()
    # The Lorenz area holds the triangle of height hoover, and is at most what one region can do.
    assert (answer["gini"] >= answer["hoover"] - 1e-12).all()
    for name in ("gini", "gini_lq", "gini_shares"):
        assert answer[name].between(-1e-12, 1).all()
    assert answer["herfindahl"].between(1 / n - 1e-12, 1 + 1e-12).all()
    # Pinsker's inequality.
    assert (answer["theil"] >= answer["krugman"] ** 2 / 2 - 1e-12).all()


@examples
@given(cells())
def test_splitting_a_region_in_proportion_leaves_weighted_measures(table):
    # A region cut into halves of equal mix: hoover, gini and theil see no difference; what
    # counts regions one by one (gini_lq, gini_shares, herfindahl) may.
    first = table["region"] == "r0"
    half = table.assign(emp=table["emp"].where(~first, table["emp"] / 2))
    split = pd.concat([half, half[first].assign(region="r0b")])
    answer, expected = concentration(split, value="emp"), concentration(table, value="emp")
    for name in ("hoover", "gini", "theil"):
        np.testing.assert_allclose(answer[name], expected[name], rtol=1e-9, atol=1e-12)


@examples
@given(cells())
def test_gini_equals_the_double_sum(table):
    # Half the mean absolute difference of quotients over all pairs, weighted by x (Lorenz) or
    # equally, over the mean.
    lq = location_quotient(table, value="emp").pivot(
        index="region", columns="industry", values="lq"
    )
    x = table.groupby("region")["emp"].sum() / table["emp"].sum()
    answer = concentration(table, value="emp").set_index("industry")
    for industry, v in lq.items():
        gaps = np.abs(np.subtract.outer(v.to_numpy(), v.to_numpy()))
        weighted = x.to_numpy() @ gaps @ x.to_numpy() / 2
        assert answer.loc[industry, "gini"] == pytest.approx(weighted, rel=1e-9, abs=1e-12)
        equal = gaps.mean() / (2 * v.mean())
        assert answer.loc[industry, "gini_lq"] == pytest.approx(equal, rel=1e-9, abs=1e-12)
