"""Places of a regression: their coordinates, checked, and the distances between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.sample import Sample

LARGEST = 10_000  # places: one distance matrix takes P^2 numbers, 800 MB at this size


@dataclass(frozen=True)
class Coordinates:
    """The columns of coordinates: degrees on the globe, or any unit in the plane.

    Attributes
    ----------
    first, second : columns of longitude and latitude, or of x and y
    plane : whether they are x and y
    """

    first: str
    second: str
    plane: bool = False

    def of(self, sample: Sample) -> Array:
        """Return the coordinates of the rows used, (N, 2), checked."""
        points = np.column_stack([sample.numbers(self.first), sample.numbers(self.second)])
        if not np.isfinite(points).all():
            raise InputError(
                f"coordinates {self.first!r} and {self.second!r} must be finite. Drop the rows "
                "whose place is unknown."
            )
        if not self.plane:
            check_degrees(self.first, self.second, points[:, 0], points[:, 1])
        return points

    def distances(self, points: Array) -> tuple[Array, float]:
        """Return distances between places, (P, P), and the unit that they are measured in.

        On the globe the unit is the circumference, called 1; in the plane the largest distance.
        """
        P = len(points)
        if P > LARGEST:
            raise InputError(
                f"{P} places need {8 * P * P / 1e9:.0f} GB for each matrix of distances; at most "
                f"{LARGEST} can be used. Pass cluster=... for a coarser place, or use Conley."
            )
        return plane_distances(points) if self.plane else (sphere_distances(points), 1.0)


def coordinates(what: str, lat: str, lon: str, x: str | None, y: str | None) -> Coordinates:
    """Return the `Coordinates` that `what` was asked for: x and y where they are named."""
    if (x is None) != (y is None):
        raise InputError(
            f"{what} in the plane needs x=... and y=...; found x={x!r}, y={y!r}. "
            "Pass both, or longitude and latitude."
        )
    if x is None or y is None:
        return Coordinates(lon, lat)
    return Coordinates(x, y, plane=True)


def check_degrees(lon_name: str, lat_name: str, lon: Array, lat: Array) -> None:
    """Raise `InputError` unless the numbers can be degrees of longitude and latitude."""
    if np.abs(lat).max() > 90 or np.abs(lon).max() > 360:
        raise InputError(
            f"places need degrees: {lat_name!r} within 90 and {lon_name!r} within 360; found "
            f"up to {np.abs(lat).max():g} and {np.abs(lon).max():g}. Project back to longitude and "
            "latitude, and check their order, or pass x=... and y=... where that is offered."
        )


def sphere_distances(points: Array) -> Array:
    """Return great-circle distances as shares of the circumference, (P, P), by haversine.

    points : (P, 2) longitude and latitude in degrees
    """
    lam, phi = np.radians(points).T
    h: Array = np.subtract.outer(phi, phi)
    h *= 0.5
    np.sin(h, out=h)
    np.square(h, out=h)
    east = np.subtract.outer(lam, lam)
    east *= 0.5
    np.sin(east, out=east)
    np.square(east, out=east)
    east *= np.cos(phi)[:, None]
    east *= np.cos(phi)
    h += east
    np.clip(h, 0, 1, out=h)
    np.sqrt(h, out=h)
    np.arcsin(h, out=h)
    h /= np.pi
    return h


def plane_distances(points: Array) -> tuple[Array, float]:
    """Return distances (P, P) as shares of the largest one, and that one; points : (P, 2)."""
    from scipy.spatial.distance import pdist, squareform

    pairs = np.asarray(pdist(points), dtype=np.float64)
    largest = float(pairs.max(initial=0.0)) or 1.0
    return np.asarray(squareform(pairs / largest), dtype=np.float64), largest
