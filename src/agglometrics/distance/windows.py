"""Polygonal windows: what is inside, how much of a circle is, and what a shift leaves (compiled).

A window is its edges, those of holes and islands among them: a point is inside if a ray from it
meets an odd number of edges. Rings do not cross, so that nothing else needs to be known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

SLACK = 1e-9
"""A circle that passes an edge or a corner at this share of its radius is taken to touch it."""


@njit(cache=True, nogil=True)
def inside(px: float, py: float, edges: Any) -> bool:
    """Whether a point lies in the window, by counting crossings; edges : (E, 4) x, y to x, y."""
    within = False
    for e in range(edges.shape[0]):
        ax, ay, bx, by = edges[e]
        if (ay > py) != (by > py) and px < ax + (py - ay) / (by - ay) * (bx - ax):
            within = not within
    return within


@njit(cache=True, nogil=True)
def distance_to_border(px: float, py: float, edges: Any) -> float:
    """Return the distance from a point to the nearest edge."""
    least = np.inf
    for e in range(edges.shape[0]):
        ax, ay, bx, by = edges[e]
        ex, ey, fx, fy = bx - ax, by - ay, px - ax, py - ay
        t = min(max((fx * ex + fy * ey) / (ex * ex + ey * ey), 0.0), 1.0)
        least = min(least, np.hypot(fx - t * ex, fy - t * ey))
    return least


@njit(cache=True, nogil=True)
def held(px: Any, py: Any, edges: Any, slack: float) -> Any:
    """Return which points, (N,), lie in the window or within `slack` of its border."""
    found = np.empty(px.size, np.bool_)
    for i in range(px.size):
        found[i] = inside(px[i], py[i], edges)
        if not found[i]:
            found[i] = distance_to_border(px[i], py[i], edges) <= slack
    return found


@njit(cache=True, nogil=True)
def _cuts(cx: float, cy: float, d: float, edges: Any, angles: Any) -> int:
    """Write the angles at which a circle meets edges; return how many.

    Crossings, points of tangency and corners on the circle all count: a cut too many is harmless,
    and none is then the middle of an arc, where inside and outside could not be told apart.
    """
    found = 0
    for e in range(edges.shape[0]):
        ax, ay, bx, by = edges[e]
        ex, ey, fx, fy = bx - ax, by - ay, ax - cx, ay - cy
        a, b, c = ex * ex + ey * ey, fx * ex + fy * ey, fx * fx + fy * fy - d * d
        if abs(np.hypot(fx, fy) - d) <= SLACK * d:
            angles[found] = np.arctan2(fy, fx)
            found += 1
        discriminant = b * b - a * c
        if discriminant < -2.0 * SLACK * a * d * d:
            continue
        root = np.sqrt(max(discriminant, 0.0))
        for t in ((-b - root) / a, (-b + root) / a):
            if -SLACK <= t <= 1.0 + SLACK:
                angles[found] = np.arctan2(fy + t * ey, fx + t * ex)
                found += 1
    return found


@njit(cache=True, nogil=True)
def share_of_circle(cx: float, cy: float, d: float, edges: Any, angles: Any) -> float:
    """Share of the circle of radius d around (cx, cy) that lies in the window.

    angles : scratch, three for each edge
    """
    found = _cuts(cx, cy, d, edges, angles)
    if found == 0:
        return 1.0 if inside(cx + d, cy, edges) else 0.0
    cuts = np.sort(angles[:found])
    within = 0.0
    for k in range(found):
        following = cuts[k + 1] if k + 1 < found else cuts[0] + 2.0 * np.pi
        middle = 0.5 * (cuts[k] + following)
        if inside(cx + d * np.cos(middle), cy + d * np.sin(middle), edges):
            within += following - cuts[k]
    return within / (2.0 * np.pi)


@njit(cache=True, nogil=True)
def _border_inside(edges: Any, dx: float, dy: float, ox: float, oy: float, places: Any) -> float:
    """Sum of x dy - y dx along the part of the border within the window moved by (dx, dy).

    That part is placed (ox, oy) from where it is.    places : scratch, one for each edge and two
    """
    total = 0.0
    for e in range(edges.shape[0]):
        ax, ay, bx, by = edges[e]
        ex, ey = bx - ax, by - ay
        places[0], places[1], found = 0.0, 1.0, 2
        for o in range(edges.shape[0]):
            ux, uy, vx, vy = edges[o]
            fx, fy, gx, gy = ux + dx - ax, uy + dy - ay, vx - ux, vy - uy
            turn = ex * gy - ey * gx
            if turn == 0.0:
                continue
            t, s = (fx * gy - fy * gx) / turn, (fx * ey - fy * ex) / turn
            if 0.0 < t < 1.0 and 0.0 <= s <= 1.0:
                places[found] = t
                found += 1
        cuts = np.sort(places[:found])
        for k in range(found - 1):
            middle = 0.5 * (cuts[k] + cuts[k + 1])
            if inside(ax + middle * ex - dx, ay + middle * ey - dy, edges):
                total += (cuts[k + 1] - cuts[k]) * ((ax + ox) * ey - (ay + oy) * ex)
    return total


@njit(cache=True, nogil=True)
def overlap(dx: float, dy: float, edges: Any, places: Any, size: float) -> float:
    """Area that the window has in common with itself moved by (dx, dy): its set covariance.

    Green's theorem on the border of what they have in common; edges run with the window on their
    left. The shift is made generic by a billionth of `size`, the extent: an edge that slides along
    itself is neither inside nor outside.
    """
    dx, dy = dx + 0.61803 * SLACK * size, dy + 0.78615 * SLACK * size
    mine = _border_inside(edges, dx, dy, 0.0, 0.0, places)
    # the moved border within the window is the border within the window moved back, then moved
    theirs = _border_inside(edges, -dx, -dy, dx, dy, places)
    return max(0.5 * (mine + theirs), 0.0)


@njit(cache=True, nogil=True)
def rings_cross(edges: Any, ring: Any, size: float) -> Any:
    """Return the first two edges that have a point in common that they may not have, or -1, -1.

    Edges of one ring may share the corner between neighbours only; those of two rings may touch
    in a point, and neither cross nor lie on each other.    ring : (E,) which ring an edge is of
    """
    for e in range(edges.shape[0]):
        ax, ay, bx, by = edges[e]
        for o in range(e + 1, edges.shape[0]):
            cx, cy, dx, dy = edges[o]
            if max(cx, dx) < min(ax, bx) - size or min(cx, dx) > max(ax, bx) + size:
                continue
            if max(cy, dy) < min(ay, by) - size or min(cy, dy) > max(ay, by) + size:
                continue
            if _conflict(edges[e], edges[o], ring[e] == ring[o], size):
                return e, o
    return -1, -1


@njit(cache=True, nogil=True)
def _side(ax: float, ay: float, bx: float, by: float, px: float, py: float, slack: float) -> int:
    """On which side of the line from a to b a point is: 1 left, -1 right, 0 within slack."""
    away = ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / np.hypot(bx - ax, by - ay)
    return 0 if abs(away) <= slack else (1 if away > 0 else -1)


@njit(cache=True, nogil=True)
def _conflict(one: Any, two: Any, same: bool, slack: float) -> bool:
    """Whether two edges cross, lie on each other, or (in one ring) touch but at a common corner."""
    ax, ay, bx, by = one
    cx, cy, dx, dy = two
    c, d = _side(ax, ay, bx, by, cx, cy, slack), _side(ax, ay, bx, by, dx, dy, slack)
    a, b = _side(cx, cy, dx, dy, ax, ay, slack), _side(cx, cy, dx, dy, bx, by, slack)
    if c * d > 0 or a * b > 0:
        return False
    if c == 0 and d == 0:  # on one line: how much of it is common
        ex, ey = (bx - ax) / np.hypot(bx - ax, by - ay), (by - ay) / np.hypot(bx - ax, by - ay)
        length = np.hypot(bx - ax, by - ay)
        p, q = (cx - ax) * ex + (cy - ay) * ey, (dx - ax) * ex + (dy - ay) * ey
        common = min(max(p, q), length) - max(min(p, q), 0.0)
        if abs(common) > slack:
            return bool(common > slack)
    if c * d < 0 and a * b < 0:
        return True
    corner = (bx == cx and by == cy) or (ax == dx and ay == dy)
    return bool(same and not corner)


@njit(cache=True, nogil=True)
def isotropic_weight(share: float, cap: float) -> float:
    """1 / share, at most `cap`; a share of zero has the cap (spatstat.explore, edge.Ripley)."""
    return min(1.0 / share, cap) if share > 0.0 else cap
