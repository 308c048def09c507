import pytest

from agglometrics import InputError
from hunan.paper import pandoc
from hunan.paper.crossrefs import referred, targets

TEXT = """# One {#sec:one}

## Inner {#sec:inner}

![A map.](figures/a){#fig:a}

# Aside {- #sec:aside}

# Two {#sec:two}

$$ x $$ {#eq:x}

$$ unnumbered $$

![A table.](tables/t){#tbl:t}

![Another map.](figures/b){#fig:b}

$$ y $$ {#eq:y}

## Inner two {#sec:inner2}
"""


def test_numbers_follow_the_text_kind_by_kind():
    found = targets(pandoc.read(TEXT))
    assert {name: target.number for name, target in found.items()} == {
        "sec:one": "1",
        "sec:inner": "1.1",
        "fig:a": "1",
        "sec:two": "2",
        "eq:x": "1",
        "tbl:t": "1",
        "fig:b": "2",
        "eq:y": "2",
        "sec:inner2": "2.1",
    }
    assert found["fig:b"].text == "Figure\N{NO-BREAK SPACE}2"
    assert found["eq:y"].text == "Equation\N{NO-BREAK SPACE}(2)"


def test_a_name_stands_once():
    with pytest.raises(InputError, match="two things in the text are called 'eq:x'"):
        targets(pandoc.read("$$ a $$ {#eq:x}\n\n$$ b $$ {#eq:x}\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@fig:c", r"refers to @fig:c, which is not there; it has 'sec:one', .*'fig:b'"),
        ("[@fig:a; @smith2001]", r"\[@fig:a; @smith2001\] mixes literature and exhibits"),
    ],
)
def test_references_to_nothing(text, message):
    (citation,) = (n for n in pandoc.nodes(pandoc.read(text)["blocks"]) if n["t"] == "Cite")
    with pytest.raises(InputError, match=message):
        referred(citation, targets(pandoc.read(TEXT)))


def test_literature_is_left_alone():
    (citation,) = (n for n in pandoc.nodes(pandoc.read("@smith2001")["blocks"]) if n["t"] == "Cite")
    assert referred(citation, {}) is None
