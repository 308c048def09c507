"""The manifest: a changed, absent or unlisted raw file is refused by name."""

import shutil
from pathlib import Path

import pytest

from agglometrics.errors import InputError
from hunan.data import manifest, store
from hunan.data.dimensions import load_provinces
from hunan.data.integrity import describe, read_manifest, write_manifest
from hunan.data.store import raw_folder, study_names, verify


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of two raw tables with a manifest of their own, in the place of the raw folder."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for name in ("provinces.csv", "province_neighbours.csv"):
        shutil.copy(raw_folder() / name, folder / name)
    write_manifest(folder)
    monkeypatch.setattr(store, "FOLDER", folder)
    return folder


def test_the_repository_is_as_its_manifest_says() -> None:
    verify()
    listed = {path.name for path in raw_folder().glob("*.csv")} - {"manifest.csv"}
    assert set(read_manifest(raw_folder())) == listed
    assert study_names() == sorted(name.removesuffix(".csv") for name in listed)


def test_an_entry_worked_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    entry = describe(path)
    # printf 'a,b\n1,2\n3,4\n' | sha256sum
    assert entry.sha256 == "b9485148546419a0f6a85e8d708c923557c15d7f3c7d078ef1fa7f7c0f57d5a5"
    assert (entry.bytes, entry.rows) == (12, 2)


def test_a_changed_file_is_named_by_its_loader_and_by_verify(raw: Path) -> None:
    path = raw / "provinces.csv"
    path.write_bytes(path.read_bytes().replace(b"112.94", b"112.95"))
    with pytest.raises(InputError, match=r"raw file 'provinces.csv' is not the one of the manif"):
        load_provinces()
    with pytest.raises(InputError, match=r"raw file 'provinces.csv'.*never edited"):
        verify()


def test_an_absent_file_is_named(raw: Path) -> None:
    (raw / "provinces.csv").unlink()
    with pytest.raises(InputError, match=r"raw file 'provinces.csv' of the manifest is not in"):
        load_provinces()
    with pytest.raises(InputError, match=r"raw file 'provinces.csv' of the manifest is not in"):
        verify()


def test_an_unlisted_file_is_named(raw: Path) -> None:
    (raw / "extra.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"raw files \['extra.csv'\] are not in the manifest"):
        verify()


def test_an_unknown_table_is_refused_with_the_known_ones(raw: Path) -> None:
    with pytest.raises(InputError, match=r"'plants.csv' is not in the manifest.*provinces.csv"):
        store.read_raw("plants.csv")


def test_no_manifest_and_no_folder(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (raw / "manifest.csv").unlink()
    with pytest.raises(InputError, match=r"no manifest.csv in"):
        verify()
    monkeypatch.setattr(store, "FOLDER", raw / "nowhere")
    with pytest.raises(InputError, match=r"raw tables are not in .*nowhere.*Work in a clone"):
        load_provinces()


def test_the_command_checks_and_rewrites(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert manifest.main(["--check"]) == 0
    path = raw / "provinces.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    assert manifest.main(["--check"]) == 1
    assert "'provinces.csv'" in capsys.readouterr().err
    assert manifest.main([]) == 0
    assert manifest.main(["--check"]) == 0


def test_codes_stay_text_and_na_stays_a_label(raw: Path) -> None:
    (raw / "t.csv").write_text("code,label,value\n01,NA,\n", encoding="utf-8")
    write_manifest(raw)
    row = store.read_raw("t.csv", codes=["code"]).iloc[0]
    assert (row["code"], row["label"]) == ("01", "NA")
    assert row.isna()["value"]
