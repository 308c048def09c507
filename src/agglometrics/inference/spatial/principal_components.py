"""Spatial principal components: weights, cases of weaker correlation, and how many to use."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln

from agglometrics.errors import InputError
from agglometrics.inference.spatial.exponential import (
    decay,
    demeaned,
    leading_vectors,
    pairs_of,
)
from agglometrics.inference.spatial.rejection import critical_value, root_of
from agglometrics.notation import Array

WEAKEST = 1e-5  # average correlation at which the cases end
GRID = 1.2  # each case's decay over that of the one before
FASTEST = 5000.0  # decay at which the search for the weakest case ends
LEVEL = 0.05  # of the test for which q is chosen
BLOCK = 512  # rows of a covariance held at once


@dataclass(frozen=True)
class Components:
    """The weights of SCPC at P places, and what their choice rests on.

    Attributes
    ----------
    W : (P, q + 1) orthonormal: the constant, then the q leading eigenvectors
    decays : (C,) the cases: c_0, then 1.2 times the one before
    roots : (C, q + 1, q + 1) root L of Omega(c) = L L' in each case
    critical : critical value of the unconditional test at 5 percent
    """

    W: Array = field(repr=False)
    decays: Array
    roots: Array = field(repr=False)
    critical: float

    @property
    def q(self) -> int:
        """The number of principal components."""
        return int(self.W.shape[1]) - 1


def first_guess(average: float) -> int:
    """Return how many components are tried at first, as in the authors' programs."""
    for bound, q in ((0.05, 10), (0.01, 20), (0.005, 60)):
        if average >= bound:
            return q
    return 120


def cases(distances: Array, average: float) -> Array:
    """Return the decays from c_0 to that of an average correlation of 1e-5, (C,)."""
    pairs = pairs_of(distances)
    c0 = decay(average, pairs, FASTEST)
    weakest = decay(WEAKEST, pairs, FASTEST) if (pairs == 0).mean() < WEAKEST else FASTEST
    steps = max(2, math.ceil(math.log(weakest / c0) / math.log(GRID)))
    return np.asarray(c0 * GRID ** np.arange(steps))


def omegas(distances: Array, decays: Array, W: Array) -> Array:
    """Return Omega(c) = W' Sigma(c) W in every case; W : (..., P, Q), result (C, ..., Q, Q)."""
    P = len(distances)
    flat = np.moveaxis(W, -2, 0).reshape(P, -1)
    out = np.zeros((len(decays), *W.shape[:-2], W.shape[-1], W.shape[-1]))
    for i, c in enumerate(decays):
        smoothed = np.vstack(
            [np.exp(-c * distances[start : start + BLOCK]) @ flat for start in range(0, P, BLOCK)]
        )
        smoothed = np.moveaxis(smoothed.reshape(P, *W.shape[:-2], W.shape[-1]), 0, -2)
        out[i] = np.swapaxes(W, -1, -2) @ smoothed
    return out


def expected_length(critical: float, q: int) -> float:
    """Return the expected half-length of the interval, up to a constant, for iid normal errors.

    cv(q) E[(chi^2_q / q)^{1/2}] / 2^{1/2}, what q minimises (Mueller and Watson 2022, section 2).
    """
    return critical * math.exp(gammaln((q + 1) / 2) - gammaln(q / 2)) / math.sqrt(q)


def components(distances: Array, average: float) -> Components:
    """Return the spatial principal components of Mueller and Watson (2022, section 2).

    The eigenvectors of M Sigma(c_0) M, Sigma(c) = exp(-c d), that belong to its q largest
    eigenvalues; q minimises the expected length of the interval, whose critical value holds
    for every c >= c_0. Cost: P^2 for each of some 20 cases, P^3 / 3 once.

    distances : (P, P)    average : rho_0
    """
    P = len(distances)
    if P < 3:
        raise InputError(f"SCPC needs at least three places; found {P}. Use another covariance.")
    decays = cases(distances, average)
    tried = min(first_guess(average), P - 1)
    while True:
        vectors = leading_vectors(demeaned(np.exp(-decays[0] * distances)), tried)
        W = np.column_stack([np.full(P, P**-0.5), vectors])
        roots = root_of(omegas(distances, decays, W))
        critical = [critical_value(roots[:, : q + 1, : q + 1], LEVEL) for q in range(1, tried + 1)]
        length = [expected_length(cv, q) for q, cv in enumerate(critical, start=1)]
        q = int(np.argmin(length)) + 1
        if q < tried or tried == P - 1:
            return Components(W[:, : q + 1], decays, roots[:, : q + 1, : q + 1], critical[q - 1])
        tried = min(round(1.5 * tried), P - 1)
