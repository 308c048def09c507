"""Calendars: distances are kept where the type of the periods has them."""

import re

import numpy as np
import pandas as pd
import pytest

from agglometrics import Conley, Gmm, Homoskedastic, InputError, dynamic_panel, panel
from agglometrics.tables.periods import calendar, lagged, read_calendar

YEARS = pd.Series([2003, 2000, 2001, 2004, 2000])
MONTH_ENDS = ["2000-04-30", "2000-01-31", "2000-02-29", "2000-05-31", "2000-01-31"]
MONDAYS = ["2000-01-24", "2000-01-03", "2000-01-10", "2000-01-31", "2000-01-03"]
WITH_GAP = [3, 0, 1, 4, 0]


@pytest.mark.parametrize(
    "periods",
    [
        YEARS,
        YEARS.astype(float),
        YEARS.astype(str),
        YEARS.astype("category"),
        pd.Series(pd.PeriodIndex(YEARS.astype(str), freq="Y")),
        pd.to_datetime(YEARS.astype(str)),
        pd.to_datetime(YEARS.astype(str) + "-12-31"),
        pd.Series(pd.PeriodIndex(["2000Q4", "2000Q1", "2000Q2", "2001Q1", "2000Q1"], freq="Q")),
        pd.to_datetime(pd.Series(MONTH_ENDS)),
        pd.to_datetime(pd.Series(MONDAYS)),
    ],
)
def test_gaps_are_seen(periods):
    assert calendar(periods).tolist() == WITH_GAP


def test_text_is_refused_and_ordered_categories_count_their_places():
    waves = pd.Series(["wave2", "wave10", "wave2"], name="wave")
    with pytest.raises(InputError, match=r"periods 'wave' must be numbers.*found 'wave2'.*ordered"):
        calendar(waves)
    names = [f"wave{k}" for k in range(1, 11)]
    assert calendar(waves.astype(pd.CategoricalDtype(names, ordered=True))).tolist() == [0, 8, 0]


@pytest.mark.parametrize(
    ("values", "codes", "note"),
    [
        ([200003, 200006, 200012, 200103], [0, 1, 3, 4], r"months \(yyyymm\), 3 apart"),
        ([20001, 20004, 20011], [0, 3, 4], r"quarters \(yyyyq\), 1 apart"),
        ([20001, 20002, 20011], [0, 1, 2], r"half-years \(yyyyh\), 1 apart"),
        ([20000331, 20000630, 20001231], [0, 1, 3], r"dates \(yyyymmdd\)"),
        ([2000, 2002, 2006], [0, 1, 3], "a period is 2 of 't'"),
        ([2000.25, 2000.5, 2001.0], [0, 1, 3], "a period is 0.25 of 't'"),
        ([20001, 20002, 20003, 20005], [0, 1, 2, 4], "^$"),
    ],
)
def test_steps_and_packed_dates_are_read_and_said(values, codes, note):
    found = read_calendar(pd.Series(values, name="t"))
    assert found.codes.tolist() == codes
    assert re.search(note, found.note)


def test_weeks_and_days_of_the_year_are_refused_by_name():
    for values, name in (([200051, 200101], "yyyyww"), ([2000365, 2001001], "yyyyddd")):
        with pytest.raises(InputError, match=name):
            calendar(pd.Series(values, name="t"))


def test_no_lag_spans_a_year_that_every_unit_lacks():
    rng = np.random.default_rng(0)
    unit, year = np.divmod(np.arange(60), 6)
    x, y = rng.normal(size=(2, 60))
    data = pd.DataFrame({"unit": unit, "year": 2000 + year, "x": x, "y": y})
    data = data[data.year != 2003]
    dates = data.assign(year=pd.to_datetime(data.year.astype(str)))
    said = {"entity": "unit", "time": "year", "cov": Homoskedastic()}
    fits = [panel("y ~ lag(x)", table, **said) for table in (data, dates)]
    # lags of 2001, 2002 and 2005
    assert [fit.n_obs for fit in fits] == [30, 30]
    assert fits[0].params == pytest.approx(fits[1].params, rel=1e-12)


def test_lags_by_hand():
    unit, period = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 3, 0, 1])
    out = lagged(np.array([1.0, 2, 3, 4, 5]), unit, period, 1)
    assert out[[1, 4]].tolist() == [1.0, 4.0]
    assert np.isnan(out[[0, 2, 3]]).all()


DAYS = pd.to_datetime([f"{year}-01-01" for year in range(2000, 2008)])
FAR = {
    "falling categories": (
        pd.Series(pd.Categorical([2000, 2001], categories=[2001, 2000], ordered=True), name="t"),
        r"periods 't' are ordered categories that fall from 2001 to 2000.*Order them",
    ),
    "seconds": (
        pd.Series([946684801, 978307203, 1009843217], name="t"),
        r"periods 't' span \d+ steps.*only 3 have rows.*number the periods",
    ),
    "two digits": (
        pd.Series([98, 99, 0, 1], name="t"),
        r"periods 't' look like years of two digits.*0, 1, 98, 99.*Write the century",
    ),
    "uneven fractions": (
        pd.Series([2000.0, 2000.08, 2000.17, 2000.25], name="t"),
        r"not evenly spaced; found 2000 and 2000\.25\.",
    ),
}


@pytest.mark.parametrize("name", FAR)
def test_periods_that_are_none_are_refused(name):
    values, words = FAR[name]
    with pytest.raises(InputError, match=words):
        read_calendar(values)


def test_dates_held_as_objects_are_dates():
    held = pd.Series([day.date() for day in DAYS[[0, 3, 4]]], name="t")
    assert held.dtype == object
    assert calendar(held).tolist() == [0, 3, 4]


def test_a_lag_over_days_of_years_says_how_far_apart_periods_are():
    serial = (DAYS - pd.Timestamp(1900, 1, 1)).days
    data = pd.DataFrame({"i": 1, "t": serial, "x": np.arange(8.0) ** 2, "y": np.arange(8.0)})
    with pytest.raises(InputError, match=r"one period earlier.*365 to 366 steps apart\. Number"):
        panel("y ~ lag(x)", data, entity="i", time="t", cov=Homoskedastic())


def test_a_mistyped_year_is_named_by_dynamic_panel():
    i, t = np.divmod(np.arange(240), 8)
    y = np.random.default_rng(0).normal(size=240)
    data = pd.DataFrame({"i": i, "t": np.where(t == 7, 9999, 2000 + t), "y": y})
    words = r"periods 't' run from 2000 to 9999 in 8000 steps, 8 of them with rows\. Correct"
    with pytest.raises(InputError, match=words):
        dynamic_panel("y ~ lag(y)", data, entity="i", time="t", gmm=Gmm("y"))


def test_conley_over_time_does_not_pay_for_years_without_rows():
    rng = np.random.default_rng(1)
    i, t = np.divmod(np.arange(80), 8)
    x, e = rng.normal(size=(2, 80))
    data = pd.DataFrame({"i": i, "t": 2000 + t, "x": x, "y": x + e, "lon": i / 10, "lat": 30.0})
    cov = Conley(50, time="t", lags=1)
    near = panel("y ~ x", data, entity="i", time="t", cov=cov)
    far = panel("y ~ x", data.assign(t=data.t.replace(2007, 900_000)), entity="i", time="t",
                cov=cov)  # fmt: skip
    cut = panel("y ~ x", data.assign(t=data.t.replace(2007, 2009)), entity="i", time="t", cov=cov)
    assert far.std_errors == pytest.approx(cut.std_errors, rel=1e-12)
    assert far.std_errors != pytest.approx(near.std_errors, rel=1e-6)
