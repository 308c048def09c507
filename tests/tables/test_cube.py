"""The bridge from tables to arrays: what it accepts, what it refuses and how it says so."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.tables import listed, ratio, to_cube, to_frame


@pytest.fixture
def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": ["b", "a", "a", "b"],
            "industry": ["y", "x", "y", "x"],
            "year": [2, 1, 2, 1],
            "jobs": [4.0, 1.0, 3.0, 2.0],
        }
    )


def test_cube_by_hand(cells: pd.DataFrame) -> None:
    cube = to_cube(cells, value="jobs", time="year")
    assert list(cube.regions) == ["a", "b"]
    assert list(cube.industries) == ["x", "y"]
    assert list(cube.times) == [1, 2]
    np.testing.assert_array_equal(cube.values, [[[1, 0], [2, 0]], [[0, 3], [0, 4]]])


def test_a_missing_row_is_zero_and_a_nan_is_refused_with_its_cell(cells: pd.DataFrame) -> None:
    assert to_cube(cells.iloc[:3], value="jobs", time="year").values.sum() == 8
    cells.loc[2, "jobs"] = np.nan
    with pytest.raises(InputError, match=r"NaN \(unknown\) in 1 cells: .*'industry': 'y'"):
        to_cube(cells, value="jobs", time="year")
    assert to_cube(cells, value="jobs", time="year", missing="zero").values.sum() == 7


def test_drop_industry_leaves_it_out_in_its_period_only_and_warns(cells: pd.DataFrame) -> None:
    more = pd.concat([cells, cells.assign(year=3)])
    more.iloc[0, 3] = np.nan  # industry y in year 2
    with pytest.warns(AgglometricsWarning, match=r"'year': 2, 'industry': 'y'"):
        cube = to_cube(more, value="jobs", time="year", missing="drop_industry")
    assert list(cube.times) == [1, 3]
    assert cube.values[1].sum() == 10


def test_tidy_returns_what_went_in(cells: pd.DataFrame) -> None:
    cube = to_cube(cells, value="jobs", time="year")
    tidy = cube.tidy("region", "industry", jobs=cube.values)
    back = tidy[tidy["jobs"] > 0].merge(cells, on=["region", "industry", "year"])
    assert len(back) == len(cells)
    assert (back["jobs_x"] == back["jobs_y"]).all()


def test_a_key_may_not_bear_the_name_of_a_statistic(cells: pd.DataFrame) -> None:
    cube = to_cube(cells.rename(columns={"industry": "lq"}), value="jobs", industry="lq",
                   time="year")  # fmt: skip
    with pytest.raises(InputError, match=r"key columns \['lq'\] have the names of statistics"):
        cube.tidy("region", "industry", lq=cube.values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="region"), r"columns \['region'\] are not in the table"),
        (lambda t: pd.concat([t, t.iloc[:1]]), r"do not identify rows: 1 repeats, first .*'b'"),
        (lambda t: t.assign(jobs=["1", "2", "3", "4"]), "must be numeric; found dtype"),
        (lambda t: t.assign(jobs=[1, 2, 3, np.inf]), "is infinite in 1 rows"),
        (lambda t: t.assign(jobs=[1, 2, 3, -1.0]), r"1 negative cells: .*'region': 'b'"),
        (lambda t: t.assign(region=["a", None, "a", "b"]), "key 'region' is missing in 1 of 4"),
        (lambda t: t.iloc[:0], "has no rows"),
        (lambda t: t.assign(region=["a", 1, "a", "b"]), "key 'region' mixes text and numbers"),
        (lambda t: t.assign(region=[("a", 1)] * 4), "found tuples, first .*Make one text of each"),
        (lambda t: t.assign(jobs=[True, True, False, True]), "must be numeric"),
    ],
)
def test_bad_tables_are_refused(cells: pd.DataFrame, change: object, message: str) -> None:
    assert callable(change)
    with pytest.raises(InputError, match=message):
        to_cube(change(cells), value="jobs", time="year")


def test_other_refusals(cells: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"must be a table .*; found dict"):
        to_frame({"a": 1})
    with pytest.raises(InputError, match="missing='mean' is unknown"):
        to_cube(cells, value="jobs", time="year", missing="mean")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="must differ"):
        to_cube(cells, value="jobs", region="industry", time="year")


@pytest.mark.parametrize(
    "convert", [pl.from_pandas, pa.Table.from_pandas, lambda frame: pl.from_pandas(frame).lazy()]
)
def test_other_libraries_tables_give_the_same_cube(cells: pd.DataFrame, convert: object) -> None:
    assert callable(convert)
    ours = to_cube(cells, value="jobs", time="year")
    theirs = to_cube(convert(cells), value="jobs", time="year")
    np.testing.assert_array_equal(ours.values, theirs.values)
    assert list(ours.regions) == list(theirs.regions)


@given(st.permutations(range(4)))
def test_row_order_does_not_matter(order: list[int]) -> None:
    frame = pd.DataFrame(
        {"region": list("abab"), "industry": list("xxyy"), "jobs": [1.0, 2.0, 3.0, 4.0]}
    )
    shuffled = to_cube(frame.iloc[order], value="jobs")
    np.testing.assert_array_equal(shuffled.values, [[[1, 3], [2, 4]]])


def test_ratio_is_nan_where_the_denominator_is_zero() -> None:
    np.testing.assert_array_equal(ratio([1.0, 0.0, 3.0], [2.0, 0.0, 0.0]), [0.5, np.nan, np.nan])


def test_listed_names_some_and_counts_the_rest() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed(range(7), most=2) == "0, 1 and 5 more"
