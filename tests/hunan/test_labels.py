import pandas as pd
import pytest

from agglometrics import InputError
from agglometrics.labels import Label, Labels
from hunan.labels import STUDY


def test_both_languages_of_every_standard_label():
    for name, label in STUDY.names.items():
        assert label.en.isascii(), name
        assert any("一" <= character <= "鿿" for character in label.zh), name


def test_an_unknown_name_prints_as_it_stands():
    assert STUDY.text("my_index", "zh") == "my_index"
    assert STUDY.text(2007) == "2007"


def test_extending_adds_and_leaves_the_old_labels_alone():
    table = pd.DataFrame({"code": ["lq"], "en": ["Quotient"], "zh": ["商"]})
    more = STUDY.extended(table, "code", en="en", zh="zh")
    assert more.text("lq") == "Quotient"
    assert STUDY.text("lq") == "Location quotient"
    with pytest.raises(TypeError):
        more.names["lq"] = Label("x", "y")


def test_repeated_codes_are_refused():
    table = pd.DataFrame({"code": ["a", "a"], "name_en": ["A", "B"], "name_zh": ["甲", "乙"]})
    with pytest.raises(InputError, match="do not identify rows: 1 repeats"):
        Labels({}).extended(table, "code")
