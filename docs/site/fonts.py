"""The site's own fonts: the glyphs that its pages use, from packages; nothing is fetched."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from hunan.paper.fonts import math_style, write_subset

CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
INLINE = re.compile(r"url\(data:font/woff;base64,([^)]+)\)")
FACE = """@font-face {
  font-family: "Noto Sans CJK SC";
  src: url(chinese.otf) format("opentype");
  unicode-range: U+2E80-9FFF, U+F900-FAFF, U+FF00-FFEF, U+3000-303F;
}
"""


def apart(style: str, file: Path) -> str:
    """Return a style whose font stands in a file beside it, which every page shares."""
    if (found := INLINE.search(style)) is None:
        return style
    file.write_bytes(base64.b64decode(found[1]))
    return style.replace(found[0], f"url({file.name})")


def write(site: Path) -> None:
    """Write ``_static/fonts.css`` and the subset of Chinese glyphs of a built site."""
    pages = [path.read_text("utf-8") for path in sorted(site.rglob("*.html"))]
    glyphs = sorted({glyph for page in pages for glyph in CHINESE.findall(page)})
    formulas = "".join(m for page in pages for m in re.findall(r"<math.*?</math>", page, re.DOTALL))
    style = apart(math_style(formulas), site / "_static" / "math.woff")
    if glyphs:
        write_subset("".join(glyphs), site / "_static" / "chinese.otf")
        style += FACE
    (site / "_static" / "fonts.css").write_text(style, encoding="utf-8")
