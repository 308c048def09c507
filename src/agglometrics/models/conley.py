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
    a band, in blocks of one buffer (fresh pages cost more than the arithmetic).
    """
    P, T, K = scores.shape
    flat = scores.reshape(P, T * K)
    lat = np.arcsin(xyz[:, 2].clip(-1, 1))
    first = np.searchsorted(lat, lat - angle * (1 + 1e-9))
    last = np.searchsorted(lat, lat + angle * (1 + 1e-9), side="right")
    starts = range(0, P, BLOCK)
    width = max(int(last[min(s + BLOCK, P) - 1] - first[s]) for s in starts)
    buffer, smoothed = np.empty(BLOCK * width), np.empty_like(flat)
    for start in starts:
        stop = min(start + BLOCK, P)
        band = slice(int(first[start]), int(last[stop - 1]))
        rows, columns = stop - start, band.stop - band.start
        kernel = buffer[: rows * columns].reshape(rows, columns)
        np.matmul(xyz[start:stop], xyz[band].T, out=kernel)
        (_bartlett if bartlett else _uniform)(kernel, angle)
        own = np.arange(rows)
        kernel[own, own + start - band.start] = 1.0  # arccos is off by 0.1 km at distance zero
        np.matmul(kernel, flat[band], out=smoothed[start:stop])
    return np.asarray(np.einsum("ptk,ptl->kl", scores, smoothed.reshape(P, T, K), optimize=True))


def _uniform(cosine: Array, angle: float) -> None:
    """Turn cosines into weights of one within the cut-off, in place."""
    limit = np.cos(min(angle, np.pi)) - 1e-15  # rounding must not lose a place on the edge
    np.greater_equal(cosine, limit, out=cosine)


def _bartlett(cosine: Array, angle: float) -> None:
    """Turn cosines into weights that fall to zero at the cut-off, in place."""
    np.clip(cosine, -1, 1, out=cosine)
    np.arccos(cosine, out=cosine)
    cosine *= -1 / angle
    cosine += 1
    np.maximum(cosine, 0, out=cosine)
