"""The size and power of an estimate's tests, from placebos on its own donor panel."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.size import (
    COLUMNS,
    Size,
    attainable,
    by_third,
    detectable_by,
    rejections,
)
from agglometrics.evaluation.synthetic.conformal import conformal_p_value
from agglometrics.evaluation.synthetic.fits import (
    Fits,
    Pool,
    Weigher,
    fit_assignments,
    outcome_weights,
    rank_p_value,
    ratio_quadratics,
)
from agglometrics.notation import Array
from agglometrics.random.progress import watched

TRUTHS = 60
"""Placebo assignments that are given an effect, at most."""

TOO_FEW = "No size, and no power: donors in the place of the treated would have none themselves."

NOMINAL = (
    "A rank among all assignments has its nominal size by construction, if each was equally "
    "likely; by third of the donors (mean outcome before treatment) it need not."
)


def of_synthetic_control(
    panel: TreatedPanel, fits: Fits, pools: Pool, weigher: Weigher, level: float, *, conformal: bool
) -> Size:
    """Return the `Size` of the rank test and, where it applies, of the conformal test."""
    donors = np.flatnonzero(~panel.ever)
    smallest = 1 / len(fits.units)
    if len(donors) <= fits.units.shape[1]:
        empty = pd.DataFrame(columns=COLUMNS)
        return Size(empty, smallest, float("inf"), attainable(level, smallest), (TOO_FEW,))
    null = _null(panel, fits, pools, weigher)
    at = attainable(level, 1 / len(null.units))
    p = np.array([rank_p_value(ratio_quadratics(null, a), a, 0.0) for a in _truths(null)])
    rows = [rejections("rank of RMSPE ratio", p, at)]
    start = int(fits.starts[0].min())
    before = panel.Y[:, :start].mean(axis=1)
    rows += by_third("rank", before[null.units[_truths(null)]].mean(axis=1), p, at)
    if conformal and null.units.shape[1] == 1:
        every = [_conformal(panel.Y[donors], k, start) for k in range(len(donors))]
        rows.append(
            rejections("conformal", np.array(every), attainable(level, 1 / fits.gaps.shape[2]))
        )
    return Size(pd.DataFrame(rows), smallest, _detectable(null, at), at, (NOMINAL,))


def _null(panel: TreatedPanel, fits: Fits, pools: Pool, weigher: Weigher) -> Fits:
    """Return the assignments that are made of donors alone, refitted without the treated."""
    keep = ~panel.ever[fits.units].any(axis=1)
    if not fits.moves:
        return Fits(
            fits.units[keep], fits.starts[keep], fits.W[keep], fits.gaps[keep], fits.floor, False
        )
    alone = pools & ~panel.ever
    many = int(keep.sum())

    def watch(items: Iterable[int]) -> Iterable[int]:
        slow = weigher is not outcome_weights and many > 20
        return watched(items, many, "size and power", slow=slow)

    return fit_assignments(
        panel.Y, fits.units[keep], fits.starts[keep], lambda n: alone[n], weigher, True, watch
    )


def _truths(null: Fits) -> list[int]:
    """Return assignments that stand for the truth, evenly spaced where there are many."""
    M = len(null.units)
    return list(range(M)) if M <= TRUTHS else list(np.linspace(0, M - 1, TRUTHS).astype(int))


def _conformal(Y: Array, k: int, start: int) -> float:
    return conformal_p_value(Y[k], np.delete(Y, k, axis=0).T, start, 0.0)


def _detectable(null: Fits, level: float) -> float:
    """Return the effect that the rank test finds in four of five placebos, both signs pooled."""
    quadratics = [(a, ratio_quadratics(null, a)) for a in _truths(null)]
    scale = float(np.abs(null.att).mean()) or float(np.sqrt(null.floor))

    def power(c: float) -> float:
        found = [
            rank_p_value(q, a, sign * c) <= 1 - level + 1e-12
            for a, q in quadratics
            for sign in (-1.0, 1.0)
        ]
        return float(np.mean(found))

    return detectable_by(power, scale)
