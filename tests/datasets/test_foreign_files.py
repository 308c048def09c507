"""Files as people hold them: the right table, or words that name the file, the rule, the way out.

Never a rounded code, a merged key, a lost row or an exception of another library.
"""

import bz2
import datetime
import gzip
import lzma
import math
import os
import zipfile

import numpy as np
import pandas as pd
import pytest

from agglometrics.datasets import read_adh, read_firms, read_table
from agglometrics.datasets.firm_layouts import ASIF
from agglometrics.errors import AgglometricsWarning, InputError

PLAIN = b"region,jobs\na,1\nb,2\n"
LONG = "123456789012345678"


def held(frame):
    """Return a table as lists, None where a cell is missing."""
    cells = frame.astype(object).where(frame.notna(), None)
    return [list(frame.columns), *cells.to_numpy().tolist()]


def zipped(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return path.read_bytes()


RIGHT = {
    "byte order mark": ("\ufeffregion,jobs\na,1\n".encode(), {}, [["a", 1]]),
    "utf-16 with its mark": ("region,jobs\n长沙,1\n".encode("utf-16"), {}, [["长沙", 1]]),
    "utf-32 with its mark": ("region,jobs\n长沙,1\n".encode("utf-32"), {}, [["长沙", 1]]),
    "a mark counts more than encoding=": (
        "\ufeffregion,jobs\n长沙,1\n".encode(), {"encoding": "gb18030"}, [["长沙", 1]]),
    "gbk": ("region,jobs\n长沙,1\n".encode("gbk"), {"encoding": "gbk"}, [["长沙", 1]]),
    "a quoted line break": (b'region,jobs\n"a\nb",1\n', {}, [["a\nb", 1]]),
    "a quoted separator": (b'region,jobs\n"a,b",1\n', {}, [["a,b", 1]]),
    "a doubled quotation mark": (b'region,jobs\n"a ""b""",1\n', {}, [['a "b"', 1]]),
    "lines of Windows": (b"region,jobs\r\na,1\r\nb,2\r\n", {}, [["a", 1], ["b", 2]]),
    "lines of old Macs": (b"region,jobs\ra,1\rb,2\r", {}, [["a", 1], ["b", 2]]),
    "empty lines": (b"\n\nregion,jobs\n\na,1\n\n\nb,2\n\n", {}, [["a", 1], ["b", 2]]),
    "rows of separators alone": (b"region,jobs\na,1\n,\n,\n", {}, [["a", 1]]),
    "no line end": (b"region,jobs\na,1", {}, [["a", 1]]),
    "leading zeros": (b"region,jobs\n01,1\n1,2\n", {}, [["01", 1], ["1", 2]]),
    "zeros and gaps": (b"region,jobs\n007,1\n,2\n", {}, [["007", 1], [None, 2]]),
    "codes like 1e5": (b"region,jobs\n1e5,1\n2E5,2\n100000,3\n", {},
                       [["1e5", 1], ["2E5", 2], ["100000", 3]]),
    "long codes": (f"region,jobs\n{LONG},1\n{LONG[:-1]}9,2\n".encode(), {},
                   [[int(LONG), 1], [int(LONG[:-1] + "9"), 2]]),
    "long codes with a gap": (f"region,jobs\n{LONG},1\n,2\n".encode(), {}, [[LONG, 1], [None, 2]]),
    "longer codes": (f"region,jobs\n{LONG}123,1\n{LONG}124,2\n".encode(), {},
                     [[LONG + "123", 1], [LONG + "124", 2]]),
    "long codes beside a fraction": (f"region,jobs\n{LONG},1\n0.5,2\n".encode(), {},
                                     [[LONG, 1], ["0.5", 2]]),
    "TRUE among names": (b"region,jobs\nTRUE,1\nb,2\n", {}, [["TRUE", 1], ["b", 2]]),
    "truth values": (b"region,treated\na,TRUE\nb,FALSE\n", {}, [["a", True], ["b", False]]),
    "NA quoted is a label": (b'"region","jobs"\n"NA",1\n"b",NA\n', {}, [["NA", 1], ["b", None]]),
    "NA as label": (b"region,jobs\nNA,1\nb,NA\n", {"missing": []}, [["NA", "1"], ["b", "NA"]]),
    "NA as unknown": (b"region,jobs\nNA,1\nb,2\n", {"missing": ["NA"]}, [[None, 1], ["b", 2]]),
    "own words for unknown": (b"region,jobs\na,-\nb,2\n", {"missing": ["-"]},
                              [["a", None], ["b", 2]]),
    "dates stay text": (b"region,jobs\n2020-01-01,1\n", {}, [["2020-01-01", 1]]),
    "exponents": (b"region,jobs\na,1.5e-05\nb,1E+05\nc,2.0E5\n", {},
                  [["a", 1.5e-05], ["b", 1e5], ["c", 2e5]]),
    "decimal comma": (b"region;jobs\na;1,5\nb;1.234,5\nc;7\n", {"decimal": ","},
                      [["a", 1.5], ["b", 1234.5], ["c", 7]]),
    "points that group, in a file of decimal commas": (
        b"region;jobs\na;1.234\nb;7\n", {"decimal": ","}, [["a", 1234], ["b", 7]]),
    "thousands": (b'region,jobs\na,"1,234.5"\nb,7\n', {"decimal": "."}, [["a", 1234.5], ["b", 7]]),
    "Excel's first line": (b"sep=;\nregion;jobs\na;1\n", {}, [["a", 1]]),
    "a separator in the heading's words": (b"region;jobs (a, b, c)\na;1\nb;2\n", {},
                                           [["a", 1], ["b", 2]]),
    "separators at the end": (b"region,jobs,\na,1,\nb,2,\n", {}, [["a", 1], ["b", 2]]),
    "separators at the end of rows": (b"region,jobs\na,1,\nb,2,\n", {}, [["a", 1], ["b", 2]]),
    "a title skipped": (b"Table 1\nregion,jobs\na,1\nb,2\n", {"skip": 1}, [["a", 1], ["b", 2]]),
    "row names of pandas": (b",region,jobs\n0,a,1\n1,b,2\n", {}, [[0, "a", 1], [1, "b", 2]]),
    "numbers padded by blanks": (b"region,jobs\na,  1 \nb, 20\n", {}, [["a", 1], ["b", 20]]),
    "infinite": (b"region,jobs\na,Inf\nb,-inf\n", {}, [["a", math.inf], ["b", -math.inf]]),
    "codes of one number": (b"nace,jobs\n10.1,1\n10.10,2\n", {}, [["10.1", 1], ["10.10", 2]]),
    "codes of one number, both with zeros": (b"nace,jobs\n1.10,1\n1.100,2\n", {},
                                             [["1.10", 1], ["1.100", 2]]),
    "numbers of one form": (b"region,jobs\na,1.50\nb,1.20\nc,2.0\nd,2.00\n", {},
                            [["a", 1.5], ["b", 1.2], ["c", 2.0], ["d", 2.0]]),
    "numbers of two forms": (b"region,jobs\na,1.50\nb,1.5\n", {"decimal": "."},
                             [["a", 1.5], ["b", 1.5]]),
    "two byte order marks": ("\ufeff\ufeffregion,jobs\na,1\n".encode(), {}, [["a", 1]]),
    "latin-1": ("region,jobs\nÎle,1\n".encode("latin-1"), {"encoding": "latin-1"},
                [["Île", 1]]),
    "gb18030 that is by chance in UTF-8": ("region,jobs\n螒螜,1\n".encode("gb18030"),
                                           {"encoding": "gb18030"}, [["螒螜", 1]]),
    "a very long cell": (b"region,jobs\n" + b"a" * 3_000_000 + b",1\n", {},
                         [["a" * 3_000_000, 1]]),
}  # fmt: skip

REFUSED = {
    "no byte": (b"", {}, "is empty: it has no byte"),
    "no line": (b"\n\n  \n", {}, "no line|no row"),
    "headings only": (b"region,jobs\n", {}, "no row below"),
    "headings and empty rows": (b"region,jobs\n,\n,\n", {}, "no row below"),
    "cut off": (b"region,jobs,year\na,1,2000\nb,2", {}, r"row 3 has 2 cells, not the 3"),
    "a row too long": (b"region,jobs\na,1\nb,2,3\n", {}, r"row 3 has 3 cells, not the 2"),
    "a note below": (b"region,jobs\na,1\nSource: yearbook\n", {}, "row 3 has 1 cells.*note"),
    "a note below, with separators": (b"region,jobs,year\na,1,2\nSource: yearbook,,\n", {},
                                      "row 2 .*one cell of 3, 'Source: yearbook'.*Delete"),
    "a note below, as long as a row": (b"region,jobs\na,1\nSource: yearbook, 2020\n", {},
                                       "begins 'Source: yearbook'.*note.*Delete"),
    "a note in Chinese": ("region,jobs\na,1\n数据来源：年鉴,2020\n".encode(), {}, "note.*Delete"),
    "utf-8 as latin-1": ("region,jobs\nÎle,1\n".encode(), {"encoding": "latin-1"},
                         "is in UTF-8.*Pass encoding='utf-8'"),
    "utf-8 as gb18030": ("region,jobs\n长沙市湘,1\n".encode(), {"encoding": "gb18030"},
                         "Pass encoding='utf-8'"),
    "utf-8 of odd length as gb18030": ("region,jobs\n长沙市,1\n".encode(),
                                       {"encoding": "gb18030"}, "Pass encoding='utf-8'"),
    "a page": (b"<!DOCTYPE html><html>404</html>", {}, "page of HTML.*save the table as"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(99), {}, "old Excel workbook.*ending"),
    "a workbook": (b"PK\x03\x04" + bytes(99), {}, "xlsx workbook.*ending of its kind"),
    "packed": (gzip.compress(PLAIN), {}, "packed with gzip.*ending of its kind"),
    "a title": (b"Table 1\nregion,jobs,year\na,1,2\nb,2,2\n", {}, "title.*skip=1"),
    "a title with separators": (b"Table 1,,\nregion,jobs,year\na,1,2\nb,2,2\n", {},
                                "heading is empty"),
    "row names of R": (b"region,jobs\n1,a,1\n2,b,2\n", {}, "row names of R"),
    "two heading rows": (b"region,2000,,2001,\n,jobs,plants,jobs,plants\na,1,2,3,4\n", {},
                         "heading is empty.*one row"),
    "columns twice": (b"region,jobs,jobs\na,1,2\n", {}, r"\['jobs'\] more than once"),
    "columns twice but for blanks": (b"region,jobs, jobs \na,1,2\n", {}, "more than once"),
    "no headings": (b"430100,35,1200\n430200,36,800\n", {}, "found numbers only"),
    "NA among texts": (b"region,jobs\nNA,1\nb,2\n", {}, r"'NA' in 1 rows.*missing=\['NA'\]"),
    "None among texts": (b"region,jobs\nNone,1\nb,2\n", {}, r"'None' in 1 rows.*missing=\[\]"),
    "a decimal comma": (b"region;jobs\na;1,5\nb;2,5\n", {}, r"first '1,5'.*decimal=','"),
    "thousands": (b'region,jobs\na,"1,234"\nb,7\n', {}, r"first '1,234'.*decimal='\.'"),
    "utf-16 without its mark": ("region,jobs\na,1\n".encode("utf-16-le"), {}, "zero bytes"),
    "gbk as utf-8": ("region,jobs\n长沙,1\n".encode("gbk"), {}, "encoding='gb18030'"),
    "no encoding": (PLAIN, {"encoding": "base64"}, "'base64' is unknown"),
    "an encoding of none": (PLAIN, {"encoding": ""}, "unknown"),
    "columns apart by blanks": (b"region  jobs\na  1\nb  2\n", {}, "separated by blanks"),
    "a quotation mark without end": (b'region,jobs\n"a,1\nb,2\n', {}, "regular table"),
    "skip beyond the end": (PLAIN, {"skip": 9}, "leaves nothing"),
    "skip below zero": (PLAIN, {"skip": -1}, "skip must be"),
    "another decimal mark": (PLAIN, {"decimal": ";"}, "decimal must be"),
    "missing as one word": (PLAIN, {"missing": "NA"}, "missing must be a list"),
    "text as one word": (PLAIN, {"text": "region"}, "text must be a list"),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_the_right_table(tmp_path, case):
    data, options, rows = RIGHT[case]
    path = tmp_path / "数据 [1]*.CSV"
    path.write_bytes(data)
    assert held(read_table(path, **options))[1:] == rows


@pytest.mark.parametrize("case", REFUSED)
def test_words_for_what_is_no_table(tmp_path, case):
    data, options, words = REFUSED[case]
    path = tmp_path / "jobs.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"(?s){words}"):
        read_table(path, **options)


def test_codes_named_as_text_keep_what_stands_there(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("region,jobs\n1.50,1\n2,2\n")
    assert read_table(path, text=["region"])["region"].tolist() == ["1.50", "2"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files(tmp_path, pack):
    ending = {"compress": {gzip: "gz", bz2: "bz2", lzma: "xz"}}["compress"]
    module = next(each for each in ending if each.__name__ == pack.__module__)
    path = tmp_path / f"jobs.csv.{ending[module]}"
    path.write_bytes(pack(PLAIN))
    assert held(read_table(path)) == [["region", "jobs"], ["a", 1], ["b", 2]]
    path.write_bytes(pack(PLAIN)[:-6])
    with pytest.raises(InputError, match=rf"{path.name}.*cannot be unpacked"):
        read_table(path)
    path.write_bytes(PLAIN)
    with pytest.raises(InputError, match="cannot be unpacked"):
        read_table(path)


def test_zip_files(tmp_path):
    path = tmp_path / "jobs.zip"
    zipped(path, jobs_csv=PLAIN)
    assert len(read_table(path)) == 2
    zipped(path, a_csv=PLAIN, b_csv=PLAIN)
    with pytest.raises(InputError, match="must hold one file; found 2"):
        read_table(path)
    zipped(path, a_rds=PLAIN)
    with pytest.raises(InputError, match="ending"):
        read_table(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="cannot be unpacked"):
        read_table(path)


@pytest.mark.parametrize("name", ["jobs", ".csv", "jobs.json", "jobs.xls", "~$jobs.xlsm"])
def test_names_without_a_known_ending(tmp_path, name):
    (tmp_path / name).write_bytes(PLAIN)
    with pytest.raises(InputError, match="ending"):
        read_table(tmp_path / name)


def test_a_hidden_file_that_is_named_is_read(tmp_path):
    (tmp_path / ".jobs.csv").write_bytes(PLAIN)
    assert len(read_table(tmp_path / ".jobs.csv")) == 2


def test_a_file_that_changes_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "jobs.csv"
    path.write_bytes(PLAIN)
    read = type(path).read_bytes

    def slow(file):
        data = read(file)
        file.write_bytes(data + b"c,3\n")
        return data

    monkeypatch.setattr(type(path), "read_bytes", slow)
    with pytest.raises(InputError, match="changed while it was read"):
        read_table(path)


@pytest.mark.skipif(os.name != "posix", reason="named pipes are of POSIX")
def test_what_is_no_plain_file(tmp_path):
    os.mkfifo(tmp_path / "jobs.csv")
    with pytest.raises(InputError, match="plain file"):
        read_table(tmp_path / "jobs.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="there is no file"):
        read_table(tmp_path / "gone.csv")


# ---- Excel ------------------------------------------------------------------------------------


def sheet(path, *sheets, formula=None):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for place, rows in enumerate(sheets):
        page = book.active if place == 0 else book.create_sheet(f"s{place}")
        for row in rows:
            page.append(row)
    if formula:
        book.active[formula[0]] = formula[1]
    book.save(path)
    return path


HEAD = ["region", "jobs"]


@pytest.mark.parametrize(
    ("rows", "options", "right"),
    [
        ([HEAD, ["01", 1], ["1", 2]], {}, [["01", 1], ["1", 2]]),
        ([HEAD, [430100.0, 1.5], [430200.0, 2]], {}, [[430100, 1.5], [430200, 2]]),
        ([HEAD, [430100.0, 1], ["430200", 2]], {}, [["430100", 1], ["430200", 2]]),
        ([HEAD, [430100.0, 1], [43.0, 2]], {"text": ["region"]}, [["430100", 1], ["43", 2]]),
        ([HEAD, ["NA", 1], ["b", 2]], {"missing": []}, [["NA", 1], ["b", 2]]),
        ([HEAD, ["a", "NA"], ["b", 2]], {}, [["a", None], ["b", 2]]),
        ([HEAD, ["a", "#DIV/0!"], ["b", 2]], {}, [["a", None], ["b", 2]]),
        ([[], HEAD, ["a", 1], [None, None], ["b", 2], []], {}, [["a", 1], ["b", 2]]),
        ([["Table 1"], HEAD, ["a", 1], ["b", 2]], {"skip": 1}, [["a", 1], ["b", 2]]),
        ([HEAD, ["a", True], ["b", False]], {}, [["a", True], ["b", False]]),
        ([HEAD, ["a", datetime.datetime(2020, 1, 1)]], {}, [["a", pd.Timestamp(2020, 1, 1)]]),
        ([[*HEAD, None], ["a", 1, None], ["b", 2, None]], {}, [["a", 1], ["b", 2]]),
    ],
)  # fmt: skip
def test_sheets(tmp_path, rows, options, right):
    found = held(read_table(sheet(tmp_path / "数据.XLSX", rows), **options))
    assert found == [HEAD, *right]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "is empty"),
        ([HEAD], "no row below"),
        ([["Table 1"], HEAD, ["a", 1]], "title.*skip=1"),
        ([["region", "2000", None], [None, "jobs", "plants"], ["a", 1, 2]], "heading is empty"),
        ([["region", "jobs", "jobs"], ["a", 1, 2]], "more than once"),
        ([[*HEAD, "year"], ["a", 1, 2], ["Source: yearbook"]], "one cell of 3"),
        ([HEAD, ["NA", 1], ["b", 2]], r"missing=\['NA'\]"),
        ([HEAD, [430100000000000123, 1], [430100000000000124, 2]], "fifteen digits"),
    ],
)
def test_words_for_sheets(tmp_path, rows, words):
    path = sheet(tmp_path / "jobs.xlsx", rows)
    with pytest.raises(InputError, match=words):
        read_table(path)


def test_several_sheets_are_named(tmp_path):
    path = sheet(tmp_path / "jobs.xlsx", [HEAD, ["a", 1]], [HEAD, ["b", 2]])
    with pytest.warns(AgglometricsWarning, match=r"several sheets; read 'Sheet'.*\['s1'\]"):
        assert held(read_table(path))[1:] == [["a", 1]]
    assert held(read_table(path, sheet="s1"))[1:] == [["b", 2]]
    assert held(read_table(path, sheet=1))[1:] == [["b", 2]]
    for wanted in (2, -1, "x"):
        with pytest.raises(InputError, match=r"\['Sheet', 's1'\]"):
            read_table(path, sheet=wanted)


def test_a_formula_that_was_not_computed(tmp_path):
    path = sheet(tmp_path / "jobs.xlsx", [HEAD, ["a", 1], ["b", 2]], formula=("B3", "=B2*2"))
    with pytest.raises(InputError, match=r"cell B3 .*formula, =B2\*2"):
        read_table(path)


def test_an_excel_file_cut_off_or_of_another_kind(tmp_path):
    path = sheet(tmp_path / "jobs.xlsx", [HEAD, ["a", 1]])
    for data in (path.read_bytes()[:-200], PLAIN, b"\xd0\xcf\x11\xe0" + bytes(600)):
        path.write_bytes(data)
        with pytest.raises(InputError, match="cannot be read as an Excel file"):
            read_table(path)


# ---- Stata and Parquet ------------------------------------------------------------------------


def stata(path, frame, **options):
    frame.to_stata(path, write_index=False, version=118, **options)
    return path


def test_stata_labels_of_some_codes_only_leave_the_codes(tmp_path):
    frame = pd.DataFrame({"wage": [5, -9, 7], "kind": [1, 2, 1]})
    labels = {"wage": {-9: "refused"}, "kind": {1: "state", 2: "private"}}
    found = read_table(stata(tmp_path / "a.dta", frame, value_labels=labels))
    assert held(found)[1:] == [[5, "state"], [-9, "private"], [7, "state"]]


def test_stata_labels_that_repeat_leave_the_codes_and_say_so(tmp_path):
    frame = pd.DataFrame({"kind": [1, 2, 1]})
    path = stata(tmp_path / "a.dta", frame, value_labels={"kind": {1: "other", 2: "other"}})
    with pytest.warns(AgglometricsWarning, match="one name to several codes"):
        assert read_table(path)["kind"].tolist() == [1, 2, 1]


def test_stata_codes_dates_and_texts(tmp_path):
    frame = pd.DataFrame({
        "code": [430102.0, 430103, np.nan], "when": pd.to_datetime(["2020-04-01"] * 3),
        "note": ["短", "x" * 3000, ""]})  # fmt: skip
    path = stata(tmp_path / "数据.DTA", frame, convert_dates={"when": "tm"}, convert_strl=["note"])
    found = read_table(path, text=["code"])
    assert held(found)[1][0] == "430102"
    assert found["code"].isna().tolist() == [False, False, True]
    assert found["when"].tolist() == [pd.Timestamp("2020-04-01")] * 3
    assert found["note"].tolist()[:2] == ["短", "x" * 3000]


@pytest.mark.parametrize("kept", [3, 60, 400, 0.5, 0.9])
def test_a_stata_file_cut_off(tmp_path, kept):
    frame = pd.DataFrame({"code": np.arange(3000.0), "kind": pd.Categorical(["a", "b"] * 1500)})
    path = stata(tmp_path / "a.dta", frame)
    data = path.read_bytes()
    path.write_bytes(data[: kept if kept > 1 else int(len(data) * kept)])
    with pytest.raises(InputError, match=r"a\.dta.*cannot be read as a Stata file"):
        read_table(path)


def test_parquet_keeps_long_codes_beside_a_gap_and_the_index(tmp_path):
    codes = pd.array([2**60 + 1, 2**60 + 2, None], dtype="Int64")
    frame = pd.DataFrame({"code": codes, "jobs": [1, 2, 3]}).set_index("jobs")
    frame.to_parquet(tmp_path / "a.PARQUET")
    found = read_table(tmp_path / "a.PARQUET")
    assert sorted(found) == ["code", "jobs"]
    assert found["code"].tolist()[:2] == [2**60 + 1, 2**60 + 2]


def test_parquet_of_one_file_takes_no_key_from_its_folders(tmp_path):
    folder = tmp_path / "year=2000"
    folder.mkdir()
    pd.DataFrame({"code": ["01"], "jobs": [1]}).to_parquet(folder / "a.parquet")
    assert held(read_table(folder / "a.parquet")) == [["code", "jobs"], ["01", 1]]


@pytest.mark.parametrize("kept", [3, 0.3, 0.9])
def test_a_parquet_file_cut_off(tmp_path, kept):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"code": np.arange(3000)}).to_parquet(path)
    data = path.read_bytes()
    path.write_bytes(data[: kept if kept > 1 else int(len(data) * kept)])
    with pytest.raises(InputError, match=r"a\.parquet.*cannot be read as a Parquet file"):
        read_table(path)


