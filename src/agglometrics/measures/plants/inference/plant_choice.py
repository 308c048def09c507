"""Inference on the coagglomeration of pairs of industries whose plants choose by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.plants.sizes import Sizes
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical, canonical_order
from agglometrics.random.progress import progress
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables import Cube, ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import ROUNDING, without_dust

BLOCK = 4_000_000
"""Shares of drawn industries held at once."""


@checked
@dataclass(frozen=True)
class PlantChoice:
    """Plants choose regions independently; inference is on the probabilities of their choices.

    **Interval.** Every plant of industry i chooses region r with probability p_ri, whatever its
    size and whatever the others do. The interval is for the coagglomeration of these fixed
    probabilities, sum_r (p_ri - x_r)(p_rj - x_r) / (1 - x2), of which gamma_ij is an unbiased
    estimate: normal, with an unbiased variance (see `pair_variance`). Probabilities are held
    fixed: the interval says nothing about the process behind them.

    **P-value.** Two-sided Monte Carlo test of the dartboard, p = x for both: its size is at most
    nominal, whatever the number of plants.

    Simulated with 31 regions, probabilities Dirichlet around a skewed x and lognormal plant sizes
    (2,000 samples): the 95 percent interval covers in 95.2 percent of samples with 15 plants per
    industry and in 94.9 with 100 (Monte Carlo error .5).

    Parameters
    ----------
    level : nominal coverage
    draws : random allocations for the p-value
    seed : an integer, a numpy Generator, or None for a fresh one; one seed gives one answer in any
        order of rows and type of keys
    """

    level: float = 0.95
    draws: int = 999
    seed: Seed = 0

    @property
    def model(self) -> str:
        """The experiment, as the answer names it."""
        return (
            f"plants choose alone: interval of level {self.level:g} given the probabilities, "
            f"dartboard test with {self.draws} draws"
        )


def require_choice(inference: object, group: object) -> None:
    """Raise `InputError` unless `inference` is None, or a `PlantChoice` on pairs."""
    if inference is None:
        return
    if not isinstance(inference, PlantChoice):
        raise InputError(
            f"inference must be PlantChoice(...); found {inference!r}. Pass such an object."
        )
    if group is not None:
        raise InputError(
            "inference is about pairs of industries; found group= too. Leave one of them out."
        )


def pairwise_excess(s: Array, x: Array) -> Array:
    """Pairwise gamma_ij = sum over regions of (s_i - x)(s_j - x) / (1 - sum x^2).

    Ellison, Glaeser and Kerr (2010), eq. 1; exactly zero where it is within rounding.

    s : (R, I)    x : (R,)    answer : (I, I)
    """
    deviation = without_dust(s - x[:, None], x[:, None])
    products = deviation.T @ deviation
    size = np.sqrt(np.diag(products))
    return np.asarray(without_dust(products, np.outer(size, size)) / (1 - x @ x))


def pair_variance(s: Array, x: Array, H: Array) -> Array:
    """Variance of gamma_ij over the choices of plants, (I, I); own derivation.

    With independent choices, s_i has mean p_i and covariance V_i = H_i (diag(p_i) - p_i p_i'), and
    s_i and s_j are independent. With a = p_i - x and b = p_j - x,

        Var sum_r (s_ri - x_r)(s_rj - x_r) = b' V_i b + a' V_j a + tr(V_i V_j).

    H_i / (1 - H_i) (diag(s_i) - s_i s_i') is unbiased for V_i. With it and s in place of p, each of
    the first two terms errs by tr(V_i V_j), so that this is taken off once. The sum is not below
    the estimated trace, which is the variance where p = x.

    s : (R, I)    x : (R,)    H : (I,) plant Herfindahl; NaN in the answer where it is 1
    """
    h, d = ratio(H, 1 - H), s - x[:, None]
    own = h[:, None] * (s.T @ d**2 - (s.T @ d) ** 2)  # (i, j): b' V_i b
    both = s.T @ s
    crossed = s.T @ s**2
    trace = np.outer(h, h) * (both - crossed - crossed.T + both**2)
    variance = np.maximum(own + own.T - trace, trace)
    return np.asarray(variance / (1 - x @ x) ** 2)


def pair_statistics(cube: Cube, x: Array, sizes: Sizes, inference: PlantChoice) -> dict[str, Array]:
    """Return std_error, conf_low, conf_high and p_value of all pairs of all periods, in order."""
    from scipy.special import ndtri

    start, found = root(inference.seed), []
    for t, E in enumerate(cube.values):
        active = np.flatnonzero(E.sum(axis=0) > 0)
        time, industries = cube.times[t], cube.industries[active]
        plants = [sizes.shares(time, industry) for industry in industries]
        labels = [f"{canonical(time)}|{canonical(industry)}" for industry in industries]
        a, b = np.triu_indices(len(active), k=1)
        s, H = E[:, active] / E[:, active].sum(axis=0), np.array([z @ z for z in plants])
        gamma = pairwise_excess(s, x[t])[a, b]
        error = np.sqrt(pair_variance(s, x[t], H))[a, b]
        order = canonical_order(cube.regions)
        p = dartboard_p(
            s[order], x[t][order], plants, [stream(start, k) for k in labels], inference
        )
        half = ndtri(0.5 + inference.level / 2) * error
        found.append(np.stack([error, gamma - half, gamma + half, p[a, b]]))
    names = ("std_error", "conf_low", "conf_high", "p_value")
    return dict(zip(names, np.concatenate(found, axis=1), strict=True))


def dartboard_p(
    s: Array, x: Array, plants: list[Array], seeds: list[int], inference: PlantChoice
) -> Array:
    """Two-sided Monte Carlo p-values of gamma_ij = 0 where plants choose with x, (I, I).

    s : (R, I)    x : (R,)    plants : I arrays of plant shares, largest first
    """
    used = x > 0
    observed = (s - x[:, None]).T @ (s - x[:, None])
    above, below = np.ones_like(observed), np.ones_like(observed)
    for drawn in _dartboards(x[used], plants, seeds, inference.draws):
        d = drawn - x[used, None]
        pairs = np.swapaxes(d, 1, 2) @ d
        tie = ROUNDING * np.maximum(np.abs(observed), np.abs(pairs).max(axis=0))
        above += (pairs >= observed - tie).sum(axis=0)
        below += (pairs <= observed + tie).sum(axis=0)
    return np.minimum(1.0, 2 * np.minimum(above, below) / (inference.draws + 1))


def _dartboards(x: Array, plants: list[Array], seeds: list[int], draws: int) -> Iterator[Array]:
    """Yield blocks of drawn shares, (block, R, I); every industry has a stream of its own."""
    R, cumulated = len(x), np.cumsum(x)[:-1]
    streams = [np.random.default_rng(seed) for seed in seeds]
    block = max(1, min(draws, BLOCK // (R * len(plants)), BLOCK // max(map(len, plants))))
    starts = range(0, draws, block)
    for first in progress(starts, len(starts), draws * sum(map(len, plants))):
        size = min(block, draws - first)
        shares = np.empty((size, R, len(plants)))
        for i, (z, rng) in enumerate(zip(plants, streams, strict=True)):
            at = np.searchsorted(cumulated, rng.random((size, len(z))), side="right")
            flat = (np.arange(size)[:, None] * R + at).reshape(-1)
            shares[:, :, i] = np.bincount(flat, np.tile(z, size), size * R).reshape(size, R)
        yield shares
