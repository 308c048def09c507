"""The raw tables against the files in which their figures were read: script and test are one."""

import json
from pathlib import Path

import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.data.dimensions import load_industries, load_neighbours, load_provinces
from hunan.data.integrity import read_manifest
from hunan.data.origin import dimensions, employment, province_panel
from hunan.data.origin.__main__ import main
from hunan.data.origin.catalogue import OURS, REBUILT
from hunan.data.origin.comparing import Rebuilt, compare, differences
from hunan.data.origin.folder import Origin, coded
from hunan.data.store import raw_folder

WHOLE = [source.table for source in REBUILT if not source.keys]


@pytest.mark.external
@pytest.mark.parametrize("source", REBUILT, ids=lambda source: f"{source.table}-{source.files[0]}")
def test_every_table_is_what_its_origin_says(source: Rebuilt, reference: Path) -> None:
    origin = Origin(reference.parent / "data")
    if missing := [name for name in source.files if not (origin.folder / name).is_file()]:
        pytest.skip(f"origin files {missing} are not in {origin.folder}")
    found = compare(source, origin)
    assert found.agrees, found.report()
    assert found.cells > 0
    assert found.same_bytes == (source.table in WHOLE)


def test_every_raw_table_has_an_origin_or_a_reason() -> None:
    tables = {Path(name).stem for name in read_manifest(raw_folder())}
    assert {source.table for source in REBUILT} | set(OURS) == tables
    assert not {source.table for source in REBUILT} & set(OURS)
    assert all(source.without for source in REBUILT if source.keys)
    # the figures of the study are rebuilt whole
    assert len(WHOLE) == len(set(WHOLE)) >= 14
    assert {"io_sectors", "io_flows", "employment", "wages", "province_panel", "co2"} <= set(WHOLE)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    """An origin folder of two files, made from the committed tables the other way round."""
    provinces = load_provinces()
    file = tmp_path / dimensions.STANDARD
    file.parent.mkdir()
    provinces.rename(columns={"region": "adcode"})[["adcode", "name_en", "name_zh"]].to_csv(
        file, index=False
    )
    names = provinces.set_index("region")["name_zh"]
    industries = load_industries("csic2011").set_index("industry")["name_zh"]
    long = pd.read_csv(raw_folder() / "employment.csv", dtype={"region": "str", "industry": "str"})
    wide = long.assign(
        province=long["region"].map(names), name=long["industry"].map(industries), year=long["time"]
    ).pivot(index=["province", "year"], columns="name", values="employment")
    file = tmp_path / employment.EMPLOYMENT
    file.parent.mkdir()
    wide.to_csv(file)  # 14781.0, as a file of floats writes it
    return Origin(tmp_path)


def source(table: str) -> Rebuilt:
    return next(source for source in REBUILT if source.table == table)


def test_a_wide_file_of_floats_gives_the_committed_bytes(origin: Origin) -> None:
    found = compare(source("employment"), origin)
    assert found.same_bytes
    assert (found.rows, found.cells) == (14136, 4 * 14136)
    assert found.sha256 == read_manifest(raw_folder())["employment.csv"].sha256


def test_a_changed_figure_is_named(origin: Origin) -> None:
    path = origin.path(employment.EMPLOYMENT)
    wide = pd.read_csv(path, dtype="str", keep_default_na=False)
    row = (wide["province"] == "湖南") & (wide["year"] == "2010")
    assert wide.loc[row, "烟草制品业"].tolist() == ["22147.0"]
    wide.loc[row, "烟草制品业"] = "22148.0"
    wide.to_csv(path, index=False)
    found = compare(source("employment"), origin)
    assert not found.agrees
    (cell,) = found.differences
    assert (cell.column, cell.rebuilt, cell.committed) == ("employment", "22148", "22147")
    raw = pd.read_csv(raw_folder() / "employment.csv", dtype="str")
    assert raw.loc[int(cell.row), ["region", "industry", "time"]].tolist() == [
        "430000",
        "16",
        "2010",
    ]
    assert "employment: 1 DIFFER" in found.report()


