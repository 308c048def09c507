"""The size and power of synthetic difference in differences, from placebos on its own donors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.size import COLUMNS, Size, attainable, detectable_by, rejections
from agglometrics.evaluation.synthetic.assignments import placebo_sets
from agglometrics.evaluation.synthetic.sdid import att, blocks
from agglometrics.evaluation.synthetic.variances import (
    BootstrapVariance,
    JackknifeVariance,
    PlaceboVariance,
)
from agglometrics.notation import Array
from agglometrics.random.progress import watched

TRUTHS = 60
"""Placebo sets that are evaluated as if treated, where each needs a variance of its own."""

DRAWS = 60
"""Draws of the bootstrap of each of them."""

TOO_FEW = "No size, and no rank test: too few donors to stand in for the treated."


def of_synthetic_did(
    panel: TreatedPanel,
    variance: PlaceboVariance | BootstrapVariance | JackknifeVariance,
    placebos: Array,
    level: float,
) -> Size:
    """Return the `Size` of the normal test with this variance, and of the rank test."""
    from scipy import special

    if not len(placebos):
        return Size(pd.DataFrame(columns=COLUMNS), 1.0, float("inf"), level, (TOO_FEW,))
    if isinstance(variance, PlaceboVariance):
        tau, error = placebos, _left_out(placebos)
    else:
        tau, error = _each(panel, variance)
    floor = max(float(np.abs(tau).max()), 1e-300) * 1e-12
    error = np.maximum(error, floor)
    p = 2 * special.ndtr(-np.abs(tau) / error)
    smallest = 1 / (1 + len(placebos))
    at = attainable(level, smallest)
    rank = np.array([np.mean(np.abs(placebos) >= abs(each)) for each in placebos])
    rows = [rejections(f"normal, {type(variance).__name__}", p, level),
            rejections("rank of |estimate|", rank, at)]  # fmt: skip
    critical = float(special.ndtri(0.5 + level / 2))

    def power(c: float) -> float:
        t = np.concatenate([(tau + c) / error, (tau - c) / error])
        return float(np.mean(np.abs(t) > critical))

    scale = float(np.abs(tau).mean()) or floor
    notes = ("The rank among its own placebos has its nominal size by construction.",)
    return Size(pd.DataFrame(rows), smallest, detectable_by(power, scale), level, notes)


def _left_out(placebos: Array) -> Array:
    """Return the standard deviation of all other placebos, (B,): none judges itself."""
    B = len(placebos)
    total, squares = placebos.sum() - placebos, (placebos**2).sum() - placebos**2
    return np.asarray(np.sqrt(np.maximum(squares / (B - 1) - (total / (B - 1)) ** 2, 0.0)))


def _each(
    panel: TreatedPanel, variance: BootstrapVariance | JackknifeVariance
) -> tuple[Array, Array]:
    """Return estimates and standard errors of placebo sets, donors the rest of the donors."""
    donors, starts = np.flatnonzero(~panel.ever), panel.first[panel.ever]
    sets = placebo_sets(donors, starts, panel.Y, TRUTHS, 0)[0]
    sets = sets[np.unique(np.linspace(0, len(sets) - 1, TRUTHS).astype(int))]
    rule = variance
    if isinstance(variance, BootstrapVariance):
        rule = BootstrapVariance(min(DRAWS, variance.draws), variance.seed)
    tau, error = [], []
    slow = isinstance(rule, BootstrapVariance)
    for each in watched(sets, len(sets), "size and power", slow=slow):
        rest = np.setdiff1d(donors, each)
        tau.append(att(blocks(panel.Y, rest, each, starts), panel.Y.shape[1]))
        error.append(rule.std_error(panel.Y, rest, each, starts, "synthetic_did"))
    return np.array(tau), np.array(error)
