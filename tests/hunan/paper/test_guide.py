"""The guide to the replication says what the project holds: tables, packages, seeds, programs."""

import re
from pathlib import Path

import pytest

from hunan.data.integrity import read_manifest
from hunan.paper import guide
from hunan.paper.exhibits import exhibits

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "REPLICATION.md").read_text(encoding="utf-8")


def test_datasets_packages_and_seeds_are_those_of_the_project(text: str) -> None:
    for made in (guide.datasets(ROOT), guide.packages(ROOT), guide.seeds(ROOT)):
        assert made in text, "run python -m hunan.paper.guide and put what it prints into the guide"


def test_the_lists_are_not_empty() -> None:
    tables = guide.datasets(ROOT)
    assert tables.count("\n") == len(read_manifest(ROOT / "data" / "raw")) + 1
    assert tables.count("whole, byte for byte") >= 14
    assert "numpy 2." in guide.packages(ROOT)
    rows = guide.seeds(ROOT).splitlines()[2:]
    assert "| `notebooks/40_cluster_effects.ipynb` | In [1] | 40 |" in rows
    assert len(rows) >= 4


@pytest.mark.parametrize(
    ("line", "seed"),
    [
        ("SEED = 40", "40"),
        ("DRAWS, SEED = 9999, 20050101", "20050101"),
        ("found = test(x, seed=7)", "7"),
        ("found = test(x, seed=SEED)", ""),
        ("SEEDS = 3", ""),
    ],
)
def test_a_seed_is_one_that_is_typed(line: str, seed: str) -> None:
    assert guide._seed(line) == seed


def test_every_source_table_has_citation_date_and_licence(text: str) -> None:
    sources = text[text.index("### Sources") : text.index("## Dataset list")]
    rows = [line for line in sources.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`([a-z_0-9]+)\*?`", " ".join(row.split("|")[1] for row in rows)))
    tables = {Path(name).stem for name in read_manifest(ROOT / "data" / "raw")}
    described = {name for name in tables if name in named or name.startswith("panel_")}
    assert described == tables
    assert all(len(row.split("|")) == 6 and all(row.split("|")[1:5]) for row in rows)
    assert "accessed in November 2026" in sources
    # each repository that was read stands among the references, with its commit
    references = text[text.index("## References") :]
    for repository, commit in re.findall(r"([\w-]+/[\w-]+), ([0-9a-f]{7})\b", sources):
        assert repository in references, repository
        assert commit in references, repository


def test_the_sections_of_the_template_stand_in_its_order(text: str) -> None:
    sections = [
        "Overview", "Data availability and provenance", "Dataset list",
        "Computational requirements", "Description of programs", "Instructions",
        "List of exhibits and programs", "References",
    ]  # fmt: skip
    assert re.findall(r"^## (.*)$", text, re.M) == sections


def test_every_program_of_an_exhibit_is_described_and_exists(text: str) -> None:
    programs = text[text.index("## Description of programs") : text.index("## Instructions")]
    described = set(re.findall(r"`notebooks/(\d\d)", programs))
    books = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    made = {
        name
        for document in ("paper.md", "appendix.md")
        for name in exhibits(ROOT / "paper" / document, ROOT / "notebooks")["program"]
    }
    assert made <= books
    first_two = {name[:2] for name in books}
    ranges = set(map(str, range(60, 66)))  # "60 to 65" is one line
    assert first_two <= described | ranges
    # what makes an exhibit is in the Makefile's list, so that make builds it
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in made:
        assert name.removesuffix(".ipynb") in makefile


def test_every_number_of_the_text_has_its_cell(text: str) -> None:
    """The list that a build writes has a row, a notebook and a cell for each key of the text."""
    for name in ("paper", "appendix"):
        assert f"numbers_in_{name}.csv" in text
        listed = ROOT / "paper" / "tables" / f"numbers_in_{name}.csv"
        if not listed.is_file():
            pytest.skip("the article is not built: make")
        import pandas as pd

        rows = pd.read_csv(listed)
        source = (ROOT / "paper" / f"{name}.md").read_text(encoding="utf-8")
        assert set(rows["key"]) == set(re.findall(r"\{\{([a-z][a-z0-9_]*)\}\}", source))
        assert (rows["cell"] > 0).all()
        assert all((ROOT / "notebooks" / f"{book}.ipynb").is_file() for book in rows["notebook"])
