"""The size and power of a permutation test, from pseudo-dates and from its own donors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.permuting.over import Over, PermuteDates, PermuteSets, reassigned
from agglometrics.evaluation.permuting.statistics import differences, p_value, treatment
from agglometrics.evaluation.size import (
    COLUMNS,
    Size,
    attainable,
    by_third,
    detectable_by,
    rejections,
)
from agglometrics.evaluation.synthetic.assignments import by_content
from agglometrics.notation import Array

TRUTHS = 60
"""Reassignments that stand for the truth where size and power are computed, at most."""

NOMINAL = (
    "A rank among all reassignments has its nominal size by construction; by third of the donors "
    "(mean outcome before treatment) it need not."
)
OVERLAP = "Pseudo-dates are those of the treated, before treatment: their tests overlap."
TOO_FEW = "No size on donors, and no power: they are no more than the treated. Add untreated units."


def of_permutation(panel: TreatedPanel, tau: Array, over: Over, level: float) -> Size:
    """Return the size at pseudo-dates, and the power on donors alone."""
    smallest = 1 / len(tau)
    at = attainable(level, smallest)
    rows, note = [], NOMINAL
    if not isinstance(over, PermuteDates):
        rows, note = _at_pseudo_dates(panel, over, at), f"{NOMINAL} {OVERLAP}"
        if (~panel.ever).sum() <= panel.ever.sum():
            table = pd.DataFrame(rows, columns=COLUMNS)
            return Size(table, smallest, float("inf"), at, (note, TOO_FEW))
    tau, kappa, mean = _donors_alone(panel, tau, over)
    p = np.array([p_value(np.r_[tau[a], tau], np.r_[1.0, k], 0.0) for a, k in kappa.items()])
    rows.append(rejections("donors", p, at))
    if len(mean):
        rows += by_third("donors", mean, p, at)
    scale = float(np.abs(tau).mean()) or 1e-300
    detectable = detectable_by(partial(_power, tau, kappa, at, scale), scale)
    return Size(pd.DataFrame(rows), smallest, detectable, at, (note,))


def _power(tau: Array, kappa: Mapping[int, Array], level: float, scale: float, c: float) -> float:
    """Return the share of placebos that are rejected once the effect c, or -c, is added."""
    found = [
        np.mean(np.abs(tau + sign * c * k) >= abs(tau[a] + sign * c) - 1e-9 * scale)
        <= 1 - level + 1e-12
        for a, k in kappa.items()
        for sign in (-1.0, 1.0)
    ]
    return float(np.mean(found))


def _at_pseudo_dates(panel: TreatedPanel, over: Over, level: float) -> list[dict[str, object]]:
    """Return the row of the treated units' tests at earlier starts; none without such a start."""
    early = [_at_pseudo_date(panel, over, s) for s in range(1, int(panel.first.min()))]
    return [rejections("the treated at pseudo-dates", np.array(early), level)] if early else []


def _at_pseudo_date(panel: TreatedPanel, over: Over, start: int) -> float:
    """Return the p-value of the treated units with an earlier start, before the treatment."""
    window = panel.Y[:, : int(panel.first.min())]
    first = np.where(panel.ever, start, window.shape[1]).astype(np.intp)
    every = over.first(panel)[0] if isinstance(over, PermuteSets) else None
    if every is not None:
        moved = np.where(every < panel.Y.shape[1], start, window.shape[1])
    else:
        moved = reassigned(first, window, 999, 0)[0]
    tau = differences(window, moved)
    return p_value(tau, np.ones(len(tau)), 0.0)


def _donors_alone(
    panel: TreatedPanel, tau: Array, over: Over
) -> tuple[Array, dict[int, Array], Array]:
    """Return statistics of sets of donors, what an effect on some adds to all, and their means."""
    if isinstance(over, PermuteDates):
        tau = tau[1:]
        unit = {a: (np.arange(len(tau)) == a).astype(float) for a in range(len(tau))}
        return tau, unit, np.empty(0)
    donors = panel.take(~panel.ever)
    T, m = panel.Y.shape[1], int(panel.ever.sum())
    first = np.full(len(donors.units), T, dtype=np.intp)
    first[by_content(donors.Y)[:m]] = panel.first[panel.ever]
    every = reassigned(first, donors.Y, 1999, 0)[0]
    tau = differences(donors.Y, every)
    chosen = np.unique(np.linspace(0, len(every) - 1, TRUTHS).astype(int)).tolist()
    before = donors.Y[:, : int(panel.first.min())].mean(axis=1)
    mean = np.array([before[every[a] < T].mean() for a in chosen])
    return tau, {a: differences(treatment(every[a], T), every) for a in chosen}, mean