def test_borders_follow_from_common_arcs(tmp_path: Path) -> None:
    borders = load_neighbours()
    names = load_provinces().set_index("region")["name_en"]
    pairs = borders[borders["region"] < borders["neighbour"]].to_numpy().tolist()
    arcs: dict[str, list[int]] = {region: [1000 + int(region)] for region in names.index}
    for number, (one, other) in enumerate(pairs):
        arcs[one].append(number)
        arcs[other].append(~number)  # walked backwards

    def compared(arcs: dict[str, list[int]]) -> tuple[bool, list[str]]:
        shapes = [
            {"type": "Polygon", "properties": {"name": names[region]}, "arcs": [numbers]}
            for region, numbers in arcs.items()
        ]
        path = tmp_path / dimensions.OUTLINES
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"objects": {"chn": {"geometries": shapes}}}))
        found = compare(source("province_neighbours"), Origin(tmp_path))
        return found.agrees, [str(difference) for difference in found.differences]

    assert compared(arcs) == (True, [])
    without_one = arcs | {pairs[-1][0]: arcs[pairs[-1][0]][:-1]}
    agrees, told = compared(without_one)
    assert not agrees
    assert "row 135 is in the committed table only" in told


def test_a_part_is_compared_within_its_bounds() -> None:
    committed = pd.DataFrame(
        {
            "type": ["a", "a", "b"],
            "name": ["x", "y", "x"],
            "date": ["1", "2", "3"],
            "note": ["", "", ""],
        }
    )
    part = committed.iloc[:2].drop(columns="note")
    assert differences(part, committed, ["type", "name"]) == ()
    (lost,) = differences(part.iloc[:1], committed, ["type", "name"])
    assert str(lost) == "row ('a', 'y') is in the committed table only"
    (new,) = differences(part.replace("y", "z"), committed.drop(1), ["type", "name"])
    assert str(new) == "row ('a', 'z') is in the origin only"
    (cell,) = differences(part.replace("2", "4"), committed, ["type", "name"])
    assert str(cell) == "date of ('a', 'y'): '4', committed '2'"
    with pytest.raises(InputError, match=r"keys \['type'\] do not identify a row"):
        differences(part, committed, ["type"])


@pytest.mark.parametrize(
    ("variable", "time", "reader", "release"),
    [
        ("gdp_nominal", "2017", "wd", "revised"),
        ("secondary_share", "2018", "wd", "mixed_2018"),
        ("gdp_tertiary_nominal", "2013", "carbon", "first_release"),
        ("gdp_tertiary_nominal", "2014", "carbon", "census_2018"),
        ("co2_mt", "2014", "carbon", ""),
    ],
)
def test_the_vintage_of_a_figure(variable: str, time: str, reader: str, release: str) -> None:
    row = [pd.Series([text]) for text in (variable, time, reader)]
    assert province_panel.vintages(*row).tolist() == [release]


def test_the_command_says_what_is_there_and_what_is_not(
    origin: Origin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(origin.folder), "--write", str(tmp_path / "raw")]) == 0
    told = capsys.readouterr().out
    assert "employment: identical, byte for byte (14136 rows, 56544 cells)" in told
    assert "provinces: identical as far as available (31 rows, 93 cells)" in told
    assert "wages: NOT COMPARED: origin file 'employment/urban_unit_wage_2005_2016.csv'" in told
    assert "claims: no origin file (read by us in the article examined" in told
    assert "1 identical byte for byte, 2 as far as available, 0 different" in told
    written = (tmp_path / "raw" / "employment.csv").read_bytes()
    assert written == (raw_folder() / "employment.csv").read_bytes()
    assert main([str(tmp_path / "empty")]) == 1
    capsys.readouterr()
    assert main(["--files"]) == 0
    listed = capsys.readouterr().out.split("\n")
    assert employment.EMPLOYMENT in listed
    assert len(listed) == len(set(listed)) > 15


def test_a_name_without_a_code_is_refused() -> None:
    with pytest.raises(InputError, match=r"provinces \['Gansou'\] of an origin file have no code"):
        coded(pd.Series(["Gansu", "Gansou"]), {"Gansu": "620000"}, "provinces")
