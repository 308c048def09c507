"""From tables of cells, and of a reference economy, to the arrays of a decomposition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.decomposition.growth import Growth
from agglometrics.errors import IdentificationError, InputError, caution
from agglometrics.notation import Array
from agglometrics.tables import Cube, Missing, listed, require_columns, to_cube, to_frame
from agglometrics.tables.totals.warn import totals_named_once


@dataclass(frozen=True)
class Names:
    """The columns of a long table of cells."""

    value: str
    time: str
    region: str
    industry: str


@dataclass(frozen=True)
class History:
    """Cells and reference in the periods of a decomposition.

    Attributes
    ----------
    cube : the cells, ``values`` (T, R, I), in the order of time
    reference : (T, 1, I) or (T, R, I)
    """

    cube: Cube
    reference: Array

    def steps(self) -> list[Growth]:
        """Return the growth from each period to the next."""
        E, N = self.cube.values, self.reference
        return [
            Growth(E[t], E[t + 1], N[t], N[t + 1], self.cube.regions) for t in range(len(E) - 1)
        ]

    def step_ends(self) -> Cube:
        """Return the cube of the periods that end a step, to label what belongs to steps."""
        return replace(self.cube, values=self.cube.values[1:], times=self.cube.times[1:])

    def answer(self, *axes: Literal["region", "industry"], **parts: Array) -> pd.DataFrame:
        """Return arrays over `axes` about the whole history as a tidy frame without time."""
        return replace(self.cube, time=None).tidy(*axes, **parts)


def read_history(
    cells: pd.DataFrame, periods: list[Any], reference: object, names: Names, missing: Missing
) -> History:
    """Read the cells and the reference economy in `periods`."""
    own = _in_periods(cells, periods, names)
    other = None if isinstance(reference, str) else _external(reference, periods, names)
    if missing == "drop_industry":
        own, other = _without_unknown_industries(own, other, names)
    cube = _cube(own, names, missing)
    _require_periods(cube, periods)
    if other is None:
        economy = _internal_reference(cube, str(reference))
        _require_two_regions(cube)
        return History(cube, economy)
    with totals_named_once():
        return _joined(cube, _cube(other, names, missing))


def _cube(frame: pd.DataFrame, names: Names, missing: Missing) -> Cube:
    return to_cube(
        frame,
        value=names.value,
        region=names.region,
        industry=names.industry,
        time=names.time,
        missing=missing,
    )


def _require_periods(cube: Cube, periods: list[Any]) -> None:
    lost = pd.Index(periods).difference(cube.times)
    if len(lost):
        raise InputError(
            f"no industry is left in the periods {listed(lost)} once those with an unknown cell "
            "are dropped. Fill the cells in, or pass missing='zero' if no row means none."
        )


def _in_periods(frame: pd.DataFrame, periods: list[Any], names: Names) -> pd.DataFrame:
    require_columns(frame, [names.region, names.industry, names.time, names.value])
    return frame.loc[frame[names.time].isin(periods)]


def _external(reference: object, periods: list[Any], names: Names) -> pd.DataFrame:
    frame = to_frame(reference)
    require_columns(frame, [names.industry, names.time, names.value])
    absent = [period for period in periods if not (frame[names.time] == period).any()]
    if absent:
        raise InputError(
            f"the reference economy must cover the periods {listed(periods)}; "
            f"it lacks {listed(absent)}. Add them to the table given as reference=."
        )
    economy = frame[[names.industry, names.time, names.value]].assign(**{names.region: "reference"})
    return _in_periods(economy, periods, names)


def _internal_reference(cube: Cube, reference: str) -> Array:
    total: Array = cube.values.sum(axis=1, keepdims=True)
    if reference == "including":
        return total
    if reference == "excluding":
        # subtraction may leave a rounding error below zero where a region holds everything
        others: Array = np.maximum(total - cube.values, 0.0)
        return others
    raise InputError(
        f"reference={reference!r} is unknown; choose 'including', 'excluding' "
        "or a table of industry, time and value."
    )


def _require_two_regions(cube: Cube) -> None:
    """Raise `IdentificationError` if the cells are their own reference and of one region."""
    active = cube.regions[np.flatnonzero(cube.values.sum(axis=(0, 2)))]
    if len(active) < 2:
        found = f"one active region, {listed(active)}" if len(active) else "no active region"
        raise IdentificationError(
            f"the table has {found}: compared with itself, no region gains or loses. Give "
            "the other regions, or pass a table of the larger economy as reference=."
        )


def _joined(cube: Cube, economy: Cube) -> History:
    """Put cells and an external reference on one list of industries, that of the reference."""
    unknown = cube.industries.difference(economy.industries)
    if len(unknown):
        raise InputError(
            f"every industry of the cells must be in the reference economy; not there are "
            f"{listed(unknown)}. Its industries are {listed(economy.industries)}. "
            "Add their rows to the reference."
        )
    T, R = cube.values.shape[:2]
    E = np.zeros((T, R, len(economy.industries)))
    E[:, :, economy.industries.get_indexer(cube.industries)] = cube.values
    return History(replace(cube, values=E, industries=economy.industries), economy.values)


def _without_unknown_industries(
    own: pd.DataFrame, other: pd.DataFrame | None, names: Names
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Leave out, in every period, the industries with an unknown value in any.

    Dropping one only where it is unknown would show its activity as lost or won.
    """
    unknown: set[Any] = set()
    for frame in (own, other):
        if frame is not None:
            unknown |= set(frame.loc[frame[names.value].isna(), names.industry])
    if unknown:
        caution(
            f"industries left out of all periods because a cell is unknown: "
            f"{listed(sorted(unknown, key=str))}"
        )
    kept = own.loc[~own[names.industry].isin(unknown)]
    if other is None:
        return kept, None
    return kept, other.loc[~other[names.industry].isin(unknown)]
