"""Growth rates of the reference economy and the homothetic base."""

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
