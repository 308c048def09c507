"""Periods in the order of time: text that sorts otherwise, packed dates, steps that are said."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import InputError
from agglometrics.tables.packed import unpack
from agglometrics.tables.periods import require_order


def cells(periods):
    """Cells of two regions and two industries, of other growth in every step."""
    rows = [
        (period, region, industry, 10.0 + k * (1 + 2 * a + b) + a * b)
        for k, period in enumerate(periods)
        for a, region in enumerate("NS")
        for b, industry in enumerate("uv")
    ]
    return pd.DataFrame(rows, columns=["time", "region", "industry", "v"])


WAVES = [f"wave{k}" for k in (1, 2, 10)]


@pytest.mark.parametrize(
    "periods", [WAVES, ["Jan", "Feb", "Mar"], ["Q1-2000", "Q2-2000", "Q1-2001"]]
)
@pytest.mark.parametrize("function", [ag.shift_share, ag.dynamic_index, ag.allocation_types])
def test_text_that_sorts_otherwise_is_refused(function, periods):
    with pytest.raises(InputError, match=r"sorts alphabetically.*ordered=True"):
        function(cells(periods), value="v", time="time", start=periods[0], end=periods[-1])


def test_ordered_categories_are_in_the_order_they_say():
    numbers, text = cells([1, 2, 3]), cells(WAVES)
    text["time"] = pd.Categorical(text["time"], categories=WAVES, ordered=True)
    path = ag.shift_share_path(text, value="v", start="wave1", end="wave10")
    expected = ag.shift_share_path(numbers, value="v", start=1, end=3)
    assert path["time"].astype(str).tolist() == ["wave2"] * 4 + ["wave10"] * 4
    pd.testing.assert_frame_equal(path.drop(columns="time"), expected.drop(columns="time"))
    index = ag.dynamic_index(text, value="v", time="time", start="wave2", end="wave10")
    pd.testing.assert_frame_equal(
        index, ag.dynamic_index(numbers, value="v", time="time", start=2, end=3)
    )


@pytest.mark.parametrize(
    "labels",
    [["2002", "2012"], ["2000-01", "2000-02", "2001-01"], ["2000Q4", "2001Q1"], ["t0", "t1"]],
)
def test_text_that_sorts_as_time_does_is_taken(labels):
    require_order(pd.Index(labels), "time")


def test_packed_dates_are_told():
    counts, unit = unpack(np.array([200011, 200012, 200101]), "t")
    assert (np.diff(counts).tolist(), unit) == ([1, 1], "months (yyyymm)")
    assert unpack(np.array([20003, 20004, 20011]), "t")[1] == "quarters (yyyyq)"
    days = unpack(np.array([20000228, 20000229, 20000301]), "t")
    assert (days - days[0]).dt.days.tolist() == [0, 1, 2]
    assert unpack(np.array([2000, 2001]), "t") is None
    with pytest.raises(InputError, match=r"look like yyyyww.*pandas.to_datetime"):
        unpack(np.array([200013, 200101]), "t")


def test_a_chain_steps_through_days():
    periods = [20000228, 20000229, 20000301]
    path = ag.shift_share_path(cells(periods), value="v", start=periods[0], end=periods[-1])
    assert "a step is 1 of 'time' (of days, read as yyyymmdd)" in path.attrs["notes"][0]


@pytest.mark.parametrize(
    ("periods", "note"),
    [
        ([200011, 200012, 200101], "a step is 1 of 'time' (of months, read as yyyymm)"),
        ([20004, 20011, 20012], "a step is 1 of 'time' (of quarters, read as yyyyq)"),
        ([2000, 2002, 2004], "a step is 2 of 'time': 2000 to 2002"),
    ],
)
def test_the_step_of_a_chain_is_said(periods, note):
    path = ag.shift_share_path(cells(periods), value="v", start=periods[0], end=periods[-1])
    plain = ag.shift_share_path(cells([1, 2, 3]), value="v", start=1, end=3)
    assert note in path.attrs["notes"][0]
    assert plain.attrs["notes"] == []
    assert path["competitive"].tolist() == plain["competitive"].tolist()


@pytest.mark.parametrize("first", [200001, 20000101])
def test_dates_that_are_whole_numbers_one_apart_need_no_note(first):
    periods = [first, first + 1, first + 2]
    path = ag.shift_share_path(cells(periods), value="v", start=first, end=first + 2)
    assert path.attrs["notes"] == []


def test_a_gap_between_packed_dates_is_named():
    periods = [200011, 200012, 200102]
    with pytest.raises(
        InputError, match=r"steps are 1 \(of months, read as yyyymm\) except '200012"
    ):
        ag.shift_share_path(cells(periods), value="v", start=200011, end=200102)


FUNCTIONS = (ag.shift_share, ag.dynamic_index, ag.leave_one_out_growth)


@pytest.mark.parametrize("categories", [[2010, 2005, 2000], ["2010", "2005", "2000"]])
@pytest.mark.parametrize("function", [*FUNCTIONS, ag.shift_share_path])
def test_unordered_categories_are_in_the_order_of_their_values(function, categories):
    # polars and files of labels number categories by who came first: no order of time
    numbers = cells([2000, 2005, 2010])
    labels = type(categories[0])
    coded = numbers.assign(
        time=pd.Categorical(numbers["time"].map(labels), categories=categories, ordered=False)
    )
    found = function(coded, value="v", time="time", start=labels(2000), end=labels(2010))
    right = function(numbers, value="v", time="time", start=2000, end=2010)
    plain = [frame.drop(columns="time", errors="ignore") for frame in (found, right)]
    pd.testing.assert_frame_equal(*plain)
    gini = ag.concentration(coded, value="v", time="time")
    assert gini["time"].map(int).is_monotonic_increasing


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_part_of_a_date_is_no_period(function):
    # pandas finds "2000" in an index of dates, as all days of that year
    numbers = cells([2000, 2010])
    for when in (pd.to_datetime, lambda text: pd.PeriodIndex(text, freq="Y")):
        dated = numbers.assign(time=when(numbers["time"].astype(str)))
        with pytest.raises(InputError, match=r"'2000'.*[Cc]hoose"):
            function(dated, value="v", time="time", start="2000", end="2010")
