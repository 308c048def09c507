"""Synthetic controls of one or several units at once, and what a hypothesised effect does to them.

An assignment says which units are treated from when. `fit_assignments` gives each of its units a
synthetic control from the units outside the assignment. Under the hypothesis of a constant effect
c, c is taken off the outcomes of the treated, so that every gap, of the treated unit and of the
placebos that have it among their donors, is linear in c, and every mean squared gap quadratic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from agglometrics.notation import Array, Codes
from agglometrics.tables.rounding import without_dust, without_noise

Pool = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Weigher = Callable[[Array, int, Pool, int], Array]
"""From (outcomes (N, T), unit, allowed donors (N,), start) to weights (N,), zero off the donors."""

PERFECT = 1e-12
"""Share of the outcome's variance below which a mean squared gap before treatment is zero."""


@dataclass(frozen=True)
class Fits:
    """M assignments of m units each, with the synthetic control of every unit.

    Attributes
    ----------
    units, starts : (M, m) treated units, and the places of their first treated period
    W : (M, m, N) weights of donors
    gaps : (M, m, T) outcome minus synthetic control
    floor : mean squared gap below which a fit before treatment counts as perfect
    moves : whether the truly treated are donors of placebos, so that an effect moves these
    """

    units: Codes
    starts: Codes
    W: Array = field(repr=False)
    gaps: Array = field(repr=False)
    floor: float
    moves: bool

    @property
    def after(self) -> Pool:
        """(M, m, T) whether a period is treated."""
        return np.asarray(np.arange(self.gaps.shape[2]) >= self.starts[..., None])

    @property
    def att(self) -> Array:
        """(M,) the mean gap over treated unit-periods."""
        return np.asarray((self.gaps * self.after).sum(axis=(1, 2)) / self.after.sum(axis=(1, 2)))

    @property
    def before_mspe(self) -> Array:
        """(M, m) mean squared gap before treatment."""
        before = ~self.after
        return np.asarray((self.gaps**2 * before).sum(axis=2) / before.sum(axis=2))

    @property
    def after_mspe(self) -> Array:
        """(M, m) mean squared gap after it."""
        return np.asarray((self.gaps**2 * self.after).sum(axis=2) / self.after.sum(axis=2))


