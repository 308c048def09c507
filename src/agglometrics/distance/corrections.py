"""Edge corrections of Ripley's K, as values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from agglometrics.distance.pairs import Sites
from agglometrics.distance.polygons import Window, signed_area
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked

CAP = 100.0
"""Largest weight of a pair: that of spatstat.explore (`edge.Ripley`, `edge.Trans`)."""


@dataclass(frozen=True)
class Counts:
    """Weighted counts of pairs.

    Attributes
    ----------
    sums : (D,) within each radius
    capped : pairs whose weight was cut to the largest one
    """

    sums: Array
    capped: int


@checked
@dataclass(frozen=True)
class Isotropic:
    """Ripley's correction: 1 / (share of the circle around i through j inside the window).

    Unbiased up to the radius where a circle around a point of the window can lie outside it
    altogether; beyond, K is too small.

    Parameters
    ----------
    cap : float
        Largest weight of a pair, 100 as in spatstat.explore (`edge.Ripley`, maxweight). The answer
        says how many pairs were cut.

    References
    ----------
    Ripley, B. D. (1977), Modelling spatial patterns, Journal of the Royal Statistical Society B
    39(2), 172-212.

    Examples
    --------
    >>> Isotropic()
    Isotropic(cap=100.0)
    """

    cap: float = CAP

    def __post_init__(self) -> None:
        _check_cap(self.cap)

    def counts(self, sites: Sites, marks: Any, window: Array, radii: Array) -> Counts:
        """Return the corrected counts; marks : (2, N) sorted, centre and counted."""
        from agglometrics.distance.corrected import isotropic_counts

        (x, y), (centre, counted) = sites.xy.T.copy(), marks
        sums, capped = isotropic_counts(
            x, y, sites.row, centre, counted, window, radii, float(self.cap)
        )
        return Counts(sums, int(capped))

    def limit(self, window: Window) -> float:
        """Return a radius up to which the correction is unbiased."""
        return min(enclosing_radius(ring) for ring in parts(window))


@checked
@dataclass(frozen=True)
class Translation:
    """Translation correction: area / (area of the window and itself moved from i to j in common).

    Unbiased as long as every shift up to the radius leaves something in common. Computed exactly,
    where spatstat lays pixels over a polygon.

    Parameters
    ----------
    cap : float
        Largest weight of a pair, 100 as in spatstat.explore (`edge.Trans`, trim).

    References
    ----------
    Ohser, J. (1983), On estimators for the reduced second moment measure of point processes,
    Mathematische Operationsforschung und Statistik, series Statistics 14, 63-71 (not read; the
    formula as in spatstat.explore's documentation).

    Examples
    --------
    >>> Translation()
    Translation(cap=100.0)
    """

    cap: float = CAP

    def __post_init__(self) -> None:
        _check_cap(self.cap)

    def counts(self, sites: Sites, marks: Any, window: Array, radii: Array) -> Counts:
        """Return the corrected counts; marks : (2, N) sorted, centre and counted."""
        from agglometrics.distance.corrected import translated_counts

        (x, y), (centre, counted) = sites.xy.T.copy(), marks
        sums, capped = translated_counts(
            x, y, sites.row, centre, counted, window, radii, float(self.cap)
        )
        return Counts(sums, int(capped))

    def limit(self, window: Window) -> float:
        """Return a radius up to which the correction is unbiased."""
        return _narrowest(window)


@checked
@dataclass(frozen=True)
class Uncorrected:
    """No correction: every pair counts once, and K is too small near the border.

    Examples
    --------
    >>> Uncorrected()
    Uncorrected()
    """

    def counts(self, sites: Sites, marks: Any, window: Array, radii: Array) -> Counts:
        """Return the counts; marks : (2, N) sorted, centre and counted."""
        from agglometrics.distance.corrected import plain_counts

        (x, y), (centre, counted) = sites.xy.T.copy(), marks
        return Counts(plain_counts(x, y, sites.row, centre, counted, radii), 0)

    def limit(self, window: Window) -> float:
        """Return a radius up to which there is no bias: none."""
        return 0.0


def _check_cap(cap: float) -> None:
    if not cap >= 1:
        raise InputError(
            f"cap must be at least 1, the weight of a pair inside; found {cap}. For example "
            "cap=100."
        )


def parts(window: Window) -> list[Array]:
    """Return the outer rings."""
    return [ring for ring in window.rings if signed_area(ring) > 0]


def enclosing_radius(corners: Array) -> float:
    """Radius of the smallest circle around corners (V, 2).

    It passes through two of them, their middle its centre, or through three.
    """
    from scipy.spatial import ConvexHull

    hull = corners[ConvexHull(corners).vertices]
    inside: list[Array] = [hull[0]]
    centre, radius = hull[0], 0.0
    while True:
        away = np.hypot(*(hull - centre).T)
        far = int(np.argmax(away))
        if away[far] <= radius * (1 + 1e-12) or any((hull[far] == p).all() for p in inside):
            return float(radius)
        inside.append(hull[far])
        # at most three of the points so far hold the circle: try them all
        found = [_through(np.array(some)) for k in (2, 3) for some in combinations(inside, k)]
        around = [
            (r, tuple(c))
            for c, r in found
            if all(np.hypot(*(p - c)) <= r * (1 + 1e-9) for p in inside)
        ]
        radius, best = min(around)
        centre = np.array(best)
        inside = [p for p in inside if abs(np.hypot(*(p - centre)) - radius) <= 1e-9 * radius]


def _through(points: Array) -> tuple[Array, float]:
    """Return centre and radius of the circle through two points, as its diameter, or three."""
    if len(points) == 2:
        centre = points.mean(axis=0)
    else:
        left = 2 * (points[1:] - points[0])
        if abs(np.linalg.det(left)) <= 1e-12 * np.abs(left).max() ** 2:
            return points[0], np.inf
        right = (points[1:] ** 2).sum(axis=1) - (points[0] ** 2).sum()
        centre = np.linalg.solve(left, right)
    return centre, float(np.hypot(*(points[0] - centre)))


def _narrowest(window: Window) -> float:
    """Return the least width of a part's hull: a convex part keeps something at shorter shifts."""
    from scipy.spatial import ConvexHull

    widths = []
    for ring in parts(window):
        hull = ring[ConvexHull(ring).vertices]
        step = np.roll(hull, -1, axis=0) - hull
        across = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
        widths.append(float((((hull @ across.T) - (hull * across).sum(axis=1)).max(axis=0)).min()))
    return min(widths)
