"""Plants with their marks, and the curves of M and m that they have, observed and under a null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.answers.envelopes import simulate_in_threads
from agglometrics.distance.nulls import Null, RandomLocation, ShuffledLabels
from agglometrics.distance.pairs import Sites, sort_sites
from agglometrics.distance.points import Points
from agglometrics.distance.relative.profiles import Profile
from agglometrics.notation import Array
from agglometrics.tables import ratio

Index = NDArray[np.int64]
Part = Callable[[int, int], None]


@dataclass(frozen=True)
class Setting:
    """Plants on their sites, sorted for counting.

    Attributes
    ----------
    points : all plants
    kind : (N,) industry of each, as a number
    profile : how much a pair counts at each distance
    matrix : (N, N) distances in the order of `points`, if they are given; else None
    """

    points: Points
    kind: Index
    profile: Profile
    matrix: Array | None = None

    @cached_property
    def sites(self) -> Sites:
        """The points in the order of the grid."""
        return sort_sites(self.points.xy, self.profile.reach)

    @cached_property
    def depth(self) -> Array:
        """The third coordinates in that order, on the globe; none in the plane."""
        z = self.points.z
        return np.empty(0) if z is None else z[self.sites.order]

    def sums(self, centres: Index, wanted: Index, kind: Index, w: Array) -> Array:
        """Return W_N and W around each centre at each distance, (C, D, 2).

        centres, wanted : (C,) points and the kind counted around them    kind, w : (N,) marks of
        the points
        """
        out: Array = np.empty((centres.size, self.profile.weights.shape[1], 2))
        part = self._from_grid if self.matrix is None else self._from_matrix
        fill = part(centres, wanted, kind, w, out)
        simulate_in_threads(fill, centres.size, 2e-9 * centres.size * w.size * self._share)
        return out

    def _from_grid(self, centres: Index, wanted: Index, kind: Index, w: Array, out: Array) -> Part:
        """Return what writes a part of the sums, of points in the plane or on the globe."""
        from agglometrics.distance.relative.around import weights_around

        sites, z = self.sites, self.depth
        place: Index = np.empty(w.size, dtype=np.int64)
        place[sites.order] = np.arange(w.size)
        (x, y), at = sites.xy.T.copy(), place[centres]
        ws, ks = w[sites.order], kind[sites.order]
        grid, profile, spans = self.profile.grid, self.profile.weights, self.profile.spans

        def fill(first: int, last: int) -> None:
            these = slice(first, last)
            weights_around(
                x, y, z, sites.row, ws, ks, at[these], wanted[these], grid, profile, spans,
                out[these],
            )  # fmt: skip

        return fill

    def _from_matrix(
        self, centres: Index, wanted: Index, kind: Index, w: Array, out: Array
    ) -> Part:
        """Return what writes a part of the sums, from distances that are given."""
        from agglometrics.distance.relative.around import matrix_weights

        matrix, edges = self.matrix, self.profile.edges
        profile, spans = self.profile.weights, self.profile.spans

        def fill(first: int, last: int) -> None:
            these = slice(first, last)
            matrix_weights(
                matrix, w, kind, centres[these], wanted[these], edges, profile, spans, out[these]
            )

        return fill

    @cached_property
    def _share(self) -> float:
        """Share of all pairs that can be within reach, for the expected time."""
        spread = np.ptp(self.points.xy, axis=0) if len(self.points.xy) > 1 else np.ones(2)
        return float(min(1.0, 4 * self.profile.reach**2 / max(float(np.prod(spread)), 1e-300)))

    def curve(self, target: int, neighbor: int, kind: Index, w: Array) -> Array:
        """Return M or m, (D,), of one industry around another, with these marks on the sites."""
        centres = np.flatnonzero(kind == target)
        sums = self.sums(centres, np.full(centres.size, neighbor), kind, w)
        own = w[centres]
        mass = w[kind == neighbor].sum() - own * (target == neighbor)
        return relative_concentration(sums, mass / (w.sum() - own))

    def null(self, target: int, neighbor: int, experiment: Null, draws: int, seed: int) -> Array:
        """Return the curves, (B, D), of a random experiment; draw b has its own stream."""
        intra = target == neighbor
        if intra and self.fixed_weights(experiment):
            return self.nested(np.array([int((self.kind == target).sum())]), draws, seed)[:, 0]
        curves: Array = np.empty((draws, self.profile.weights.shape[1]))
        centre = self.kind == target
        for b in range(draws):
            labels, weights = experiment.places(centre, intra, np.random.default_rng([seed, b]))
            curves[b] = self.curve(target, neighbor, self.kind[labels], self.points.w[weights])
        return curves

    def fixed_weights(self, experiment: Null) -> bool:
        """Whether a null leaves the weight on each site, so that W is the same in every draw."""
        equal = bool((self.points.w == self.points.w[0]).all())
        moves = isinstance(experiment, RandomLocation) and equal
        return self.matrix is None and (moves or isinstance(experiment, ShuffledLabels))

    def all_weights(self) -> Array:
        """Return W around every point, (N, D)."""
        everyone = np.arange(self.points.w.size)
        nobody = np.full(everyone.size, -1)
        return self.sums(everyone, nobody, self.kind, self.points.w)[:, :, 1]

    def nested(self, sizes: Index, draws: int, seed: int, around: Array | None = None) -> Array:
        """Return the curves, (B, I, D), of industries of so many plants, ascending."""
        from agglometrics.distance.relative.around import nested_draws

        total = self.all_weights() if around is None else around
        sites, z = self.sites, self.depth
        inverse = np.where(total > 0, 1 / np.where(total > 0, total, 1), 0.0)[sites.order]
        (x, y), w = sites.xy.T.copy(), self.points.w[sites.order]
        out: Array = np.empty((draws, sizes.size, inverse.shape[1]))
        start: Any = np.uint64(seed % 2**64)

        def part(first: int, last: int) -> None:
            nested_draws(x, y, z, sites.row, w, inverse, sizes, self.profile.grid,
                         self.profile.weights, self.profile.spans, start, first,
                         out[first:last])  # fmt: skip

        simulate_in_threads(part, draws, 3e-9 * float(sizes[-1]) ** 2 * draws * self._share)
        return out


def relative_concentration(sums: Array, expected: Array) -> Array:
    """M(r) = sum_i (W_N(i, r) / W(i, r)) / sum_i g_i, over points with any neighbour (D,).

    Marcon and Puech (2010): W_N and W are the weights of the neighbour industry and of all
    industries within r of point i, g_i the share of the former in everything but point i. NaN
    where no point has a neighbour. With kernel weights near r it is m of Lang, Marcon and Puech.

    sums : (n, D, 2) W_N and W    expected : (n,) g
    """
    local = individual_ratios(sums)
    known = ~np.isnan(local)
    return ratio(np.where(known, local, 0.0).sum(axis=0), expected @ known)


def individual_ratios(sums: Array) -> Array:
    """Return W_N / W around each point, (n, D); NaN where it has no neighbour.

    sums : (n, D, 2) W_N and W
    """
    return ratio(sums[:, :, 0], sums[:, :, 1])
