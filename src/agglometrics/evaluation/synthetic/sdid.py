"""Synthetic difference in differences (Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021).

The estimate is a double difference: treated less weighted donors, after less weighted before. Unit
weights make the donors parallel to the treated before treatment, time weights make the periods
before treatment predict those after it among the donors. Difference in differences has both
uniform; synthetic control has unit weights only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agglometrics.evaluation.synthetic.simplex import simplex_weights
from agglometrics.notation import Array, Codes
from agglometrics.tables.rounding import without_noise

SMALL = 1e-6
"""The penalty of time weights, in units of the noise: only to make them unique."""


@dataclass(frozen=True)
class Block:
    """The units of one start, with the estimate and its weights.

    Attributes
    ----------
    treated : (n,) units    start : T0, their first treated period
    tau : estimate    omega : (N0,) weights of donors    lam : (T0,) weights of periods
    """

    treated: Codes
    start: int
    tau: float
    omega: Array
    lam: Array

    def size(self, T: int) -> int:
        """Return the number of treated unit-periods."""
        return len(self.treated) * (T - self.start)


def double_difference(Y0: Array, y: Array, omega: Array, lam: Array) -> float:
    """Return (mean after - lam'before) of y - omega'Y0. Y0 : (N0, T)    y : (T,)."""
    gap = y - omega @ Y0
    effect = _mean(gap[len(lam) :]) - lam @ gap[: len(lam)]
    return float(without_noise(effect, max(_size(Y0), _size(y)), len(y)))


def noise(Y0: Array, start: int) -> float:
    """Return the standard deviation of the donors' first differences before treatment."""
    if start < 2:
        return 0.0
    change = (Y0[:, 1:start] - Y0[:, : start - 1]).ravel()
    change -= change.sum() / len(change)
    spread = np.sqrt(change @ change / (len(change) - 1))
    return float(without_noise(spread, _size(Y0), start))


def unit_weights(Y0: Array, y: Array, start: int, treated: int, sigma: float) -> Array:
    """Return omega (N0,): simplex weights with an intercept and a ridge of ``T0 zeta^2``.

    ``zeta = (N1 T1)^(1/4) sigma``, with sigma the `noise` of the donors.
    """
    zeta = (treated * (Y0.shape[1] - start)) ** 0.25 * sigma
    A, b = Y0[:, :start].T, y[:start]
    return simplex_weights(_centred(A), _centred(b), start * zeta**2)


def time_weights(Y0: Array, start: int, sigma: float) -> Array:
    """Return lam (T0,): simplex weights with an intercept that predict the donors' mean after."""
    A, b = Y0[:, :start], Y0[:, start:].sum(axis=1) / (Y0.shape[1] - start)
    return simplex_weights(_centred(A), _centred(b), len(Y0) * (SMALL * sigma) ** 2)


def _size(A: Array) -> float:
    return float(max(A.max(), -A.min()))


def _centred(A: Array) -> Array:
    """Return what is apart from the mean over the first axis, zero where that is rounding."""
    return without_noise(A - _mean(A), _size(A), len(A))


def _mean(A: Array) -> Array:
    """Return the mean over the first axis; np.mean takes longer than a small sum."""
    return np.asarray(A.sum(axis=0) / len(A))


def synthetic_did_block(Y0: Array, Y1: Array, start: int) -> tuple[float, Array, Array]:
    """Return tau, omega and lam. Y0 : (N0, T) donors    Y1 : (N1, T) treated from `start`."""
    y, sigma = _mean(Y1), noise(Y0, start)
    omega, lam = unit_weights(Y0, y, start, len(Y1), sigma), time_weights(Y0, start, sigma)
    return double_difference(Y0, y, omega, lam), omega, lam


def difference_block(Y0: Array, Y1: Array, start: int) -> tuple[float, Array, Array]:
    """Return the same with uniform weights: difference in differences."""
    omega, lam = np.full(len(Y0), 1 / len(Y0)), np.full(start, 1 / start)
    return double_difference(Y0, Y1.mean(axis=0), omega, lam), omega, lam


def control_block(Y0: Array, Y1: Array, start: int) -> tuple[float, Array, Array]:
    """Return the same with simplex weights on levels and none on time: synthetic control."""
    y = Y1.mean(axis=0)
    omega = simplex_weights(Y0[:, :start].T, y[:start])
    return double_difference(Y0, y, omega, np.zeros(start)), omega, np.zeros(start)


METHODS = {
    "synthetic_did": synthetic_did_block,
    "difference_in_differences": difference_block,
    "synthetic_control": control_block,
}


def blocks(
    Y: Array, donors: Codes, treated: Codes, starts: Codes, method: str = "synthetic_did"
) -> list[Block]:
    """Return one `Block` per start. donors : (N0,)    treated, starts : (N1,)."""
    found = []
    for start in np.unique(starts).tolist():
        units = treated[starts == start]
        tau, omega, lam = METHODS[method](Y[donors], Y[units], start)
        found.append(Block(units, start, tau, omega, lam))
    return found


def att(found: Sequence[Block], T: int) -> float:
    """Return the mean of blocks, weighted by their treated unit-periods."""
    sizes = np.array([block.size(T) for block in found], dtype=np.float64)
    return float(np.array([block.tau for block in found]) @ sizes / sizes.sum())
