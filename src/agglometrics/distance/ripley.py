"""Ripley's K and Besag's L in a polygonal window, with the isotropic edge correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.distance.envelopes import (
    DistanceCurve,
    check_distances,
    check_level,
    simulate_in_threads,
    with_envelopes,
)
from agglometrics.distance.points import read_points, require_two
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class Window:
    """A polygon without holes.

    Attributes
    ----------
    corners : (V, 2) vertices, in either direction
    """

    corners: Array

    @property
    def area(self) -> float:
        """The area, by the shoelace formula."""
        x, y = self.corners.T
        return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)

    def holds(self, xy: Array) -> Any:
        """Return which points are inside or on the border, (N,)."""
        from agglometrics.distance.windows import held

        (px, py), (vx, vy) = xy.T.copy(), self.corners.T.copy()
        return held(px, py, vx, vy, 1e-9 * float(np.ptp(self.corners)))

    def uniform(self, n: int, rng: np.random.Generator) -> Array:
        """Return n points that are uniform in the window, (n, 2)."""
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        found = np.empty((0, 2))
        while len(found) < n:
            drawn = rng.uniform(low, high, (2 * n, 2))
            found = np.vstack([found, drawn[self.holds(drawn)]])
        return found[:n]


def as_window(window: object) -> Window:
    """Return (x_low, x_high, y_low, y_high) or (V, 2) vertices as a `Window`."""
    given = np.asarray(window, dtype=np.float64)
    if given.shape == (4,):
        left, right, bottom, top = given
        given = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
    if given.ndim != 2 or given.shape[1] != 2 or len(given) < 3 or not np.isfinite(given).all():
        raise InputError(
            "window must be (x_low, x_high, y_low, y_high) or the vertices of a polygon, (V, 2); "
            f"found {window!r}. "
            "Pass one of the two."
        )
    found = Window(given)
    if not found.area > 0:
        raise InputError("the window has no area. Give vertices in order around it.")
    return found


@checked
def ripley(
    points: object,
    *,
    distances: object,
    window: object,
    target: object = None,
    x: str = "x",
    y: str = "y",
    industry: str = "industry",
    transform: str = "K",
    simulations: int = 0,
    level: float = 0.95,
    seed: Seed = 0,
) -> DistanceCurve:
    """Ripley's K: plants within r of a plant, relative to the density of plants.

    K(r) = A / (n (n - 1)) sum over i != j of 1{d_ij <= r} / c_ij, with c_ij the share of the circle
    around i through j that is inside the window (Ripley 1977, isotropic correction);
    L(r) = sqrt(K(r) / pi) (Besag 1977). Under complete spatial randomness K is pi r^2 and L is r.
    The null is n points uniform in the window: where all industries cluster, `duranton_overman`
    and `marcon_puech` ask the question of economists.

    Parameters
    ----------
    points, x, y, industry, simulations, level, seed
        As in `duranton_overman`.
    distances : (D,) list of numbers
        Radii, ascending.
    window : (4,) or (V, 2)
        ``(x_low, x_high, y_low, y_high)``, or the vertices of a polygon without holes.
    target : label, optional
        Only the plants of this industry (default: all, and then no industry column is needed).
    transform : {"K", "L"}
        Which of the two.

    Returns
    -------
    DistanceCurve
        As of `duranton_overman`, without a bandwidth.

    Raises
    ------
    InputError
        As `duranton_overman`; for a window that is none, and points outside it.
    IdentificationError
        With fewer than two points.

    References
    ----------
    Ripley, B. D. (1977), Modelling spatial patterns, Journal of the Royal Statistical Society B
    39(2), 172-212. Besag, J. (1977), in the discussion of it, 193-195.

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [4.0, 6.0], "y": [5.0, 5.0]})
    >>> k = ripley(plants, distances=[1, 2], window=(0, 10, 0, 10))
    >>> k.curve["observed"].tolist()  # 100 / 2 * 2 pairs, all circles inside
    [0.0, 100.0]
    """
    if transform not in ("K", "L"):
        raise InputError(f"transform={transform!r} is not known; choose 'K' or 'L'.")
    xy, frame = _coordinates(points, x, y, industry, target), as_window(window)
    radii = check_distances(distances)
    check_level(level, simulations)
    require_two(len(xy), target)
    outside = ~frame.holds(xy)
    if outside.any():
        raise InputError(
            f"{int(outside.sum())} of {len(xy)} points are outside the window, "
            f"first {tuple(xy[outside][0].tolist())}. Widen the window or drop these points."
        )
    observed = _k(xy, frame, radii)
    curves = _null(len(xy), frame, radii, simulations, root(seed)) if simulations else None
    if transform == "L":
        observed = np.sqrt(observed / np.pi)
        curves = None if curves is None else np.sqrt(curves / np.pi)
    curve, p_value = with_envelopes(radii, observed, curves, level)
    method, null = f"Ripley {transform}", "points uniform in the window"
    return DistanceCurve(curve, method, target, len(xy), None, null, simulations, level, p_value)


def _coordinates(points: object, x: str, y: str, industry: str, target: object) -> Array:
    """Return the coordinates, (n, 2), of the target or of all points, as they are given."""
    data = read_points(points, x, y, None if target is None else industry, None)
    xy = data.xy + data.centre
    return xy if target is None else xy[data.of(target)]


def _k(xy: Array, window: Window, radii: Array) -> Array:
    from agglometrics.distance.pairs import sort_sites
    from agglometrics.distance.windows import corrected_counts

    sites = sort_sites(xy, float(radii[-1]))
    (x, y), (vx, vy) = sites.xy.T.copy(), window.corners.T.copy()
    counts = corrected_counts(x, y, sites.row, vx, vy, radii)
    return np.asarray(window.area * counts / (len(xy) * (len(xy) - 1)))


def _null(n: int, window: Window, radii: Array, draws: int, seed: int) -> Array:
    """Return K, (B, D), of n points uniform in the window; draw b has its own stream."""
    curves: Array = np.empty((draws, radii.size))

    def part(first: int, last: int) -> None:
        for b in range(first, last):
            curves[b] = _k(window.uniform(n, np.random.default_rng([seed, b])), window, radii)

    near = min(1.0, np.pi * radii[-1] ** 2 / window.area)
    simulate_in_threads(part, draws, float(2e-8 * n * n * near * draws + 2e-6 * n * draws))
    return curves