# ---- firm files and archives ------------------------------------------------------------------

FIRMS = (
    "法人代码,行政区划代码,行业代码,年份,从业人员\nA1,430104,0610,2006,12\nB2,430211,3714,2006,8\n"
)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("f.csv", b"", "is empty"),
        ("f.csv", (FIRMS + "a,b,c,d,e,f\n").encode(), "row 4 has 6 cells, not the 5"),
        ("f.csv", FIRMS[:-9].encode(), "row 3 has 3 cells, not the 5"),
        ("f.csv", FIRMS.replace("从业人员", "年份").encode(), "more than once"),
        ("f.parquet", b"xx", "cannot be read as a Parquet file"),
        ("f.dta", b"xx", "cannot be read as a Stata file"),
        ("f.xlsx", b"xx", "ending"),
    ],
)
def test_firm_files(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words):
        read_firms(tmp_path / name, ASIF, columns={"jobs": "从业人员"})


def test_a_packed_firm_file_in_utf_16_with_semicolons(tmp_path):
    path = tmp_path / "f.csv.gz"
    path.write_bytes(gzip.compress(FIRMS.replace(",", ";").encode("utf-16")))
    found = read_firms(path, ASIF, columns={"jobs": "从业人员"})
    assert found["industry"].tolist() == ["06", "37"]


@pytest.mark.parametrize(
    ("ending", "data"),
    [("csv", b""), ("csv", b"a,b\n1,2\n1,2,3\n"), ("parquet", b"xx"), ("dta", b"xx")],
)
def test_archives_that_are_cut_off(tmp_path, ending, data):
    (tmp_path / f"adh_akm_reg.{ending}").write_bytes(data)
    with pytest.raises(InputError, match=r"cannot be read.*Download it again"):
        read_adh(tmp_path)
