"""Rules that cells must meet before a share is taken, and the errors where they do not."""

from __future__ import annotations

from typing import Literal, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import IdentificationError, InputError, caution
from agglometrics.measures.cells.references import NEEDS_OTHERS, Axis, Reference, including
from agglometrics.tables import Cube, Missing, listed, to_cube, to_frame
from agglometrics.tables.cells import Cells

Undefined = Literal["raise", "nan"]
TOTAL = Reference("including", lambda _, activity: including(activity))


class Keys(TypedDict):
    """The names of the key columns of a table of cells."""

    region: str
    industry: str
    time: str | None


def comparable(
    cells: object, value: str, keys: Keys, undefined: Undefined, missing: Missing
) -> Cube:
    """Read cells whose regions and industries can be compared with the total of all.

    Raises
    ------
    InputError
        If keys or values break a rule.
    IdentificationError
        For fewer than two regions or industries, or one without activity.
    """
    cube = to_cube(cells, value=value, missing=missing, **keys)
    require_two_regions(cube)
    require_two_industries(cube)
    require_defined(cube, TOTAL, undefined, left_out(cells, cube, value, missing))
    return cube


def named(cube: Cube, axis: Axis, where: NDArray[np.bool_]) -> str:
    """Name the (period, label) pairs where the mask (T, K) holds, for an error message."""
    labels = cube.regions if axis == "region" else cube.industries
    key = cube.region if axis == "region" else cube.industry
    t, k = np.nonzero(where)
    if cube.time is None:
        return f"{key} {listed(labels[k])}"
    pairs = zip(cube.times[t], labels[k], strict=True)
    return listed({cube.time: _plain(period), key: _plain(label)} for period, label in pairs)


def _plain(label: object) -> object:
    return label.item() if isinstance(label, np.generic) else label


def left_out(cells: object, cube: Cube, value: str, missing: Missing) -> NDArray[np.bool_]:
    """Return which industries `to_cube` left out of which period because a cell is unknown.

    (T, I); the caller chose this and was warned, so they are not refused as empty.
    """
    out = np.zeros((len(cube.times), len(cube.industries)), dtype=bool)
    if missing != "drop_industry" or cube.time is None:
        return out
    frame = to_frame(cells)
    unknown = frame.loc[frame[value].isna(), [cube.time, cube.industry]]
    t = cube.times.get_indexer(pd.Index(unknown[cube.time]))
    i = cube.industries.get_indexer(pd.Index(unknown[cube.industry]))
    kept = (t >= 0) & (i >= 0)
    out[t[kept], i[kept]] = True
    return out


def require_defined(
    cube: Cube, reference: Reference, undefined: Undefined, unknown: NDArray[np.bool_]
) -> None:
    """Raise where a region or an industry has no activity in a period, unless `undefined` is "nan".

    Parts with totals from outside are exempt: they have a reference share. So are industries
    whose activity is `unknown` (T, I) and was left out.
    """
    if undefined not in ("raise", "nan"):
        raise InputError(f"undefined={undefined!r} is unknown; choose 'raise' or 'nan'.")
    if undefined == "nan":
        return
    no_region = cube.values.sum(axis=2) + reference.known("region") == 0
    no_industry = (cube.values.sum(axis=1) + reference.known("industry") == 0) & ~unknown
    axes: tuple[Axis, Axis] = ("region", "industry")
    for axis, empty in zip(axes, (no_region, no_industry), strict=True):
        if empty.any():
            raise IdentificationError(
                f"no activity in {named(cube, axis, empty)}: shares of nothing are undefined. "
                "Leave these out, or pass undefined='nan': then they get NaN and count as "
                "absent for the others."
            )


def require_two_regions(cube: Cube, reference: Reference | None = None) -> None:
    """Raise unless every period has two regions to compare, or one and a nation from outside."""
    if reference is not None and reference.outside == "industry":
        return
    known = 0 if reference is None else reference.known("region")
    active = (cube.values.sum(axis=2) + known > 0).sum(axis=1)
    few = active < 2
    if few.any():
        when = "" if cube.time is None else f" in {cube.time} {listed(cube.times[few])}"
        raise IdentificationError(
            f"the table has {int(active[few][0])} active {cube.region}{when}; a comparison of "
            "regions needs two at least. Give the other regions, or totals with reference=."
        )


def require_two_industries(cube: Cube | Cells) -> None:
    """Raise unless there are two industries that a region could be specialised in."""
    if len(cube.industries) < 2:
        raise IdentificationError(
            f"the table has one {cube.industry}, {listed(cube.industries)}, so its share of every "
            f"{cube.region} is one. Give the others too, one row per {cube.region} for their sum "
            "is enough, or totals of all with reference=."
        )


def require_others(cube: Cube, reference: Reference, units: Axis) -> None:
    """Raise if the reference is the other units and there are none; warn if it is the unit."""
    labels = cube.regions if units == "region" else cube.industries
    if len(labels) > 1 or reference.outside is not None:
        return
    key = cube.region if units == "region" else cube.industry
    if reference.name in NEEDS_OTHERS:
        raise IdentificationError(
            f"reference={reference.name!r} needs a second {key}; found only {listed(labels)}. "
            "Give the others, or totals with reference=."
        )
    if reference.name == "including":
        caution(
            f"{key} {listed(labels)} is alone, so it is its own reference and every comparison "
            "with it is even; give totals with reference="
        )


def warn_infinite(cube: Cube, units: Axis, where: NDArray[np.bool_]) -> None:
    """Warn that these units have activity in a part where their reference has none."""
    if where.any():
        caution(
            f"the reference is zero where there is activity of {named(cube, units, where)}: "
            "what divides by it is infinite or NaN"
        )
