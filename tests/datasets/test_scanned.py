"""Numbers told by their bytes: the same answer as by their form, cell by cell."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agglometrics.datasets.files.options import UNKNOWN_WORDS
from agglometrics.datasets.files.scanned import has_empty, may_hold, scanned
from agglometrics.datasets.files.typed import FRACTION, WHOLE
from agglometrics.datasets.own import read_table

PLAIN = r"-?((0|[1-9]\d*)(\.\d*)?|\.\d+)"
"""FRACTION without exponents."""
cells = st.lists(st.text("0019-.eEN湖", max_size=21) | st.none(), max_size=6)


def array(texts, front=()):
    """Return an array as the reader holds it: texts behind a heading that is cut off."""
    return pa.array([*front, *texts], pa.large_string()).slice(len(front))


@given(cells, st.lists(st.text("ab1", max_size=3), max_size=2))
def test_bytes_tell_what_forms_tell(texts, front):
    known = [each for each in texts if each is not None]
    seen = scanned(array(texts, front))
    assert (seen is None) == (not known or "" in known)
    if seen is None:
        return
    assert seen.is_whole() == all(re.fullmatch(WHOLE, each) for each in known)
    assert seen.is_plain() == all(re.fullmatch(PLAIN, each) for each in known)
    assert not seen.is_plain() or all(re.fullmatch(FRACTION, each) for each in known)


@given(st.lists(st.text("N/An湖", max_size=3), max_size=6))
def test_a_word_that_is_there_may_be(texts):
    held = array(texts, ["NA", ""])
    assert has_empty(held) == ("" in texts)
    assert may_hold(held, ["NA"]) or "NA" not in texts
    assert may_hold(held, ["N"]) == any("N" in each for each in texts)
    assert not may_hold(held, ["none"])
    assert may_hold(held, UNKNOWN_WORDS) or not set(UNKNOWN_WORDS) & set(texts)


@pytest.mark.parametrize(
    ("cell", "whole", "plain"),
    [("-0", True, True), ("00", False, False), ("1" * 18, True, True), ("1" * 19, False, True),
     ("0.", False, True), (".", False, False), ("-.5", False, True), ("01.5", False, False),
     ("1" + "." * 256, False, False), ("1" + "." * 257, False, False), ("1-", False, False)],
)  # fmt: skip
@pytest.mark.parametrize("beside", [(), ("12",)])
def test_by_hand(cell, whole, plain, beside):
    seen = scanned(array([*beside, cell]))
    assert (seen.is_whole(), seen.is_plain()) == (whole, plain)


def test_one_odd_cell_far_below_keeps_a_column_text(tmp_path):
    many = [str(each) for each in range(10, 1010)]
    for odd in ("007", "1.2.3", "1-2", "1E5", "1" * 19):
        rows = "".join(f"{a},x\n" for a in [*many, odd, *many])
        (tmp_path / "codes.csv").write_text(f"code,name\n{rows}")
        frame = read_table(tmp_path / "codes.csv")
        assert frame["code"].dtype == "str"
        assert frame["code"].tolist() == [*many, odd, *many]
    assert np.asarray(frame["name"] == "x").all()
