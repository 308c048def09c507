"""Power plants of China: what is loaded, its schema, sites, and the extract cell by cell."""

import pytest

from agglometrics.errors import InputError
from hunan.audits.schemas import validate
from hunan.data.power_plants import load_power_fuels, load_power_plants, power_plant_sites


def test_real_table_passes() -> None:
    frame = load_power_plants()
    assert validate("power_plants", frame) is frame


@pytest.mark.parametrize(
    ("column", "bad"),
    [("fuel", "Peat"), ("latitude", 120.0), ("latitude", None), ("capacity_mw", 0.0),
     ("status", "Planned"), ("power_plant", "W0002")],
)  # fmt: skip
def test_a_bad_cell_is_refused(column: str, bad: object) -> None:
    frame = load_power_plants().copy()
    frame.loc[0, column] = bad
    with pytest.raises(InputError, match="table 'power_plants' breaks its schema"):
        validate("power_plants", frame)


def test_what_the_codebook_says() -> None:
    entries = load_power_plants()
    assert entries["status"].value_counts().to_dict() == {
        "Operational": 444, "Shutdown": 36, "Under Construction": 9,
    }  # fmt: skip
    assert entries["status"].isna().sum() == 2_648
    assert entries["capacity_mw"].isna().sum() == 30
    assert entries.loc[entries["longitude"].isna(), "fuel"].tolist() == ["Solar"] * 11
    assert entries["wri_id"].duplicated(keep=False).sum() == 20


def test_sites_keep_capacity_and_count_a_site_once() -> None:
    entries, sites = load_power_plants(), power_plant_sites()
    kept = entries[~entries["status"].isin(["Shutdown", "Under Construction"])]
    kept = kept.dropna(subset=["longitude"])
    assert sites["entries"].sum() == len(kept)
    assert sites["capacity_mw"].sum() == pytest.approx(kept["capacity_mw"].sum(), rel=1e-12)
    assert len(sites) == 3_037
    place = ["fuel", "longitude", "latitude"]
    assert set(sites[place].itertuples(index=False)) == set(kept[place].itertuples(index=False))


def test_every_fuel_has_a_name() -> None:
    fuels = load_power_fuels()
    assert fuels["fuel"].is_unique
    assert set(fuels["fuel"]) == set(load_power_plants()["fuel"])
    assert fuels.notna().all(axis=None)
