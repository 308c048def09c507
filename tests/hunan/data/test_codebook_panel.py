"""The codebook describes every column and variable of the panels' raw tables."""

from pathlib import Path

import pytest

from hunan.data.panel_dimensions import load_panel_defects, load_panel_sources, load_panel_variables
from hunan.data.store import read_raw

CODEBOOK = Path(__file__).parents[3] / "data" / "README.md"
TABLES = [
    "city_gdp", "city_panel", "claims", "co2", "co2_sectors", "co2_totals", "development_zones",
    "national_zones", "panel_defects", "panel_sources", "panel_variables", "pilots",
    "prefecture_changes", "prefecture_codes", "prefectures", "province_panel",
    "zone_industries", "zone_repairs", "zone_terms",
]  # fmt: skip


@pytest.fixture(scope="module")
def codebook() -> str:
    return CODEBOOK.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described(table: str, codebook: str) -> None:
    _, _, section = codebook.partition(f"**`{table}.csv`**")
    paragraph, _, _ = section.partition("**`")
    assert paragraph, f"{table} is not in the codebook"
    lacking = [name for name in read_raw(f"{table}.csv").columns if f"`{name}`" not in paragraph]
    assert not lacking


def test_every_variable_stands_there_with_its_unit(codebook: str) -> None:
    lines = codebook.splitlines()
    for row in load_panel_variables().query("table != 'co2'").itertuples():
        unit = f"{row.unit} (inferred)" if row.unit_inferred else row.unit
        start = f"| `{row.variable}` | {unit} | {row.prices} |"
        assert any(line.startswith(start) for line in lines), start


def test_defects_speak_of_known_variables() -> None:
    variables, defects = load_panel_variables(), load_panel_defects()
    known = set(zip(variables["table"], variables["variable"], strict=True))
    assert set(zip(defects["table"], defects["variable"], strict=True)) <= known
    assert set(defects["action"]) == {"mask", "flag", "absent"}
    assert (defects["first_time"] <= defects["last_time"]).all()


def test_every_source_says_where_it_was_read() -> None:
    sources = load_panel_sources().query("kind == 'source'")
    assert sources["read_from"].str.fullmatch(r"github\.com/[\w.-]+/[\w.-]+ at [0-9a-f]{7}").all()
