"""Published archives are found by name, checked, and refused in another edition."""

from pathlib import Path

import pandas as pd
import pytest

from agglometrics.datasets.archives import (
    Archive,
    Table,
    read_adh,
    read_bhj,
    read_gpss,
    read_gpss_canonical,
)
from agglometrics.errors import InputError

ARCHIVE = Archive("example.org/archive", {"shocks": Table(("ours", "theirs"), 3, "g", 6.0)})


@pytest.mark.parametrize("reader", [read_adh, read_bhj, read_gpss, read_gpss_canonical])
def test_an_empty_folder_says_where_the_data_are_published(reader, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none of .* is in .*published at github\.com"):
        reader(tmp_path)


@pytest.mark.parametrize("name", ["ours.csv", "theirs.csv", "theirs.dta", "ours.parquet"])
def test_names_and_endings(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"g": [1.0, 2.0, 3.0]})
    path = tmp_path / name
    {
        ".csv": lambda: frame.to_csv(path, index=False),
        ".dta": lambda: frame.to_stata(path, write_index=False),
        ".parquet": lambda: frame.to_parquet(path),
    }[path.suffix]()
    assert ARCHIVE.read(tmp_path, "shocks")["g"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 2.0, 3.1]])
def test_another_edition_is_refused(values: list[float], tmp_path: Path) -> None:
    pd.DataFrame({"g": values}).to_csv(tmp_path / "ours.csv", index=False)
    with pytest.raises(InputError, match=r"3 rows and a sum of 'g' of 6; found .*example\.org"):
        ARCHIVE.read(tmp_path, "shocks")


@pytest.mark.external
def test_published_shapes(reference: Path) -> None:
    folder = reference / "shift_share"
    shapes = [
        reader(folder).aligned.W.shape
        for reader in (read_adh, read_bhj, read_gpss, read_gpss_canonical)
    ]
    assert shapes == [(1444, 770), (1444, 794), (1444, 780), (2166, 684)]
