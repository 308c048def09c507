"""Kernels of inference on shares: exact and score limits, the delta method, many tests at once."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array
from agglometrics.tables import ratio


def binomial_limits(k: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Clopper and Pearson (1934) limits of a probability after k successes in n draws.

    low solves P(X >= k) = (1 - level) / 2, high solves P(X <= k) = (1 - level) / 2.
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
        high = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return low, high


def binomial_p_value(k: Array, n: Array, probability: Array) -> Array:
    """Twice the smaller tail of the binomial distribution, at most one.

    It is below 1 - level exactly where `binomial_limits` leave the probability out.
    """
    from scipy.special import betainc

    at_least = np.where(k > 0, betainc(np.maximum(k, 1), n - k + 1, probability), 1.0)
    at_most = np.where(k < n, betainc(np.maximum(n - k, 1), k + 1, 1 - probability), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(at_least, at_most)))


def wilson_limits(s: Array, H: Array, z: float) -> tuple[Array, Array]:
    """Limits of s where its estimate has variance H s (1 - s) (Wilson 1927, 1 / H draws).

    s : (R, I) estimates    H : (I,)    -> (R, I) each
    """
    spread = z**2 * H
    centre = (s + spread / 2) / (1 + spread)
    half = np.sqrt(spread * s * (1 - s) + spread**2 / 4) / (1 + spread)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def delta_std_error(E: Array) -> Array:
    """Delta-method standard error of LQ (Moineddin, Beyene and Boyle 2003).

    Regions draw E_r units each, independently; a unit is of industry i with probability q_ri.
    LQ = q / p, p = sum_r w_r q_r, w_r = E_r / E_tot, v_r = q_r (1 - q_r) / E_r:
    var LQ = LQ^2 [v_r / q_r^2 + sum_k w_k^2 v_k / p^2 - 2 w_r v_r / (q_r p)].

    E : (R, I) counts    -> (R, I)
    """
    E_r = E.sum(axis=1, keepdims=True)
    q, w = ratio(E, E_r), E_r / E.sum()
    p = E.sum(axis=0) / E.sum()
    v = ratio(q * (1 - q), E_r)
    spread = np.nansum(w**2 * v, axis=0)
    variance = ratio(v, p**2) + ratio(q, p) ** 2 * ratio(spread, p**2) - ratio(2 * w * v * q, p**3)
    return np.sqrt(np.maximum(variance, 0.0))
