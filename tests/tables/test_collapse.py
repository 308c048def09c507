"""Plants to cells: by hand, the same on every engine, and what it refuses."""

import importlib.util
import os
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agglometrics.errors import InputError
from agglometrics.tables.collapse import collapse, moments
from agglometrics.tables.sources import engines

KEYS = ["region", "industry", "year"]


def random_plants(rows=4_000, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "region": rng.choice(["湖南", "广东", "浙江", "b", "a"], rows),
            "industry": rng.integers(0, 40, rows),
            "year": rng.integers(2005, 2009, rows).astype("int16"),
            "emp": rng.integers(1, 5_000, rows).astype("int32"),
        }
    )


@pytest.fixture(scope="module")
def plants():
    return random_plants()


@pytest.fixture(scope="module")
def truth(plants):
    """Cells summed one plant at a time, in plain Python."""
    sums = {}
    for *key, emp in plants.itertuples(index=False):
        old = sums.get(tuple(key), (0, 0, 0))
        sums[tuple(key)] = (old[0] + emp, old[1] + emp**2, old[2] + 1)
    rows = [(*key, *sums[key]) for key in sorted(sums)]
    return pd.DataFrame(rows, columns=[*KEYS, "emp", "emp_squared", "n"])


def same(cells, truth):
    assert list(cells.columns) == list(truth.columns)
    pd.testing.assert_frame_equal(cells, truth, check_dtype=False)


def test_by_hand():
    plants = pd.DataFrame({"region": ["y", "x", "x"], "emp": [5, 3, 4]})
    cells = collapse(plants, by="region", value="emp")
    assert cells.to_dict("list") == {
        "region": ["x", "y"],
        "emp": [7.0, 5.0],
        "emp_squared": [25.0, 25.0],
        "n": [2, 1],
    }


def test_without_a_value_plants_are_counted():
    plants = pd.DataFrame({"region": ["y", "x", "x"]})
    for table in (plants, pa.Table.from_pandas(plants)):
        cells = collapse(table, by="region")
        assert cells.to_dict("list") == {"region": ["x", "y"], "n": [2, 1]}


def kinds(plants, folder):
    file = folder / "plants.parquet"
    plants.to_parquet(file)
    many = folder / "by_year"
    pq.write_to_dataset(pa.Table.from_pandas(plants), many, partition_cols=["year"])
    return {
        "pandas": plants,
        "pandas, shuffled": plants.sample(frac=1, random_state=1),
        "polars": pl.from_pandas(plants),
        "polars, lazy": pl.from_pandas(plants).lazy(),
        "arrow": pa.Table.from_pandas(plants),
        "arrow reader": pa.Table.from_pandas(plants).to_reader(),
        "path": file,
        "path as text": str(file),
        "folder": many,
        "relation": duckdb.sql(f"SELECT * FROM '{file}'"),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "pandas",
        "pandas, shuffled",
        "polars",
        "polars, lazy",
        "arrow",
        "arrow reader",
        "path",
        "path as text",
        "folder",
        "relation",
    ],
)
def test_every_kind_of_table_gives_the_same_cells(kind, plants, truth, tmp_path):
    same(collapse(kinds(plants, tmp_path)[kind], by=KEYS, value="emp"), truth)


def test_large_frames_go_to_duckdb_and_give_the_same(plants, truth, monkeypatch):
    monkeypatch.setattr(engines, "IN_MEMORY", 10)
    same(collapse(plants, by=KEYS, value="emp"), truth)


def test_a_categorical_key_makes_no_empty_cells(plants, truth, monkeypatch):
    with_categories = plants.assign(
        region=plants["region"].astype(pd.CategoricalDtype([*sorted(set(plants["region"])), "z"]))
    )
    cells = collapse(with_categories, by=KEYS, value="emp")
    same(cells.assign(region=cells["region"].astype("str")), truth)
    monkeypatch.setattr(engines, "IN_MEMORY", 10)
    cells = collapse(with_categories, by=KEYS, value="emp")
    assert cells["emp"].sum() == truth["emp"].sum()
    assert len(cells) == len(truth)


def test_ibis_table(plants, truth, tmp_path):
    pytest.importorskip("pyarrow_hotfix", reason="ibis runs DuckDB only with pyarrow-hotfix")
    import ibis

    plants.to_parquet(tmp_path / "plants.parquet")
    table = ibis.duckdb.connect().read_parquet(tmp_path / "plants.parquet")
    same(collapse(table, by=KEYS, value="emp"), truth)


def test_arrow_out(plants, truth):
    for table in (plants, pa.Table.from_pandas(plants)):
        cells = collapse(table, by=KEYS, value="emp", output="arrow")
        assert isinstance(cells, pa.Table)
        same(cells.to_pandas(), truth)


def test_squares_of_single_precision_are_in_double():
    big = np.float32(16_777_215)  # its square, 281474943156225, is no float32
    table = pa.table({"region": ["x"], "emp": pa.array([big], pa.float32())})
    [row] = collapse(table, by="region", value="emp").to_dict("records")
    assert row["emp_squared"] == 281474943156225.0


def test_moments_are_power_sums():
    plants = pd.DataFrame({"region": ["x", "x"], "emp": [2, 3]})
    for table in (plants, pa.Table.from_pandas(plants)):
        [row] = moments(table, by=["region"], value="emp").to_dict("records")
        assert row == {
            "region": "x", "power_1": 5, "power_2": 13, "power_3": 35, "power_4": 97, "n": 2
        }  # fmt: skip


def broken(column, entry):
    plants = random_plants(100).astype({"emp": "float64", "year": "float64"})
    if column == "region":
        plants["region"] = plants["region"].astype("object")
    plants.loc[[7, 50], column] = entry
    return plants


