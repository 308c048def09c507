"""Points of industries: what the distance-based measures read from a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.distance.places import Globe, Plane, check_degrees, check_plane, refuse_angles
from agglometrics.distance.polygons import refuse_degrees
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, require_columns, to_frame
from agglometrics.tables.argument.by_name import label as require_label
from agglometrics.tables.checks import require_known

EXTREME = 300
"""Powers of two beyond which weights are measured in another unit, which no answer depends on."""


@dataclass(frozen=True)
class Points:
    """All points of a table, in an order of their own: by place, weight and industry.

    So no draw depends on the order of the table's rows.

    Attributes
    ----------
    xy : (N, 2) plane coordinates, relative to `centre`; on the globe the first two in space
    industry : (N,) labels
    w : (N,) weights, 1 where none are given
    centre : (2,) median of the coordinates; zero on the globe
    z : (N,) third coordinate in space, on the globe; None in the plane
    space : the plane or the globe, which turns distances into straight lengths
    row : (N,) the table's row of each point
    """

    xy: Array
    industry: pd.Series
    w: Array
    centre: Array
    z: Array | None
    space: Plane | Globe
    row: np.ndarray[tuple[int], np.dtype[np.int64]]

    def of(self, label: object) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which points belong to an industry, (N,); it must be one of the table."""
        require_label("target", label)
        where = (self.industry == label).to_numpy()
        if not where.any():
            found = listed(sorted(self.industry.unique(), key=str))
            raise InputError(
                f"no point has industry {label!r}; found {found}. Choose one of these."
            )
        return where


def read_points(
    points: object,
    x: str,
    y: str,
    industry: str | None,
    weight: str | None,
    lon: str | None = None,
    lat: str | None = None,
) -> Points:
    """Check a table of points and return it as `Points`; without `industry` all are of one.

    Coordinates are those of columns x and y, of columns lon and lat where these are named, or of
    the geometry of a GeoDataFrame without columns x and y.

    Raises
    ------
    InputError
        For unknown columns, missing industries, coordinates that are unknown, no-data values or
        degrees in a plane, and weights that are not known and positive.
    """
    frame, space = _with_coordinates(points, x, y, lon, lat)
    first, second = (x, y) if lon is None or lat is None else (lon, lat)
    require_columns(frame, [name for name in (first, second, industry, weight) if name is not None])
    if frame.empty:
        raise InputError("the table of points has no rows. Pass one row per plant.")
    labels = pd.Series("all", index=frame.index) if industry is None else frame[industry]
    if industry is not None:
        require_known(frame, [industry])
    xy = np.column_stack([_known(frame, column) for column in (first, second)])
    if isinstance(space, Globe):
        check_degrees(xy[:, 0], xy[:, 1], first, second)
    else:
        check_plane(xy[:, 0], first)
        check_plane(xy[:, 1], second)
    w = np.ones(len(frame)) if weight is None else _weights(frame, weight)
    row = _order(xy, w, labels)
    return _placed(xy[row], labels.iloc[row].reset_index(drop=True), w[row], space, row)


def read_marks(points: object, industry: str, weight: str | None) -> Points:
    """Check a table of points whose distances come from elsewhere; in the table's order."""
    frame = to_frame(points).reset_index(drop=True)
    require_columns(frame, [name for name in (industry, weight) if name is not None])
    if frame.empty:
        raise InputError("the table of points has no rows. Pass one row per plant.")
    labels, row = frame[industry], np.arange(len(frame))
    require_known(frame, [industry])
    w = np.ones(len(frame)) if weight is None else _weights(frame, weight)
    return Points(np.zeros((len(w), 2)), labels, w, np.zeros(2), None, Plane("of the matrix"), row)


def _with_coordinates(
    points: object, x: str, y: str, lon: str | None, lat: str | None
) -> tuple[pd.DataFrame, Plane | Globe]:
    """Return the table with its coordinates as columns, and the space they are in."""
    if (lon is None) != (lat is None):
        raise InputError(
            f"the globe needs both coordinates; found lon={lon!r}, lat={lat!r}. Pass lon= and lat=."
        )
    geometry = _geometry(points)
    frame = to_frame(points).reset_index(drop=True)
    if lon is not None:
        return frame, Globe()
    refuse_angles(x, y)
    if geometry is None or x in frame.columns or y in frame.columns:
        return frame, Plane()
    refuse_degrees("points", geometry.crs)
    _check_geometry(geometry)
    unit = Plane() if geometry.crs is None else Plane(geometry.crs.axis_info[0].unit_name)
    xy = {x: geometry.x.to_numpy(), y: geometry.y.to_numpy()}
    plain = pd.DataFrame(frame.drop(columns=geometry.name))
    return plain.assign(**xy), unit


def _geometry(points: object) -> Any:
    """Return the geometry of a GeoDataFrame, None of any other table."""
    return points.geometry if type(points).__module__.startswith("geopandas") else None  # type: ignore[attr-defined]


def _check_geometry(geometry: Any) -> None:
    wrong = ((geometry.geom_type != "Point") | geometry.is_empty).to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"the geometry must be points; found {geometry.geom_type.iloc[row]!r} in row {row}, "
            f"and {int(wrong.sum())} such rows. Take .representative_point() of areas, and drop "
            "empty ones."
        )


def _weights(frame: pd.DataFrame, weight: str) -> Array:
    w = _known(frame, weight)
    if not (w > 0).all():
        raise InputError(
            f"weight {weight!r} must be positive; found {int((w <= 0).sum())} of {len(w)} points "
            f"otherwise, first row {int(np.argmin(w > 0))}. Drop these points."
        )
    scale = int(np.frexp(w.max())[1])  # products of weights must not leave double precision
    return np.ldexp(w, -scale) if abs(scale) > EXTREME else w


def _order(xy: Array, w: Array, labels: pd.Series) -> Any:
    """Return the canonical order: by first and second coordinate, weight, and industry as text."""
    x = np.ascontiguousarray(xy[:, 0])
    order = np.argsort(x, kind="stable")
    same = np.diff(x[order]) == 0
    if not same.any():
        return order
    codes, names = pd.factorize(labels)
    text = np.argsort(np.argsort([str(name) for name in names], kind="stable"), kind="stable")
    # only plants that share their first coordinate need the other keys
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    some = order[tied]
    order[tied] = some[np.lexsort((text[codes[some]], w[some], xy[some, 1], x[some]))]
    return order


def _placed(xy: Array, labels: pd.Series, w: Array, space: Plane | Globe, row: Any) -> Points:
    if isinstance(space, Globe):
        xyz = space.coordinates(xy[:, 0], xy[:, 1])
        return Points(xyz[:, :2].copy(), labels, w, np.zeros(2), xyz[:, 2].copy(), space, row)
    centre = np.median(xy, axis=0)
    return Points(xy - centre, labels, w, centre, None, space, row)


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
