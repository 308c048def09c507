"""How often a t statistic of few weighted averages rejects, and the critical value that follows.

With Z = W'u ~ N(0, Omega), the test rejects where Z_0^2 > kappa^2 (Z_1^2 + ... + Z_q^2). Let D =
diag(1, -kappa^2, ..., -kappa^2). Of the eigenvalues of D Omega one, omega_0, is positive; the
others are -omega_1, ..., -omega_q. Craig's (1991) form of the normal tail and the moment
generating function of chi-squared variables give the probability as one integral ::

    P = 2 / pi int_0^{pi/2} prod_i (1 + omega_i / (omega_0 sin^2 t))^{-1/2} dt

which is the formula of Mueller and Watson (2022, section 3, after Bakirov and Szekely 2005)
with u = cos t. In t the integrand is smooth up to both ends, whatever q: Gauss-Legendre nodes
converge fast.
"""

from __future__ import annotations

import math

import numpy as np

from agglometrics.notation import Array

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
SINE2 = np.sin((NODES + 1) * (np.pi / 4)) ** 2
WIDTH = 1e-3  # of the bracket in which a critical value is found


def root_of(omega: Array) -> Array:
    """Return lower triangular L with L L' = Omega, (..., Q, Q), also where Omega is singular.

    The root of its first q rows and columns is the first q rows and columns of L.
    """
    values, vectors = np.linalg.eigh(omega)
    half = np.sqrt(np.clip(values, 0, None))[..., :, None] * np.swapaxes(vectors, -1, -2)
    return np.asarray(np.swapaxes(np.linalg.qr(half, mode="r"), -1, -2))


def rejection_probability(root: Array, kappa: float) -> Array:
    """Return P(Z_0^2 > kappa^2 sum_j Z_j^2) with Z ~ N(0, L L'); root L : (..., Q, Q)."""
    first, rest = root[..., :1, :], root[..., 1:, :]
    middle = np.swapaxes(first, -1, -2) @ first - kappa**2 * np.swapaxes(rest, -1, -2) @ rest
    omega = np.linalg.eigvalsh(middle)
    ratio = np.clip(-omega[..., :-1], 0, None) / omega[..., -1:]
    factors = 1 + ratio[..., None] / SINE2
    return np.asarray(np.exp(-0.5 * np.log(factors).sum(axis=-2)) @ WEIGHTS / 2)


def worst_case(roots: Array, kappa: float) -> tuple[float, int]:
    """Return the largest rejection probability over the cases (C, Q, Q), and its case."""
    p = rejection_probability(roots, kappa)
    worst = int(np.argmax(p))
    return float(p[worst]), worst


def critical_value(roots: Array, level: float) -> float:
    """Return the smallest critical value that rejects at most `level` of the time in every case.

    Mueller and Watson (2022, eq. 5): sup over c >= c_0 of P_c(|tau| > cv) = level. It is the upper
    end of a bracket of width .001, found as the authors' programs do, from Student's t upwards.

    roots : (C, Q, Q) with Q = q + 1
    """
    from scipy.special import stdtrit

    sqrt_q = math.sqrt(roots.shape[-1] - 1)
    low = float(stdtrit(roots.shape[-1] - 1, 1 - level / 2)) / sqrt_q
    case = 0
    while True:
        low, high = _bracket(roots[case], low, sqrt_q, level)
        p, worst = worst_case(roots, high)
        if worst == case or p <= level:
            return high * sqrt_q
        case, low = worst, high


def _bracket(root: Array, low: float, sqrt_q: float, level: float) -> tuple[float, float]:
    """Return ends within .001 / sqrt(q) between which one case rejects `level` of the time."""
    high = low
    while rejection_probability(root, high) > level:
        low, high = high, high + 1 / sqrt_q
    while high - low > WIDTH / sqrt_q:
        middle = (low + high) / 2
        if rejection_probability(root, middle) > level:
            low = middle
        else:
            high = middle
    return low, high
