"""The exact interval of a location quotient: its standard error, by both references, by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag

# 20 of 30 workers of A and 10 of 70 of B are in region x
CELLS = pd.DataFrame({"region": list("xxyy"), "industry": list("ABAB"), "emp": [20, 10, 10, 60]})


def quotient(**options):
    found = ag.location_quotient(CELLS, value="emp", **options)
    return found.set_index(["region", "industry"])


def test_standard_error_limits_and_p_value_by_hand():
    # industry A: 20 of n = 30 in x, which has 30 of all 100: LQ = (2/3) / .3
    row = quotient(interval=ag.Exact("persons")).loc[("x", "A")]
    assert row["lq"] == pytest.approx(2 / 3 / 0.3)
    assert row["std_error"] == pytest.approx(np.sqrt(2 / 3 * 1 / 3 / 30) / 0.3)
    low, high = stats.beta.ppf(0.025, 20, 11), stats.beta.ppf(0.975, 21, 10)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low / 0.3, high / 0.3))
    assert row["p_value"] == pytest.approx(2 * stats.binom(30, 0.3).sf(19))  # twice the tail


def test_with_national_totals_the_region_draws_its_industries():
    # the nation has A and B at 2 : 3; region x draws 30 workers, 20 of them in A
    totals = pd.DataFrame({"industry": ["A", "B"], "emp": [400.0, 600.0]})
    row = quotient(interval=ag.Exact("persons"), reference=totals).loc[("x", "A")]
    assert row["lq"] == pytest.approx(2 / 3 / 0.4)
    assert row["std_error"] == pytest.approx(np.sqrt(2 / 3 * 1 / 3 / 30) / 0.4)
    assert row["p_value"] == pytest.approx(2 * stats.binom(30, 0.4).sf(19))
