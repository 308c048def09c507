"""Confidence sets that are solutions of a quadratic inequality."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array

Pieces = tuple[tuple[float, float], ...]


def score_set(moment: Array, slope: Array, total: tuple[float, float], critical: float) -> Pieces:
    """Return the set of b where the score test of beta = b does not reject.

    With independent scores r_i(b) = moment_i - b slope_i (M,) and total = (z'y, z'x), the test
    does not reject where (z'y - b z'x)^2 <= critical^2 sum_i r_i(b)^2, a quadratic inequality
    in b (Adao, Kolesar and Morales 2019, AKM0): an interval, two rays, or the whole line.
    """
    B, A = total
    a = A * A - critical**2 * float(slope @ slope)
    b = A * B - critical**2 * float(slope @ moment)
    c = B * B - critical**2 * float(moment @ moment)
    # never empty: the statistic is zero at B / A, which rounding may hide in a perfect fit
    return quadratic_set(a, b, c) or ((B / A, B / A),)


def quadratic_set(a: float, b: float, c: float) -> Pieces:
    """Return {x : a x^2 - 2 b x + c <= 0} as disjoint closed pieces in ascending order."""
    gap = b * b - a * c
    if a == 0:
        return _half_line(b, c)
    if gap < 0:
        return () if a > 0 else ((-np.inf, np.inf),)
    # the larger root in modulus first: the other follows from their product, without cancellation
    far = b + np.copysign(np.sqrt(gap), b)
    roots = sorted((float(far / a), float(c / far))) if far != 0 else [0.0, 0.0]
    if a > 0:
        return ((roots[0], roots[1]),)
    return ((-np.inf, roots[0]), (roots[1], np.inf))


def _half_line(b: float, c: float) -> Pieces:
    if b == 0:
        return ((-np.inf, np.inf),) if c <= 0 else ()
    end = float(c / (2 * b))
    return ((end, np.inf),) if b > 0 else ((-np.inf, end),)
