"""The font with Chinese glyphs: found in a package, never in the system, so pages look alike.

Noto Sans CJK comes in the Python package ``noto-cjk-sans-otc`` (SIL Open Font License).
"""

from __future__ import annotations

import importlib.util
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
    if FAMILY in font_manager.get_font_names():
        return [FAMILY, "DejaVu Sans"]
    if chinese:
        raise InputError(
            "Chinese text needs matplotlib 3.11 or newer, which reads every face of a font "
            "collection. Update it, or choose lang='en'."
        )
    return ["DejaVu Sans"]
