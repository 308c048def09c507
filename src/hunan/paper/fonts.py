"""The fonts of the paper: subsets with the glyphs that a text needs."""

from __future__ import annotations

import base64
import importlib.util
import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.ttLib import TTCollection, TTFont

from agglometrics.errors import InputError
from agglometrics.plotting.fonts import FAMILY, require_collection

# ideographs, their punctuation, and full-width forms
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
MATH_PACKAGE = "ziamath"
MATH_FILE = "STIXTwoMath-Regular"
# a browser sets <mi>x</mi> in these: italic Latin and Greek letters
MATH_ITALIC = "".join(map(chr, [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]))


def face_number(path: Path, family: str = FAMILY) -> int:
    """Return the number of the face of `family` in a font collection."""
    with TTCollection(path, lazy=True) as faces:
        names = [str(face["name"].getDebugName(1)) for face in faces]
    if family not in names:
        raise InputError(f"{path.name} holds the faces {names}, not {family!r}.")
    return names.index(family)


def write_subset(text: str, target: Path) -> None:
    """Write a font with the glyphs of `text` alone; the same text gives the same bytes."""
    from fontTools import subset

    path = require_collection()
    font = TTFont(path, fontNumber=face_number(path), lazy=True, recalcTimestamp=False)
    options = subset.Options(notdef_outline=True, layout_features=["kern", "locl", "vert"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(set(text))))
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target, reorderTables=None)


def chinese_style(page: str) -> str:
    """Return CSS that gives an HTML page the Chinese characters it shows, as a font of its own."""
    used = "".join(sorted({letter for letter in page if CHINESE.match(letter)}))
    if not used:
        return ""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "cjk.otf"
        write_subset(used, path)
        return _font_face("Paper CJK", TTFont(path, recalcTimestamp=False))


def math_style(page: str) -> str:
    """Return CSS that gives an HTML page its mathematics font, with the glyphs it needs.

    STIX Two Math (SIL Open Font License) comes in the package ziamath; where that is absent
    the result is empty, and the reader's own mathematics font is used.
    """
    spec = importlib.util.find_spec(MATH_PACKAGE)
    if spec is None or spec.origin is None or "<math" not in page:
        return ""
    from fontTools import subset

    path = Path(spec.origin).parent / "fonts" / f"{MATH_FILE}.ttf"
    font = TTFont(path, lazy=True, recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(layout_features=["ssty", "math", "flac", "dtls"]))
    subsetter.populate(text="".join(re.findall(r"<math.*?</math>", page, re.S)) + MATH_ITALIC)
    subsetter.subset(font)
    return _font_face("STIX Two Math", font)


def _font_face(family: str, font: TTFont) -> str:
    """Return the CSS rule that carries a font inside the page."""
    font.flavor = "woff"
    data = BytesIO()
    font.save(data, reorderTables=None)
    encoded = base64.b64encode(data.getvalue()).decode()
    source = f"url(data:font/woff;base64,{encoded}) format('woff')"
    return f'@font-face {{ font-family: "{family}"; src: {source}; }}\n'
