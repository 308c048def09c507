"""Rank decisions have one home: `agglometrics.linalg`, where columns are scaled first."""

import re
from pathlib import Path

import agglometrics

ROOT = Path(agglometrics.__file__).parent
BARE = re.compile(r"linalg\.(pinv|lstsq|matrix_rank)\(")
# kernels of shift-share designs: shares, all of one unit; the search for rows of totals stands
# below linalg, and divides each figure by its largest value itself
OTHERS = {"shiftshare", "tables/totals/groups.py"}


def test_no_pseudo_inverse_or_rank_outside_linalg():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if BARE.search(path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if not {name, name.split("/")[0]} & {"linalg", *OTHERS}} == set()
    assert any(name.startswith("linalg") for name in found)  # the pattern finds what it looks for
