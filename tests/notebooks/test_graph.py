"""The notebooks and the Makefile agree on what each notebook reads and who makes it."""

import json
import re
from pathlib import Path

import pytest

from hunan.paper.declared import declared

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def prerequisites(name: str) -> list[str]:
    """Return what the Makefile's rule of a notebook names beside its own source."""
    pattern = rf"^\$\(EXECUTED\)/{name}\.ipynb:(.*)$"
    return " ".join(re.findall(pattern, MAKEFILE, flags=re.MULTILINE)).split()


def notebooks_before(name: str) -> set[str]:
    pattern = r"\$\(EXECUTED\)/(\w+)\.ipynb"
    return {found for entry in prerequisites(name) for found in re.findall(pattern, entry)}


def covers(entries: tuple[str, ...], path: str) -> bool:
    return any(path == entry or path.startswith(f"{entry}/") for entry in entries)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_is_read_is_made_by_a_prerequisite(name: str) -> None:
    files = declared(ROOT / "notebooks" / f"{name}.ipynb")
    assert files is not None, "the first code cell must assign `reads` and `writes`"
    raw = [path for path in files.reads if path.startswith("data/raw")]
    assert not raw or "build/raw-verified" in prerequisites(name)
    makers = {
        before: declared(ROOT / "notebooks" / f"{before}.ipynb")
        for before in notebooks_before(name)
    }
    for path in set(files.reads) - set(raw):
        assert any(covers(maker.writes, path) for maker in makers.values() if maker), path
    for before, maker in makers.items():
        used = maker and any(covers(maker.writes, path) for path in files.reads)
        assert used, f"the Makefile waits for {before}, of which {name} reads nothing"


def test_no_file_is_written_by_two_notebooks() -> None:
    written = [
        path
        for name in NAMES
        if (files := declared(ROOT / "notebooks" / f"{name}.ipynb"))
        for path in files.writes
    ]
    assert len(written) > len(NAMES)
    repeated = {path for path in written if written.count(path) > 1} - {
        "paper/figures",
        "paper/tables",
    }
    assert not repeated


def test_the_makefile_lists_every_notebook() -> None:
    listed = re.search(r"^NOTEBOOKS := (.*)$", MAKEFILE, flags=re.MULTILINE)
    apart = re.search(r"^APART := (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert listed is not None
    known = listed[1].split() + (apart[1].split() if apart else [])
    assert sorted(known) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_committed_without_outputs(name: str) -> None:
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        assert not cell.get("outputs"), "clear the outputs: make builds them"
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("name", NAMES)
def test_the_first_cell_says_what_is_read_and_written(name: str) -> None:
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
    opening = "".join(notebook["cells"][0]["source"])
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert "**Reads**" in opening
    assert "**Writes**" in opening
