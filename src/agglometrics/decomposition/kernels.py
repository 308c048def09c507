"""Shift-share partitions as algebra on arrays: no labels, no options.

Symbols beside those of `agglometrics.notation`:

=========  ==================  ====================================================
symbol     shape               meaning
=========  ==================  ====================================================
``B``      (R, I)              base activity, whose growth is explained
``D``      (R, I)              change of activity, end minus start
``N``      (1, I) or (R, I)    base activity of the reference economy
``G``      (1, 1) or (R, 1)    growth rate of the reference economy
``g``      (1, I) or (R, I)    growth rate of industry i in the reference economy
``H``      (R, I)              homothetic base: region r's size in the reference's mix
=========  ==================  ====================================================

Rates enter only as products with the base that they were divided by, so a zero base has
an answer: an industry without a base in the reference grows as the reference does
(no mix effect), and the change of a cell without a base is competitive.
"""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array

Parts = dict[str, Array]


def growth_rates(N: Array, D_N: Array) -> tuple[Array, Array]:
    """Return G and g, the growth of the reference and of each of its industries.

    An industry with N = 0 is given the rate G: nothing is known of it beyond the total.
    """
    G = D_N.sum(axis=-1, keepdims=True) / N.sum(axis=-1, keepdims=True)
    return G, industry_rates(N, D_N, G)


def industry_rates(N: Array, D_N: Array, G: Array) -> Array:
    """Return D_N / N, and G where N = 0."""
    g = np.broadcast_to(G, N.shape).copy()
    np.divide(D_N, N, out=g, where=N > 0)
    return g


def homothetic(B: Array, N: Array) -> Array:
    """Return H = B_r N_i / N of Esteban-Marquillas (1972): the region with the reference's mix."""
    size: Array = B.sum(axis=1, keepdims=True)
    mix: Array = N / N.sum(axis=-1, keepdims=True)
    return size * mix


def dunn(B: Array, D: Array, G: Array, g: Array) -> Parts:
    """Partition of Dunn (1960): D = B G + B (g - G) + (D - B g)."""
    return {"national": B * G, "industry_mix": B * (g - G), "competitive": D - B * g}


def competitive_split(B: Array, D: Array, g: Array, H: Array) -> tuple[Array, Array]:
    """Split D - B g into H (D/B - g) and (B - H)(D/B - g), Esteban-Marquillas (1972).

    Where B = 0 the regional rate D/B does not exist and the whole is the first part.
    """
    whole = D - B * g
    rate = np.zeros_like(B)
    np.divide(D, B, out=rate, where=B > 0)
    competitive = np.where(B > 0, H * (rate - g), whole)
    return competitive, whole - competitive


def esteban_marquillas(B: Array, D: Array, G: Array, g: Array, H: Array) -> Parts:
    """Partition of Esteban-Marquillas (1972), with his allocation effect (B - H)(D/B - g)."""
    competitive, allocation = competitive_split(B, D, g, H)
    return dunn(B, D, G, g) | {"competitive": competitive, "allocation": allocation}


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


def gerfin(E0: Array, E1: Array, N0: Array, N1: Array) -> Parts:
    """Return the indices of Gerfin (1964): growth factor = national x structure x location.

    With f_i = N1_i / N0_i, f = N1 / N0 and E*_r = sum over i of E0_ri f_i, the structure
    index is E*_r / (E0_r f) and the location index is E1_r / E*_r. All (R,).
    """
    f = N1.sum(axis=-1, keepdims=True) / N0.sum(axis=-1, keepdims=True)
    f_i = industry_rates(N0, N1, f)
    E0_r, E1_r = E0.sum(axis=1), E1.sum(axis=1)
    expected = (E0 * f_i).sum(axis=1)
    national = np.broadcast_to(f[:, 0], E0_r.shape)
    structure, location = expected / E0_r / national, E1_r / expected
    return {
        "growth": E1_r / E0_r,
        "national": national,
        "structure": structure,
        "location": location,
        "net_total": structure * location,
    }
