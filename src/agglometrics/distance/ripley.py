"""Ripley's K and Besag's L, within and between industries, in a window of any shape."""

from __future__ import annotations

import numpy as np

from agglometrics.distance.answers.envelopes import (
    DistanceCurve,
    check_distances,
    check_level,
    simulate_in_threads,
    with_envelopes,
)
from agglometrics.distance.corrections import Counts, Isotropic, Translation, Uncorrected
from agglometrics.distance.nulls import Null, Pattern, RandomPosition, check_null
from agglometrics.distance.points import Points, read_points, require_two
from agglometrics.distance.polygons import Window, as_window
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked

Correction = Isotropic | Translation | Uncorrected


@checked
def ripley(
    points: object,
    *,
    distances: object,
    window: object,
    target: object = None,
    neighbor: object = None,
    x: str = "x",
    y: str = "y",
    industry: str = "industry",
    transform: str = "K",
    correction: Correction = Isotropic(),  # noqa: B008 (a frozen value)
    null: Null | None = None,
    simulations: int = 0,
    level: float = 0.95,
    seed: Seed = 0,
) -> DistanceCurve:
    """Ripley's K: plants within r of a plant, relative to the density of plants.

    K(r) = A / (n (n - 1)) sum over i != j of 1{d_ij <= r} w_ij, w_ij the edge correction; between
    industries n_i n_j and pairs from one to the other (cross-K). L(r) = sqrt(K(r) / pi) (Besag
    1977). If points are uniform, and of two industries independently of each other, K is pi r^2
    and L is r. The default null is points uniform in the window: where all industries cluster,
    `duranton_overman` and `marcon_puech` ask the question of economists, or null=ShuffledLabels().
    Plants count once; `marcon_puech` counts them by weight, and `local_concentration` around each.

    Parameters
    ----------
    points, x, y, industry, simulations, level, seed
        As in `duranton_overman`; or a GeoDataFrame of points in a projected system.
    distances : (D,) list of numbers
        Radii, ascending, at most the largest distance in the window.
    window : rectangle, polygon or table of polygons
        ``(x_low, x_high, y_low, y_high)``, the vertices of a polygon, (V, 2), a shapely Polygon or
        MultiPolygon, a GeoDataFrame, or GeoJSON; with holes and islands.
    target : label, optional
        Only the plants of this industry (default: all, and then no industry column is needed).
    neighbor : label, optional
        Count the plants of this industry around those of the target; by default the target itself.
    transform : {"K", "L"}
        Which of the two.
    correction : Isotropic, Translation or Uncorrected
        Of the border. `.notes` says how many pairs had the largest weight, and from which radius
        on the correction is not enough.
    null : RandomPosition, RandomLocation, ShuffledLabels or PopulationIndependence, optional
        The random experiment; by default RandomPosition().

    Returns
    -------
    DistanceCurve
        As in `duranton_overman`, without a bandwidth.

    Raises
    ------
    InputError
        As `duranton_overman`; for an invalid window or one that crosses itself, points outside it,
        and radii beyond it.
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
        raise InputError(f"transform={transform!r} is unknown; choose 'K' or 'L'.")
    frame, radii = as_window(window), check_distances(distances)
    check_level(level, simulations)
    _check_radii(radii, frame)
    experiment = check_null(null, RandomPosition())
    data = read_points(points, x, y, None if target is None else industry, None)
    pattern = _pattern(data, frame, target, neighbor, experiment)
    observed, counts = k_function(pattern, radii, correction)
    curves = None
    if simulations:
        curves = _null(pattern, radii, correction, experiment, simulations, root(seed))
    if transform == "L":
        observed = np.sqrt(observed / np.pi)
        curves = None if curves is None else np.sqrt(curves / np.pi)
    curve, p_value = with_envelopes(radii, observed, curves, level)
    label = target if pattern.intra else (target, neighbor)
    return DistanceCurve(
        curve,
        f"Ripley {transform}",
        label,
        int(pattern.centre.sum()),
        None,
        experiment.name,
        simulations,
        level,
        p_value,
        data.space.unit,
        _notes(counts, correction, radii, frame),
        curves,
    )


def _check_radii(radii: Array, window: Window) -> None:
    if radii[-1] > window.diameter * (1 + 1e-9):
        raise InputError(
            f"distances must lie within the window, whose largest distance is "
            f"{window.diameter:.6g}; found {radii[-1]:g}. Drop larger ones, or widen the window."
        )


def _pattern(data: Points, window: Window, target: object, neighbor: object, null: Null) -> Pattern:
    """Return the pattern of the target, of both industries, or, where the null needs it, of all."""
    if target is None and neighbor is not None:
        raise InputError(
            f"neighbor={neighbor!r} needs an industry around which to count it; found none. "
            "Pass target=... ."
        )
    xy = data.xy + data.centre
    if target is None:
        marks = np.ones((2, len(xy)), dtype=bool)
    else:
        marks = np.array([data.of(target), data.of(target if neighbor is None else neighbor)])
        if not isinstance(null, RandomPosition):
            require_inside(xy, window)
    used = marks.any(axis=0)
    require_inside(xy[used], window)
    if (marks[0] == marks[1]).all():
        require_two(int(marks[0].sum()), target)
    kept = used if isinstance(null, RandomPosition) else np.ones(len(xy), dtype=bool)
    return Pattern(xy[kept], marks[0, kept], marks[1, kept], window)


def require_inside(xy: Array, window: Window) -> None:
    """Raise `InputError` unless all points are in the window."""
    outside = ~window.holds(xy)
    if outside.any():
        raise InputError(
            f"{int(outside.sum())} of {len(xy)} points are outside the window, "
            f"first {tuple(xy[outside][0].tolist())}. Widen the window or drop these points."
        )


def k_function(pattern: Pattern, radii: Array, correction: Correction) -> tuple[Array, Counts]:
    """Return K, (D,), of centres to counted points, and the counts behind it."""
    from agglometrics.distance.pairs import sort_sites

    used = pattern.centre | pattern.counted
    low, high = pattern.window.box
    middle = (low + high) / 2  # numbers near zero lose less to rounding
    sites = sort_sites(pattern.xy[used] - middle, float(radii[-1]))
    marks = np.array([pattern.centre[used], pattern.counted[used]])[:, sites.order]
    counts = correction.counts(sites, marks, pattern.window.edges - np.tile(middle, 2), radii)
    pairs = float(marks[0].sum()) * float(marks[1].sum()) - float((marks[0] & marks[1]).sum())
    return pattern.window.area * counts.sums / pairs, counts


def _null(
    pattern: Pattern, radii: Array, correction: Correction, null: Null, draws: int, seed: int
) -> Array:
    """Return K, (B, D), of the random experiment; draw b has its own stream."""
    curves: Array = np.empty((draws, radii.size))

    def part(first: int, last: int) -> None:
        for b in range(first, last):
            drawn = null.pattern(pattern, np.random.default_rng([seed, b]))
            curves[b] = k_function(drawn, radii, correction)[0]

    null.pattern(pattern, np.random.default_rng(0))  # refuses before threads begin
    n = float(pattern.centre.sum())
    near = min(1.0, np.pi * radii[-1] ** 2 / pattern.window.area)
    simulate_in_threads(part, draws, float(2e-8 * n * n * near * draws + 2e-6 * n * draws))
    return curves


def _notes(counts: Counts, correction: Correction, radii: Array, window: Window) -> tuple[str, ...]:
    notes = [f"edge correction: {correction!r}"]
    if counts.capped:
        notes.append(
            f"{counts.capped} ordered pairs within {radii[-1]:g} had a weight cut to the cap: K is "
            "too small from where they are on"
        )
    limit = correction.limit(window)
    if radii[-1] > limit:
        notes.append(
            f"beyond {limit:.6g} the correction does not undo what the window hides, and K is too "
            "small on average"
        )
    return tuple(notes)
