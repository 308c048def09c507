"""From plants, or from cells that `collapse` made of them, to `Industries`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.plants.industries import ONE, Industries
from agglometrics.measures.plants.reference_shares import reference_shares
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, numeric, ratio, require_columns, to_cube, to_frame
from agglometrics.tables.collapse import moments


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
    impossible = (n > 0) & ((p2 > 1 + ONE) | (p2 * n < 1 - 1e-9))
    if impossible.any():
        named = cube.keys("industry").loc[impossible.reshape(-1)].to_dict("records")
        raise InputError(
            f"{squared!r} must be the sum of squared plant sizes, {count!r} the number of plants: "
            f"together they are impossible for {listed(named)}. Make the cells with collapse()."
        )
    cube, x, own = reference_shares(cube, reference, value)
    unknown = np.full_like(p2, np.nan)
    return Industries(cube, x, own, n, p2, unknown, unknown)


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
