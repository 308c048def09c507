"""Cohorts, event time, and what every estimator of an event study hands back.

Symbols: N units, T periods; ``G_i`` the place of a unit's first treated period (T where it is
never treated), ``e = t - G_i`` event time, ``Y`` (N, T) the outcome. A cohort is the set of units
with one ``G``. Every estimator here is linear in the outcomes, ``theta = sum_it w_it Y_it``: it
returns its weights w, and the influence of each unit on each number, from which the covariance by
unit follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked

Truth = np.ndarray[Any, np.dtype[np.bool_]]


@checked
@dataclass(frozen=True)
class NeverTreated:
    """Controls are the units that are never treated."""

    def among(self, first: Codes, last: int, T: int) -> Truth:
        """Return which units (N,) are controls of a comparison that ends at place `last`."""
        return np.asarray(first >= T)


@checked
@dataclass(frozen=True)
class NotYetTreated:
    """Controls are the units that are not treated by the end of a comparison.

    More of them than never treated units, and none of those is needed; parallel trends must then
    hold for units treated later too (Callaway and Sant'Anna 2021).
    """

    def among(self, first: Codes, last: int, T: int) -> Truth:
        """Return which units (N,) are controls of a comparison that ends at place `last`."""
        return np.asarray((first > last) | (first >= T))


Controls = NeverTreated | NotYetTreated


@dataclass(frozen=True)
class Pieces:
    """What an estimator found, E event times, then the ATT.

    Attributes
    ----------
    events : (E,) event times, ascending, the reference left out
    params : (E + 1,) effects by event time, and the average effect on the treated (the last)
    W : (E + 1, N, T) weights with ``params = sum_it W_it Y_it``
    influence : (N, E + 1) influence of each unit; the covariance is `scale` times its square
    scale : what the small-sample rule multiplies a variance by
    df : degrees of freedom of t; None for the normal
    cells : (C, 2) places of cohort and period of the cells behind the numbers
    effects : (C,) their effects
    shares : (C,) their weights in the ATT
    notes : what the user should know
    """

    events: Codes
    params: Array
    W: Array = field(repr=False)
    influence: Array = field(repr=False)
    scale: float
    df: float | None
    cells: Codes = field(repr=False)
    effects: Array = field(repr=False)
    shares: Array = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def covariance(self) -> Array:
        """(E + 1, E + 1) covariance, clustered by unit."""
        return np.asarray(self.scale * self.influence.T @ self.influence)


@runtime_checkable
class EventEstimator(Protocol):
    """An estimator of `event_study`: from (outcome, first treated place, controls) to `Pieces`."""

    @property
    def method(self) -> str:
        """The name of the estimator, as the answer states it."""
        ...

    @property
    def anticipation(self) -> int:
        """Periods before treatment in which units may already react."""
        ...

    def fit(self, Y: Array, first: Codes, X: Array) -> Pieces:
        """Return the `Pieces` of Y (N, T), first (N,), X (K, N, T)."""


def require_anticipation(anticipation: int) -> None:
    """Raise `InputError` unless anticipation is a whole number of periods, zero or more."""
    if isinstance(anticipation, bool) or not isinstance(anticipation, int) or anticipation < 0:
        raise InputError(
            f"anticipation must be a whole number of periods, zero or more; found "
            f"{anticipation!r}. For example anticipation=1."
        )


def require_reference(first: Codes, T: int, anticipation: int) -> None:
    """Raise `IdentificationError` if a cohort has no period before it may have reacted."""
    starts = first[first < T]
    if len(starts) and starts.min() < 1 + anticipation:
        raise IdentificationError(
            f"with anticipation={anticipation} each treated unit needs {1 + anticipation} periods "
            f"before its treatment; the earliest cohort has {int(starts.min())}. Add earlier "
            "periods, lower anticipation, or leave the cohort out."
        )


def event_times(first: Codes, T: int) -> Codes:
    """Return t - G_i, (N, T); its entries for never treated units mean nothing."""
    return np.asarray(np.arange(T) - first[:, None], dtype=np.intp)


def cohorts(first: Codes, T: int) -> Codes:
    """Return the places at which some cohort starts, ascending."""
    return np.unique(first[first < T])


def aggregation(cells: Codes, sizes: Array, post_from: int = 0) -> tuple[Codes, Array]:
    """Return event times and what turns C cell effects into E effects by event time and the ATT.

    Row e has weights ``n_g / sum of n_g`` over the cohorts observed at e; the last row has them
    over all cells with ``e >= post_from``: every treated unit-period counts once.

    cells : (C, 2) places of cohort and period    sizes : (C,) units of the cell's cohort
    """
    e = cells[:, 1] - cells[:, 0]
    events = np.unique(e)
    rows = [np.where(e == each, sizes, 0.0) for each in events]
    rows.append(np.where(e >= post_from, sizes, 0.0))
    if not rows[-1].any():
        raise IdentificationError(
            "no treated period has a control: every unit is treated by the time the first cohort "
            "is. Add units that are treated later, or never."
        )
    A = np.vstack(rows)
    return np.asarray(events, dtype=np.intp), A / A.sum(axis=1, keepdims=True)
