"""Relative concentration within a distance (Marcon and Puech 2010)."""

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
from agglometrics.distance.points import Points, read_points, require_two
from agglometrics.errors import IdentificationError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked


def relative_concentration(sums: Array, expected: Array) -> Array:
    """M(r) = sum_i (W_N(i, r) / W(i, r)) / sum_i g_i, over points with any neighbour (D,).

    Marcon and Puech (2010): W_N and W are the weights of the neighbour industry and of all
    industries within r of point i, g_i the share of the former in everything but point i. NaN
    where no point has a neighbour.

    sums : (n, D, 2) W_N and W    expected : (n,) g
    """
    local = ratio(sums[:, :, 0], sums[:, :, 1])
    known = ~np.isnan(local)
    return ratio(np.where(known, local, 0.0).sum(axis=0), expected @ known)


@checked
def marcon_puech(
    points: object,
    *,
    target: object,
    distances: object,
    neighbor: object = None,
    x: str = "x",
    y: str = "y",
    industry: str = "industry",
    weight: str | None = None,
    simulations: int = 0,
    level: float = 0.95,
    seed: Seed = 0,
) -> DistanceCurve:
    """Share of an industry around the plants of one, relative to its share in the whole.

    M is 1 where the neighbours of the plants are like all others, above where they concentrate.
    The null within an industry puts all plants, each with its industry and weight, on random sites;
    between two, those of the target stay, and all others move. A plant exactly at a distance is
    within it; plants on the same site are neighbours at zero. The cost is that of the pairs of
    target plants with all plants within the last distance.

    Parameters
    ----------
    points, x, y, industry, weight
        As in `duranton_overman`.
    target : label
        The industry around whose plants is counted.
    distances : (D,) list of numbers
        Radii, ascending.
    neighbor : label, optional
        The industry that is counted; by default the target itself (a plant is not its neighbour).
    simulations, level, seed
        As in `duranton_overman`.

    Returns
    -------
    DistanceCurve
        As of `duranton_overman`, without a bandwidth; `observed` is NaN at distances within which
        no plant of the target has a neighbour of any industry.

    Raises
    ------
    InputError
        As `duranton_overman`.
    IdentificationError
        With one plant in the target and no other `neighbor`, or if all plants are of the target.

    References
    ----------
    Marcon, E. and Puech, F. (2010), Measures of the geographic concentration of industries:
    improving distance-based methods, Journal of Economic Geography 10(5), 745-762.

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0, 1, 1, 5], "y": [0, 0, 1, 5], "industry": list("AABB")})
    >>> m = marcon_puech(plants, target="A", distances=[1, 2])
    >>> m.curve["observed"].tolist()  # 1: (1/1 + 1/2) / (1/3 + 1/3)
    [2.25, 1.5]
    """
    data = read_points(points, x, y, industry, weight)
    radii = check_distances(distances)
    check_level(level, simulations)
    centre, counted = data.of(target), data.of(target if neighbor is None else neighbor)
    intra = bool((centre == counted).all())
    if intra:
        require_two(int(centre.sum()), target)
    if centre.all():
        raise IdentificationError(
            f"all points are of industry {target!r}: relative to itself M is 1 everywhere. "
            "Add the plants of other industries."
        )
    setting = Setting(data, radii, centre, counted, intra)
    observed = setting.curve(np.arange(len(data.w)))
    curves = setting.null(simulations, root(seed)) if simulations else None
    curve, p_value = with_envelopes(radii, observed, curves, level)
    n = int(centre.sum())
    return DistanceCurve(
        curve, "Marcon-Puech M", target, n, None, setting.name, simulations, level, p_value
    )


@dataclass(frozen=True)
class Setting:
    """Plants, their marks, and which of them are centres and counted.

    Attributes
    ----------
    points : all plants
    radii : (D,)
    centre, counted : (N,) marks of the target and the neighbour industry
    intra : whether these are the same
    """

    points: Points
    radii: Array
    centre: np.ndarray[tuple[int], np.dtype[np.bool_]]
    counted: np.ndarray[tuple[int], np.dtype[np.bool_]]
    intra: bool

    @property
    def name(self) -> str:
        """The null, as the answer names it."""
        if self.intra:
            return "all plants, with industry and weight, on random sites"
        return "plants of the target stay, all others on random sites"

    def curve(self, places: Any) -> Array:
        """Return M, (D,), with plant k, its industry and weight, on the site of plant places[k]."""
        from agglometrics.distance.pairs import neighbour_sums, sort_sites

        xy, w = self.points.xy[places], self.points.w
        sites = sort_sites(xy, float(self.radii[-1]))
        order = sites.order
        centres = np.flatnonzero(self.centre[order])
        sums = np.zeros((centres.size, self.radii.size, 2))
        x, y = sites.xy.T.copy()
        neighbour_sums(x, y, sites.row, w[order], self.counted[order], centres, self.radii, sums)
        own = w[order[centres]]
        expected = (w[self.counted].sum() - own * self.intra) / (w.sum() - own)
        return relative_concentration(sums, expected)

    def null(self, draws: int, seed: int) -> Array:
        """Return the curves, (B, D), of the null; draw b has its own stream."""
        curves: Array = np.empty((draws, self.radii.size))
        moved = np.flatnonzero(~self.centre | self.intra)

        def part(first: int, last: int) -> None:
            for b in range(first, last):
                places = np.arange(self.centre.size)
                places[moved] = np.random.default_rng([seed, b]).permutation(moved)
                curves[b] = self.curve(places)

        work = 1e-8 * self.centre.sum() * self.centre.size * draws
        simulate_in_threads(part, draws, float(work))
        return curves
