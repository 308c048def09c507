"""The exponential model of correlation, exp(-c d), and its decay for an average correlation."""

from __future__ import annotations

import math

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array

STEP = 1e-3  # the search for c ends when the bracket is this narrow


def average_correlation(c: float, pairs: Array) -> float:
    """Return the average of exp(-c d) over the distances of pairs of different places, (M,)."""
    return float(np.exp(-c * pairs).mean())


def decay(average: float, pairs: Array, largest: float) -> float:
    """Return the c at which the average pairwise correlation is `average`.

    Mueller and Watson (2022, section 2): c_0 solves sum_{l != m} exp(-c d_lm) / (n (n - 1)) =
    rho_0. Searched as the authors' programs do (Stata, R and Python alike), so that answers agree
    with theirs: a bracket by doubling and halving from 10, then its geometric mean until it is
    .001 wide. `largest` ends the doubling.

    pairs : (M,) distances, in units in which they lie well below one

    Raises
    ------
    InputError
        If so many pairs are at distance zero that no decay is fast enough.
    """
    return _search(average, pairs, largest)[2]


def decay_between(average: float, pairs: Array, largest: float) -> float:
    """Return the middle of the bracket in which `decay` ends, as SPUR's programs do.

    The two differ by up to .0005, which matters for averages near one, where c is as small.
    """
    low, high, _ = _search(average, pairs, largest)
    return math.sqrt(low * high)


def _search(average: float, pairs: Array, largest: float) -> tuple[float, float, float]:
    """Return the ends of a bracket at most .001 wide, and the last decay tried."""
    together = float((pairs == 0).mean())
    if together >= average:
        raise InputError(
            f"{together:.3g} of all pairs share a place, so that their average correlation cannot "
            f"fall to {average:g}. Pass cluster=... with the column that names the place."
        )
    low = high = 10.0
    while average_correlation(low, pairs) < average:
        low, high = low / 2, low
    while average_correlation(high, pairs) > average and high < largest:
        low, high = high, 2 * high
    while True:
        c = math.sqrt(low * high)
        if average_correlation(c, pairs) > average:
            low = c
        else:
            high = c
        if high - low < STEP:
            return low, high, c


def pairs_of(distances: Array) -> Array:
    """Return the distances of the pairs of different rows of a matrix (P, P), (P (P - 1) / 2,)."""
    from scipy.spatial.distance import squareform

    return np.asarray(squareform(distances, checks=False), dtype=np.float64)


def demeaned(matrix: Array) -> Array:
    """Return M A M, where M = I - 11' / P takes out means; matrix A : (P, P), symmetric."""
    means = matrix.mean(axis=0)
    return np.asarray(matrix - means - means[:, None] + means.mean())


def leading_vectors(matrix: Array, q: int) -> Array:
    """Return the eigenvectors (P, q) of the q largest eigenvalues, largest first.

    Their signs are fixed by sum v^3 > 0, so that they do not depend on the order of the rows.
    """
    from scipy.linalg import eigh

    P = len(matrix)
    _, vectors = eigh(matrix, subset_by_index=[P - q, P - 1], check_finite=False)
    vectors = vectors[:, ::-1]
    return np.asarray(vectors * np.where((vectors**3).sum(axis=0) < 0, -1.0, 1.0))
