"""A cut-off for Conley's covariance, from the covariogram of the residuals."""

from __future__ import annotations

from agglometrics.inference.conley import conley_covariogram
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.spatial.covariogram import Covariogram
from agglometrics.inference.specifications import Conley
from agglometrics.models.regression import fitted
from agglometrics.tables.arguments import checked


@checked
def conley_cutoff(
    fit: Estimates, *, lon: str = "lon", lat: str = "lat", time: str | None = None
) -> Covariogram:
    """Return the distance at which the covariogram of a regression's residuals first vanishes.

    What ``Conley(km=None)`` uses. Report it, and the standard errors at half and twice of it
    (`compare_covariances`): a cut-off chosen from data has a sampling error that the standard
    errors do not show. `SCPC` needs none.

    Parameters
    ----------
    fit : a regression
    lon, lat : columns of coordinates in degrees
    time : the column of periods, within which pairs are formed; None to sum each place's residuals

    Returns
    -------
    Covariogram
        ``km`` and ``table``: 40 bins up to half of the largest distance, of at most 3,000 places.

    Raises
    ------
    InputError
        If coordinates are not degrees, or all places are the same.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import conley_cutoff, panel
    >>> lat = [0.0, 0.1, 0.2, 10.0, 10.1, 10.2]
    >>> data = pd.DataFrame({"y": [1.0, 1, 1, -1, -1, -1], "lat": lat, "lon": 0.0})
    >>> round(conley_cutoff(panel("y ~ 1", data)).km)  # two groups, 1,090 km apart
    567
    """
    return conley_covariogram(fitted(fit), Conley(None, lon, lat, time=time))
