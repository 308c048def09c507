"""Industries with an unknown cell: left out whole, with or without totals of their own."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def cells() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    keys = [(r, i, y) for r in "pqr" for i in "ABC" for y in (1, 2)]
    table = pd.DataFrame(keys, columns=["region", "industry", "year"])
    return table.assign(emp=rng.integers(5, 50, len(keys)).astype(float))


KNOWN = cells()
UNKNOWN = KNOWN.assign(emp=KNOWN["emp"].mask((KNOWN["industry"] == "C") & (KNOWN["region"] == "q")))
PERIODS = {"value": "emp", "time": "year", "start": 1, "end": 2, "missing": "drop_industry"}
WITHOUT = KNOWN[KNOWN["industry"] != "C"]


def test_an_industry_with_an_unknown_cell_goes_whole():
    with pytest.warns(ag.AgglometricsWarning, match="left out of all periods .*'C'"):
        found = ag.shift_share(UNKNOWN, **PERIODS)
    pd.testing.assert_frame_equal(found, ag.shift_share(WITHOUT, **PERIODS))


def test_it_goes_from_the_reference_too():
    totals = KNOWN.groupby(["industry", "year"], as_index=False)["emp"].sum()
    with pytest.warns(ag.AgglometricsWarning, match="left out of all periods .*'C'"):
        found = ag.shift_share(UNKNOWN, **PERIODS, reference=totals)
    expected = ag.shift_share(WITHOUT, **PERIODS, reference=totals[totals["industry"] != "C"])
    pd.testing.assert_frame_equal(found, expected)


def test_an_unknown_total_takes_its_industry_out():
    totals = KNOWN.groupby(["industry", "year"], as_index=False)["emp"].sum()
    blank = totals.assign(emp=totals["emp"].mask(totals["industry"] == "C"))
    with pytest.warns(ag.AgglometricsWarning, match="left out of all periods .*'C'"):
        found = ag.shift_share(KNOWN, **PERIODS, reference=blank)
    expected = ag.shift_share(WITHOUT, **PERIODS, reference=totals[totals["industry"] != "C"])
    pd.testing.assert_frame_equal(found, expected)
