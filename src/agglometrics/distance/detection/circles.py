"""Circles of regions, their likelihood ratios, and those of random plants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.answers.envelopes import simulate_in_threads
from agglometrics.notation import Array
from agglometrics.tables.rounding import above

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Circles:
    """Regions by distance from each, as far as circles go; and where a circle may end."""

    order: Index
    last: NDArray[np.bool_]


def circles_of(xyz: Array, total: Index, largest: float) -> Circles:
    """Return the circles; regions that are equally far enter together."""
    from scipy.spatial.distance import cdist

    d = cdist(xyz, xyz)
    order = np.argsort(d, axis=1, kind="stable")
    away = np.take_along_axis(d, order, axis=1)
    last = np.ones(order.shape, dtype=bool)
    last[:, :-1] = away[:, 1:] > away[:, :-1] * (1 + 1e-12)
    small = ~above(np.cumsum(total[order], axis=1), largest * total.sum())
    order = np.where(small, order, -1)
    return Circles(order[:, : max(int(small.sum(axis=1).max()), 1)].copy(), last)


def scan(cases: Index, total: Index, circles: Circles) -> Array:
    """Return the largest statistic of each centre and how many regions its circle holds, (R, 2)."""
    from agglometrics.distance.detection.scanning import best_of_centres, log_terms

    out: Array = np.empty((len(cases), 2))
    terms = log_terms(int(total.sum()))
    best_of_centres(cases, total, circles.order, circles.last, terms, out)
    return out


def null_of(counts: Index, circles: Circles, draws: int, seed: int) -> Array:
    """Return the largest statistic, (B,), with the industry's plants random ones of all."""
    from agglometrics.distance.detection.scanning import best_of_centres, log_terms

    total, C = counts[:, 1], int(counts[:, 0].sum())
    terms = log_terms(int(total.sum()))
    largest: Array = np.empty(draws)

    def part(first: int, last: int) -> None:
        out: Array = np.empty((len(total), 2))
        for b in range(first, last):
            rng = np.random.default_rng([seed, b])
            cases = rng.multivariate_hypergeometric(total, C, method="marginals")
            best_of_centres(cases, total, circles.order, circles.last, terms, out)
            largest[b] = out[:, 0].max()

    simulate_in_threads(part, draws, 5e-9 * float(circles.order.size) * draws)
    return largest
