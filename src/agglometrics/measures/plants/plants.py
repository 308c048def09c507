"""What measures from plants need: cells, power sums of plant sizes, and reference shares."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.measures.cells.inequality import sum_of_others
from agglometrics.measures.cells.references import resolve
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, numeric, ratio, require_columns, to_cube, to_frame
from agglometrics.tables.collapse import moments
from agglometrics.tables.sources import open_source

OWN = 0.1
"""Share in its own reference from which an industry gets a note: gamma of a dartboard industry with
H = .05 is then -.01 in the mean (see `ellison_glaeser`)."""

OWN_NOTE = "the industry is 10 percent or more of its own reference: gamma is biased towards zero, "
OWN_NOTE += "and below; take reference='excluding'"

ROUNDING = 1e-15
"""A Herfindahl this close to 1 is 1."""


@dataclass(frozen=True)
class Industries:
    """Plants of every industry and period, summed to what the indices use.

    Attributes
    ----------
    cube : E, (T, R, I), the activity; its regions are those of the reference
    x : (T, R, 1) region shares of the reference aggregate; (T, R, I) where industries differ
    own : (T, I) share of the industry in its own reference; NaN where totals come from outside
    n : (T, I) number of plants
    p2, p3, p4 : (T, I) sum over plants of (size / industry size) to the power 2, 3, 4
    """

    cube: Cube
    x: Array
    own: Array
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
        """Sum of squared reference shares, (T, 1) or (T, I)."""
        return np.asarray((self.x**2).sum(axis=1))

    @property
    def x3(self) -> Array:
        """Sum of cubed reference shares, (T, 1) or (T, I)."""
        return np.asarray((self.x**3).sum(axis=1))

    def reference(self, t: int, i: int) -> Array:
        """Return the reference shares of one industry and period, (R,)."""
        return np.asarray(self.x[t, :, i if self.x.shape[2] > 1 else 0])

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
        words: Array = np.where(self.own >= OWN, OWN_NOTE, "")
        words = np.where(single, "one plant: H = 1, gamma undefined", words)
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
        For plants without a region, industry or period, sizes that are unknown and positive,
        and a reference that lacks a region or period of the plants.
    IdentificationError
        If the reference has one region only, so that nothing can be concentrated.
    """
    keys = [region, industry] if time is None else [region, industry, time]
    sums = moments(in_range(plants, size), by=keys, value=size)
    cube = to_cube(
        sums[[*keys, "power_1"]], value="power_1", region=region, industry=industry, time=time
    )
    cube, x, own = reference_shares(cube, reference, size)
    by = [industry] if time is None else [time, industry]
    return Industries(cube, x, own, **_power_shares(sums, cube, by))


def in_range(plants: object, size: str) -> object:
    """Return plants whose sizes have a fourth power: over a power of two where they are extreme."""
    if not isinstance(plants, pd.DataFrame) or size not in plants.columns:
        return plants
    sizes = plants[size]
    if not isinstance(sizes, pd.Series) or not pd.api.types.is_numeric_dtype(sizes):
        return plants
    largest = float(sizes.max())
    if not np.isfinite(largest) or largest <= 0 or 1e-60 < largest < 1e60:
        return plants
    return plants.assign(**{size: sizes.astype("float64") / 2.0 ** np.floor(np.log2(largest))})


def reference_shares(cube: Cube, reference: object, size: str) -> tuple[Cube, Array, Array]:
    """Return the cube over all regions of the reference, x (T, R, 1 or I) and own shares (T, I).

    reference : None for the cells' own totals, "excluding" for those of the other industries, or
        totals from outside
    """
    E_i, E = cube.values.sum(axis=1), cube.values
    if reference is None:
        totals, own = E.sum(axis=2, keepdims=True), E_i / E_i.sum(axis=1, keepdims=True)
    elif isinstance(reference, str) and reference == "excluding":
        _require_others(cube)
        totals, own = sum_of_others(E, axis=2), np.zeros_like(E_i)
    else:
        cube, outside = with_reference(cube, reference, size)
        totals, own = outside[:, :, None], np.full_like(E_i, np.nan)
    x = ratio(totals, totals.sum(axis=1, keepdims=True))
    require_two_reference_regions(cube, x)
    return cube, x, own


def _require_others(cube: Cube) -> None:
    others = sum_of_others(cube.values.sum(axis=1), axis=1)
    alone = (others == 0) & (cube.values.sum(axis=1) > 0)
    if alone.any():
        rows = cube.keys("industry").loc[alone.reshape(-1)].to_dict("records")
        raise IdentificationError(
            f"reference='excluding' needs other industries; there are none beside {listed(rows)}. "
            "Give the others, or totals with reference=."
        )


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
    E_i = cube.values.sum(axis=1)
    p2 = ratio(ratio(p2, E_i), E_i)
    impossible = (n > 0) & ((p2 > 1 + ROUNDING) | (p2 * n < 1 - 1e-9))
    if impossible.any():
        named = cube.keys("industry").loc[impossible.reshape(-1)].to_dict("records")
        raise InputError(
            f"{squared!r} must be the sum of squared plant sizes, {count!r} the number of plants: "
            f"together they are impossible for {listed(named)}. Make the cells with collapse()."
        )
    cube, x, own = reference_shares(cube, reference, value)
    unknown = np.full_like(p2, np.nan)
    return Industries(cube, x, own, n, p2, unknown, unknown)


def require_two_reference_regions(cube: Cube, x: Array) -> None:
    """Raise `IdentificationError` unless x, (T, R, 1 or I), is positive in two regions each."""
    for t, shares in enumerate(x):
        if (1 - (shares**2).sum(axis=0) <= ROUNDING).any():
            most = cube.regions[[int(shares.max(axis=1).argmax())]]
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
            f"reference={reference!r} is unknown here: leave it out for the totals of the "
            "plants themselves, or say 'excluding' for those of the other industries, or give a "
            f"table of {cube.region!r} and totals."
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
