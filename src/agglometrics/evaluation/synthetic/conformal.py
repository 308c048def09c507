"""Conformal tests of a path of effects (Chernozhukov, Wuthrich and Zhu 2021).

Under the hypothesis c the outcome without treatment is known in every period. The synthetic control
is fitted to all of them, so that its residuals are exchangeable under the null up to the error of
the weights, and the statistic of the treated periods is compared with that of every cyclic shift.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from agglometrics.evaluation.size import attainable
from agglometrics.evaluation.synthetic.simplex import simplex_weights
from agglometrics.notation import Array

GRID = 201
"""Hypothesised effects at which a set is first evaluated."""

HALVINGS = 30
"""Bisections of each end of a set."""


def conformal_p_value(y: Array, A: Array, start: int, c: float) -> float:
    """Return the share of cyclic shifts whose mean absolute residual is at least the treated's.

    y : (T,) the treated unit    A : (T, J) donors    start : first treated period. With
    ``u_t`` the residuals of weights fitted to ``y_t - c 1(t >= start)`` in all periods, the
    statistic is the mean of ``|u_t|`` over the last T - start, and the shifts are moving blocks.
    The smallest value is 1 / T.
    """
    null = y - c * (np.arange(len(y)) >= start)
    u = np.abs(null - A @ simplex_weights(A, null))
    length = len(y) - start
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([u, u]))])
    sums = total[length : length + len(y)] - total[: len(y)]
    return float(np.mean(sums >= sums[start] * (1 - 1e-9)))


def conformal_rows(
    periods: Sequence[object], y: Array, A: Array, start: int, gaps: Array, level: float
) -> list[dict[str, object]]:
    """Return term, p_value, set, level and smallest_p of the mean effect and of each period.

    y : (T,)    A : (T, J)    gaps : (T,) of the synthetic control, around which sets are looked for
    """
    rows = [_row("att", y, A, start, float(gaps[start:].mean()), level)]
    for t in range(start, len(y)):
        keep = np.r_[:start, t]
        rows.append(_row(periods[t], y[keep], A[keep], start, float(gaps[t]), level))
    return rows


def _row(
    term: object, y: Array, A: Array, start: int, centre: float, level: float
) -> dict[str, object]:
    smallest = 1 / len(y)
    level = attainable(level, smallest)
    size = 1 - level + 1e-12

    def p(c: float) -> float:
        return conformal_p_value(y, A, start, c)

    scale = 5 * float(np.abs(y - A.mean(axis=1)).max()) + abs(centre)
    pieces = accepted(p, centre, scale, size) or ((np.nan, np.nan),)
    return {"term": term, "p_value": p(0.0), "conf_low": pieces[0][0], "conf_high": pieces[-1][1],
            "level": level, "smallest_p": smallest}  # fmt: skip


def accepted(
    p: Callable[[float], float], centre: float, scale: float, size: float
) -> tuple[tuple[float, float], ...]:
    """Return where p(c) > size, as pieces: a grid around `centre`, its ends bisected.

    The grid reaches ``scale`` to both sides and is widened, four times at most by ten, until both
    its ends are rejected; an end that never is, is infinite.
    """
    for _ in range(4):
        if p(centre - scale) <= size and p(centre + scale) <= size:
            break
        scale *= 10
    points = centre + scale * np.linspace(-1, 1, GRID)
    inside = np.array([p(c) > size for c in points])
    pieces = []
    starts = np.flatnonzero(inside & ~np.r_[False, inside[:-1]])
    stops = np.flatnonzero(inside & ~np.r_[inside[1:], False])
    for i, j in zip(starts, stops, strict=True):
        low = -np.inf if i == 0 else _end(p, points[i - 1], points[i], size)
        high = np.inf if j == GRID - 1 else _end(p, points[j + 1], points[j], size)
        pieces.append((low, high))
    return tuple(pieces)


def _end(p: Callable[[float], float], out: float, into: float, size: float) -> float:
    """Return the place between a rejected and an accepted effect where the answer turns."""
    for _ in range(HALVINGS):
        middle = (out + into) / 2
        out, into = (out, middle) if p(middle) > size else (middle, into)
    return float(into)
