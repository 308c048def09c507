"""The notebook of published tables, run on the archives where they are.

Its numbers come from the articles and from their authors' programs; the sources stand in it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "35_published_tables.ipynb"


@pytest.mark.external
@pytest.mark.slow
def test_published_numbers_are_met(reference: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hunan.paper.run_notebook", str(NOTEBOOK)]
    environment = os.environ | {"AGGLOMETRICS_REFERENCE": str(reference)}
    subprocess.run([*command, str(tmp_path / "run.ipynb")], env=environment, check=True)
    table = pd.read_csv(ROOT / "data" / "estimates" / "published_tables.csv")
    assert len(table) > 700 and table["paper"].nunique() >= 18
    # other papers' differences carry their reason (tests/published)
    differ = table[(table["difference"] != 0) & table["reason"].isna()].set_index(
        ["table", "item", "number"]
    )["difference"]
    # the notebook says what is known of them
    assert differ.to_dict() == {
        ("BHJ (2022), Table 4", "column 4", "F"): -0.1,
        ("BHJ (2022), Table 4", "column 7", "std_error"): -0.001,
        ("BHJ (2022), Table 4", "column 7", "F"): 0.3,
    }
