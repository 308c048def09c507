"""Colours of figures: shades that fall steadily in grey, series that differ by more than colour."""

from __future__ import annotations

from typing import Any

INK = "#222222"
DARK, LIGHT = "#08519c", "#c3ccd6"
OPEN = "#7f8b97"
"""The colour of open points: lighter than `DARK`, and dark enough for a thin line."""
EDGE = "#9aa5b1"
SHADES = ("#f7fbff", "#dbe9f6", "#b5d3e9", "#7cb3d8", "#3a83bf", "#08458a")
"""Six classes of a value, lightest first."""
SERIES: tuple[tuple[str, str, Any], ...] = (
    ("#000000", "o", "-"),
    ("#0072b2", "s", "--"),
    ("#d55e00", "^", "-."),
    ("#009e73", "D", ":"),
    ("#cc79a7", "v", (0, (5, 1, 1, 1, 1, 1))),
    ("#56b4e9", "P", (0, (8, 2))),
    ("#e69f00", "X", (0, (3, 1))),
)
"""Colours of Okabe and Ito (2008), ordered by lightness, with a marker and a dash each."""


def ink_on(shade: int) -> str:
    """Return the colour of text on a class: white on the two darkest."""
    return "white" if shade >= len(SHADES) - 2 else INK
