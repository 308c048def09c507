"""Cells as an array, and back: the crossing between long tables and kernels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.cells import Missing, read_cells
from agglometrics.tables.memory import memory_limit
from agglometrics.tables.totals.warn import warn_totals

COPIES = 3
"""Arrays of the size of the cells that a measure holds at once, at least."""


@dataclass(frozen=True)
class Cube:
    """Cells as an array: ``values[t, r, i]``, with the labels of its three axes.

    Attributes
    ----------
    values : (T, R, I) activity; zero where the table had no row
    regions, industries, times : labels of length R, I, T, sorted
    region, industry, time : the names of the key columns (``time`` is None for one period)
    """

    values: Array
    regions: pd.Index
    industries: pd.Index
    times: pd.Index
    region: str
    industry: str
    time: str | None

    def keys(self, *axes: Literal["region", "industry"]) -> pd.DataFrame:
        """Return the key columns of a tidy frame over `axes` (and time), in array order."""
        parts: list[tuple[str, pd.Index]] = []
        if self.time is not None:
            parts.append((self.time, self.times))
        if "region" in axes:
            parts.append((self.region, self.regions))
        if "industry" in axes:
            parts.append((self.industry, self.industries))
        sizes = [len(labels) for _, labels in parts]
        columns = {
            name: _spread(labels, math.prod(sizes[k + 1 :]), math.prod(sizes[:k]))
            for k, (name, labels) in enumerate(parts)
        }
        return pd.DataFrame(columns, copy=False)  # not stacked into one array of all keys

    def tidy(self, *axes: Literal["region", "industry"], **statistics: Array) -> pd.DataFrame:
        """Return `statistics`, arrays over (T,) and `axes`, as columns beside their keys.

        Raises
        ------
        InputError
            If a key column has the name of a statistic, which would overwrite it.
        """
        frame = self.keys(*axes)
        taken = sorted(set(frame.columns) & set(statistics))
        if taken:
            raise InputError(
                f"key columns {taken} have the names of statistics of the answer. Rename them "
                "before the call."
            )
        for name, values in statistics.items():
            frame[name] = np.asarray(values).reshape(-1)
        return frame


def _spread(labels: pd.Index, each: int, times: int) -> pd.Index | np.ndarray[Any, Any]:
    """Return every label `each` times in a row, and all of that `times` times."""
    if isinstance(labels.dtype, np.dtype) and labels.dtype != object:
        return np.tile(np.repeat(labels.to_numpy(), each), times)  # without a list of places
    return labels.take(np.tile(np.repeat(np.arange(len(labels)), each), times))


def to_cube(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    missing: Missing = "raise",
    allow_negative: bool = False,
) -> Cube:
    """Check a long table of cells and return it as a `Cube`.

    A row that is not there is zero activity. A NaN is unknown, and `missing` says what it
    becomes: ``"raise"`` an error that names the cells, ``"zero"`` no activity, or
    ``"drop_industry"`` the whole industry left out in that period, with a warning.

    Raises
    ------
    InputError
        For unknown columns, repeated or missing keys, text, infinite, unknown or
        negative values, an empty table, and a grid that does not fit in memory.

    Warns
    -----
    AgglometricsWarning
        That a region or industry is the sum of others (see `agglometrics.tables.totals`), or that
        two labels differ by blanks only.
    """
    found = read_cells(
        cells,
        value=value,
        region=region,
        industry=industry,
        time=time,
        missing=missing,
        allow_negative=allow_negative,
    )
    _require_room(found.shape)
    cube = np.zeros(found.shape)
    cube[found.t, found.r, found.i] = found.values
    axes = [(region, found.regions, 1), (industry, found.industries, 2)]
    warn_totals(cube, axes)
    return Cube(cube, found.regions, found.industries, found.times, region, industry, time)


def _require_room(shape: tuple[int, int, int]) -> None:
    """Raise `InputError` if cells of this shape, and an answer of their size, do not fit."""
    needed, limit = math.prod(shape) * COPIES * 8, memory_limit()
    if needed > limit:
        T, R, I = shape  # noqa: E741
        raise InputError(
            f"the full grid of {T} periods x {R} regions x {I} industries has {math.prod(shape)} "
            f"cells and needs about {needed} bytes ({needed / 2**30:.1f} GiB) with the answer; "
            f"this process may use {limit} ({limit / 2**30:.1f} GiB). Pass fewer periods or "
            "coarser industries at a time, or pass rows='existing' to location_quotient and "
            "regional_shares."
        )
