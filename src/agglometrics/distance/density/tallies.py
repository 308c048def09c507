"""Four histograms of pairs that take turns: words of counts, or sums of weights (compiled).

Which of the two is settled when code is compiled: by whether weights w are None, where every pair
counts once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba.core import types
from numba.extending import overload

BITS = np.uint32(12)
PARTS = 4096
"""A distance is resolved to this part of a bin."""

FRACTION = np.uint32(PARTS - 1)
ONE = np.int64(1 << 40)
"""A pair counts this much in a word, and its fraction of a bin, in parts, below."""

FULL = 1 << 21
"""Pairs after which words are emptied: counts take 23 bits, sums of fractions 40."""

Chosen = Any


def _absent(kind: Any) -> bool:
    return isinstance(kind, types.NoneType | types.Omitted)


def part(values: Any, low: int, high: int) -> Any:
    """Return a run of an array; None of None."""
    return None if values is None else values[low:high]


@overload(part, strict=False)
def _part(values: Any, low: Any, high: Any) -> Chosen:
    if _absent(values):
        return lambda values, low, high: None
    return lambda values, low, high: values[low:high]


def picked(values: Any, which: Any) -> Any:
    """Return one element or several of an array; None of None."""
    return None if values is None else values[which]


@overload(picked, strict=False)
def _picked(values: Any, which: Any) -> Chosen:
    if _absent(values):
        return lambda values, which: None
    return lambda values, which: values[which]


def histograms(bins: int, w: Any) -> Any:
    """Return four empty histograms: words, (4, bins + 1), or sums of weights, (4, bins + 2)."""
    return np.zeros((4, bins + 1), np.int64) if w is None else np.zeros((4, bins + 2))


@overload(histograms, strict=False)
def _histograms(bins: Any, w: Any) -> Chosen:
    if _absent(w):
        return lambda bins, w: np.zeros((4, bins + 1), np.int64)
    return lambda bins, w: np.zeros((4, bins + 2))


@njit(cache=True, nogil=True)
def _add_counts(place: Any, size: int, h: Any) -> None:
    whole = size - size % 4
    for j in range(0, whole, 4):
        a, b = np.uint32(place[j]), np.uint32(place[j + 1])
        c, d = np.uint32(place[j + 2]), np.uint32(place[j + 3])
        h[0, a >> BITS] += ONE + np.int64(a & FRACTION)
        h[1, b >> BITS] += ONE + np.int64(b & FRACTION)
        h[2, c >> BITS] += ONE + np.int64(c & FRACTION)
        h[3, d >> BITS] += ONE + np.int64(d & FRACTION)
    for j in range(whole, size):
        a = np.uint32(place[j])
        h[0, a >> BITS] += ONE + np.int64(a & FRACTION)


@njit(cache=True, nogil=True)
def _add_weights(place: Any, size: int, wi: float, w: Any, h: Any) -> None:
    for j in range(size):
        a, turn = np.uint32(place[j]), np.uint32(j & 3)
        product = wi * w[j]
        upper = product * (np.float64(a & FRACTION) / PARTS)
        h[turn, a >> BITS] += product - upper
        h[turn, (a >> BITS) + np.uint32(1)] += upper


def add(place: Any, size: int, wi: Any, w: Any, h: Any) -> None:
    """Add the first `size` pairs, in parts of a bin, with weights wi and w.

    The last column takes what is out of reach.
    """
    if w is None:
        _add_counts(place, size, h)
    else:
        _add_weights(place, size, wi, w, h)


@overload(add, strict=False)
def _add(place: Any, size: Any, wi: Any, w: Any, h: Any) -> Chosen:
    if _absent(w):
        return lambda place, size, wi, w, h: _add_counts(place, size, h)
    return lambda place, size, wi, w, h: _add_weights(place, size, wi, w, h)


@njit(cache=True, nogil=True)
def _clear(h: Any) -> None:
    for turn in range(h.shape[0]):
        for b in range(h.shape[1]):
            h[turn, b] = 0


@njit(cache=True, nogil=True)
def _empty_counts(h: Any, out: Any) -> None:
    for b in range(out.size - 1):
        word = (h[0, b] + h[1, b]) + (h[2, b] + h[3, b])  # of so few pairs as one can hold
        count = word >> 40
        upper = (word - (count << 40)) / PARTS
        out[b] += count - upper
        out[b + 1] += upper
    _clear(h)


@njit(cache=True, nogil=True)
def _empty_weights(h: Any, out: Any) -> None:
    for b in range(out.size - 1):
        out[b] += (h[0, b] + h[1, b]) + (h[2, b] + h[3, b])
    _clear(h)


def empty(h: Any, w: Any, out: Any) -> None:
    """Move what four histograms hold to the grid distances, out (bins + 1,)."""
    if w is None:
        _empty_counts(h, out)
    else:
        _empty_weights(h, out)


@overload(empty, strict=False)
def _empty(h: Any, w: Any, out: Any) -> Chosen:
    if _absent(w):
        return lambda h, w, out: _empty_counts(h, out)
    return lambda h, w, out: _empty_weights(h, out)
