"""The font with Chinese glyphs: found in a package, never in the system, so pages look alike.

Noto Sans CJK comes in the Python package ``noto-cjk-sans-otc`` (SIL Open Font License).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from agglometrics.errors import InputError

FAMILY = "Noto Sans CJK SC"
PACKAGE = "noto_cjk_sans_otc"
FILE = "NotoSansCJK-Regular.ttc"


def collection() -> Path | None:
    """Return the collection of Noto Sans CJK faces, or None where the package is absent."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent / FILE if spec and spec.origin else None


def require_collection() -> Path:
    """Return the collection of faces, or raise `InputError` naming the package."""
    path = collection()
    if path is None:
        raise InputError(
            "Chinese text needs the package noto-cjk-sans-otc, which is not installed. "
            "Install it (it is in the dependency group 'study'), or choose lang='en'."
        )
    return path


@cache
def figure_family(chinese: bool) -> list[str]:
    """Return the font families of figures, after telling matplotlib of the packaged font."""
    from matplotlib import font_manager

    path = require_collection() if chinese else collection()
    if path is None:
        return ["DejaVu Sans"]
    font_manager.fontManager.addfont(str(path))
    return [FAMILY, "DejaVu Sans"]


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


@cache
def glyphs(path: Path) -> frozenset[str]:
    """Return the characters that a font file (the first face of `FAMILY` in a collection) has."""
    from fontTools.ttLib import TTFont

    number = face_number(path) if path.suffix == ".ttc" else -1
    with TTFont(path, fontNumber=number, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def lacking(text: str, fonts: Iterable[Path]) -> Mapping[str, int]:
    """Return the printed characters of `text` that no font has, with the line of the first."""
    known = frozenset().union(*map(glyphs, fonts))
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for character in line:
            if character.isprintable() and not character.isspace() and character not in known:
                found.setdefault(character, number)
    return found
