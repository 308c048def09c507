"""Errors correlated over space: Conley, and spatial principal components."""

from __future__ import annotations

from dataclasses import dataclass, field

from agglometrics.errors import InputError
from agglometrics.space.globe import EARTH_KM
from agglometrics.tables.arguments import checked


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

    Its intervals are a little too narrow by nature, and more so the further the correlation
    reaches. Simulated with 100 places on a square of 10 km and km=2, 95 percent intervals cover
    .913 where the correlation of regressor and error is exp(-2 d), and .787 where it is
    exp(-d / 4) (300 samples, Monte Carlo errors .016 and .024); `SCPC` covers .967 and .907.

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
