"""Coagglomeration where an industry is idle in one of the periods."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def cells(year, **industries):
    """Employment in the regions p, q, r of each industry named."""
    rows = [(year, name, region, jobs) for name, row in industries.items()
            for region, jobs in zip("pqr", row, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["year", "industry", "region", "emp"])


EARLY = cells(2005, A=[4, 4, 2], B=[1, 5, 4], C=[6, 2, 2])
LATE = cells(2010, A=[6, 2, 2], C=[2, 5, 3])
ABSENT = pd.concat([EARLY, LATE], ignore_index=True)  # no row says that B is idle in 2010
ZERO = pd.concat([EARLY, LATE, cells(2010, B=[0, 0, 0])], ignore_index=True)

BOTH = pytest.mark.parametrize("table", [ABSENT, ZERO], ids=["no row", "rows of zero"])


@BOTH
def test_pairs_with_the_idle_industry_are_not_answered(table):
    found = ag.coagglomeration(table, size="emp", time="year")
    pairs = found[["year", "industry_a", "industry_b"]].itertuples(index=False, name=None)
    assert list(pairs) == [(2005, "A", "B"), (2005, "A", "C"), (2005, "B", "C"), (2010, "A", "C")]
    # 2010 by hand: x = (.4, .35, .25), deviations (.2, -.15, -.05) and their negatives
    assert found["gamma"][3] == pytest.approx(-0.065 / (1 - 0.345))
    # 2005: x = (11, 11, 8) / 30, deviations (.1, .1, -.2) / 3 and (-.8, .4, .4) / 3 of A and B
    x2 = (121 + 121 + 64) / 900
    assert found["gamma"][0] == pytest.approx((-0.08 + 0.04 - 0.08) / 9 / (1 - x2))


@BOTH
def test_the_mean_industry_is_that_of_industries_at_work(table):
    found = ag.coagglomeration(table, size="emp", time="year", reference="industry_mean")
    # two industries: the deviations from their mean are opposite
    s = np.array([[0.6, 0.2, 0.2], [0.2, 0.5, 0.3]])
    x, half = s.mean(axis=0), (s[0] - s[1]) / 2
    assert len(found) == 4
    assert found["gamma"][3] == pytest.approx(-(half @ half) / (1 - x @ x))


@BOTH
@pytest.mark.parametrize("reference", [None, "industry_mean"])
def test_each_period_is_that_of_its_table_alone(table, reference):
    both = ag.coagglomeration(table, size="emp", time="year", reference=reference)
    for year, alone in (2005, EARLY), (2010, LATE):
        one = ag.coagglomeration(alone, size="emp", time="year", reference=reference)
        found = both[both["year"] == year].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, one, rtol=1e-12)


@BOTH
def test_totals_from_outside_by_period(table):
    x = {2005: [0.5, 0.3, 0.2], 2010: [0.2, 0.2, 0.6]}
    outside = pd.DataFrame(
        [(year, region, 90 * share) for year, row in x.items()
         for region, share in zip("pqr", row, strict=True)],
        columns=["year", "region", "emp"],
    )  # fmt: skip
    found = ag.coagglomeration(table, size="emp", time="year", reference=outside)
    assert (found["reference"] == "external").all()
    # A and B in 2005: (-.1, .1, 0) and (-.4, .2, .2); A and C in 2010: (.4, 0, -.4), (0, .3, -.3)
    assert found["gamma"][0] == pytest.approx((0.04 + 0.02) / (1 - 0.38))
    assert found["gamma"][3] == pytest.approx(0.12 / (1 - 0.44))


@BOTH
def test_units_do_not_make_an_industry_idle(table):
    small = table.assign(emp=table["emp"] / 1e6)
    for group in (None, dict.fromkeys("ABC", "all")):
        one, other = (
            ag.coagglomeration(t, size="emp", time="year", group=group) for t in (table, small)
        )
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)


@BOTH
def test_a_group_goes_on_with_the_members_at_work(table):
    found = ag.coagglomeration(table, size="emp", time="year", group=dict.fromkeys("ABC", "all"))
    assert list(found.columns) == ["group", "year", "gamma", "n_industries", "reference", "note"]
    assert found["n_industries"].tolist() == [3, 2]
    assert found["note"].tolist() == ["", ""]
    # of two industries the index is that of their pair; of three by the definition
    pairs = ag.coagglomeration(table, size="emp", time="year")["gamma"]
    assert found["gamma"][1] == pytest.approx(pairs[3])
    assert found["gamma"][0] == pytest.approx(pairs[:3].mean())  # equal weights of a third


@pytest.mark.filterwarnings("error::RuntimeWarning")  # no division of zero by zero either
@BOTH
def test_a_group_that_is_left_with_one_or_no_industry_says_so(table):
    groups = {"A": "two", "B": "two", "C": "one"}
    with pytest.warns(ag.AgglometricsWarning, match=r"one industry .* 'one', 'two'"):
        found = ag.coagglomeration(table, size="emp", time="year", group=groups)
    found = found.set_index(["year", "group"])
    assert found["n_industries"].to_dict() == {
        (2005, "one"): 1, (2005, "two"): 2, (2010, "one"): 1, (2010, "two"): 1,
    }  # fmt: skip
    undefined = found["gamma"].isna()
    assert undefined.to_dict() == {key: n == 1 for key, n in found["n_industries"].items()}
    assert (found.loc[undefined, "note"] == "one industry: gamma undefined").all()
    assert found.loc[(2005, "two"), "note"] == ""
    # a group of the idle industry alone is there in 2005 only
    with pytest.warns(ag.AgglometricsWarning, match="'idle'"):
        alone = ag.coagglomeration(
            table, size="emp", time="year", group={"A": "on", "C": "on", "B": "idle"}
        )
    assert alone[["year", "group"]].to_records(index=False).tolist() == [
        (2005, "idle"), (2005, "on"), (2010, "on"),
    ]  # fmt: skip
