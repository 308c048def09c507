"""What measures from plants need: cells, power sums of plant sizes, and reference shares."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.measures.cells.references import resolve
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, numeric, ratio, require_columns, to_cube, to_frame
from agglometrics.tables.collapse import moments
from agglometrics.tables.sources import open_source

ROUNDING = 1e-15
"""A Herfindahl this close to 1 is 1."""


@dataclass(frozen=True)
class Industries:
    """Plants of every industry and period, summed to what the indices use.

    Attributes
    ----------
    cube : E, (T, R, I), the activity; its regions are those of the reference
    x : (T, R) region shares of the reference aggregate
    n : (T, I) number of plants
    p2, p3, p4 : (T, I) sum over plants of (size / industry size) to the power 2, 3, 4
    """

    cube: Cube
    x: Array
    n: Array
    p2: Array
    p3: Array
    p4: Array

    @property
    def herfindahl(self) -> Array:
        """H, (T, I): the plant Herfindahl; exactly 1 where it is 1 up to rounding."""
        return np.where((self.n == 1) | (1 - self.p2 <= ROUNDING), 1.0, self.p2)

    @property
    def x2(self) -> Array:
        """Sum of squared reference shares, (T, 1)."""
        return np.asarray((self.x**2).sum(axis=1, keepdims=True))

    @property
    def x3(self) -> Array:
        """Sum of cubed reference shares, (T, 1)."""
        return np.asarray((self.x**3).sum(axis=1, keepdims=True))

    def shares(self) -> Iterator[tuple[int, Array]]:
        """Yield each period t with s, (R, I): region shares of the industries (NaN: no plant)."""
        for t, E in enumerate(self.cube.values):
            yield t, ratio(E, E.sum(axis=0, keepdims=True))

    def tidy(self, **statistics: Array | list[str]) -> pd.DataFrame:
        """Return (T, I) statistics beside their keys, for the industries that have plants."""
        columns = {name: np.asarray(column) for name, column in statistics.items()}
        present = (self.n > 0).reshape(-1)
        return self.cube.tidy("industry", **columns).loc[present].reset_index(drop=True)

    def notes(self) -> Array:
        """Return (T, I) texts that say why an index is undefined; warn, naming the industries."""
        single = self.n == 1
        heavy = (self.n > 1) & (self.herfindahl == 1)
        keys = self.cube.keys("industry")
        for rows, reason in ((single, "one plant only"), (heavy, "one plant holds all activity")):
            if rows.any():
                named = keys.loc[rows.reshape(-1)].to_dict("records")
                warnings.warn(
                    f"H = 1 ({reason}), gamma is undefined and left NaN: {listed(named)}. "
                    "Merge these industries with others or leave them out.",
                    AgglometricsWarning,
                    stacklevel=3,
                )
        words: Array = np.where(single, "one plant: H = 1, gamma undefined", "")
        return np.where(heavy, "H = 1, gamma undefined", words)


def read_industries(
    plants: object,
    *,
    size: str,
    industry: str,
    region: str,
    time: str | None,
    reference: object = None,
) -> Industries:
    """Sum plants to `Industries`, with x from `reference` or from the plants themselves.

    Raises
    ------
    InputError
        For plants without a region, industry or period, sizes that are not known and positive,
        and a reference that lacks a region or period of the plants.
    IdentificationError
        If the reference has one region only, so that nothing can be concentrated.
    """
    keys = [region, industry] if time is None else [region, industry, time]
    sums = moments(plants, by=keys, value=size)
    cube = to_cube(
        sums[[*keys, "power_1"]], value="power_1", region=region, industry=industry, time=time
    )
    if reference is None:
        totals = cube.values.sum(axis=2)
    else:
        cube, totals = with_reference(cube, reference, size)
    x = totals / totals.sum(axis=1, keepdims=True)
    require_two_reference_regions(cube, x)
    by = [industry] if time is None else [time, industry]
    return Industries(cube, x, **_power_shares(sums, cube, by))


def sum_cells(
    cells: object,
    *,
    value: str,
    squared: str,
    count: str,
    industry: str,
    region: str,
    time: str | None,
    reference: object = None,
) -> Industries:
    """Return `Industries` from cells that `collapse` made; powers 3 and 4 are unknown (NaN)."""
    frame = to_frame(cells)
    require_columns(frame, [squared, count])
    cube = to_cube(frame, value=value, region=region, industry=industry, time=time)
    for column in (squared, count):
        if not (numeric(frame, column) >= 0).all():
            raise InputError(
                f"{column!r} must be known and not negative. Make the cells with collapse()."
            )
    by = [industry] if time is None else [time, industry]
    n, p2 = _industry_sums(frame, cube, by, count), _industry_sums(frame, cube, by, squared)
    p2 = ratio(p2, cube.values.sum(axis=1) ** 2)
    impossible = (n > 0) & ((p2 > 1 + ROUNDING) | (p2 * n < 1 - 1e-9))
    if impossible.any():
        named = cube.keys("industry").loc[impossible.reshape(-1)].to_dict("records")
        raise InputError(
            f"{squared!r} must be the sum of squared plant sizes, {count!r} the number of plants: "
            f"together they are impossible for {listed(named)}. Make the cells with collapse()."
        )
    totals = cube.values.sum(axis=2)
    if reference is not None:
        cube, totals = with_reference(cube, reference, value)
    x = totals / totals.sum(axis=1, keepdims=True)
    require_two_reference_regions(cube, x)
    unknown = np.full_like(p2, np.nan)
    return Industries(cube, x, n, p2, unknown, unknown)


def require_two_reference_regions(cube: Cube, x: Array) -> None:
    """Raise `IdentificationError` unless x, (T, R), is positive in two regions of each period."""
    for t, shares in enumerate(x):
        if 1 - shares @ shares <= ROUNDING:
            most = cube.regions[[int(shares.argmax())]]
            when = "" if cube.time is None else f" in {cube.time} {cube.times[t]}"
            raise IdentificationError(
                f"all reference activity is in one {cube.region}, {listed(most)}"
                f"{when}: concentration needs at least two. Give a reference= of more regions."
            )


def _power_shares(sums: pd.DataFrame, cube: Cube, by: list[str]) -> dict[str, Array]:
    """Return n and the sums of powers of plant shares, (T, I), keyed as `Industries` names them."""
    E_i = cube.values.sum(axis=1)
    powers = {
        f"p{power}": ratio(_industry_sums(sums, cube, by, f"power_{power}"), E_i**power)
        for power in (2, 3, 4)
    }
    return {"n": _industry_sums(sums, cube, by, "n")} | powers


def _industry_sums(cells: pd.DataFrame, cube: Cube, by: list[str], column: str) -> Array:
    """Return the sum of a column of cells by period and industry, (T, I)."""
    totals = cells.groupby(by, observed=True)[column].sum().reindex(_levels(cube), fill_value=0)
    return totals.to_numpy(dtype=np.float64).reshape(len(cube.times), len(cube.industries))


def _levels(cube: Cube) -> pd.Index:
    if cube.time is None:
        return cube.industries
    return pd.MultiIndex.from_product([cube.times, cube.industries])


def with_reference(cube: Cube, reference: object, size: str) -> tuple[Cube, Array]:
    """Return the cube over the regions of `reference`, and their totals, (T, R)."""
    if isinstance(reference, str):
        raise InputError(
            f"reference={reference!r} is not known here: leave it out for the totals of the "
            f"plants themselves, or give a table of {cube.region!r} and totals."
        )
    cube, outside = resolve(cube, _totals_table(reference, cube, size), "region")
    return cube, np.asarray(outside.totals, dtype=np.float64)


def _totals_table(reference: object, cube: Cube, size: str) -> pd.DataFrame:
    """Return a table of totals; where it has a column named as the plants' size, that one."""
    if isinstance(reference, pd.Series):
        return reference.rename_axis(cube.region).rename(size).reset_index()
    frame = to_frame(reference)
    if size not in frame.columns:
        return frame
    keys = [key for key in (cube.region, cube.time) if key in frame.columns]
    return frame[[*keys, size]]


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
