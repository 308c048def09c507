"""Which notebook makes which exhibit: found in the notebooks, and told in the guide as found."""

from pathlib import Path

import nbformat
import pytest

from agglometrics.errors import InputError
from hunan.paper.exhibits import as_markdown, exhibits

ROOT = Path(__file__).parents[3]
TEXTS = [ROOT / "paper" / name for name in ("paper.md", "appendix.md")]


def test_the_guide_has_the_exhibits_of_both_texts():
    table = as_markdown(TEXTS, ROOT / "notebooks")
    assert table.count("\n") > 40
    assert table in (ROOT / "REPLICATION.md").read_text(encoding="utf-8")


def notebook(folder: Path, name: str, source: str) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbformat.write(book, folder / f"{name}.ipynb")


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.md"
    path.write_text(
        "![A map.](figures/map_en){#fig:map}\n\n![By year.](tables/size_2007){#tbl:size}\n",
        encoding="utf-8",
    )
    return path


def test_a_name_is_found_where_it_is_saved_and_not_where_it_is_read(text):
    notebook(
        text.parent,
        "60_maps",
        'save_both(draw, "map")\nfor y in (1,):\n    save_table(t, f"size_{y}")',
    )
    notebook(text.parent, "61_other", 'read("map")')
    found = exhibits(text, text.parent)
    assert found["exhibit"].tolist() == ["Figure 1", "Table 1"]
    assert found["caption"].tolist() == ["A map.", "By year."]
    assert set(found["program"]) == {"60_maps.ipynb"}


def test_an_exhibit_that_nobody_saves_is_named(text):
    notebook(text.parent, "60_maps", 'save_both(draw, "another")')
    with pytest.raises(InputError, match=r"0 notebooks name the exhibit 'map'.*Save it in one"):
        exhibits(text, text.parent)
