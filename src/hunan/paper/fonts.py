"""The fonts of the paper: subsets with the glyphs that a text needs."""

from __future__ import annotations

import base64
import importlib.util
import re
from io import BytesIO
from pathlib import Path

from agglometrics.errors import InputError
from agglometrics.plotting.fonts import FAMILY, require_collection

MATH_PACKAGE = "ziamath"
MATH_FILE = "STIXTwoMath-Regular"
# a browser sets <mi>x</mi> in these: italic Latin and Greek letters
MATH_ITALIC = "".join(map(chr, [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]))


def face_number(path: Path, family: str = FAMILY) -> int:
    """Return the number of the face of `family` in a font collection."""
    from fontTools.ttLib import TTCollection

    with TTCollection(path, lazy=True) as faces:
        names = [str(face["name"].getDebugName(1)) for face in faces]
    if family not in names:
        raise InputError(f"{path.name} holds the faces {names}, not {family!r}.")
    return names.index(family)


def write_subset(text: str, target: Path) -> None:
    """Write a font with the glyphs of `text` alone; the same text gives the same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    path = require_collection()
    font = TTFont(path, fontNumber=face_number(path), lazy=True, recalcTimestamp=False)
    options = subset.Options(notdef_outline=True, layout_features=["kern", "locl", "vert"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(set(text))))
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target, reorderTables=None)


def math_style(page: str) -> str:
    """Return CSS that gives an HTML page its mathematics font, with the glyphs it needs.

    STIX Two Math (SIL Open Font License) comes in the package ziamath; where that is absent
    the result is empty, and the reader's own mathematics font is used.
    """
    spec = importlib.util.find_spec(MATH_PACKAGE)
    if spec is None or spec.origin is None or "<math" not in page:
        return ""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    path = Path(spec.origin).parent / "fonts" / f"{MATH_FILE}.ttf"
    font = TTFont(path, lazy=True, recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(layout_features=["ssty", "math", "flac", "dtls"]))
    subsetter.populate(text="".join(re.findall(r"<math.*?</math>", page, re.S)) + MATH_ITALIC)
    subsetter.subset(font)
    font.flavor = "woff"
    data = BytesIO()
    font.save(data, reorderTables=None)
    encoded = base64.b64encode(data.getvalue()).decode()
    source = f"url(data:font/woff;base64,{encoded}) format('woff')"
    return f'@font-face {{ font-family: "STIX Two Math"; src: {source}; }}\n'
