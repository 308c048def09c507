import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from agglometrics import AgglometricsWarning, IdentificationError, InputError
from agglometrics.measures.input_output.linkages import linkages
from agglometrics.measures.input_output.local_share import Trade, local_share
from agglometrics.measures.input_output.local_supply import local_flows, local_supply_rate

# Worked by hand in the first two tests. Use: cars 100 - 50 + 30 = 80, steel 80 - 20 + 40 = 100.
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
BOUNDS = ["low", "high", "allocation_low", "allocation_high"]


def random_tables(seed, regions=3, size=5):
    rng = np.random.default_rng(seed)
    labels = [(r, i) for r in range(regions) for i in range(size)]
    x = rng.uniform(50, 150, len(labels))
    sold = x * rng.uniform(0, 0.9, len(labels))
    split = rng.uniform(size=len(labels))
    sectors = pd.DataFrame(labels, columns=["region", "industry"]).assign(
        gross_output=x, exports=sold * split, outflow=sold * (1 - split),
        imports=rng.uniform(0, 60, len(labels)), inflow=rng.uniform(0, 60, len(labels)),
    )  # fmt: skip
    use = local_share(sectors)["use"].to_numpy()
    parts = rng.dirichlet(np.ones(size + 1), len(labels))[:, :size] * use[:, None]
    flows = sectors[["region", "industry"]].rename(columns={"industry": "supplier"})
    flows = flows.loc[flows.index.repeat(size)].reset_index(drop=True)
    return flows.assign(user=np.tile(range(size), len(labels)), value=parts.reshape(-1)), sectors


def test_share_by_hand():
    answer = local_share(SECTORS, region=None).set_index("industry")
    assert answer["use"].tolist() == [80, 100]
    assert answer.loc["cars", "rate"] == pytest.approx(1 - 30 / 80)
    assert answer.loc["steel", "rate"] == pytest.approx(1 - 40 / 100)
    # Upper: cars sell 50 and buy 30, all 30 may be transit: 100 of output meet a use of 80.
    assert answer["high"].tolist() == pytest.approx([1.0, 80 / 100])
    # Lower: 30 more cars in and out leave 20 of the 80 used; 20 more steel 40 of 100.
    assert answer["low"].tolist() == pytest.approx([20 / 80, 40 / 100])


def test_rate_by_hand():
    answer = local_supply_rate(FLOWS, SECTORS, region=None).iloc[0]
    assert answer["inputs"] == 80
    assert answer["rate"] == pytest.approx((20 * 0.625 + 60 * 0.6) / 80)
    assert answer["low"] == pytest.approx((20 * 0.25 + 60 * 0.4) / 80)
    assert answer["high"] == pytest.approx((20 * 1 + 60 * 0.8) / 80)
    # 30 cars and 40 steel come from outside: at worst 0 of 20 and 20 of 60 are local; local
    # firms leave 50 and 60 at home, enough for all of it.
    assert answer["allocation_low"] == pytest.approx((0 + 20) / 80)
    assert answer["allocation_high"] == pytest.approx(1)


def test_without_hauling_the_lower_bound_is_the_rate():
    answer = local_share(SECTORS, region=None, hauling=0)
    np.testing.assert_allclose(answer["low"], answer["rate"], rtol=1e-15)


def test_a_region_that_only_sells_supplies_itself_and_one_that_only_buys_shows_it():
    sectors = SECTORS.assign(imports=0.0, inflow=[0.0, 60.0], exports=0.0, outflow=[60.0, 0.0])
    answer = local_share(sectors, region=None)
    # No trade both ways: nothing to bound.
    for column in ("rate", "low", "high"):
        np.testing.assert_allclose(answer[column], [1, 80 / 140], rtol=1e-15)


def test_local_supply_adds_up_to_output_less_sales_outside():
    flows, sectors = random_tables(1)
    shares = local_share(sectors)
    outside = sectors["exports"] + sectors["outflow"]
    supplied = shares["use"] * shares["rate"]
    np.testing.assert_allclose(supplied, sectors["gross_output"] - outside, rtol=1e-12)
    # Over users, the local part of the flows is the local share of their sum.
    local = local_flows(flows, sectors).groupby(["region", "supplier"])["value"].sum()
    total = flows.groupby(["region", "supplier"])["value"].sum()
    np.testing.assert_allclose((local / total).to_numpy(), shares["rate"], rtol=1e-12)


