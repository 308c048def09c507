"""The eight parts of Arcelus (1984)."""

from __future__ import annotations

from agglometrics.decomposition.formulas.esteban_marquillas import competitive_split
from agglometrics.decomposition.formulas.rates import (
    Parts,
    industry_rates,
)
from agglometrics.notation import Array


def arcelus(B: Array, D: Array, G: Array, g: Array, H: Array) -> Parts:
    """Eight parts of Arcelus (1984): four effects, each on H and on B - H.

    With g_r the region's own growth, the effects are G, g - G, g_r - G and the rest of
    the competitive one, (D/B - g) - (g_r - G).
    """
    base = B.sum(axis=1, keepdims=True)
    g_r = industry_rates(base, D.sum(axis=1, keepdims=True), G)
    competitive, allocation = competitive_split(B, D, g, H)
    return {
        "national_homothetic": H * G,
        "national_differential": (B - H) * G,
        "industry_mix_homothetic": H * (g - G),
        "industry_mix_differential": (B - H) * (g - G),
        "regional_homothetic": H * (g_r - G),
        "regional_differential": (B - H) * (g_r - G),
        "regional_industry_homothetic": competitive - H * (g_r - G),
        "regional_industry_differential": allocation - (B - H) * (g_r - G),
    }
