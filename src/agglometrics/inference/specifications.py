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
            odd = next(name for name in names if not isinstance(name, str))
            found = getattr(odd, "name", None)
            given = f"Cluster({found!r})" if isinstance(found, str) else "Cluster('region')"
            what = repr(odd) if len(repr(odd)) < 60 else f"a {type(odd).__name__}"
            raise InputError(f"Cluster takes names of columns; found {what}. Write {given}.")
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
class CR2:
    """Errors correlated within groups; the bias-reduced variance, t with each term's own df.

    Bell and McCaffrey (2002), Pustejovsky and Tipton (2018). Beside `CR3` the usual choice with
    few or unequal clusters: degrees of freedom fall where few clusters tell of a term. Least
    squares without weights; effects may be absorbed. A joint test (`wald`) takes the smallest
    degrees of freedom, which is no published rule.

    Simulated (12 clusters of unequal size, a regressor of the cluster, errors that share half
    their variance, 1,000 samples): a true null is rejected .028 of the time at 5 per cent;
    `CR3` .061, `Cluster` .142 (Monte Carlo error .007).

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

    Tests and intervals of single terms take fixed-b critical values (Kiefer and Vogelsang 2005;
    Vogelsang 2012), which grow with the share of the bandwidth in the number of periods; joint
    tests keep F with T - 1 degrees of freedom, as do the rules of other programs
    (``rule=PlmRules()``).

    Simulated (regressor and errors shared by all units, serial correlation .3, 400 samples): a
    true null is rejected .100 of the time at 5 per cent with 10 periods and 2 lags, .073 with 15
    and 3; with Student's t .168 and .150 (Monte Carlo error .013 to .019). It still rejects too
    often where few periods meet strong serial correlation.

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
    km : the cut-off, along the great circle; None for the distance at which the covariogram of
        the residuals first vanishes (`conley_cutoff`), which the covariance's name then says
    lon, lat : the columns of coordinates, in degrees
    kernel : `Uniform()` or `Bartlett()`
    time : the column of periods, or None
    lags : the number of periods over which a place's own errors are correlated
    radius : the radius of the Earth in km; fixest uses 6376
    """

    km: float | None
    lon: str = "lon"
    lat: str = "lat"
    kernel: Uniform | Bartlett = field(default_factory=Uniform)
    time: str | None = None
    lags: int = 0
    radius: float = EARTH_KM

    def __post_init__(self) -> None:
        if self.km is not None and not self.km > 0:
            raise InputError(f"Conley: km must be positive; found {self.km}. For example km=200.")
        if self.lags < 0 or (self.lags and self.time is None):
            raise InputError(
                f"Conley: lags={self.lags} needs lags >= 0 and the column of periods. Pass time=..."
            )


@checked
@dataclass(frozen=True)
class SCPC:
    """Errors correlated over space, up to a bound, in an unknown way (Mueller and Watson 2022).

    Spatial correlation principal components: standard errors from the q averages over space that
    vary most in the worst case, a Gaussian field of correlation exp(-c0 d) whose average over all
    pairs of places is `avc`; critical values, larger than Student's, that hold for every c >= c0
    and given the regressors (Mueller and Watson 2023). No cut-off is chosen. Intervals, p-values
    and critical values are its own; ``glance()`` has ``q``, ``critical_value`` (unconditional, 5
    percent) and ``c0``.
    No small-sample factor applies.

    Simulated size at 5 percent, Gaussian fields at 200 random places on 20 x 20 degrees, `avc` .03.
    A mean (100,000 draws, Monte Carlo standard error .07 points): 5.0 percent at the bound, 3.8 at
    an average correlation of .02, 3.0 at .01, 2.7 to 3.2 below. A slope whose errors are at the
    bound (20,000 draws, .15 points): 3.9 on a dummy of the west, 4.5 on a trend, 3.7 on noise, 3.4
    on a field like the errors, whose products with them are less correlated than the bound; 4.2
    where that field is in logs; 2.9 to 4.6 at weaker dependence. Errors with a spatial unit root
    exceed any such bound: nothing is claimed for them (`spatial_unit_root_test`, `lbm_gls`).

    Attributes
    ----------
    lat, lon : the columns of coordinates in degrees; c0 is per circumference of the globe
    avc : the largest average pairwise correlation that is allowed for
    cluster : a column of places, each of several rows (units of a panel); None where every row
        is a place of its own
    x, y : columns of coordinates in the plane, in any unit, instead of degrees; c0 is per
        unit
    """

    lat: str = "lat"
    lon: str = "lon"
    avc: float = 0.03
    cluster: str | None = None
    x: str | None = None
    y: str | None = None

    def __post_init__(self) -> None:
        if not 0.001 < self.avc < 0.99:
            raise InputError(
                f"SCPC: avc, an average correlation, must lie between .001 and .99; found "
                f"{self.avc}. For example avc=0.03."
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
                f"WildBootstrap: draws must be at least 99; found {self.draws}. "
                "For example draws=9999."
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
    cluster : column(s) of its shocks with groups of sectors; None for each sector on its own,
        its periods together
    """

    design: Any = field(repr=False)
    cluster: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        if not hasattr(self.design, "aligned"):
            raise InputError(
                f"ShiftShare needs a ShiftShareDesign; found {self.design!r}. "
                "Pass ShiftShare(design)."
            )


@checked
@dataclass(frozen=True)
class Windmeijer:
    """Two-step GMM's robust covariance, corrected for its estimated weights (Windmeijer 2005).

    Few units and many instruments are beyond it. Simulated (difference GMM, two variances among
    the units, 100 panels): 95 percent intervals of the lag cover .94 with 300 units, and .85 with
    31 units and every lag as instrument (Monte Carlo errors .024 and .036); uncorrected ones cover
    .92 and .39.
    """


CovarianceSpec = (
    Homoskedastic
    | Robust
    | Cluster
    | CR2
    | CR3
    | NeweyWest
    | DriscollKraay
    | Conley
    | SCPC
    | ShiftShare
    | WildBootstrap
    | Windmeijer
)