def test_the_rate_is_what_local_flows_say():
    flows, sectors = random_tables(2)
    rate = local_supply_rate(flows, sectors)
    local = local_flows(flows, sectors).groupby(["region", "user"])["value"].sum()
    np.testing.assert_allclose(rate["rate"] * rate["inputs"], local, rtol=1e-12)
    # Regional multipliers are below those of technology.
    stays, all_of_it = (
        linkages(table, sectors.assign(gross_output=sectors["gross_output"] * 9))
        for table in (local_flows(flows, sectors), flows)
    )
    assert (stays["output_multiplier"] < all_of_it["output_multiplier"]).all()


def test_bounds_hold_the_rate_and_every_allocation():
    flows, sectors = random_tables(3)
    answer = local_supply_rate(flows, sectors)
    for low, high in (("low", "high"), ("allocation_low", "allocation_high")):
        assert (answer[low] <= answer["rate"] + 1e-12).all()
        assert (answer["rate"] <= answer[high] + 1e-12).all()


def extreme_allocation(z, local, use, user, sign):
    """Least (sign 1) or greatest (-1) local part of a user's inputs over all allocations.

    z : (I, J) flows    local, use : (I,); final users take what no flow takes
    """
    final = use - z.sum(axis=1)
    total = 0.0
    for i, row in enumerate(z):
        cost = np.zeros(len(row) + 1)
        cost[user] = sign
        bounds = [(0, most) for most in [*row, final[i]]]
        answer = linprog(cost, A_eq=np.ones((1, len(cost))), b_eq=[local[i]], bounds=bounds)
        total += answer.x[user]
    return total / z[:, user].sum()


def test_allocation_bounds_are_sharp():
    flows, sectors = random_tables(3, regions=1)
    answer = local_supply_rate(flows, sectors)
    shares = local_share(sectors)
    z = flows["value"].to_numpy().reshape(5, 5)
    use = shares["use"].to_numpy()
    local = use * shares["rate"].to_numpy()
    for user in range(5):
        least, greatest = (extreme_allocation(z, local, use, user, sign) for sign in (1, -1))
        assert answer["allocation_low"][user] == pytest.approx(least, abs=1e-9)
        assert answer["allocation_high"][user] == pytest.approx(greatest, abs=1e-9)


def test_bounds_hold_the_truth_under_transit_and_unseen_hauling():
    # 2,000 products with a known local part; then transit is added to both sides of recorded
    # trade, or hauling netted off both.
    rng = np.random.default_rng(8)
    n = 2000
    local, sold, bought = rng.gamma(1.0, size=(3, n))
    hauled = rng.uniform(-1, 1, n)
    transit = np.where(hauled > 0, hauled, 0) * np.minimum(sold, bought)
    # Netting off at most half of the smaller flow leaves as much recorded as unseen.
    unseen = np.where(hauled < 0, -hauled, 0) * np.minimum(sold, bought) / 2
    sectors = pd.DataFrame({"industry": range(n), "gross_output": local + sold})
    sectors["exports"], sectors["outflow"] = 0.0, sold + transit - unseen
    sectors["imports"], sectors["inflow"] = 0.0, bought + transit - unseen
    # Recorded sales include transit, which no local firm made: keep those that pass the check.
    sectors = sectors[sectors["outflow"] <= sectors["gross_output"]]
    truth = (local / (local + bought))[sectors.index]
    answer = local_share(sectors, region=None)
    assert len(answer) > 0.8 * n
    assert (truth >= answer["low"] - 1e-12).all()
    assert (truth <= answer["high"] + 1e-12).all()
    assert np.mean(np.abs(truth - answer["rate"]) > 0.05) > 0.3  # the rate alone is wrong


def test_unknown_trade_is_covered_by_bounds():
    unknown = SECTORS.assign(inflow=[np.nan, 10.0])
    answer = local_supply_rate(FLOWS, unknown, region=None).iloc[0]
    assert answer["coverage"] == pytest.approx(0.75)
    assert np.isnan(answer["rate"])
    assert answer["low"] == pytest.approx(60 * 0.4 / 80)
    assert answer["high"] == pytest.approx((20 + 60 * 0.8) / 80)
    loose = local_supply_rate(FLOWS, unknown, region=None, minimum_coverage=0.7)
    assert loose["rate"][0] == pytest.approx(0.6)


def test_users_may_have_another_classification():
    flows = pd.concat([FLOWS, FLOWS.assign(user="vans")])
    merged = flows.assign(user="vehicles").groupby(["supplier", "user"]).sum().reset_index()
    one = local_supply_rate(FLOWS, SECTORS, region=None)["rate"]
    assert local_supply_rate(merged, SECTORS, region=None)["rate"][0] == pytest.approx(one[0])


