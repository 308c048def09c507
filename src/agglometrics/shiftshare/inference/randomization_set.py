"""The inverted randomisation test: which effects it does not reject."""

from __future__ import annotations

import numpy as np

from agglometrics.inference.sets import Pieces
from agglometrics.notation import Array

SAME = 1e-9  # statistics that differ by less than this are ties


def extreme(actual: Array, simulated: Array, variances: Array) -> int:
    """Return at how many draws T^2 / V at b = 0 is at least that of the actual shocks.

    actual : (2,) z'y and z'x    simulated : (B, 2)    variances : (1 + B, 3), the actual first
    """
    draws = simulated[:, 0] ** 2 * variances[0, 0]
    return int((draws >= actual[0] ** 2 * variances[1:, 0] * (1 - SAME)).sum())


def not_rejected(actual: Array, simulated: Array, variances: Array, most: float) -> Pieces:
    """Return the b at which more than `most` draws are at least as extreme as the actual one.

    Draw d is where (d_y - b d_x)^2 V_a(b) >= (a_y - b a_x)^2 V_d(b), with
    V(b) = V_yy - 2 b V_yx + b^2 V_xx: where a quartic in b is not negative.
    """
    unit = np.sqrt(np.mean(simulated**2, axis=0) + actual**2)
    unit = np.where(unit > 0, unit, 1.0)
    spread = np.array([unit[0] ** 2, unit[0] * unit[1], unit[1] ** 2])
    a, d, V = actual / unit, simulated / unit, variances / spread
    V = V / (V[0, 0] or 1.0)
    ends: list[tuple[float, int]] = []
    for draw, variance in zip(d, V[1:], strict=True):
        for low, high in _not_negative(_product(draw, V[0]), _product(a, variance)):
            ends += [(low, -1), (high, 1)]
    scale = unit[0] / unit[1]
    return tuple((low * scale, high * scale) for low, high in _deep(ends, most))


def _product(t: Array, V: Array) -> Array:
    """Return the coefficients of (t_y - b t_x)^2 V(b), from b^4 to 1."""
    square = [t[1] ** 2, -2 * t[0] * t[1], t[0] ** 2]
    return np.convolve(square, [V[2], -2 * V[1], V[0]])  # polymul would trim leading zeros


def _not_negative(left: Array, right: Array) -> Pieces:
    """Return where the polynomial left - right is not negative, as closed pieces."""
    size = max(np.abs(left).max(), np.abs(right).max())
    difference = left - right
    difference[np.abs(difference) < SAME * size] = 0.0
    if not difference.any():  # the draw is the actual one, or its mirror image
        return ((-np.inf, np.inf),)
    roots = np.roots(difference)
    real = np.sort(roots.real[np.abs(roots.imag) <= 1e-10 * np.abs(roots)])
    ends = np.concatenate([[-np.inf], real, [np.inf]])
    inner = (real[:-1] + real[1:]) / 2
    outer = [real[0] - abs(real[0]) - 1, real[-1] + abs(real[-1]) + 1] if len(real) else [0.0]
    points = np.array([outer[0], *inner, outer[-1]]) if len(real) else np.zeros(1)
    holds = np.concatenate([[False], np.polyval(difference, points) >= 0, [False]])
    starts, stops = (np.flatnonzero(np.diff(holds.astype(int)) == step) for step in (1, -1))
    return tuple(zip(ends[starts].tolist(), ends[stops].tolist(), strict=True))


def _deep(ends: list[tuple[float, int]], most: float) -> Pieces:
    """Return where more than `most` of the pieces lie over each other."""
    pieces, count, start = [], 0, np.nan
    for position, closing in sorted(ends):  # openings first: the pieces are closed
        before, count = count, count - closing
        if before <= most < count:
            start = position
        elif count <= most < before:
            pieces.append((start, position))
    return tuple(pieces)
