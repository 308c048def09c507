"""The shares x that industries are compared with: of all plants, the others, or from outside."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.measures.cells.inequality import sum_of_others
from agglometrics.measures.cells.references import resolve
from agglometrics.measures.plants.industries import ONE
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, ratio, to_frame


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


def require_two_reference_regions(cube: Cube, x: Array) -> None:
    """Raise `IdentificationError` unless x, (T, R, 1 or I), is positive in two regions each."""
    for t, shares in enumerate(x):
        if (1 - (shares**2).sum(axis=0) <= ONE).any():
            most = cube.regions[[int(shares.max(axis=1).argmax())]]
            when = "" if cube.time is None else f" in {cube.time} {cube.times[t]}"
            raise IdentificationError(
                f"all reference activity is in one {cube.region}, {listed(most)}"
                f"{when}: concentration needs at least two. Give a reference= of more regions."
            )


def with_reference(cube: Cube, reference: object, size: str) -> tuple[Cube, Array]:
    """Return the cube over the regions of `reference`, and their totals, (T, R)."""
    if isinstance(reference, str):
        raise InputError(
            f"reference={reference!r} is unknown here: leave it out for the totals of the "
            "plants themselves, or pass 'excluding' for those of the other industries, or give a "
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
