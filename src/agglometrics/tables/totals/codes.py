"""Codes that begin others: 43 beside 4301, 4302, ..."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from agglometrics.notation import Codes


def by_prefix(labels: pd.Index) -> Iterator[tuple[int, Codes]]:
    """Yield each code that begins others with these, the next longer ones of one length.

    Zeros at the end of a code mean its level (430000 is 43), in steps of two digits if all codes
    have one even length.
    """
    text = pd.Series([str(label) for label in labels], dtype=object)
    if not text.str.fullmatch(r"[0-9A-Za-z.]*[0-9][0-9A-Za-z.]*|[A-Z]").all():
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


def _stems(text: pd.Series[str]) -> list[str]:
    """Return codes without the zeros that only fill them up."""
    lengths = text.str.len()
    if lengths.nunique() > 1 or int(lengths.iloc[0]) < 3 or not text.str.isdigit().all():
        return text.tolist()
    step = 2 if int(lengths.iloc[0]) % 2 == 0 else 1
    bare = text.str.rstrip("0")
    return [code[: -(-len(stem) // step) * step] for code, stem in zip(text, bare, strict=True)]
