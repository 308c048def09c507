import pytest

from agglometrics import InputError
from hunan.paper.typed_numbers import check_typed_numbers

ALLOWED = """---
title: 23 industries
abstract: "The share was {{share}} percent."
bibliography: refs.bib
---

# 5 provinces {#sec:five}

In 2007 and 2002--2017 the share was {{share}} percent; see @fig:map2, [@smith2001, p. 35] and
$x = 1.5$, `y = 3`, CO2, 2SLS, AKM0 and R^2^. There are [4]{.fixed} kinds.

1. first
2. second

![In 2007: {{share}}.](figures/map_35){#fig:map2}
"""


def test_what_the_rule_allows():
    text = ALLOWED.replace("R^2^", "R-squared")
    check_typed_numbers(text)


@pytest.mark.parametrize(
    ("prose", "numeral"),
    [
        ("The share was 2.2 percent.", "2.2"),
        ("It fell by 1,234 people.", "1,234"),
        ("A rank of 8, no less.", "8"),
        ("It was *12* percent.", "12"),
        ("A note.^[It was 35 percent.]", "35"),
        ("![Caption with 17 provinces.](figures/x){#fig:x}", "17"),
        ("- item with 19.5 percent", "19.5"),
        ("[a link with 7](other.html)", "7"),
        ("湖南占全国的 3 成。", "3"),
        ("占２２％。", "２２"),
        ("A span of [9]{.other} things.", "9"),
        ("| a | 44 |\n|---|----|\n| b | c |", "44"),
        ("From 5km on.", "5"),
        ("In 20071 nothing.", "20071"),
    ],
)
def test_what_the_rule_forbids(prose, numeral):
    with pytest.raises(InputError, match=rf"line 3: {numeral} in ") as failure:
        check_typed_numbers(f"# Title\n\n{prose}\n")
    assert f"or mark a definition as [{numeral}]{{.fixed}}" in str(failure.value)


def test_abstracts_are_prose():
    for name in ("abstract", "abstract-zh"):
        with pytest.raises(InputError, match="line 2: 35 in "):
            check_typed_numbers(f"---\n{name}: It was 35 percent.\n---\n")


def test_all_are_named_with_their_lines():
    with pytest.raises(InputError) as failure:
        check_typed_numbers("It was 12 percent.\n\nThen 13 percent,\nand 14.\n")
    for place in ("line 1: 12 in", "line 3: 13 in", "line 4: 14 in"):
        assert place in str(failure.value)
