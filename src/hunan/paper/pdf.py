"""Typst to PDF: fixed fonts and time stamp, and a check that every character has a glyph.

Typst prints an empty box for a character that no font has, and says nothing. So each character
of the text is drawn as SVG first, and the outline of that box is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError

TIMESTAMP = 1735689600  # 2025-01-01, of the file's metadata; not the date of the paper
FAMILY = "Libertinus Serif"  # of the template
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
    characters = sorted({character for character in source if character > "~"})
    if not characters:
        return
    *drawn, boxes = _glyphs([*characters, UNKNOWN], folder, font_folder)
    lacking = [one for one, found in zip(characters, drawn, strict=True) if found & boxes]
    if lacking:
        raise InputError(
            f"no font has {_places(lacking, source, text)}. Typst would print empty boxes: "
            "choose other characters."
        )


def _glyphs(characters: Sequence[str], folder: Path, font_folder: Path) -> list[set[str]]:
    """Return the outlines that each character is drawn with, on a page of its own.

    Typst falls back on every font it was given, so one family stands for all.
    """
    pages = "\n#pagebreak()\n".join(f'#"\\u{{{ord(one):x}}}"' for one in characters)
    source = f'#set page(width: 2cm, height: 2cm)\n#set text(font: "{FAMILY}")\n{pages}'
    drawn = _compile(source, "svg", folder, font_folder)
    return [set(GLYPH.findall(page.decode("utf-8"))) for page in drawn]


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
