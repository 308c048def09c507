"""Firm files of the layout of China's surveys, on made-up rows."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from agglometrics import AgglometricsWarning, InputError, collapse, ellison_glaeser
from agglometrics.datasets.firm_layouts import ASIF, ECONOMIC_CENSUS
from agglometrics.datasets.microdata import firm_problems, read_firms


@pytest.fixture
def file() -> pd.DataFrame:
    """Six firms of 2006: names as in the survey, codes as text; made up."""
    return pd.DataFrame(
        {
            "法人代码": ["A", "B", "C", "D", "E", "F"],
            "省地县码": ["430104", "430211", "430281", "440305", "440306", "430105"],
            "行业代码": ["3714", "3725", "0610", "3721", "0690", "3719"],
            "年份": ["2006"] * 6,
            "全部从业人员年平均人数": ["1200", "300", "80", "500", "20", "100"],
            "工业总产值(当年价格)": [9e5, 1e5, 2e4, 4e5, 5e3, 3e4],
            "主营业务收入": [8e5, 1e5, 2e4, 4e5, 5e3, None],
        }
    )


def test_codes_are_cut_to_the_levels_that_were_asked_for(file: pd.DataFrame) -> None:
    plants = read_firms(file, ASIF, region_level="county", industry_digits=3)
    assert list(plants) == ["plant", "region", "industry", "time", "jobs", "output", "sales"]
    assert plants["region"].tolist() == file["省地县码"].tolist()
    assert plants["industry"].tolist() == ["371", "372", "061", "372", "069", "371"]
    assert plants["time"].tolist() == [2006] * 6
    assert plants["jobs"].tolist() == [1200, 300, 80, 500, 20, 100]
    assert plants["sales"].isna().tolist() == [False] * 5 + [True]
    provinces = read_firms(file, ASIF, region_level="province")
    assert provinces["region"].tolist() == ["43", "43", "43", "44", "44", "43"]
    assert provinces["industry"].tolist() == ["37", "37", "06", "37", "06", "37"]


def test_numbers_get_their_leading_zeros_back(file: pd.DataFrame) -> None:
    as_numbers = file.assign(
        省地县码=file["省地县码"].astype(float), 行业代码=file["行业代码"].astype(int)
    )
    pd.testing.assert_frame_equal(
        read_firms(as_numbers, ASIF, industry_digits=4), read_firms(file, ASIF, industry_digits=4)
    )
    mixed = file.assign(行业代码=[3714, "3725", 610, 3721.0, "0690", 3719])
    pd.testing.assert_frame_equal(read_firms(mixed, ASIF), read_firms(file, ASIF))


def test_section_letters_and_township_digits_are_left_off(file: pd.DataFrame) -> None:
    census = file.assign(
        行业代码="C" + file["行业代码"], 省地县码=file["省地县码"] + "001200"
    ).rename(columns={"全部从业人员年平均人数": "年末从业人员数"})
    plants = read_firms(census, ECONOMIC_CENSUS, region_level="county")
    assert plants["region"].tolist() == file["省地县码"].tolist()
    assert plants["industry"].tolist() == ["37", "37", "06", "37", "06", "37"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_in_both_usual_encodings(file: pd.DataFrame, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "firms.csv"
    file.to_csv(path, index=False, encoding=encoding)
    pd.testing.assert_frame_equal(read_firms(path, ASIF, encoding=encoding), read_firms(file, ASIF))
    if encoding == "gb18030":
        with pytest.raises(InputError, match=r"not in 'utf-8-sig'.*encoding='gb18030'"):
            read_firms(path, ASIF)


def test_parquet_and_stata(file: pd.DataFrame, tmp_path: Path) -> None:
    file.to_parquet(tmp_path / "firms.parquet")
    expected = read_firms(file, ASIF)
    pd.testing.assert_frame_equal(read_firms(tmp_path / "firms.parquet", ASIF), expected)
    names = ["firm_id", "region_code", "industry_code", "year", "employment", "output", "revenue"]
    english = file.set_axis(names, axis=1).astype({"year": int, "employment": int})
    english.to_stata(tmp_path / "firms.dta", write_index=False)
    pd.testing.assert_frame_equal(read_firms(tmp_path / "firms.dta", ASIF), expected)


def test_the_plants_table_is_ready_for_the_measures(file: pd.DataFrame) -> None:
    plants = read_firms(file, ASIF, region_level="province")
    gamma = ellison_glaeser(plants, size="jobs", time="time").set_index("industry")
    # By hand, jobs: division 37 has 1200 + 300 + 100 in 43 and 500 in 44; H of the four firms.
    assert gamma.loc["37", "n_plants"] == 4
    by_hand = (1200**2 + 300**2 + 500**2 + 100**2) / 2100**2
    assert gamma.loc["37", "herfindahl"] == pytest.approx(by_hand, rel=1e-14)
    cells = collapse(plants, by=["region", "industry"], value="jobs").set_index(
        ["region", "industry"]
    )
    assert cells.loc[("43", "37"), "jobs"] == 1600


def test_every_rule_is_counted_and_nothing_goes_silently(file: pd.DataFrame) -> None:
    broken = pd.concat([file, file.iloc[[0]]], ignore_index=True)  # A twice: rows 0 and 6
    broken.loc[1, "省地县码"] = "43X211"
    broken.loc[2, "行业代码"] = "610"  # text that lost its zero
    broken.loc[3, "全部从业人员年平均人数"] = "0"
    broken.loc[4, "全部从业人员年平均人数"] = "n.a."
    counts = firm_problems(broken, ASIF).set_index("problem")
    assert counts.loc[counts["rows"] > 0, "rows"].to_dict() == {
        "plant repeated in a year": 2,
        "region code not valid": 1,
        "industry code not valid": 1,
        "jobs missing": 1,
        "jobs not above 0": 1,
        "jobs not a number": 1,
    }
    assert counts.loc["jobs missing", "first"] == 4
    assert counts.loc["jobs missing", "share"] == pytest.approx(1 / 7)
    with pytest.raises(InputError, match=r"6 of 7 rows.*repeated in a year: 2 \(first row 0\)"):
        read_firms(broken, ASIF)
    with pytest.warns(AgglometricsWarning, match=r"6 of 7 rows.*set aside"):
        kept = read_firms(broken, ASIF, problems="set_aside")
    assert kept["plant"].tolist() == ["F"]


def test_a_size_that_is_no_number_is_not_quietly_unknown(file: pd.DataFrame) -> None:
    marked = file.astype({"工业总产值(当年价格)": object})
    marked.loc[2, "工业总产值(当年价格)"] = "20,000"
    with pytest.raises(InputError, match=r"output not a number: 1 \(first row 2\)"):
        read_firms(marked, ASIF)
    marked.loc[2, "工业总产值(当年价格)"] = None
    assert read_firms(marked, ASIF)["output"].isna().tolist() == [False] * 2 + [True] + [False] * 3


def test_missing_keys_are_problems_too(file: pd.DataFrame) -> None:
    holes = file.copy()
    for row, column in enumerate(["法人代码", "省地县码", "行业代码", "年份"]):
        holes.loc[row, column] = None
    counts = firm_problems(holes, ASIF).set_index("problem")["rows"]
    assert counts[counts > 0].to_dict() == {
        "plant missing": 1,
        "region missing": 1,
        "industry missing": 1,
        "year not known": 1,
    }


def test_a_number_with_fewer_digits_than_a_full_code_is_refused(file: pd.DataFrame) -> None:
    divisions = file.assign(行业代码=[37, 37, 6, 37, 6, 37])  # would be filled to 0037
    with pytest.raises(InputError, match="industry code not valid: 6"):
        read_firms(divisions, ASIF)


def test_years_that_span_a_break_warn(file: pd.DataFrame) -> None:
    panel = pd.concat([file, file.assign(年份="2011")], ignore_index=True)
    with pytest.warns(AgglometricsWarning, match=r"2006-2011.*from 2007 .*from 2011 .*20 million"):
        assert len(read_firms(panel, ASIF)) == 12
    after = pd.concat([file.assign(年份=y) for y in ("2008", "2010")], ignore_index=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_firms(after, ASIF)) == 12


def test_year_and_columns_may_be_given(file: pd.DataFrame) -> None:
    own = file.drop(columns="年份").rename(columns={"法人代码": "code"})
    plants = read_firms(own, ASIF, year=2006, columns={"plant": "code"})
    pd.testing.assert_frame_equal(plants, read_firms(file, ASIF))
    layout = replace(ASIF, plant=("code",))
    pd.testing.assert_frame_equal(read_firms(own, layout, year=2006), plants)


def test_messages(file: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column for 'time'.*pass year="):
        read_firms(file.drop(columns="年份"), ASIF)
    with pytest.raises(InputError, match="no column for 'jobs' of the economic census"):
        read_firms(file, ECONOMIC_CENSUS)
    with pytest.raises(InputError, match=r"2 columns for 'region'.*columns=\{'region'"):
        read_firms(file.assign(行政区划代码="430104"), ASIF)
    with pytest.raises(InputError, match="year=2006 is given, but the file has years"):
        read_firms(file, ASIF, year=2006)
    with pytest.raises(InputError, match=r"columns= names \['firm'\]"):
        read_firms(file, ASIF, columns={"firm": "法人代码"})
    with pytest.raises(InputError, match="names 'nowhere' for 'plant'"):
        read_firms(file, ASIF, columns={"plant": "nowhere"})
    with pytest.raises(InputError, match="region_level='city' is unknown"):
        read_firms(file, ASIF, region_level="city")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no file"):
        read_firms(tmp_path / "none.csv", ASIF)
    with pytest.raises(InputError, match="no rows"):
        read_firms(file.head(0), ASIF)
