"""Tables in Word, with the three lines of a printed table."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from agglometrics.errors import InputError
from agglometrics.report.sheet import Sheet

THICK, THIN = 12, 6  # eighths of a point
SMALL = 9  # points
PAGE = 432  # points between the margins
LONGEST = 40  # characters of a bookmark's name
LATIN, CHINESE = "Times New Roman", "SimSun"
STAMP = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive knows


def write_docx(table: Sheet) -> bytes:
    """Return a document with the caption, the table and its notes; always the same bytes."""
    document = _docx().Document()
    _fonts(document)
    if table.caption or table.label:
        _caption(document, table)
    grid = document.add_table(rows=0, cols=len(table.columns))
    grid.alignment = 1  # centred
    for cells in (table.columns, *table.rows):
        _row(grid.add_row(), cells, table)
    _repeat(grid.rows[0])
    _lines(grid, table)
    _widths(grid, table)
    for note in table.notes:
        _compact(document.add_paragraph(note), SMALL)
    return _same_bytes(document)


def _docx() -> Any:
    try:
        import docx
    except ImportError:
        raise InputError(
            "to_docx needs the package python-docx, which is not installed. Install it "
            "(pip install python-docx), or use to_html, which Word opens too."
        ) from None
    return docx


def _fonts(document: Any) -> None:
    """Set one font for Latin and one for Chinese letters."""
    from docx.oxml.ns import qn

    for name in ("Normal", "Caption"):
        style = document.styles[name]
        style.font.name = LATIN
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE)
    document.styles["Caption"].font.color.rgb = None


def _caption(document: Any, table: Sheet) -> None:
    paragraph = document.add_paragraph(table.caption, style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    if table.label:
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, _mark("Start", table.label))
        paragraph._p.append(_mark("End", table.label))


def _mark(end: str, label: str) -> Any:
    """Return the start or the end of a bookmark.

    Raises
    ------
    InputError
        If Word takes no bookmark of that name.
    """
    if not label[0].isalpha() or len(label) > LONGEST or any(c.isspace() for c in label):
        raise InputError(
            f"label={label!r} is not a bookmark name in Word: it begins with a letter and has at "
            f"most {LONGEST} characters, none a blank. Pass for example label='tbl:quotients'."
        )
    mark = _element(f"w:bookmark{end}", id="0")
    if end == "Start":
        mark.set(_name("w:name"), label)
    return mark


def _row(row: Any, cells: tuple[str, ...], table: Sheet) -> None:
    places = {"left": 0, "center": 1, "right": 2}
    for cell, text, align in zip(row.cells, cells, table.align, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.add_run(text)
        paragraph.alignment = places[align]
        _compact(paragraph, SMALL + 1)
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _compact(paragraph: Any, points: int) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.line_spacing = 1.0
    for run in paragraph.runs:
        run.font.size = Pt(points)


def _repeat(row: Any) -> None:
    """Repeat the headings on each page."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def _lines(grid: Any, table: Sheet) -> None:
    """Draw the lines above and below the table, below the headings, and above rows with a rule."""
    borders = _element("w:tblBorders")
    for edge in ("top", "bottom"):
        borders.append(_line(edge, THICK))
    grid._tbl.tblPr.find(_name("w:tblLook")).addprevious(borders)  # the schema's order
    below = {1 + n for n in (0, *table.rules) if n < len(table.rows)}
    for number, row in enumerate(grid.rows):
        for cell in row.cells:
            if number in below:
                edges = _element("w:tcBorders")
                edges.append(_line("top", THIN))
                cell._tc.get_or_add_tcPr().append(edges)


def _widths(grid: Any, table: Sheet) -> None:
    """Give each column the width of its longest cell, all together at most the page's."""
    from docx.shared import Pt

    longest = [max(map(len, column)) + 2 for column in zip(table.columns, *table.rows, strict=True)]
    points = [5.0 * n for n in longest]
    scale = min(1.0, PAGE / sum(points))
    for column, width in zip(grid.columns, points, strict=True):
        column.width = Pt(width * scale)
        for cell in column.cells:
            cell.width = Pt(width * scale)


def _line(edge: str, size: int) -> Any:
    return _element(f"w:{edge}", val="single", sz=str(size), space="0", color="auto")


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(_name(f"w:{name}"), value)
    return element


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(tag))


def _same_bytes(document: Any) -> bytes:
    """Return the document as an archive whose entries have no time stamp and a fixed order."""
    written, answer = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(answer, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, old.read(name))
    return answer.getvalue()
