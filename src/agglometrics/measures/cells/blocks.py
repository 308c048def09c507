"""Kernels on many wholes, a few rows at a time: their intermediate tables stay in the cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from agglometrics.notation import Array

Measures = dict[str, Array]

BLOCK = 100_000
"""Numbers of a block: with a handful of intermediate tables, about a cache's worth."""


def in_blocks(kernel: Callable[..., Measures], activity: Array, *others: Array) -> Measures:
    """Apply a kernel, whose rows do not depend on each other, to blocks of rows.

    activity : (U, K)    others : (U, ...), one per row    -> (U,) each
    """
    step = max(1, BLOCK // max(1, activity.shape[1]))
    blocks = [slice(start, start + step) for start in range(0, len(activity), step)]
    found = [kernel(*(table[rows] for table in (activity, *others))) for rows in blocks]
    return {name: np.concatenate([each[name] for each in found]) for name in found[0]}
