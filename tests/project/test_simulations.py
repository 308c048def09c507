"""The committed table of simulations holds the experiments that the scripts define, no other."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.simulations.experiments import registry
from tests.simulations.pages import page

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(ROOT / "tests" / "simulations" / "table.csv")


def test_its_experiments_are_those_of_the_scripts(table: pd.DataFrame) -> None:
    said = ["experiment", "quantity", "design", "stress", "claimed"]
    found = table[said].drop_duplicates().itertuples(index=False, name=None)
    defined = [(s.name, s.kind, s.design, s.stress, s.claimed) for s in registry()]
    assert list(found) == defined
    assert not table.duplicated(["experiment", "method"]).any()


def test_its_errors_are_those_of_its_samples(table: pd.DataFrame) -> None:
    p, n = table["simulated"], table["samples"]
    assert ((p * n).round(6) % 1 == 0).all()
    assert table["monte_carlo_error"].to_numpy() == pytest.approx(np.sqrt(p * (1 - p) / n))
    assert table["seed"].nunique() == 1


def test_the_page_is_the_table(table: pd.DataFrame) -> None:
    assert (ROOT / "docs" / "simulations.md").read_text("utf-8") == page(table)


def test_a_page_by_hand() -> None:
    rows = pd.DataFrame(
        {"experiment": "one", "method": ["a", "b"], "quantity": "size", "design": "ten rows",
         "stress": True, "claimed": 0.05, "simulated": [0.1, 0.04], "monte_carlo_error": 0.03,
         "samples": 100, "seed": 7}
    )  # fmt: skip
    text = page(rows)
    assert "The seed is 7;" in text
    assert "## One\n\nTen rows. Outside the designs that they are meant for" in text
    assert "| b | 0.040 | 0.05 | 0.030 | 100 |" in text
