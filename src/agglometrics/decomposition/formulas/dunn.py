"""The three parts of Dunn (1960)."""

from __future__ import annotations

from agglometrics.decomposition.formulas.rates import (
    Parts,
)
from agglometrics.notation import Array


def dunn(B: Array, D: Array, G: Array, g: Array) -> Parts:
    """Partition of Dunn (1960): D = B G + B (g - G) + (D - B g)."""
    return {"national": B * G, "industry_mix": B * (g - G), "competitive": D - B * g}
