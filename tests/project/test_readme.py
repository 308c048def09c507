"""The README names what is there and states what is measured; tests/docs_site runs its code."""

import re
from pathlib import Path

import pandas as pd

import agglometrics
from docs.site.evidence import judged

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def test_public_calls_of_the_table_exist() -> None:
    table = README.read_text("utf-8").split("| call | answers |")[1].split("\n\n")[0]
    calls = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row)]
    assert len(calls) > 8
    for name in calls:
        assert hasattr(agglometrics, name), name


def test_what_is_said_of_simulations_holds_in_their_table() -> None:
    table = pd.read_csv(ROOT / "tests" / "simulations" / "table.csv")
    bends = table[judged(table) == "bends"]
    less = r"\s+covers?\s+less\s+than\s+(?:it\s+claims|they\s+claim)"
    said = re.findall(
        rf"[Ii]n \*([^*]+)\*\s+([^.;]+?){less},\s+([^.;]+?)\s+do(?:es)?\s+not",
        README.read_text("utf-8"),
    )
    assert len(said) == 2
    for experiment, less_than_claimed, not_less in said:
        rows = table[table["experiment"].str.lower() == experiment.lower()]
        found = set(bends["method"][bends["experiment"].str.lower() == experiment.lower()])
        short, held = (set(re.findall(r"`(\w+)`", x)) for x in (less_than_claimed, not_less))
        assert short and held and short | held <= set(rows["method"])
        assert short <= found
        assert not held & found


def test_notebooks_of_the_table_are_those_of_the_folder() -> None:
    text = README.read_text("utf-8")
    named = set(re.findall(r"^\| `(\d\d_\w+)` \|", text, flags=re.MULTILINE))
    assert named == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_every_public_name_exists() -> None:
    for name in agglometrics.__all__:
        assert hasattr(agglometrics, name), name
