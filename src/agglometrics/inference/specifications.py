"""Covariances as values: what the caller says, before looking, about how errors are related.

Each is frozen data. How it becomes a matrix is the estimator's affair (`sandwich`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agglometrics.errors import InputError
from agglometrics.space.globe import EARTH_KM
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class Homoskedastic:
    """Independent errors of one variance."""


@checked
@dataclass(frozen=True)
class Robust:
    """Heteroskedasticity-robust (Eicker-Huber-White)."""


@dataclass(frozen=True, init=False)
class Cluster:
    """Errors correlated within the groups of one or more columns.

    Attributes
    ----------
    columns : the clustering columns, ``Cluster("firm", "year")`` or ``Cluster(["firm", "year"])``
    """

    columns: tuple[str, ...]

    def __init__(self, *columns: str | Sequence[str]) -> None:
        flat = [c if isinstance(c, (list, tuple)) else [c] for c in columns]
        names = tuple(name for part in flat for name in part)
        if not all(isinstance(name, str) for name in names):
            raise InputError(f"Cluster takes names of columns; found {names!r}.")
        object.__setattr__(self, "columns", names)


@checked
@dataclass(frozen=True)
class CR3:
    """Errors correlated within groups; the variance by leaving out one group at a time.

    The jackknife of Hansen (2025) and MacKinnon, Nielsen and Webb (2023): more honest than
    `Cluster` where groups are few or unequal. Least squares only.

    Attributes
    ----------
    column : the clustering column
    """

    column: str


@checked
@dataclass(frozen=True)
class NeweyWest:
    """Errors correlated over time within a unit, Bartlett weights.

    Attributes
    ----------
    bandwidth : the number L of lags; lag l weighs 1 - l / (L + 1)
    entity, time : the panel's keys; None for those that the estimator was told
    """

    bandwidth: int
    entity: str | None = None
    time: str | None = None


@checked
@dataclass(frozen=True)
class DriscollKraay:
    """Errors correlated over all units and over time (Driscoll and Kraay 1998), many periods.

    Attributes
    ----------
    bandwidth : the number L of lags; lag l weighs 1 - l / (L + 1)
    time : the column of periods; None for the one that the estimator was told
    """

    bandwidth: int
    time: str | None = None


@dataclass(frozen=True)
class Uniform:
    """Every pair within the cut-off weighs one; the variance need not be positive."""


@dataclass(frozen=True)
class Bartlett:
    """The weight falls in a straight line from one at distance zero to none at the cut-off."""


@checked
@dataclass(frozen=True)
class Conley:
    """Errors correlated between places less than a distance apart (Conley 1999).

    Without `time` every pair of rows of near places counts, whatever their periods (as in
    fixest). With it pairs count within a period, and with `lags` also rows of one place in
    periods up to `lags` apart, with Bartlett weights.

    Attributes
    ----------
    km : the cut-off, along the great circle
    lon, lat : the columns of coordinates, in degrees
    kernel : `Uniform()` or `Bartlett()`
    time : the column of periods, or None
    lags : the number of periods over which a place's own errors are correlated
    radius : the radius of the Earth in km; fixest uses 6376
    """

    km: float
    lon: str = "lon"
    lat: str = "lat"
    kernel: Uniform | Bartlett = field(default_factory=Uniform)
    time: str | None = None
    lags: int = 0
    radius: float = EARTH_KM

    def __post_init__(self) -> None:
        if not self.km > 0:
            raise InputError(f"Conley: km must be positive; found {self.km}. For example km=200.")
        if self.lags < 0 or (self.lags and self.time is None):
            raise InputError(
                f"Conley: lags={self.lags} needs lags >= 0 and the column of periods. Say time=..."
            )


@dataclass(frozen=True)
class Rademacher:
    """Bootstrap weights +1 and -1: only 2^G different samples of G clusters."""

    points: tuple[float, ...] = (-1.0, 1.0)


@dataclass(frozen=True)
class Webb:
    """Bootstrap weights of six points (Webb 2023), for fewer than about twelve clusters."""

    points: tuple[float, ...] = (
        -(1.5**0.5),
        -1.0,
        -(0.5**0.5),
        0.5**0.5,
        1.0,
        1.5**0.5,
    )


@checked
@dataclass(frozen=True)
class WildBootstrap:
    """The wild cluster bootstrap with the null imposed (Cameron, Gelbach and Miller 2008).

    p-values and confidence bounds come from the bootstrap distribution of t, term by term;
    the matrix stays that of `Cluster(column)`.

    Attributes
    ----------
    column : the clustering column
    draws : number of bootstrap samples
    weights : `Webb()` or `Rademacher()`
    seed : a seed or a numpy Generator
    """

    column: str
    draws: int = 9999
    weights: Rademacher | Webb = field(default_factory=Webb)
    seed: Any = 0

    def __post_init__(self) -> None:
        if self.draws < 99:
            raise InputError(
                f"WildBootstrap: draws must be at least 99; found {self.draws}. 9999 is usual."
            )


@checked
@dataclass(frozen=True)
class ShiftShare:
    """Errors correlated between places with similar shares (Adao, Kolesar and Morales 2019).

    For terms that are shift-share variables of the design, or are instrumented by them; other
    terms get no standard error. The table must hold the design's location (and time) columns.

    Attributes
    ----------
    design : a `ShiftShareDesign`
    cluster : a column of its shocks with groups of sectors; None if shocks are independent
    """

    design: Any = field(repr=False)
    cluster: str | None = None

    def __post_init__(self) -> None:
        if not hasattr(self.design, "aligned"):
            raise InputError(f"ShiftShare needs a ShiftShareDesign; found {self.design!r}.")


@checked
@dataclass(frozen=True)
class Windmeijer:
    """Two-step GMM's robust covariance, corrected for its estimated weights (Windmeijer 2005)."""


CovarianceSpec = (
    Homoskedastic
    | Robust
    | Cluster
    | CR3
    | NeweyWest
    | DriscollKraay
    | Conley
    | ShiftShare
    | WildBootstrap
    | Windmeijer
)
