"""The front of the evaluation room: a long table with a policy becomes arrays, or is refused."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation import panel as front
from agglometrics.evaluation import requirements

NAMES = {"outcome": "y", "unit": "i", "time": "t", "treated": "d"}


def table(n=4, T=5, starts=None):
    """Return a balanced panel; `starts` says which unit is treated from which year."""
    i, t = np.divmod(np.arange(n * T), T)
    frame = pd.DataFrame({"i": i, "t": 2000 + t, "y": 10.0 * i + t + 1})
    start = frame["i"].map({0: 2003} if starts is None else starts)
    return frame.assign(d=(frame["t"] >= start.fillna(9999)).astype(int))


def read(frame):
    return front.read_panel(frame, **NAMES)


def test_by_hand():
    found = read(table())
    assert found.Y[1].tolist() == [11, 12, 13, 14, 15]
    assert found.units.tolist() == [0, 1, 2, 3]
    assert found.periods.tolist() == [2000, 2001, 2002, 2003, 2004]
    assert found.first.tolist() == [3, 5, 5, 5]
    assert found.ever.tolist() == [True, False, False, False]
    assert found.on[0].tolist() == [False, False, False, True, True]
    assert requirements.require_one_start(found) == 3


def test_order_of_rows_and_dtype_change_nothing():
    frame = table()
    mixed = frame.sample(frac=1, random_state=1).astype({"i": "str", "t": "str", "d": bool})
    one, other = read(frame), read(mixed)
    assert np.array_equal(one.Y, other.Y) and np.array_equal(one.first, other.first)
    assert list(other.units) == list("0123")


def test_a_column_and_a_subset():
    frame = table().assign(z=lambda f: f["y"] ** 2)
    found = read(frame.iloc[::-1])
    assert np.array_equal(found.column("z"), found.Y**2)
    kept = found.take(found.ever)
    assert kept.units.tolist() == [0] and np.array_equal(kept.column("z"), kept.Y**2)


def test_a_lost_row_is_unknown_and_gaps_in_the_calendar_are_kept():
    frame = table()
    found = read(frame[(frame["i"] != 2) | (frame["t"] != 2001)])
    assert np.isnan(found.Y[2, 1]) and np.isnan(found.Y).sum() == 1
    assert np.isnan(found.column("y")[2, 1])
    later = read(frame[frame["t"] != 2001])
    assert later.calendar.tolist() == [0, 2, 3, 4] and later.first[0] == 2


def test_starts_differ():
    found = read(table(starts={0: 2003, 1: 2002}))
    assert found.first.tolist() == [3, 2, 5, 5]
    with pytest.raises(InputError, match=r"one period; found starts 2002, 2003\. Keep"):
        requirements.require_one_start(found)


def test_zero_in_a_logarithm_names_the_cell():
    frame = table()
    with np.errstate(divide="ignore"):
        frame["y"] = np.log(frame["y"].where(frame["y"] != 12, 0))
    with pytest.raises(InputError, match=r"minus infinity in 1 rows, first \{'i': 1, 't': 2001\}"):
        read(frame)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"d": lambda f: f["d"] * 2}, r"must be 1 in treated.*found 2\. For two treatments"),
        ({"d": lambda f: f["d"].where(f.index != 3)}, r"'d' is unknown in 1 of 20 rows"),
        ({"d": lambda f: f["d"].astype(str)}, r"found '0', '1'|must be 1"),
        ({"y": lambda f: f["y"].astype(str)}, r"'y' must be numeric"),
        ({"y": lambda f: f["y"].where(f.index != 3, np.inf)}, r"'y' is infinite in 1 rows"),
        ({"t": 2000}, r"do not identify rows"),
        ({"i": lambda f: f["i"].where(f.index != 3)}, r"'i' is missing in 1 of 20"),
        ({"d": lambda f: f["d"].where(f.index != 4, 0)}, r"unit 0 is treated from 2003 and not in"),
    ],
)
def test_bad_columns(change, words):
    with pytest.raises(InputError, match=words):
        read(table().assign(**change))


def test_treatment_on_off_and_on_again():
    frame = table(starts={0: 2001})
    frame.loc[2, "d"] = 0
    # in whatever row it ends, the first of the table among them
    for first in range(4):
        order = np.r_[first, np.delete(np.arange(len(frame)), first)]
        with pytest.raises(InputError, match=r"treated from 2001 and not in 2002"):
            read(frame.iloc[order])


def test_nobody_and_at_once():
    with pytest.raises(IdentificationError, match="no unit is treated"):
        read(table(starts={}))
    with pytest.raises(IdentificationError, match=r"units 1 are treated in the first period, 2000"):
        read(table(starts={1: 2000}))


def test_one_column_twice():
    with pytest.raises(InputError, match="four columns"):
        front.read_panel(table(), outcome="y", unit="i", time="t", treated="y")
    with pytest.raises(InputError, match="are not in the table"):
        front.read_panel(table(), outcome="y", unit="i", time="t", treated="nothing")
    with pytest.raises(InputError, match="no rows"):
        read(table().iloc[:0])


def test_unbalanced_units_are_named():
    frame = table()
    found = read(frame.drop(index=[6, 7, 11]))
    with pytest.raises(InputError, match=r"2 of 4 units.*: 1, 2\. The donor 1.*in 2001, 2002"):
        requirements.require_balanced(found)
    found = read(frame.assign(y=frame["y"].where(~frame.index.isin([1, 6]))))
    with pytest.raises(InputError, match=r"treated unit 0 lacks 'y' before its treatment in 2001"):
        requirements.require_balanced(found)
    requirements.require_balanced(read(frame))


def test_requirements():
    short = read(table(starts={0: 2001, 1: 2003}))
    with pytest.raises(IdentificationError, match=r"at least 2 periods.*; 0 have fewer.*first 1\."):
        requirements.require_pre_periods(short)
    requirements.require_pre_periods(short, 1)
    with pytest.raises(IdentificationError, match=r"found 0 of 2: all are treated"):
        requirements.require_donors(read(table(n=2, starts={0: 2001, 1: 2003})))
    with pytest.raises(IdentificationError, match=r"found 1 of 2: 1\. Add"):
        requirements.require_donors(read(table(n=2)))
    requirements.require_donors(short)
