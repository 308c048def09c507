"""The codebook names every raw table and every column of it."""

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TABLES = sorted((ROOT / "data" / "raw").glob("*.csv"))


@pytest.fixture(scope="module")
def codebook() -> str:
    return (ROOT / "data" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_column_is_described(path: Path, codebook: str) -> None:
    assert path.name in codebook
    with path.open(encoding="utf-8", newline="") as lines:
        columns = next(csv.reader(lines))
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", codebook))))
    assert set(columns) <= words


def test_no_path_of_a_machine(codebook: str) -> None:
    assert not re.search(r"(?<!\w)/(work|home|root|tmp|Users)/", codebook)
