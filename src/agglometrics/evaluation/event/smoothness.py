"""Bounds on smoothness: the trend's slope changes by at most M from one period to the next.

Rambachan and Roth (2023): ``|S_k| <= M`` with ``S_k = (delta_{k+1} - delta_k) - (delta_k -
delta_{k-1})`` for every period k but the first and the last. The confidence interval is their
fixed-length one: the affine estimator ``v'b_pre + l'b_post`` whose interval

    estimate +- cv(bias / sd) sd

is shortest, cv(x) the quantile of abs(N(x, 1)). Its bias is finite only if v cancels linear
trends, ``sum_p v_p t_p + sum_t l_t t = 0``, and is then M times the sum of abs(u_k), u_k the
coefficients of the estimator on S_k. Those after the reference are given by l; those before it can
be chosen freely and determine v, so that the trade-off of variance and bias is a lasso, solved
exactly through its dual, least squares with bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from agglometrics.notation import Array


def folded_quantile(bias: float, level: float) -> float:
    """Return c with P(abs(N(bias, 1)) <= c) = level."""
    b = abs(bias)

    def gap(c: float) -> float:
        return float(special.ndtr(c - b) - special.ndtr(-c - b) - level)

    return float(optimize.brentq(gap, 0.0, b + special.ndtri(0.5 + level / 2) + 1, xtol=1e-12))


@dataclass(frozen=True)
class TradeOff:
    """Variance and bias of the estimators that cancel linear trends.

    ``v = start + moves u``; variance ``u'H u + 2 g'u + constant``; bias
    ``M (fixed + sum of abs(u))``, u (P - 1,).
    """

    start: Array
    moves: Array
    H: Array
    g: Array
    constant: float
    fixed: float

    def lasso(self, penalty: float) -> Array:
        """Return u that minimises half the variance plus penalty times the sum of abs(u)."""
        if not len(self.g):
            return self.g
        half = np.linalg.inv(np.linalg.cholesky(self.H))
        z = optimize.lsq_linear(
            half, -half @ self.g, bounds=(-penalty, penalty), method="bvls", tol=1e-14
        ).x if penalty > 0 else np.zeros_like(self.g)  # fmt: skip
        return np.asarray(-half.T @ (half @ (self.g + z)))

    def sd(self, u: Array) -> float:
        """Return the standard deviation of the estimator u."""
        return float(np.sqrt(u @ self.H @ u + 2 * self.g @ u + self.constant))

    def bias(self, u: Array) -> float:
        """Return the largest bias of the estimator u for M = 1."""
        return float(self.fixed + np.abs(u).sum())


def trade_off(S: Array, P: int, loading: Array) -> TradeOff:
    """Return the `TradeOff` of covariance S (P + Q, P + Q) and l (Q,)."""
    Q = len(loading)
    p, t = np.arange(P, 0, -1.0), np.arange(1, Q + 1.0)
    # rows k = 1 .. P - 1: coefficient on S_-k of v; last row: the slope of the trend
    system = np.vstack([np.clip(p - k, 0, None) for k in range(1, P)] + [-p])
    inverse = np.linalg.inv(system)
    start, moves = inverse[:, -1] * -(loading @ t), inverse[:, :-1]
    pre, cross = S[:P, :P], S[:P, P:] @ loading
    fixed = sum(abs(loading @ np.clip(t - k, 0, None)) for k in range(Q))
    constant = start @ pre @ start + 2 * start @ cross + loading @ S[P:, P:] @ loading
    g = moves.T @ (pre @ start + cross)
    return TradeOff(start, moves, moves.T @ pre @ moves, g, float(constant), float(fixed))


def shortest_estimator(
    S: Array, P: int, loading: Array, M: float, level: float
) -> tuple[Array, float]:
    """Return the weights (P + Q,) of the estimator, and its interval's half-length, under M."""
    found = trade_off(S, P, loading)

    def half(penalty: float) -> float:
        u = found.lasso(penalty)
        sd = found.sd(u)
        return folded_quantile(M * found.bias(u) / sd, level) * sd

    top = float(np.abs(found.g).max(initial=0.0))
    best = 0.0
    if M > 0 and top > 0:
        grid = np.concatenate([[0.0], top * np.geomspace(1e-4, 1, 17)])
        values = [half(each) for each in grid]
        k = int(np.argmin(values))
        ends = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
        tried = optimize.minimize_scalar(half, bounds=ends, method="bounded",
                                         options={"xatol": 1e-9 * top})  # fmt: skip
        best = float(tried.x) if tried.fun < values[k] else float(grid[k])
    u = found.lasso(best)
    return np.concatenate([found.start + found.moves @ u, loading]), half(best)


def fixed_length(
    b: Array, S: Array, P: int, loading: Array, M: float, level: float
) -> tuple[float, float]:
    """Return the shortest fixed-length interval of l'tau under smoothness M."""
    weights, length = shortest_estimator(S, P, loading, M, level)
    return float(weights @ b - length), float(weights @ b + length)
