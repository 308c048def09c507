"""Codes that begin others: 43 beside 4301, 4302, ..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.notation import Array, Codes

CODE = re.compile(r"[0-9A-Za-z.]*[0-9][0-9A-Za-z.]*|[A-Z]")
NEAR = 0.2  # share of a total by which revised or suppressed figures may miss it in a period


def by_prefix(labels: pd.Index, S: Array) -> Iterator[tuple[int, Codes]]:
    """Yield each code that begins others with these, the next longer ones of one length.

    Only those are yielded whose sizes S (K, T) add up to the code's, nearly, in some period. Zeros
    at the end of a code mean its level (430000 is 43), in steps of two digits if all codes have one
    even length.
    """
    text = list(map(str, labels.tolist()))
    if not text or not all(map(CODE.fullmatch, text)):
        return
    stems = np.array(_stems(text), dtype=np.str_)
    length = np.char.str_len(stems)
    found = [one for L in np.unique(length)[:-1] for one in _of_length(int(L), stems, length, S)]
    for _, _, _, parent, members in sorted(found, key=lambda one: one[:3]):
        yield parent, members


def _of_length(
    L: int, stems: np.ndarray[Any, Any], length: Codes, S: Array
) -> Iterator[tuple[int, int, int, int, Codes]]:
    """Yield the first label below a code of length L, L, the level, the code and its members."""
    at = np.flatnonzero(length == L)
    names, first = np.unique(stems[at], return_index=True)
    parents, below = at[first], np.flatnonzero(length > L)
    heads = stems[below].astype(f"<U{L}") if L else np.full(len(below), "")
    place = np.searchsorted(names, heads).clip(max=len(names) - 1)
    hit = names[place] == heads
    below, place = below[hit], place[hit]
    levels = int(length.max()) + 1
    cell, shape = place * levels + length[below], (len(names), levels)
    many = np.bincount(cell, minlength=len(names) * levels).reshape(shape) > 1
    near = np.zeros(shape, dtype=bool)
    for sizes in S.T:
        sums = np.bincount(cell, sizes[below], minlength=len(names) * levels).reshape(shape)
        own = sizes[parents][:, None]
        near |= (own > 0) & (np.abs(own - sums) <= NEAR * own * (1 + 1e-9))
    for p, level in np.argwhere(many & near).tolist():
        under = place == p
        members = below[under & (length[below] == level)]
        yield int(below[under][0]), L, level, int(parents[p]), members


def _stems(text: Sequence[str]) -> list[str]:
    """Return codes without the zeros that only fill them up."""
    length = len(text[0]) if text else 0
    if length < 3 or any(len(code) != length or not code.isdigit() for code in text):
        return list(text)
    step = 2 if length % 2 == 0 else 1
    return [code[: -(-len(code.rstrip("0")) // step) * step] for code in text]
