"""Sums over pairs of near places on the globe: the meat of Conley's covariance.

Places are sorted into bands of latitude a quarter of the cut-off high, and by longitude within a
band. A place meets the bands within reach to its north, and there only the longitudes that the
haversine formula leaves within reach; each pair is met once. Cost grows with the pairs within the
cut-off (some 1.2 times as many are looked at), that is with places times places within the
cut-off, and with the columns of the scores; memory with places alone.

Distances are chords through the globe, from differences of unit vectors: exact to rounding error
at any distance, where cosines lose everything below a hundred metres.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.notation import Array

BANDS = 4  # per cut-off
CHUNK = 1024  # places weighed at once
FEW = 1024  # places up to which all pairs are cheaper than starting the compiled loop
SERIES = 0.1  # radians up to which six terms of the arcsine are exact to rounding error
EDGE = 1e-11  # a place on the edge is within, whatever rounding says
FAST = {"reassoc", "contract", "nsz"}  # sums may be reordered, which the vector units need


def pair_meat(scores: Array, xyz: Array, angle: float, bartlett: bool) -> Array:
    """Return sum over places p, q and periods t of k(d_pq) s_pt s_qt' (Conley 1999, eq. 3.5).

    The kernel k is one up to the cut-off, or falls to zero there in a straight line (Bartlett).

    scores : (P, T, K)    xyz : (P, 3) unit vectors    angle : the cut-off in radians
    """
    angle = min(angle, np.pi) if not bartlett else angle
    limit = 4 * np.sin(min(angle, np.pi) / 2) ** 2 * (1 + EDGE)
    if len(xyz) <= FEW:
        return all_pairs_meat(scores, xyz, angle, limit, bartlett)
    return banded_meat(scores, xyz, angle, limit, bartlett)


def all_pairs_meat(scores: Array, xyz: Array, angle: float, limit: float, bartlett: bool) -> Array:
    """Return the meat by looking at all P^2 pairs; limit : the squared chord of the cut-off."""
    square = np.zeros((len(xyz), len(xyz)))
    for axis in xyz.T:
        square += np.subtract.outer(axis, axis) ** 2
    kernel = (square <= limit).astype(np.float64)
    if bartlett:
        arc = 2 * np.arcsin(np.minimum(np.sqrt(square) / 2, 1))
        kernel = np.maximum(1 - arc / angle, 0)
    smoothed = kernel @ scores.reshape(len(xyz), -1)
    return np.asarray(np.einsum("ptk,ptl->kl", scores, smoothed.reshape(scores.shape)))


def banded_meat(scores: Array, xyz: Array, angle: float, limit: float, bartlett: bool) -> Array:
    """Return the meat by looking at the bands within reach; arguments as `all_pairs_meat`."""
    P, T, K = scores.shape
    phi = np.arctan2(xyz[:, 2], np.hypot(xyz[:, 0], xyz[:, 1]))
    lam = np.arctan2(xyz[:, 1], xyz[:, 0])
    height = max(angle / BANDS, np.ptp(phi) / P, 1e-12)
    band = np.floor((phi - phi.min()) / height).astype(np.int64)
    order = np.lexsort((lam, band))
    band, phi = band[order], phi[order]
    starts = np.searchsorted(band, np.arange(band[-1] + 2))
    filled = np.flatnonzero(np.diff(starts))
    south, cosine = np.full(len(starts), np.inf), np.ones(len(starts))
    south[filled] = np.minimum.reduceat(phi, starts[filled])
    cosine[filled] = np.minimum.reduceat(np.cos(phi), starts[filled])
    columns = np.ascontiguousarray(scores[order].reshape(P, T * K).T)
    mode = 0 if not bartlett else 1 if angle <= SERIES else 2
    where = np.ascontiguousarray(xyz[order].T)
    bands = (band, starts, south, cosine)
    meat: Array = _bands(columns, where, phi, lam[order], bands, limit, angle, mode, K)
    return meat


@njit(cache=True)
def _first_from(lam: Any, start: int, stop: int, value: float) -> int:
    """Return the first position in lam[start:stop], ascending, that is not below value."""
    while start < stop:
        middle = (start + stop) // 2
        if lam[middle] < value:
            start = middle + 1
        else:
            stop = middle
    return start


@njit(cache=True)
def _half_window(limit: float, north: float, cosines: float) -> float:
    """Return how far apart in longitude places can be; -1 if none is near, pi if all may be.

    sin^2(d / 2) = sin^2(north / 2) + cos cos sin^2(east / 2): the haversine formula, with the
    least gap in latitude and the least product of cosines.
    """
    left = limit / 4 - np.sin(north / 2) ** 2
    if left < 0:
        return -1.0
    if left >= cosines:
        return np.pi
    return float(2 * np.arcsin(np.sqrt(left / cosines)) * (1 + 1e-9) + 1e-12)


@njit(cache=True, fastmath=FAST)
def _weigh(
    xyz: Any, i: int, start: int, m: int, limit: float, angle: float, mode: int, w: Any
) -> None:
    """Write the kernel of place i and places start, ..., start + m - 1 into w."""
    x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
    a, b, c = xyz[0, start : start + m], xyz[1, start : start + m], xyz[2, start : start + m]
    if mode == 0:
        for j in range(m):
            s = (a[j] - x) ** 2 + (b[j] - y) ** 2 + (c[j] - z) ** 2
            w[j] = 1.0 if s <= limit else 0.0
    elif mode == 1:
        for j in range(m):
            s = (a[j] - x) ** 2 + (b[j] - y) ** 2 + (c[j] - z) ** 2
            # 2 arcsin(r / 2) = r (1 + s / 24 + 3 s^2 / 640 + ...), s = r^2
            series = 35 / 294912 + s * (63 / 2883584 + s * (231 / 54525952))
            arc = np.sqrt(s) * (1 + s * (1 / 24 + s * (3 / 640 + s * (5 / 7168 + s * series))))
            w[j] = max(1 - arc / angle, 0.0)
    else:
        for j in range(m):
            s = (a[j] - x) ** 2 + (b[j] - y) ** 2 + (c[j] - z) ** 2
            w[j] = max(1 - 2 * np.arcsin(min(np.sqrt(s) / 2, 1.0)) / angle, 0.0)


@njit(cache=True, fastmath=FAST)
def _add(columns: Any, start: int, m: int, w: Any, total: Any) -> None:
    """Add sum_j w_j s_j over places start, ..., start + m - 1 to total, column by column."""
    for k in range(len(total)):
        s = columns[k, start : start + m]
        value = 0.0
        for j in range(m):
            value += w[j] * s[j]
        total[k] += value


@njit(cache=True)
def _range(
    columns: Any, xyz: Any, i: int, start: int, stop: int, how: Any, w: Any, total: Any
) -> None:
    """Add the weighted scores of places start, ..., stop - 1 to total."""
    limit, angle, mode = how
    for begin in range(start, stop, CHUNK):
        m = min(CHUNK, stop - begin)
        _weigh(xyz, i, begin, m, limit, angle, mode, w)
        _add(columns, begin, m, w, total)


@njit(cache=True)
def _ahead(
    columns: Any, xyz: Any, phi: Any, lam: Any, bands: Any, i: int, how: Any, w: Any, total: Any
) -> None:
    """Write into total the weighted scores of the places that place i meets."""
    band, starts, south, cosine = bands
    total[:] = 0.0
    reach, near = how[1], np.cos(phi[i])
    for r in range(band[i], len(starts) - 1):
        start, stop = starts[r], starts[r + 1]
        own = r == band[i]
        if start == stop:
            continue
        north = 0.0 if own else max(south[r] - phi[i], 0.0)
        if north > reach * (1 + 1e-9):
            break
        # one window for all of a band, so that a pair around the date line is met from one side
        half = _half_window(how[0], north, (cosine[r] if own else near) * cosine[r])
        if half < 0:
            break
        if half >= np.pi:
            _range(columns, xyz, i, i + 1 if own else start, stop, how, w, total)
            continue
        west = i + 1 if own else _first_from(lam, start, stop, lam[i] - half)
        east = _first_from(lam, west, stop, lam[i] + half)
        _range(columns, xyz, i, west, east, how, w, total)
        if lam[i] + half > np.pi:  # around the date line
            again = _first_from(lam, start, stop, lam[i] + half - 2 * np.pi)
            _range(columns, xyz, i, start, again, how, w, total)
        if not own and lam[i] - half < -np.pi:
            again = _first_from(lam, start, stop, lam[i] - half + 2 * np.pi)
            _range(columns, xyz, i, again, stop, how, w, total)


@njit(cache=True)
def _bands(
    columns: Any,
    xyz: Any,
    phi: Any,
    lam: Any,
    bands: Any,
    limit: float,
    angle: float,
    mode: int,
    K: int,
) -> Any:
    """Return the meat: s_i s_i' for each place, s_i s_j' + s_j s_i' for each near pair."""
    C, P = columns.shape
    meat = np.zeros((K, K))
    w, total = np.empty(CHUNK), np.empty(C)
    how = (limit, angle, mode)
    for i in range(P):
        _ahead(columns, xyz, phi, lam, bands, i, how, w, total)
        for t in range(0, C, K):
            for k in range(K):
                own = columns[t + k, i]
                for m in range(K):
                    other = columns[t + m, i]
                    meat[k, m] += own * other + own * total[t + m] + total[t + k] * other
    return meat
