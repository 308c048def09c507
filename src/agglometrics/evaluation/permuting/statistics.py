"""The difference in differences of many reassignments at once, and its inverted rank test."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array, Codes
from agglometrics.tables.rounding import without_noise


def changes(Y: Array, starts: Codes) -> Array:
    """Return each unit's mean from a start on less its mean before, (N, S). starts : (S,)."""
    total = np.cumsum(Y, axis=1)
    T = Y.shape[1]
    before = total[:, starts - 1] / starts
    after = (total[:, [-1]] - total[:, starts - 1]) / (T - starts)
    return np.asarray(after - before)


def differences(Y: Array, first: Codes) -> Array:
    """Return the difference in differences of each assignment, (B,).

    Y : (N, T)    first : (B, N) first treated periods, T where never treated

    Of each start: mean change of its units less that of the never treated; starts are averaged
    with their treated unit-periods. Cost B N times the number of starts.
    """
    T = Y.shape[1]
    starts = np.unique(first[first < T])
    change = changes(Y, starts)
    never = (first == T).astype(float)
    base = never @ change / never.sum(axis=1, keepdims=True)
    total, weight = np.zeros(len(first)), np.zeros(len(first))
    for k, start in enumerate(starts.tolist()):
        on = (first == start).astype(float)
        n = on.sum(axis=1)
        total += (T - start) * (on @ change[:, k] - n * base[:, k])
        weight += (T - start) * n
    return without_noise(total / weight, float(np.abs(Y).max()), T)


def treatment(first: Codes, T: int) -> Array:
    """Return (N, T): 1 from a unit's first treated period on."""
    return np.asarray((np.arange(T) >= first[:, None]).astype(float))


def p_value(tau: Array, kappa: Array, c: float) -> float:
    """Return the share of ``|tau_b - c kappa_b|`` at least that of the truth, b = 0.

    tau : (B,) of the outcome, kappa : (B,) of the true treatment itself; kappa_0 = 1
    """
    size = np.abs(tau - c * kappa)
    return float(np.mean(size >= size[0] - 1e-9 * (1e-300 + np.abs(tau).max())))


def accepted_effects(tau: Array, kappa: Array, size: float) -> tuple[tuple[float, float], ...]:
    """Return the constant effects that the rank test of `size` does not reject, as pieces.

    With ``|kappa_b| < 1`` assignment b is at least as extreme as the truth where
    ``(1 - kappa^2) c^2 - 2 (tau_0 - tau_b kappa) c + tau_0^2 - tau_b^2 <= 0``: between two roots.
    An assignment with ``|kappa_b| = 1`` (the truth, or all units exchanged) always is.
    """
    always = np.abs(kappa) >= 1 - 1e-12
    t, k, B = tau[~always], kappa[~always], len(tau)
    a, half = 1 - k * k, tau[0] - t * k
    root = np.abs(t - tau[0] * k)  # of half^2 - a (tau_0^2 - t^2)
    events = np.concatenate([(half - root) / a, (half + root) / a])
    step = np.concatenate([np.ones(len(t)), -np.ones(len(t))])
    order = np.lexsort((-step, events))
    level = int(always.sum()) + np.cumsum(step[order])
    if always.sum() > size * B:
        return ((-np.inf, np.inf),)
    inside = level > size * B + 1e-9
    pieces = []
    opens = np.flatnonzero(inside & ~np.r_[False, inside[:-1]])
    closes = np.flatnonzero(~inside & np.r_[False, inside[:-1]])
    at = events[order]
    for low, high in zip(opens, closes, strict=True):
        pieces.append((float(at[low]), float(at[high])))
    return tuple(pieces)
