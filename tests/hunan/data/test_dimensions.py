"""Provinces, borders, industries and the concordance."""

import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.data.dimensions import (
    load_concordance,
    load_industries,
    load_neighbours,
    load_provinces,
    with_names,
)
from hunan.data.io_tables import load_io_sector_names


def test_the_four_regions_of_the_statistical_office() -> None:
    # National Bureau of Statistics, division of 2011: 10 east, 6 central, 12 west, 3 north-east
    provinces = load_provinces()
    counts = provinces["macro_region"].value_counts().to_dict()
    assert counts == {"west": 12, "east": 10, "central": 6, "northeast": 3}
    central = provinces.loc[provinces["macro_region"] == "central", "label"]
    assert set(central) == {"SX", "AH", "JX", "HA", "HB", "HN"}


def test_every_province_has_a_tile_of_its_own() -> None:
    provinces = load_provinces()
    assert len(provinces) == 31
    assert not provinces.duplicated(["tile_row", "tile_column"]).any()
    for code in ("region", "label", "name_en", "name_zh"):
        assert provinces[code].is_unique


def test_most_neighbours_touch_on_the_tile_grid() -> None:
    # the grid is ours; this holds it to be roughly geographic
    tiles = load_provinces().set_index("region")[["tile_row", "tile_column"]]
    borders = load_neighbours()
    steps = tiles.loc[borders["region"]].to_numpy() - tiles.loc[borders["neighbour"]].to_numpy()
    touching = (abs(steps).max(axis=1) == 1).mean()
    assert touching > 0.8


def test_borders() -> None:
    borders = load_neighbours()
    of = borders.groupby("region")["neighbour"].agg(set)
    assert of["430000"] == {"420000", "360000", "440000", "450000", "520000", "500000"}
    assert of["310000"] == {"320000", "330000"}
    assert "460000" not in of.index  # Hainan is an island
    pairs = set(borders.itertuples(index=False, name=None))
    assert pairs == {(b, a) for a, b in pairs}
    assert len(pairs) == 2 * 68


def test_the_common_industries() -> None:
    industries = load_industries()
    assert len(industries) == 24
    assert industries["industrial"].sum() == 23
    assert industries.loc[~industries["industrial"], "industry"].tolist() == ["construction"]
    counts = industries["section"].value_counts().to_dict()
    assert counts == {"manufacturing": 16, "mining": 4, "utilities": 3, "construction": 1}


def test_the_two_digit_industries() -> None:
    two_digit = load_industries("csic2011")["industry"]
    # GB/T 4754-2011 has 06 to 46; the source lacks mining support, other manufacturing, repair
    absent = {"11", "41", "43"}
    assert set(two_digit) == {f"{code:02d}" for code in range(6, 47)} - absent
    combined = load_industries("csic2011_combined")
    assert len(combined) == 37
    assert set(two_digit) - set(combined["industry"]) == {"36", "37"}


def test_concordance_maps_each_code_once_and_covers_the_common_industries() -> None:
    concordance = load_concordance()
    assert not concordance.duplicated(["classification", "code"]).any()
    sizes = concordance["classification"].value_counts().to_dict()
    assert sizes == {"csic2011": 38, "io_2012": 27, "io_2017": 26, "io_2002": 25, "io_2007": 25}
    common = set(load_industries()["industry"])
    for name, part in concordance.groupby("classification"):
        lacking = {"construction"} if name == "csic2011" else set()
        assert set(part["industry"]) == common - lacking
    assert concordance.loc[~concordance["exact"], "note"].notna().all()


def test_sector_names_are_the_42_of_each_year() -> None:
    names = load_io_sector_names()
    assert names.groupby("time")["sector"].agg(list).map(len).tolist() == [42] * 4
    by_year = names.query("sector == '17'").set_index("time")["name_en"]
    assert by_year[2007] == "Transport equipment"
    assert by_year[2012] == "Special machinery"  # the same code is another sector


def test_with_names_in_both_languages() -> None:
    codes = pd.DataFrame({"region": ["430000"], "industry": ["transport_equipment"], "v": [1.0]})
    english = with_names(codes)
    assert english.columns.tolist() == ["region", "region_name", "industry", "industry_name", "v"]
    assert english.loc[0, "industry_name"] == "Transport equipment"
    chinese = with_names(codes.rename(columns={"region": "r"}), "zh", region="r")
    assert chinese.loc[0, "r_name"] == "湖南"
    assert codes.columns.tolist() == ["region", "industry", "v"]


def test_messages() -> None:
    with pytest.raises(InputError, match=r"codes '430100' of column 'region' have no region"):
        with_names(pd.DataFrame({"region": ["430100"]}))
    with pytest.raises(InputError, match=r"language 'fr' is unknown; choose 'en' or 'zh'"):
        with_names(pd.DataFrame({"region": ["430000"]}), "fr")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"columns \['region', 'industry'\] are not in the table"):
        with_names(pd.DataFrame({"city": ["430100"]}))
    with pytest.raises(InputError, match=r"classification 'isic' is unknown; choose from"):
        load_industries("isic")  # type: ignore[arg-type]
