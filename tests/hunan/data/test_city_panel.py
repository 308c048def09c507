"""The city tables: the crosswalk, the two sources, the breaks, and the traps of the panel."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.data.city_panel import (
    city_gdp_breaks,
    city_gdp_sources,
    city_source_disagreements,
    load_city_gdp,
    load_city_panel,
    load_city_values,
)
from hunan.data.dimensions import load_provinces
from hunan.data.panel_dimensions import load_panel_variables
from hunan.data.prefectures import (
    crosswalk_evidence,
    load_prefecture_changes,
    load_prefecture_codes,
    load_prefectures,
)
from hunan.data.province_panel import load_province_panel

CHANGSHA = "430100"


@pytest.fixture(scope="module")
def prefectures() -> pd.DataFrame:
    return load_prefectures()


def test_codes_are_unique_and_lie_in_their_province(prefectures: pd.DataFrame) -> None:
    assert prefectures["city"].is_unique
    assert (prefectures["city"].str[:2] + "0000" == prefectures["region"]).all()
    assert set(prefectures["region"]) <= set(load_provinces()["region"])
    assert not prefectures.duplicated(["name_zh", "region"]).any()
    assert not prefectures.duplicated(["name_en", "region"]).any()


def test_names_that_stand_twice_are_told_apart_by_province(prefectures: pd.DataFrame) -> None:
    codes = prefectures.set_index(["name_en", "region"])["city"]
    assert codes["Suzhou", "320000"] == "320500"
    assert codes["Suzhou", "340000"] == "341300"
    assert codes["Fuzhou", "350000"] == "350100"
    assert codes["Fuzhou", "360000"] == "361000"
    assert codes["Taizhou", "320000"] == "321200"
    assert codes["Taizhou", "330000"] == "331000"
    assert codes["Yichun", "230000"] == "230700"
    assert codes["Yichun", "360000"] == "360900"


def test_every_city_of_either_table_is_in_the_crosswalk(prefectures: pd.DataFrame) -> None:
    flags = prefectures.set_index("city")
    assert set(flags.index[flags["in_city_gdp"]]) == set(load_city_values()["city"])
    assert set(flags.index[flags["in_city_panel"]]) == set(load_city_panel()["city"])
    neither = flags.index[~flags["in_city_gdp"] & ~flags["in_city_panel"]]
    assert list(neither) == ["419001", "429004", "429005", "429006"]
    assert flags.loc[neither, "kind"].unique().tolist() == ["county_level_city"]


def test_evidence_for_the_crosswalk() -> None:
    evidence = crosswalk_evidence()
    departure = evidence["departure"].abs()
    assert len(evidence) == 281
    assert departure.median() < 1e-3
    # Dongying: real growth revised; Ziyang: the panel has it without Jianyang, lost in 2016
    assert evidence.loc[departure > 0.2, "city"].tolist() == ["370500", "512000"]


def test_a_wrong_code_would_be_seen() -> None:
    evidence = crosswalk_evidence().set_index("city")
    elsewhere = evidence.index[evidence["closest"] != evidence.index]
    # where another city of the province lies closer, both are close: no swap is hidden
    explained = {"370500", "512000", "340800", "341500", "441200", "610300"}
    assert (evidence.loc[elsewhere.difference(explained), "departure"].abs() < 0.1).all()
    assert len(elsewhere) == 10
    # and a swapped pair would depart by the distance between two cities
    pairs = evidence.loc[["430100", "430200"]]
    assert (pairs["departure"].abs() < 0.05).all()


def test_the_code_that_does_not_exist_is_xiangxi() -> None:
    values = load_city_values().query("city == '433100' and time >= 2006 and time <= 2010")
    assert set(values["code"]) == {"433100", "433300"}
    both = values.query("variable in ['gdp_nominal', 'population_registered']")
    wide = both.pivot(index=["variable", "time"], columns="code", values="value")
    assert len(wide) == 10
    np.testing.assert_allclose(wide["433300"], wide["433100"], rtol=1e-6)


def test_recoded_prefectures_join_the_two_tables() -> None:
    codes = load_prefecture_codes()
    assert codes["code"].is_unique
    assert (codes["code"].str[:2] == codes["city"].str[:2]).all()
    assert not set(codes["code"]) & set(load_prefectures()["city"])
    bijie = load_city_gdp("ck2019").query("city == '520500'")["time"]
    assert bijie.min() <= 2005 and bijie.max() == 2014


def test_administrative_changes() -> None:
    changes = load_prefecture_changes().set_index(["city", "change"])["time"]
    assert changes["341400", "abolished"] == 2011
    assert changes["371200", "abolished"] == 2019
    assert changes["420600", "renamed"] == 2010
    assert set(changes.index.get_level_values("city")) <= set(load_prefectures()["city"])
    chaohu = load_city_gdp("ck2019").query("city == '341400'").dropna(subset=["gdp_nominal"])
    assert chaohu["time"].max() == 2010


def test_two_sources_overlap_and_disagree() -> None:
    pairs = city_source_disagreements()
    same = pairs[pairs["same_code"]]
    assert len(same) == 1204
    assert (same["difference"].abs() > 0.01).sum() == 143
    assert (same["difference"].abs() > 0.05).sum() == 44
    # Xiangxi under its wrong code adds five pairs, which agree
    assert len(pairs) == 1209
    assert (pairs.loc[~pairs["same_code"], "difference"].abs() < 1e-5).all()


def test_shenzhen_2004_differs_by_a_quarter() -> None:
    pairs = city_source_disagreements().set_index(["city", "time"])
    assert pairs.loc[("440300", 2004), "difference"] == pytest.approx(0.2511, abs=5e-5)
    assert pairs.loc[("440300", 2005), "difference"] == pytest.approx(0, abs=1e-5)


def test_both_sources_have_changsha_2007() -> None:
    pairs = city_source_disagreements().set_index(["city", "time"])
    row = pairs.loc[(CHANGSHA, 2007)]
    assert row[["ck2019", "yz2015"]].round(1).tolist() == [2190.3, 2190.3]


def test_one_source_a_city() -> None:
    chosen = load_city_gdp()
    assert (chosen.groupby("city")["source"].nunique() == 1).all()
    assert not chosen.duplicated(["city", "time"]).any()
    expected = city_gdp_sources().set_index("city")["source"]
    got = chosen.groupby("city")["source"].first()
    pd.testing.assert_series_equal(got, expected[got.index], check_names=False)
    assert expected[CHANGSHA] == "yz2015"


def test_a_named_source_is_that_source_alone() -> None:
    assert load_city_gdp("ck2019")["source"].unique().tolist() == ["ck2019"]
    assert load_city_gdp("ck2019")["time"].agg(["min", "max"]).tolist() == [2004, 2014]
    older = load_city_gdp("yz2015")
    assert older["time"].agg(["min", "max"]).tolist() == [1994, 2010]
    assert older["city"].nunique() == 175
    assert older["region"].nunique() == 18
    with pytest.raises(InputError, match=r"source 'both' is unknown.*'yz2015'"):
        load_city_gdp("both")


def test_changsha_breaks_in_2005_and_2008() -> None:
    breaks = city_gdp_breaks().query("city == @CHANGSHA and source == 'ck2019'").set_index("time")
    assert breaks.index.tolist() == [2005, 2008]
    assert breaks["growth"].round(3).tolist() == [0.340, 0.370]
    assert breaks["median_growth"].round(3).tolist() == [0.160, 0.204]
    pd.testing.assert_series_equal(
        breaks["departure"], breaks["growth"] - breaks["median_growth"], check_names=False
    )


def test_real_growth_of_changsha_in_2008_has_no_such_break() -> None:
    real = load_city_panel().set_index(["city", "time"])["gdp_real_1997"]
    assert real[CHANGSHA, 2008] / real[CHANGSHA, 2007] - 1 == pytest.approx(0.209, abs=5e-4)


def test_break_screen_by_hand_and_its_rule() -> None:
    gdp = load_city_gdp("ck2019").pivot(index="city", columns="time", values="gdp_nominal")
    growth = gdp[2013] / gdp[2012] - 1
    outside = growth[(growth - growth.median()).abs() > 0.15].index
    found = city_gdp_breaks().query("source == 'ck2019' and time == 2013")["city"]
    assert sorted(found) == sorted(outside)
    assert len(city_gdp_breaks(0.3)) < len(city_gdp_breaks(0.15)) < len(city_gdp_breaks(0.1))
    with pytest.raises(InputError, match="threshold must be positive"):
        city_gdp_breaks(0)


def test_impossible_investment_is_masked() -> None:
    raw = load_city_values().query("city == '231100' and time == 2013").set_index("variable")
    assert raw.loc["fixed_asset_investment_nominal", "value"] == 2.4341e13
    heihe = load_city_gdp("ck2019").set_index(["city", "time"]).loc[("231100", 2013)]
    assert np.isnan(heihe["fixed_asset_investment_nominal"])
    assert np.isnan(heihe["real_estate_investment_nominal"])
    assert heihe["gdp_nominal"] > 0


def test_panel_of_287_cities() -> None:
    panel = load_city_panel()
    assert panel["city"].nunique() == 287
    assert panel["time"].agg(["min", "max"]).tolist() == [2006, 2018]
    assert not panel.duplicated(["city", "time"]).any()


def test_emissions_end_in_2017() -> None:
    panel = load_city_panel()
    for variable in ["effluent", "so2"]:
        last = panel.dropna(subset=[variable])["time"]
        assert last.agg(["min", "max"]).tolist() == [2006, 2017]


def test_zero_emissions_of_sansha_are_unknown() -> None:
    sansha = load_city_panel().query("city == '460300'")
    assert sansha[["effluent", "so2"]].isna().all(axis=None)


def test_thirteen_cities_of_hunan_exceed_the_province() -> None:
    cities = load_city_panel().query("region == '430000'")
    assert cities["city"].nunique() == 13
    whole = load_province_panel("revised").query("region == '430000'").set_index("time")
    ratio = cities.groupby("time")["population_resident"].sum() / whole["population"]
    # Xiangxi, with 2.6 million residents, is not even among the thirteen
    assert ratio.loc[[2006, 2007, 2008, 2009]].round(3).tolist() == [1.026, 1.029, 1.03, 1.035]
    assert ratio[2010] == pytest.approx(0.961, abs=5e-4)


def test_hubei_cities_under_the_province_are_in_neither_table() -> None:
    three = {"429004", "429005", "429006"}
    assert not three & set(load_city_panel()["city"])
    assert not three & set(load_city_values()["city"])


def test_variables_are_described() -> None:
    variables = load_panel_variables()
    city = set(variables.query("table == 'city_panel'")["variable"])
    assert set(load_city_panel().columns) == {"city", "region", "time", *city}
    gdp = set(variables.query("table == 'city_gdp'")["variable"])
    assert set(load_city_values()["variable"]) == gdp
    prices = variables.set_index(["table", "variable"])["prices"]
    assert prices["city_gdp", "gdp_nominal"] == "nominal"
    assert prices["city_panel", "gdp_real_1997"] == "1997 prices"
