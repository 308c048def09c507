import json

import numpy as np
import pytest

from agglometrics import InputError
from hunan.paper.numbers import Numbers, lookup, numbers_table, read_numbers


@pytest.fixture
def numbers(tmp_path):
    return Numbers("20_agglomeration", tmp_path)


def test_prints_as_the_format_says_and_keeps_full_precision(numbers):
    assert numbers.record("share", np.float64(2 / 3), ".2f", label="a share") == "0.67"
    assert numbers.record("fall", -1234.5, ",.1f", label="a fall") == "\N{MINUS SIGN}1,234.5"
    assert numbers.record("rank", np.int64(8), label="a rank") == "8"
    assert numbers.record("first", "Guangdong", label="the first") == "Guangdong"
    kept = read_numbers(numbers.folder)
    assert kept["share"].value == 2 / 3
    assert kept["rank"].value == 8
    assert kept["first"].text == "Guangdong"


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0, "< 0.001"), (0.000499, "< 0.001"), (0.0006, "0.001"), (0.04, "0.040"), (1.0, "1.000")],
)
def test_a_p_value_is_never_printed_as_zero(numbers, value, printed):
    assert numbers.record("p", value, "p.3f", label="a p-value") == printed


def test_the_file_is_sorted_and_does_not_depend_on_the_order_of_recording(tmp_path):
    for folder, order in ((tmp_path / "a", "xy"), (tmp_path / "b", "yx")):
        registry = Numbers("n", folder)
        for key in order:
            registry.record(key, 1.5, ".1f", label="一个数")
    first, second = ((tmp_path / name / "n.json").read_bytes() for name in "ab")
    assert first == second
    assert [row["key"] for row in json.loads(first)] == ["x", "y"]
    assert "一个数".encode() in first


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("Share", 1.0, "key 'Share' must be lower-case"),
        ("2share", 1.0, "key '2share' must be lower-case"),
        ("share", float("nan"), "number 'share' is nan: a text cannot print"),
        ("share", np.inf, "number 'share' is inf"),
        ("share", [1.0], "number 'share' must be one number or a word; found list"),
        ("share", True, "number 'share' must be one number or a word; found bool"),
    ],
)
def test_refuses(numbers, key, value, message):
    with pytest.raises(InputError, match=message):
        numbers.record(key, value, label="a share")
    assert not list(numbers.folder.iterdir())


def test_two_notebooks_cannot_share_a_key(tmp_path):
    for notebook in ("10_data", "20_agglomeration"):
        Numbers(notebook, tmp_path).record("share", 1.0, label="a share")
    with pytest.raises(InputError, match="'share' is recorded in 10_data and in 20_agglomeration"):
        read_numbers(tmp_path)


def test_an_unknown_key_is_named_with_the_nearest(numbers):
    numbers.record("hunan_share_2007", 2.2, label="share")
    known = read_numbers(numbers.folder)
    with pytest.raises(InputError, match=r"'hunan_share_2017'; the nearest are \['hunan_share_20"):
        lookup(known, "hunan_share_2017")
    with pytest.raises(InputError, match="1 keys are recorded, none like it"):
        lookup(known, "zzz")


def test_the_list_of_numbers_follows_the_text(numbers):
    for key in "abc":
        numbers.record(key, 1, label=f"the {key}", unit="percent")
    table = numbers_table(read_numbers(numbers.folder), ["c", "a"])
    assert table["key"].tolist() == ["c", "a"]
    assert table.columns.tolist() == ["key", "text", "unit", "label", "notebook", "cell"]
