"""The search for a threshold (Hansen 1999): its set and the test that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.models.design import Design
from agglometrics.models.thresholds.splits import Splits, prepare
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels
from agglometrics.tables.rounding import at_least

BLOCK = 64  # draws handled at once


@dataclass(frozen=True)
class Search:
    """The least-squares search over M candidates.

    Attributes
    ----------
    splits : the regressors    best : the chosen candidate
    ratio : (M,) likelihood ratios    F : of no threshold
    u0 : (N,) residuals without a threshold, in the order of `splits`
    """

    splits: Splits
    best: int
    ratio: Array
    F: float
    u0: Array


def search(design: Design, at: list[int], q: Array, candidates: Array) -> Search:
    """Return the search over thresholds of q (N,) for the terms `at`."""
    unit, dummies = _largest_effect(design.effects)
    fixed = np.column_stack([dummies, design.X]) if len(design.effects) > 1 else design.X
    splits = prepare(fixed, design.X[:, at], q, candidates, unit)
    r = splits.null(design.y[splits.order][:, None])
    total, gain = float((r**2).sum()), splits.gains(r)[:, 0]
    best = int(np.argmax(at_least(gain, gain.max())))  # the first of those that fit alike
    least = total - gain[best]
    df = len(r) - n_levels(design.entity())
    ratio = np.maximum(gain[best] - gain, 0.0) / least * df
    return Search(splits, best, ratio, float(gain[best] / least * df), r[:, 0])


def _largest_effect(effects: Sequence[Codes]) -> tuple[Codes | None, Array]:
    """Return the effect with most levels, and the dummies of all levels of the others."""
    if not effects:
        return None, np.zeros((0, 0))
    sizes = [n_levels(codes) for codes in effects]
    most = int(np.argmax(sizes))
    rest = [k for k in range(len(effects)) if k != most]
    parts = [(effects[k][:, None] == np.arange(sizes[k])).astype(float) for k in rest]
    return effects[most], np.column_stack(parts) if parts else np.zeros((0, 0))


def critical_ratio(level: float) -> float:
    """Return the largest likelihood ratio that is accepted, -2 ln(1 - sqrt(level))."""
    return float(-2 * np.log(1 - np.sqrt(level)))


def runs(values: Array, candidates: Array, accepted: Any) -> tuple[tuple[float, float], ...]:
    """Return the runs of accepted candidates, each up to the next value of q, itself left out.

    The sum of squares is constant from one value of q to just below the next one.
    """
    above = np.append(values, np.inf)[np.searchsorted(values, candidates) + 1]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], accepted.astype(int), [0]])))
    return tuple(
        (float(candidates[start]), float(np.nextafter(above[stop - 1], -np.inf)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    )


def bootstrap_p_value(found: Search, unit: Codes, draws: int, seed: Any) -> float:
    """Return the p-value of F: a wild bootstrap over units, F itself one of its draws.

    The outcome of a draw is ``v_i u_it``: the null's residuals u, times one sign of each unit.
    Whatever the variance of u depends on, the threshold variable too, stays as it is.
    """
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(n_levels(unit), draws))
    splits, u, N = found.splits, found.u0, len(unit)
    codes = unit[splits.order]
    df = N - n_levels(unit)
    above = 0
    for start in range(0, draws, BLOCK):
        r = splits.null(u[:, None] * signs[codes, start : start + BLOCK])
        total = np.einsum("nb,nb->b", r, r)
        gain = splits.gains(r).max(axis=0)
        above += int((gain / (total - gain) * df >= found.F * (1 - 1e-10)).sum())
    return (1 + above) / (1 + draws)
