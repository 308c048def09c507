"""Bounds on the Ellison-Glaeser gamma from cells alone: an identified set, without plants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.plants.ellison_glaeser import raw_concentration
from agglometrics.measures.plants.reference_shares import reference_shares
from agglometrics.notation import Array
from agglometrics.tables import listed, ratio, require_columns, to_cube, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import one_if_even, without_dust
from agglometrics.tables.totals.warn import totals_named_once


def gamma_at(G: Array, H: Array, x2: Array) -> Array:
    """Gamma = (g - H) / (1 - H) with g = G / (1 - x2); at H = 1 its limit, infinite unless g = 1.

    The derivative in H is (g - 1) / (1 - H)^2: gamma falls in H, unless g > 1, which an industry
    can reach where the reference has little; then it rises.
    """
    g = G / (1 - x2)
    beyond = without_dust(g - H, H)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(one_if_even(g) == 1, 1.0, beyond / (1 - H)))


@checked
def gamma_bounds(
    cells: object,
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    plants: str | None = None,
    reference: object = None,
) -> pd.DataFrame:
    """Bounds on gamma where plants are unknown, as in provincial tables.

    The plant Herfindahl H of an industry is unknown, but plants lie within regions: H is at most
    sum s^2 (one plant per region) and more than 0 (ever smaller plants). With the number of plants
    by cell, n_r, it is at least sum s_r^2 / n_r (equal plants within each region). Gamma is
    monotone in H, so the ends of H give those of gamma. The answer is an identified set, not
    a confidence interval.

    Parameters
    ----------
    cells : table
        One row per region and industry (and period).
    value : str
        The column of activity (employment), known and not negative.
    region, industry, time : str
        The key columns; with `time`, one answer per period.
    plants : str, optional
        A column with the number of plants in each cell, at least one where there is activity.
    reference : "excluding", table or Series, optional
        What x is made of, as in `ellison_glaeser`.

    Returns
    -------
    pandas.DataFrame
        Industry (and period), `gamma_low`, `gamma_high`, `herfindahl_low`, `herfindahl_high`,
        `g` (G), `x2`. `gamma_low` is minus infinity for an industry in one region only, which one
        plant could be. There is no row for a period in which an industry has no activity.

    Raises
    ------
    InputError
        As `agglometrics.tables.to_cube`; for activity without plants.
    IdentificationError
        If the reference has activity in one region only.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {
    ...         "industry": ["A", "A", "B", "B"],
    ...         "region": ["x", "y", "x", "y"],
    ...         "emp": [9, 1, 1, 9],
    ...         "n": [30, 5, 10, 90],
    ...     }
    ... )
    >>> gamma_bounds(cells, value="emp")[["industry", "gamma_low", "gamma_high"]].round(3)
      industry  gamma_low  gamma_high
    0        A       -1.0        0.64
    1        B       -1.0        0.64
    >>> gamma_bounds(cells, value="emp", plants="n")[["industry", "gamma_high"]].round(3)
      industry  gamma_high
    0        A       0.629
    1        B       0.636
    """
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time)
    n = None if plants is None else _counts(cells, plants, cube.values, region, industry, time)
    lowest = 0.0 if n is None else _sum_squares_by_plants(cube.values, n)
    cube, x, _ = reference_shares(cube, reference, value)
    E_i = cube.values.sum(axis=1)
    G = np.stack(
        [raw_concentration(_shares(E), x_t) for E, x_t in zip(cube.values, x, strict=True)]
    )
    x2 = np.broadcast_to((x**2).sum(axis=1), G.shape)
    H_low = np.broadcast_to(lowest, G.shape)
    H_high = _highest(cube.values)
    ends = np.stack([gamma_at(G, H_low, x2), gamma_at(G, H_high, x2)])
    answer: pd.DataFrame = cube.tidy(
        "industry",
        gamma_low=ends.min(axis=0),
        gamma_high=ends.max(axis=0),
        herfindahl_low=np.minimum(H_low, H_high),
        herfindahl_high=H_high,
        g=G,
        x2=x2,
    )
    active = pd.Series((E_i > 0).reshape(-1))
    return answer.loc[active].reset_index(drop=True)


def _shares(E: Array) -> Array:
    return ratio(E, E.sum(axis=0, keepdims=True))


def _highest(E: Array) -> Array:
    """Return sum s^2, (T, I); exactly 1 for an industry in one region, which divides by itself."""
    s = ratio(E, E.sum(axis=1, keepdims=True))
    return np.asarray((s**2).sum(axis=1))


def _sum_squares_by_plants(E: Array, n: Array) -> Array:
    s = ratio(E, E.sum(axis=1, keepdims=True))
    return np.asarray(np.nansum(ratio(s**2, n), axis=1))


def _counts(
    cells: object, plants: str, E: Array, region: str, industry: str, time: str | None
) -> Array:
    frame = to_frame(cells)
    require_columns(frame, [plants])
    with totals_named_once():
        cube = to_cube(frame, value=plants, region=region, industry=industry, time=time)
    wrong = (E > 0) & (cube.values < 1)
    if wrong.any():
        cells_found = cube.keys("region", "industry").loc[wrong.reshape(-1)]
        raise InputError(
            f"{plants!r} must be at least 1 where there is activity; found less in "
            f"{listed(cells_found.to_dict('records'))}. Correct the counts."
        )
    return cube.values
