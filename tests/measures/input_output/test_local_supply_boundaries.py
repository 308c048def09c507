"""Local shares and supply rates where their rules change: nothing made, nothing used, rounding."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

# Use of cars 100 - 50 + 30 = 80, of steel 80 - 20 + 40 = 100: rates .625 and .6.
SECTORS = pd.DataFrame(
    {
        "industry": ["cars", "steel"],
        "gross_output": [100.0, 80.0],
        "exports": [10.0, 0.0],
        "outflow": [40.0, 20.0],
        "imports": [5.0, 30.0],
        "inflow": [25.0, 10.0],
    }
)
FLOWS = pd.DataFrame({"supplier": ["cars", "steel"], "user": "cars", "value": [20.0, 60.0]})


def share(**columns):
    """The local share of a table of one industry."""
    row = {"gross_output": 100.0, "exports": 0.0, "outflow": 0.0, "imports": 0.0, "inflow": 0.0}
    table = pd.DataFrame([{"industry": "cars", **row, **columns}])
    return ag.local_share(table, region=None).iloc[0]


def test_a_product_that_is_not_made_comes_from_outside():
    found = share(gross_output=0.0, inflow=30.0)
    assert found[["use", "rate", "low", "high"]].tolist() == [30, 0, 0, 0]


def test_a_product_that_is_neither_made_nor_bought_has_no_share():
    found = share(gross_output=0.0)
    assert found["use"] == 0
    assert found[["rate", "low", "high"]].isna().all()


def test_output_that_is_all_sold_outside():
    # 100 sold, 100 bought: nothing is local for certain, all of it may be (transit)
    found = share(outflow=100.0, imports=100.0)
    assert found[["use", "rate", "low", "high"]].tolist() == [100, 0, 0, 1]
    # sold and not replaced: nothing is used
    assert np.isnan(share(outflow=100.0)["rate"])


def test_the_lower_bound_stops_at_zero():
    # use 100 - 90 + 40 = 50; unseen two-way trade of 40 would leave 50 - 80
    found = share(outflow=90.0, inflow=40.0)
    assert found[["use", "rate", "low", "high"]].tolist() == [50, pytest.approx(0.2), 0, 1]


def test_no_trade_is_no_trade():
    assert share()[["use", "rate", "low", "high"]].tolist() == [100, 1, 1, 1]


@pytest.mark.parametrize("column", ["exports", "outflow", "imports", "inflow"])
def test_trade_below_zero_is_rounding_up_to_a_hundred_thousandth_of_output(column):
    found = share(**{column: -0.0009})
    assert found["use"] == 100
    assert found["rate"] == 1
    with pytest.raises(ag.InputError, match=f"'{column}' is negative in 1 rows"):
        share(**{column: -0.0011})
    # where nothing is made there is nothing to round
    with pytest.raises(ag.InputError, match=f"'{column}' is negative"):
        share(gross_output=0.0, **{column: -1e-9})


def test_sales_beyond_output_are_rounding_up_to_a_hundred_thousandth():
    found = share(exports=60.0, outflow=40.0009, inflow=50.0)
    assert found["use"] == pytest.approx(50, rel=1e-14)
    assert found["rate"] == 0
    with pytest.raises(ag.InputError, match="sales outside exceed 'gross_output' in 1 rows"):
        share(exports=60.0, outflow=40.0011, inflow=50.0)


def test_output_may_be_zero_and_not_below():
    with pytest.raises(ag.InputError, match="'gross_output' is negative in 1 rows"):
        share(gross_output=-1e-12)


def test_hauling_scales_the_lower_bound():
    # two-way trade of cars min(50, 30) = 30, of steel min(20, 40) = 20
    for hauling in (0, 0.5, 1.0):
        low = ag.local_share(SECTORS, region=None, hauling=hauling)["low"]
        expected = [1 - (30 + 30 * hauling) / 80, 1 - (40 + 20 * hauling) / 100]
        assert low.tolist() == pytest.approx(expected)
    with pytest.raises(ag.InputError, match="hauling must be a number; found nan"):
        ag.local_share(SECTORS, region=None, hauling=float("nan"))


def test_a_year_is_refused_where_a_column_is_unknown_throughout_and_not_where_partly():
    later = SECTORS.assign(inflow=[np.nan, 10.0])
    both = pd.concat([SECTORS.assign(year=2007), later.assign(year=2012)])
    found = ag.local_share(both, region=None, time="year").set_index(["year", "industry"])["rate"]
    assert found.notna().to_dict() == {
        (2007, "cars"): True, (2007, "steel"): True,
        (2012, "cars"): False, (2012, "steel"): True,
    }  # fmt: skip
    blank = pd.concat([SECTORS.assign(year=2007), later.assign(year=2012, inflow=np.nan)])
    with pytest.raises(ag.IdentificationError, match=r"\['inflow'\] are unknown throughout 2012"):
        ag.local_share(blank, region=None, time="year")


# ---- rates of users ----------------------------------------------------------------------------


def test_coverage_at_the_minimum_is_enough():
    unknown = SECTORS.assign(inflow=[np.nan, 10.0])  # cars, 20 of 80 inputs
    exact = ag.local_supply_rate(FLOWS, unknown, region=None, minimum_coverage=0.75).iloc[0]
    assert exact["coverage"] == 0.75
    assert exact["rate"] == pytest.approx(0.6)
    above = ag.local_supply_rate(FLOWS, unknown, region=None, minimum_coverage=0.7501).iloc[0]
    assert np.isnan(above["rate"])
    # bounds of allocation take an unknown share as 0 and as 1: steel 60 - 40 of 60, at most 60
    assert exact["allocation_low"] == pytest.approx(20 / 80)
    assert exact["allocation_high"] == pytest.approx(80 / 80)


def test_the_default_minimum_is_four_fifths():
    unknown = SECTORS.assign(inflow=[np.nan, 10.0])
    for cars, answered in ((15.0, True), (15.1, False)):  # 60 of 75 inputs are known, or less
        flows = FLOWS.assign(value=[cars, 60.0])
        rate = ag.local_supply_rate(flows, unknown, region=None)["rate"][0]
        assert np.isfinite(rate) == answered


def test_a_user_without_inputs_has_no_rate():
    flows = pd.concat([FLOWS, FLOWS.assign(user="idle", value=0.0)])
    found = ag.local_supply_rate(flows, SECTORS, region=None).set_index("user")
    assert found.loc["idle", "inputs"] == 0
    assert found.loc["idle"].drop("inputs").isna().all()
    assert found.loc["cars", "rate"] == pytest.approx((20 * 0.625 + 60 * 0.6) / 80)


def test_allocations_at_their_limits():
    # 50 cars stay at home and 30 come from outside
    def bounds(bought):
        one = FLOWS.iloc[:1].assign(value=bought)
        found = ag.local_supply_rate(one, SECTORS, region=None).iloc[0]
        return found[["allocation_low", "allocation_high"]].tolist()

    assert bounds(30.0) == [0, 1]  # all of it may be bought outside
    assert bounds(50.0) == pytest.approx([20 / 50, 1])  # or all at home
    assert bounds(64.0) == pytest.approx([34 / 64, 50 / 64])


def test_a_negative_flow_counts_in_no_sum():
    flows = pd.DataFrame({"supplier": ["cars", "steel"], "user": "cars", "value": [-20.0, 60.0]})
    with pytest.warns(ag.AgglometricsWarning, match="counted as no purchase"):
        found = ag.local_supply_rate(flows, SECTORS, region=None)
    alone = ag.local_supply_rate(FLOWS.iloc[1:], SECTORS, region=None)
    pd.testing.assert_frame_equal(found, alone)


def test_local_flows_are_the_rate_times_the_flow():
    unknown = SECTORS.assign(inflow=[np.nan, 10.0])
    found = ag.local_flows(FLOWS, unknown, region=None)
    assert list(found.columns) == ["supplier", "user", "value"]
    assert np.isnan(found["value"][0])
    assert found["value"][1] == pytest.approx(36)
