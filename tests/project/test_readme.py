"""The README's code gives the answers that it prints, and it names what is there."""

import doctest
import re
from pathlib import Path

import agglometrics

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def test_examples_run() -> None:
    result = doctest.testfile(str(README), module_relative=False)
    assert result.attempted > 3
    assert result.failed == 0


def test_public_calls_of_the_table_exist() -> None:
    table = README.read_text("utf-8").split("| call | answers |")[1].split("\n\n")[0]
    calls = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row)]
    assert len(calls) > 8
    for name in calls:
        assert hasattr(agglometrics, name), name


def test_notebooks_of_the_table_are_those_of_the_folder() -> None:
    text = README.read_text("utf-8")
    named = set(re.findall(r"^\| `(\d\d_\w+)` \|", text, flags=re.MULTILINE))
    assert named == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_every_public_name_exists() -> None:
    for name in agglometrics.__all__:
        assert hasattr(agglometrics, name), name
