"""Every registered paper, computed from published data: ours, theirs, and why they differ."""

import pytest

from published.comparison import NUMBERS, compare, printed
from published.registry import PAPERS, absent, compare_all


@pytest.mark.external
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.file)
def test_printed_numbers_are_met_or_the_reason_is_given(reference, paper):
    found = compare(paper, reference)
    differ, explained = found["difference"] != 0, found["reason"] != ""
    assert found.loc[differ & ~explained, ["table", "item", "number"]].values.tolist() == []
    # a reason stands only where there is a difference
    assert found.loc[explained & ~differ, ["table", "item", "number"]].values.tolist() == []


def test_every_table_of_digits_has_its_paper():
    assert {paper.file for paper in PAPERS} == {path.stem for path in NUMBERS.glob("*.csv")}
    assert len({paper.name for paper in PAPERS}) == len(PAPERS)
    for paper in PAPERS:
        assert len(printed(paper)) > 0


def test_papers_without_data_are_named(tmp_path):
    found = compare_all(tmp_path)
    assert len(found) == 0
    assert absent(found) == [paper.name for paper in PAPERS]
