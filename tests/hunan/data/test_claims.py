"""The table of claims: complete, consistent, and without a quotation."""

from pathlib import Path

import pandas as pd
import pytest

from hunan.claims.ledger import TESTABILITY
from hunan.data.claims import load_claims
from hunan.data.dimensions import load_provinces
from hunan.data.prefectures import load_prefectures


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return load_claims()


def test_91_numbers_and_8_propositions(claims: pd.DataFrame) -> None:
    numbers = [f"C{n:02d}" for n in range(1, 92)]
    assert list(claims["claim_id"]) == [*numbers, *(f"P{n}" for n in range(1, 9))]
    assert set(claims["testability"]) == set(TESTABILITY)


def test_market_shares_as_printed(claims: pd.DataFrame) -> None:
    # Hong Yan, section 2.2: shares of national sales and of national value added, percent
    printed = claims.set_index("claim_id")["value"]
    assert printed[[f"C{n}" for n in range(33, 44)]].tolist() == [
        "14.62", "11.82", "9.4", "7.83", "7.21", "1.96",
        "12.93", "10.36", "9.73", "7.15", "2.14",
    ]  # fmt: skip


def test_bounds_follow_from_relation_and_value(claims: pd.DataFrame) -> None:
    numbers = claims[claims["relation"].isin(["=", ">", ">=", "<"])]
    value = numbers["value"].astype("float64")
    below = numbers["relation"].ne("<")
    above = numbers["relation"].isin(["=", "<"])
    pd.testing.assert_series_equal(numbers["value_low"], value.where(below), check_names=False)
    pd.testing.assert_series_equal(numbers["value_high"], value.where(above), check_names=False)


def test_ranges_have_their_ends(claims: pd.DataFrame) -> None:
    ranges = claims[claims["relation"] == "range"].set_index("claim_id")
    assert ranges.loc["C08", ["value_low", "value_high"]].tolist() == [20, 30]
    assert ranges.loc["C91", "value_low"] == 10
    assert pd.isna(ranges.loc["C91", "value_high"])


def test_regions_are_codes_of_the_dimension_tables(claims: pd.DataFrame) -> None:
    known = {"000000", *load_provinces()["region"], *load_prefectures()["city"]}
    assert set(claims["region"].dropna()) <= known


def test_nothing_is_quoted(claims: pd.DataFrame) -> None:
    text = claims.select_dtypes("str").stack().str.cat()
    assert text.isascii()


@pytest.mark.external
def test_every_figure_against_the_reading_of_the_paper(
    claims: pd.DataFrame, reference: Path
) -> None:
    path = reference.parent / "study" / "claims.csv"
    if not path.is_file():
        pytest.skip(f"no {path}: the reading of the paper is not here")
    read = pd.read_csv(path, dtype="str", keep_default_na=False)
    for column in ["claim_id", "section", "unit", "testability", "value"]:
        pd.testing.assert_series_equal(claims[column], read[column], check_dtype=False)
    renamed = {"claim": "asserts", "n.d.": "undated", "2007-": "from 2007", "2007-12": "2007"}
    relation = read["relation"].replace(renamed).mask(read["claim_id"] == "C90", "parts")
    pd.testing.assert_series_equal(claims["relation"], relation, check_dtype=False)
    pd.testing.assert_series_equal(
        claims["period"], read["period"].replace(renamed), check_dtype=False
    )
