"""Tables in Word, read back with python-docx and with pandoc."""

import io
import re
import zipfile

import pytest

from agglometrics import InputError, to_docx
from agglometrics.report.printed import Table

docx = pytest.importorskip("docx")

TABLE = Table(
    ("", "(1)", "(2)"),
    (("x <b> & 企业", "−1.00*", ""), ("", "(0.50)", ""), ("Observations", "7", "1,722")),
    ("left", "center", "right"),
    rules=(2,),
    caption="Wages & output",
    label="tbl:wages",
    notes=("* p < 0.1", "Second."),
)


def read(table=TABLE, **options):
    return docx.Document(io.BytesIO(to_docx(table, **options)))


def xml(table=TABLE):
    with zipfile.ZipFile(io.BytesIO(to_docx(table))) as archive:
        return archive.read("word/document.xml").decode()


def test_word_prints_every_cell_as_it_stands():
    document = read()
    grid = [tuple(cell.text for cell in row.cells) for row in document.tables[0].rows]
    assert grid == [TABLE.columns, *TABLE.rows]
    assert [p.text for p in document.paragraphs] == ["Wages & output", "* p < 0.1", "Second."]
    assert [c.paragraphs[0].alignment for c in document.tables[0].rows[1].cells] == [0, 1, 2]


def test_lines_are_those_of_a_printed_table():
    text = xml()
    borders = re.findall(r"<w:tblBorders>(.*?)</w:tblBorders>", text)
    assert re.findall(r'<w:(\w+) w:val="single" w:sz="(\d+)"', borders[0]) == [
        ("top", "12"),
        ("bottom", "12"),
    ]
    rows = re.findall(r"<w:tr>.*?</w:tr>", text)
    thin = [row.count('<w:tcBorders><w:top w:val="single" w:sz="6"') for row in rows]
    assert thin == [0, 3, 0, 3]  # below the headings, and above the row with a rule
    assert "w:left w:val" not in text
    assert [("<w:tblHeader/>" in row) for row in rows] == [True, False, False, False]


def test_parts_stand_in_the_order_of_the_schema():
    # ECMA-376 part 1, 17.4.59: tblW, jc, ..., tblBorders, ..., tblLook
    properties = re.search(r"<w:tblPr>(.*?)</w:tblPr>", xml())[1]
    found = re.findall(r"<w:(tblStyle|tblW|jc|tblBorders|tblLayout|tblLook)\b", properties)
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"]
    assert found == sorted(found, key=order.index)


def test_the_label_is_a_bookmark_around_the_caption():
    assert re.search(
        r'<w:bookmarkStart w:id="0" w:name="tbl:wages"/>.*Wages.*<w:bookmarkEnd', xml()
    )
    assert "bookmark" not in xml(Table(("a",), (("1",),), ("left",), caption="No label"))


@pytest.mark.parametrize("label", ["1st", "two words", "a" * 41])
def test_labels_that_word_takes_not_are_refused(label):
    with pytest.raises(InputError, match=r"not a bookmark name in Word.*label='tbl:quotients'"):
        to_docx(TABLE, label=label)


def test_the_same_table_has_the_same_bytes(monkeypatch):
    first = to_docx(TABLE)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert to_docx(TABLE) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
    assert to_docx(TABLE, caption="Another") != first


def test_columns_are_as_wide_as_their_cells_and_fit_the_page():
    widths = [column.width.pt for column in read().tables[0].columns]
    assert widths == [70, 40, 35]  # five points a character, and two to spare
    long = Table(("a", "b"), (("x" * 200, "y" * 98),), ("left", "left"))
    assert [c.width.pt for c in read(long).tables[0].columns] == pytest.approx([290.9, 144], abs=4)


def test_pandoc_reads_the_same_table():
    pypandoc = pytest.importorskip("pypandoc")
    text = pypandoc.convert_text(to_docx(TABLE), "html", format="docx")
    assert re.findall(r"<th[^>]*>(.*?)</th>", text, re.S)[1:] == ["(1)", "(2)"]
    assert "x &lt;b&gt; &amp; 企业" in text


def test_without_python_docx_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(InputError, match=r"needs the package python-docx.*or use to_html"):
        to_docx(TABLE)
