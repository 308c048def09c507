"""Points of industries: what the distance-based measures read from a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame


@dataclass(frozen=True)
class Points:
    """All points of a table.

    Attributes
    ----------
    xy : (N, 2) plane coordinates, relative to `centre`
    industry : (N,) labels
    w : (N,) weights, 1 where none are given
    centre : (2,) median of the coordinates
    """

    xy: Array
    industry: pd.Series
    w: Array
    centre: Array

    def of(self, label: object) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which points belong to an industry, (N,); it must be one of the table."""
        where = (self.industry == label).to_numpy()
        if not where.any():
            raise InputError(
                f"no point has industry {label!r}; found {listed(self.industry.unique())}."
            )
        return where


def read_points(points: object, x: str, y: str, industry: str | None, weight: str | None) -> Points:
    """Check a table of points and return it as `Points`; without `industry` all are of one.

    Raises
    ------
    InputError
        For unknown columns, missing industries, coordinates that are unknown, and weights that
        are not known and positive.
    """
    frame = to_frame(points).reset_index(drop=True)
    require_columns(frame, [name for name in (x, y, industry, weight) if name is not None])
    if frame.empty:
        raise InputError("the table of points has no rows.")
    labels = pd.Series("all", index=frame.index) if industry is None else frame[industry]
    require_keys(
        labels.to_frame(industry or "all").assign(_row=frame.index), [industry or "all", "_row"]
    )
    xy = np.column_stack([_known(frame, column) for column in (x, y)])
    w = np.ones(len(frame)) if weight is None else _known(frame, weight)
    if not (w > 0).all():
        raise InputError(
            f"weight {weight!r} must be positive; found {int((w <= 0).sum())} of {len(w)} points "
            f"otherwise, first row {int(np.argmin(w > 0))}. Drop these points."
        )
    centre = np.median(xy, axis=0)  # which a value far out does not move
    return Points(xy - centre, labels, w, centre)


def _known(frame: pd.DataFrame, column: str) -> Array:
    values = numeric(frame, column).to_numpy()
    unknown = np.isnan(values)
    if unknown.any():
        raise InputError(
            f"column {column!r} is unknown in {int(unknown.sum())} of {len(values)} points, "
            f"first row {int(unknown.argmax())}. Find these values or drop the points."
        )
    return np.asarray(values, dtype=np.float64)


def require_two(count: int, label: object) -> None:
    """Raise `IdentificationError` unless an industry has two points, which make a distance."""
    if count < 2:
        raise IdentificationError(
            f"industry {label!r} has {count} point: distances within it need two. "
            "Take an industry with more points, or a neighbor= industry."
        )
