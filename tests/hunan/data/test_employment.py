"""Employment and wages of urban units: every known defect is met on the real tables."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.audits.coverage import coverage_by_province
from hunan.data.employment import (
    CONSTRUCTED_YEARS,
    classify_blanks,
    employment_blanks,
    employment_suspects,
    load_employment,
    load_wages,
)

KEYS = ["region", "industry", "time"]
XINJIANG, TIBET, HUNAN = "650000", "540000", "430000"


@pytest.fixture(scope="module")
def split() -> pd.DataFrame:
    return load_employment("csic2011")


@pytest.fixture(scope="module")
def combined() -> pd.DataFrame:
    return load_employment()


def test_the_total_of_2007_is_the_yearbooks(split: pd.DataFrame) -> None:
    # China Labour Statistical Yearbook 2008, mining, manufacturing and utilities: 43.04 million;
    # so the 39 blank cells of 2007 hide at most 6,500 persons
    year = split.query("time == 2007")["employment"]
    assert year.sum() == pytest.approx(43_038_506, abs=1e-3)
    assert (employment_blanks()["time"] == 2007).sum() == 39


def test_the_level_breaks_in_2013(combined: pd.DataFrame) -> None:
    totals = combined.groupby("time")["employment"].sum() / 1e6
    assert totals.round(1)[[2012, 2013]].to_dict() == {2012: 51.7, 2013: 62.3}
    growth = totals.pct_change()
    assert growth.idxmax() == 2013
    assert growth[2013] == pytest.approx(0.204, abs=0.001)


def test_the_split_of_transport_equipment_is_constructed(split: pd.DataFrame) -> None:
    wide = split.pivot(index=["region", "time"], columns="industry", values="employment")
    share = (wide["36"] / (wide["36"] + wide["37"])).unstack().dropna()
    assert len(share) == 30
    spread = share[CONSTRUCTED_YEARS].max(axis=1) - share[CONSTRUCTED_YEARS].min(axis=1)
    assert (spread < 1e-9).all()
    real = [2012, 2014, 2015, 2016]
    assert (share[real].sub(share[2005], axis=0).abs().median() > 0.005).all()
    marked = split.loc[split["status"] == "constructed"]
    assert set(marked["industry"]) == {"36", "37"}
    assert sorted(marked["time"].unique()) == CONSTRUCTED_YEARS
    assert len(marked) == 2 * 30 * len(CONSTRUCTED_YEARS)


def test_automobiles_and_other_transport_add_up(
    split: pd.DataFrame, combined: pd.DataFrame
) -> None:
    parts = split.loc[split["industry"].isin(["36", "37"])]
    sums = parts.groupby(["region", "time"])["employment"].sum()
    whole = combined.query("industry == '36+37'").set_index(["region", "time"])["employment"]
    assert whole.to_numpy() == pytest.approx(sums[whole.index].to_numpy())
    # the source split whole persons: together they are whole again
    assert (whole - whole.round()).abs().max() < 1e-6
    assert set(combined.query("industry == '36+37'")["status"]) == {"reported", "none"}
    assert "constructed" not in set(combined["status"])


def test_quotient_of_transport_equipment_in_hunan_2005(combined: pd.DataFrame) -> None:
    year = combined.query("time == 2005")
    wide = year.pivot(index="region", columns="industry", values="employment").fillna(0.0)
    share = wide["36+37"] / wide.sum(axis=1)
    assert share[HUNAN] / (wide["36+37"].sum() / wide.to_numpy().sum()) == pytest.approx(
        1.14, abs=0.005
    )


def test_blanks_by_hand() -> None:
    nan = np.nan
    series = {
        "none": [nan, nan, nan, nan],
        "few": [nan, 500.0, nan, 3.0],
        "unknown": [501.0, nan, nan, 2.0],
    }
    cells = pd.DataFrame(
        [("r", industry, year, persons) for industry, values in series.items()
         for year, persons in enumerate(values)],
        columns=[*KEYS, "employment"],
    )  # fmt: skip
    found = classify_blanks(cells)
    assert (found["status"] == found["industry"]).all()
    assert len(found) == 4 + 2 + 2
    second = found.query("industry == 'unknown' and time == 2").iloc[0]
    assert (second["before"], second["after"]) == (501.0, 2.0)


def test_blanks_of_the_real_table(split: pd.DataFrame) -> None:
    blanks = employment_blanks()
    assert blanks["status"].value_counts().to_dict() == {"few": 255, "none": 168, "unknown": 20}
    tibet = blanks.query("region == @TIBET")
    assert len(tibet) == 164
    # Shanghai digs no coal
    shanghai = blanks.query("region == '310000' and industry == '06'")
    assert shanghai["status"].tolist() == ["none"] * 12
    assert not (split["employment"] == 0).where(split["status"] == "reported", False).any()


@pytest.mark.parametrize(
    ("blanks", "unknown"), [("classified", 275), ("zero", 0), ("unknown", 443)]
)
def test_what_becomes_of_blanks(blanks: str, unknown: int) -> None:
    cells = load_employment("csic2011", blanks)  # type: ignore[arg-type]
    assert cells["employment"].isna().sum() == unknown
    assert len(cells) == 31 * 38 * 12


def test_suspect_cells() -> None:
    listed = employment_suspects().set_index(KEYS)
    # found by others with another rule
    known = [
        ("510000", "32", 2014), ("120000", "06", 2016), ("130000", "28", 2016),
        ("430000", "16", 2011), ("530000", "21", 2009), ("340000", "25", 2005),
        ("420000", "12", 2011), ("620000", "42", 2005), ("500000", "24", 2011),
    ]  # fmt: skip
    assert set(known) <= set(listed.index)
    assert len(listed) == 13
    tobacco = listed.loc[("430000", "16", 2011)]
    assert tobacco.to_list() == [2767.0, 22147.0, 19332.0]


def test_oil_loses_its_support_activities_in_2012(combined: pd.DataFrame) -> None:
    oil = combined.query("industry == '07'").groupby("time")["employment"].sum()
    assert oil[2012] / oil[2011] - 1 == pytest.approx(-0.285, abs=0.001)


def test_common_industries(combined: pd.DataFrame) -> None:
    common = load_employment("io_common")
    assert common["industry"].nunique() == 23
    hunan = "region == @HUNAN and time == 2010"
    wide = combined.query(hunan).set_index("industry")["employment"]
    cells = common.query(hunan).set_index("industry")["employment"]
    assert cells["general_special_machinery"] == wide["34"] + wide["35"]
    assert cells["transport_equipment"] == wide["36+37"]
    assert cells.sum() == pytest.approx(wide.sum())


def test_coverage_runs_along_the_comparison() -> None:
    coverage = coverage_by_province().set_index(["region", "time"])
    percent = (coverage[["employment_share", "output_share"]] * 100).round(2)
    assert percent.loc[("330000", 2007)].tolist() == [6.91, 8.83]
    assert percent.loc[(HUNAN, 2007)].tolist() == [2.53, 2.20]
    compared = ["440000", "320000", "330000", "370000", "310000"]
    ratios = coverage["ratio"].xs(2007, level="time")
    assert (ratios[compared] < 1).all()
    assert ratios[HUNAN] > 1
    assert (TIBET, 2007) not in coverage.index
    assert (
        coverage.groupby("time")[["employment_share", "output_share"]]
        .sum()
        .round(2)
        .eq(1)
        .all(axis=None)
    )


def test_wages_lack_xinjiang_in_2012() -> None:
    wages = load_wages("csic2011")
    present = wages.groupby("time")["region"].nunique()
    assert present.loc[2012] == 30
    assert (present.drop(2012) == 31).all()
    assert wages.query("region == @XINJIANG and time == 2012").empty


def test_wages_are_blank_where_employment_is(split: pd.DataFrame) -> None:
    both = load_wages("csic2011").merge(load_employment("csic2011", "unknown"), on=KEYS)
    assert (both["wage"].isna() == both["employment"].isna()).all()


def test_the_split_of_the_transport_wage_is_undone(split: pd.DataFrame) -> None:
    transport = load_wages().query("industry == '36+37'").set_index(["region", "time"])["wage"]
    wages = load_wages("csic2011").set_index(KEYS)["wage"]
    # found here: the two constructed wages lie evenly around a whole number of yuan
    earlier = transport.loc[transport.index.get_level_values("time") <= 2011].dropna()
    assert len(earlier) == 30 * 7
    assert (earlier - earlier.round()).abs().max() < 1e-6
    anhui = (wages["340000", "36", 2005] + wages["340000", "37", 2005]) / 2
    assert transport["340000", 2005] == pytest.approx(anhui) == pytest.approx(16684)
    # where both are real, the mean is weighted
    persons = split.set_index(KEYS)["employment"]
    bill = sum(wages[HUNAN, code, 2014] * persons[HUNAN, code, 2014] for code in ("36", "37"))
    weight = sum(persons[HUNAN, code, 2014] for code in ("36", "37"))
    assert transport[HUNAN, 2014] == pytest.approx(bill / weight)
    assert transport[HUNAN, 2014] == pytest.approx(64046.889, abs=0.001)


def test_messages() -> None:
    with pytest.raises(InputError, match=r"industries='isic' is unknown; choose from \['csic201"):
        load_employment("isic")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"blanks='drop' is unknown; choose from \['classified'"):
        load_employment(blanks="drop")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"industries='io_common' is unknown for wages"):
        load_wages("io_common")  # type: ignore[arg-type]
