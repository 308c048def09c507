import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError, location_quotient
from agglometrics.measures.clusters.maturity import cluster_maturity
from agglometrics.measures.clusters.maturity_rules import MaturityRules, stages
from agglometrics.measures.clusters.maturity_sensitivity import maturity_sensitivity

# Two regions: in 2017 N has 70 of 100 cars, 50 of 120 cloth and 30 of 40 glass.
CELLS = pd.DataFrame(
    {
        "region": (["N"] * 3 + ["S"] * 3) * 2,
        "industry": ["cars", "cloth", "glass"] * 4,
        "time": [2007] * 6 + [2017] * 6,
        "output": [50, 50, 36, 40, 60, 4, 70, 50, 30, 30, 70, 10],
    }
)
SUPPLY = pd.DataFrame(
    {
        "region": ["N"] * 3 + ["S"] * 3,
        "industry": ["cars", "cloth", "glass"] * 2,
        "rate": [0.7, 0.9, 0.4, 0.2, 0.3, 0.9],
    }
)
WHEN = {"value": "output", "time": "time", "start": 2007, "end": 2017}


def sort(**options):
    answer = cluster_maturity(CELLS, **(WHEN | {"local_supply": SUPPLY} | options))
    return answer.set_index(["region", "industry"])


def test_by_hand():
    answer = sort()
    # N: 150 of 260 in 2017. Cars .7 of the nation, from 50 / 90.
    cars = answer.loc[("N", "cars")]
    assert cars["size"] == pytest.approx(0.7 * 2)
    assert cars["lq"] == pytest.approx(0.7 / (150 / 260))
    assert cars["growth"] == pytest.approx(0.7 / (50 / 90) - 1)
    assert answer["stage"].unstack().to_dict("index") == {
        "N": {"cars": "mature", "cloth": "none", "glass": "crowding"},  # .9 to .75 of the glass
        "S": {"cars": "none", "cloth": "growing", "glass": "none"},
    }
    assert (answer["supporting_rule"] == "not available").all()


def test_lq_is_the_location_quotient():
    lq = location_quotient(CELLS[CELLS["time"] == 2017], value="output")
    np.testing.assert_allclose(sort()["lq"], lq["lq"], rtol=1e-14)


def test_every_corner_of_the_rule():
    # The stages over large / special / local / growing, worked out by hand from the docstring.
    expected = {
        (1, 1, 1, 1): 3, (1, 1, 1, 0): 3, (1, 1, 0, 1): 2, (1, 1, 0, 0): 1,
        (1, 0, 1, 1): 2, (1, 0, 1, 0): 1, (0, 1, 0, 1): 2, (0, 1, 1, 0): 1,
        (0, 0, 1, 1): 0, (0, 0, 0, 0): 0,
    }  # fmt: skip
    large, special, local, grows = np.array(list(expected), dtype=float).T
    found = stages(large, special, grows, local, np.full(10, np.nan), MaturityRules())
    assert found.tolist() == list(expected.values())


def test_the_rule_on_supporting_firms_applies_where_plants_are_known():
    firms = pd.DataFrame({"region": ["N"], "industry": ["cars"], "share": [0.29]})
    answer = sort(supporting=firms)
    assert answer.loc[("N", "cars"), ["stage", "supporting_rule"]].tolist() == [
        "growing",
        "applied",
    ]
    enough = sort(supporting=firms.assign(share=0.3))
    assert enough.loc[("N", "cars"), "stage"] == "mature"


def test_an_unknown_supply_rate_is_undecided_only_where_it_decides():
    answer = sort(local_supply=SUPPLY.iloc[:0])
    assert answer["stage"].unstack().to_dict("index") == {
        "N": {"cars": "undecided", "cloth": "none", "glass": "undecided"},
        "S": {"cars": "none", "cloth": "undecided", "glass": "none"},
    }


def test_an_industry_that_is_new_grows():
    cells = CELLS.copy()
    cells.loc[2, "output"] = 0
    answer = cluster_maturity(cells, **WHEN, local_supply=SUPPLY).set_index(["region", "industry"])
    assert answer.loc[("N", "glass"), "growth"] == np.inf
    assert answer.loc[("N", "glass"), "stage"] == "growing"


def test_units_do_not_matter():
    other = cluster_maturity(
        CELLS.assign(output=CELLS["output"] * 1e4), **WHEN, local_supply=SUPPLY
    )
    pd.testing.assert_frame_equal(other, sort().reset_index(), rtol=1e-13)


def test_sensitivity_by_hand():
    # Cars of N have size 1.4, LQ 1.213 and supply .7, above the highest thresholds of the 81
    # rules: 1.2, 1.2 and .6.
    table = sort().reset_index()
    answer = maturity_sensitivity(table, MaturityRules().around()).set_index(["region", "industry"])
    assert answer.loc[("N", "cars"), ["mature", "agreement"]].tolist() == [1, 1]
    # Glass of N: supply .4 reaches the lowest of the thresholds (.4); size 1.5, LQ 1.3; its
    # share fell by 1/6, which no growth threshold forgives.
    assert answer.loc[("N", "glass"), "mature"] == pytest.approx(1 / 3)
    assert answer.loc[("N", "glass"), "crowding"] == pytest.approx(2 / 3)
    stages_found = answer[["none", "crowding", "growing", "mature", "undecided"]]
    np.testing.assert_allclose(stages_found.sum(axis=1), 1, rtol=1e-12)


def test_stricter_rules_never_make_a_cluster_more_mature():
    table = sort().reset_index()
    order = {"none": 0, "crowding": 1, "growing": 2, "mature": 3}
    for name, step in {"size": 0.3, "lq": 0.2, "local_supply": 0.2, "growth": 0.2}.items():
        strict = MaturityRules(**{name: getattr(MaturityRules(), name) + step})
        answer = maturity_sensitivity(table, [strict])
        found = answer[list(order)].idxmax(axis=1).map(order)
        assert (found <= table["stage"].map(order)).all(), name


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"end": 2020}, r"start=2007 and end=2020 must be two periods of 'time'.*2007, 2017"),
        ({"end": 2007}, r"must be two periods"),
        (
            {"local_supply": SUPPLY.assign(more=1)},
            r"exactly one column more; found \['rate', 'more'",
        ),
        ({"local_supply": SUPPLY.assign(rate=60.0)}, r"shares between 0 and 1; found 60"),
        ({"local_supply": SUPPLY.iloc[[0, 0]]}, r"do not identify rows"),
        (
            {"local_supply": SUPPLY.assign(region=SUPPLY["region"].map({"N": 1, "S": 2}))},
            r"no row of local_supply= is about a cell.*\(1, 'cars'\).*have \('N', 'cars'\)",
        ),
        ({"rules": {"lq": 2.0}}, r"rules must be MaturityRules\(\.\.\.\).*found \{'lq': 2\.0\}"),
    ],
)
def test_errors(options, words):
    with pytest.raises(InputError, match=words):
        sort(**options)


def test_errors_of_sensitivity():
    with pytest.raises(InputError, match="at least one MaturityRules"):
        maturity_sensitivity(sort().reset_index(), [])
    with pytest.raises(InputError, match=r"columns \['supporting', 'stage'\]"):
        maturity_sensitivity(sort().reset_index().drop(columns=["supporting", "stage"]), [])


def test_variants_that_are_no_rules_are_refused():
    with pytest.raises(InputError, match=r"rules must be MaturityRules\(\.\.\.\).*found \{'lq': 2"):
        maturity_sensitivity(sort().reset_index(), [MaturityRules(), {"lq": 2.0}])