@pytest.mark.parametrize("engine", ["pandas", "arrow"])
@pytest.mark.parametrize(
    ("column", "entry", "message"),
    [
        ("emp", np.nan, "'emp' must be known, not NaN; found 2 of 100 rows, first .*Drop"),
        ("emp", -3.0, "'emp' must not be negative; found 2 of 100 rows"),
        ("emp", np.inf, "'emp' must be finite; found 2 of 100"),
        ("region", None, "key 'region' is missing in 2 of 100 rows, first .*fill it in, or drop"),
        ("year", np.nan, "key 'year' is missing in 2 of 100 rows"),
    ],
)
def test_refuses_faulty_rows(engine, column, entry, message):
    plants = broken(column, entry)
    table = plants if engine == "pandas" else pa.Table.from_pandas(plants, preserve_index=False)
    with pytest.raises(InputError, match=message):
        collapse(table, by=KEYS, value="emp")


def test_names_the_first_fault():
    with pytest.raises(InputError, match=r"first \{'region': 'y'\}"):
        collapse(pd.DataFrame({"region": ["x", "y"], "emp": [1, -1]}), by="region", value="emp")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": ["province"], "value": "emp"}, r"\['province'\] are not in the table"),
        ({"by": ["region", "region"], "value": "emp"}, "must differ"),
        ({"by": []}, "at least one"),
        ({"by": ["industry"], "value": "region"}, "'region' must be numeric"),
        ({"by": ["region"], "value": "emp", "output": "json"}, "'pandas' or 'arrow'"),
    ],
)
def test_refuses_arguments(plants, arguments, message):
    for table in (plants, pa.Table.from_pandas(plants)):
        with pytest.raises(InputError, match=message):
            collapse(table, **arguments)


def test_refuses_what_is_no_table(tmp_path):
    with pytest.raises(InputError, match="found dict"):
        collapse({"a": 1}, by="a", value="b")
    with pytest.raises(InputError, match="found nothing there"):
        collapse(tmp_path / "none.parquet", by="a", value="b")
    with pytest.raises(InputError, match=r"folder without \*\.parquet"):
        collapse(tmp_path, by="a", value="b")
    with pytest.raises(InputError, match="no rows"):
        collapse(pd.DataFrame({"a": ["x"], "b": [1]}).head(0), by="a", value="b")


def test_a_key_named_as_a_result_is_refused():
    with pytest.raises(InputError, match=r"\['n'\] are taken"):
        collapse(pd.DataFrame({"n": [1], "emp": [1]}), by="n", value="emp")


def missing_for_spark() -> str | None:
    """Return what a local Spark lacks here, or None; Spark looks for Java as this does."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=Path(home) / "bin") if home else shutil.which("java")
    if importlib.util.find_spec("pyspark") is None:
        return "no local Spark: the extra agglometrics[spark] is not installed (make spark)"
    if java is None:
        where = (
            f"JAVA_HOME={home} holds no bin/java" if home else "no JAVA_HOME, no java on the PATH"
        )
        return f"no local Spark: it needs Java 17 or newer ({where})"
    return None


def test_spark_looks_for_java_in_java_home_first(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    java = tmp_path / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert missing_for_spark() is None
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "holds no bin/java" in missing_for_spark()
    monkeypatch.delenv("JAVA_HOME")
    assert "no java on the PATH" in missing_for_spark()
    monkeypatch.setenv("PATH", str(java.parent))
    assert missing_for_spark() is None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "make spark" in missing_for_spark()


@pytest.mark.slow
@pytest.mark.skipif(missing_for_spark() is not None, reason=str(missing_for_spark()))
def test_spark_gives_every_cell_of_duckdb(plants, truth):
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = session.getOrCreate()
    try:
        frame = spark.createDataFrame(pa.Table.from_pandas(plants, preserve_index=False))
        same(collapse(frame, by=KEYS, value="emp"), truth)
        with pytest.raises(InputError, match="must not be negative"):
            collapse(frame.selectExpr("region", "-emp AS emp"), by="region", value="emp")
    finally:
        spark.stop()


def test_faults_of_a_database_count_rows_and_name_one():
    table = duckdb.sql(
        "SELECT * FROM (VALUES ('a', 1, 2.0), ('b', 1, -1.0), ('c', 2, -3.0)) t(r, i, n)"
    )
    source = engines.open_source(table, ["r", "i", "n"])
    found = source.faults(["r", "i"], "n")
    assert (found["rows"], found["negative"], found["zero"], found["key r"]) == (3, 2, 0, 0)
    assert source.first(["r", "i"], "n", "negative")["r"] in {"b", "c"}
    none = engines.open_source(table.filter("n > 5"), ["r", "n"]).faults(["r"], "n")
    assert none == dict.fromkeys(none, 0)  # a sum over no row is unknown, not one


@pytest.mark.parametrize("made", [pl.DataFrame, pl.LazyFrame, pa.table, pd.DataFrame])
def test_columns_that_differ_in_case_are_two(made, monkeypatch):
    monkeypatch.setattr(engines, "IN_MEMORY", 1)  # pandas takes the way of a large table
    cells = collapse(made({"Jobs": [1, 2], "jobs": [3, 4], "r": ["a", "b"]}), by="r", value="jobs")
    assert cells["jobs"].tolist() == [3.0, 4.0]


def test_a_column_twice_in_an_arrow_table_is_refused():
    table = pa.table([["a", "b"], [1, 2], [3, 4]], names=["r", "jobs", "jobs"])
    with pytest.raises(InputError, match=r"\['jobs'\] are in the table more than once"):
        collapse(table, by="r", value="jobs")
