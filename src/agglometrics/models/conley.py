"""The kernel of Conley's (1999) spatial covariance, on the sphere."""

from __future__ import annotations

import numpy as np

from agglometrics.tables import Array

BLOCK = 256  # places handled at once


def unit_vectors(lon: Array, lat: Array) -> Array:
    """Return points of the unit sphere, (P, 3), from degrees."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def conley_meat(scores: Array, xyz: Array, angle: float, bartlett: bool) -> Array:
    """Return sum over places p, q and periods t of k(d_pq) s_pt s_qt' (Conley 1999, eq. 3.5).

    scores : (P, T, K)    xyz : (P, 3), by ascending latitude    angle : the cut-off in radians

    Only the band of latitudes within the cut-off is looked at: cost P times the places in
    a band, in blocks of constant memory.
    """
    P, T, K = scores.shape
    flat = scores.reshape(P, T * K)
    lat = np.arcsin(xyz[:, 2].clip(-1, 1))
    first = np.searchsorted(lat, lat - angle * (1 + 1e-9))
    last = np.searchsorted(lat, lat + angle * (1 + 1e-9), side="right")
    smoothed = np.empty_like(flat)
    for start in range(0, P, BLOCK):
        stop = min(start + BLOCK, P)
        band = slice(int(first[start]), int(last[stop - 1]))
        kernel = _weights(xyz[start:stop], xyz[band], angle, bartlett)
        own = np.arange(stop - start)
        kernel[own, own + start - band.start] = 1.0  # arccos is off by 0.1 km at distance zero
        smoothed[start:stop] = kernel @ flat[band]
    return np.asarray(np.einsum("ptk,ptl->kl", scores, smoothed.reshape(P, T, K), optimize=True))


def _weights(a: Array, b: Array, angle: float, bartlett: bool) -> Array:
    """Return the kernel weights between two sets of unit vectors, (A, B)."""
    cosine = a @ b.T
    if not bartlett:
        limit = np.cos(min(angle, np.pi)) - 1e-15  # rounding must not lose a place on the edge
        return np.asarray(cosine >= limit, dtype=np.float64)
    near = 1 - np.arccos(cosine.clip(-1, 1)) / angle
    return np.asarray(near.clip(min=0.0))
