"""A wild bootstrap of the F tests of the stochastic shift-share model, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.decomposition.regression import TwoWay
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class CellBootstrap:
    """HC3 standard errors, and F tests by a wild bootstrap that imposes the null.

    Under the null that all regions have one effect the growth of a cell is its industry's,
    ``y_ri = m_i + e_ri``. A draw gives each residual a random sign and takes off its leverage,
    ``y*_ri = m_i + v_ri e_ri / (1 - h_ri)`` with ``v = +1`` or ``-1`` (Davidson and Flachaire
    2008; HC3's residuals), and computes F again; the p-value is
    ``(1 + draws with F* >= F) / (1 + draws)``. Industries are tested likewise.

    Attributes
    ----------
    draws : number of bootstrap samples
    seed : a seed or a numpy Generator
    """

    draws: int = 999
    seed: Seed = 0

    def __post_init__(self) -> None:
        if self.draws < 99:
            raise InputError(
                f"CellBootstrap: draws must be at least 99; found {self.draws}. "
                "For example draws=999."
            )


def bootstrapped_f(fit: TwoWay, spec: CellBootstrap, rng: np.random.Generator) -> dict[str, float]:
    """Return F, its numerator's degrees of freedom and bootstrap p-value, for each kind."""
    R, D = len(fit.B), growth_of(fit)
    out: dict[str, float] = {}
    for kind, axis, df in (("region", 0, R - 1), ("industry", 1, len(fit.effects) - R - 1)):
        actual = f_statistic(fit, D[None], axis, df)[0]
        extreme = 0
        for size in np.diff([*range(0, spec.draws, 100), spec.draws]):
            signs = rng.choice([-1.0, 1.0], size=(int(size), *D.shape))
            drawn = f_statistic(fit, under_null(fit.B, D, axis, signs), axis, df)
            extreme += int((drawn >= actual * (1 - 1e-10)).sum())
        p = (1 + extreme) / (1 + spec.draws)
        out |= {f"f_{kind}": float(actual), f"df_{kind}": float(df), f"p_{kind}": p}
    return out


def growth_of(fit: TwoWay) -> Array:
    """Return the growth D (R, I) that was fitted: B (mu + beta + alpha) and the score."""
    beta, alpha = np.split(fit.effects, [len(fit.B)])
    return np.asarray(fit.B * (fit.mu + beta[:, None] + alpha) + fit.score)


def under_null(B: Array, D: Array, axis: int, signs: Array) -> Array:
    """Return drawn growth (draws, R, I) with one effect along `axis` (0: of all regions)."""
    total = B.sum(axis=axis, keepdims=True)
    mean, h = D.sum(axis=axis, keepdims=True) / total, B / total
    left = (D - B * mean) / np.where(h < 1, 1 - h, 1.0)  # zero where one cell is all there is
    return np.asarray(B * mean + signs * left)


def f_statistic(fit: TwoWay, D: Array, axis: int, df: int) -> Array:
    """Return F (draws,) that effects along `axis` are equal, from D (draws, R, I).

    With m the margins of D - mu B, the two-way model explains m'K m beyond the mean; the
    restricted one sum (D_i)^2 / B_i - D^2 / B. Residual sums of squares follow.
    """
    B = fit.B
    total = D.sum(axis=(1, 2))
    squares = np.divide(D**2, B, out=np.zeros_like(D), where=B > 0).sum(axis=(1, 2))
    moved = D - (total / B.sum())[:, None, None] * B
    m = np.concatenate([moved.sum(axis=2), moved.sum(axis=1)], axis=1)
    full = squares - total**2 / B.sum() - ((m @ fit.K) * m).sum(axis=1)
    restricted = squares - (D.sum(axis=1 + axis) ** 2 / B.sum(axis=axis)).sum(axis=1)
    return np.asarray((restricted - full) / df / (full / fit.df))
