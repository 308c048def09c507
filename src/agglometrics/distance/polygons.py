"""Windows that points are observed in: rectangles, and polygons with holes and several parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array

ACCEPTED = (
    "window must be (x_low, x_high, y_low, y_high), the vertices of a polygon, (V, 2), a shapely "
    "Polygon or MultiPolygon, a GeoDataFrame of them, or their GeoJSON"
)


@dataclass(frozen=True)
class Window:
    """An area of one or several parts, with or without holes.

    Attributes
    ----------
    rings : (V, 2) vertices each, not repeating the first; parts run counterclockwise, holes
        clockwise
    """

    rings: tuple[Array, ...]

    @cached_property
    def edges(self) -> Array:
        """All edges, (E, 4), x and y of start and end, with the window on their left."""
        return np.vstack([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in self.rings])

    @property
    def area(self) -> float:
        """The area, by the shoelace formula; holes count negatively."""
        return float(sum(signed_area(ring) for ring in self.rings))

    @property
    def box(self) -> Array:
        """Lowest and highest coordinates, (2, 2)."""
        corners = np.vstack(self.rings)
        return np.vstack([corners.min(axis=0), corners.max(axis=0)])

    @cached_property
    def diameter(self) -> float:
        """Largest distance between two points of the window: no pair is further apart."""
        from scipy.spatial import ConvexHull
        from scipy.spatial.distance import pdist

        corners = np.vstack(self.rings)
        return float(pdist(corners[ConvexHull(corners).vertices]).max())

    @property
    def rectangular(self) -> bool:
        """Whether it is a rectangle along the axes."""
        if len(self.rings) != 1 or len(self.rings[0]) != 4:
            return False
        low, high = self.box
        return bool(((self.rings[0] == low) | (self.rings[0] == high)).all())

    def holds(self, xy: Array) -> Any:
        """Return which points are inside or on the border, (N,)."""
        from agglometrics.distance.windows import held

        low, high = self.box
        (px, py), middle = (xy - (low + high) / 2).T.copy(), (low + high) / 2
        return held(px, py, self.edges - np.tile(middle, 2), 1e-9 * float((high - low).max()))

    def uniform(self, n: int, rng: np.random.Generator) -> Array:
        """Return n points that are uniform in the window, (n, 2)."""
        low, high = self.box
        found: Array = np.empty((0, 2))
        while len(found) < n:
            drawn = rng.uniform(low, high, (2 * n, 2))
            found = np.vstack([found, drawn[self.holds(drawn)]])
        return found[:n]


def signed_area(ring: Array) -> float:
    """Area of a ring, positive if it runs counterclockwise (shoelace formula)."""
    x, y = (ring - ring[0]).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def as_window(window: object) -> Window:
    """Return a `Window` from a rectangle, vertices, shapely, geopandas or GeoJSON.

    Raises
    ------
    InputError
        For anything else, degrees, rings that cross themselves or each other, and no area.
    """
    if isinstance(window, Window):
        return window
    parts = [(_cleaned(ring), hole) for ring, hole in _rings(window)]
    if not any(abs(signed_area(ring)) > 0 for ring, _ in parts):
        raise InputError("the window has no area. Give vertices in order around it.")
    found = Window(tuple(_turned(ring, hole) for ring, hole in parts))
    _check_crossings(found)
    _check_nesting(found, [hole for _, hole in parts])
    return found


def _turned(ring: Array, hole: bool) -> Array:
    return ring[::-1].copy() if (signed_area(ring) > 0) == hole else ring


def _rings(window: object) -> Iterator[tuple[Array, bool]]:
    """Yield every ring, and whether it is a hole."""
    if hasattr(window, "crs") and hasattr(window, "union_all"):
        refuse_degrees("window", window.crs)
        window = window.union_all()
    geo = getattr(window, "__geo_interface__", window)
    if isinstance(geo, Mapping):
        yield from _geojson(geo)
        return
    try:
        given = np.asarray(window, dtype=np.float64)
    except (TypeError, ValueError):
        given = np.empty(0)
    if given.shape == (4,):
        left, right, bottom, top = given
        given = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
    if given.ndim != 2 or given.shape[1] != 2:
        raise InputError(f"{ACCEPTED}; found {window!r}. Pass one of these.")
    yield given, False


def _geojson(geo: Mapping[str, Any]) -> Iterator[tuple[Array, bool]]:
    kind = geo.get("type")
    if kind == "FeatureCollection":
        for feature in geo["features"]:
            yield from _geojson(feature)
    elif kind == "Feature":
        yield from _geojson(geo["geometry"])
    elif kind == "GeometryCollection":
        for part in geo["geometries"]:
            yield from _geojson(part)
    elif kind == "MultiPolygon":
        for part in geo["coordinates"]:
            yield from _geojson({"type": "Polygon", "coordinates": part})
    elif kind == "Polygon":
        for place, ring in enumerate(geo["coordinates"]):
            yield np.array([corner[:2] for corner in ring], dtype=np.float64), place > 0
    else:
        raise InputError(f"{ACCEPTED}; found a {kind}. Convert it to a polygon first.")


def _cleaned(ring: Array) -> Array:
    """Return a ring without repeats of a vertex after itself; GeoJSON's last is its first."""
    if len(ring) and not np.isfinite(ring).all():
        raise InputError(f"{ACCEPTED}; found a vertex that is not finite. Drop or correct it.")
    kept = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)] if len(ring) else ring
    if len(kept) < 3:
        raise InputError(
            f"{ACCEPTED}; found a ring of {len(kept)} different vertices. Give it three or more."
        )
    return kept


