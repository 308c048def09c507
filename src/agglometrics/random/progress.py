"""A progress bar for long simulations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LONG = 200_000_000
"""Plant placements that take more than a few seconds, and so a progress bar."""


def progress(items: Iterable[Any], total: int, work: int) -> Iterable[Any]:
    """Return `items`, with a progress bar if `work` plant placements take more than seconds."""
    if work < LONG:
        return items
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(items, total=total, unit="industry", desc="simulating locations")
    return bar


def watched(items: Iterable[Any], total: int, what: str, *, slow: bool) -> Iterable[Any]:
    """Return `items`, with a progress bar that names `what` they are if the work is `slow`."""
    if not slow:
        return items
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(items, total=total, unit="fit", desc=what)
    return bar
