"""Typst to PDF: fixed fonts and time stamp, and a check that every character has a glyph.

Typst prints an empty box for a character that no font has, and says nothing. So each page is
drawn as SVG first, and the outline of that box is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError

TIMESTAMP = 1735689600  # 2025-01-01, of the file's metadata; not the date of the paper
FAMILIES = ("Libertinus Serif", "New Computer Modern Math", "DejaVu Sans Mono")
UNKNOWN = "\U0010fffd"  # no font has it
GLYPH = re.compile(r'<use xlink:href="#(g[0-9A-F]+)"')


def compile_pdf(source: str, folder: Path, font_folder: Path) -> bytes:
    """Return the PDF of a Typst source; its pictures are relative to `folder`."""
    page: bytes = _compile(source, "pdf", folder, font_folder, timestamp=TIMESTAMP)
    return page


def _compile(source: str, form: str, folder: Path, font_folder: Path, **options: Any) -> Any:
    import typst

    compile_source: Any = typst.compile
    return compile_source(
        source.encode("utf-8"),
        root=str(folder),
        format=form,
        font_paths=[str(font_folder)],
        ignore_system_fonts=True,
        **options,
    )


def check_glyphs(source: str, folder: Path, font_folder: Path, text: Path) -> None:
    """Raise `InputError` naming the characters that no font has, and where the text has them."""
    pages = _compile(source, "svg", folder, font_folder)
    drawn = {glyph for page in _listed(pages) for glyph in GLYPH.findall(page.decode("utf-8"))}
    boxes = _boxes(folder, font_folder)
    if drawn.isdisjoint(boxes):
        return
    candidates = sorted({character for character in source if character > "~"})
    lacking = [one for one in candidates if not _has_glyph(one, boxes, folder, font_folder)]
    raise InputError(
        f"no font has {_places(lacking, source, text)}. Typst would print empty boxes: choose "
        "other characters."
    )


def _boxes(folder: Path, font_folder: Path) -> frozenset[str]:
    """Return the glyphs that stand for an unknown character in each family."""
    source = "\n\n".join(
        f'#text(font: "{family}", "{UNKNOWN}")\n\n#text(font: "{family}")[*{UNKNOWN}*]'
        f'#text(font: "{family}")[_{UNKNOWN}_]'
        for family in FAMILIES
    )
    pages = _listed(_compile(f"{source}\n\n${UNKNOWN}$", "svg", folder, font_folder))
    return frozenset(glyph for page in pages for glyph in GLYPH.findall(page.decode("utf-8")))


def _has_glyph(character: str, boxes: Iterable[str], folder: Path, font_folder: Path) -> bool:
    source = f'#text(font: "{FAMILIES[0]}", "\\u{{{ord(character):x}}}")'
    pages = _listed(_compile(source, "svg", folder, font_folder))
    drawn = {glyph for page in pages for glyph in GLYPH.findall(page.decode("utf-8"))}
    return drawn.isdisjoint(boxes)


def _places(characters: Iterable[str], source: str, text: Path) -> str:
    """Return each character with its code point and the line of the text, or its neighbours."""
    lines = text.read_text(encoding="utf-8").split("\n")
    places = []
    for one in characters:
        number = next((n for n, line in enumerate(lines, 1) if one in line), None)
        at = source.index(one)
        where = f"line {number}" if number else f"near {source[max(at - 20, 0) : at + 20]!r}"
        places.append(f"{one} (U+{ord(one):04X}, {where})")
    return ", ".join(places)


def _listed(pages: Any) -> list[bytes]:
    return pages if isinstance(pages, list) else [pages]