def _check_crossings(window: Window) -> None:
    from agglometrics.distance.windows import rings_cross

    which = np.repeat(np.arange(len(window.rings)), [len(ring) for ring in window.rings])
    low, high = window.box
    edges = window.edges - np.tile(low, 2)
    one, two = rings_cross(edges, which, 1e-12 * float((high - low).max()))
    if one >= 0:
        start, other = window.edges[one], window.edges[two]
        what = "itself" if which[one] == which[two] else "another ring of it"
        raise InputError(
            f"the window crosses {what}: the edges from {_pair(start[:2])} to {_pair(start[2:])} "
            f"and from {_pair(other[:2])} to {_pair(other[2:])} have a point in common, and what "
            "is inside is not defined. Give vertices in order around it, or repair it with "
            "shapely.make_valid(...); dissolve parts that share a border."
        )


def _pair(xy: Array) -> str:
    return f"({xy[0]:g}, {xy[1]:g})"


def _check_nesting(window: Window, holes: list[bool]) -> None:
    """Raise unless each hole lies in one part, and each part in none or in a hole."""
    from agglometrics.distance.windows import inside

    each = [np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in window.rings]
    for k, (ring, hole) in enumerate(zip(window.rings, holes, strict=True)):
        x, y = _within(ring)
        depth = sum(inside(x, y, edges) for j, edges in enumerate(each) if j != k)
        if depth % 2 != hole:
            what, where = ("hole", "outside every part") if hole else ("part", "inside another one")
            raise InputError(
                f"a {what} of the window that begins at {_pair(ring[0])} lies {where}. "
                "Give each part once, with its holes; unite parts with shapely.union_all(...)."
            )


def _within(ring: Array) -> tuple[float, float]:
    """Return a point just beside the middle of the longest edge, inside the ring."""
    following = np.roll(ring, -1, axis=0)
    step = following - ring
    k = int(np.argmax(np.hypot(*step.T)))
    left = np.array([-step[k, 1], step[k, 0]]) * np.sign(signed_area(ring))
    x, y = (ring[k] + following[k]) / 2 + 1e-7 * left
    return float(x), float(y)


def refuse_degrees(what: str, crs: Any) -> None:
    """Raise `InputError` if a coordinate reference system counts in degrees."""
    if crs is not None and crs.is_geographic:
        raise InputError(
            f"{what} must be in a projected system, whose unit is a length; found {crs.name!r}, in "
            "degrees. Project it with .to_crs(frame.estimate_utm_crs()), or pass lon=... and "
            "lat=... where great-circle distances are offered."
        )