def test_one_column_each_way():
    joint = SECTORS.assign(out=lambda t: t.exports + t.outflow, back=lambda t: t.imports + t.inflow)
    trade = Trade(["out"], ["back"])
    pd.testing.assert_frame_equal(
        local_share(joint, trade=trade, region=None), local_share(SECTORS, region=None)
    )


def test_a_negative_flow_is_no_purchase_and_said():
    with pytest.warns(AgglometricsWarning, match=r"1 flows 'value' are negative and counted as no"):
        answer = local_supply_rate(FLOWS.assign(value=[-1.0, 60.0]), SECTORS, region=None)
    assert answer["inputs"][0] == 60
    assert answer["rate"][0] == pytest.approx(0.6)


def test_residues_of_rounding_are_cut_off():
    residue = SECTORS.assign(inflow=[-1e-9, 10.0], exports=[60.0 + 1e-9, 0.0])
    exact = SECTORS.assign(inflow=[0.0, 10.0], exports=[60.0, 0.0])
    one, other = (local_share(table, region=None) for table in (residue, exact))
    pd.testing.assert_frame_equal(one, other, rtol=1e-14)
    assert one["rate"][0] == 0


def test_units_do_not_matter():
    flows, sectors = random_tables(4)
    money = ["gross_output", "exports", "outflow", "imports", "inflow"]
    big = sectors.assign(**{name: sectors[name] * 1e4 for name in money})
    one, other = (
        local_supply_rate(flows.assign(value=flows["value"] * k), table)
        for k, table in ((1, sectors), (1e4, big))
    )
    np.testing.assert_allclose(one[["rate", *BOUNDS]], other[["rate", *BOUNDS]], rtol=1e-11)


@pytest.mark.parametrize(
    ("sectors", "error", "words"),
    [
        (
            SECTORS.assign(outflow=[95.0, 20]),
            InputError,
            r"exceed 'gross_output' in 1 rows: .*cars",
        ),
        (SECTORS.assign(inflow=-1.0), InputError, r"'inflow' is negative in 2 rows"),
        (
            SECTORS.assign(inflow=np.nan),
            IdentificationError,
            r"\['inflow'\] are unknown throughout",
        ),
        (SECTORS.iloc[:1], InputError, r"no row of sectors for the suppliers .*steel"),
    ],
)
def test_errors(sectors, error, words):
    with pytest.raises(error, match=words):
        local_supply_rate(FLOWS, sectors, region=None)


def test_errors_of_flows_and_hauling():
    with pytest.raises(InputError, match=r"flow 'value' is NaN \(unknown\) in 2 rows"):
        local_supply_rate(FLOWS.assign(value=np.nan), SECTORS, region=None)
    with pytest.raises(InputError, match="hauling must not be negative"):
        local_share(SECTORS, region=None, hauling=-1)


@pytest.mark.parametrize("trade", [(["exports"], ["imports"]), Trade, "exports"])
def test_what_is_no_trade_is_refused_with_the_way_out(trade):
    words = r"trade must be Trade\(sales, purchases\), two lists of columns; found"
    with pytest.raises(InputError, match=words):
        local_share(SECTORS, region=None, trade=trade)
    with pytest.raises(InputError, match=words):
        local_supply_rate(FLOWS, SECTORS, region=None, trade=trade)


def test_net_trade_of_2002_is_refused_with_its_reason():
    from hunan.data.io_tables import load_io_flows, load_io_sectors

    sectors, flows = load_io_sectors(), load_io_flows()
    of_2002 = sectors["time"] == 2002
    with pytest.raises(
        IdentificationError, match=r"throughout 2002.*A net figure does not distinguish"
    ):
        local_supply_rate(
            flows[flows["time"] == 2002], sectors[of_2002], industry="sector", time="time"
        )


def test_hunans_transport_equipment_of_2012():
    from hunan.data.io_checks import suspect_applied
    from hunan.data.io_tables import load_io_flows, load_io_sectors

    sectors = suspect_applied(load_io_sectors())
    one = sectors.query("region == '430000' and time == 2012")
    flows = load_io_flows().query("region == '430000' and time == 2012 and user == '18'")
    answer = local_supply_rate(flows, one, industry="sector", time="time").iloc[0]
    # Worked out from the published columns without the package's functions.
    indexed = one.set_index("sector")
    bought = indexed["imports"] + indexed["inflow"]
    use = indexed["gross_output"] - indexed["exports"] - indexed["outflow"] + bought
    r = (1 - bought / use).reindex(flows["supplier"]).to_numpy()
    assert answer["rate"] == pytest.approx(np.average(r, weights=flows["value"]), rel=1e-12)
    assert answer["coverage"] == pytest.approx(1)