def fit_assignments(
    Y: Array, units: Codes, starts: Codes, pools: Callable[[int], Pool], weigh: Weigher,
    moves: bool, watch: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Fits:  # fmt: skip
    """Return the `Fits` of assignments (M, m); each unit's donors are outside its assignment.

    Y : (N, T)    pools : from a unit to its allowed donors (N,)    watch : a progress bar
    """
    M, m = units.shape
    if m > 1 and weigh is outcome_weights:
        weigh = _remembering(pools)
    W = np.zeros((M, m, len(Y)))
    for a in watch(range(M)):
        outside = np.ones(len(Y), dtype=bool)
        outside[units[a]] = False
        for k in range(m):
            W[a, k] = weigh(Y, int(units[a, k]), pools(int(units[a, k])) & outside, starts[a, k])
    spread, size = float(Y.std()), float(np.abs(Y).max())
    gaps = without_noise(without_dust(Y[units] - W @ Y, 10 * spread), size, Y.shape[1])
    return Fits(units, starts, W, gaps, PERFECT * float(Y.var()), moves)


def _remembering(pools: Callable[[int], Pool]) -> Weigher:
    """Return `outcome_weights` that solves again only where a donor of weight is taken out.

    Weights on the simplex stay optimal when donors without weight leave, so that a unit's weights
    from its whole pool are those in most sets of units.
    """
    known: dict[tuple[int, int], Array] = {}

    def weigh(Y: Array, unit: int, pool: Pool, start: int) -> Array:
        key = (unit, int(start))
        if key not in known:
            known[key] = outcome_weights(Y, unit, pools(unit), start)
        w = known[key]
        return outcome_weights(Y, unit, pool, start) if w[~pool].any() else w

    return weigh


def ratio_quadratics(fits: Fits, truth: int) -> Array:
    """Return (3, M) coefficients of the squared RMSPE ratios when an effect c is added to `truth`.

    The ratio of assignment a is the mean over its units of mean squared gaps after over before
    treatment (Abadie, Diamond and Hainmueller 2010), ``q0 + q1 c + q2 c^2``: c enters the gaps of
    the truth itself, and those of assignments that have its units among their donors.
    """
    own = (fits.units[..., None] == fits.units[truth]).any(axis=2)
    d = own.astype(float)
    if fits.moves:
        d = d - fits.W[..., fits.units[truth]].sum(axis=2)
    else:
        d = np.zeros(own.shape)
        d[truth] = 1.0
    length = fits.after.sum(axis=2)
    mean = (fits.gaps * fits.after).sum(axis=2) / length
    before = np.maximum(fits.before_mspe, fits.floor)
    parts = [fits.after_mspe, 2 * d * mean, d * d]
    return np.stack([(part / before).mean(axis=1) for part in parts])


def rank_p_value(q: Array, truth: int, c: float) -> float:
    """Return the share of assignments whose ratio is at least that of `truth` at c.

    q : (3, M), see `ratio_quadratics`. Ties count against the truth.
    """
    ratio = q[0] + c * q[1] + c * c * q[2]
    return float(np.mean(ratio >= ratio[truth] * (1 - 1e-9)))


def inverted(q: Array, truth: int, size: float) -> tuple[tuple[float, float], ...]:
    """Return the hypothesised effects that the rank test of `size` does not reject, as pieces.

    q : (3, M). Taking c off the truth is adding -c: ratios are ``q0 - q1 c + q2 c^2``. Between
    neighbouring roots of ``ratio_a - ratio_truth`` the p-value is constant, so the set is exact.
    """
    edges = _crossings(q, truth)
    if not len(edges):
        accepted = rank_p_value(q, truth, 0.0) > size
        return ((-np.inf, np.inf),) if accepted else ()
    span = max(edges[-1] - edges[0], abs(edges[-1]), abs(edges[0]), 1e-300)
    middles = np.concatenate([[edges[0] - span], (edges[:-1] + edges[1:]) / 2, [edges[-1] + span]])
    inside = np.array([rank_p_value(q, truth, -middle) > size for middle in middles.tolist()])
    bounds = np.concatenate([[-np.inf], edges, [np.inf]])
    opens = np.flatnonzero(inside & ~np.r_[False, inside[:-1]])
    closes = np.flatnonzero(inside & ~np.r_[inside[1:], False])
    return tuple(
        (float(bounds[i]), float(bounds[j + 1])) for i, j in zip(opens, closes, strict=True)
    )


def _crossings(q: Array, truth: int) -> Array:
    """Return the effects c at which some ratio equals that of the truth, ascending.

    Roots of ``d0 - d1 c + d2 c^2``, d = q less that of the truth; a double root that rounding
    error makes complex is kept.
    """
    d0, d1, d2 = np.delete(q - q[:, [truth]], truth, axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        square = d1 * d1 - 4 * d2 * d0
        real = square >= -1e-18 * np.maximum(d1 * d1, np.abs(4 * d2 * d0))
        large = (d1 + np.where(d1 < 0, -1.0, 1.0) * np.sqrt(np.maximum(square, 0.0))) / 2
        roots = np.concatenate([(large / d2)[real], (d0 / large)[real]])
    return np.sort(roots[np.isfinite(roots)])


def outcome_weights(Y: Array, unit: int, pool: Pool, start: int) -> Array:
    """Return the simplex weights that match outcomes before `start`, (N,).

    ``min sum_(t < start) (Y_1t - sum_j w_j Y_jt)^2`` over the simplex: Abadie, Diamond and
    Hainmueller (2010) with every outcome before treatment as a predictor of equal weight.
    """
    from agglometrics.evaluation.synthetic.simplex import simplex_weights

    w = np.zeros(len(Y))
    w[pool] = simplex_weights(Y[pool, :start].T, Y[unit, :start])
    return w
