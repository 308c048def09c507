"""Printed digits and computed numbers side by side: by hand, and what is refused."""

from pathlib import Path

import pandas as pd
import pytest

from agglometrics.errors import InputError
from published import comparison
from published.comparison import Paper, compare, difference, printed, summary

HEAD = "table,item,number,published,source,reason\n"


@pytest.fixture
def paper(tmp_path, monkeypatch):
    """Return a function that writes a table of printed digits and names its paper."""
    monkeypatch.setattr(comparison, "NUMBERS", tmp_path)

    def write(rows: str) -> Paper:
        (tmp_path / "small.csv").write_text(HEAD + rows)
        return Paper("Small (1999)", "small", lambda folder: {("T", "a"): {"x": 1.2345, "n": 7.0}})

    return write


def test_a_difference_counts_the_printed_digits():
    assert difference("1.23", 1.2345) == 0
    assert difference("1.24", 1.2345) == -0.01
    assert difference("1.2346", 1.2345) == -0.0001
    assert difference("-0.000", -0.0004) == 0
    assert difference("7", 7.4) == 0


def test_ours_theirs_and_the_difference(paper):
    found = compare(paper("T,a,x,1.24,p. 3,rounded twice\nT,a,n,7,p. 3,\n"), Path("unused"))
    assert found["computed"].tolist() == [1.2345, 7.0]
    assert found["difference"].tolist() == [-0.01, 0.0]
    assert found["reason"].tolist() == ["rounded twice", ""]
    row = summary(found).loc["Small (1999)"]
    assert row.to_dict() == {"numbers": 2, "met": 1, "differ": 1}


def test_what_is_printed_is_computed(paper):
    with pytest.raises(
        InputError, match=r"T, a, y is printed but not computed; found \['n', 'x'\]"
    ):
        compare(paper("T,a,y,1,p. 3,\n"), Path("unused"))


def test_a_number_has_one_row_and_a_source(paper):
    with pytest.raises(InputError, match="found 1 repeats and 1 rows without a source"):
        printed(paper("T,a,x,1,p. 3,\nT,a,x,1,,\n"))
    with pytest.raises(InputError, match="needs the columns"):
        pd.DataFrame({"a": [1]}).to_csv(comparison.NUMBERS / "other.csv", index=False)
        printed(Paper("Other", "other", lambda folder: {}))
