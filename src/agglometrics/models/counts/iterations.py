"""Poisson pseudo-maximum likelihood by iterated weighted least squares, effects absorbed.

On pyfixest's demeaning kernel (Correia, Guimaraes and Zylkin 2020, section 3). Own iterations,
because pyfixest 0.60 gives no warning when its iterations run out. Cost: one weighted
demeaning per iteration, five to ten iterations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agglometrics.errors import ConvergenceError
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.least_squares import least_squares
from agglometrics.models.design import Design
from agglometrics.notation import Array, Codes

CONVERGED = 1e-10  # relative change of the deviance
ITERATIONS = 200
# A step that overshoots may leave mu of a positive outcome at 1e-40: y / mu would drown eta in
# rounding error. Its weight is held at this share of y, which shortens the step, and moves neither
# the gradient nor the estimate.
OVERSHOT = 1e-6


@dataclass(frozen=True)
class Iterated:
    """The end of the iterations: coefficients (K,), means mu (N,), demeaned X (N, K)."""

    beta: Array
    mu: Array
    X: Array
    deviance: float
    iterations: int


def deviance(y: Array, mu: Array, w: Array) -> float:
    """Return 2 sum w [y ln(y / mu) - (y - mu)]."""
    positive = y > 0
    logs = w[positive] * y[positive] * np.log(y[positive] / mu[positive])
    return float(2 * (logs.sum() - w @ (y - mu)))


def iterate(y: Array, X: Array, effects: Sequence[Codes], offset: Array, w: Array) -> Iterated:
    """Return the PPML estimate by iterated weighted least squares.

    y, offset, w : (N,)    X : (N, K), every column identified

    y is divided by its mean on the way and the offset moved by the mean's logarithm: the
    tolerances are then relative to y.

    Raises
    ------
    ConvergenceError
        If the deviance still moves after 200 iterations.
    """
    unit = float(np.average(y, weights=w))
    y, offset = y / unit, offset - np.log(unit)
    mu = (y + 1) / 2
    eta, last, tolerance = np.log(mu), np.inf, 1e-4
    for step in range(ITERATIONS):
        held = np.maximum(mu, OVERSHOT * y)
        z = eta - offset + y / held - mu / held
        weights = w * held
        within = demean(np.column_stack([z, X]), effects, weights, tolerance)
        root = np.sqrt(weights)[:, None]
        scaled = within * root
        beta, residual, _ = least_squares(scaled[:, 1:], scaled[:, 0])
        eta, mu, now = _advance(y, w, eta, z + offset - residual / root[:, 0], last)
        change = abs(now - last) / (0.1 + abs(now))
        if change < CONVERGED and tolerance <= 1e-10:
            return Iterated(beta, mu * unit, within[:, 1:], now * unit, step + 1)
        last, tolerance = now, max(min(tolerance, 1e-4 * change), 1e-11)
    raise ConvergenceError(
        f"Poisson iterations did not converge in {ITERATIONS} steps (the deviance still moves by "
        f"{change:.1e}). Rescale the regressors, or look for a term that predicts zeros perfectly."
    )


def _advance(y: Array, w: Array, old: Array, new: Array, last: float) -> tuple[Array, Array, float]:
    """Return eta, mu and the deviance after a step, halved while the deviance rises."""
    for _ in range(30):
        mu = np.exp(new.clip(-700, 700))
        now = deviance(y, mu, w)
        if now <= last * (1 + 1e-8) + 1e-8:
            break
        new = (old + new) / 2
    return new, mu, now


def relative_weights(design: Design) -> Array:
    """Return the weights (N,) with mean one, so that no tolerance depends on their unit."""
    w = counted_weights(design)
    return np.asarray(w / w.mean())


def counted_weights(design: Design) -> Array:
    """Return the weights (N,), ones where there are none: a row of weight w counts as w rows."""
    return np.ones(len(design.y)) if design.weights is None else design.weights


def fit_statistics(design: Design, end: Iterated, offset: Array) -> dict[str, float]:
    """Return the deviance, the likelihood and McFadden's R squared against a constant + offset.

    A row of weight w counts as w rows.
    """
    from scipy.special import gammaln

    y, w = design.y, counted_weights(design)
    exposure = np.exp(offset - offset.max())
    mean = exposure * float(w @ y) / float(w @ exposure)
    constant = gammaln(y + 1)
    value = float(w @ (y * np.log(end.mu) - end.mu - constant))
    null = float(w @ (y * np.log(mean) - mean - constant))
    return {
        "deviance": deviance(y, end.mu, w),
        "log_likelihood": value,
        "pseudo_r2": 1 - value / null,
        "iterations": float(end.iterations),
    }
