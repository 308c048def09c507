"""Is a spatial panel needed: Lagrange-multiplier tests."""

from __future__ import annotations

import pandas as pd

from agglometrics.linalg.least_squares import least_squares
from agglometrics.models.spatial.impacts import _layout_of
from agglometrics.models.spatial.spatial_panel import SpatialEstimates
from agglometrics.tables.arguments import checked


@checked
def lagrange_multipliers(fit: SpatialEstimates) -> pd.DataFrame:
    """Return tests for a spatial lag or error in the panel without either, on its map.

    Anselin, Bera, Florax and Yoon (1996), for panels as in Elhorst (2014, section 3.4.1), with
    the observations that effects leave: with all T periods counted they over-reject. Nulls:
    ``lag`` and ``error``: no such dependence; ``robust_lag`` and ``robust_error``: none beside
    the other.

    Parameters
    ----------
    fit : any `spatial_panel` estimate; its outcome, regressors and effects are used

    Returns
    -------
    DataFrame
        test, statistic (chi-square), df, p_value.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import lagrange_multipliers, spatial_panel
    >>> ring = np.roll(np.eye(20), 1, axis=1) / 2 + np.roll(np.eye(20), -1, axis=1) / 2
    >>> x, e = np.random.default_rng(0).normal(size=(2, 10, 20))
    >>> y = (2 * x + e) @ np.linalg.inv(np.eye(20) - 0.4 * ring).T
    >>> t, r = np.indices((10, 20)).reshape(2, -1)
    >>> data = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})
    >>> fit = spatial_panel("y ~ x", data, weights=ring, entity="r", time="t", absorb="r")
    >>> lagrange_multipliers(fit)[["test", "p_value"]].round(3)
               test  p_value
    0           lag    0.000
    1         error    0.000
    2    robust_lag    0.000
    3  robust_error    0.446
    """
    from scipy import stats

    at = _layout_of(fit)
    K = at.X.shape[2]
    X, y, Wy = at.X.reshape(-1, K), at.y.ravel(), at.Wy.ravel()
    beta, e, _ = least_squares(X, y)
    We = at.spatial_lag(e.reshape(at.y.shape)).ravel()
    s2 = e @ e / at.n
    pull = at.spatial_lag((X @ beta).reshape(at.y.shape)).ravel()
    left = least_squares(X, pull)[1]
    B = at.traces(0.0)[1]
    J = (left @ left) / s2 + B
    lag, error = e @ Wy / s2, e @ We / s2
    found = {
        "lag": lag**2 / J,
        "error": error**2 / B,
        "robust_lag": (lag - error) ** 2 / (J - B),
        "robust_error": (error - B / J * lag) ** 2 / (B * (1 - B / J)),
    }
    frame = pd.DataFrame({"test": list(found), "statistic": list(found.values()), "df": 1})
    return frame.assign(p_value=stats.chi2.sf(frame["statistic"], 1))
