"""The smallest effect that a design would detect, from its standard error alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from agglometrics.errors import InputError
from agglometrics.models.estimates import Estimates
from agglometrics.models.regression import fitted


def multiple_of_error(df: float | None, power: float, level: float) -> float:
    """Return t(1 - level / 2) + t(power): how many standard errors a design detects.

    Bloom (1995). With `df` None the normal takes the place of t: 2.80 at 0.8 and 0.05.
    """
    points = (1 - level / 2, power)
    if df is None:
        return float(sum(special.ndtri(point) for point in points))
    return float(sum(special.stdtrit(df, point) for point in points))


def detectable_effect(
    estimates: Estimates, *, power: float = 0.8, level: float = 0.05
) -> pd.DataFrame:
    """Return the smallest true coefficient that a two-sided test would find with `power`.

    Uses the standard errors and not the estimates, so it can be looked at first.

    Parameters
    ----------
    estimates : a regression; its covariance decides the errors and their degrees of freedom
    power : probability of a rejection
    level : level of the test

    Returns
    -------
    DataFrame
        term, ``std_error``, ``detectable`` (in the unit of the coefficient), ``regressor_sd``
        (standard deviation of the regressor once effects are absorbed, rows weighted as the
        regression weighs them) and ``detectable_per_sd``, their product.

    Raises
    ------
    InputError
        Unless level / 2 < power < 1 and 0 < level < 1.

    References
    ----------
    Bloom (1995), Minimum detectable effects, Evaluation Review 19.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics.models import Homoskedastic, panel
    >>> data = pd.DataFrame({"x": [0, 0, 1, 1], "y": [0.0, 2, 1, 3]})
    >>> table = detectable_effect(panel("y ~ x", data, cov=Homoskedastic()))
    >>> table[["term", "std_error", "detectable"]].round(4)
            term  std_error  detectable
    0  Intercept     1.0000      5.3633
    1          x     1.4142      7.5849
    """
    if not (0 < level < 1 and level / 2 < power < 1):
        raise InputError(
            f"power must lie between level / 2 and 1, and level between 0 and 1; found "
            f"power={power}, level={level}. Usual are 0.8 and 0.05."
        )
    fit = fitted(estimates)
    rows = len(fit.u) if fit.sqrt_w is None else float(fit.sqrt_w @ fit.sqrt_w)
    spread = np.sqrt(np.einsum("nk,nk->k", fit.X, fit.X) / rows)
    errors = estimates.std_errors
    detectable = multiple_of_error(estimates.covariance.df, power, level) * errors
    return pd.DataFrame(
        {
            "term": estimates.terms,
            "std_error": errors,
            "detectable": detectable,
            "regressor_sd": spread,
            "detectable_per_sd": detectable * spread,
        }
    )
