"""Codes that begin others: 43 beside 4301, 4302, ..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from agglometrics.notation import Codes

CODE = re.compile(r"[0-9A-Za-z.]*[0-9][0-9A-Za-z.]*|[A-Z]")


def by_prefix(labels: pd.Index) -> Iterator[tuple[int, Codes]]:
    """Yield each code that begins others with these, the next longer ones of one length.

    Zeros at the end of a code mean its level (430000 is 43), in steps of two digits if all codes
    have one even length.
    """
    text = list(map(str, labels.tolist()))
    if not all(map(CODE.fullmatch, text)):
        return
    stems = _stems(text)
    at = {stem: k for k, stem in reversed(list(enumerate(stems)))}
    children: dict[int, dict[int, list[int]]] = {}
    for k, stem in enumerate(stems):
        for length in range(len(stem)):
            parent = at.get(stem[:length])
            if parent is not None and parent != k:
                children.setdefault(parent, {}).setdefault(len(stem), []).append(k)
    for parent, levels in children.items():
        for _, members in sorted(levels.items()):
            yield parent, np.array(members, dtype=np.intp)


def _stems(text: Sequence[str]) -> list[str]:
    """Return codes without the zeros that only fill them up."""
    length = len(text[0]) if text else 0
    if length < 3 or any(len(code) != length or not code.isdigit() for code in text):
        return list(text)
    step = 2 if length % 2 == 0 else 1
    return [code[: -(-len(code.rstrip("0")) // step) * step] for code in text]
