"""Polygonal windows: what is inside, and how much of a circle is (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from agglometrics.distance.pairs import ROWS_IN_REACH, row_starts

SLACK = 1e-9


@njit(cache=True, nogil=True)
def inside(px: float, py: float, vx: Any, vy: Any) -> bool:
    """Whether a point lies in the polygon of vertices (vx, vy), by counting crossings."""
    within = False
    j = vx.size - 1
    for i in range(vx.size):
        crosses = (vy[i] > py) != (vy[j] > py)
        if crosses and px < vx[i] + (py - vy[i]) / (vy[j] - vy[i]) * (vx[j] - vx[i]):
            within = not within
        j = i
    return within


@njit(cache=True, nogil=True)
def distance_to_border(px: float, py: float, vx: Any, vy: Any) -> float:
    """Return the distance from a point to the nearest edge."""
    least = np.inf
    j = vx.size - 1
    for i in range(vx.size):
        ex, ey, fx, fy = vx[i] - vx[j], vy[i] - vy[j], px - vx[j], py - vy[j]
        t = min(max((fx * ex + fy * ey) / (ex * ex + ey * ey), 0.0), 1.0)
        least = min(least, np.hypot(fx - t * ex, fy - t * ey))
        j = i
    return least


@njit(cache=True, nogil=True)
def held(px: Any, py: Any, vx: Any, vy: Any, slack: float) -> Any:
    """Return which points, (N,), lie in the polygon or within `slack` of its border."""
    found = np.empty(px.size, np.bool_)
    for i in range(px.size):
        found[i] = inside(px[i], py[i], vx, vy)
        if not found[i]:
            found[i] = distance_to_border(px[i], py[i], vx, vy) <= slack
    return found


@njit(cache=True, nogil=True)
def share_of_circle(cx: float, cy: float, d: float, vx: Any, vy: Any, angles: Any) -> float:
    """Share of the circle of radius d around (cx, cy) that lies in the polygon.

    angles : scratch, at least two a vertex and one
    """
    found = 0
    j = vx.size - 1
    for i in range(vx.size):
        ex, ey = vx[i] - vx[j], vy[i] - vy[j]
        fx, fy = vx[j] - cx, vy[j] - cy
        a, b, c = ex * ex + ey * ey, fx * ex + fy * ey, fx * fx + fy * fy - d * d
        discriminant = b * b - a * c
        if discriminant > 0.0:
            root = np.sqrt(discriminant)
            for t in ((-b - root) / a, (-b + root) / a):
                if -SLACK <= t <= 1.0 + SLACK:  # a cut too many is harmless, one too few is not
                    angles[found] = np.arctan2(fy + t * ey, fx + t * ex)
                    found += 1
        j = i
    if found == 0:
        return 1.0 if inside(cx + d, cy, vx, vy) else 0.0
    cuts = np.sort(angles[:found])
    within = 0.0
    for k in range(found):
        following = cuts[k + 1] if k + 1 < found else cuts[0] + 2.0 * np.pi
        middle = 0.5 * (cuts[k] + following)
        if inside(cx + d * np.cos(middle), cy + d * np.sin(middle), vx, vy):
            within += following - cuts[k]
    return within / (2.0 * np.pi)


@njit(cache=True, nogil=True)
def corrected_counts(x: Any, y: Any, row: Any, vx: Any, vy: Any, radii: Any) -> Any:
    """Sum, over ordered pairs within each radius, 1 / (share of the pair's circle in the polygon).

    x, y, row : (N,) sorted    vx, vy : (V,)    radii : (D,) ascending    answer : (D,)

    Where the circle lies within the polygon, which the distance from point to border tells, the
    share is one and is not computed.
    """
    starts, reach, out = row_starts(row), radii[-1], np.zeros(radii.size)
    squares, angles = radii * radii * (1 + 1e-12), np.empty(2 * vx.size + 1)
    for i in range(x.size):
        border = distance_to_border(x[i], y[i], vx, vy)
        low = max(row[i] - ROWS_IN_REACH - 1, 0)
        for r in range(low, min(row[i] + ROWS_IN_REACH + 2, starts.size - 1)):
            run = x[starts[r] : starts[r + 1]]
            first = starts[r] + np.searchsorted(run, x[i] - reach)
            last = starts[r] + np.searchsorted(run, x[i] + reach, side="right")
            for j in range(first, last):
                square = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
                if j == i or square > squares[-1]:
                    continue
                d, share = np.sqrt(square), 1.0
                if d > border:
                    share = share_of_circle(x[i], y[i], d, vx, vy, angles)
                out[np.searchsorted(squares, square)] += 1.0 / share
    return np.cumsum(out)
