"""Sizes of single plants, for measures and experiments that place each plant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.notation import Array
from agglometrics.tables.sources.engines import open_source


@dataclass(frozen=True)
class Sizes:
    """Sizes of single plants by period and industry, largest first.

    The order within an industry is that of size, so that simulated answers do not depend on the
    order of rows.
    """

    sizes: Mapping[Any, Array]

    def shares(self, time: object, industry: object) -> Array:
        """Return z, (N,): each plant's share of its industry, largest first."""
        z = self.sizes[time, industry]
        return np.asarray(z / z.sum())


def read_sizes(plants: object, *, size: str, industry: str, time: str | None) -> Sizes:
    """Return the size of every plant; one period, numbered 0, if `time` is None."""
    columns = [industry, size] if time is None else [time, industry, size]
    rows = open_source(plants, columns).rows(columns)
    period = np.zeros(len(rows), dtype=np.int64) if time is None else rows[time]
    groups = rows[size].astype("float64").groupby([period, rows[industry]], observed=True)
    return Sizes({key: np.sort(np.asarray(sizes))[::-1].copy() for key, sizes in groups})
