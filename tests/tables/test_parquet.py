"""Plants in Parquet files: however a table is split, one answer; what cannot be united, refused."""

import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agglometrics.errors import InputError
from agglometrics.tables.collapse import collapse


def put(folder, name, **columns):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def total(path, **arguments):
    return collapse(path, **{"by": "k", "value": "v", **arguments}).to_dict("list")


@settings(max_examples=12, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["01", "1", "湖"]), st.integers(0, 3), st.floats(0, 1e6)),
        min_size=2,
        max_size=12,
    ),
    cut=st.integers(1, 11),
    whole=st.booleans(),
)
def test_a_split_file_gives_the_same_cells(tmp_path_factory, rows, cut, whole):
    """Whole halves are written as integers, in several widths, the others as fractions."""
    folder = tmp_path_factory.mktemp("split")
    frame = pd.DataFrame(rows, columns=["k", "year", "v"])
    if whole:
        frame["v"] = frame["v"].round()
    frame.to_parquet(folder / "one.parquet")
    (folder / "two").mkdir()
    for name, part in (("a", frame[:cut]), ("b", frame[cut:])):
        if (part["v"] == part["v"].round()).all():
            part = part.astype({"v": "int32" if name == "a" else "int64"})
        part.astype({"year": "int8"}).to_parquet(folder / "two" / f"{name}.parq")
    one = collapse(folder / "one.parquet", by=["k", "year"], value="v")
    two = collapse(folder / "two", by=["k", "year"], value="v")
    pd.testing.assert_frame_equal(one, two, check_dtype=False, rtol=1e-14)
    pandas = collapse(frame, by=["k", "year"], value="v")
    pd.testing.assert_frame_equal(pandas, two, check_dtype=False, rtol=1e-14)


def test_fractions_are_not_rounded_to_the_first_file(tmp_path):
    put(tmp_path, "a.parquet", k=["x"], v=[7])
    put(tmp_path, "b.parquet", k=["x"], v=[6.5])
    assert total(tmp_path) == {"k": ["x"], "v": [13.5], "v_squared": [91.25], "n": [2]}


def test_text_and_number_labels_are_not_merged(tmp_path):
    put(tmp_path, "a.parquet", k=[1], v=[7])
    put(tmp_path, "b.parquet", k=["01"], v=[6])
    with pytest.raises(InputError, match=r"column 'k' must have one type .* found text in "
                       r"'b.parquet' and whole numbers in 'a.parquet'. Write"):  # fmt: skip
        total(tmp_path)
    # a column that is not asked for may differ
    assert collapse(tmp_path, by="v")["n"].tolist() == [1, 1]


def test_long_codes_are_not_merged_as_fractions(tmp_path):
    put(tmp_path, "a.parquet", k=[2**53, 2**53 + 1], v=[1, 1])
    put(tmp_path, "b.parquet", k=[1.0], v=[1])
    with pytest.raises(InputError, match=r"'k' is whole in some .* 9007199254740993 is not exact"):
        total(tmp_path)


def test_a_file_of_unknown_values_alone_takes_the_type_of_the_others(tmp_path):
    put(tmp_path, "a.parquet", k=["x"], v=pa.nulls(1))
    put(tmp_path, "b.parquet", k=["x"], v=[2])
    with pytest.raises(InputError, match="'v' must be known, not NaN; found 1 of 2 rows"):
        total(tmp_path)


def test_times_of_two_units_are_one_label(tmp_path):
    when = pd.Series(pd.to_datetime(["2020-01-01"]))
    put(tmp_path, "a.parquet", k=pa.array(when.astype("datetime64[us]")), v=[1])
    put(tmp_path, "b.parquet", k=pa.array(when.astype("datetime64[ns]")), v=[2])
    assert total(tmp_path)["v"] == [3.0]


@pytest.mark.parametrize("name", ["f[1].parquet", "f*.parquet", "f?.parquet", "it's {a,b}.parquet"])
def test_names_are_taken_literally(tmp_path, name):
    put(tmp_path, "f1.parquet", k=["other"], v=[1])
    path = put(tmp_path, name, k=["mine"], v=[2])
    assert total(path)["k"] == ["mine"]
    folder = put(tmp_path, f"in {name}/a.parquet", k=["inside"], v=[2]).parent
    assert total(folder)["k"] == ["inside"]


def test_a_wildcard_is_refused(tmp_path):
    put(tmp_path, "f1.parquet", k=["x"], v=[1])
    with pytest.raises(InputError, match=r"found nothing there. Names are taken literally.* pass"):
        total(tmp_path / "f*.parquet")


