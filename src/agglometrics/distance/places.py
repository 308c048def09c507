"""Where points are: in a plane, on the globe, or by distances that the user gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array

EARTH = 6371.0088
"""Mean radius of the earth in kilometres (IUGG)."""

IMPOSSIBLE = 1e30
"""Plane coordinates of this size are not places: no-data values of rasters and GIS are larger."""


@dataclass(frozen=True)
class Plane:
    """A plane with Euclidean distances.

    Attributes
    ----------
    unit : of the coordinates, where the table says it
    """

    unit: str = "unit of the coordinates"

    def chord(self, d: Array) -> Array:
        """Return the straight length of a distance d: itself."""
        return d

    def arc(self, chord: Array) -> Array:
        """Return the distance of a straight length: itself."""
        return chord


@dataclass(frozen=True)
class Globe:
    """A sphere with great-circle distances, met through the chords in space.

    Attributes
    ----------
    radius : of the sphere, in `unit`
    """

    radius: float = EARTH
    unit: str = "km"

    def chord(self, d: Array) -> Array:
        """Return the straight length, 2 R sin(d / 2 R), of great-circle distances up to pi R."""
        half = np.minimum(np.asarray(d) / (2 * self.radius), np.pi / 2)
        return np.asarray(2 * self.radius * np.sin(half))

    def arc(self, chord: Array) -> Array:
        """Return the great-circle distance, 2 R asin(c / 2 R), of straight lengths."""
        return np.asarray(2 * self.radius * np.arcsin(np.minimum(chord / (2 * self.radius), 1.0)))

    def coordinates(self, lon: Array, lat: Array) -> Array:
        """Return coordinates in space, (N, 3), whose straight lengths are the chords.

        The third axis points at the middle of the points, so that the first two are nearly a map
        of them, and a grid on these finds what is near; neither poles nor the date line matter.
        """
        lam, phi = np.radians(lon), np.radians(lat)
        space = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
        middle = space.mean(axis=0)
        length = np.sqrt(middle @ middle)
        middle = middle / length if length > 1e-6 else np.array([0.0, 0.0, 1.0])
        across = np.eye(3)[np.argmin(np.abs(middle))]
        east = np.cross(across, middle)
        east /= np.sqrt(east @ east)
        axes = np.column_stack([east, np.cross(middle, east), middle])
        return np.asarray(self.radius * (space @ axes))


def check_degrees(lon: Array, lat: Array, lon_name: str, lat_name: str) -> None:
    """Raise `InputError` unless the numbers are longitudes and latitudes, naming the first row."""
    for values, name, most in ((lon, lon_name, 360.0), (lat, lat_name, 90.0)):
        wrong = np.abs(values) > most
        if wrong.any():
            row = int(wrong.argmax())
            raise InputError(
                f"column {name!r} must be degrees within {most:g}; found {values[row]:g} in row "
                f"{row}, and {int(wrong.sum())} such rows. Correct or drop them, check that lon= "
                "and lat= are not exchanged, or pass x=... and y=... for plane coordinates."
            )


def check_plane(values: Array, name: str) -> None:
    """Raise `InputError` for no-data values in a column of plane coordinates, naming the row."""
    wrong = np.abs(values) >= IMPOSSIBLE
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"column {name!r} must hold coordinates; found {values[row]:g}, a no-data value, in "
            f"row {row}, and {int(wrong.sum())} such rows. Find these places or drop the rows."
        )


def refuse_angles(x: str, y: str) -> None:
    """Raise `InputError` if columns that are called degrees are given as plane coordinates."""
    angles = {"lon", "long", "lng", "longitude", "lat", "latitude", "经度", "纬度"}
    named = [name for name in (x, y) if str(name).strip().lower() in angles]
    if named:
        raise InputError(
            f"x={x!r} and y={y!r} must be plane coordinates, whose unit is a length; {named[0]!r} "
            "is a name for degrees. Pass lon=... and lat=... for great-circle distances, project "
            "the points, or rename the columns if they are lengths."
        )
