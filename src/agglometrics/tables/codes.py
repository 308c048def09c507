"""Columns as integer codes from zero: levels, nesting, combinations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agglometrics.notation import Codes


def n_levels(codes: Codes) -> int:
    """Return the number of different codes, which run from zero."""
    return int(codes.max()) + 1 if len(codes) else 0


def nested_in(fine: Codes, coarse: Codes) -> bool:
    """Return whether every group of `fine` lies in one group of `coarse`."""
    first = np.zeros(n_levels(fine), dtype=coarse.dtype)
    first[fine] = coarse
    return bool((first[fine] == coarse).all())


def recode(codes: Codes) -> Codes:
    """Return `codes` renumbered from zero without gaps, in their old order."""
    present = np.bincount(codes) > 0
    renumbered: Codes = (np.cumsum(present) - 1)[codes]
    return renumbered


def combine(codes: Sequence[Codes]) -> Codes:
    """Return codes of the combinations of several codes, in their order."""
    out = np.asarray(codes[0], dtype=np.int64)
    for other in codes[1:]:
        out = np.asarray(pd.factorize(out * (int(other.max(initial=0)) + 1) + other, sort=True)[0])
    return np.asarray(out, dtype=np.intp)
