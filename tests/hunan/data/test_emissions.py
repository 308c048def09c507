"""CO2 by province and sector: totals apart, sectors coded, gaps known."""

import pandas as pd
import pytest

from hunan.data.dimensions import load_industries, load_provinces
from hunan.data.emissions import load_co2, load_co2_sectors, load_co2_totals
from hunan.data.panel_dimensions import load_panel_defects


@pytest.fixture(scope="module")
def co2() -> pd.DataFrame:
    return load_co2()


def test_thirty_provinces_47_sectors_23_years(co2: pd.DataFrame) -> None:
    assert co2["region"].nunique() == 30
    assert set(load_provinces()["region"]) - set(co2["region"]) == {"540000"}
    assert co2["time"].agg(["min", "max"]).tolist() == [1997, 2019]
    assert co2["sector"].nunique() == 47
    assert len(co2) == 30 * 47 * 23
    assert not co2.duplicated(["region", "time", "sector"]).any()
    assert (co2["co2_mt"] >= 0).all()


def test_three_spellings_of_one_total_are_apart(co2: pd.DataFrame) -> None:
    totals = load_co2_totals()
    assert totals["label"].value_counts().to_dict() == {
        "Total Consumption": 629, "TotalEmissions": 60, "Total Emissions": 1,
    }  # fmt: skip
    assert not totals.duplicated(["region", "time"]).any()
    sums = co2.groupby(["region", "time"])["co2_mt"].sum()
    told = totals.set_index(["region", "time"])["co2_mt"]
    pd.testing.assert_series_equal(sums, told, rtol=1e-6, check_names=False)


def test_sectors_map_to_common_industries(co2: pd.DataFrame) -> None:
    sectors = load_co2_sectors()
    assert set(sectors["sector"]) == set(co2["sector"])
    assert set(sectors["industry"].dropna()) == set(load_industries()["industry"])
    without = sectors.loc[sectors["industry"].isna(), "sector"].tolist()
    assert without == ["01", "08", "43", "44", "45", "46", "47"]


def test_missing_energy_balances_are_flagged(co2: pd.DataFrame) -> None:
    total = co2.groupby(["region", "time"])["co2_mt"].sum()
    assert (total["640000"].loc[2000:2002] < 0.07 * total["640000"][1999]).all()
    assert total["460000", 2002] < 0.12 * total["460000", 2001]
    flagged = load_panel_defects().query("table == 'co2'")
    assert sorted(flagged["unit"]) == ["460000", "640000"]