def test_every_ending_counts_and_no_draft(tmp_path):
    for name in ("a.parquet", "b.PARQUET", "c.parq", "d.Pq", "deep/er/e.parquet"):
        put(tmp_path, name, k=[name], v=[1])
    for name in ("_tmp/f.parquet", ".hidden/g.parquet", "_h.parquet", "i.parquet.crc", "j.txt"):
        put(tmp_path, name, k=[name], v=[1])
    assert len(total(tmp_path)["k"]) == 5


def test_a_dataset_that_pyarrow_wrote(tmp_path):
    table = pa.table({"code": ["01", "1", "湖 南"], "v": [1, 2, 3]})
    pq.write_to_dataset(table, tmp_path, partition_cols=["code"])
    assert total(tmp_path, by="code")["code"] == ["01", "1", "湖 南"]


def test_folders_of_whole_numbers_are_numbers_and_codes_stay_text(tmp_path):
    for year, code in ((2005, "01"), (2006, "02")):
        put(tmp_path, f"year={year}/code={code}/a.parquet", v=[1])
    cells = collapse(tmp_path, by=["year", "code"], value="v")
    assert cells["year"].tolist() == [2005, 2006]
    assert cells["code"].tolist() == ["01", "02"]


def test_folders_above_the_root_are_no_columns(tmp_path):
    path = put(tmp_path, "k=9/data/a.parquet", k=["x"], v=[1])
    assert total(path)["k"] == ["x"]
    assert total(path.parent)["k"] == ["x"]
    put(tmp_path, "k=9/data/year=1/a.parquet", k=["x"], v=[1])
    path.unlink()
    with pytest.raises(
        InputError, match=r"columns \['k'\] of 'a.parquet' are named by folders abo"
    ):
        total(path.parent)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"k=1/a.parquet": {"k": [2], "v": [1]}},
         r"'k' is in the names of the folders \(k=...\) and in the files 'a.parquet'. Rename"),
        ({"a.parquet": {"k": [2], "v": [1]}, "b.parquet": {"k": [2]}},
         "'v' is in 1 of 2 Parquet files, not in 'b.parquet'. Add it"),
        ({"a.parquet": {"k": [2], "v": [1]}, "y=1/b.parquet": {"k": [2], "v": [1]}},
         r"name different keys: \[\] for 'a.parquet', \['y'\] for 'b.parquet'. Give"),
        ({"a.parquet": {"k": [2], "K": [3], "v": [1]}}, r"differ in case only: \['K', 'k'\]. Rena"),
        ({"a.parquet": {"k": [2], "w": [1]}}, r"\['v'\] are not in the table, which has"),
        ({"a.parquet": {"k": [2], "v": [True]}}, "'v' must be numeric"),
    ],
)  # fmt: skip
def test_what_cannot_be_united_is_refused(tmp_path, files, message):
    for name, columns in files.items():
        put(tmp_path, name, **columns)
    with pytest.raises(InputError, match=message):
        total(tmp_path)


def test_a_truncated_file_is_named(tmp_path):
    path = put(tmp_path, "a.parquet", k=np.arange(100), v=np.arange(100))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"a\.parquet' cannot be read as a Parquet file: .*Write"):
        total(path)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_file_that_is_there_twice_by_a_link_is_named(tmp_path, link):
    frame = pd.DataFrame({"region": ["a", "b"], "emp": [1.0, 2.0]})
    frame.to_parquet(tmp_path / "one.parquet")
    link(tmp_path / "one.parquet", tmp_path / "two.parquet")
    with pytest.raises(InputError, match=r"'one.parquet' and 'two.parquet' are one file.*Move"):
        collapse(tmp_path, by="region", value="emp")


def test_a_copy_of_a_file_is_refused_but_empty_parts_may_be_alike(tmp_path):
    cells = pd.DataFrame({"region": ["a", "b"], "emp": [1.0, 2.0]})
    for name in ("a", "b"):
        cells.to_parquet(tmp_path / f"{name}.parquet")
    with pytest.raises(InputError, match=r"'a\.parquet' and 'b\.parquet' have the same bytes"):
        collapse(tmp_path, by="region", value="emp")
    cells.assign(emp=3.0).to_parquet(tmp_path / "b.parquet")
    for name in ("c", "d"):
        cells.iloc[:0].to_parquet(tmp_path / f"{name}.parquet")
    assert collapse(tmp_path, by="region", value="emp")["emp"].tolist() == [4.0, 5.0]


def test_a_link_to_nothing_is_no_empty_file(tmp_path):
    pd.DataFrame({"region": ["a"], "emp": [1.0]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=r"'b\.parquet' .* is a link to nothing"):
        collapse(tmp_path, by="region", value="emp")


def test_files_of_other_kinds_name_their_reader(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("region,emp\na,1\n")
    with pytest.raises(InputError, match=r"no Parquet file.*datasets\.read_table\("):
        collapse(path, by="region", value="emp")
    with pytest.raises(InputError, match=r"pandas\.concat\("):
        collapse(tmp_path, by="region", value="emp")
