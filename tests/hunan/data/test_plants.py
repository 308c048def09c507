"""Establishments around Strasbourg: what is loaded, its schema, and the extract cell by cell."""

from pathlib import Path

import pytest

from agglometrics.errors import InputError
from hunan.audits.schemas import validate
from hunan.data.plants import (
    load_plant_blocks,
    load_plant_divisions,
    load_plants,
    load_size_brackets,
)

LOADERS = {
    "plant_blocks": load_plant_blocks,
    "plants": load_plants,
    "size_brackets": load_size_brackets,
}


@pytest.mark.parametrize("name", sorted(LOADERS))
def test_real_tables_pass(name: str) -> None:
    frame = LOADERS[name]()
    assert validate(name, frame) is frame


@pytest.mark.parametrize(
    ("name", "column", "bad"),
    [
        ("plants", "naf_class", "4711F"),  # a shop
        ("plants", "block", "751010101"),
        ("plants", "commune", "67482"),  # not the one that its block is in
        ("plants", "bracket", "99"),
        ("plant_blocks", "x", 48),  # degrees
        ("plant_blocks", "manufacturing", 10_000),
        ("size_brackets", "low", 3.0),  # above its high
    ],
)
def test_a_bad_cell_is_refused(name: str, column: str, bad: object) -> None:
    frame = LOADERS[name]().copy()
    frame.loc[0, column] = bad
    with pytest.raises(InputError, match=f"table '{name}' breaks its schema"):
        validate(name, frame)


def test_counts_of_plants_and_blocks_agree() -> None:
    plants, blocks = load_plants(), load_plant_blocks().set_index("block")
    counted = plants.groupby("block").size().reindex(blocks.index, fill_value=0)
    assert counted.tolist() == blocks["manufacturing"].tolist()
    assert (counted > 0).sum() == 238
    assert blocks["commune"].nunique() == 86


def test_who_has_employees() -> None:
    plants = load_plants()
    without = plants["bracket"].isin(["00", "NN"])
    assert without.sum() == 955
    assert (plants.loc[without, ["low", "high", "middle"]] == 0).all(axis=None)
    assert (plants.loc[~without, "low"] >= 1).all()
    # no open bracket in manufacturing; the largest plants have 1,000 to 1,999 employees
    assert plants["high"].max() == 1999
    assert plants.query("bracket == '12'")["middle"].unique().tolist() == [34.5]


def test_brackets_follow_one_another() -> None:
    brackets = load_size_brackets().query("low > 0")
    assert brackets["low"].iloc[1:].tolist() == (brackets["high"].iloc[:-1] + 1).tolist()
    assert brackets["high"].isna().tolist() == [False] * 13 + [True]


def test_every_division_has_a_name() -> None:
    divisions = load_plant_divisions()
    assert divisions["division"].tolist() == [str(code) for code in range(10, 34)]
    assert set(load_plants()["division"]) == set(divisions["division"]) - {"12"}  # no tobacco


@pytest.mark.external
def test_centroids_lie_where_the_outlines_do(reference: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    outlines = reference.parent / "data" / "points" / "sirene_basrhin" / "CONTOURS-IRIS_D067.shp"
    if not outlines.is_file():
        pytest.skip(f"no {outlines}: the outlines are not here")
    shapes = geopandas.read_file(outlines, columns=["DCOMIRIS", "DEPCOM"]).set_index("DCOMIRIS")
    blocks = load_plant_blocks().set_index("block")
    shapes = shapes.loc[blocks.index]
    assert shapes.crs.to_epsg() == 2154
    assert (shapes["DEPCOM"] == blocks["commune"]).all()
    assert (shapes.centroid.x - blocks["x"]).abs().max() <= 0.5
    assert (shapes.centroid.y - blocks["y"]).abs().max() <= 0.5
    assert (shapes.area / 1e6 - blocks["area_km2"]).abs().max() <= 0.0005
    assert (~shapes.contains(shapes.centroid)).sum() == 5
