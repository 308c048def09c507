"""Labels for people are `Labels` or a plain dict, wherever something is printed or drawn."""

import inspect

import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.labels import Label, Labels, as_labels
from tests.front.test_checked import PUBLIC

FRAME = pd.DataFrame({"region": ["N", "S"], "lq": [0.5, 1.5]})
NAMES = {"lq": "Quotient", "N": ("North", "北")}


def test_a_dict_is_labels():
    labels = as_labels({**NAMES, 43: Label("Hunan", "湖南")})
    assert [labels.text(name, "en") for name in ("lq", "N", 43, "S")] == [
        "Quotient", "North", "Hunan", "S"]  # fmt: skip
    assert [labels.text(name, "zh") for name in ("lq", "N", 43)] == ["Quotient", "北", "湖南"]
    assert as_labels(labels) is labels
    assert as_labels(None).text("lq") == "lq"


def test_tables_and_pictures_take_a_dict():
    printed = ag.to_markdown(FRAME, labels=NAMES)
    assert "| region | Quotient |" in printed
    assert "| North  |" in printed
    figure = ag.plot_ranked_bars(FRAME, value="lq", labels=NAMES)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["North", "S"]


@pytest.mark.parametrize(("labels", "words"), [
    ({"lq": 5}, r"label of 'lq' must be a text.*found 5.*For example labels="),
    ({"lq": ("a", "b", "c")}, "one in English and one in Chinese"),
    ("lq", "labels must be Labels or a dictionary; found str"),
])  # fmt: skip
def test_what_is_no_label_is_refused(labels, words):
    with pytest.raises(ag.InputError, match=words):
        ag.to_markdown(FRAME, labels=labels)


def test_every_function_with_labels_takes_a_dict():
    taking = {
        name: function
        for name, function in PUBLIC.items()
        if inspect.isfunction(function) and "labels" in inspect.signature(function).parameters
    }
    assert len(taking) >= 20
    for name, function in taking.items():
        assert "Mapping" in str(inspect.signature(function).parameters["labels"].annotation), name


def test_a_pivoted_table_keeps_its_index():
    wide = pd.DataFrame({"region": ["N", "N", "S", "S"], "industry": ["a", "b"] * 2,
                         "lq": [1.0, 2, 3, 4]}).pivot(index="region", columns="industry",
                                                      values="lq")  # fmt: skip
    assert ag.to_markdown(wide).splitlines()[0].split() == ["|", "region", "|", "a", "|", "b", "|"]
    assert (
        ag.to_markdown(wide, labels=Labels(as_labels(NAMES).names))
        .splitlines()[2]
        .startswith("| North")
    )
    described = ag.to_markdown(FRAME.describe())
    assert "| mean" in described  # an index of texts without a name
    two = FRAME.assign(year=2000).set_index(["region", "year"])
    assert ag.to_markdown(two).splitlines()[2].split() == ["|", "N", "|", "2000", "|", "0.500", "|"]
    kept = FRAME[FRAME["lq"] > 1]
    assert ag.to_markdown(kept).splitlines()[2].split() == [
        "|",
        "S",
        "|",
        "1.500",
        "|",
    ]  # no row number


def test_headings_of_two_levels_are_one_text():
    wide = FRAME.assign(year=2000).pivot_table(index="region", columns="year", values=["lq"])
    assert ag.to_markdown(wide).splitlines()[0].split() == ["|", "region", "|", "lq", "2000", "|"]
