"""Rank decisions have one home: `agglometrics.linalg`, where columns are scaled first."""

import re
from pathlib import Path

import agglometrics

ROOT = Path(agglometrics.__file__).parent
BARE = re.compile(r"linalg\.(pinv|lstsq|matrix_rank)\(")
# kernels of shift-share designs: shares, all of one unit
OTHERS = {"shiftshare"}


def test_no_pseudo_inverse_or_rank_outside_linalg():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if BARE.search(path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if name.split("/")[0] not in {"linalg", *OTHERS}} == set()
    assert any(name.startswith("linalg") for name in found)  # the pattern finds what it looks for
