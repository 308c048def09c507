"""Density of bilateral distances (Duranton and Overman 2005)."""

from __future__ import annotations

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
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked

BINS_PER_BANDWIDTH = 20
"""Pairs are counted on a grid of h / 20 before they are smoothed: relative error below 5e-4."""

EXACT, FINE = 5_000, 20_000
"""Points up to which Silverman's rule sees every distance; grid of the histogram above."""

TAIL = 6.0
"""Bandwidths beyond the last distance within which pairs count: the kernel is 1e-8 there."""


def silverman_bandwidth(distances: Array) -> float:
    """Bandwidth 0.9 min(sd, IQR / 1.34) n^(-1/5) (Silverman 1986, eq. 3.31), as R's bw.nrd0.

    distances : (n,) bilateral distances
    """
    if distances.size < 2:
        return 0.0
    q1, q3 = np.quantile(distances, [0.25, 0.75])
    return _rule(distances.std(ddof=1), q3 - q1, distances.size)


def _rule(deviation: float, quartiles: float, n: float) -> float:
    spreads = [spread for spread in (deviation, quartiles / 1.34) if spread > 0]
    return float(0.9 * min(spreads) * n**-0.2) if spreads else 0.0


def smoothing_matrix(d: Array, grid: Array, h: float) -> Array:
    """Gaussian kernel of bandwidth h from grid distances to distances d, reflected at zero, (n, D).

    d : (D,)    grid : (n,)
    """
    near = np.exp(-0.5 * ((grid[:, None] - d) / h) ** 2)
    mirrored = np.exp(-0.5 * ((grid[:, None] + d) / h) ** 2)
    return np.asarray((near + mirrored) / (h * np.sqrt(2 * np.pi)))


@checked
def duranton_overman(
    points: object,
    *,
    target: object,
    distances: object,
    x: str = "x",
    y: str = "y",
    industry: str = "industry",
    weight: str | None = None,
    bandwidth: float | None = None,
    simulations: int = 0,
    level: float = 0.95,
    seed: Seed = 0,
) -> DistanceCurve:
    """Density K_d of the distances between the plants of an industry.

    K_d(d) = 1 / (h n (n - 1) / 2) sum over pairs k < l of f((d - d_kl) / h), f Gaussian, reflected
    at zero; with weights the pairs count w_k w_l (Duranton and Overman 2005, eqs. 1 and 2).

    The null puts the plants of the industry, with their weights, on random sites of all industries
    (their counterfactual). Pairs are counted on a fine grid of distances, and then smoothed.
    The cost is that of the pairs within the last distance and six bandwidths, O(n^2) at worst, a
    curve and a simulation.

    Parameters
    ----------
    points : table
        One row a plant: plane coordinates (projected, not degrees) in the unit of the distances.
    target : label
        The industry to measure.
    distances : (D,) list of numbers
        Where to evaluate, ascending.
    x, y, industry, weight : str
        Column names; without `weight` every pair counts once.
    bandwidth : float, optional
        h; by default Silverman's rule on the industry's distances up to twice the last one, for
        any number of points.
    simulations : int
        Draws B of the null; 0 for none.
    level : float
        Of the local (pointwise) and the global envelope.
    seed : int or numpy.random.Generator
        The same seed gives the same answer on any number of threads.

    Returns
    -------
    DistanceCurve
        `.curve`, `.bandwidth`, `.localized`, `.dispersed`, `.p_value`, `.plot()`.

    Raises
    ------
    InputError
        For faulty columns, distances or arguments, and a target that is not there.
    IdentificationError
        With fewer than two plants, or if all distances are equal and no bandwidth is given.

    References
    ----------
    Duranton, G. and Overman, H. G. (2005), Testing for localization using micro-geographic data,
    Review of Economic Studies 72(4), 1077-1106.

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0.0, 0, 3], "y": [0.0, 4, 0], "industry": "A"})
    >>> kd = duranton_overman(plants, target="A", distances=[0, 3, 5], bandwidth=1.0)
    >>> kd.curve["observed"].round(4).tolist()
    [0.003, 0.2316, 0.2316]
    """
    data = read_points(points, x, y, industry, weight)
    d = check_distances(distances)
    check_level(level, simulations)
    own = data.of(target)
    require_two(int(own.sum()), target)
    h = _bandwidth(data.xy[own], 2 * d[-1], bandwidth, target)
    reach, bins = _grid(d[-1], h)
    smooth = smoothing_matrix(d, np.linspace(0.0, reach, bins + 1), h) / _pairs(data.w[own])
    observed = _histogram(data.xy[own], data.w[own], reach, bins) @ smooth
    curves = None
    if simulations:
        curves = _null(data.xy, data.w[own], reach, bins, simulations, root(seed)) @ smooth
    curve, p_value = with_envelopes(d, observed, curves, level)
    n, null = int(own.sum()), "plants of the industry on random sites of all industries"
    return DistanceCurve(
        curve, "Duranton-Overman K_d", target, n, h, null, simulations, level, p_value
    )


def _pairs(w: Array) -> float:
    """Return the sum of w_k w_l over pairs k < l."""
    return float((w.sum() ** 2 - (w**2).sum()) / 2)


def _bandwidth(xy: Array, most: float, bandwidth: float | None, target: object) -> float:
    if bandwidth is not None:
        if not bandwidth > 0:
            raise InputError(
                f"bandwidth must be positive; found {bandwidth}. "
                "Pass bandwidth=None for Silverman's rule."
            )
        return float(bandwidth)
    h = _silverman(xy, most)
    if h == 0.0:
        raise IdentificationError(
            f"Silverman's rule needs different distances up to {most:g} (twice the last one) in "
            f"industry {target!r}; found none, or all equal. Give bandwidth=."
        )
    return h


def _silverman(xy: Array, most: float) -> float:
    """Silverman's rule on the distances up to `most`; from a fine histogram if they are many."""
    if len(xy) <= EXACT:
        from scipy.spatial.distance import pdist

        lengths = pdist(xy)
        return silverman_bandwidth(lengths[lengths <= most])
    counts, at = _histogram(xy, np.ones(len(xy)), most, FINE), np.linspace(0.0, most, FINE + 1)
    n, mean = counts.sum(), counts @ at / counts.sum()
    q1, q3 = np.interp([0.25, 0.75], np.cumsum(counts) / n, at)
    return _rule(np.sqrt(counts @ (at - mean) ** 2 / (n - 1)), q3 - q1, n)


def _grid(last: float, h: float) -> tuple[float, int]:
    reach = last + TAIL * h
    return reach, int(np.ceil(BINS_PER_BANDWIDTH * reach / h))


def _histogram(xy: Array, w: Array, reach: float, bins: int) -> Array:
    from agglometrics.distance.pairs import pair_weights, sort_sites

    sites = sort_sites(xy, reach)
    x, y = sites.xy.astype(np.float32).T.copy()
    return np.asarray(pair_weights(x, y, w[sites.order], sites.row, reach, bins))


def _null(xy: Array, w: Array, reach: float, bins: int, draws: int, seed: int) -> Array:
    """Return the histograms, (B, bins + 1), of points with weights w on random sites."""
    from agglometrics.distance.pairs import random_weights, sort_sites

    sites = sort_sites(xy, reach)
    x, y = sites.xy.astype(np.float32).T.copy()
    out: Array = np.empty((draws, bins + 1))
    start: Any = np.uint64(seed % 2**64)

    def part(first: int, last: int) -> None:
        random_weights(x, y, sites.row, w, reach, start, first, out[first:last])

    simulate_in_threads(part, draws, 3e-10 * w.size**2 * draws)
    return out
