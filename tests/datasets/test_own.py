"""Tables of the user's own: the same table from every format, and words for what stops it."""

import sys
import zipfile

import pandas as pd
import pytest

from agglometrics.datasets import read_table
from agglometrics.errors import InputError

TABLE = pd.DataFrame({"county": ["01", "02", "10"], "行业": ["cars", "cloth", "cars"],
                      "jobs": [1200.5, 30.0, None]})  # fmt: skip


def written(folder, ending, **options):
    path = folder / f"jobs.{ending}"
    {
        "parquet": lambda: TABLE.to_parquet(path),
        "dta": lambda: TABLE.to_stata(path, write_index=False, version=118),
    }.get(ending, lambda: TABLE.to_csv(path, index=False, **options))()
    return path


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        ("csv", {}),
        ("csv", {"sep": ";"}),
        ("txt", {"sep": "|"}),
        ("tsv", {"sep": "\t"}),
        ("csv", {"encoding": "utf-8-sig"}),
        ("csv", {"encoding": "gb18030"}),
        ("dta", {}),
        ("parquet", {}),
    ],
)
def test_every_format_gives_the_same_table(tmp_path, ending, options):
    path = written(tmp_path, ending, **options)
    found = read_table(path, text=["county"], encoding=options.get("encoding", "utf-8"))
    pd.testing.assert_frame_equal(found, TABLE, check_dtype=False)
    assert found["county"].tolist() == ["01", "02", "10"]


def test_codes_keep_their_zeros_where_they_are_not_named(tmp_path):
    assert read_table(written(tmp_path, "csv"))["county"].tolist() == ["01", "02", "10"]


def test_blanks_around_headings_go(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("county , jobs\n01, 3\n")
    found = read_table(path, text=["county"])
    assert list(found) == ["county", "jobs"]
    assert found.values.tolist() == [["01", 3]]


def test_stata_labels_are_texts(tmp_path):
    path = tmp_path / "a.dta"
    TABLE.assign(kind=pd.Categorical(["a", "b", "a"])).to_stata(
        path, write_index=False, version=118
    )
    found = read_table(path)
    assert found["kind"].tolist() == ["a", "b", "a"]
    assert not isinstance(found["kind"].dtype, pd.CategoricalDtype)


def test_excel_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:  # what makes a file an Excel file
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InputError, match="pip install openpyxl"):
        read_table(path)


def test_excel(tmp_path):
    pytest.importorskip("openpyxl")
    path = tmp_path / "a.xlsx"
    TABLE.to_excel(path, index=False, sheet_name="jobs")
    pd.testing.assert_frame_equal(read_table(path, text=["county"], sheet="jobs"), TABLE,
                                  check_dtype=False)  # fmt: skip
    with pytest.raises(InputError, match=r"sheet 'other'.*Pass sheet="):
        read_table(path, sheet="other")


@pytest.mark.parametrize(
    ("name", "content", "options", "words"),
    [
        ("jobs.csv", b"a,b\n1,2\n", {"text": ["c"]}, r"\['c'\].*which has \['a', 'b'\]"),
        ("jobs.csv", "城市,b\n1,2\n".encode("gb18030"), {}, "encoding='gb18030'"),
        ("jobs.csv", b"a,b\n1,2\n", {"encoding": "uft8"}, "'uft8' is unknown"),
        ("jobs.csv", b"a,b\n1,2\n1,2,3\n", {}, r"(?s)row 3.*skiprows="),
        ("jobs.rds", b"", {}, r"must be one of \.csv.*read it with pandas"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, options, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_table(path, **options)


def test_a_file_that_is_not_there_names_its_neighbour(tmp_path):
    written(tmp_path, "csv")
    with pytest.raises(InputError, match=r"Did you mean 'jobs\.csv'"):
        read_table(tmp_path / "job.csv")
