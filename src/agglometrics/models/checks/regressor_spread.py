"""How much of each regressor a regression sees: its spread once effects are absorbed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.inference.estimates import Estimates
from agglometrics.models.regression import fitted


def regressor_spread(estimates: Estimates) -> pd.DataFrame:
    """Return the standard deviation of each regressor after absorbed effects.

    A coefficient times this spread is what goes with one standard deviation of the variation
    that identifies it, not of the raw column.

    Parameters
    ----------
    estimates : a regression; rows weigh as in it (by the mean, in Poisson regressions)

    Returns
    -------
    DataFrame
        term, ``regressor_sd``: root mean square of the demeaned regressor. Without absorbed
        effects regressors are not demeaned.

    Raises
    ------
    InputError
        For estimates that keep no arrays.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, panel
    >>> data = pd.DataFrame({"g": [1, 1, 2, 2], "x": [0, 2, 5, 9], "y": [0.0, 1, 2, 5]})
    >>> fit = panel("y ~ x", data, absorb="g", cov=Homoskedastic())
    >>> regressor_spread(fit).round(4)   # deviations -1, 1, -2, 2
      term  regressor_sd
    0    x        1.5811
    """
    fit = fitted(estimates)
    rows = len(fit.u) if fit.sqrt_w is None else float(fit.sqrt_w @ fit.sqrt_w)
    spread = np.sqrt(np.einsum("nk,nk->k", fit.X, fit.X) / rows)
    return pd.DataFrame({"term": estimates.terms, "regressor_sd": spread})
