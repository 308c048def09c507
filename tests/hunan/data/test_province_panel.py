"""The province panel: vintages kept apart, every known trap met on the real figures."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.data.panel_dimensions import load_panel_defects, load_panel_sources, load_panel_variables
from hunan.data.province_panel import (
    VINTAGES,
    gdp_vintages,
    load_province_panel,
    load_province_values,
)

HUNAN = "430000"


def hunan(vintage: str) -> pd.DataFrame:
    return load_province_panel(vintage).query("region == @HUNAN").set_index("time")


def test_two_vintages_of_hunan_in_2007() -> None:
    # 9,439.6: yearbooks after the census of 2008; 9,200.0: statistical communique of 2007
    assert hunan("revised")["gdp_nominal"][2007] == pytest.approx(9439.6)
    assert hunan("first_release")["gdp_nominal"][2007] == pytest.approx(9200.0)


def test_first_release_of_hunan_in_2002() -> None:
    # 4,340.94: Hunan Statistical Yearbook 2003; the revised figure is 4,151.54
    assert hunan("first_release")["gdp_nominal"][2002] == pytest.approx(4340.94)
    assert hunan("revised")["gdp_nominal"][2002] == pytest.approx(4151.54)


def test_third_vintage_from_2014() -> None:
    assert hunan("census_2018")["gdp_nominal"][2014] == pytest.approx(25881.3)
    assert hunan("revised")["gdp_nominal"][2014] == pytest.approx(27037.32)
    assert hunan("first_release").index.max() == 2013
    assert hunan("census_2018").index.min() == 2014


def test_a_vintage_must_be_chosen() -> None:
    with pytest.raises(TypeError, match="vintage"):
        load_province_panel()  # type: ignore[call-arg]
    with pytest.raises(InputError, match=r"'latest' of GDP is unknown.*'first_release'"):
        load_province_panel("latest")


@pytest.mark.parametrize("vintage", VINTAGES)
def test_one_table_has_one_vintage_and_unique_keys(vintage: str) -> None:
    panel = load_province_panel(vintage)
    assert panel["vintage"].unique().tolist() == [vintage]
    assert not panel.duplicated(["region", "time"]).any()


def test_coverage() -> None:
    def spans(vintage: str) -> tuple[int, int, int]:
        panel = load_province_panel(vintage)
        return panel["region"].nunique(), panel["time"].min(), panel["time"].max()

    assert spans("revised") == (31, 1985, 2017)
    assert spans("first_release") == (30, 1998, 2013)
    assert spans("census_2018") == (30, 2014, 2019)


def test_tertiary_sector_and_so_gdp_lack_2006() -> None:
    panel = load_province_panel("first_release")
    unknown = panel[panel["gdp_tertiary_nominal"].isna()]
    assert unknown["time"].unique().tolist() == [2006]
    assert len(unknown) == 30
    assert unknown["gdp_nominal"].isna().all()
    assert unknown["gdp_secondary_nominal"].notna().all()


def test_hunan_population_changes_concept_in_2005() -> None:
    population = hunan("revised")["population"]
    assert population[2004] == 6698
    assert population[2005] == 6326
    reasons = load_panel_defects().query("variable == 'population' and unit == @HUNAN")
    assert reasons["first_time"].tolist() == [2005]


def test_the_revised_source_ends_in_a_mixed_vintage() -> None:
    # 2018 of the revised source: the census of 2018 in 25 of the 30 provinces that both sources
    # have, and the first release in the five that come last by code but Tibet
    wide = gdp_vintages().query("time == 2018").set_index("region")
    gap = (wide["mixed_2018"] / wide["census_2018"] - 1).abs()
    assert sorted(gap.index[gap > 1e-3]) == ["610000", "620000", "630000", "640000", "650000"]
    assert (gap < 1e-5).sum() == 25
    assert load_province_panel("revised")["time"].max() == 2017


def test_a_growth_rate_across_the_mix_would_be_wrong() -> None:
    wide = gdp_vintages().set_index(["region", "time"])
    tianjin = wide.loc[("120000", 2018), "mixed_2018"] / wide.loc[("120000", 2017), "revised"] - 1
    assert tianjin == pytest.approx(-0.2796, abs=5e-5)


def test_revised_and_first_release_agree_from_2009_to_2012_only() -> None:
    wide = gdp_vintages().dropna(subset=["revised", "first_release"])
    gap = (wide["first_release"] / wide["revised"] - 1).abs().groupby(wide["time"]).max()
    assert gap.index[gap < 1e-5].tolist() == [2009, 2010, 2011, 2012]


def test_repeated_effluent_of_2018_is_masked() -> None:
    rows = load_province_values().query("variable == 'effluent'")
    wide = rows.pivot(index="region", columns="time", values="value")
    assert (wide[2018] == wide[2017]).all()
    assert (wide[2017] != wide[2016]).all()
    revised = load_province_panel("census_2018")
    assert revised.query("time == 2018")["effluent"].isna().all()
    assert revised.query("time == 2017")["effluent"].notna().all()


def test_ten_times_the_sulphur_of_hebei_in_1991_is_masked() -> None:
    rows = load_province_values().query("variable == 'so2' and region == '130000'")
    assert rows.set_index("time")["value"].loc[1990:1992].tolist() == [890000, 8890000, 930000]
    panel = load_province_panel("revised").set_index(["region", "time"])
    assert np.isnan(panel.loc[("130000", 1991), "so2"])


def test_gdp_is_nominal_and_the_capital_stock_is_not() -> None:
    prices = load_panel_variables().query("table == 'province_panel'").set_index("variable")
    assert prices.loc["gdp_nominal", "prices"] == "nominal"
    assert prices.loc["capital_stock_1997", "prices"] == "1997 prices"
    nominal = prices.index[prices["unit"].str.contains("yuan") & prices["prices"].eq("nominal")]
    assert all(name.endswith("_nominal") for name in nominal)


def test_every_variable_and_source_is_described() -> None:
    values, variables = load_province_values(), load_panel_variables()
    described = set(variables.query("table == 'province_panel'")["variable"])
    assert set(values["variable"]) == described
    sources = load_panel_sources().set_index("kind")["key"]
    assert set(values["source"]) <= set(sources["source"])
    assert set(variables["publication"]) <= set(sources["publication"])


def test_inferred_units_are_marked() -> None:
    inferred = load_panel_variables().query("unit_inferred")["variable"]
    assert set(inferred) == {"rd_share_gdp", "invention_patents_per_1e4"}
