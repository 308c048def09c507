"""Pilots and development zones: membership, dates, serials, repairs, words for industries."""

import pytest

from agglometrics.errors import InputError
from hunan.data.dimensions import load_industries, load_provinces
from hunan.data.policy import (
    load_national_zones,
    load_pilots,
    load_zone_industries,
    load_zone_terms,
    load_zones,
    zone_counts,
    zone_date_disagreements,
    zone_repairs,
)
from hunan.data.prefectures import load_prefectures

HUNAN = "430000"


def test_members_of_the_two_oriented_pilot() -> None:
    members = load_pilots("two_oriented_society").set_index("unit")
    assert members["approved"].unique().tolist() == ["2007-12-14"]
    group = members["group"]
    assert group[["430100", "430200", "430300"]].unique().tolist() == ["chang_zhu_tan"]
    assert (group == "wuhan_city_circle").sum() == 9
    # Xiantao, Qianjiang and Tianmen are members that no city table has
    cities = load_prefectures().set_index("city")
    absent = [unit for unit in members.index if not cities.loc[unit, "in_city_panel"]]
    assert absent == ["429004", "429005", "429006"]


def test_pilots_stand_in_known_places() -> None:
    pilots = load_pilots()
    known = set(load_provinces()["region"]) | set(load_prefectures()["city"])
    assert set(pilots["unit"]) <= known
    assert not pilots.duplicated(["pilot", "group", "unit"]).any()
    lengths = pilots["precision"].map({"year": 4, "month": 7, "day": 10})
    assert (pilots["approved"].str.len() == lengths).all()


def test_low_carbon_batches() -> None:
    pilots = load_pilots("low_carbon")
    assert pilots.groupby("group").size().to_dict() == {"batch_1": 13, "batch_2": 29, "batch_3": 30}
    third = pilots[pilots["group"] == "batch_3"]
    assert third["note"].str.contains("30 of 45").all()
    doubtful = set(third.loc[third["doubtful"], "unit"])
    second = set(pilots.loc[pilots["group"] == "batch_2", "unit"])
    assert doubtful == {"350700", "510800"}
    assert doubtful == second & set(third["unit"])


def test_unknown_pilot_is_refused() -> None:
    with pytest.raises(InputError, match=r"pilot 'two-oriented' is unknown.*'low_carbon'"):
        load_pilots("two-oriented")


def test_doubtful_dates_of_national_zones() -> None:
    zones = load_national_zones()
    counts = zones["type"].value_counts()
    assert counts["economic_technological_zone"] == 157
    assert counts["high_tech_zone"] == 156
    doubtful = zones[zones["doubtful"]]
    listed = doubtful.loc[doubtful["type"] == "economic_technological_zone", "name_zh"]
    assert listed.tolist() == ["许昌", "衢州"]
    high_tech = zones[zones["type"] == "high_tech_zone"]
    assert high_tech["approved"].notna().sum() == 18
    assert high_tech["doubtful"].sum() == 7
    assert high_tech["by_2006"].sum() == 53


def test_dates_of_two_origins() -> None:
    gaps = zone_date_disagreements().set_index("name_zh")
    # the list has Quzhou five years before the catalogue; the others differ by months at most
    assert gaps.loc["衢州", ["listed", "catalogue"]].tolist() == ["2006-06", "2011-06"]
    assert gaps.loc["衢州", "months"] == -60
    assert len(gaps) == 13
    assert gaps["months"].drop("衢州").abs().max() == 5
    linked = load_national_zones().dropna(subset=["zone"])
    assert linked["zone"].is_unique
    assert len(linked) == 117
    catalogue = load_zones().set_index("zone").loc[linked["zone"]]
    assert (catalogue["region"].to_numpy() == linked["region"].to_numpy()).all()
    assert (catalogue["level"] == "national").all()


def test_zones_of_five_provinces() -> None:
    zones = load_zones()
    assert zones["region"].value_counts().to_dict() == {
        "370000": 174, "320000": 170, "440000": 132, "430000": 129, "330000": 120,
    }  # fmt: skip
    assert zones["zone"].is_unique
    assert (zones["code"].str[1:3] + "0000" == zones["region"]).all()
    assert ((zones["code"].str[0] == "G") == (zones["level"] == "national")).all()
    assert (zones["area_ha"] > 0).all()


def test_october_is_not_january() -> None:
    # read as a number, 2012.10 would become 2012.1
    zones = load_zones().set_index("zone")
    assert zones["approved"].str.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])").all()
    assert (zones["approved"].str[5:] == "10").sum() > 20
    assert (zones["approved"].str[:4].astype(int) == zones["time"]).all()


def test_one_code_stands_twice() -> None:
    zones = load_zones()
    twice = zones[zones["code"].duplicated(keep=False)]
    assert twice["zone"].tolist() == ["S377018", "S377018b"]
    assert twice["region"].unique().tolist() == ["370000"]


def test_misprint_is_repaired_and_recorded() -> None:
    name = load_zones().set_index("zone")["name_zh"]["G372026"]
    assert name.startswith("淄博")
    record = zone_repairs().set_index("column").loc["name_zh"]
    assert record["as_read"].startswith("湽博")
    assert record["repaired"] == name
    assert not load_zones()["name_zh"].str.contains("湽").any()


def test_hunan_by_2006() -> None:
    # Hong Yan: 76 parks, 3 national and 73 provincial
    counts = zone_counts().query("region == @HUNAN and time == 2006").set_index("level")["zones"]
    assert counts["national"] == 3
    provincial = load_zones().query("region == @HUNAN and level == 'provincial'")
    early = provincial[provincial["serial"] <= 73]
    assert early["time"].max() == 2006
    assert provincial.loc[provincial["serial"] > 73, "time"].min() > 2006
    # eleven of the serials 001 to 073 have gone since: upgraded or merged
    assert len(early) == counts["provincial"] == 62


def test_counts_add_up() -> None:
    counts = zone_counts()
    assert not counts.duplicated(["region", "level", "time"]).any()
    assert counts["approved"].sum() == 725
    last = counts.query("time == time.max()").groupby("region")["zones"].sum()
    assert last[HUNAN] == 129
    assert (counts.groupby(["region", "level"])["zones"].diff().dropna() >= 0).all()


def test_industries_are_mapped_only_where_clear() -> None:
    terms = load_zone_terms()
    assert terms["term_zh"].is_unique
    known = set(load_industries()["industry"])
    assert set(terms["industry"].dropna()) <= known
    assert (terms["industry"].notna() == terms["match"].eq("clear")).all()
    assert terms["match"].value_counts().to_dict() == {
        "clear": 299, "several": 140, "service": 55, "none": 1,
    }  # fmt: skip


def test_every_term_of_every_zone_is_in_the_mapping() -> None:
    rows = load_zone_industries()
    assert rows["match"].notna().all()
    assert not rows.duplicated(["zone", "position"]).any()
    assert set(rows["zone"]) == set(load_zones()["zone"])
    assert set(rows["term_zh"]) == set(load_zone_terms()["term_zh"])
